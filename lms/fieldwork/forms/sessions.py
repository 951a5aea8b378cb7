"""Shapes of what the pages of sessions send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from lms.fieldwork.rules.sessions import DEFAULT_SHARE, MOST_PLACES
from lms.i18n import LANGUAGES
from lms.i18n import lazy_gettext as _l
from lms.web.forms import Form, OnceForm, choices_of

_REQUIRED = InputRequired(_l("Please fill this in."))
_CHOOSE = InputRequired(_l("Please choose one."))
_NUMBER = Regexp(r"^\d{1,9}$")
_CAPACITY = _l("Please choose between 1 and 500 places.")
_SHARE = _l("Please choose between 1 and 100 percent.")


def _ticks(label: Any, **more: Any) -> SelectMultipleField:
    """Return a field of ticks."""
    widgets = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}
    return SelectMultipleField(label, validators=[Optional()], **widgets, **more)


class PlanForm(OnceForm):
    """All that a planner decides about a session."""

    beside: ClassVar[Mapping[str, str]] = {
        "capacity-below": "capacity",
        "capacity-range": "capacity",
        "day-far": "day",
        "day-old": "day",
        "ends-first": "ends",
        "lessons-of-what": "module",
        "link-odd": "link",
        "place-missing": "place",
        "share-range": "minimum_share",
        "teacher-comes": "teachers",
        "time-skipped": "starts",
    }

    #: The revision that was read, when a session is changed.
    seen = HiddenField(default="0", validators=[_NUMBER])
    title = StringField(_l("Title"), validators=[_REQUIRED, Length(max=120)])
    cohort = SelectField(_l("Cohort"), description=_l("Only for a row of sessions that people take together."))
    organization = SelectField(_l("Who hosts it"))
    is_open = BooleanField(_l("People of other organizations may come too"), default=True)
    day = DateField(_l("Day"), validators=[_REQUIRED])
    starts = TimeField(_l("Begins at"), validators=[_REQUIRED])
    ends = TimeField(_l("Ends at"), validators=[_REQUIRED])
    place = StringField(
        _l("Address"), description=_l("Street, room, floor: so that she finds it."), validators=[Length(max=300)]
    )
    link = StringField(
        _l("Online room"),
        description=_l("Only those who have a place see this address."),
        validators=[Optional(), Length(max=500)],
    )
    language = RadioField(_l("Language in which it is held"), choices=choices_of(LANGUAGES), validators=[_CHOOSE])
    interpreters = _ticks(_l("Somebody interprets into"), choices=choices_of(LANGUAGES))
    capacity = IntegerField(
        _l("Places"), default=20, validators=[_REQUIRED, NumberRange(1, MOST_PLACES, message=_CAPACITY)]
    )
    module = SelectField(_l("Module"))
    finishes_lessons = BooleanField(_l("Who was there has finished the lessons of this module (not its quiz)"))
    track = SelectField(_l("Track"))
    competencies = _ticks(
        _l("Competencies"), description=_l("Its minutes count for these. Tick none for those of the module.")
    )
    minimum_share = IntegerField(
        _l("Counts whole from (percent of the time)"),
        default=DEFAULT_SHARE,
        validators=[_REQUIRED, NumberRange(1, 100, message=_SHARE)],
    )
    teachers = _ticks(_l("Who teaches"), default=["0"])
    more_teachers = TextAreaField(
        _l("Others who teach"),
        description=_l("E-mail or phone of trainers or of staff of the host, one on each line."),
        validators=[Optional(), Length(max=500)],
    )


class CohortForm(OnceForm):
    """A new cohort."""

    beside: ClassVar[Mapping[str, str]] = {"name-missing": "name"}

    name = StringField(_l("Name"), validators=[_REQUIRED, Length(max=120)])
    organization = SelectField(_l("Who runs it"))
    invited = _ticks(_l("Whose staff may join"), description=_l("Tick none for everybody."))
    module = SelectField(_l("Module"))
    track = SelectField(_l("Track"))


class SignUpForm(Form):
    """A place in a session, or in a whole cohort."""

    language = RadioField(_l("Your language"), choices=choices_of(LANGUAGES), validators=[_CHOOSE])
    needs_interpreter = BooleanField(_l("I need somebody who interprets into this language"))


class StaffForm(Form):
    """Places for staff; whom is read beside it."""

    language = RadioField(_l("Their language"), choices=choices_of(LANGUAGES), validators=[_CHOOSE])
    needs_interpreter = BooleanField(_l("They need somebody who interprets into this language"))


class HereForm(Form):
    """The button "I am here", and the button "I am leaving"."""

    token = HiddenField(validators=[Length(max=80)])


class MarkForm(Form):
    """From when to when people were there; who is read beside it."""

    beside: ClassVar[Mapping[str, str]] = {
        "stay-backwards": "until",
        "stay-future": "came",
        "stay-missing": "came",
        "stay-outside": "came",
        "time-skipped": "came",
    }

    came = TimeField(_l("They came at"), validators=[_REQUIRED])
    until = TimeField(
        _l("They left at"), description=_l("Leave it empty when they stay until the end."), validators=[Optional()]
    )
    sheet = StringField(
        _l("Number of the paper list"),
        description=_l("Only when you copy it from paper. It stands on the list, at the top."),
        validators=[Optional(), Length(max=40)],
    )


class CorrectForm(Form):
    """What holds of one person's attendance: up to three times of coming and leaving."""

    beside: ClassVar[Mapping[str, str]] = {"reason-missing": "reason", "makes-up-what": "makes_up"}

    #: The number of the entry that was read, 0 for none.
    seen = HiddenField(default="0", validators=[_NUMBER])
    came_1 = TimeField(_l("Came at"), validators=[Optional()])
    until_1 = TimeField(_l("Left at"), validators=[Optional()])
    came_2 = TimeField(_l("Came back at"), validators=[Optional()])
    until_2 = TimeField(_l("Left again at"), validators=[Optional()])
    came_3 = TimeField(_l("Came back once more at"), validators=[Optional()])
    until_3 = TimeField(_l("Left at last at"), validators=[Optional()])
    makes_up = SelectField(_l("She makes up a part of"))
    reason = StringField(_l("Why it is corrected"), validators=[Length(max=300)])


class CloseForm(Form):
    """What the preview showed, to be done exactly so."""

    fingerprint = HiddenField(validators=[Length(min=64, max=64)])


class ReasonForm(Form):
    """Why a session is cancelled or opened again."""

    beside: ClassVar[Mapping[str, str]] = {"reason-missing": "reason"}

    reason = StringField(_l("Why"), validators=[_REQUIRED, Length(max=300)])
