"""Shapes of what workers, their supervisors and reviewers send about earlier training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask_wtf.file import FileField
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
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput

from lms.errors import RuleBroken
from lms.i18n import LANGUAGES
from lms.i18n import lazy_gettext as _l
from lms.training import rules
from lms.training.messages import HOURS_NAMES, KIND_NAMES, reason
from lms.training.rules import Told, Verdict, Worth, minutes_from_hours
from lms.training.rules.reviewing import LONGEST_NOTE
from lms.training.rules.telling import LONGEST_TITLE
from lms.web.forms import Form, OnceForm, choices_of
from lms.web.uploads import CODES

_CHOOSE = InputRequired(_l("Please choose one."))
_DAY = InputRequired(_l("Please write a day, month and year that exist."))
_TICKS: dict[str, Any] = {"option_widget": CheckboxInput(), "validators": [Optional()]}

Pairs = Iterable[tuple[str, Any]]


def _minutes(field: StringField) -> int | None:
    """Return the minutes of a field of hours, None when it is empty; raise `RuleBroken` for what is no number."""
    text = (field.data or "").strip()
    minutes = minutes_from_hours(text)
    if text and minutes is None:
        raise RuleBroken("hours_format")
    return minutes


def hours_text(minutes: int | None) -> str:
    """Return minutes as a field of hours shows them: "7.5"; "" for None."""
    return "" if minutes is None else f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


class TellForm(OnceForm):
    """What is told of one earlier training."""

    beside: ClassVar[Mapping[str, str]] = {
        "title_empty": "title",
        "issuer_empty": "issuer",
        "line_too_long": "title",
        "note_too_long": "note",
        "kind_unknown": "kind",
        "module_unknown": "module",
        "competency_unknown": "competencies",
        "language_unknown": "language",
        "day_to_come": "learned_on",
        "day_long_ago": "learned_on",
        "days_turned": "from_on",
        "hours_format": "hours",
        "hours_range": "hours",
        "hours_more_than_days": "hours",
        "person_unknown": "person",
    }

    title = StringField(
        _l("What was it?"),
        description=_l("As it stands on the paper, such as “Community health worker course”."),
        validators=[InputRequired(_l("Please write what it was.")), Length(max=LONGEST_TITLE)],
    )
    kind = RadioField(_l("What kind is it?"), choices=choices_of(KIND_NAMES.items()), validators=[_CHOOSE])
    issuer = StringField(
        _l("Who gave it, or where did you work?"),
        description=_l("A school, an organization, an agency."),
        validators=[InputRequired(_l("Please write who gave it.")), Length(max=LONGEST_TITLE)],
    )
    learned_on = DateField(
        _l("Last day"), description=_l("If you do not know the day, choose one that is near."), validators=[_DAY]
    )
    from_on = DateField(_l("First day, if it took longer"), validators=[Optional()])
    hours = StringField(
        _l("How many hours in all?"), description=_l("Such as 40, or 7.5."), validators=[Optional(), Length(max=10)]
    )
    module = SelectField(_l("Is it like one of our modules?"), validators=[Optional()])
    competencies = SelectMultipleField(_l("What is it about?"), **_TICKS)
    language = SelectField(
        _l("In which language?"), choices=choices_of([("", "–"), *LANGUAGES]), validators=[Optional()]
    )
    note = TextAreaField(
        _l("What should we know about it?"),
        description=_l("Please write nothing about the people you served."),
        validators=[Optional(), Length(max=LONGEST_NOTE)],
    )

    def offer(self, modules: Pairs, competencies: Pairs) -> None:
        """Let these modules and competencies be chosen."""
        self.module.choices = choices_of([("", "–"), *modules])
        self.competencies.choices = choices_of(competencies)

    @property
    def told(self) -> Told:
        """Return what was told; raise `RuleBroken` for hours that are no number."""
        return Told(
            title=self.title.data or "",
            kind=self.kind.data,
            issuer=self.issuer.data or "",
            learned_on=self.learned_on.data,
            from_on=self.from_on.data,
            minutes=_minutes(self.hours),
            module_key=self.module.data or None,
            competencies=tuple(self.competencies.data or ()),
            language=self.language.data or "",
            note=self.note.data or "",
        )

    @staticmethod
    def values_of(told: Told) -> dict[str, Any]:
        """Return what the fields hold of something told before."""
        return {
            "title": told.title,
            "kind": told.kind,
            "issuer": told.issuer,
            "learned_on": told.learned_on,
            "from_on": told.from_on,
            "hours": hours_text(told.minutes),
            "module": told.module_key or "",
            "competencies": list(told.competencies),
            "language": told.language,
            "note": told.note,
        }


class TellForOthersForm(TellForm):
    """The same told for somebody else: it speaks of her."""

    order = ("person",)

    issuer = StringField(
        _l("Who gave it, or where did she work?"),
        description=_l("A school, an organization, an agency."),
        validators=[InputRequired(_l("Please write who gave it.")), Length(max=LONGEST_TITLE)],
    )


class TellForStaffForm(TellForOthersForm):
    """The same told by a supervisor for somebody whom she supervises."""

    person = SelectField(_l("For whom?"), validators=[_CHOOSE])


class TellForAnybodyForm(TellForOthersForm):
    """The same told by staff of the consortium for whom they know by her e-mail address or phone number."""

    person = StringField(
        _l("For whom?"),
        description=_l("Her e-mail address or mobile number."),
        validators=[InputRequired(_l("Please write her e-mail address or mobile number.")), Length(max=254)],
    )


class FileForm(Form):
    """One photo or PDF."""

    beside: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (*CODES, "files_full", "files_not_now", "too_many_files"),
        "file",
    )

    file = FileField(
        _l("A photo or PDF"),
        description=_l("A photo of the paper is enough. At most 10 MB. Where it was taken is removed from photos."),
    )


class ReplyForm(OnceForm):
    """What she answers, or why she asks others to look again."""

    beside: ClassVar[Mapping[str, str]] = {"answer_empty": "text", "answer_too_long": "text"}

    #: The state that her page showed: an answer to a question must not become her one appeal.
    about = HiddenField()
    text = TextAreaField(
        _l("Your answer"),
        validators=[InputRequired(_l("Please write your answer.")), Length(max=rules.LONGEST_ANSWER)],
    )


def _note(label: Any) -> TextAreaField:
    return TextAreaField(label, validators=[Optional(), Length(max=LONGEST_NOTE)])


class JudgeForm(OnceForm):
    """What the forms of a reviewer's page hold: which of them it is, and the round that the page showed."""

    beside: ClassVar[Mapping[str, str]] = {
        "note_needed": "note",
        "note_too_long": "note",
        "reason_needed": "reason",
        "worth_missing": "counts_as",
        "module_unknown": "module",
        "kind_unknown": "hours_kind",
        "hours_format": "hours",
        "hours_range": "hours",
        "competency_unknown": "competencies",
        "day_to_come": "learned_on",
        "day_long_ago": "learned_on",
    }
    #: What stands before the ids of its fields, for several forms on one page.
    prefix_of_ids = ""

    round = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self:
            field.id = self.prefix_of_ids + field.id

    def tell(self, number: int) -> None:
        """Let the page that is shown now say which round it shows and which form is which, whatever was sent before."""
        self.round.data, self.round.raw_data = number, None
        self.act.data = self.act.default


class AgreeForm(JudgeForm):
    """One tap: accept it as the first reviewer did. `like` is the number of her review in the history."""

    prefix_of_ids = "agree-"

    act = HiddenField(default="agree")
    like = IntegerField(widget=HiddenInput(), validators=[Optional()])


class RecognizeForm(JudgeForm):
    """As what it should count."""

    prefix_of_ids = "recognize-"

    act = HiddenField(default="recognize")
    counts_as = RadioField(
        _l("What does it count as?"),
        choices=choices_of([("module", _l("A module that she need not do any more")), ("hours", _l("Hours"))]),
        validators=[_CHOOSE],
    )
    module = SelectField(_l("Which module?"), validators=[Optional()])
    hours_kind = SelectField(
        _l("Which kind of hours?"), choices=choices_of([("", "–"), *HOURS_NAMES.items()]), validators=[Optional()]
    )
    hours = StringField(_l("How many hours?"), validators=[Optional(), Length(max=10)])
    competencies = SelectMultipleField(_l("In which skills?"), **_TICKS)
    learned_on = DateField(_l("Last day of learning"), validators=[_DAY])
    note = _note(_l("Your words to the worker"))

    def offer(self, modules: Pairs, competencies: Pairs) -> None:
        """Let these modules and competencies be chosen."""
        self.module.choices = choices_of([("", "–"), *modules])
        self.competencies.choices = choices_of(competencies)

    @property
    def verdict(self) -> Verdict:
        """Return what was decided; raise `RuleBroken` for hours that are no number."""
        if self.counts_as.data == "module":
            worth = Worth(self.learned_on.data, self.module.data or None)
        else:
            kind, minutes = self.hours_kind.data or None, _minutes(self.hours) or 0
            worth = Worth(self.learned_on.data, None, kind, minutes, tuple(sorted(self.competencies.data or ())))
        return Verdict("accept", worth, note=self.note.data or "")

    @staticmethod
    def values_of(worth: Worth) -> dict[str, Any]:
        """Return what the fields hold of something that it may count as."""
        return {
            "counts_as": "module" if worth.module_key else "hours",
            "module": worth.module_key or "",
            "hours_kind": worth.hours_kind or "",
            "hours": hours_text(worth.minutes or None),
            "competencies": list(worth.competencies),
            "learned_on": worth.learned_on,
        }


class NotYetForm(JudgeForm):
    """Ask for more, or refuse: one reason, and the reviewer's own words."""

    prefix_of_ids = "not-yet-"

    act = HiddenField(default="not-yet")
    reason = RadioField(_l("What is the reason?"), validators=[InputRequired(_l("Please choose a reason."))])
    note = _note(_l("Your words to the worker"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        asks = [(f"ask:{code}", _l("Ask: %(reason)s", reason=reason(code))) for code in rules.ASK_REASONS]
        refusals = [
            (f"refuse:{code}", _l("Do not recognize: %(reason)s", reason=reason(code))) for code in rules.REFUSE_REASONS
        ]
        self.reason.choices = choices_of(asks + refusals)

    @property
    def verdict(self) -> Verdict:
        """Return what was decided."""
        outcome, _, code = (self.reason.data or "").partition(":")
        return Verdict(outcome, None, code, self.note.data or "")


class TakeBackForm(Form):
    """The first person's half of taking a recognition back."""

    beside: ClassVar[Mapping[str, str]] = {"note_needed": "note", "note_too_long": "note", "reason_needed": "reason"}

    reason = SelectField(_l("Reason"))
    note = _note(_l("A note for the second person, and for the worker"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.reason.choices = choices_of((code, reason(code)) for code in rules.REVOKE_REASONS)


class AcceptForm(Form):
    """A supervising provider counts it for the yearly hours."""

    beside: ClassVar[Mapping[str, str]] = {"hours_format": "hours", "hours_range": "hours", "more_than_told": "hours"}

    hours = StringField(
        _l("How many hours count?"),
        validators=[InputRequired(_l("Please write the hours as a number, such as 40 or 7.5.")), Length(max=10)],
    )

    @property
    def minutes(self) -> int:
        """Return the minutes; raise `RuleBroken` for hours that are no number."""
        return _minutes(self.hours) or 0


class DeclineForm(Form):
    """A supervising provider does not count it."""

    beside: ClassVar[Mapping[str, str]] = {"note_needed": "note", "note_too_long": "note", "reason_needed": "reason"}

    reason = RadioField(_l("What is the reason?"), validators=[InputRequired(_l("Please choose a reason."))])
    note = _note(_l("Your words to the worker"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.reason.choices = choices_of((code, reason(code)) for code in rules.DECLINE_REASONS)


class ImportForm(OnceForm):
    """A table of earlier records."""

    beside: ClassVar[Mapping[str, str]] = {"table_missing": "file", "table_empty": "file"}

    file = FileField(_l("The table"), description=_l("An Excel workbook, or a CSV file."))


class ConfirmImportForm(Form):
    """Write what the preview showed."""

    valid_only = BooleanField(_l("Leave out the rows that cannot be recorded"))
