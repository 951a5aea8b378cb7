"""Shapes of what people choose about their letters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any, ClassVar

from flask_babel.speaklater import LazyString
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from lms.i18n import format_clock
from lms.i18n import lazy_gettext as _l
from lms.web.forms import Form, choices_of

_HOURS = [(str(hour), LazyString(format_clock, time(hour))) for hour in range(24)]


class ChoicesForm(Form):
    """How somebody wants to be written to. Fields that do not concern her are taken out."""

    beside: ClassVar[Mapping[str, str]] = {"no-number": "channel", "consent-needed": "agreed"}

    channel = RadioField(
        _l("How should reminders reach you?"),
        choices=choices_of(
            [
                ("", _l("Whatever reaches me best, e-mail first")),
                ("email", _l("By e-mail")),
                ("sms", _l("By text message")),
                ("none", _l("No reminders, please")),
            ]
        ),
    )
    #: A change of this sentence needs a new `service.WORDING`.
    agreed = SelectMultipleField(
        _l("Text messages may come to"),
        description=_l(
            "I agree to text messages about my training at the number that I tick, about two to four a month. "
            "Carriers may charge for them. Reply STOP to end them, HELP for help. I can learn without them."
        ),
        option_widget=CheckboxInput(),
    )
    quiet_from = SelectField(_l("No text messages from"), choices=choices_of(_HOURS), coerce=int)
    quiet_until = SelectField(_l("until"), choices=choices_of(_HOURS), coerce=int)
    wants_digest = BooleanField(_l("Each Monday, write to me how my team stands"))

    def fit(self, *, numbers: list[tuple[str, str]], supervises: bool) -> Any:
        """Take out what does not concern the reader: `numbers` are hers, as (stored, shown)."""
        self.agreed.choices = choices_of(numbers)
        if not numbers:
            for name in ("agreed", "quiet_from", "quiet_until"):
                del self[name]
        if not supervises:
            del self.wants_digest
        return self
