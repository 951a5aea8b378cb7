"""The shapes of what makes quizzes fair for a person: her own choices, what staff give, and one attempt more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from lms.assessments.messages import OWN_TIMES, REASON_NAMES, STAFF_TIMES
from lms.i18n import lazy_gettext as _l
from lms.web.forms import OnceForm, choices_of


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
