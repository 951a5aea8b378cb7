"""Lets some of the demonstration's certified workers go on to the core track, with a part of it waived for a few."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from lms.demo.people import Cast, as_actor, morning
from lms.demo.plan import Plan
from lms.ids import new_client_id
from lms.tracks.service import enrol_self, waive

NEXT_TRACK = "core"
#: One in so many of the certified goes on; the first ones of them are spared a part, each for another reason.
ONE_IN = 12
SPARED = (
    ("experience", "You have explained public health to families for eight years. Thank you for that."),
    ("earlier-training", "You showed us the certificate of your course at the college."),
    ("not-offered", "We offer this part again next year. Until then it counts."),
)


def advance(session: Session, cast: Cast, plan: Plan) -> None:
    """Enrol them a month ago; the certifier decides three weeks ago."""
    certified = [worker for worker in plan.workers if worker.ending == "certified"][::ONE_IN]
    began, decided = morning(plan.today) - timedelta(days=30), morning(plan.today) - timedelta(days=21)
    certifier = as_actor(cast.actors["certifier@demo.example"], "certifier", decided.date())
    for worker in certified:
        learner = as_actor(cast.workers[worker.number], "worker", began.date())
        enrol_self(session, learner, NEXT_TRACK, at=began)
    for worker, (reason, note) in zip(certified, SPARED, strict=False):
        waive(
            session,
            certifier,
            cast.workers[worker.number].person_id,
            NEXT_TRACK,
            "knowledge",
            reason=reason,
            note=note,
            ends_on=plan.today + timedelta(days=365) if reason == "not-offered" else None,
            client_id=new_client_id(),
            at=decided,
        )
