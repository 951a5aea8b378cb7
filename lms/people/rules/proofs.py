"""What proves that somebody is the person: how much a contact is worth, and who may vouch for another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

#: Carriers give a number to somebody else within months: an older proof is too weak to stand alone.
PROOF_LIFE = timedelta(days=365)
#: A contact that replaced another is too new to stand alone for so long.
CHANGE_REST = timedelta(days=7)
#: How long a recovery that no administrator took part in waits, so that an owner who did not ask hears of it first.
RECOVERY_REST = timedelta(hours=24)
#: How long a request to regain an account waits for a second person.
REQUEST_LIFE = timedelta(days=7)
_STEP = 30  # seconds of a time-based code


@dataclass(frozen=True)
class ContactFacts:
    """What is known of a contact. `replaced` tells whether she had another of its kind before."""

    kind: str
    is_work: bool
    added_at: datetime
    confirmed_at: datetime | None
    replaced: bool = False


@dataclass(frozen=True)
class Ties:
    """What higher floors know of some accounts: who holds any staff role, and who has left her last employer."""

    staff: frozenset[int] = frozenset()
    left: frozenset[int] = frozenset()


def stands_alone(contact: ContactFacts, *, sharers: int, has_left: bool, at: datetime) -> bool:
    """Return whether a code or link sent to `contact` is proof enough of whom it belongs to.

    `sharers` counts the people who have proven that it reaches them, herself included; `has_left` tells that she
    works nowhere any more. Not when others share it, when it was never confirmed, when it is a number or belongs to
    her work and was last confirmed more than twelve months ago, when it belongs to work that she has left, or when
    it has just replaced another: then a second proof is needed (the password), or a recovery that two people vouch
    for.
    """
    if sharers > 1 or contact.confirmed_at is None or (contact.is_work and has_left):
        return False
    if (contact.is_work or contact.kind == "phone") and at - contact.confirmed_at > PROOF_LIFE:
        return False
    return not (contact.replaced and at - contact.added_at < CHANGE_REST)


def may_reset_by(contact: ContactFacts, *, sharers: int, is_staff: bool, has_left: bool, at: datetime) -> bool:
    """Return whether a link to `contact` may set a new password. A staff password is never reset by phone."""
    if is_staff and contact.kind == "phone":
        return False
    if contact.kind == "email" and contact.confirmed_at is None:
        return sharers == 1 and not (contact.is_work and has_left)  # written down at the invitation, proven by nobody
    return stands_alone(contact, sharers=sharers, has_left=has_left, at=at)


def recovery_opens(at: datetime, *, by_administrator: bool) -> datetime:
    """Return when the link of a recovery vouched for at `at` begins to work."""
    return at if by_administrator else at + RECOVERY_REST


def needs_personal_contact(contacts: Iterable[ContactFacts]) -> bool:
    """Return whether all ways to reach her belong to an employer, so that she could lose them with the work."""
    return all(contact.is_work for contact in contacts)


def may_vouch(*, owner: int, requester: int, voucher: int) -> bool:
    """Return whether the account `voucher` may confirm a recovery: neither the owner nor the one who asked."""
    return voucher not in (owner, requester)


def new_secret() -> str:
    """Return a random secret for a second factor, in base 32."""
    return pyotp.random_base32()


def setup_address(secret: str, name: str, issuer: str) -> str:
    """Return what an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret, interval=_STEP).provisioning_uri(name=name, issuer_name=issuer)


def find_step(secret: str, digits: str, *, used: int | None, at: datetime) -> int | None:
    """Return the time step of a right code, now or one step aside, later than the one `used`; else None."""
    codes = pyotp.TOTP(secret, interval=_STEP)
    present = int(at.timestamp()) // _STEP
    typed = "".join(digits.split())
    for step in (present, present - 1, present + 1):
        if codes.verify(typed, for_time=step * _STEP) and (used is None or step > used):
            return step
    return None
