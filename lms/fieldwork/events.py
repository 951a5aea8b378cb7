"""Facts that fieldwork announces: more of some people's fieldwork counts than before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

fieldwork_credited = Signal("Hours, attendance or sign-offs of workers count now.")


@dataclass(frozen=True)
class FieldworkCredited:
    """Hours were countersigned, attendance was closed or a skill was signed off, in this transaction."""

    person_ids: tuple[int, ...]
    at: datetime


hours_returned = Signal("A supervisor returned hours to a worker.")
observation_signed = Signal("Somebody signed what she saw of a worker.")
place_given = Signal("Workers who waited for a place in a session have one now.")
signed_up_for = Signal("Somebody else put workers on the list of a session.")
taken_off = Signal("Somebody else took workers off the list of a session.")
session_changed = Signal("A session is at another time or place, or in another language, than those who come know.")
session_cancelled = Signal("A session is not held.")


@dataclass(frozen=True)
class ReturnedEntry:
    """One entry that was returned, with why."""

    entry_id: int
    public_id: str
    person_id: int
    organization_id: int
    words: str


@dataclass(frozen=True)
class HoursReturned:
    """Entries were returned to their workers, in this transaction."""

    entries: tuple[ReturnedEntry, ...]
    at: datetime


@dataclass(frozen=True)
class ObservationSigned:
    """An observation was signed, passed or not."""

    observation_id: int
    public_id: str
    person_id: int
    checklist_key: str
    passed: bool
    at: datetime


@dataclass(frozen=True)
class PlaceGiven:
    """These people moved up from the waiting list of a session, in this transaction."""

    group_session_id: int
    person_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class SignedUpFor:
    """Somebody else put these people on the list of a session: with a place, or waiting for one."""

    group_session_id: int
    person_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class TakenOff:
    """Somebody else took these people off the list of a session."""

    group_session_id: int
    person_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class SessionChanged:
    """When, where or in which language a session is has changed. `person_ids` have a place or wait for one."""

    group_session_id: int
    revision: int
    person_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class SessionCancelled:
    """A session was cancelled. `person_ids` had a place or waited for one."""

    group_session_id: int
    person_ids: tuple[int, ...]
    at: datetime
