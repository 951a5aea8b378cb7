"""Findings, what is changed for them, and the versions that can answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import SOURCE_LOCALE
from lms.content.models import Publication, PublicationItem, Revision
from lms.errors import NotFound
from lms.surveys.models import ChangeNote, SurveyFinding
from lms.surveys.rules.loop import Version, taught
from lms.surveys.rules.results import Figures

#: Findings, or changes, on one page.
PAGE = 50


class FindingRow(NamedTuple):
    """A finding with the change note that was made of it; `state` is None while there is none."""

    id: int
    public_id: str
    survey_key: str
    subject_key: str
    question_id: str
    language: str
    version_id: int
    figures: Mapping[str, Any]
    words: str
    found_by: int
    found_at: datetime
    state: str | None
    what: str | None
    why: str | None
    by_whom: str | None
    made_at: datetime | None
    reason: str | None
    told: Mapping[str, Mapping[str, str]] | None
    answered_version_id: int | None
    number: int | None
    published_at: datetime | None

    @property
    def seen(self) -> Figures:
        """Return the figures that were there when it was found."""
        return Figures(self.question_id, **self.figures)


def _findings() -> Select[Any]:
    finding, note, published = SurveyFinding, ChangeNote, Publication
    own = [getattr(finding, name) for name in FindingRow._fields[:11]]
    made = [getattr(note, name) for name in FindingRow._fields[11:18]]
    query = select(*own, *made, note.version_id.label("answered_version_id"), published.number, published.published_at)
    query = query.select_from(finding).outerjoin(note, note.finding_id == finding.id)
    return query.outerjoin(published, published.id == note.publication_id)


def count_findings(session: Session) -> int:
    """Return how many findings there are. One query."""
    return session.scalar(select(func.count()).select_from(SurveyFinding)) or 0


def list_findings(session: Session, page: int = 1) -> list[FindingRow]:
    """Return one page of findings, the newest first. One query."""
    query = _findings().order_by(SurveyFinding.id.desc()).offset((page - 1) * PAGE).limit(PAGE)
    return [FindingRow(*row) for row in session.execute(query)]


def get_finding(session: Session, public_id: str) -> FindingRow:
    """Return one finding with its change note; raise `NotFound`."""
    row = session.execute(_findings().where(SurveyFinding.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound(f"no finding {public_id}")
    return FindingRow(*row)


def count_changes(session: Session) -> int:
    """Return how many findings a version has answered. One query."""
    return session.scalar(select(func.count()).where(ChangeNote.state == "answered")) or 0


def list_changes(session: Session, page: int = 1) -> list[FindingRow]:
    """Return one page of findings that a version has answered, the newest version first. One query."""
    query = _findings().where(ChangeNote.state == "answered")
    query = query.order_by(Publication.number.desc(), ChangeNote.id.desc()).offset((page - 1) * PAGE).limit(PAGE)
    return [FindingRow(*row) for row in session.execute(query)]


def list_versions(session: Session, subject_key: str) -> list[Version]:
    """Return the publications in which the text of a module or track changed, the oldest first. One query."""
    kind, key = taught(subject_key)
    first = (
        select(PublicationItem.revision_id, func.min(Publication.number).label("number"))
        .join(Publication, Publication.id == PublicationItem.publication_id)
        .join(Revision, Revision.id == PublicationItem.revision_id)
        .where(
            Revision.kind == kind,
            Revision.key == key,
            Revision.locale == SOURCE_LOCALE,
        )
        .group_by(PublicationItem.revision_id)
        .subquery()
    )
    query = select(Publication.id, Publication.number, first.c.revision_id, Publication.published_at)
    rows = session.execute(query.join(first, first.c.number == Publication.number).order_by(Publication.number))
    return [Version(row[0], row[1], row[2], row[3], local_date(row[3])) for row in rows]


def numbers_of(session: Session, revision_ids: Collection[int]) -> dict[int, int]:
    """Return with which publication each revision came. One query, or none."""
    if not revision_ids:
        return {}
    query = (
        select(PublicationItem.revision_id, func.min(Publication.number))
        .join(Publication, Publication.id == PublicationItem.publication_id)
        .where(PublicationItem.revision_id.in_(revision_ids))
        .group_by(PublicationItem.revision_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
