"""Shape of a recording that is sent: a file, whether a microphone or a folder gave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flask_wtf.file import FileField
from wtforms import HiddenField, StringField
from wtforms.validators import Length, Optional, Regexp

from lms.i18n import lazy_gettext as _l
from lms.listening.rules import LONGEST_NAME
from lms.web.forms import OnceForm

_OF_SOUNDS = "sound_missing sound_empty sound_too_large sound_too_long sound_kind sound_damaged"


class RecordingForm(OnceForm):
    """A reading of the words on the page."""

    beside: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(_OF_SOUNDS.split(), "sound"),
        "name_characters": "shown_name",
        "name_reserved": "shown_name",
    }

    sound = FileField(_l("Or choose a sound file"), description=_l("MP3, M4A, Ogg or WebM."))
    shown_name = StringField(
        _l("Which name do learners see?"),
        description=_l("Leave this empty, and it says “a community member”."),
        validators=[Optional(), Length(max=LONGEST_NAME)],
    )
    #: The hash of the words that stood on the page.
    words = HiddenField(validators=[Length(min=64, max=64), Regexp("^[0-9a-f]+$")])
