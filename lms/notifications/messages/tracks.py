"""The sentences of letters about new versions, waivers and renewals."""

from __future__ import annotations

from lms.i18n import format_day, format_near_day
from lms.i18n import gettext as _
from lms.notifications.messages.told import Told
from lms.notifications.queries import Item


def tell_change(item: Item) -> Told:
    """Say of a new version."""
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


def tell_waiver(item: Item) -> Told:
    """Say of a part that she is spared, or is not any more."""
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


def tell_cycle(item: Item) -> Told:
    """Say of a renewal that she may begin."""
    title = item.title
    return Told(
        _("You can renew now: %(title)s", title=title),
        _("You can begin to renew this now: %(title)s.", title=title),
        _("you can renew %(title)s now", title=title),
        _("Begin"),
        (_("What you did before stays yours."),),
    )
