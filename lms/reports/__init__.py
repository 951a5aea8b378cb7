"""Reports across features: who completed what, for readers who see all, their own staff, or aggregates alone."""
