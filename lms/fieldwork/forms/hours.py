"""Shapes of what the pages of the hours ledger send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
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
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.fieldwork.messages.hours import KIND_NAMES
from lms.fieldwork.rules import OWN_KINDS
from lms.fieldwork.rules.hours import LONGEST_NOTE, LONGEST_SITE, LONGEST_WORDS, Host, Sheet
from lms.i18n import lazy_gettext as _l
from lms.web.forms import Form, OnceForm, choices_of

_REQUIRED = InputRequired(_l("Please fill this in."))
_CHOOSE = InputRequired(_l("Please choose one."))


class _OneOfSeveral(Optional):  # type: ignore[misc]
    """Lets a field be empty without calling it optional: another one may hold what is needed."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags: dict[str, bool] = {}


class EntryForm(OnceForm):
    """Hours of one day. The organization is asked only where there are several."""

    beside: ClassVar[Mapping[str, str]] = {
        "client-data-note": "note",
        "client-data-site": "site",
        "competencies-many": "competencies",
        "competency-unknown": "competencies",
        "day-full": "hours",
        "client-data-host": "host_name",
        "host-asked": "host",
        "host-kind": "host",
        "host-unknown": "host",
        "hours-ahead": "done_on",
        "hours-too-old": "done_on",
        "kind-unknown": "kind",
        "minutes-range": "hours",
        "minutes-step": "minutes",
        "not-employed": "done_on",
        "site-empty": "site",
        "time-half": "ends",
        "time-longer": "ends",
        "time-order": "ends",
    }

    done_on = DateField(_l("Day"), validators=[_REQUIRED])
    organization = SelectField(_l("Organization"), validators=[_CHOOSE])
    kind = RadioField(
        _l("What was it?"), choices=choices_of((kind, KIND_NAMES[kind]) for kind in OWN_KINDS), validators=[_CHOOSE]
    )
    site = StringField(
        _l("Where?"),
        description=_l("A place, such as “Watts library”. Never a client's name or address."),
        validators=[_REQUIRED, Length(max=LONGEST_SITE)],
        render_kw={"list": "sites", "maxlength": LONGEST_SITE},
    )
    host = SelectField(
        _l("Where you did the practicum"),
        description=_l("Only when that is another place than the organization above."),
        validators=[Optional()],
    )
    host_name = StringField(
        _l("Its name, if it is not in the list"),
        validators=[Optional(), Length(max=LONGEST_SITE)],
        render_kw={"maxlength": LONGEST_SITE},
    )
    asks_host = BooleanField(
        _l("Ask a supervisor there to countersign"),
        description=_l("She then sees these hours and your name, and nothing else of you."),
    )
    hours = IntegerField(_l("Hours"), validators=[_OneOfSeveral(), NumberRange(0, 16)])
    minutes = IntegerField(_l("Minutes"), validators=[_OneOfSeveral(), NumberRange(0, 59)])
    begins = TimeField(_l("From"), validators=[_OneOfSeveral()])
    ends = TimeField(_l("To"), validators=[_OneOfSeveral()])
    competencies = SelectMultipleField(
        _l("Which skills did you practice?"),
        description=_l("At most three."),
        validators=[Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    note = TextAreaField(
        _l("Note"),
        description=_l("What you did, in a few words. Nothing that tells who a client is."),
        validators=[Optional(), Length(max=LONGEST_NOTE)],
        render_kw={"maxlength": LONGEST_NOTE},
    )

    def sheet(self, organization_ids: Mapping[str, int], **more: Any) -> Sheet:
        """Return what was typed. Where no hours were typed they are what lies between the two times."""
        begins, ends = _minute_of(self.begins.data), _minute_of(self.ends.data)
        minutes = 60 * (self.hours.data or 0) + (self.minutes.data or 0)
        if not minutes and begins is not None and ends is not None:
            minutes = max(0, ends - begins)
        return Sheet(
            organization_id=organization_ids[self.organization.data],
            done_on=self.done_on.data,
            site=self.site.data or "",
            kind=self.kind.data,
            minutes=minutes,
            competencies=tuple(self.competencies.data or ()),
            begins=begins,
            ends=ends,
            note=self.note.data or "",
            host=self._host(organization_ids),
            **more,
        )

    def _host(self, organization_ids: Mapping[str, int]) -> Host | None:
        """Return where it was, None where nothing was chosen or written."""
        chosen, name = organization_ids.get(self.host.data or ""), self.host_name.data or ""
        asks = "asks_host" in self and bool(self.asks_host.data)
        return Host(chosen, name, asks) if chosen is not None or name or asks else None


def _minute_of(at: time | None) -> int | None:
    """Return the minutes after midnight."""
    return None if at is None else 60 * at.hour + at.minute


class CorrectForm(EntryForm):
    """Hours that replace an entry, which was in the state `seen` on the page."""

    seen = HiddenField(validators=[Length(max=20)])


class PaperForm(EntryForm):
    """Hours from a signed paper log."""

    order = ("sheet_on",)
    beside: ClassVar[Mapping[str, str]] = {
        **EntryForm.beside,
        "sheet-before": "sheet_on",
        "sheet-date": "sheet_on",
    }

    sheet_on = DateField(
        _l("Date on the paper log"), description=_l("The day on which it was signed."), validators=[_REQUIRED]
    )
    signed = BooleanField(
        _l("I have the paper log before me. It is signed by the worker and by a supervisor."),
        validators=[InputRequired(_l("Please look at the paper log, and tick this."))],
    )


class WordsForm(Form):
    """Why an entry is returned, or why it is right."""

    beside: ClassVar[Mapping[str, str]] = {
        "client-data-words": "words",
        "words-empty": "words",
        "words-long": "words",
    }

    words = TextAreaField(
        _l("In a sentence"),
        validators=[_REQUIRED, Length(max=LONGEST_WORDS)],
        render_kw={"maxlength": LONGEST_WORDS},
    )


class SeenForm(Form):
    """A button beside an entry that was in the state `seen` on the page."""

    seen = HiddenField(validators=[Length(max=20)])


class ChosenForm(OnceForm):
    """The entries that the last page showed, as public ids with blanks between."""

    entries = HiddenField(validators=[Length(max=20_000)])
