"""Which certificates end on which date, of all people at once: what reminders are planned from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, Select, String, cast, exists, null, select
from sqlalchemy.orm import aliased

from lms.certificates.models import Award, Edition, StatusEvent


def select_ending(_today: date) -> Select[*tuple[Any, ...]]:
    """Return a select of person_id, subject (the award's id), falls_on (the last day), and since (NULL).

    They are the certificates with an end, by the newest edition that was released, neither revoked nor renewed.
    Whether one is suspended, or has ended, is asked when the reminder is sent.
    """
    later, later_issued, revoked, newer = aliased(Edition), aliased(StatusEvent), aliased(StatusEvent), aliased(Award)
    is_replaced = exists().where(
        later.award_id == Award.id,
        later.number > Edition.number,
        later_issued.edition_id == later.id,
        later_issued.kind == "issued",
    )
    is_revoked = exists().where(revoked.award_id == Award.id, revoked.kind == "revoked")
    is_renewed = exists().where(
        newer.person_id == Award.person_id, newer.track_key == Award.track_key, newer.cycle > Award.cycle
    )
    return (
        select(
            Award.person_id.label("person_id"),
            cast(Award.id, String).label("subject"),
            Edition.valid_until.label("falls_on"),
            cast(null(), Date).label("since"),
        )
        .join(Edition, Edition.award_id == Award.id)
        .join(StatusEvent, (StatusEvent.edition_id == Edition.id) & (StatusEvent.kind == "issued"))
        .where(Edition.valid_until.is_not(None), ~is_replaced, ~is_revoked, ~is_renewed)
    )
