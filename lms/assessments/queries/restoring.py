"""Which attempts do not count as failed, because a wording in them was wrong."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.queries.wording import texts_of
from lms.assessments.rules import own_language
from lms.assessments.specs import QuizSpec
from lms.content.library import source_of, spec_of, words_of
from lms.db import chunks


@dataclass(frozen=True)
class Wording:
    """The words of a question, where they stood: in a language, in these revisions, shown by this attempt."""

    locale: str
    revision_id: int
    locale_revision_id: int | None
    attempt_id: int | None


@dataclass(frozen=True)
class Harmed:
    """A failed attempt in which a question with a wrong wording was answered."""

    attempt_id: int
    public_id: str
    person_id: int


def last_failed(session: Session, public_ids: Collection[str]) -> dict[str, int]:
    """Return {public id of an attempt: the number of the last failed one of its person, quiz and round}.

    An attempt is missing where none failed. One query for each 500.
    """
    failed = aliased(Attempt)
    same = (
        failed.person_id == Attempt.person_id,
        failed.module_key == Attempt.module_key,
        failed.round == Attempt.round,
        failed.passed.is_(False),
    )
    last = select(Attempt.public_id, func.max(failed.number)).join(failed, and_(*same)).group_by(Attempt.public_id)
    found: dict[str, int] = {}
    for part in chunks(list(public_ids), 500):
        found.update((row[0], row[1]) for row in session.execute(last.where(Attempt.public_id.in_(part))))
    return found


def list_harmed(session: Session, module_key: str, item_ids: Collection[str], wording: Wording) -> list[Harmed]:
    """Return the failed attempts at a module's quiz in which one of these questions was answered in the same words.

    The words decide, not the version in which they stood: a module may have changed elsewhere since. The attempt from
    which the wording was reported is always looked at. One query, and one for each version that is not known yet.
    """
    answered = select(AttemptAnswer.attempt_id).where(AttemptAnswer.item_id.in_(item_ids))
    columns = (Attempt.id, Attempt.public_id, Attempt.person_id, Attempt.revision_id, Attempt.locale_revision_id)
    failed = select(*columns, Attempt.shown_language).where(
        Attempt.module_key == module_key, Attempt.passed.is_(False), Attempt.id.in_(answered)
    )
    rows = session.execute(failed.order_by(Attempt.id)).all()
    wrong = _said(session, item_ids, wording.locale, wording.revision_id, wording.locale_revision_id)
    versions = {(row.revision_id, row.locale_revision_id) for row in rows}
    same = {each for each in versions if _said(session, item_ids, wording.locale, *each) == wrong}
    return [
        Harmed(row.id, row.public_id, row.person_id)
        for row in rows
        if row.id == wording.attempt_id
        or (own_language(row.shown_language) == wording.locale and (row.revision_id, row.locale_revision_id) in same)
    ]


def _said(
    session: Session, item_ids: Collection[str], locale: str, revision_id: int, locale_revision_id: int | None
) -> dict[str, str]:
    """Return {address: words} of these questions as they were read in a language and version."""
    quiz, words = spec_of(QuizSpec, source_of(session, revision_id)), words_of(session, locale_revision_id, locale)
    return {
        f"{item.id}.{suffix}": text.text
        for item in quiz.questions
        if item.id in item_ids
        for suffix, text in texts_of(item, words).items()
    }
