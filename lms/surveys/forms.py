"""The shape of what a survey page sends: one field a question."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import BadRequest

from lms.web.forms import Form

QUESTION = "q-"
_OWN_FIELDS = {"csrf_token", "_language"}


class SurveyForm(Form):
    """The answers to a survey. No key is needed: the receipt counts once."""

    @staticmethod
    def typed() -> dict[str, str]:
        """Return {question id: what was sent}; refuse the request when it holds a field of another name."""
        found: dict[str, str] = {}
        for name, values in request.form.lists():
            if len(values) > 1 or not (name.startswith(QUESTION) or name in _OWN_FIELDS):
                raise BadRequest
            if name.startswith(QUESTION):
                found[name.removeprefix(QUESTION)] = values[0]
        return found
