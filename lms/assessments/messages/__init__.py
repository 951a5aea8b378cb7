"""Sentences of quizzes."""

from __future__ import annotations

from lms.assessments.messages.assessing import INTERPRETER_NAMES, LANGUAGE_NAMES, SOURCE_NAMES, assessing_sentence
from lms.assessments.messages.correcting import COUNTED, EFFECTS, HEADERS, STATES, correcting, counted_for_her, decided
from lms.assessments.messages.quiz import (
    OWN_TIMES,
    REASON_NAMES,
    STAFF_TIMES,
    clock_words,
    fair_words,
    lacking,
    own_words,
    sentence,
    wait_words,
)

__all__ = [
    "COUNTED",
    "EFFECTS",
    "HEADERS",
    "INTERPRETER_NAMES",
    "LANGUAGE_NAMES",
    "OWN_TIMES",
    "REASON_NAMES",
    "SOURCE_NAMES",
    "STAFF_TIMES",
    "STATES",
    "assessing_sentence",
    "clock_words",
    "correcting",
    "counted_for_her",
    "decided",
    "fair_words",
    "lacking",
    "own_words",
    "sentence",
    "wait_words",
]
