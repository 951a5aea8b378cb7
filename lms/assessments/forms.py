"""The shapes of what quizzes' pages send: answers, and what is fair for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from lms.assessments.messages import OWN_TIMES, REASON_NAMES, STAFF_TIMES
from lms.i18n import lazy_gettext as _l
from lms.web.forms import Form, OnceForm, choices_of

ANSWER = "a-"
_OWN_FIELDS = {"csrf_token", "client_id", "attempt", "seen", "extensions", "revision", "action", "_language"}


class AnswersForm(Form):
    """The answers to questions of a quiz."""

    @staticmethod
    def chosen() -> dict[str, tuple[str, ...]]:
        """Return {item id: what was sent}; refuse the request when it holds a field of another name.

        A question answered as a whole sends the field `a-<item>`; one answered part by part `a-<item>.<row>`, which
        becomes "<row>=<value>", and nothing where a part is left open.
        """
        found: dict[str, tuple[str, ...]] = {}
        for name, values in request.form.lists():
            if name.startswith(ANSWER):
                item_id, is_part, row = name.removeprefix(ANSWER).partition(".")
                sent = [f"{row}={value}" for value in values if value] if is_part else values
                found[item_id] = (*found.get(item_id, ()), *sent)
            elif name not in _OWN_FIELDS or len(values) > 1:
                raise BadRequest
        return found


class QuizForm(AnswersForm, OnceForm):
    """The answers of one attempt. `seen` is the digest of the answers that the page was made with."""

    attempt = HiddenField(validators=[Length(min=20, max=20)])
    seen = HiddenField(validators=[Regexp("^[0-9a-f]{64}$")])
    #: How often the reader had got more time when the page was made.
    extensions = IntegerField(default=0, widget=HiddenInput(), validators=[Optional(), NumberRange(0, 1000)])


class PretestForm(AnswersForm):
    """The answers of the test before a module. `revision` names the questions that the page was made with."""

    revision = HiddenField(validators=[Regexp("^[0-9]{1,12}$")])


def _choices(named: Mapping[int, Any]) -> list[Any]:
    return choices_of((str(value), label) for value, label in named.items())


class OwnFairForm(OnceForm):
    """What a person chooses herself. Nobody asks her why."""

    bilingual = BooleanField(_l("Show English beneath every question"))
    audio = BooleanField(_l("I would rather listen than read"))
    own_percent = RadioField(_l("Time in quizzes"), coerce=int, choices=_choices(OWN_TIMES), default=100)


class FairForm(OnceForm):
    """What staff give a person. There is no field for a diagnosis, and there must not be one."""

    beside = {  # noqa: RUF012 -- as every form's
        "given_time": "time_percent",
        "given_dates": "valid_until",
        "given_reason": "reason_class",
    }

    time_percent = SelectField(_l("Time in quizzes"), coerce=int, choices=_choices(STAFF_TIMES), default=100)
    often = BooleanField(_l("She may ask for more time as often as she needs"))
    oral = BooleanField(_l("Somebody reads the questions to her and writes her answers down"))
    valid_from = DateField(_l("From"), validators=[InputRequired(_l("Please choose a day."))])
    valid_until = DateField(_l("Until"), validators=[Optional()])
    reason_class = SelectField(_l("Why?"), choices=choices_of([("", _l("Please choose one.")), *REASON_NAMES.items()]))


class GrantForm(OnceForm):
    """One attempt more at the quiz of a module."""

    module = HiddenField(validators=[InputRequired(), Length(max=80)])
    round = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, 1000)])
    reason = TextAreaField(
        _l("Why? She reads this."), validators=[InputRequired(_l("Please write why.")), Length(max=300)]
    )
