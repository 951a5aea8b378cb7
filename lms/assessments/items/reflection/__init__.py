"""Reflection: a longer text that is kept; graded by an assessor where it has a rubric. Stored: `("text",)`."""
