"""Shapes of what readers and translators send about a wording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.i18n import lazy_gettext as _l
from lms.translating.messages import ASPECTS, FAULTS, MARKS
from lms.translating.rules import LONGEST_WHY, LONGEST_WORDS
from lms.web.forms import Form, OnceForm, choices_of

#: Who reads what is written about words.
_READERS = _l(
    "Translators of this language read it, with your name, and so do trainers, analysts, certifiers and administrators."
)


class WordingForm(OnceForm):
    """What is wrong with some words."""

    beside: ClassVar[Mapping[str, str]] = {"words_needed": "words", "unknown_fault": "fault"}

    fault = RadioField(
        _l("What is wrong?"),
        choices=choices_of(FAULTS.items()),
        validators=[InputRequired(_l("Please choose what is wrong."))],
    )
    words = TextAreaField(
        _l("How should it read, or what is wrong?"),
        description=_l("Please write no names of people or patients."),
        validators=[Optional(), Length(max=LONGEST_WORDS)],
    )


class ReportForm(WordingForm):
    """The same of a reader who is known."""

    #: The attempt from which a question is reported.
    attempt = HiddenField(validators=[Optional(), Length(max=20)])


class DecideForm(Form):
    """Whether a reported wording is wrong, and what who reported it is told."""

    beside: ClassVar[Mapping[str, str]] = {"answer_needed": "answer"}

    state = RadioField(
        _l("Is the wording wrong?"),
        choices=choices_of([("confirmed", _l("Yes, it is wrong")), ("not-wrong", _l("No, it is right"))]),
        validators=[InputRequired(_l("Please choose one."))],
    )
    answer = TextAreaField(
        _l("Your answer to the person"),
        description=_l("She reads it. Needed when the words are right."),
        validators=[Optional(), Length(max=LONGEST_WORDS)],
    )


class SentenceForm(OnceForm):
    """Words for one sentence, with what the page showed when they were written."""

    beside: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("text_needed", "text_too_long", "signs", "alike", "unchanged", "faulty", "english_changed"), "text"
    )

    text = TextAreaField(_l("Translation"))
    english = HiddenField()
    mark = HiddenField(validators=[Optional(), Length(max=32)])


class StepForm(OnceForm):
    """What somebody does with the words that stand: the button says which step."""

    step = HiddenField()
    #: What `queries.Seen.step_mark` said when the page was shown.
    mark = HiddenField(validators=[Optional(), Length(max=64)])


class WithdrawForm(OnceForm):
    """Why a review or an approval is taken back."""

    beside: ClassVar[Mapping[str, str]] = dict.fromkeys(("why_needed", "why_too_long"), "why")

    why = TextAreaField(
        _l("Why?"),
        description=_READERS,
        validators=[InputRequired(_l("Please write why.")), Length(max=LONGEST_WHY)],
    )
    #: What `queries.Seen.decision_mark` said when the page was shown.
    mark = HiddenField(validators=[Optional(), Length(max=64)])


def _marks(aspect: str) -> RadioField:
    needed = [InputRequired(_l("Please choose a mark."))]
    return RadioField(ASPECTS[aspect], choices=choices_of(MARKS.items()), validators=needed)


class RateForm(Form):
    """What a community reviewer thinks of the words of a part, as the page showed them."""

    #: What `queries.wording_of` said of them.
    wording = HiddenField(validators=[Optional(), Length(max=64)])

    accuracy = _marks("accuracy")
    fit = _marks("fit")
    readability = _marks("readability")
    comment = TextAreaField(
        _l("What should be better?"),
        description=_READERS,
        validators=[Optional(), Length(max=LONGEST_WORDS)],
    )
