"""Wordings that the demonstration's workers reported, what came of it, and the correction of a quiz that followed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries
from lms.assessments.queries import AttemptRow
from lms.assessments.rules.proposals import Proposal, parse_decisions
from lms.assessments.service import apply_regrade, propose_regrade
from lms.demo.editions import CHOICE, MODULE, QUESTION, QUIZ_OF
from lms.demo.people import Cast, as_actor
from lms.demo.plan import Plan
from lms.ids import new_client_id
from lms.translating.queries import Passage, find_passage
from lms.translating.service import decide_report, report_wording

TOO_SAFE = "Coming back on another day is safe too. With my team we do that."
CONFIRMED = "Thank you. With a dog, coming back is right too. We change the words, and your answer counts."
NOT_WRONG = "Mālō hoʻo fakahā mai. ʻOku tonu pē ʻa e sipelá."
REASON = "In its first words, one more choice said something safe. So both count."


def correct(session: Session, cast: Cast, plan: Plan, at: datetime) -> None:
    """Let a choice be reported and corrected that was right too; of two Tongan wordings one is looked at later."""
    certifier = as_actor(cast.actors["certifier@demo.example"], "certifier", at.date())
    attempts = _who_chose(session, cast, plan, "en")
    reader, attempt = next((cast_member, row) for cast_member, row in attempts)
    passage = find_passage(
        session,
        reader.person_id,
        "module",
        QUIZ_OF,
        f"quiz.yml:{QUESTION}",
        locale="en",
        attempt=attempt.public_id,
    )
    report = _report(session, reader, passage, "two-right", TOO_SAFE, at)
    decide_report(session, certifier, report, state="confirmed", answer=CONFIRMED, at=at + timedelta(hours=3))
    _regrade(session, cast, certifier, attempt.revision_id, at + timedelta(days=1))
    _in_tongan(session, cast, plan, at)


def _who_chose(session: Session, cast: Cast, plan: Plan, language: str) -> list[tuple[Actor, AttemptRow]]:
    """Return the workers of a language who chose what was right too, each with the attempt."""
    people = {cast.workers[each.number].person_id: each.number for each in plan.workers if each.language == language}
    rows = [row for row in queries.list_submitted(session, list(people)) if row.module_key == QUIZ_OF]
    answers = queries.answers_of(session, [row.id for row in rows])
    chose = [row for row in rows if QUESTION in answers[row.id] and answers[row.id][QUESTION].chosen == (CHOICE,)]
    return [(cast.workers[people[row.person_id]], row) for row in chose]


def _report(session: Session, reader: Actor, passage: Passage, fault: str, words: str, at: datetime) -> str:
    actor = as_actor(reader, "worker", at.date())
    return report_wording(session, actor, passage, fault=fault, words=words, client_id=new_client_id(), at=at)


def _regrade(session: Session, cast: Cast, certifier: Actor, revision_id: int, at: datetime) -> None:
    """Let one certifier propose that the choice counts, and another one do it."""
    proposal = Proposal(QUIZ_OF, parse_decisions([f"{QUESTION}:accept:{CHOICE}"]), "en", revision_id)
    mark = queries.read_plan(session, proposal).mark
    made = propose_regrade(session, certifier, proposal, reason=REASON, mark=mark, client_id=new_client_id(), at=at)
    second = as_actor(cast.actors["certifier-two@demo.example"], "certifier", at.date())
    apply_regrade(session, second, made, at=at + timedelta(hours=20))


def _in_tongan(session: Session, cast: Cast, plan: Plan, at: datetime) -> None:
    """Let two Tongan wordings be reported: one is not wrong, the other one waits for the translator."""
    readers = [cast.workers[each.number] for each in plan.workers if each.language == "to" and not each.named][:2]
    titles = ("lessons/listening.md:title", "lessons/plain-language.md:title")
    reports = []
    for reader, address in zip(readers, titles, strict=True):
        passage = find_passage(session, reader.person_id, "module", MODULE, address, locale="to")
        reports.append(_report(session, reader, passage, "misspelled", "", at))
    translator = cast.translator
    decide_report(session, translator, reports[0], state="not-wrong", answer=NOT_WRONG, at=at + timedelta(hours=5))
