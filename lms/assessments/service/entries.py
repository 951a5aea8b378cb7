"""Results from paper or by word of mouth: a trainer's counts at once, a supervisor's after a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import policy, queries, rules
from lms.assessments.events import AttemptStarted, attempt_started
from lms.assessments.models import Attempt, ResultEntry
from lms.assessments.queries import AttemptRow, EntryRow, PaperRow
from lms.assessments.service.closing import close_by_time
from lms.assessments.service.counting import count_entry
from lms.assessments.service.placing import require_place
from lms.assessments.specs import QuizSpec
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import source_of, spec_of
from lms.errors import NotFound, RuleBroken
from lms.organizations.queries import spans_of, ties_of
from lms.people.service import lock
from lms.signals import announce


@dataclass(frozen=True)
class Kept:
    """The picture of a sheet that lies on the disk already."""

    sha256: str
    media_type: str


@dataclass(frozen=True)
class Entered:
    """What somebody enters: from which sheet, how it was answered, on which day, and whether blanks are blank there."""

    number: str
    source: str
    chosen: Mapping[str, Sequence[str]]
    taken_on: date
    has_blanks: bool = False
    round_number: int = 1
    sheet: Kept | None = None


@dataclass(frozen=True)
class Recorded:
    """What came of an entry: {question: code} of what is open, or its id and that of the attempt that it became."""

    missing: Mapping[str, str] = field(default_factory=dict)
    entry: str = ""
    attempt: str | None = None


def enter_result(
    session: Session,
    actor: Actor,
    person_id: int,
    entered: Entered,
    *,
    in_class: ColumnElement[bool],
    client_id: str,
    at: datetime,
) -> Recorded:
    """Keep what a worker answered on a sheet. The same `client_id` enters once.

    Raises `NotFound` for a person whom the actor may not enter results for, and `RuleBroken`: "sent_before",
    "sheet_unknown", "sheet_of_another", "sheet_used", "sheet_missing", "attempt_open", the codes of `require_place`,
    `rules.check_leave`, `rules.check_taken` and `rules.check_chosen`, and "prerequisite".
    """
    lock(session, [person_id, actor.person_id])
    place = _place(session, actor, person_id, in_class, local_date(at))
    paper = queries.find_paper(session, rules.sheet_number(entered.number))
    if paper is None:
        raise RuleBroken("sheet_unknown")
    quiz = spec_of(QuizSpec, source_of(session, paper.revision_id))
    chosen = rules.check_chosen(quiz, paper.form, entered.chosen)
    if (known := queries.find_sent(session, actor.account_id, client_id)) is not None:
        return _first_recorded(session, known, person_id, paper, entered, chosen)
    rules.check_taken(entered.taken_on, paper.made_on, local_date(at))
    _require_free(session, person_id, paper, entered.round_number, quiz, at)
    missing = rules.unanswered(quiz, paper.form, chosen)
    if missing and not entered.has_blanks:
        return Recorded(missing=missing)
    if place is not None and entered.sheet is None:
        raise RuleBroken("sheet_missing")
    announce(attempt_started, session, AttemptStarted(person_id, paper.module_key, entered.round_number, at))
    row = _write(session, actor, person_id, paper, entered, chosen, place, client_id, at)
    if place is not None:
        _log(session, actor, row, "assessments.result_entered", at)
        return Recorded(entry=row.public_id)
    attempt = count_entry(session, actor, row, paper, at=at)
    row.outcome, row.settled_at, row.attempt_id = "direct", at, attempt.id
    _log(session, actor, row, "assessments.result_entered", at)
    return Recorded(entry=row.public_id, attempt=attempt.public_id)


def confirm_entry(session: Session, actor: Actor, public_id: str, *, at: datetime) -> str:
    """Let an entry count as its sheet shows it, and return the public id of the attempt. Twice changes nothing.

    Raises `NotFound` unless the actor may be its second person; `RuleBroken("settled_before")` after another word,
    "objected" while what the worker says of it is not answered, and "already_passed" or "attempt_waits" where the quiz
    went on meanwhile.
    """
    row, known = _settling(session, actor, public_id, "confirmed")
    if known is not None:
        return known
    paper = queries.get_paper_of(session, row.paper_form_id)
    latest = _latest(session, row.person_id, row.module_key, row.round, at)
    if latest is not None and (latest.passed or latest.is_waiting):
        raise RuleBroken("already_passed" if latest.passed else "attempt_waits")
    attempt = count_entry(session, actor, row, paper, at=at)
    row.outcome, row.settled_by, row.settled_at = "confirmed", actor.account_id, at
    row.attempt_id = attempt.id
    _log(session, actor, row, "assessments.result_confirmed", at)
    return attempt.public_id


def reject_entry(session: Session, actor: Actor, public_id: str, reason: str, *, at: datetime) -> None:
    """Reject an entry with a reason for who entered it; what is right is entered anew. Twice changes nothing.

    Raises as `confirm_entry` does, and with the codes of `rules.check_words`.
    """
    reason = rules.check_words(reason)
    row, known = _settling(session, actor, public_id, "rejected")
    if known is None:
        row.outcome, row.settled_by, row.settled_at = "rejected", actor.account_id, at
        row.reason = reason
        _log(session, actor, row, "assessments.result_rejected", at)


def _place(session: Session, actor: Actor, person_id: int, in_class: ColumnElement[bool], today: date) -> int | None:
    """Return for which organization the actor enters a result, as the rows stand now; raise `NotFound`."""
    spans = spans_of(session, [person_id]).get(person_id, ())
    known = queries.is_one_of(session, in_class, person_id)
    if not policy.can_enter_for(actor, person_id, spans, in_class=known):
        raise NotFound("no such person")
    place = rules.place_of(actor, spans)
    if place is not None and place not in ties_of(session, actor.person_id, today).supervises:
        raise NotFound("no such person")
    return place


def _require_free(
    session: Session, person_id: int, paper: PaperRow, round_number: int, quiz: QuizSpec, at: datetime
) -> None:
    """Raise `RuleBroken` unless the sheet may become a further attempt of this person."""
    if paper.person_id not in (None, person_id):
        raise RuleBroken("sheet_of_another")
    used = select(Attempt.id).where(Attempt.person_id == person_id, Attempt.paper_form_id == paper.id)
    if session.execute(used).first() is not None:
        raise RuleBroken("sheet_used")
    latest = _latest(session, person_id, paper.module_key, round_number, at)
    require_place(session, person_id, paper.module_key, round_number, latest)
    rules.check_leave(queries.leave_after(session, quiz, latest), at)


def _latest(session: Session, person_id: int, module_key: str, round_number: int, at: datetime) -> AttemptRow | None:
    """Return the last attempt, closed where its time is up; raise `RuleBroken("attempt_open")` for an open one."""
    latest = queries.find_attempt(session, person_id, module_key, round_number)
    if latest is not None and latest.submitted_at is None:
        if not rules.is_late(latest.deadline_at, at):
            raise RuleBroken("attempt_open")
        close_by_time(session, [latest], at=at)
        latest = queries.find_attempt(session, person_id, module_key, round_number)
    return latest


def _first_recorded(
    session: Session, known: EntryRow, person_id: int, paper: PaperRow, entered: Entered, chosen: rules.Chosen
) -> Recorded:
    """Return what the first sending of this form led to; refuse another one."""
    same = (known.person_id, known.paper_form_id, known.source, known.taken_on, known.answers)
    if same != (person_id, paper.id, entered.source, entered.taken_on, dict(chosen)):
        raise RuleBroken("sent_before")
    attempt = select(Attempt.public_id).where(Attempt.id == known.attempt_id)
    return Recorded(entry=known.public_id, attempt=session.execute(attempt).scalar_one_or_none())


def _write(
    session: Session,
    actor: Actor,
    person_id: int,
    paper: PaperRow,
    entered: Entered,
    chosen: rules.Chosen,
    place: int | None,
    client_id: str,
    at: datetime,
) -> ResultEntry:
    row = ResultEntry(
        person_id=person_id,
        paper_form_id=paper.id,
        module_key=paper.module_key,
        round=entered.round_number,
        source=entered.source,
        chosen={item_id: list(answer) for item_id, answer in chosen.items()},
        taken_on=entered.taken_on,
        entered_by=actor.account_id,
        entered_at=at,
        organization_id=place,
        client_id=client_id,
        sheet_sha256=entered.sheet.sha256 if entered.sheet else None,
        sheet_type=entered.sheet.media_type if entered.sheet else None,
    )
    session.add(row)
    session.flush()
    return row


def _settling(session: Session, actor: Actor, public_id: str, outcome: str) -> tuple[ResultEntry, str | None]:
    """Return a locked entry that the actor may settle, and None; or what the same word of hers led to before."""
    found = select(ResultEntry).where(ResultEntry.public_id == public_id)
    row = session.execute(found).scalar_one_or_none()
    if row is None:
        raise NotFound("no such entry")
    lock(session, [row.person_id, actor.person_id])
    session.refresh(row)
    spans = spans_of(session, [row.person_id]).get(row.person_id, ())
    if row.organization_id is None or not policy.can_settle(actor, row.person_id, spans, row.entered_by):
        raise NotFound("no such entry")
    if row.outcome is None:
        said = queries.find_objection(session, row.id)
        if said is not None and said.outcome is None:
            raise RuleBroken("objected")
        return row, None
    if (row.outcome, row.settled_by) != (outcome, actor.account_id):
        raise RuleBroken("settled_before")
    attempt = select(Attempt.public_id).where(Attempt.id == row.attempt_id)
    return row, session.execute(attempt).scalar_one_or_none() or ""


def _log(session: Session, actor: Actor, row: ResultEntry, action: str, at: datetime) -> None:
    place, module = row.organization_id, row.module_key
    record(
        session,
        actor.account_id,
        action,
        "result_entry",
        row.public_id,
        at=at,
        organization_id=place,
        module=module,
        source=row.source,
    )
