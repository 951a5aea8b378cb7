"""Reads of group sessions: what is planned, who comes, and what others remind people of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, func, null, or_, select, true
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.fieldwork.models import Cohort, GroupSession, SessionTeacher, SignUp
from lms.fieldwork.rules.sessions import SessionPlan
from lms.organizations.queries import PEOPLE
from lms.statements import once, place


@dataclass(frozen=True)
class GroupRow:
    """One session with its cohort's name and how many have a place or wait for one."""

    id: int
    public_id: str
    cohort_id: int | None
    cohort_public_id: str | None
    cohort_name: str | None
    title: str
    module_key: str | None
    track_key: str | None
    competencies: list[str]
    organization_id: int | None
    is_open: bool
    place: str
    link: str
    day: date
    starts: time
    ends: time
    starts_at: datetime
    ends_at: datetime
    language: str
    interpreters: list[str]
    capacity: int
    minimum_share: int
    finishes_lessons: bool
    state: str
    reason: str | None
    stamp: str
    revision: int
    changed_at: datetime
    placed: int
    waiting: int

    @property
    def free(self) -> int:
        """Return how many places are left."""
        return max(0, self.capacity - self.placed)

    @property
    def plan(self) -> SessionPlan:
        """Return what its planner decided."""
        return SessionPlan(
            title=self.title,
            day=self.day,
            starts=self.starts,
            ends=self.ends,
            language=self.language,
            capacity=self.capacity,
            place=self.place,
            link=self.link,
            organization_id=self.organization_id,
            is_open=self.is_open,
            cohort_id=self.cohort_id,
            module_key=self.module_key,
            track_key=self.track_key,
            competencies=tuple(self.competencies),
            interpreters=tuple(self.interpreters),
            minimum_share=self.minimum_share,
            finishes_lessons=self.finishes_lessons,
        )


@dataclass(frozen=True)
class SignUpRow:
    """One person who has a place in a session, or waits for one."""

    id: int
    group_session_id: int
    person_id: int
    person_public_id: str
    name: str
    language: str
    needs_interpreter: bool
    signed_up_at: datetime
    placed_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Return whether she has no place yet."""
        return self.placed_at is None


@dataclass(frozen=True)
class Upcoming:
    """A session that somebody has a place in, or waits for. `link` is empty while she waits."""

    group_session_id: int
    public_id: str
    person_id: int
    title: str
    day: date
    starts: time
    ends: time
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    language: str
    state: str
    revision: int
    changed_at: datetime
    is_waiting: bool


def _sessions() -> Select[Any]:
    here = select(func.count()).where(SignUp.group_session_id == GroupSession.id, SignUp.left_at.is_(None))
    own = (
        "title module_key track_key competencies organization_id is_open place link day starts ends starts_at ends_at "
        "language interpreters capacity minimum_share finishes_lessons state reason stamp revision changed_at"
    ).split()
    return select(
        GroupSession.id,
        GroupSession.public_id,
        GroupSession.cohort_id,
        Cohort.public_id,
        Cohort.name,
        *(getattr(GroupSession, name) for name in own),
        here.where(SignUp.placed_at.is_not(None)).correlate(GroupSession).scalar_subquery(),
        here.where(SignUp.placed_at.is_(None)).correlate(GroupSession).scalar_subquery(),
    ).outerjoin(Cohort, Cohort.id == GroupSession.cohort_id)


def list_sessions(
    session: Session, criterion: ColumnElement[bool], *, newest_first: bool = False, limit: int = 50, offset: int = 0
) -> list[GroupRow]:
    """Return the sessions that meet `criterion`, in the order of time. One query."""
    order = (GroupSession.starts_at, GroupSession.id)
    statement = _sessions().where(criterion).order_by(*(each.desc() if newest_first else each for each in order))
    return [GroupRow(*row) for row in session.execute(statement.limit(limit).offset(offset))]


def is_coming(at: datetime) -> ColumnElement[bool]:
    """Return the criterion of the sessions for which people can sign up at `at`."""
    return (GroupSession.state == "planned") & (GroupSession.starts_at > at)


def is_session(group_session_id: int) -> ColumnElement[bool]:
    """Return the criterion of one session."""
    return GroupSession.id == group_session_id


def of_cohort(cohort_id: int) -> ColumnElement[bool]:
    """Return the criterion of the sessions of a cohort."""
    return GroupSession.cohort_id == cohort_id


def is_past(at: datetime) -> ColumnElement[bool]:
    """Return the criterion of the sessions that are over at `at`."""
    return GroupSession.ends_at <= at


def any_session() -> ColumnElement[bool]:
    """Return the criterion of every session: for who holds the secret of one."""
    return true()


def count_sessions(session: Session, criterion: ColumnElement[bool]) -> int:
    """Return how many rows `list_sessions` has in all. One query."""
    return session.execute(select_count(criterion)).scalar_one()


def select_count(criterion: ColumnElement[bool]) -> Select[int]:
    """Return what `count_sessions` asks, for who asks for more in one statement."""
    return select(func.count()).select_from(GroupSession).where(criterion)


def get_session(session: Session, criterion: ColumnElement[bool], public_id: str) -> GroupRow:
    """Return one session that meets `criterion`; raise `NotFound`. One query."""
    row = session.execute(_sessions().where(criterion, GroupSession.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return GroupRow(*row)


def teachers_of(session: Session, group_session_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Return {session id: {person id: name}} of who teaches, by name. One query."""
    rows = session.execute(
        select(SessionTeacher.group_session_id, PEOPLE.c.id, PEOPLE.c.name)
        .join(PEOPLE, PEOPLE.c.id == SessionTeacher.person_id)
        .where(SessionTeacher.group_session_id.in_(group_session_ids))
        .order_by(PEOPLE.c.search_key, PEOPLE.c.id)
    )
    found: dict[int, dict[int, str]] = {}
    for group_session_id, person_id, name in rows:
        found.setdefault(group_session_id, {})[person_id] = name
    return found


def list_sign_ups(
    session: Session, group_session_ids: Collection[int], person_ids: Collection[int] | None = None
) -> list[SignUpRow]:
    """Return who has a place in these sessions, by name, then who waits, in the order of waiting. One query."""
    statement = (
        select(
            SignUp.id,
            SignUp.group_session_id,
            PEOPLE.c.id,
            PEOPLE.c.public_id,
            PEOPLE.c.name,
            SignUp.language,
            SignUp.needs_interpreter,
            SignUp.signed_up_at,
            SignUp.placed_at,
        )
        .join(PEOPLE, PEOPLE.c.id == SignUp.person_id)
        .where(SignUp.group_session_id.in_(group_session_ids), SignUp.left_at.is_(None))
        .order_by(SignUp.signed_up_at, SignUp.id)
    )
    if person_ids is not None:
        statement = statement.where(SignUp.person_id.in_(person_ids))
    rows = [SignUpRow(*row) for row in session.execute(statement)]
    return sorted(rows, key=lambda row: (row.is_waiting, "" if row.is_waiting else row.name.casefold()))


def sessions_on(session: Session, day: date) -> list[Upcoming]:
    """Return everybody who has a place in a session that is held on the local date `day`, to be reminded. One query."""
    return _upcoming(session, GroupSession.day == day, SignUp.placed_at.is_not(None), GroupSession.state == "planned")


def upcoming_of(session: Session, person_id: int, today: date) -> list[Upcoming]:
    """Return the sessions from `today` on that a person has a place in or waits for, the next one first. One query."""
    rows = session.execute(once(session, _select_upcoming_of), {"person_id": person_id, "today": today})
    return [_upcoming_row(tuple(row)) for row in rows]


def _select_upcoming_of(_session: Session) -> Select[*tuple[Any, ...]]:
    states = GroupSession.state.in_(("planned", "held"))
    return _select_upcoming(SignUp.person_id == place("person_id"), GroupSession.day >= place("today"), states)


def find_upcoming(session: Session, person_id: int, group_session_id: int) -> Upcoming | None:
    """Return a session that a person has a place in or waits for, a cancelled one too; None for others. One query."""
    found = _upcoming(session, SignUp.person_id == person_id, GroupSession.id == group_session_id)
    return next(iter(found), None)


def find_left(session: Session, person_id: int, group_session_id: int) -> Upcoming | None:
    """Return a session whose list a person is not on any more; None for others. At most two queries."""
    if find_upcoming(session, person_id, group_session_id) is not None:
        return None
    mine = (SignUp.person_id == person_id, GroupSession.id == group_session_id)
    return next(iter(_upcoming(session, *mine, is_left=True)), None)


def select_coming(today: date) -> Select[*tuple[Any, ...]]:
    """Return a select of person_id, subject (the session's public id), falls_on and since (NULL), from `today` on.

    They are those of `sessions_on` for every day: what reminders are planned from.
    """
    return (
        select(
            SignUp.person_id,
            GroupSession.public_id.label("subject"),
            GroupSession.day.label("falls_on"),
            cast(null(), Date).label("since"),
        )
        .join(GroupSession, GroupSession.id == SignUp.group_session_id)
        .where(SignUp.left_at.is_(None), SignUp.placed_at.is_not(None))
        .where(GroupSession.state == "planned", GroupSession.day >= today)
    )


def calendar_of(session: Session, person_id: int, since: date) -> list[Upcoming]:
    """Return the sessions of a person from the local date `since` on, cancelled ones too. One query."""
    return _upcoming(session, SignUp.person_id == person_id, GroupSession.day >= since)


def _upcoming(session: Session, *criteria: ColumnElement[bool], is_left: bool = False) -> list[Upcoming]:
    rows = session.execute(_select_upcoming(*criteria, is_left=is_left))
    return [_upcoming_row(tuple(row)) for row in rows]


def _select_upcoming(*criteria: ColumnElement[bool], is_left: bool = False) -> Select[*tuple[Any, ...]]:
    columns = (
        GroupSession.id,
        GroupSession.public_id,
        SignUp.person_id,
        GroupSession.title,
        GroupSession.day,
        GroupSession.starts,
        GroupSession.ends,
        GroupSession.starts_at,
        GroupSession.ends_at,
        GroupSession.place,
        GroupSession.link,
        GroupSession.language,
        GroupSession.state,
        GroupSession.revision,
        GroupSession.changed_at,
        SignUp.placed_at,
    )
    return (
        select(*columns)
        .join(SignUp, SignUp.group_session_id == GroupSession.id)
        .where(SignUp.left_at.is_not(None) if is_left else SignUp.left_at.is_(None), *criteria)
        .order_by(GroupSession.starts_at, GroupSession.id, SignUp.person_id)
    )


def _upcoming_row(row: tuple[Any, ...]) -> Upcoming:
    """Return a row of `_upcoming`; where the room is online is for those who have a place."""
    *head, link, language, state, revision, changed_at, placed_at = row
    is_waiting = placed_at is None
    return Upcoming(*(*head, "" if is_waiting else link, language, state, revision, changed_at, is_waiting))


def alike(group: GroupRow | GroupSession) -> ColumnElement[bool]:
    """Return the criterion of the closed sessions of which a part may be made up in this one.

    They are others of the same cohort or of the same module, and not later than it.
    """
    same = [GroupSession.module_key == group.module_key] if group.module_key else []
    if group.cohort_id:
        same.append(GroupSession.cohort_id == group.cohort_id)
    return (
        or_(*same, GroupSession.id == -1)
        & (GroupSession.id != group.id)
        & (GroupSession.state == "closed")
        & (GroupSession.starts_at <= group.starts_at)
    )
