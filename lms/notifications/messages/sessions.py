"""The sentences of letters about group sessions, each with when and where."""

from __future__ import annotations

from typing import Any

from lms.fieldwork.messages.sessions import when, where
from lms.i18n import format_clock, format_day, format_near_weekday
from lms.i18n import gettext as _
from lms.notifications.messages.told import Told
from lms.notifications.queries import Item


def _meeting(item: Item) -> dict[str, Any]:
    """Return when and where a session is, as lines and as words for a text message."""
    said = item.values
    lines = (when(item.day, said["starts"], said["ends"]), _("Where: %(place)s", place=where(said["place"])))
    near = {"day": format_near_weekday(item.day), "time": format_clock(said["starts"]), "place": where(said["place"])}
    return {"lines": lines, "near": {**near, "title": item.title}}


def _give_up() -> str:
    return _("You cannot come? Please give your place to somebody who waits: one tap on this page does it.")


def tell_session(item: Item) -> Told:
    """Say of a session that is held tomorrow."""
    told = _meeting(item)
    return Told(
        _("%(day)s: %(title)s", day=format_day(item.day), title=item.title),
        _("We look forward to seeing you: %(title)s.", title=item.title),
        _("see you on %(day)s, %(time)s: %(title)s, %(place)s", **told["near"]),
        _("See the session"),
        (*told["lines"], _give_up()),
        comes_first=True,
    )


def tell_place(item: Item) -> Told:
    """Say of a place that she was given."""
    told = _meeting(item)
    return Told(
        _("You have a place: %(title)s", title=item.title),
        _("Good news: you have a place now in %(title)s.", title=item.title),
        _("you have a place on %(day)s, %(time)s: %(title)s, %(place)s", **told["near"]),
        _("See the session"),
        (*told["lines"], _give_up()),
    )


def tell_signed_up(item: Item) -> Told:
    """Say that somebody else put her on the list of a session."""
    told, waits = _meeting(item), item.values["is_waiting"]
    short = _("you are on the waiting list for %(day)s: %(title)s", **told["near"])
    return Told(
        _("You are signed up: %(title)s", title=item.title),
        _("Your supervisor has signed you up for %(title)s.", title=item.title),
        short if waits else _("you are signed up for %(day)s, %(time)s: %(title)s, %(place)s", **told["near"]),
        _("See the session"),
        (*told["lines"], _("You are on the waiting list.") if waits else _give_up()),
    )


def tell_taken_off(item: Item) -> Told:
    """Say that somebody else took her off the list of a session."""
    title = item.title
    return Told(
        _("You are not on the list any more: %(title)s", title=title),
        _("Somebody has taken you off the list of %(title)s on %(day)s. Please do not come.",
          title=title, day=format_day(item.day)),
        _("you are not on the list any more for %(day)s: %(title)s", title=title, day=format_near_weekday(item.day)),
        _("See the session"),
        (_("Does that surprise you? Please ask your supervisor, or us."),),
    )  # fmt: skip


def tell_session_changed(item: Item) -> Told:
    """Say of a session that has changed."""
    told = _meeting(item)
    stands = _("You are on the waiting list.") if item.values["is_waiting"] else _give_up()
    return Told(
        _("Changed: %(title)s", title=item.title),
        _("Something has changed about %(title)s. This is how it is now:", title=item.title),
        _("now on %(day)s, %(time)s: %(title)s, %(place)s", **told["near"]),
        _("See the session"),
        (*told["lines"], stands),
    )


def tell_session_cancelled(item: Item) -> Told:
    """Say of a session that is not held."""
    title = item.title
    return Told(
        _("Not held: %(title)s", title=title),
        _("%(title)s on %(day)s is not held. Please do not come.", title=title, day=format_day(item.day)),
        _("not held on %(day)s, please do not come: %(title)s", title=title, day=format_near_weekday(item.day)),
        _("See the session"),
        (_("We are sorry. Its page says why. There you also find other sessions."),),
    )
