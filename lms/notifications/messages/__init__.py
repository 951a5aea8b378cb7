"""The words of letters, where their links lead, samples of them, and the words of the pages about them."""

from __future__ import annotations

from lms.notifications.messages.names import KIND_NAMES, STATE_NAMES, kind_name, sentence
from lms.notifications.messages.reasons import REASONS, reason
from lms.notifications.messages.samples import Sample, list_samples
from lms.notifications.messages.words import Words, render, to_email, to_text_message

__all__ = [
    "KIND_NAMES",
    "REASONS",
    "STATE_NAMES",
    "Sample",
    "Words",
    "kind_name",
    "list_samples",
    "reason",
    "render",
    "sentence",
    "to_email",
    "to_text_message",
]
