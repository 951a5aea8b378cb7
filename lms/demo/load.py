"""Loads the whole demonstration: staff, organizations, workers, assignments, learning, certificates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random

from flask import Flask
from sqlalchemy import Engine, inspect, literal, select
from sqlalchemy import table as table_of
from sqlalchemy.orm import Session

from lms.assessments.jobs import run as analyse_quizzes
from lms.clock import local_date, now
from lms.config import Config
from lms.content.library import current
from lms.db import chunks, db, write
from lms.demo.accounts import PASSPHRASE
from lms.demo.advancing import advance
from lms.demo.answering import answer, find
from lms.demo.assessing import assess
from lms.demo.assigning import load_teams_and_rules
from lms.demo.certifying import certify_all
from lms.demo.classroom import complete_core
from lms.demo.correcting import correct
from lms.demo.easing import ease
from lms.demo.editions import first_edition, publish
from lms.demo.elsewhere import tell_all
from lms.demo.feedback import load_follow_ups, release
from lms.demo.fieldwork import load_fieldwork
from lms.demo.learning import TRACK, clock_of, learn
from lms.demo.letters import load_choices, write_letters
from lms.demo.listening import listen
from lms.demo.lists import load_list
from lms.demo.people import Cast, load_organizations, load_staff, load_supervisors, load_worker, morning
from lms.demo.plan import SEED, Plan, Worker, make_plan
from lms.demo.sessions import load_sessions
from lms.demo.twice import load_twice
from lms.demo.wording import translate
from lms.ids import new_client_id
from lms.notifications.service import drop_pending
from lms.people.rules import hash_password
from lms.publish.service import read_drafts
from lms.reports.jobs import run as release_figures
from lms.surveys.jobs import count_released
from lms.tracks.service import assign

#: How long before today the story begins, in days.
FOUNDED_DAYS = 1800
#: How long before today the second edition of the content came, in days, and how much earlier somebody must have been
#: asked to learn to have done it with the first one.
CHANGED_DAYS, EARLIER = 100, timedelta(days=30)


class NotEmptyError(Exception):
    """The demonstration is loaded into an empty database only; `holds` says what is there: "people" or "content"."""

    def __init__(self, holds: str) -> None:
        super().__init__(f"the database holds {holds}")
        self.holds = holds


def holding(engine: Engine) -> str | None:
    """Return what stands in the way of loading, "people" or "content"; None where there is nothing.

    It asks for rows of tables of any age, also where there are no tables yet, and writes nothing. Content in the way
    is older or newer than the story that is told: the demonstration publishes two editions of its own, years apart.
    """
    with engine.connect() as connection:
        there = inspect(connection)
        for table, what in (("people", "people"), ("publications", "content")):
            rows = select(literal(1)).select_from(table_of(table)).limit(1)
            if there.has_table(table) and connection.execute(rows).first():
                return what
    return None


def load(app: Flask, tell: Callable[[str], None]) -> int:
    """Load the demonstration into an empty database and return how many workers it has; raise `NotEmptyError`."""
    if (held := holding(db.engines["write"])) is not None:
        raise NotEmptyError(held)
    config: Config = app.config["LMS"]
    today = local_date(now())
    plan = make_plan(today)
    cast = Cast(today - timedelta(days=FOUNDED_DAYS), hash_password(PASSPHRASE), config.secret_key)
    drafts = read_drafts(config.content_dir)
    publish(config, first_edition(drafts), at=morning(cast.founded))
    tell("content is published")
    write(lambda session: _load_frame(session, cast, plan))
    tell("organizations and staff are loaded")
    for part in chunks(plan.workers, 100):
        write(lambda session, part=part: _load_workers(session, cast, part))  # type: ignore[misc]
    tell(f"{len(plan.workers)} workers are loaded")
    write(lambda session: _assign_all(session, cast, plan))
    changed_at = morning(today - timedelta(days=CHANGED_DAYS))
    early = [worker for worker in plan.workers if worker.assigned_on < changed_at.date() - EARLIER]
    _learn_all(cast, early, changed_at - timedelta(days=10))
    found = _hear(cast, plan, changed_at)
    number = publish(config, drafts, at=changed_at, by=cast.administrator.account_id)
    write(lambda session: answer(session, cast, found, number, changed_at + timedelta(days=1)))
    late = [worker for worker in plan.workers if worker not in early]
    _learn_all(cast, late, morning(today), since=changed_at)
    tell("lessons, quizzes and surveys are loaded")
    write(lambda session: load_fieldwork(session, cast, plan))
    tell("hours and observations are loaded")
    write(lambda session: load_sessions(session, cast, plan))
    tell_all(app, cast, plan)
    certify_all(app, cast, plan)
    complete_core(app, cast, plan)
    write(lambda session: load_follow_ups(session, cast, plan, TRACK, secret_key=cast.secret_key))
    write(lambda session: release(session, plan.today, secret_key=cast.secret_key))
    tell("follow-ups are answered")
    count_released()
    write(lambda session: listen(session, cast, plan, morning(plan.today)))
    tell("answers are counted and read")
    write(lambda session: load_twice(session, cast, plan, now(), secret_key=cast.secret_key))
    write(lambda session: load_list(session, cast, at=now()))
    write(lambda session: load_teams_and_rules(session, cast))
    write(lambda session: advance(session, cast, plan))
    write(lambda session: assess(session, cast, plan, now()))
    write(lambda session: ease(session, cast, plan))
    write(lambda session: translate(session, cast, now()))
    write(lambda session: drop_pending(session, at=now()))
    write(lambda session: load_choices(session, cast, plan.workers, at=morning(today - timedelta(days=9))))
    write(lambda session: write_letters(session, at=now()))
    tell("certificates are signed")
    analyse_quizzes(config, at=now())
    release_figures(config, at=now())
    tell("figures are released")
    return len(plan.workers)


def _load_frame(session: Session, cast: Cast, plan: Plan) -> None:
    load_staff(session, cast)
    load_organizations(session, cast)
    load_supervisors(session, cast, plan)


def _load_workers(session: Session, cast: Cast, workers: Sequence[Worker]) -> None:
    for worker in workers:
        load_worker(session, cast, worker)


def _assign_all(session: Session, cast: Cast, plan: Plan) -> None:
    """Let each supervisor assign the short track, once for those of one day and one due date."""
    batches: dict[tuple[str, date], list[int]] = defaultdict(list)
    due: dict[tuple[str, date], date] = {}
    for worker in plan.workers:
        employer = next(spell.organization for spell in worker.spells if _works(spell.since, spell.until, worker))
        batches[employer, worker.assigned_on].append(cast.workers[worker.number].person_id)
        due.setdefault((employer, worker.assigned_on), worker.due_on)
    for (employer, day), people in sorted(batches.items()):
        assign(
            session,
            cast.supervisors[employer],
            cast.organization_ids[employer],
            TRACK,
            people,
            due_on=due[employer, day],
            client_id=new_client_id(),
            at=morning(day),
        )


def _works(since: date, until: date | None, worker: Worker) -> bool:
    return since <= worker.assigned_on and (until is None or worker.assigned_on <= until)


def _learn_all(cast: Cast, workers: Sequence[Worker], until: datetime, *, since: datetime | None = None) -> None:
    """Let each worker learn as far as her story goes, between two instants."""
    for part in chunks(workers, 50):
        write(lambda session, part=part: _learn_some(session, cast, part, until, since))  # type: ignore[misc]


def _learn_some(
    session: Session, cast: Cast, workers: Sequence[Worker], until: datetime, since: datetime | None
) -> None:
    library = current(session)
    for worker in workers:
        rng = Random(SEED + worker.number)  # noqa: S311 -- a story, no secret
        actor, clock = cast.workers[worker.number], clock_of(worker, until, since=since)
        learn(session, library, worker, actor, rng, clock, secret_key=cast.secret_key)


def _hear(cast: Cast, plan: Plan, changed_at: datetime) -> str:
    """Let a wrong wording be corrected and a finding be noted before the next edition; return the finding."""
    write(lambda session: correct(session, cast, plan, changed_at - timedelta(days=9)))
    write(lambda session: release(session, changed_at.date() - timedelta(days=8), secret_key=cast.secret_key))
    count_released()
    return write(lambda session: find(session, cast, changed_at - timedelta(days=7)))
