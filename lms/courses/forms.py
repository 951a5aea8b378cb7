"""The shape of what a lesson page sends."""

from __future__ import annotations

from lms.web.forms import OnceForm


class FinishForm(OnceForm):
    """The button under a lesson. A second tap finds the lesson finished and changes nothing."""
