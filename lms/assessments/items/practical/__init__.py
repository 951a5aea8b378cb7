"""Practical: shown to an assessor, who scores a rubric. Stored: `()`."""
