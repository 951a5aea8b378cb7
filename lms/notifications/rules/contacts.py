"""Where a letter goes: the contacts that can be used, what their owner wishes, and the hours of rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.clock import first_instant, wall

CHANNEL_OF_CONTACT = {"email": "email", "phone": "sms"}
#: Local hours between which no text message comes by itself, unless she chose others.
#: Source: Telephone Consumer Protection Act rules, 47 CFR 64.1200(c)(1), "8 a.m. to 9 p.m. local time".
QUIET_FROM, QUIET_UNTIL = 21, 8


@dataclass(frozen=True)
class Contact:
    """A way to reach a person that is in use now. `kind` is "email" or "phone"."""

    kind: str
    value: str
    is_confirmed: bool = False
    is_work: bool = False
    #: For a phone: she agreed to text messages there.
    is_agreed: bool = False
    #: It refused a letter for good, and she has not proven it since.
    is_bouncing: bool = False


@dataclass(frozen=True)
class Wish:
    """How a person wants to be written to. `channel` is "email", "sms", "none" (no reminders), or None for any."""

    channel: str | None = None
    quiet_from: int = QUIET_FROM
    quiet_until: int = QUIET_UNTIL
    wants_digest: bool = True

    @property
    def wants_reminders(self) -> bool:
        """Return whether reminders may come."""
        return self.channel != "none"


def is_usable(contact: Contact) -> bool:
    """Return whether a letter that its reader did not ask for at this moment may go to a contact."""
    return not contact.is_bouncing and (contact.kind == "email" or contact.is_agreed)


def best_contact(contacts: Iterable[Contact], channel: str | None = None) -> Contact | None:
    """Return where to write to a person; None when there is nowhere.

    What she chose comes first, then a proven address before others, e-mail before SMS, her own before work's.
    """
    wanted = {"email": "email", "sms": "phone"}.get(channel or "")
    ranked = sorted(
        filter(is_usable, contacts),
        key=lambda c: (
            wanted is not None and c.kind != wanted,
            not c.is_confirmed,
            c.kind != "email",
            c.is_work,
            c.value,
        ),
    )
    return ranked[0] if ranked else None


def quiet_end(at: datetime, zone: ZoneInfo, wish: Wish) -> datetime | None:
    """Return when the quiet hours end in which the instant `at` lies, in UTC; None outside of them.

    They are hours of the clocks in `zone`, also on the days when those change.
    """
    if wish.quiet_from == wish.quiet_until:
        return None
    shown = wall(at, zone)
    begins, ends = time(wish.quiet_from), time(wish.quiet_until)
    is_before_end = shown.time() < ends
    is_after_begin = shown.time() >= begins
    is_quiet = is_after_begin and is_before_end if begins < ends else is_after_begin or is_before_end
    if not is_quiet:
        return None
    day = shown.date() + timedelta(days=0 if is_before_end else 1)
    end = first_instant(datetime.combine(day, ends), zone)
    return quiet_end(end, zone, wish) or end  # where a whole date was left out, it is quiet still
