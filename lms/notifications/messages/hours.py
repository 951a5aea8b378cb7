"""The sentences of letters about hours and sign-offs."""

from __future__ import annotations

from lms.i18n import format_date, format_day, format_hours, format_near_day
from lms.i18n import gettext as _
from lms.notifications.messages.told import Told
from lms.notifications.queries import Item


def tell_hours_returned(item: Item) -> Told:
    """Say of hours that came back."""
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


def tell_sign_off(item: Item) -> Told:
    """Say of what was seen of her work."""
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
