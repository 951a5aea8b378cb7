"""Graded attempts as corrections take them: questions, answers, outcome, and the version of what was asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.assessments import rules
from lms.assessments.models import Attempt
from lms.assessments.queries.amendments import amendments_of, resolved
from lms.assessments.queries.attempts import Answer, answers_of, form_of
from lms.assessments.queries.scores import scores_of
from lms.assessments.rules import Amendment, Sat, Standing
from lms.assessments.rules.deciding import versions_held
from lms.assessments.rules.proposals import Proposal
from lms.assessments.specs import FILE, QuizSpec
from lms.content.library import source_of, spec_of, words_of
from lms.db import chunks

_COLUMNS = (
    Attempt.id,
    Attempt.public_id,
    Attempt.person_id,
    Attempt.round,
    Attempt.number,
    Attempt.shown_language,
    Attempt.submitted_at,
    Attempt.form,
    Attempt.module_key,
    Attempt.revision_id,
    Attempt.locale_revision_id,
    Attempt.points,
    Attempt.max_points,
    Attempt.percent,
    Attempt.passed,
)


@dataclass(frozen=True)
class Sitting:
    """A graded attempt, the module that it was about, and the revisions in which it was asked and read."""

    sat: Sat
    module_key: str
    revision_id: int
    locale_revision_id: int | None


def list_sittings(session: Session, *criteria: ColumnElement[bool], of: Proposal | None = None) -> list[Sitting]:
    """Return the graded attempts that meet the criteria; with `of`, those that a proposal is about.

    Two queries, two more for each 500 attempts, and one for each revision that the process has not read.
    """
    found = select(*_COLUMNS).where(Attempt.passed.is_not(None), *criteria).order_by(Attempt.id)
    rows = [row for row in session.execute(found) if of is None or _is_about(of, row)]
    ids = [row.id for row in rows]
    given = {key: each for part in chunks(ids, 500) for key, each in answers_of(session, part).items()}
    scored = {key: each for part in chunks(ids, 500) for key, each in scores_of(session, part).items()}
    counting = amendments_of(session, ids)
    return [
        Sitting(
            _sat(session, row, given.get(row.id, {}), counting.get(row.id, ()), scored.get(row.id, {})),
            row.module_key,
            row.revision_id,
            row.locale_revision_id,
        )
        for row in rows
    ]


def _is_about(proposal: Proposal, row: Any) -> bool:
    """Return whether an attempt was read in the language of a proposal, and asks one of its questions."""
    if proposal.locale not in (None, rules.own_language(row.shown_language)):
        return False
    return not proposal.item_ids.isdisjoint(entry["item"] for entry in row.form)


def _sat(
    session: Session,
    row: Any,
    given: Mapping[str, Answer],
    counting: Sequence[Amendment],
    scored: Mapping[str, rules.Grade],
) -> Sat:
    quiz = spec_of(QuizSpec, source_of(session, row.revision_id))
    return Sat(
        id=row.id,
        public_id=row.public_id,
        person_id=row.person_id,
        round=row.round,
        number=row.number,
        language=rules.own_language(row.shown_language),
        submitted_at=row.submitted_at,
        form=form_of(row.form),
        chosen={key: each.chosen for key, each in given.items() if each.chosen},
        grades={**scored}
        | {
            key: rules.Grade(each.points, correct=bool(each.correct))
            for key, each in given.items()
            if each.points is not None
        },
        stands=Standing(row.points, row.max_points, row.percent, row.passed),
        amendments=resolved(session, quiz, counting),
    )


def is_in_scope(proposal: Proposal, sitting: Sitting) -> bool:
    """Return whether a proposal is about an attempt: its module, language and version."""
    return (
        proposal.module_key == sitting.module_key
        and proposal.locale in (None, sitting.sat.language)
        and proposal.revision_id in (None, sitting.revision_id)
    )


def held_versions(session: Session, proposal: Proposal, sittings: Collection[Sitting]) -> dict[int, dict[str, str]]:
    """Return {attempt id: what stands for the versions that it holds of the questions decided about}.

    Where the correction is for one language, the words of that language are part of the version.
    """
    known: dict[tuple[Any, ...], dict[str, str]] = {}
    found = {}
    for each in sittings:
        asked = tuple(item.item_id for item in each.sat.form if item.item_id in proposal.item_ids)
        address = (each.revision_id, each.locale_revision_id if proposal.locale else None, asked)
        if address not in known:
            known[address] = _held(session, proposal.locale, *address)
        found[each.sat.id] = known[address]
    return found


def _held(
    session: Session, locale: str | None, revision_id: int, locale_revision_id: int | None, asked: Sequence[str]
) -> dict[str, str]:
    words = words_of(session, locale_revision_id, locale).entries if locale else None
    return versions_held(source_of(session, revision_id).file(FILE), asked, words)
