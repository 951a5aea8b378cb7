"""Reads of the analysis of quizzes: what it is made of, and what it found."""

from __future__ import annotations

from lms.assessments.queries.analysis.reading import Asked, Gathered, answered_quizzes, asked_in, gather

__all__ = ["Asked", "Gathered", "answered_quizzes", "asked_in", "gather"]
