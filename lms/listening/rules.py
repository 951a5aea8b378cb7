"""Rules of readings: which one is heard, and what becomes of a recording."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lms.content.readings import SYNTHESIZER, UNNAMED, Reading, is_lesson
from lms.errors import RuleBroken
from lms.people.rules import BadName, normal_name

STATES = ("offered", "accepted", "withdrawn")
#: Recordings of one person in 24 hours: a whole module with its quiz, and some again.
MOST_A_DAY = 100
LONGEST_NAME = 80
#: Seconds of a lesson and of a question; what plays longer reads something else.
LONGEST_LESSON, LONGEST_QUESTION = 15 * 60, 3 * 60


@dataclass(frozen=True)
class Heard:
    """The reading that a page offers; `is_older` when it reads former words."""

    sha256: str
    size: int
    seconds: int
    media_type: str
    spoken: str
    is_older: bool = False


def best(published: Reading | None, recorded: Iterable[Reading], words: str, *, exact: bool = False) -> Heard | None:
    """Return the reading to offer of what reads `words` (their hash) now; None where there is none.

    Today's words go before former ones, people before a synthesizer, and recordings, the newest first, before what was
    published. With `exact` former words are never heard.
    """
    known = [*recorded, *([published] if published else [])]
    fitting = [each for each in known if each.words == words or not exact]
    if not fitting:
        return None
    found = min(fitting, key=lambda each: (each.words != words, each.spoken == SYNTHESIZER))
    return Heard(found.sha256, found.size, found.seconds, found.media_type, found.spoken, found.words != words)


def check_recording(at: str, seconds: int, recent: int) -> None:
    """Raise `RuleBroken`: "sound_too_long" (with `most` in minutes) or "too_many_recordings".

    `recent` counts the person's recordings of the last 24 hours.
    """
    most = LONGEST_LESSON if is_lesson(at) else LONGEST_QUESTION
    if seconds > most:
        raise RuleBroken("sound_too_long", most=most // 60)
    if recent >= MOST_A_DAY:
        raise RuleBroken("too_many_recordings")


def shown_name(typed: str) -> str:
    """Return the name to show as a reading keeps it; "" for none.

    Raise `RuleBroken`: "name_characters", or "name_reserved" for what marks a reading as nobody's by name.
    """
    if not typed.strip():
        return ""
    try:
        name = normal_name(typed)
    except BadName as error:
        raise RuleBroken("name_characters") from error
    if name.casefold() in {SYNTHESIZER, UNNAMED}:
        raise RuleBroken("name_reserved")
    return name[:LONGEST_NAME].rstrip()


def check_accept(state: str, spoken_by: int, accepted_by: int) -> None:
    """Raise `RuleBroken`: "own_recording" for her own voice, "recording_settled" for what is not offered any more."""
    if spoken_by == accepted_by:
        raise RuleBroken("own_recording")
    if state != "offered":
        raise RuleBroken("recording_settled")


def check_withdraw(state: str) -> None:
    """Raise `RuleBroken("recording_settled")` for what is withdrawn already."""
    if state == "withdrawn":
        raise RuleBroken("recording_settled")


def check_restore(state: str, withdrawn_by: int | None, restored_by: int) -> None:
    """Raise `RuleBroken("recording_settled")` unless it was withdrawn, and by this very account."""
    if state != "withdrawn" or withdrawn_by != restored_by:
        raise RuleBroken("recording_settled")


def to_take(published: Reading | None, recorded: Iterable[Reading], words: str) -> Reading | None:
    """Return the recording to write into the content folder, None for none.

    The newest of today's words is taken, unless a person's reading of these words stands there already.
    """
    if published and published.words == words and published.spoken != SYNTHESIZER:
        return None
    return next((each for each in recorded if each.words == words), None)


def standing(readings: Collection[Reading], words: str) -> str:
    """Return how a lesson or question stands: "none", "older" (only of former words) or "today"."""
    if not readings:
        return "none"
    return "today" if any(each.words == words for each in readings) else "older"
