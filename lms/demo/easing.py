"""What makes quizzes fair for some of the demonstration's workers: chosen by them, given by staff, and asked for."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments.rules import Choice, Given
from lms.assessments.service import choose, give, wish
from lms.demo.people import Cast, as_actor, morning
from lms.demo.plan import Plan
from lms.ids import new_client_id


def ease(session: Session, cast: Cast, plan: Plan) -> None:
    """Let two of the known workers choose for themselves, one be given more time, and two others ask for something."""
    at = morning(plan.today - timedelta(days=10))
    known = {worker.language: cast.workers[worker.number] for worker in plan.workers if worker.named}
    choose(session, known["es"], Choice(bilingual=True), client_id=new_client_id(), at=at)
    choose(session, known["sm"], Choice(bilingual=True, own_percent=150), client_id=new_client_id(), at=at)
    certifier = as_actor(cast.actors["certifier@demo.example"], "certifier", at.date())
    given = Given(time_percent=200, valid_from=at.date(), reason_class="agreed")
    give(session, certifier, known["to"].person_id, given, client_id=new_client_id(), at=at)
    for kind, worker in zip(("time", "oral"), _readers(cast, plan), strict=True):
        wish(session, worker, kind, at=at + timedelta(days=6))


def _readers(cast: Cast, plan: Plan) -> list[Actor]:
    """Return the first two workers who are in the middle of their lessons."""
    return [cast.workers[worker.number] for worker in plan.workers if worker.ending == "reading"][:2]
