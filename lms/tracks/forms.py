"""Shapes of what the pages of tracks send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.clock import local_date, now
from lms.i18n import lazy_gettext as _l
from lms.tracks import rules
from lms.tracks.messages import WAIVER_REASONS, fault_sentence
from lms.web.forms import Form, OnceForm, choices_of

_MISSING = _l("Please choose one.")


class ButtonForm(Form):
    """A single button: to enrol, or to undo."""


class AssignForm(Form):
    """Which track, for whom, by when. Ticks are read beside it: they may be on other pages of the list."""

    organization = SelectField(_l("Organization"), validators=[InputRequired(_MISSING)])
    track = SelectField(_l("Track"), validators=[InputRequired(_MISSING)])
    due_on = DateField(
        _l("Finish by"),
        description=_l("The last day, in Los Angeles. Leave it empty for no date."),
        validators=[Optional()],
    )
    #: The view writes the words of "some" and "all".
    who = RadioField(_l("For whom"), choices=choices_of([("some", ""), ("all", "")]), default="some")
    q = StringField(_l("Name or job title"), validators=[Length(max=100)])
    #: The search that the list beneath shows.
    applied = HiddenField()

    def validate_due_on(self, field: Any) -> None:
        """Refuse a date that has passed, or a slip of the year."""
        fault = rules.due_fault(field.data, local_date(now()))
        if fault is not None:
            raise ValidationError(fault_sentence(fault))


class WaiveForm(OnceForm):
    """Which part a worker need not do, why, and until when."""

    #: The view offers those that may be waived.
    part = SelectField(_l("Which part?"), validators=[InputRequired(_MISSING)])
    reason = RadioField(_l("Why?"), choices=choices_of(WAIVER_REASONS.items()), validators=[InputRequired(_MISSING)])
    note = TextAreaField(
        _l("What should she know?"),
        description=_l("She reads this, with your name. Nothing about her health, please."),
        validators=[Optional(), Length(max=500)],
    )
    ends_on = DateField(
        _l("Until"),
        description=_l("The last day on which it counts. Leave it empty for no end."),
        validators=[Optional()],
    )
    beside: ClassVar[Mapping[str, str]] = {"ends-past": "ends_on", "not-waivable": "part"}


class ConfirmForm(OnceForm):
    """What the preview showed, to be done exactly so. `people` are public ids with blanks between."""

    organization = HiddenField(validators=[InputRequired()])
    track = HiddenField(validators=[InputRequired()])
    due_on = DateField(validators=[Optional()])
    people = HiddenField(validators=[InputRequired()])
