"""Shapes of what the pages of tracks send."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from lms.clock import local_date, now
from lms.i18n import LANGUAGES
from lms.i18n import lazy_gettext as _l
from lms.organizations.messages import AREA_NAMES, EMPLOYMENT_NAMES, area_name
from lms.tracks import rules
from lms.tracks.messages import WAIVER_REASONS, fault_sentence
from lms.tracks.rules import Due
from lms.web.forms import Form, OnceForm, choices_of

_MISSING = _l("Please choose one.")
_KINDS = ("", "asked", "employed")
#: More lines than these do not belong into a box on a phone, but into a file.
MOST_LINES = 40
#: No employment lasts longer.
MOST_DAYS = 20_000


def _ticks(label: Any, pairs: Collection[tuple[str, Any]] = (), *, missing: Any = None) -> SelectMultipleField:
    """Return a field of ticks; the view writes those that depend on the organization.

    `missing` is what to say where one tick at least is needed.
    """
    return SelectMultipleField(
        label,
        choices=choices_of(pairs),
        validators=[InputRequired(missing) if missing else Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=bool(pairs or missing),
    )


class DueFields(Form):
    """By when: one day for all, or days counted from each person's own; nothing means no date."""

    due_on = DateField(
        _l("Finish by"),
        description=_l("The last day, in Los Angeles. Leave it empty for no date."),
        validators=[Optional()],
    )
    due_kind = SelectField(
        _l("Count days from"),
        choices=choices_of(
            [
                ("", _l("No, one day for all")),
                ("asked", _l("the day it is assigned")),
                ("employed", _l("the first day of the employment")),
            ]
        ),
        default="",
        validators=[Optional()],
    )
    due_days = IntegerField(_l("How many days"), validators=[Optional(), NumberRange(1, rules.LATEST_DUE_DAYS)])

    def due(self, *, eased: bool = False) -> Due:
        """Return how the due date is found; days that cannot be are as good as none."""
        if self.due_kind.data:
            days = self.due_days.data
            return Due(self.due_kind.data, None, days if 0 < (days or 0) <= rules.LATEST_DUE_DAYS else None, eased)
        return Due("date", self.due_on.data, None, eased) if self.due_on.data else Due()

    def standing_due(self) -> Due:
        """Return how a standing rule finds it: a date that leaves too little time is moved for whoever comes later."""
        due = self.due()
        return self.due(eased=due.kind != "none")

    def move_to(self, day: date) -> None:
        """Let the form hold another day, as if it had been typed."""
        self.due_on.data, self.due_on.raw_data = day, [day.isoformat()]
        self.due_kind.data, self.due_days.data = "", None

    def validate_due_on(self, field: Any) -> None:
        """Refuse a date that has passed, or a slip of the year."""
        if not self.due_kind.data:
            _check_due(field, self.due())

    def validate_due_kind(self, field: Any) -> None:
        """Refuse days without their number."""
        if field.data in {"asked", "employed"} and not self.due_days.errors:
            _check_due(field, self.due())


class LevelsForm(Form):
    """Which levels of the ladder an organization uses."""

    levels = _ticks(_l("Levels"), missing=_l("Please keep at least one level."))


class DemandForm(OnceForm):
    """Whether a track asks for approved wording from now on: "1", or "" for no longer."""

    asked = HiddenField(validators=[AnyOf(["", "1"])])


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


def _check_due(_field: Field, due: Due) -> None:
    if (fault := rules.due_fault(due, local_date(now()))) is not None:
        raise ValidationError(fault_sentence(fault))


class FitFields(Form):
    """Who fits: what is left empty does not matter. The view writes the choices of titles and teams."""

    titles = _ticks(_l("Job title"))
    teams = _ticks(_l("Team"))
    areas = _ticks(_l("Area where she works"), [(str(spa), area_name(spa)) for spa in AREA_NAMES])
    languages = _ticks(_l("Language"), LANGUAGES)
    kinds = _ticks(_l("Kind of employment"), EMPLOYMENT_NAMES.items())
    since = DateField(_l("Began on this day or later"), validators=[Optional()])
    for_days = IntegerField(_l("Has worked here for so many days"), validators=[Optional(), NumberRange(1, MOST_DAYS)])


class AssignForm(FitFields, DueFields):
    """Which track, for whom, by when. Ticks of people are read beside it: they may be on other pages of the list."""

    order: ClassVar[tuple[str, ...]] = ("organization", "track", "who")

    organization = SelectField(_l("Organization"), validators=[InputRequired(_MISSING)])
    track = SelectField(_l("Track"), validators=[InputRequired(_MISSING)])
    #: The view writes the choices: "title:", "team:", "all", "fit" and "some".
    who = RadioField(_l("For whom"), validate_choice=False)
    q = StringField(_l("Name or job title"), validators=[Length(max=100)])
    #: The search that the list beneath shows.
    applied = HiddenField()


class RenewalField(Form):
    """Whether a standing rule asks for renewals too; the page shows it where the track is renewed."""

    renewals = BooleanField(
        _l("Ask for the renewal too"),
        description=_l("Once, when it opens. It is due when what she finished runs out."),
        default=True,
    )


class RuleForm(OnceForm, FitFields, DueFields, RenewalField):
    """What a standing rule says from now on; `version` and `mark` say what the reader looked at."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    mark = HiddenField(validators=[Length(max=12)])


class ConfirmForm(OnceForm, DueFields, RenewalField):
    """What the preview showed, to be done exactly so. `people` and `chosen` are public ids with blanks between."""

    organization = HiddenField(validators=[InputRequired()])
    track = HiddenField(validators=[InputRequired()])
    #: Whether dates that leave too little time are moved to the first comfortable one.
    eased = HiddenField(validators=[AnyOf(["", "1"])], default="")
    people = HiddenField()
    #: Everybody whom the preview showed, also those for whom nothing changes.
    chosen = HiddenField()

    def wish(self) -> Due:
        """Return how the due date is found, as it was shown."""
        return self.due(eased=self.eased.data == "1")


class FileForm(OnceForm, DueFields):
    """People from a file, or from lines that were pasted."""

    order: ClassVar[tuple[str, ...]] = ("track", "lines", "file")
    beside: ClassVar[Mapping[str, str]] = {"file-empty": "lines", "file-unclear": "lines", "file-unread": "file"}

    track = SelectField(_l("Track"), validators=[InputRequired(_MISSING)])
    lines = TextAreaField(
        _l("People"),
        description=_l("One in each line: her name, e-mail address or phone number. At most 40 lines."),
        validators=[Optional(), Length(max=8_000)],
    )
    file = FileField(_l("Or a file"), description=_l("CSV or Excel, with a column for name, email, phone or person."))

    def validate_lines(self, field: Any) -> None:
        """Refuse more lines than a phone can show."""
        if len([line for line in (field.data or "").splitlines() if line.strip()]) > MOST_LINES:
            raise ValidationError(_l("These are more than 40 lines. Please use a file."))
