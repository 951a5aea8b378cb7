"""The sentences of letters about what became of a certificate, and about a name that waits to be confirmed."""

from __future__ import annotations

from lms.certificates.messages import reason
from lms.i18n import format_date, format_day, format_near_day
from lms.i18n import gettext as _
from lms.notifications.messages.told import Told
from lms.notifications.queries import Item


def tell_status(item: Item) -> Told:
    """Say that a certificate was suspended, counts again, or was revoked, why, and what she can do."""
    told = {"suspended": _suspended, "lifted": _lifted, "late": _lifted_late, "revoked": _revoked}
    return told[item.values["change"]](item)


def _why(item: Item) -> str:
    return _("The reason: %(reason)s.", reason=reason(item.values["reason"]))


def _suspended(item: Item) -> Told:
    title = item.title
    return Told(
        _("Your certificate is suspended: %(title)s", title=title),
        _("Your certificate, %(title)s, does not count for now. You have not lost it.", title=title),
        _("your certificate %(title)s is suspended", title=title),
        _("See my certificate"),
        (
            _why(item),
            _("Whoever checks it is told so, until a certifier lets it count again. Then we write to you."),
            _("Do you see it in another way? Write to us or call us, and a person will listen to you."),
        ),
        is_work=False,
    )  # fmt: skip


def _lifted(item: Item) -> Told:
    title = item.title
    return Told(
        _("Your certificate counts again: %(title)s", title=title),
        _("Your certificate, %(title)s, is not suspended any more. It counts as before.", title=title),
        _("your certificate %(title)s counts again", title=title),
        _("See my certificate"),
        is_work=False,
    )


def _lifted_late(item: Item) -> Told:
    title = item.title
    return Told(
        _("Your certificate is not suspended any more: %(title)s", title=title),
        _("Your certificate, %(title)s, is not suspended any more. "
          "Its last day has passed meanwhile, so it has expired.", title=title),
        _("your certificate %(title)s is not suspended any more, but it has expired", title=title),
        _("See my certificate"),
        is_work=False,
    )  # fmt: skip


def _revoked(item: Item) -> Told:
    title = item.title
    return Told(
        _("Your certificate was revoked: %(title)s", title=title),
        _("Your certificate, %(title)s, does not count any more. Two people decided it, and it is final.", title=title),
        _("your certificate %(title)s was revoked", title=title),
        _("See my certificate"),
        (
            _why(item),
            _("What you learned stays in your record."),
            _("Do you think that this is wrong? Write to us or call us: another person will look at it with you."),
        ),
        is_work=False,
    )  # fmt: skip


def tell_name(item: Item) -> Told:
    """Say that a certificate waits for her to confirm her name."""
    title, day = item.title, format_day(item.day)
    return Told(
        _("Is your name right? Please look by %(day)s", day=format_date(item.day)),
        _("Your certificate, %(title)s, waits for you to say that your name is right on it, until %(day)s.",
          title=title, day=day),
        _("please look by %(day)s whether your name is right on your certificate", day=format_near_day(item.day)),
        _("See my name"),
        (
            _(
                "If you say nothing, it gets the name of your account, as the certifier saw it. "
                "You can have it spelled another way later, too."
            ),
        ),
        is_work=False,
    )  # fmt: skip
