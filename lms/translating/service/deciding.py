"""Deciding whether a reported wording is wrong; if so, attempts that failed in these words are given back."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments.queries import Wording, list_harmed
from lms.assessments.service import restore_attempts
from lms.assessments.specs import QuizSpec
from lms.audit.service import record
from lms.content.library import source_of, spec_of
from lms.db import take_turns
from lms.errors import NotAllowed, RuleBroken
from lms.translating import policy, queries, rules
from lms.translating.models import UnsignedReport, WordingReport
from lms.translating.queries import ReportRow
from lms.translating.service.unsigned import MIXING

_REPORTS = cast("Table", WordingReport.__table__)
_UNSIGNED = cast("Table", UnsignedReport.__table__)


def decide_report(session: Session, actor: Actor, public_id: str, *, state: str, answer: str, at: datetime) -> int:
    """Confirm a report ("confirmed") or say that the words are not wrong ("not-wrong"); return the attempts given back.

    Nobody can be answered about an unsigned one. Raise `NotFound`, `NotAllowed`, `RuleBroken("answer_needed")`,
    `RuleBroken("own_attempt")` when one of hers would be
    given back, or `RuleBroken("decided")` when somebody was faster.
    """
    take_turns(session, MIXING, shared=True)
    report = queries.get_report(session, actor, public_id)
    if not policy.can_decide(actor, report.locale, report.person_id):
        raise NotAllowed
    if report.person_id is not None:
        rules.check_answer(state, answer)
    restored = _give_back(session, actor, report, at) if state == "confirmed" else 0
    decided = {"state": state, "decided_by": actor.account_id, "decided_at": at}
    table = _UNSIGNED
    if report.person_id is not None:
        table, decided = _REPORTS, decided | {"answer": answer.strip(), "restored": restored}
    is_open = update(table).where(table.c.public_id == public_id, table.c.state == "new")
    if not session.execute(is_open.values(decided).returning(table.c.public_id)).all():
        raise RuleBroken("decided")
    record(
        session,
        actor.account_id,
        "translating.decided",
        "wording_report",
        public_id,
        at=at,
        state=state,
        restored=restored,
    )
    return restored


def _give_back(session: Session, actor: Actor, report: ReportRow, at: datetime) -> int:
    """Give back the failed attempts in which these words were read; none for words outside a quiz."""
    if report.kind != "module" or not report.address.startswith("quiz.yml:"):
        return 0
    quiz = spec_of(QuizSpec, source_of(session, report.revision_id))
    item_ids = rules.questions_of(quiz, report.address)
    wording = Wording(report.locale, report.revision_id, report.locale_revision_id, report.attempt_id)
    if any(each.person_id == actor.person_id for each in list_harmed(session, report.key, item_ids, wording)):
        raise RuleBroken("own_attempt")
    return restore_attempts(session, actor, report.key, item_ids, wording, at=at)
