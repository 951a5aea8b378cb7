"""The shape of what a survey page sends: one field a question, or one for each row of a matrix."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import BadRequest

from lms.web.forms import Form

QUESTION = "q-"
_OWN_FIELDS = {"csrf_token", "_language"}


class SurveyForm(Form):
    """The answers to a survey. No key is needed: the receipt counts once."""

    @staticmethod
    def typed() -> dict[str, tuple[str, ...]]:
        """Return {question id, or "<question>.<row>": what was sent}; refuse a request with a field of another name."""
        found: dict[str, tuple[str, ...]] = {}
        for name, values in request.form.lists():
            if not (name.startswith(QUESTION) or (name in _OWN_FIELDS and len(values) == 1)):
                raise BadRequest
            if name.startswith(QUESTION):
                found[name.removeprefix(QUESTION)] = tuple(values)
        return found
