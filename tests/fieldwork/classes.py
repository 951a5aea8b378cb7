"""What the tests of sessions share: a trainer with a session to come, and workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from lms.actor import Actor
from lms.audit.models import AuditEvent
from lms.clock import zone
from lms.db import reading, write
from lms.fieldwork.events import fieldwork_credited, place_given, session_cancelled, session_changed
from lms.fieldwork.models import GroupSession, SignUp
from lms.fieldwork.rules.attendance import Stay
from lms.fieldwork.rules.sessions import SessionPlan, instant_of
from lms.fieldwork.service import attendance, closing, sessions, sign_ups
from lms.ids import new_client_id
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.organizations.conftest import actor_of

DAY = date(2026, 3, 14)
PLAN = SessionPlan(
    "Talking with families",
    DAY,
    time(9),
    time(12),
    "en",
    10,
    place="Main Street 1",
    competencies=("chw-core/outreach",),
)


def clock(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    """Return a local time of the session's day as an instant."""
    return instant_of(day, time(hour, minute), zone())


AFTER = clock(13)


class Classes:
    """A trainer, an organization with a supervisor and two workers, and what they do with sessions."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.trainer = make.person("Tina Trainer", roles=("trainer",))
        self.hope = make.organization("Hope")
        self.boss = make.supervisor(self.hope, "Boss")
        self.ana, self.luis = make.person("Ana"), make.person("Luis")
        for person in (self.ana, self.luis):
            make.employment(person, self.hope)

    @property
    def teaching(self) -> Actor:
        """Return the trainer as who asks."""
        return actor_of(self.trainer, "trainer")

    def plan(self, *teachers: MadePerson, actor: Actor | None = None, at: datetime = AT, **changes: Any) -> str:
        """Plan a session and return its public id."""
        ids = [each.person_id for each in teachers]
        key = changes.pop("client_id", new_client_id())
        plan, who = replace(PLAN, **changes), actor or self.teaching
        return write(lambda s: sessions.plan_session(s, who, plan, ids, client_id=key, at=at))

    def sign_up(self, public_id: str, *people: MadePerson, actor: Actor | None = None, **more: Any) -> Any:
        """Sign people up, the first one by herself unless an actor is named."""
        who = actor or actor_of(people[0])
        ids = [each.person_id for each in people]
        asked = {"language": "en", "needs_interpreter": False, "at": AT, **more}
        return write(lambda s: sign_ups.sign_up(s, who, public_id, ids, **asked))

    def leave(self, public_id: str, person: MadePerson, *, actor: Actor | None = None, at: datetime = AT) -> int:
        """Let a person leave."""
        who = actor or actor_of(person)
        return write(lambda s: sign_ups.leave(s, who, public_id, [person.person_id], at=at))

    def mark(self, public_id: str, *people: MadePerson, actor: Actor | None = None, **more: Any) -> tuple[int, ...]:
        """Note people as there, the whole time unless stays are given."""
        who = actor or self.teaching
        ids = [each.person_id for each in people]
        stays = more.pop("stays", (Stay(clock(9), clock(12)),))
        told = {"way": "list", "at": AFTER, **more}
        return write(lambda s: attendance.mark(s, who, public_id, ids, stays, **told))

    def correct(self, public_id: str, person: MadePerson, *stays: Stay, seen: int, **more: Any) -> bool:
        """Correct what is noted of a person."""
        who = more.pop("actor", self.teaching)
        told = {"reason": "She told us.", "at": AFTER, **more}
        return write(lambda s: attendance.correct(s, who, public_id, person.person_id, stays, seen=seen, **told))

    def close(self, public_id: str, *, actor: Actor | None = None, at: datetime = AFTER, **more: Any) -> bool:
        """Close a session exactly as its preview says."""
        who = actor or self.teaching
        seen = more.get("fingerprint") or self.preview(public_id).fingerprint
        return write(lambda s: closing.close_session(s, who, public_id, fingerprint=seen, at=at))

    def reopen(self, public_id: str, *, actor: Actor | None = None, at: datetime = AFTER, reason: str = "Why") -> None:
        """Open a session again."""
        who = actor or self.teaching
        write(lambda s: closing.reopen_session(s, who, public_id, reason=reason, at=at))

    def preview(self, public_id: str) -> closing.Closing:
        """Return what closing would do."""
        found = closing.preview_closing(reading(), self.id_of(public_id), at=AFTER)
        reading().rollback()
        return found

    def id_of(self, public_id: str) -> int:
        """Return the id of a session."""
        return self.row(public_id).id

    def row(self, public_id: str) -> GroupSession:
        """Return the row of a session."""
        reading().expire_all()
        found = reading().execute(select(GroupSession).where(GroupSession.public_id == public_id)).scalar_one()
        reading().expunge(found)
        reading().rollback()
        return found


def rows(*columns: Any) -> list[Any]:
    """Return columns of every row, in the order of the first one's table's ids."""
    found = reading().execute(select(*columns).order_by(columns[0].class_.id)).all()
    reading().rollback()
    return [tuple(row) if len(columns) > 1 else row[0] for row in found]


def placed() -> list[int]:
    """Return who has a place now, in the order of signing up."""
    found = rows(SignUp.person_id, SignUp.placed_at, SignUp.left_at)
    return [person for person, placed_at, left_at in found if placed_at and not left_at]


def actions() -> list[str]:
    """Return what the audit trail says of sessions."""
    found = rows(AuditEvent.action)
    return [each.removeprefix("fieldwork.") for each in found if each.startswith("fieldwork.")]


@contextmanager
def hearing() -> Iterator[list[Any]]:
    """Yield the facts that are announced meanwhile."""
    facts: list[Any] = []

    def hear(fact: Any, **_more: Any) -> None:
        facts.append(fact)

    with (
        place_given.connected_to(hear),
        session_changed.connected_to(hear),
        session_cancelled.connected_to(hear),
        fieldwork_credited.connected_to(hear),
    ):
        yield facts


LATER = AT + timedelta(hours=1)
