"""Shapes of what assessors send, and those who make sheets and enter results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flask import request
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from lms.assessments.messages.assessing import INTERPRETER_NAMES, LANGUAGE_NAMES, SOURCE_NAMES
from lms.assessments.rules import ENTERED, LONGEST_WORDS
from lms.i18n import lazy_gettext as _l
from lms.web.forms import Form, OnceForm, choices_of
from lms.web.uploads import CODES

LEVEL = "c-"
_CHOOSE = InputRequired(_l("Please choose one."))
_REQUIRED = InputRequired(_l("Please fill this in."))


class ScoreForm(OnceForm):
    """How an assessor looked at an attempt. The level of each criterion is read beside the form."""

    beside: ClassVar[Mapping[str, str]] = {"consent_needed": "has_consent", "words_long": "note"}

    #: How many assessors had looked when the page was made.
    seen = HiddenField(default="0", validators=[Regexp(r"^\d{1,3}$")])
    language = RadioField(
        _l("In which language did she speak or write?"),
        choices=choices_of(LANGUAGE_NAMES.items()),
        validators=[_CHOOSE],
    )
    interpreter = RadioField(
        _l("Who helped with the language?"),
        description=_l("Family and friends do not interpret a test. No name is kept."),
        choices=choices_of(INTERPRETER_NAMES.items()),
        validators=[_CHOOSE],
    )
    has_consent = BooleanField(_l("She agreed to the interpreter."))
    note = TextAreaField(
        _l("What do you want to tell her?"),
        description=_l("She reads this. Nothing that tells who a client is."),
        validators=[Optional(), Length(max=LONGEST_WORDS)],
        render_kw={"maxlength": LONGEST_WORDS},
    )
    wants_second = BooleanField(
        _l("Let a second assessor look, too."),
        description=_l("It counts only when both of you agree. Where you differ, a certifier decides."),
    )


def levels_sent() -> dict[str, dict[str, str]]:
    """Return {question: {criterion: level}} of the fields `c-<question>.<criterion>`."""
    found: dict[str, dict[str, str]] = {}
    for name, value in request.form.items():
        if name.startswith(LEVEL):
            item_id, _, criterion = name.removeprefix(LEVEL).partition(".")
            found.setdefault(item_id, {})[criterion] = value
    return found


class PaperForm(OnceForm):
    """A sheet to be made."""

    language = RadioField(_l("Language of the sheet"), choices=choices_of(LANGUAGE_NAMES.items()), validators=[_CHOOSE])


class NumberForm(Form):
    """The number of a sheet."""

    number = StringField(
        _l("Number of the sheet"),
        description=_l("It stands at the top, such as 7K3P-9QX2."),
        validators=[_REQUIRED, Length(max=20)],
    )


class EnterForm(OnceForm):
    """How a sheet was filled. The answers are read beside the form, as on the page of the quiz."""

    beside: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys((*CODES, "sheet_missing"), "sheet"),
        "taken_ahead": "taken_on",
        "taken_before_sheet": "taken_on",
    }

    source = RadioField(
        _l("How did she answer?"),
        choices=choices_of((each, SOURCE_NAMES[each]) for each in ENTERED),
        validators=[_CHOOSE],
    )
    taken_on = DateField(_l("Day of the test"), validators=[_REQUIRED])
    has_blanks = BooleanField(_l("What I leave open here is open on the sheet, too."))
    sheet = FileField(
        _l("A photo or a scan of the sheet"),
        description=_l("PDF, JPEG or PNG, at most 10 MB."),
    )


def _words_field(label: object, description: object) -> TextAreaField:
    """Return a field for words that somebody has to write, and that another person reads."""
    return TextAreaField(
        label,
        description=description,
        validators=[_REQUIRED, Length(max=LONGEST_WORDS)],
        render_kw={"maxlength": LONGEST_WORDS},
    )


class ReasonForm(Form):
    """Why an entry is rejected."""

    beside: ClassVar[Mapping[str, str]] = {"words_empty": "reason", "words_long": "reason"}

    reason = _words_field(_l("What is wrong?"), _l("Who entered it reads this, and enters it anew."))


class ObjectionForm(OnceForm):
    """What a worker says of a result that was entered for her."""

    beside: ClassVar[Mapping[str, str]] = {"words_empty": "words", "words_long": "words"}

    words = _words_field(
        _l("What is not right?"),
        _l("A trainer or certifier who had no part in it reads this. Your supervisor does not."),
    )


class AnswerForm(Form):
    """What a worker is answered who said that an entry is not right."""

    beside: ClassVar[Mapping[str, str]] = {"words_empty": "answer", "words_long": "answer"}

    answer = _words_field(_l("Why?"), _l("She reads this. Nothing that tells who a client is."))


class SettleForm(Form):
    """The second person's word: she has compared each answer."""

    compared = BooleanField(
        _l("I have compared every answer with the sheet."),
        validators=[InputRequired(_l("Please compare them first."))],
    )
