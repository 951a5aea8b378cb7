"""Shapes of what the pages of tracks send."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.clock import local_date, now
from lms.i18n import lazy_gettext as _l
from lms.tracks import rules
from lms.tracks.messages import fault_sentence
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
        fault = rules.due_fault(rules.as_due(field.data), local_date(now()))
        if fault is not None:
            raise ValidationError(fault_sentence(fault))


class ConfirmForm(OnceForm):
    """What the preview showed, to be done exactly so. `people` are public ids with blanks between."""

    organization = HiddenField(validators=[InputRequired()])
    track = HiddenField(validators=[InputRequired()])
    due_on = DateField(validators=[Optional()])
    people = HiddenField(validators=[InputRequired()])
