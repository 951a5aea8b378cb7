"""A worker says that a result which was entered for her is not right; somebody who had no part in it answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import policy, queries, rules
from lms.assessments.models import Attempt, EntryObjection, ResultEntry
from lms.assessments.service.granting import give_back
from lms.audit.service import record
from lms.errors import NotFound, RuleBroken
from lms.organizations.queries import spans_of
from lms.people.service import lock


def object_to_entry(
    session: Session, actor: Actor, public_id: str, words: str, *, client_id: str, at: datetime
) -> None:
    """Keep what the worker says of her own entry, once. The same `client_id` again changes nothing.

    Raises `NotFound` for an entry that is not hers or was rejected; `RuleBroken`: "objected_before", and the codes of
    `rules.check_words`.
    """
    lock(session, [actor.person_id])
    mine = select(ResultEntry).where(ResultEntry.public_id == public_id, ResultEntry.person_id == actor.person_id)
    entry = session.execute(mine).scalar_one_or_none()
    if entry is None or entry.outcome == "rejected":
        raise NotFound("no such entry of hers")
    known = queries.find_objection(session, entry.id)
    if known is not None:
        if known.client_id != client_id:
            raise RuleBroken("objected_before")
        return
    said = rules.check_words(words)
    session.add(EntryObjection(entry_id=entry.id, words=said, objected_at=at, client_id=client_id))
    _log(session, actor, entry, "assessments.objected", at)


def answer_objection(session: Session, actor: Actor, public_id: str, outcome: str, words: str, *, at: datetime) -> None:
    """Answer what a worker said of an entry. The same answer of hers again changes nothing.

    "withdrawn" rejects an entry that waits; where it counts already, it takes no try from her, and a pass stays until
    it is corrected. Raises `NotFound` unless the actor may answer; `RuleBroken`: "answered_before", "answer_open", and
    the codes of `rules.check_words`.
    """
    rules.check_answer(outcome)
    words = rules.check_words(words)
    found = select(ResultEntry, EntryObjection).join(EntryObjection, EntryObjection.entry_id == ResultEntry.id)
    row = session.execute(found.where(ResultEntry.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("no such objection")
    entry, objection = row
    lock(session, [entry.person_id, actor.person_id])
    session.refresh(entry)
    session.refresh(objection)
    if objection.outcome is not None and objection.answered_by == actor.account_id:
        if objection.outcome != outcome:
            raise RuleBroken("answered_before")
        return
    spans = spans_of(session, [entry.person_id]).get(entry.person_id, ())
    if not policy.can_answer(actor, entry.person_id, spans, entry.entered_by, entry.settled_by):
        raise NotFound("no such objection")
    if objection.outcome is not None:
        raise RuleBroken("answered_before")
    objection.outcome, objection.answered_by, objection.answered_at = outcome, actor.account_id, at
    objection.answer = words
    _log(session, actor, entry, f"assessments.objection_{outcome}", at)
    if outcome == "withdrawn":
        _withdraw(session, actor, entry, words, at)


def _withdraw(session: Session, actor: Actor, entry: ResultEntry, words: str, at: datetime) -> None:
    """Let an entry that waits not count, and one that counts take no try; one that was rejected is left as it is.

    The words are the worker's alone: no reason is kept, which who entered it would read.
    """
    if entry.outcome is None:
        entry.outcome, entry.settled_by, entry.settled_at = "rejected", actor.account_id, at
    passed = session.execute(select(Attempt.passed).where(Attempt.id == entry.attempt_id)).one_or_none()
    if passed is not None and not passed.passed:
        give_back(session, actor, entry.person_id, entry.module_key, entry.round, reason=words[:300], at=at)


def _log(session: Session, actor: Actor, entry: ResultEntry, action: str, at: datetime) -> None:
    """Log that it was said or answered, without the words."""
    who, place = actor.account_id, entry.organization_id
    details = {"module": entry.module_key}
    record(session, who, action, "result_entry", entry.public_id, at=at, organization_id=place, **details)
