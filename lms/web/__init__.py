"""The shell around every page: who may call it, forms, headers, error pages."""
