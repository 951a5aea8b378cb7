"""Audit: who did what to what, when."""
