"""Courses: modules, lessons, progress and completion."""
