"""The sentences of letters about results of quizzes and further tries. None says what the result is."""

from __future__ import annotations

from lms.i18n import gettext as _
from lms.notifications.messages.told import Told
from lms.notifications.queries import Item


def tell_ready(item: Item) -> Told:
    """Say that somebody has looked at her answers."""
    title = item.title
    return Told(
        _("Your quiz result is ready: %(title)s", title=title),
        _("A trainer has looked at your answers in the quiz of %(title)s. Your result is ready.", title=title),
        _("your quiz result is ready"),
        _("See my result"),
    )


def tell_corrected(item: Item) -> Told:
    """Say that a result of hers is another one now."""
    title = item.title
    return Told(
        _("Your quiz result was corrected: %(title)s", title=title),
        _("A question in the quiz of %(title)s was wrong. We have corrected your result.", title=title),
        _("your quiz result was corrected"),
        _("See my result"),
        (_("The page says what has changed, and why."),),
    )


def tell_try(item: Item) -> Told:
    """Say that she may try a quiz again, and why."""
    title = item.title
    if item.values["is_granted"]:
        why = _("You were given one more try in the quiz of %(title)s.", title=title)
    else:
        why = _("A question in the quiz of %(title)s had wrong words. Your try with them does not count.", title=title)
    return Told(
        _("You can try the quiz again: %(title)s", title=title),
        why,
        _("you can try the quiz again: %(title)s", title=title),
        _("Go to the quiz"),
        (_("There is no hurry. You can read the lessons again first."),),
    )
