"""Loads hours of practice and observations of the demonstration's workers, each through its own service."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.content.library import current
from lms.demo.people import Cast, as_actor, morning
from lms.demo.plan import SEED, Plan, Spell, Worker
from lms.fieldwork.rules.hours import Sheet
from lms.fieldwork.service import (
    Observed,
    ObserveForm,
    answer_observation,
    countersign,
    enter,
    return_entry,
    sign_observation,
)
from lms.fieldwork.specs import ChecklistSpec
from lms.ids import new_client_id

CHECKLIST = "field-observation"
#: One in so many workers writes down hours, besides the four known ones.
EVERY = 10
SITES = ("Branch library", "Farmers' market", "Church hall", "Bus stop outreach", "Apartment courtyard", "School gate")
KINDS = ("practicum", "supervised", "work-paid", "work-paid", "work-volunteer")
SKILLS = ("chw-core/outreach", "chw-core/communication", "chw-core/relationships", "chw-core/coordination")
NOTES = ("", "", "Talked with families about the food program.", "Went along with a colleague.")
REASON = "The library was closed on that day. Which place was it?"


def load_fieldwork(session: Session, cast: Cast, plan: Plan) -> None:
    """Let some workers enter hours, most of them countersigned; some are observed in the field."""
    for worker in plan.workers:
        spell = worker.spells[-1]
        if spell.until is None and (worker.named is not None or worker.number % EVERY == 0):
            _practice(session, cast, worker, spell, plan.today)


def _practice(session: Session, cast: Cast, worker: Worker, spell: Spell, today: date) -> None:
    rng = Random(f"{SEED} hours {worker.number}")  # noqa: S311 -- a story, no secret
    boss = cast.supervisors[spell.organization]
    days = [today - timedelta(days=3 + 4 * number) for number in range(rng.randint(3, 7))]
    days = [day for day in reversed(days) if day >= spell.since]
    entries = [_enter(session, cast, worker, spell, rng, day) for day in days]
    if entries[:-2]:
        at = morning(today - timedelta(days=2))
        countersign(session, boss, entries[:-2], client_id=new_client_id(), at=at)
    if len(entries) > 4:
        return_entry(session, boss, entries[-2], REASON, at=morning(today - timedelta(days=1)))
    if (worker.named is not None or worker.number % 2 == 0) and spell.since <= today - timedelta(days=9):
        _observe(session, cast, worker, boss, today - timedelta(days=9))


def _enter(session: Session, cast: Cast, worker: Worker, spell: Spell, rng: Random, day: date) -> str:
    begins = rng.choice((None, 8 * 60 + 30, 13 * 60))
    minutes = rng.choice((60, 90, 120, 150, 240))
    sheet = Sheet(
        organization_id=cast.organization_ids[spell.organization],
        done_on=day,
        site=rng.choice(SITES),
        kind="work-volunteer" if spell.kind == "volunteer" else rng.choice(KINDS),
        minutes=minutes,
        competencies=tuple(rng.sample(SKILLS, rng.randint(0, 2))),
        begins=begins,
        ends=begins and begins + minutes,
        note=rng.choice(NOTES),
    )
    actor = as_actor(cast.workers[worker.number], "worker", day)
    return enter(session, actor, sheet, client_id=new_client_id(), at=morning(day) + timedelta(hours=8))


def _observe(session: Session, cast: Cast, worker: Worker, boss: Actor, day: date) -> None:
    """Let the supervisor watch a worker; one in three still needs help here and there, and one in three answers."""
    library = current(session)
    source, items = library.get("checklist", CHECKLIST), library.spec(ChecklistSpec, "checklist", CHECKLIST).items
    weak = {"language", "checks", "refers", "closes"} if worker.number % 3 == 0 else {"checks"}
    observed = Observed(
        observed_on=day,
        place="Outreach table at the market",
        language=worker.language,
        with_interpreter=False,
        levels={item.id: "with-help" if item.id in weak else "alone" for item in items},
        comment="You wait for the answer, and people notice. Next: let them say back what you agreed.",
    )
    at = morning(day) + timedelta(hours=3)
    form = ObserveForm(CHECKLIST, source.revision_id, 0, new_client_id())
    observer = replace(boss, today=day)
    made = sign_observation(session, observer, cast.workers[worker.number].person_id, form, observed, at=at)
    if worker.number % 3 == 2:
        actor = as_actor(cast.workers[worker.number], "worker", day)
        answer_observation(session, actor, made, "Thank you. I will try that.", at=at + timedelta(hours=2))
