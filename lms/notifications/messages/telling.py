"""The sentences of letters about several things: one function for each kind of reminder and part of a digest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lms.i18n import format_date, format_day, format_near_day, ngettext
from lms.i18n import gettext as _
from lms.notifications.messages import certificates, hours, quizzes, sessions, tracks, training
from lms.notifications.messages.told import Told
from lms.notifications.queries import Item, News

#: How an address is made of an endpoint and its values.
LinkTo = Callable[..., str]


@dataclass(frozen=True)
class Part:
    """One part of a digest: how many, the first of them, and where all of them are."""

    heading: str
    lines: tuple[str, ...]
    more: str
    link: str


def tell(item: Item) -> Told:
    """Return what a letter says of one thing, in the language in force."""
    return _TELLS[item.kind](item)


def _track(item: Item) -> Told:
    title, day, short_day = item.title, format_day(item.day), format_near_day(item.day)
    if item.is_over:
        return Told(
            _("You can still finish: %(title)s", title=title),
            _("%(title)s was to be finished by %(day)s. You can still finish it.", title=title, day=day),
            _("%(title)s was due on %(day)s, you can still finish it", title=title, day=short_day),
            _("Go on with it"),
        )
    return Told(
        _("By %(day)s: %(title)s", title=title, day=day),
        _("Please finish %(title)s by %(day)s.", title=title, day=day),
        _("please finish %(title)s by %(day)s", title=title, day=short_day),
        _("Go on with it"),
    )


def _certificate(item: Item) -> Told:
    title, day = item.title, format_day(item.day)
    opens_on, can_renew = item.values["opens_on"], item.values["can_renew"]
    if can_renew:
        how = _("You can begin to renew it now, yourself.")
    elif opens_on:
        how = _("You can renew it yourself from %(day)s on.", day=format_day(opens_on))
    else:
        how = _("To renew it in time, ask your supervisor, or us.")
    return Told(
        _("Your certificate is valid until %(day)s", day=format_date(item.day)),
        _("Your certificate, %(title)s, is valid until %(day)s.", title=title, day=day),
        _("your certificate %(title)s is valid until %(day)s", title=title, day=format_near_day(item.day)),
        _("Renew it") if can_renew else _("See my certificate"),
        (how,),
    )


def _sign_off_ends(item: Item) -> Told:
    title, day = item.title, format_day(item.day)
    return Told(
        _("Your sign-off counts until %(day)s", day=format_date(item.day)),
        _("Your work was signed off: %(title)s. That counts until %(day)s.", title=title, day=day),
        _("your sign-off %(title)s counts until %(day)s", title=title, day=format_near_day(item.day)),
        _("See my sign-offs"),
        (_("Please ask your supervisor, or a trainer, to watch you at work once more before that day."),),
    )


def _follow_up(item: Item) -> Told:
    title = item.title
    return Told(
        _("How is it going after: %(title)s?", title=title),
        _("You finished %(title)s. We would like to know how it goes in your work. It takes about three minutes.",
          title=title),
        _("how is it going after %(title)s?", title=title),
        _("Answer the questions"),
        (
            _("You need no password. The link is for you alone and counts once. Please do not pass it on."),
            _("Your answers are anonymous: they are kept without your name and without the day."),
        ),
        is_work=False,
    )  # fmt: skip


_TELLS: dict[str, Callable[[Item], Told]] = {
    "track": _track,
    "module": _track,
    "certificate": _certificate,
    "certificate_status": certificates.tell_status,
    "name": certificates.tell_name,
    "sign_off_ends": _sign_off_ends,
    "hours_returned": hours.tell_hours_returned,
    "sign_off": hours.tell_sign_off,
    "session": sessions.tell_session,
    "place": sessions.tell_place,
    "signed_up": sessions.tell_signed_up,
    "taken_off": sessions.tell_taken_off,
    "session_changed": sessions.tell_session_changed,
    "session_cancelled": sessions.tell_session_cancelled,
    "training": training.tell_training,
    "training_waits": training.tell_training_waits,
    "yearly": training.tell_yearly,
    "follow_up": _follow_up,
    "change": tracks.tell_change,
    "waiver": tracks.tell_waiver,
    "cycle": tracks.tell_cycle,
    "result_ready": quizzes.tell_ready,
    "result_corrected": quizzes.tell_corrected,
    "try_given": quizzes.tell_try,
}


def tell_part(part: News, link: str) -> Part:
    """Return what a digest says of one part of a team, in the language in force."""
    left = part.count - len(part.lines) if part.lines else 0
    more = ngettext("and %(num)s more", "and %(num)s more", left) if left > 0 else ""
    lines = tuple(_line(part.key, each.name, each.track, format_date(each.day)) for each in part.lines)
    return Part(_HEADINGS[part.key](part.count), lines, more, link)


def _line(key: str, name: str, track: str, day: str) -> str:
    if key == "lapsing":
        return _("%(name)s: %(track)s, valid until %(day)s", name=name, track=track, day=day)
    if key == "finished":
        return _("%(name)s: %(track)s, on %(day)s", name=name, track=track, day=day)
    return _("%(name)s: %(track)s, due %(day)s", name=name, track=track, day=day)


_HEADINGS: dict[str, Callable[[int], str]] = {
    "late": lambda n: ngettext("%(num)s person is late", "%(num)s people are late", n),
    "week": lambda n: ngettext("%(num)s person is due in 7 days", "%(num)s people are due in 7 days", n),
    "month": lambda n: ngettext("%(num)s person is due in 8 to 30 days", "%(num)s people are due in 8 to 30 days", n),
    "hours": lambda n: ngettext(
        "%(num)s entry of hours waits for you to countersign it",
        "%(num)s entries of hours wait for you to countersign them",
        n,
    ),
    "training": lambda n: ngettext(
        "%(num)s training waits for your yes, to count for the yearly hours",
        "%(num)s trainings wait for your yes, to count for the yearly hours",
        n,
    ),
    "yearly": lambda n: ngettext(
        "%(num)s person lacks hours of training that Medi-Cal asks for this year",
        "%(num)s people lack hours of training that Medi-Cal asks for this year",
        n,
    ),
    "sign_offs": lambda n: ngettext(
        "%(num)s person has a sign-off that ends in 30 days",
        "%(num)s people have a sign-off that ends in 30 days",
        n,
    ),
    "lapsing": lambda n: ngettext(
        "%(num)s person has a certificate that lapses in 90 days",
        "%(num)s people have a certificate that lapses in 90 days",
        n,
    ),
    "finished": lambda n: ngettext(
        "%(num)s person finished in the last 7 days", "%(num)s people finished in the last 7 days", n
    ),
}
