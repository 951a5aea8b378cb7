"""Letters of the demonstration: some workers chose text messages, and what is due this week waits to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.demo.people import Cast
from lms.demo.plan import Worker
from lms.notifications.queries import list_numbers
from lms.notifications.rules import Wish
from lms.notifications.service import choose, plan_digests, plan_reminders

#: What workers chose, in turn: most said nothing but that texts may come.
_WISHES = (Wish(), Wish(), Wish("sms"), Wish(), Wish("sms", 20, 9), Wish(), Wish("none"), Wish())
#: Every so manieth agreed to no texts.
_UNWILLING = 5


def load_choices(session: Session, cast: Cast, workers: Sequence[Worker], *, at: datetime) -> None:
    """Let workers with a phone choose how they are reminded, and most of them agree to text messages."""
    for number, worker in enumerate(workers):
        if worker.contact[0] == "phone" and number % _UNWILLING:
            actor, wish = cast.workers[worker.number], _WISHES[number % len(_WISHES)]
            choose(session, actor, wish, list_numbers(session, actor.person_id), at=at)


def write_letters(session: Session, *, at: datetime) -> None:
    """Write the reminders of today and the weekly letters to supervisors; the jobs send them."""
    plan_reminders(session, today=local_date(at), at=at)
    plan_digests(session, today=local_date(at), at=at)
