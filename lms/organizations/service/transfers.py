"""Moving somebody from one organization to another in one act: the spell there ends, the one here begins."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.clock import local_date
from lms.errors import RuleBroken
from lms.organizations import rules
from lms.organizations.service.employments import (
    Started,
    Terms,
    check_manages,
    end_employment,
    find_started,
    locked_employment,
    start_employment,
)


def transfer_employment(
    session: Session,
    actor: Actor,
    employment_public_id: str,
    organization_id: int,
    *,
    started_on: date,
    terms: Terms,
    client_id: str,
    at: datetime,
) -> Started:
    """End a spell on the day before `started_on` because she moves, and begin one at another organization that day.

    For who manages the staff of both. Her record, sign-in, enrolments and certificates go on. The same `client_id`
    moves her once. Raises `NotFound`, and `RuleBroken`: "transfer-same", "already-ended" when the spell is over by
    then or she has moved from it already, and those of `end_employment` and `start_employment`.
    """
    employment = locked_employment(session, actor, employment_public_id, at)
    check_manages(session, actor, organization_id, at)
    if (known := find_started(session, client_id)) is not None:
        return known
    if employment.organization_id == organization_id:
        raise RuleBroken("transfer-same")
    rules.check_start((), organization_id, started_on, local_date(at))
    last = started_on - timedelta(days=1)
    if employment.ended_on is not None and (employment.ended_on < last or employment.end_reason == "moved"):
        raise RuleBroken("already-ended", on=employment.ended_on)
    end_employment(session, actor, employment_public_id, ended_on=last, reason="moved", at=at)
    return start_employment(
        session,
        actor,
        employment.person_id,
        organization_id,
        started_on=started_on,
        **vars(terms),
        client_id=client_id,
        at=at,
    )
