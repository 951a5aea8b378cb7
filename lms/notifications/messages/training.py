"""The sentences of letters about training from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from lms.i18n import format_day, format_hours, format_near_day, ngettext
from lms.i18n import gettext as _
from lms.notifications.messages.told import Told
from lms.notifications.queries import Item


def tell_training(item: Item) -> Told:
    """Say of what was decided about earlier training."""
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


def tell_training_waits(item: Item) -> Told:
    """Say of earlier training that waits for a yes."""
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


def tell_yearly(item: Item) -> Told:
    """Say of the hours of training that are missing in a year, and why they are asked for."""
    place, said = item.title, item.values
    left, asked, done = (format_hours(m) for m in (said["left"], said["asked"], said["here"] + said["accepted"]))
    return Told(
        _("%(hours)s of training to go this year", hours=left),
        _("Please learn %(hours)s more by %(day)s. You have %(done)s of the %(asked)s of training of this year.",
          hours=left, day=format_day(item.day), done=done, asked=asked),
        _("%(hours)s of training to go by %(day)s", hours=left, day=format_near_day(item.day)),
        _("See my yearly hours"),
        (
            _("Why: Medi-Cal asks for these hours each year of everybody who works under a supervising provider. "
              "Yours is %(place)s.", place=place),
            _("What counts: %(here)s of modules finished here, %(accepted)s from elsewhere that %(place)s accepted.",
              here=format_hours(said["here"]), accepted=format_hours(said["accepted"]), place=place),
            _("Did you learn somewhere else this year? Tell us, and ask your supervising provider to count it."),
        ),
    )  # fmt: skip
