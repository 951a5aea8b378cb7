"""Lets the demonstration's certifiers decide: most are certified in weekly batches; some are asked, refused, undone."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.certificates.jobs import ensure_keys, finish_issues
from lms.certificates.queries import list_certificates, list_own_applications
from lms.certificates.rules.decisions import MOST_AT_ONCE, Choice
from lms.certificates.service import (
    answer,
    certify_many,
    confirm_name,
    correct_name,
    decide,
    request_revocation,
    settle_revocation,
    suspend,
)
from lms.config import Config
from lms.db import chunks, reading, write
from lms.demo.people import Cast, as_actor, morning
from lms.demo.plan import Plan, Worker
from lms.ids import new_client_id

#: Which of the certified, in order of their numbers, meet something more.
CORRECTED, REVOKED, SUSPENDED = (3, 17, 29, 41), (8, 52), (60,)


def certify_all(app: Flask, cast: Cast, plan: Plan) -> None:
    """Decide every application of the plan, sign what was certified, then correct, revoke and suspend a few."""
    config: Config = app.config["LMS"]
    ensure_keys(config, at=morning(cast.founded))
    certified = [worker for worker in plan.workers if worker.ending == "certified"]
    write(lambda session: _confirm_names(session, cast, certified))
    for at, public_ids in sorted(_weeks(cast, certified, plan.today).items()):
        certifier = _certifier(cast, at)
        for part in chunks(public_ids, MOST_AT_ONCE):
            write(
                lambda session, part=part, who=certifier, at=at: certify_many(  # type: ignore[misc]
                    session, who, part, client_id=new_client_id(), at=at
                )
            )
        finish_issues(app, at=at + timedelta(minutes=1))
    _ask_and_refuse(cast, plan)
    _live_on(cast, certified, morning(plan.today) - timedelta(days=2))
    finish_issues(app, at=morning(plan.today) - timedelta(days=1))


def _confirm_names(session: Session, cast: Cast, certified: list[Worker]) -> None:
    """Let each of them say, an hour after she finished, that her name stands right; of the others some have not yet."""
    for worker in certified:
        public_id, opened_at = _application(cast, worker)
        at = opened_at + timedelta(hours=1)
        actor = as_actor(cast.workers[worker.number], "worker", at.date())
        confirm_name(session, actor, public_id, worker.name, client_id=new_client_id(), at=at)


def _certifier(cast: Cast, at: datetime, email: str = "certifier@demo.example") -> Actor:
    return as_actor(cast.actors[email], "certifier", at.date())


def _application(cast: Cast, worker: Worker) -> tuple[str, datetime]:
    """Return the public id of a worker's application, and when it opened."""
    (row,) = list_own_applications(reading(), cast.workers[worker.number].person_id)
    return row.public_id, row.opened_at


def _weeks(cast: Cast, certified: list[Worker], today: date) -> dict[datetime, list[str]]:
    """Return applications by the instant of the weekly batch that decides them."""
    weeks: dict[datetime, list[str]] = defaultdict(list)
    for worker in certified:
        public_id, opened_at = _application(cast, worker)
        friday = opened_at.date() + timedelta(days=7 - opened_at.weekday() + 4)
        weeks[morning(min(friday, today - timedelta(days=1)))].append(public_id)
    return weeks


def _ask_and_refuse(cast: Cast, plan: Plan) -> None:
    """Ask some for more, refuse a few; one answers, one appeals."""
    for ending, choice in (
        ("asked", Choice("ask", "dates-unclear", "Please tell us on which days you visited the outreach site.")),
        ("refused", Choice("refuse", "other", "The hours in your log do not match the sign-in sheets.")),
    ):
        for number, worker in enumerate(each for each in plan.workers if each.ending == ending):
            public_id, opened_at = _application(cast, worker)
            at = min(opened_at + timedelta(days=4), morning(plan.today) - timedelta(hours=2))
            write(
                lambda session, public_id=public_id, choice=choice, at=at: decide(  # type: ignore[misc]
                    session, _certifier(cast, at), public_id, choice, client_id=new_client_id(), at=at
                )
            )
            if number == 0:
                _answer(cast, worker, public_id, at + timedelta(hours=1), is_appeal=ending == "refused")


def _answer(cast: Cast, worker: Worker, public_id: str, at: datetime, *, is_appeal: bool) -> None:
    words = "My supervisor can confirm these days." if is_appeal else "On 3 and 4 May, at the market."
    actor = as_actor(cast.workers[worker.number], "worker", at.date())
    write(
        lambda session: answer(session, actor, public_id, words, is_appeal=is_appeal, client_id=new_client_id(), at=at)
    )


def _live_on(cast: Cast, certified: list[Worker], at: datetime) -> None:
    """Correct the name on some certificates, revoke two with a second person, suspend one."""
    awards = {}
    for index, worker in enumerate(certified):
        if index in CORRECTED + REVOKED + SUSPENDED:
            person_id = cast.workers[worker.number].person_id
            (row,) = list_certificates(reading(), [person_id], today=at.date())
            awards[index] = (row.public_id, worker)
    certifier, second = _certifier(cast, at), _certifier(cast, at, "certifier-two@demo.example")
    for index in CORRECTED:
        award, worker = awards[index]
        name = f"{worker.name} Ana"
        write(lambda session, award=award, name=name: correct_name(session, certifier, award, name, at=at))  # type: ignore[misc]
    for index in REVOKED:
        award = awards[index][0]
        request = write(
            lambda session, award=award: request_revocation(  # type: ignore[misc]
                session, certifier, award, "issued-in-error", "", at=at
            )
        )
        write(
            lambda session, request=request: settle_revocation(  # type: ignore[misc]
                session, second, request, confirm=True, at=at + timedelta(hours=1)
            )
        )
    for index in SUSPENDED:
        award = awards[index][0]
        write(lambda session, award=award: suspend(session, certifier, award, "under-review", at=at))  # type: ignore[misc]
