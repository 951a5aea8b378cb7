"""Words of what a track takes: lessons, hours by kind, observations, with what is recorded here so far."""

from __future__ import annotations

from lms.fieldwork.messages.hours import KIND_NAMES
from lms.i18n import format_hours
from lms.i18n import gettext as _
from lms.tracks.messages import PartWords
from lms.tracks.rules import hours_told
from lms.tracks.specs import TrackSpec


def takes_words(words: PartWords, minutes: int) -> list[str]:
    """Return what a track takes beside its lessons, and these too, a line for each; none where it has lessons alone.

    `minutes` are those of its lessons. Of hours and observations each line says how much of it is recorded here: what
    the program knows nothing of is told as not recorded, never as done.
    """
    track = words.library.spec(TrackSpec, "track", words.track_key)
    said = [*_hours(track, words), *_sign_offs(words)]
    return [_("Lessons: about %(time)s", time=format_hours(minutes)), *said] if minutes and said else said


def _hours(track: TrackSpec, words: PartWords) -> list[str]:
    return [
        _(
            "%(kinds)s: %(recorded)s of %(asked)s recorded here",
            kinds=" / ".join(str(KIND_NAMES[kind]) for kind in each.kinds),
            recorded=format_hours(each.recorded),
            asked=format_hours(each.asked),
        )
        for each in hours_told(track, words.explained)
    ]


def _sign_offs(words: PartWords) -> list[str]:
    """Return how many observations are signed here; apart from them those that cannot be recorded here yet."""
    asked = [part for part in words.explained.others if part.kind == "sign-off"]
    away = [part for part in asked if part.state == "unrecorded"]
    here = [
        part for part in asked if part.state != "unrecorded" and (part.proof is None or part.proof.kind == "sign-off")
    ]
    done = sum(part.is_done for part in here)
    said = [_("Observations: %(done)s of %(asked)s signed here", done=done, asked=len(here))] if here else []
    return said + [_("%(part)s: not recorded here yet", part=words.title(part)) for part in away]
