"""Reads of what was told: hers, what staff entered, one with its files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.competencies.specs import FrameworkSpec
from lms.content.library import Library
from lms.errors import NotFound
from lms.i18n import TAGS
from lms.training.models import EarlierTraining, TrainingFile
from lms.training.policy import Ties
from lms.training.rules import Known, Told

PAGE_SIZE = 50


@dataclass(frozen=True)
class TrainingRow:
    """One earlier training as it is told, and where it stands."""

    training_id: int
    public_id: str
    person_id: int
    told: Told
    state: str
    round: int
    sent_at: datetime | None
    entered_by: int | None
    organization_id: int | None
    recorded_on: date

    @property
    def ties(self) -> Ties:
        """Return what ties it to people, without the providers that she asked."""
        return Ties(self.person_id, self.sent_at is not None, self.entered_by, self.organization_id, self.recorded_on)


@dataclass(frozen=True)
class FileRow:
    """One file that proves it, and by which account it came."""

    public_id: str
    sha256: str
    media_type: str
    size: int
    name: str
    added_at: datetime

    @property
    def is_image(self) -> bool:
        """Return whether a page can show it."""
        return self.media_type.startswith("image/")


def told_of(row: EarlierTraining | Row[Any]) -> Told:
    """Return what a row tells."""
    return Told(
        title=row.title,
        kind=row.kind,
        issuer=row.issuer,
        learned_on=row.learned_on,
        from_on=row.from_on,
        minutes=row.minutes,
        module_key=row.module_key,
        hours_kind=row.hours_kind,
        competencies=tuple(row.competencies),
        language=row.language,
        note=row.note,
        reference=row.reference,
    )


def read_row(row: EarlierTraining) -> TrainingRow:
    """Return a row of the table as a plain value."""
    return TrainingRow(
        training_id=row.id,
        public_id=row.public_id,
        person_id=row.person_id,
        told=told_of(row),
        state=row.state,
        round=row.round,
        sent_at=row.sent_at,
        entered_by=row.entered_by,
        organization_id=row.organization_id,
        recorded_on=row.recorded_on,
    )


def list_rows(session: Session, criterion: ColumnElement[bool], *, limit: int, offset: int = 0) -> list[TrainingRow]:
    """Return the earlier trainings of a criterion, the last learned first. One query."""
    statement = select(EarlierTraining).where(criterion)
    statement = statement.order_by(EarlierTraining.learned_on.desc(), EarlierTraining.id.desc())
    return [read_row(row) for row in session.scalars(statement.limit(limit).offset(offset))]


def list_own(session: Session, person_id: int) -> list[TrainingRow]:
    """Return all that was told of a person (at most 100 entries are kept), the last learned first. One query."""
    return list_rows(session, EarlierTraining.person_id == person_id, limit=200)


def list_entered(session: Session, actor: Actor) -> list[TrainingRow]:
    """Return what the actor, or an organization whose staff she supervises, entered; the newest 200. One query.

    Whom she may see no longer is for `policy.can_oversee` to say.
    """
    by_her = EarlierTraining.entered_by == actor.account_id
    criterion = or_(by_her, EarlierTraining.organization_id.in_(actor.supervises))
    return list_rows(session, criterion & (EarlierTraining.person_id != actor.person_id), limit=200)


def get_row(session: Session, public_id: str) -> TrainingRow:
    """Return one earlier training; raise `NotFound`. Who may see it is for the caller's policy."""
    row = session.scalars(select(EarlierTraining).where(EarlierTraining.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound
    return read_row(row)


def find_sent_before(session: Session, person_id: int, client_id: str) -> TrainingRow | None:
    """Return what this form told of this person before, or None."""
    found = (EarlierTraining.person_id == person_id) & (EarlierTraining.client_id == client_id)
    row = session.scalars(select(EarlierTraining).where(found)).one_or_none()
    return read_row(row) if row else None


def list_files(session: Session, training_id: int) -> list[FileRow]:
    """Return the files of one earlier training that were not taken away, the first added first. One query."""
    statement = (
        select(
            TrainingFile.public_id,
            TrainingFile.sha256,
            TrainingFile.media_type,
            TrainingFile.size,
            TrainingFile.name,
            TrainingFile.added_at,
        )
        .where(TrainingFile.training_id == training_id, TrainingFile.removed_at.is_(None))
        .order_by(TrainingFile.id)
    )
    return [FileRow(*row) for row in session.execute(statement)]


def get_file(session: Session, public_id: str) -> tuple[TrainingRow, FileRow]:
    """Return a file and what it proves; raise `NotFound`, also when it was taken away. Two queries."""
    training = session.scalars(
        select(EarlierTraining)
        .join(TrainingFile, TrainingFile.training_id == EarlierTraining.id)
        .where(TrainingFile.public_id == public_id)
    ).one_or_none()
    if training is None:
        raise NotFound
    for file in list_files(session, training.id):
        if file.public_id == public_id:
            return read_row(training), file
    raise NotFound


def count_entries(session: Session, person_id: int, account_id: int, at: datetime) -> tuple[int, int]:
    """Return how many entries a person has that she did not withdraw, and how many an account made in a day."""
    of_person = select(func.count()).where(EarlierTraining.person_id == person_id, EarlierTraining.state != "withdrawn")
    by_account = select(func.count()).where(
        EarlierTraining.entered_by == account_id, EarlierTraining.recorded_at > at - timedelta(days=1)
    )
    return session.scalar(of_person) or 0, session.scalar(by_account) or 0


def count_files(session: Session, training_id: int, account_id: int, at: datetime) -> tuple[int, int]:
    """Return how many files an entry has, and how many an account added in the last hour, those taken away too."""
    present = select(func.count()).where(TrainingFile.training_id == training_id, TrainingFile.removed_at.is_(None))
    lately = select(func.count()).where(
        TrainingFile.added_by == account_id, TrainingFile.added_at > at - timedelta(hours=1)
    )
    return session.scalar(present) or 0, session.scalar(lately) or 0


def named_files(session: Session, names: Collection[str], *, before: datetime) -> set[str]:
    """Return those of these files that an entry still needs. One query.

    One that was taken away before an instant is shown to nobody, and is needed no more.
    """
    stays = TrainingFile.removed_at.is_(None) | (TrainingFile.removed_at >= before)
    return set(session.scalars(select(TrainingFile.sha256).where(TrainingFile.sha256.in_(names), stays)))


def count_by_person(session: Session, person_ids: Collection[int]) -> dict[int, int]:
    """Return how many entries each of these people has that were not withdrawn. One query."""
    statement = (
        select(EarlierTraining.person_id, func.count())
        .where(EarlierTraining.person_id.in_(person_ids), EarlierTraining.state != "withdrawn")
        .group_by(EarlierTraining.person_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def known_of(library: Library) -> Known:
    """Return what earlier training can name: published modules, competencies, the program's languages."""
    frameworks = (library.spec(FrameworkSpec, "framework", key) for key in library.keys("framework"))
    competencies = [f"{each.key}/{skill.id}" for each in frameworks for skill in each.competencies]
    return Known(library.keys("module"), competencies, TAGS)
