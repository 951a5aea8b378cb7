"""Shapes of what certifiers, workers and the public send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from lms.certificates.messages import reason
from lms.certificates.rules import decisions
from lms.certificates.rules.decisions import Choice
from lms.certificates.rules.links import LIVES, LONGEST_LABEL
from lms.i18n import lazy_gettext as _l
from lms.i18n import ngettext
from lms.web.forms import Form, OnceForm

# Beside which field a broken rule is told.
_OF_REASONS = {"note_needed": "note", "reason_needed": "reason", "text_too_long": "note"}
_OF_NAMES = dict.fromkeys(
    (
        "name_characters",
        "name_empty",
        "name_hidden_sign",
        "name_is_the_same",
        "name_letter",
        "name_not_composed",
        "name_spaces",
        "name_too_long",
    ),
    "name",
)


def _note(label: Any) -> TextAreaField:
    return TextAreaField(label, validators=[Optional(), Length(max=decisions.LONGEST_NOTE)])


class DecisionForm(OnceForm):
    """What both forms of an application hold: how many decisions and answers its page showed, and which name."""

    seen = IntegerField(widget=HiddenInput(), validators=[Optional()])
    shown = HiddenField()
    #: What stands before the ids of its fields, for two forms on one page.
    prefix_of_ids = ""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self:
            field.id = self.prefix_of_ids + field.id

    def tell(self, seen: int, shown: str) -> None:
        """Let the page that is shown now say how much it shows and which form is which, whatever was sent before."""
        self.seen.data, self.seen.raw_data = seen, None
        self.shown.data = shown
        self.outcome.data = self.outcome.default


class CertifyForm(DecisionForm):
    """One tap: certify."""

    outcome = HiddenField(default="certify")
    prefix_of_ids = "certify-"

    @property
    def choice(self) -> Choice:
        """Return what was chosen."""
        return Choice("certify")


class NotYetForm(DecisionForm):
    """Ask for more, or refuse: one reason, and the certifier's own words."""

    beside: ClassVar[Mapping[str, str]] = _OF_REASONS

    outcome = HiddenField(default="not-yet")
    reason = RadioField(_l("What is the reason?"), validators=[InputRequired(_l("Please choose a reason."))])
    note = _note(_l("Your words to the worker"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        asks = [(f"ask:{code}", _l("Ask: %(reason)s", reason=reason(code))) for code in decisions.ASK_REASONS]
        refusals = [
            (f"refuse:{code}", _l("Do not certify: %(reason)s", reason=reason(code)))
            for code in decisions.REFUSE_REASONS
        ]
        self.reason.choices = asks + refusals

    @property
    def choice(self) -> Choice:
        """Return what was chosen."""
        outcome, _, code = (self.reason.data or "").partition(":")
        return Choice(outcome, code, self.note.data or "")


class BatchForm(OnceForm):
    """The confirmation of a batch; its page adds each row as "public id:what was said of it:mark of the name"."""


class AnswerForm(OnceForm):
    """What the worker answers, or why she asks another person."""

    beside: ClassVar[Mapping[str, str]] = {"answer_empty": "text", "text_too_long": "text"}

    #: The state that her page showed: an answer to a question must not become her one appeal.
    about = HiddenField()
    text = TextAreaField(
        _l("Your answer"),
        validators=[InputRequired(_l("Please write your answer.")), Length(max=decisions.LONGEST_ANSWER)],
    )


class ConfirmNameForm(OnceForm):
    """She saw the name drawn, and it is right. Asking for another spelling later has a note too."""

    beside: ClassVar[Mapping[str, str]] = {"text_too_long": "note"}

    name = HiddenField()
    note = _note(_l("What should we know about it?"))


class SpellingForm(Form):
    """The name as it should stand, to be drawn first."""

    beside: ClassVar[Mapping[str, str]] = dict.fromkeys(_OF_NAMES, "spelled")

    spelled = StringField(
        _l("The name as it should stand"), validators=[InputRequired(_l("Please write the name.")), Length(max=200)]
    )


class NameForm(Form):
    """Another spelling of the name on a certificate, made by a certifier."""

    beside: ClassVar[Mapping[str, str]] = _OF_NAMES

    name = StringField(
        _l("The name as it should stand"), validators=[InputRequired(_l("Please write the name.")), Length(max=200)]
    )


class RevokeForm(Form):
    """The first person's half of a revocation."""

    beside: ClassVar[Mapping[str, str]] = _OF_REASONS

    reason = SelectField(_l("Reason"))
    note = _note(_l("A note for the second person"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.reason.choices = [(code, reason(code)) for code in decisions.REVOKE_REASONS]


class LinkForm(OnceForm):
    """A new link to a certificate: for whom, and for how long."""

    beside: ClassVar[Mapping[str, str]] = {"link_days": "days"}

    label = StringField(_l("For whom is it?"), validators=[Optional(), Length(max=LONGEST_LABEL)])
    days = RadioField(_l("How long should it work?"), validators=[InputRequired(_l("Please choose how long."))])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.days.choices = [(str(n), ngettext("%(num)s day", "%(num)s days", n)) for n in LIVES]


class SealForm(Form):
    """She saw what a correction changes; the seal says what that was."""

    seal = HiddenField()


class EmptyForm(Form):
    """A button that needs no more than its address."""


class CheckNameForm(Form):
    """The public's question whether a name matches."""

    name = StringField(
        _l("Name on the paper"), validators=[InputRequired(_l("Please write the name.")), Length(max=200)]
    )
