"""The sentences of letters about facts, and of what a person is reminded to come to: one function for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lms.fieldwork.messages.sessions import format_clock, when, where
from lms.i18n import format_date, format_day, format_hours, format_near_day, format_near_weekday, ngettext
from lms.i18n import gettext as _
from lms.notifications.queries import Item


@dataclass(frozen=True)
class Told:
    """One thing in a letter: the subject of a letter about it alone, its sentence, a shorter one, and its link.

    `more` holds lines that follow the sentence. What `comes_first` stands whole in a text message about several things.
    """

    subject: str
    sentence: str
    short: str
    label: str
    more: tuple[str, ...] = ()
    link: str = ""
    comes_first: bool = False


def _hours_returned(item: Item) -> Told:
    day, time = format_day(item.day), format_hours(item.values["minutes"])
    return Told(
        _("Your hours of %(day)s came back", day=format_date(item.day)),
        _("Your hours of %(day)s (%(time)s) came back to you: something in them is not clear yet.", day=day, time=time),
        _("your hours of %(day)s came back, please look", day=format_near_day(item.day)),
        _("Look at these hours"),
        (
            _("Why: %(words)s", words=item.values["words"]),
            _("You can correct them, answer, or take them back. It takes a minute."),
        ),
    )


def _sign_off(item: Item) -> Told:
    title, day = item.title, format_day(item.day)
    if item.values["passed"]:
        return Told(
            _("Signed off: %(title)s", title=title),
            _("Your work was observed on %(day)s, and it is signed off: %(title)s.", day=day, title=title),
            _("your work is signed off: %(title)s", title=title),
            _("Read what was seen"),
            (_("Well done! It counts in every track that asks for it."),),
        )
    return Told(
        _("What was seen of your work"),
        _("Your work was observed on %(day)s: %(title)s. Read what went well, and what to practice once more.",
          day=day, title=title),
        _("read what was seen of your work on %(day)s", day=format_near_day(item.day)),
        _("Read what was seen"),
        (_("You may answer on the same page. Nothing that you have done is lost."),),
    )  # fmt: skip


def _meeting(item: Item) -> dict[str, Any]:
    """Return when and where a session is, as lines and as words for a text message."""
    said = item.values
    lines = (when(item.day, said["starts"], said["ends"]), _("Where: %(place)s", place=where(said["place"])))
    near = {"day": format_near_weekday(item.day), "time": format_clock(said["starts"]), "place": where(said["place"])}
    return {"lines": lines, "near": {**near, "title": item.title}}


def _give_up() -> str:
    return _("You cannot come? Please give your place to somebody who waits: one tap on this page does it.")


def _session(item: Item) -> Told:
    told = _meeting(item)
    return Told(
        _("%(day)s: %(title)s", day=format_day(item.day), title=item.title),
        _("We look forward to seeing you: %(title)s.", title=item.title),
        _("see you on %(day)s, %(time)s: %(title)s, %(place)s", **told["near"]),
        _("See the session"),
        (*told["lines"], _give_up()),
        comes_first=True,
    )


def _place(item: Item) -> Told:
    told = _meeting(item)
    return Told(
        _("You have a place: %(title)s", title=item.title),
        _("Good news: you have a place now in %(title)s.", title=item.title),
        _("you have a place on %(day)s, %(time)s: %(title)s, %(place)s", **told["near"]),
        _("See the session"),
        (*told["lines"], _give_up()),
    )


def _session_changed(item: Item) -> Told:
    told = _meeting(item)
    stands = _("You are on the waiting list.") if item.values["is_waiting"] else _give_up()
    return Told(
        _("Changed: %(title)s", title=item.title),
        _("Something has changed about %(title)s. This is how it is now:", title=item.title),
        _("now on %(day)s, %(time)s: %(title)s, %(place)s", **told["near"]),
        _("See the session"),
        (*told["lines"], stands),
    )


def _session_cancelled(item: Item) -> Told:
    title = item.title
    return Told(
        _("Not held: %(title)s", title=title),
        _("%(title)s on %(day)s is not held. Please do not come.", title=title, day=format_day(item.day)),
        _("not held on %(day)s, please do not come: %(title)s", title=title, day=format_near_weekday(item.day)),
        _("See the session"),
        (_("We are sorry. Its page says why. There you also find other sessions."),),
    )


def _training(item: Item) -> Told:
    title = item.title
    subject, sentence, short, more = _OUTCOMES[item.values["outcome"]](title)
    return Told(subject, sentence, short, _("See my training"), more)


def _refused(sentence: str, more: str) -> tuple[str, str, str, tuple[str, ...]]:
    return _("About your earlier training"), sentence, _("there is news about your earlier training"), (more,)


_OUTCOMES: dict[str, Callable[[str], tuple[str, str, str, tuple[str, ...]]]] = {
    "recognized": lambda title: (
        _("It counts: %(title)s", title=title),
        _("What you learned before counts now: %(title)s.", title=title),
        _("what you learned before counts now"),
        (_("It counts in every track that asks for it."),),
    ),
    "ask": lambda title: (
        _("A question about your earlier training"),
        _("We have looked at this and need one more thing from you: %(title)s.", title=title),
        _("a question about your earlier training"),
        (_("Read here what it is, and answer on the same page. There is no hurry."),),
    ),
    "refuse": lambda title: _refused(
        _("We have looked at this, and it does not count in your tracks for now: %(title)s.", title=title),
        _("Read here why. You may ask once that somebody else looks again."),
    ),
    "revoked": lambda title: _refused(
        _("This does not count in your tracks any more: %(title)s.", title=title),
        _("Read here why. What you have completed stays completed, and you may ask once that somebody looks again."),
    ),
    "accepted": lambda title: (
        _("It counts for your yearly hours: %(title)s", title=title),
        _("Your supervising provider has accepted this for your yearly hours: %(title)s.", title=title),
        _("your training counts for your yearly hours"),
        (),
    ),
    "declined": lambda title: _refused(
        _("Your supervising provider has not accepted this for your yearly hours: %(title)s.", title=title),
        _("Read here why. You may ask again once it is right."),
    ),
}


def _training_waits(item: Item) -> Told:
    count = item.values["count"]
    return Told(
        ngettext("%(num)s training waits for your yes", "%(num)s trainings wait for your yes", count),
        ngettext(
            "%(num)s training of your staff waits for your yes at %(place)s, to count for the yearly hours.",
            "%(num)s trainings of your staff wait for your yes at %(place)s, to count for the yearly hours.",
            count,
            place=item.title,
        ),
        ngettext("%(num)s training waits for your yes", "%(num)s trainings wait for your yes", count),
        _("Look and decide"),
        (_("Only the supervising provider can accept it. It takes a minute."),),
    )


def _change(item: Item) -> Told:
    title, deed = item.title, item.values["deed"]
    if deed == "completes":
        return Told(
            _("You have finished %(title)s", title=title),
            _("Good news: with its new version, you have finished %(title)s.", title=title),
            _("good news: you have finished %(title)s", title=title),
            _("See it"),
        )
    if deed in {"renews", "repeats"}:
        day, near = format_day(item.day), format_near_day(item.day)
        return Told(
            _("By %(day)s: %(title)s", title=title, day=day),
            _("%(title)s is taught anew. Please do it again by %(day)s.", title=title, day=day),
            _("please do %(title)s again by %(day)s", title=title, day=near),
            _("Begin"),
            (_("What you did before stays yours."),),
        )
    return Told(
        _("%(title)s has changed", title=title),
        _("There is a new version of %(title)s, and a part of it is new for you.", title=title),
        _("%(title)s has changed, see what is left", title=title),
        _("See what is left"),
        (_("What you did before stays yours."),),
    )


def _waiver(item: Item) -> Told:
    title = item.title
    if item.values["is_granted"]:
        return Told(
            _("One thing less to do: %(title)s", title=title),
            _("There is a part of %(title)s that you need not do any more.", title=title),
            _("one thing less to do: %(title)s", title=title),
            _("See which part"),
        )
    return Told(
        _("A part is asked for again: %(title)s", title=title),
        _("There is a part of %(title)s that you did not have to do. It is asked for again.", title=title),
        _("a part is asked for again: %(title)s", title=title),
        _("See which part"),
        (_("Does that surprise you? Please ask us."),),
    )


def _cycle(item: Item) -> Told:
    title = item.title
    return Told(
        _("You can renew now: %(title)s", title=title),
        _("You can begin to renew this now: %(title)s.", title=title),
        _("you can renew %(title)s now", title=title),
        _("Begin"),
        (_("What you did before stays yours."),),
    )


TELLS: dict[str, Callable[[Item], Told]] = {
    "session": _session,
    "hours_returned": _hours_returned,
    "sign_off": _sign_off,
    "place": _place,
    "session_changed": _session_changed,
    "session_cancelled": _session_cancelled,
    "training": _training,
    "training_waits": _training_waits,
    "change": _change,
    "waiver": _waiver,
    "cycle": _cycle,
}
