"""Sound files: what kind one is by its bytes, how long it plays, and the same without what says by whom and where.

Read are the kinds that browsers record and play: MP3, Opus in Ogg and in WebM, AAC or Opus in MP4. Nothing is decoded:
the frames and pages are counted, with bounds, so that hostile bytes cost no more than their length.
"""

from __future__ import annotations

from dataclasses import dataclass

from lms.errors import RuleBroken
from lms.sounds import mp3, mp4, ogg, webm
from lms.sounds.parts import Damaged

#: By the type that a browser asks for.
EXTENSIONS = {"audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/webm": "webm", "audio/mp4": "m4a"}
_KINDS = (("audio/ogg", ogg), ("audio/webm", webm), ("audio/mp4", mp4), ("audio/mpeg", mp3))


@dataclass(frozen=True)
class Sound:
    """A sound that may be kept: its bytes, which may differ from what was sent, its type and its length."""

    content: bytes
    media_type: str
    #: Whole seconds, rounded up.
    seconds: int


def read_sound(content: bytes, most: int) -> Sound:
    """Return a sound of at most `most` bytes as it may be kept.

    Raise `RuleBroken`: "sound_empty", "sound_too_large" (with `most` in kilobytes), "sound_kind" or "sound_damaged".
    """
    if not content:
        raise RuleBroken("sound_empty")
    if len(content) > most:
        raise RuleBroken("sound_too_large", most=most // 1000)
    for media_type, kind in _KINDS:
        if kind.is_one(content):
            try:
                kept, length = kind.read(content)
            except Damaged as error:
                raise RuleBroken("sound_damaged") from error
            return Sound(kept, media_type, max(1, -int(-length // 1)))
    raise RuleBroken("sound_kind")
