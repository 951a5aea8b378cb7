"""Shapes of what the pages of fieldwork send."""
