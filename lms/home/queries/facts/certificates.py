"""Facts of certificates: applications, awards with what became of them, and with whom they are shared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func

from lms.clock import local_date
from lms.home.queries.facts.branch import Branch, Reader, branch_of
from lms.home.queries.facts.people import Gathered
from lms.home.queries.facts.tables import TABLES
from lms.home.queries.holdings import holding_of
from lms.home.rules import Case

_APPLICATIONS = TABLES["applications"]
_AWARDS = TABLES["awards"]
_EDITIONS = TABLES["editions"]
_EVENTS = TABLES["status_events"]
_SHARES = TABLES["certificate_shares"]
_CONFIRMATIONS = TABLES["name_confirmations"]


def _applications() -> Select[Any]:
    own = _APPLICATIONS.c
    columns = {"id": own.id, "key": own.track_key, "code": own.state, "other": own.public_id, "n": own.cycle}
    until = case((_is_unnamed(), own.name_until))
    return branch_of("application", _APPLICATIONS, **columns, at=own.opened_at, until=until)


def _is_unnamed() -> ColumnElement[bool]:
    """Return the criterion of the applications whose certificate waits for her to confirm her name."""
    own, award = _APPLICATIONS.c, _AWARDS.c
    is_confirmed = exists().where(_CONFIRMATIONS.c.application_id == own.id)
    same = (award.person_id == own.person_id) & (award.track_key == own.track_key) & (award.cycle == own.cycle)
    return (own.state != "refused") & ~is_confirmed & ~exists().where(same)


def _application(gathered: Gathered, row: Any) -> None:
    opened_on = local_date(row.at)
    gathered.of(row.person_id).cases.insert(0, Case(row.other, row.key, row.n, row.code, opened_on, row.until))


def _awards() -> Select[Any]:
    own, event, edition = _AWARDS.c, _EVENTS.c, _EDITIONS.c
    columns = {"key": own.public_id, "word": own.track_key, "other": own.serial, "n": own.cycle, "at": own.awarded_at}
    happened = {"code": event.kind, "m": edition.number, "then": event.at, "until": edition.valid_until}
    branch = branch_of("award", _AWARDS, id=func.coalesce(event.id, 0), **columns, **happened)
    joined = _AWARDS.outerjoin(_EVENTS, event.award_id == own.id).outerjoin(_EDITIONS, edition.id == event.edition_id)
    return branch.select_from(joined)


def _shares() -> Select[Any]:
    own, award = _SHARES.c, _AWARDS.c
    branch = branch_of("shared", _AWARDS, id=own.id, key=award.public_id, n=own.organization_id)
    return branch.select_from(_AWARDS.join(_SHARES, own.award_id == award.id)).where(own.withdrawn_at.is_(None))


def _shared(gathered: Gathered, row: Any) -> None:
    gathered.of(row.person_id).shares.setdefault(row.key, set()).add(row.n)


def add_holdings(gathered: Gathered, awards: Iterable[Sequence[Any]], today: date) -> None:
    """Add what became of each award on the local date `today`, the latest first; `awards` are the rows of each."""
    for entries in sorted(awards, key=lambda entries: entries[0].at, reverse=True):
        gathered.of(entries[0].person_id).holdings.append(holding_of(entries, today))


BRANCHES: dict[str, Branch] = {
    "application": _applications,
    "award": _awards,
    "shared": _shares,
}
READERS: dict[str, Reader] = {
    "application": _application,
    "shared": _shared,
}
