"""Facts of tracks: enrolments, completions, waivers, and what organizations ask for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from lms.home.queries.facts.branch import Branch, Reader, branch_of
from lms.home.queries.facts.people import Asked, Gathered
from lms.home.queries.facts.tables import TABLES
from lms.tracks.queries import CompletionRow, EnrolmentRow
from lms.tracks.rules import Waived

_ENROLMENTS = TABLES["enrolments"]
_TRACKS = TABLES["track_completions"]
_WAIVERS = TABLES["waivers"]
_ASSIGNMENTS = TABLES["assignments"]
_ORGANIZATIONS = TABLES["organizations"]


def _enrolments() -> Select[Any]:
    own = _ENROLMENTS.c
    columns = {"id": own.id, "key": own.track_key, "code": own.state, "n": own.cycle, "m": own.revision_id}
    return branch_of("enrolment", _ENROLMENTS, **columns, at=own.started_at)


def _enrolment(gathered: Gathered, row: Any) -> None:
    found = EnrolmentRow(row.id, row.person_id, row.key, row.n, row.code, row.at, row.m)
    gathered.standing.add_enrolment(found)


def _completions() -> Select[Any]:
    own = _TRACKS.c
    columns = {"id": own.id, "key": own.track_key, "code": own.language, "n": own.cycle, "m": own.revision_id}
    return branch_of("track", _TRACKS, **columns, at=own.completed_at, day=own.completed_on, data=own.counted)


def _track(gathered: Gathered, row: Any) -> None:
    done = CompletionRow(row.person_id, row.key, row.n, row.at, row.day, row.m, row.code, row.data)
    gathered.standing.add_completion(done)


def _waivers() -> Select[Any]:
    own = _WAIVERS.c
    columns = {"id": own.id, "key": own.track_key, "code": own.reason_code, "other": own.public_id, "n": own.cycle}
    dates = {"at": own.granted_at, "then": own.withdrawn_at, "until": own.ends_on}
    return branch_of("waiver", _WAIVERS, word=own.requirement, **columns, **dates)


def _waiver(gathered: Gathered, row: Any) -> None:
    waived = Waived(row.other, row.key, row.n, row.word, row.code, row.at, row.until, is_withdrawn=row.then is not None)
    gathered.standing.record(row.person_id).waivers.append(waived)


def _assignments() -> Select[Any]:
    own, organization = _ASSIGNMENTS.c, _ORGANIZATIONS.c
    columns = {"id": own.id, "key": own.track_key, "n": own.cycle, "m": own.organization_id, "day": own.assigned_on}
    branch = branch_of("asked", _ASSIGNMENTS, **columns, at=own.assigned_at, until=own.due_on, other=organization.name)
    joined = _ASSIGNMENTS.join(_ORGANIZATIONS, organization.id == own.organization_id)
    return branch.select_from(joined).where(own.undone_at.is_(None))


def _asked(gathered: Gathered, row: Any) -> None:
    gathered.of(row.person_id).asked.append(Asked(row.key, row.n, row.m, row.other, row.at, row.day, row.until))


BRANCHES: dict[str, Branch] = {
    "enrolment": _enrolments,
    "track": _completions,
    "waiver": _waivers,
    "asked": _assignments,
}
READERS: dict[str, Reader] = {
    "enrolment": _enrolment,
    "track": _track,
    "waiver": _waiver,
    "asked": _asked,
}
