"""Ordering: steps get their places. Stored: `("step=place", ...)`, sorted by step, places counted from 1."""
