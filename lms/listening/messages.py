"""Sentences of listening: what is refused, and where a recording stands."""

from __future__ import annotations

from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l

STATES = {
    "offered": _l("Waits for a second person"),
    "accepted": _l("Learners hear it"),
    "withdrawn": _l("Withdrawn"),
}
STANDING = {
    "none": _l("No reading yet"),
    "older": _l("An older reading"),
    "today": _l("Read in today's words"),
}


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do, in her language."""
    most = error.values.get("most")
    said: dict[str, str] = {
        "sound_missing": _("Please record, or choose a sound file."),
        "sound_empty": _("This file is empty. Please record again."),
        "sound_too_large": _(
            "This is larger than %(most)s KB. Please record again, or choose a smaller file.", most=most
        ),
        "sound_too_long": _("This is longer than %(most)s minutes. Please record again.", most=most),
        "sound_kind": _("Only sounds can be added: MP3, M4A, Ogg or WebM."),
        "sound_damaged": _("This sound cannot be played. Please record again."),
        "too_many_recordings": _("You have sent many recordings since yesterday. Please go on tomorrow."),
        "name_characters": _("The name holds a sign that cannot be seen. Please type it again."),
        "name_reserved": _("Please write a name, or leave this empty."),
        "own_recording": _("This is your own voice. Somebody else has to accept it."),
        "recording_settled": _("Somebody else has decided this a moment ago."),
    }
    return said[error.code]
