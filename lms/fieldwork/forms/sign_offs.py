"""Shapes of what the pages of sign-offs send. The level of each line is read beside the form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from wtforms import BooleanField, DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from lms.fieldwork.messages.sign_offs import LANGUAGE_NAMES
from lms.fieldwork.rules.sign_offs import LONGEST_ANSWER, LONGEST_COMMENT, LONGEST_PLACE
from lms.i18n import lazy_gettext as _l
from lms.web.forms import Form, OnceForm, choices_of

_NUMBER = Regexp(r"^\d{1,9}$")
_REQUIRED = InputRequired(_l("Please fill this in."))
_CHOOSE = InputRequired(_l("Please choose one."))


class DraftForm(OnceForm):
    """What an observer has noted so far: anything may be open still."""

    beside: ClassVar[Mapping[str, str]] = {
        "client-data-comment": "comment",
        "client-data-site": "place",
        "not-entitled": "observed_on",
        "observed-ahead": "observed_on",
        "observed-long-ago": "observed_on",
        "site-empty": "place",
    }

    observed_on = DateField(_l("Day"), validators=[Optional()])
    place = StringField(
        _l("Where?"),
        description=_l("A kind of place or a part of town. Never a client's name or address."),
        validators=[Length(max=LONGEST_PLACE)],
        render_kw={"maxlength": LONGEST_PLACE},
    )
    language = RadioField(
        _l("In which language was it?"), choices=choices_of(LANGUAGE_NAMES.items()), validators=[Optional()]
    )
    with_interpreter = BooleanField(_l("An interpreter helped."))
    comment = TextAreaField(
        _l("What went well, and what comes next?"),
        description=_l("She reads this. Nothing that tells who a client is."),
        validators=[Optional(), Length(max=LONGEST_COMMENT)],
        render_kw={"maxlength": LONGEST_COMMENT},
    )
    saw = BooleanField(_l("I watched this myself, from the beginning to the end."))
    #: The draft's version on the page, and the checklist's revision.
    seen = HiddenField(default="0", validators=[_NUMBER])
    revision = HiddenField(default="0", validators=[_NUMBER])

    def noted(self, levels: Mapping[str, str]) -> dict[str, Any]:
        """Return what was noted, as a draft keeps it."""
        day: date | None = self.observed_on.data
        return {
            "observed_on": day.isoformat() if day else None,
            "place": self.place.data or "",
            "language": self.language.data,
            "with_interpreter": bool(self.with_interpreter.data),
            "comment": self.comment.data or "",
            "levels": dict(levels),
        }


class SignForm(DraftForm):
    """What an observer signs: everything is there."""

    observed_on = DateField(_l("Day"), validators=[_REQUIRED])
    place = StringField(
        _l("Where?"),
        description=_l("A kind of place or a part of town. Never a client's name or address."),
        validators=[_REQUIRED, Length(max=LONGEST_PLACE)],
        render_kw={"maxlength": LONGEST_PLACE},
    )
    language = RadioField(
        _l("In which language was it?"), choices=choices_of(LANGUAGE_NAMES.items()), validators=[_CHOOSE]
    )
    saw = BooleanField(
        _l("I watched this myself, from the beginning to the end."),
        validators=[InputRequired(_l("Only who watched it can sign it."))],
    )


class AnswerForm(Form):
    """What the worker says to a sign-off."""

    beside: ClassVar[Mapping[str, str]] = {
        "answered-before": "words",
        "client-data-words": "words",
        "words-empty": "words",
        "words-long": "words",
    }

    words = TextAreaField(
        _l("Your answer"), validators=[_REQUIRED, Length(max=LONGEST_ANSWER)], render_kw={"maxlength": LONGEST_ANSWER}
    )
