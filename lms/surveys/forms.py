"""The shape of what a survey page sends: one field a question, or one for each row of a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from lms.i18n import LANGUAGES
from lms.i18n import lazy_gettext as _l
from lms.surveys.rules.comments import COMMENT_LIMIT
from lms.surveys.rules.loop import Told
from lms.surveys.rules.texts import TRANSLATION_LIMIT
from lms.web.forms import Form, OnceForm, choices_of

QUESTION = "q-"
_OWN_FIELDS = {"csrf_token", "_language"}


class SurveyForm(Form):
    """The answers to a survey. No key is needed: the receipt counts once."""

    @staticmethod
    def typed() -> dict[str, tuple[str, ...]]:
        """Return {question id, or "<question>.<row>": what was sent}; refuse a request with a field of another name."""
        found: dict[str, tuple[str, ...]] = {}
        for name, values in request.form.lists():
            if not (name.startswith(QUESTION) or (name in _OWN_FIELDS and len(values) == 1)):
                raise BadRequest
            if name.startswith(QUESTION):
                found[name.removeprefix(QUESTION)] = tuple(values)
        return found


def _words(label: Any, most: int, *, hint: Any = "") -> TextAreaField:
    """Return a field for words that must be written."""
    return TextAreaField(label, [DataRequired(_l("Please write some words.")), Length(max=most)], description=hint)


class CommentForm(OnceForm):
    """A comment to those who make the training."""

    text = _words(_l("Your comment"), COMMENT_LIMIT, hint=_l("Please write no names of people or patients."))
    signed = BooleanField(_l("Sign it with my name"), description=_l("Only then can you get an answer."))


class AnswerForm(Form):
    """The answer to a signed comment."""

    answer = _words(_l("Your answer"), COMMENT_LIMIT)


class EnglishForm(Form):
    """A free text in English."""

    english = _words(
        _l("In English"),
        TRANSLATION_LIMIT,
        hint=_l("Leave out names, places and whatever else tells who wrote it or who is meant."),
    )
    erase = BooleanField(_l("Delete the original words"), description=_l("Tick this when they name somebody."))


class FindingForm(OnceForm):
    """What a reader of figures makes of them."""

    words = _words(_l("What do these figures tell?"), 1000)


class NoteForm(Form):
    """A change note."""

    what = _words(_l("What is to be changed?"), 1000)
    why = _words(_l("Why?"), 1000)
    by_whom = StringField(_l("Who does it?"), [DataRequired(_l("Please write some words.")), Length(max=200)])


class DeclineForm(Form):
    """Why something is not changed."""

    reason = _words(_l("Why is it not done?"), 1000)


def _text(field: Any) -> str:
    return (field.data or "").strip()


class ToldForm(Form):
    """What workers read of a change: two sentences in each language, English first."""

    @property
    def told(self) -> dict[str, Told]:
        """Return what was written, by language."""
        return {tag: Told(_text(said), _text(changed)) for tag, _name, said, changed in self.rows()}

    def rows(self) -> list[tuple[str, str, Any, Any]]:
        """Return tag, name and both fields of each language."""
        return [(tag, name, self[f"said_{tag}"], self[f"changed_{tag}"]) for tag, name in LANGUAGES]


class VersionForm(ToldForm):
    """Which version answers, and what workers read."""

    version = SelectField(_l("Which version answers it?"), coerce=int)


for _tag, _name in LANGUAGES:
    for _part, _label in (("said", _l("You said")), ("changed", _l("We changed"))):
        setattr(ToldForm, f"{_part}_{_tag}", TextAreaField(_label, [Optional(), Length(max=400)]))


def told_form(told: Mapping[str, Mapping[str, str]] | None) -> ToldForm:
    """Return the form with what was written before."""
    known = {f"{part}_{tag}": words for tag, parts in (told or {}).items() for part, words in parts.items()}
    return ToldForm(data=known)


def version_form(choices: list[tuple[int, str]]) -> VersionForm:
    """Return the form with the versions to choose from."""
    form = VersionForm()
    form.version.choices = choices_of((str(number), words) for number, words in choices)
    return form
