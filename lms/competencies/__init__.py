"""Competencies: evidence that counts towards each, and attainment."""
