"""What the tests of letters share: people who were asked for tracks, and what was written to them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import insert, select

from lms.content.library import current
from lms.db import reading, write
from lms.ids import new_client_id
from lms.notifications.models import Bounce, Letter, Reminder, SmsConsent
from lms.people.models import Contact
from lms.tracks.models import Assignment, AssignmentBatch, TrackCompletion
from tests.conftest import AT
from tests.factories import MadePerson
from tests.notifications.test_mail import Inbox, QuickServer, controller

FIRST, CORE = "first-steps", "core"
TODAY = AT.date()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[Controller]:
    running = controller(inbox)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def quick_server(inbox: Inbox) -> Iterator[str]:
    """Return the address of a server that is quick."""
    with QuickServer(inbox) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def ask(
    organization_id: int,
    due_on: date | None,
    *people: MadePerson,
    track: str = FIRST,
    since: date = date(2025, 6, 1),
    cycle: int = 1,
) -> int:
    """Write that an organization asks people for a track, and return the batch."""

    def fn(session: Any) -> int:
        batch = AssignmentBatch(
            organization_id=organization_id,
            track_key=track,
            due_on=due_on,
            made_by=people[0].account_id,
            made_at=AT,
            client_id=new_client_id(),
        )
        session.add(batch)
        session.flush()
        for person in people:
            session.add(
                Assignment(
                    batch_id=batch.id,
                    person_id=person.person_id,
                    organization_id=organization_id,
                    track_key=track,
                    cycle=cycle,
                    due_on=due_on,
                    assigned_at=AT,
                    assigned_on=since,
                )
            )
        return int(batch.id)

    return write(fn)


def finish(person: MadePerson, *, track: str = FIRST, on: date = TODAY, language: str = "to") -> None:
    """Write that a person completed a track, in some language."""
    write(
        lambda session: (
            session.execute(
                insert(TrackCompletion).values(
                    person_id=person.person_id,
                    track_key=track,
                    cycle=1,
                    completed_at=AT,
                    completed_on=on,
                    revision_id=current(session).get("track", track).revision_id,
                    language=language,
                    counted=[],
                )
            )
            and None
        )
    )


def add(row: Any) -> None:
    """Write one row."""
    write(lambda session: session.add(row))


def phone(person: MadePerson, number: str = "+12135550100", *, agreed: bool = True, confirmed: bool = True) -> str:
    """Give a person a phone number, where she agreed to texts or not."""
    add(
        Contact(
            person_id=person.person_id,
            kind="phone",
            value=number,
            added_at=AT,
            confirmed_at=AT if confirmed else None,
        )
    )
    if agreed:
        consent(person, number)
    return number


def consent(person: MadePerson | None, number: str, kind: str = "given") -> None:
    """Write what was said about texts to a number."""
    said = {"number": number, "kind": kind, "way": "page", "wording": "2026-11", "language": "en", "at": AT}
    add(SmsConsent(person_id=person.person_id if person else None, **said))


def bounce(address: str, channel: str = "email", at: Any = AT) -> None:
    """Write that an address refused a letter for good."""
    add(Bounce(channel=channel, address=address, problem="550 no such user", at=at))


def letters(kind: str = "") -> list[Letter]:
    """Return every letter of a kind, the oldest first."""
    rows = select(Letter).order_by(Letter.id)
    found = list(reading().scalars(rows.where(Letter.kind == kind) if kind else rows))
    reading().expunge_all()  # what is read of them later must not open a reading of its own
    reading().rollback()
    return found


def steps() -> list[tuple[int, str, str, date, int]]:
    """Return the reminders that were planned: person, kind, subject, date and step, in order."""
    columns = (Reminder.person_id, Reminder.kind, Reminder.subject, Reminder.falls_on, Reminder.step)
    found = reading().execute(select(*columns).order_by(Reminder.id)).all()
    reading().rollback()
    return [tuple(row) for row in found]
