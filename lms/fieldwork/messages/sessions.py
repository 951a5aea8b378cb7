"""Sentences for what the rules of sessions refuse, the words of their states, and when and where one is."""

from __future__ import annotations

from datetime import date, time

from lms.errors import RuleBroken
from lms.i18n import format_clock, format_day
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l

_SENTENCES = {
    "capacity-below": _l("%(placed)s people have a place already. Please keep at least as many places."),
    "capacity-range": _l("Please choose between 1 and 500 places."),
    "changed-meanwhile": _l("Somebody changed this meanwhile. Please look at it once more, then save."),
    "code-old": _l("This code is no longer in use. Please scan the one that hangs there now."),
    "day-far": _l("This day is more than two years ahead. Please check the year."),
    "day-old": _l("This day is more than a year ago. Please check the year."),
    "ends-first": _l("The end must come after the beginning."),
    "lessons-of-what": _l("Choose the module whose lessons are finished with this session."),
    "link-odd": _l("The address of an online room begins with https://."),
    "makes-up-what": _l("Choose a closed session of the same cohort or module."),
    "name-missing": _l("Please write a name."),
    "nobody-chosen": _l("Please choose at least one person."),
    "not-yourself": _l("You keep the list of this session, so another person has to mark you."),
    "over": _l("This session is over. Please tell the person who taught it, so that she can note that you were there."),
    "place-missing": _l("Please say where it is: an address, an online room, or both."),
    "reason-missing": _l("Please say why, in a few words."),
    "sent-before": _l("This form was sent before, with other words. Please look at it once more, then save."),
    "session-begun": _l("This session has begun. Go there and scan the code, or tell the person who teaches."),
    "session-cancelled": _l("This session was cancelled."),
    "session-closed": _l("This session is closed. Its list does not change any more unless a trainer opens it again."),
    "session-held": _l("Somebody was marked as present already, so it cannot be cancelled."),
    "session-not-over": _l("This session is not over yet. Close it after its end."),
    "session-open": _l("This session is not closed."),
    "share-range": _l("Please choose between 1 and 100 percent."),
    "stay-backwards": _l("Leaving must come after coming."),
    "stay-future": _l("This time is still to come."),
    "stay-missing": _l("Please say when they came."),
    "stay-open": _l("Please say when she left before she came back."),
    "stay-outside": _l("These times are too far from the time of the session."),
    "stays-many": _l("At most %(most)s times of coming can be noted for one person."),
    "stays-overlap": _l("Each time must begin after the one before has ended."),
    "teacher-comes": _l("Somebody cannot both teach this session and be on its list."),
    "time-skipped": _l("Clocks are set forward that night, and this time is skipped. Please choose another one."),
    "too-early": _l("It is too early. The list opens 30 minutes before the beginning."),
}

STATE_NAMES = {
    "planned": _l("planned"),
    "held": _l("not closed yet"),
    "closed": _l("closed"),
    "cancelled": _l("cancelled"),
}
WAY_NAMES = {
    "code": _l("by the code"),
    "list": _l("on the list"),
    "sheet": _l("from paper"),
    "correction": _l("corrected"),
}


def sentence(error: RuleBroken) -> str:
    """Return what to tell the reader about a refused change: what is wrong, and what to do."""
    return str(_SENTENCES[error.code]) % error.values


def when(day: date, starts: time, ends: time) -> str:
    """Return when a session is: the weekday, the date and both times."""
    return _(
        "%(day)s, %(starts)s to %(ends)s", day=format_day(day), starts=format_clock(starts), ends=format_clock(ends)
    )


def where(place: str) -> str:
    """Return where a session is."""
    return place or _("Online")
