"""Sentences of quizzes."""

from __future__ import annotations

from lms.assessments.messages.assessing import INTERPRETER_NAMES, LANGUAGE_NAMES, SOURCE_NAMES, assessing_sentence
from lms.assessments.messages.quiz import lacking, own_words, sentence

__all__ = [
    "INTERPRETER_NAMES",
    "LANGUAGE_NAMES",
    "SOURCE_NAMES",
    "assessing_sentence",
    "lacking",
    "own_words",
    "sentence",
]
