"""What holders, staff and the public read of certificates: lists, one certificate, its state and its files."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.certificates.models import Artifact, Award, CertificateShare, Edition, IssueTask, StatusEvent
from lms.certificates.policy import visible_awards
from lms.certificates.queries.facts import PEOPLE
from lms.certificates.queries.statuses import is_withdrawn
from lms.certificates.rules import states
from lms.certificates.rules.serials import read_serial
from lms.certificates.rules.states import Standing
from lms.errors import NotFound
from lms.people.rules import search_key

PAGE_SIZE = 50


@dataclass(frozen=True)
class CertificateRow:
    """One certificate in a list, by its edition that counts. `state` is one of `states.STATES`."""

    award_id: int
    public_id: str
    person_id: int
    track_key: str
    cycle: int
    serial: str
    state: str
    edition: int
    issued_at: datetime | None
    valid_until: date | None
    name: str
    title: Mapping[str, str]


@dataclass(frozen=True)
class Known:
    """An award with its history: what pages and policies judge by."""

    award_id: int
    public_id: str
    person_id: int
    track_key: str
    cycle: int
    serial: str
    awarded_at: datetime
    standing: Standing
    events: tuple[StatusLine, ...]
    editions: tuple[EditionFacts, ...]

    @property
    def shown(self) -> EditionFacts:
        """Return the edition that counts: the newest released one, or the newest while none is."""
        number = self.standing.edition or self.newest.number
        return next(edition for edition in self.editions if edition.number == number)

    @property
    def newest(self) -> EditionFacts:
        """Return the newest edition, released or not."""
        return self.editions[-1]

    @property
    def released(self) -> tuple[EditionFacts, ...]:
        """Return the editions that were released, in order: what was reserved and drafted anew never was."""
        numbers = {event.edition for event in self.events if event.kind == "issued"}
        return tuple(edition for edition in self.editions if edition.number in numbers)

    def state_of(self, edition: EditionFacts, today: date) -> str:
        """Return the state of one edition on the local date `today`."""
        return states.state_of(self.standing, edition.number, edition.valid_until, today)

    def last(self, kind: str) -> StatusLine | None:
        """Return the newest event of a kind, or None."""
        return next((event for event in reversed(self.events) if event.kind == kind), None)


@dataclass(frozen=True)
class StatusLine:
    """One status event."""

    edition: int
    kind: str
    reason_code: str | None
    at: datetime


@dataclass(frozen=True)
class EditionFacts:
    """One edition with the facts that it states."""

    edition_id: int
    number: int
    created_at: datetime
    valid_until: date | None
    payload: Mapping[str, Any]
    sha256: str


def list_certificates(session: Session, person_ids: Iterable[int], *, today: date) -> list[CertificateRow]:
    """Return the certificates of these people as of the local date `today`, the newest first. Three queries."""
    rows = _awards(session, Award.person_id.in_(set(person_ids)), limit=None)
    return [_row(known, today) for known in rows]


def list_awards(session: Session, actor: Actor, search: str, *, today: date, page: int = 1) -> list[CertificateRow]:
    """Return one page of 50 certificates for staff, found by name or serial, the newest first. Three queries."""
    found = visible_awards(actor) & _matches(search)
    rows = _awards(session, found, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return [_row(known, today) for known in rows]


def count_awards(session: Session, actor: Actor, search: str) -> int:
    """Return how many certificates `list_awards` has on all its pages. One query."""
    statement = select(func.count()).select_from(Award).where(visible_awards(actor) & _matches(search))
    return int(session.execute(statement).scalar_one())


def _matches(search: str) -> ColumnElement[bool]:
    """Return the criterion of the awards whose serial, or whose holder's name, is searched for."""
    serial = read_serial(search)
    if serial is not None:
        return Award.serial == serial
    words = search_key(search).split()
    if not words:
        return true()
    names = (PEOPLE.c.search_key.contains(word, autoescape=True) for word in words)
    return Award.person_id.in_(select(PEOPLE.c.id).where(*names))


def find_known(session: Session, serial: str) -> Known | None:
    """Return the award with this serial (13 symbols), or None. Three queries at most."""
    return next(iter(_awards(session, Award.serial == serial, limit=1)), None)


def list_known(session: Session, award_ids: Collection[int]) -> list[Known]:
    """Return these awards with their history, the newest first. Three queries."""
    return _awards(session, Award.id.in_(award_ids), limit=None)


def get_known_by_id(session: Session, award_id: int) -> Known:
    """Return one award by its id; raise `NotFound`. Three queries."""
    for known in _awards(session, Award.id == award_id, limit=1):
        return known
    raise NotFound


def get_known(session: Session, award_public_id: str) -> Known:
    """Return one award by its public id; raise `NotFound`. Three queries."""
    for known in _awards(session, Award.public_id == award_public_id, limit=1):
        return known
    raise NotFound


def _awards(session: Session, criterion: ColumnElement[bool], *, limit: int | None, offset: int = 0) -> list[Known]:
    columns = (Award.id, Award.public_id, Award.person_id, Award.track_key, Award.cycle, Award.serial, Award.awarded_at)
    awards = session.execute(
        select(*columns).where(criterion).order_by(Award.id.desc()).limit(limit).offset(offset)
    ).all()
    ids = [award.id for award in awards]
    editions = _editions(session, ids)
    events = _events(session, ids)
    return [
        Known(*award, states.standing_of(map(_event, events[award.id])), tuple(events[award.id]), editions[award.id])
        for award in awards
    ]


def _event(line: StatusLine) -> states.Event:
    return states.Event(line.edition, line.kind)


def _events(session: Session, award_ids: list[int]) -> dict[int, list[StatusLine]]:
    found: dict[int, list[StatusLine]] = {award_id: [] for award_id in award_ids}
    rows = session.execute(
        select(StatusEvent.award_id, Edition.number, StatusEvent.kind, StatusEvent.reason_code, StatusEvent.at)
        .join(Edition, Edition.id == StatusEvent.edition_id)
        .where(StatusEvent.award_id.in_(award_ids))
        .order_by(StatusEvent.id)
    )
    for row in rows:
        found[row[0]].append(StatusLine(*row[1:]))
    return found


def _editions(session: Session, award_ids: list[int]) -> dict[int, tuple[EditionFacts, ...]]:
    found: dict[int, tuple[EditionFacts, ...]] = dict.fromkeys(award_ids, ())
    rows = session.execute(
        select(
            Edition.award_id,
            Edition.id,
            Edition.number,
            Edition.created_at,
            Edition.valid_until,
            Edition.payload,
            Edition.payload_sha256,
        )
        .where(Edition.award_id.in_(award_ids))
        .order_by(Edition.number)
    )
    for row in rows:
        found[row[0]] += (EditionFacts(*row[1:5], json.loads(row[5]), row[6]),)
    return found


def _row(known: Known, today: date) -> CertificateRow:
    shown = known.shown
    issued = known.last("issued")
    return CertificateRow(
        award_id=known.award_id,
        public_id=known.public_id,
        person_id=known.person_id,
        track_key=known.track_key,
        cycle=known.cycle,
        serial=known.serial,
        state=known.state_of(shown, today),
        edition=shown.number,
        issued_at=issued.at if issued else None,
        valid_until=shown.valid_until,
        name=shown.payload["name"],
        title=shown.payload["track"]["title"],
    )


def find_artifact(session: Session, edition_id: int, kind: str) -> str | None:
    """Return the name of the file of this kind of one released edition, or None."""
    return session.execute(
        select(Artifact.sha256)
        .join(StatusEvent, and_(StatusEvent.edition_id == Artifact.edition_id, StatusEvent.kind == "issued"))
        .where(Artifact.edition_id == edition_id, Artifact.kind == kind)
    ).scalar_one_or_none()


def shared_with(session: Session, award_id: int) -> frozenset[int]:
    """Return the organizations that the holder shares a certificate with. One query."""
    rows = session.scalars(
        select(CertificateShare.organization_id).where(
            CertificateShare.award_id == award_id, CertificateShare.withdrawn_at.is_(None)
        )
    )
    return frozenset(rows)


def find_problem(session: Session, edition_id: int) -> str | None:
    """Return why an edition could not be made yet, for staff; None when nothing went wrong."""
    waiting = IssueTask.edition_id == edition_id, IssueTask.done_at.is_(None), IssueTask.problem.is_not(None)
    return session.scalars(select(IssueTask.problem).where(*waiting).order_by(IssueTask.stage)).first()


@dataclass(frozen=True)
class Released:
    """A released edition, to be read again."""

    edition_id: int
    serial: str
    number: int
    payload: bytes
    payload_sha256: str
    #: Whether it was replaced or revoked.
    is_withdrawn: bool


def list_released(session: Session, *, after: int = 0, limit: int | None = None) -> list[Released]:
    """Return released editions whose id is larger than `after`, the oldest first. One query."""
    rows = session.execute(
        select(Edition.id, Award.serial, Edition.number, Edition.payload, Edition.payload_sha256, is_withdrawn())
        .join(Award, Award.id == Edition.award_id)
        .join(StatusEvent, and_(StatusEvent.edition_id == Edition.id, StatusEvent.kind == "issued"))
        .where(Edition.id > after)
        .order_by(Edition.id)
        .limit(limit)
    )
    return [Released(*row) for row in rows]


def named_files(session: Session, names: Collection[str]) -> set[str]:
    """Return those of these files that belong to a certificate. One query."""
    return set(session.scalars(select(Artifact.sha256).where(Artifact.sha256.in_(names))))


def files_of(session: Session, edition_id: int) -> list[tuple[str, str]]:
    """Return kind and name of the files of one edition."""
    statement = select(Artifact.kind, Artifact.sha256).where(Artifact.edition_id == edition_id)
    return [(row[0], row[1]) for row in session.execute(statement)]
