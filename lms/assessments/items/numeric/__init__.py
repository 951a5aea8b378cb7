"""Numeric: a number, and its unit where there are several. Stored: `("unit=mg", "value=2,5")`, as it was typed."""
