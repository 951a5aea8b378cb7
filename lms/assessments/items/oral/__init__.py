"""Oral: said to an assessor, who scores a rubric. Stored: `()`."""
