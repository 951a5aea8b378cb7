"""The shape of what a quiz page sends: which attempt or version it answers, and one field a question."""

from __future__ import annotations

from collections.abc import Collection

from flask import request
from werkzeug.exceptions import BadRequest
from wtforms import HiddenField, IntegerField
from wtforms.validators import Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from lms.web.forms import Form, OnceForm

ANSWER = "a-"
_OWN_FIELDS = {"csrf_token", "client_id", "attempt", "seen", "extensions", "revision", "action", "_language"}


class AnswersForm(Form):
    """The answers to questions of a quiz."""

    @staticmethod
    def chosen() -> dict[str, tuple[str, ...]]:
        """Return {item id: what was sent}; refuse the request when it holds a field of another name."""
        return answers_sent(_OWN_FIELDS)


class QuizForm(AnswersForm, OnceForm):
    """The answers of one attempt. `seen` is the digest of the answers that the page was made with."""

    attempt = HiddenField(validators=[Length(min=20, max=20)])
    seen = HiddenField(validators=[Regexp("^[0-9a-f]{64}$")])
    #: How often the reader had got more time when the page was made.
    extensions = IntegerField(default=0, widget=HiddenInput(), validators=[Optional(), NumberRange(0, 1000)])


class PretestForm(AnswersForm):
    """The answers of the test before a module. `revision` names the questions that the page was made with."""

    revision = HiddenField(validators=[Regexp("^[0-9]{1,12}$")])


def answers_sent(own_fields: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return {item id: what was sent}; refuse the request when it holds a field that is neither an answer nor its own.

    A question answered as a whole sends the field `a-<item>`; one answered part by part `a-<item>.<row>`, which
    becomes "<row>=<value>", and nothing where a part is left open.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, values in request.form.lists():
        if name.startswith(ANSWER):
            item_id, is_part, row = name.removeprefix(ANSWER).partition(".")
            sent = [f"{row}={value}" for value in values if value] if is_part else values
            found[item_id] = (*found.get(item_id, ()), *sent)
        elif name not in own_fields or len(values) > 1:
            raise BadRequest
    return found
