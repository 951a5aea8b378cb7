"""What certifiers and workers read of applications: the queue, one case with its history, what is next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, column, func, literal, select, table, true
from sqlalchemy.orm import Session, aliased

from lms.actor import Actor
from lms.certificates.models import Application, Award, Decision, NameConfirmation, Reply
from lms.certificates.policy import visible_applications
from lms.certificates.queries.facts import PEOPLE, Key
from lms.certificates.queries.naming import WIDTH, Naming, select_namings, select_other_names
from lms.errors import NotFound
from lms.people.rules import search_key
from lms.tracks import queries as tracks

PAGE_SIZE = 50
_ACCOUNTS = table("accounts", column("id", Integer), column("person_id", Integer))


@dataclass(frozen=True)
class ApplicationRow:
    """One application in a list. `state` is "waiting", "asked", "refused", "appealed" or "certified"."""

    application_id: int
    public_id: str
    person_id: int
    name: str
    language: str
    track_key: str
    cycle: int
    state: str
    opened_at: datetime
    completed_on: date | None
    #: Which name the certificate bears.
    naming: Naming

    @property
    def key(self) -> Key:
        """Return what is to be certified: person, track and cycle."""
        return (self.person_id, self.track_key, self.cycle)


@dataclass(frozen=True)
class Said:
    """One entry of an application's history. `kind`: "certify", "ask", "refuse", "answer", "appeal" or "name"."""

    kind: str
    reason_code: str | None
    text: str
    by: int | None
    by_name: str
    at: datetime


@dataclass(frozen=True)
class History:
    """What an application went through: how much was said, other names too, and who (by account) refused it."""

    said: int
    has_appealed: bool
    refused_by: frozenset[int]


@dataclass(frozen=True)
class Filter:
    """What a certifier wants to see; empty values do not narrow."""

    state: str = ""
    track_key: str = ""
    search: str = ""


def _criteria(wanted: Filter) -> ColumnElement[bool]:
    found: ColumnElement[bool] = true()
    if wanted.state:
        found &= Application.state == wanted.state
    if wanted.track_key:
        found &= Application.track_key == wanted.track_key
    for word in search_key(wanted.search).split():
        found &= PEOPLE.c.search_key.contains(word, autoescape=True)
    return found


def _rows() -> Select[Any]:
    """Return the select of applications with the worker's name, and the one for the certificate."""
    return select_namings(Application.cycle, Application.opened_at)


def _read(session: Session, statement: Select[Any]) -> list[ApplicationRow]:
    """Return the rows of a select like `_rows`, each with the day on which its track was completed. Two queries."""
    rows = session.execute(statement).all()
    done = tracks.list_completions(session, {row.person_id for row in rows}) if rows else []
    days = {(each.person_id, each.track_key, each.cycle): each.completed_on for each in done}
    return [_row(Naming(*row[:WIDTH]), row.cycle, row.opened_at, days) for row in rows]


def _row(naming: Naming, cycle: int, opened_at: datetime, days: Mapping[Key, date]) -> ApplicationRow:
    return ApplicationRow(
        application_id=naming.application_id,
        public_id=naming.public_id,
        person_id=naming.person_id,
        name=naming.account_name,
        language=naming.language,
        track_key=naming.track_key,
        cycle=cycle,
        state=naming.state,
        opened_at=opened_at,
        completed_on=days.get((naming.person_id, naming.track_key, cycle)),
        naming=naming,
    )


def list_applications(session: Session, actor: Actor, wanted: Filter, *, page: int = 1) -> list[ApplicationRow]:
    """Return one page of 50 applications that the actor may see, the longest waiting first. Two queries."""
    statement = (
        _rows()
        .where(visible_applications(actor), _criteria(wanted))
        .order_by(Application.opened_at, Application.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return _read(session, statement)


def count_applications(session: Session, actor: Actor, wanted: Filter) -> dict[str, int]:
    """Return how many applications the actor may see, by state; the filter's own state does not narrow. One query."""
    statement = (
        select(Application.state, func.count())
        .join(PEOPLE, PEOPLE.c.id == Application.person_id)
        .where(visible_applications(actor), _criteria(replace(wanted, state="")))
        .group_by(Application.state)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def list_chosen(session: Session, actor: Actor, public_ids: Sequence[str]) -> list[ApplicationRow]:
    """Return those of the chosen applications that the actor may see, by name. Two queries."""
    statement = _rows().where(visible_applications(actor), Application.public_id.in_(public_ids))
    return _read(session, statement.order_by(PEOPLE.c.search_key, Application.id))


def get_application(session: Session, actor: Actor, public_id: str) -> ApplicationRow:
    """Return one application for its certifier; raise `NotFound`, also for the actor's own."""
    statement = _rows().where(visible_applications(actor), Application.public_id == public_id)
    return _one(session, statement)


def get_own_application(session: Session, actor: Actor, public_id: str) -> ApplicationRow:
    """Return one application for the worker herself; raise `NotFound` for anybody else's."""
    statement = _rows().where(Application.person_id == actor.person_id, Application.public_id == public_id)
    return _one(session, statement)


def list_own_applications(session: Session, person_id: int) -> list[ApplicationRow]:
    """Return a worker's applications, the newest first. Two queries."""
    return _read(session, _rows().where(Application.person_id == person_id).order_by(Application.id.desc()))


def _one(session: Session, statement: Select[Any]) -> ApplicationRow:
    for row in _read(session, statement):
        return row
    raise NotFound


def list_said(session: Session, application_id: int) -> list[Said]:
    """Return everything decided and answered about an application, in order, and other names for it. Two queries."""
    decider = aliased(_ACCOUNTS)
    decisions = session.execute(
        select(
            Decision.outcome,
            Decision.reason_code,
            Decision.note,
            Decision.decided_by,
            PEOPLE.c.name,
            Decision.decided_at,
        )
        .join(decider, decider.c.id == Decision.decided_by)
        .join(PEOPLE, PEOPLE.c.id == decider.c.person_id)
        .where(Decision.application_id == application_id)
        .order_by(Decision.id)
    )
    kind = case((Reply.is_appeal, "appeal"), else_="answer")
    replies = select(kind, Reply.text, Reply.written_at).where(Reply.application_id == application_id)
    named = select_other_names(NameConfirmation.application_id == application_id).subquery()
    names = select(literal("name"), named.c.name, named.c.confirmed_at)
    said = [Said(*row) for row in decisions]
    said += [Said(row[0], None, row[1], None, "", row[2]) for row in session.execute(replies.union_all(names))]
    return sorted(said, key=lambda each: each.at)


def histories_of(session: Session, application_ids: Collection[int]) -> dict[int, History]:
    """Return what each of these applications went through. Three queries."""
    decisions = session.execute(
        select(Decision.application_id, Decision.outcome, Decision.decided_by).where(
            Decision.application_id.in_(application_ids)
        )
    ).all()
    replies = session.execute(
        select(Reply.application_id, Reply.is_appeal).where(Reply.application_id.in_(application_ids))
    ).all()
    names = session.execute(select_other_names(NameConfirmation.application_id.in_(application_ids))).all()
    said = Counter(row.application_id for row in (*decisions, *replies, *names))
    appealed = {row.application_id for row in replies if row.is_appeal}
    refused: dict[int, set[int]] = defaultdict(set)
    for row in decisions:
        if row.outcome == "refuse":
            refused[row.application_id].add(row.decided_by)
    return {each: History(said[each], each in appealed, frozenset(refused[each])) for each in application_ids}


def find_next(session: Session, actor: Actor, after: ApplicationRow) -> str | None:
    """Return the public id of the application that waits next after this one, the first again at the end."""
    waits = Application.state.in_(("waiting", "appealed")) & (Application.id != after.application_id)
    later = (Application.opened_at, Application.id)
    statement = (
        select(Application.public_id)
        .where(visible_applications(actor), waits)
        .order_by(
            (Application.opened_at > after.opened_at).desc(),
            *later,
        )
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()


def find_award_of(session: Session, key: Key) -> str | None:
    """Return the public id of the award for this person, track and cycle."""
    person_id, track_key, cycle = key
    return session.execute(
        select(Award.public_id).where(Award.person_id == person_id, Award.track_key == track_key, Award.cycle == cycle)
    ).scalar_one_or_none()
