"""Her group sessions, as a learner and as a teacher."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from lms.home.queries.export.shapes import ME, as_section, own_rows
from lms.home.queries.facts import TABLES


def of_sessions() -> dict[str, Select[Any]]:
    """Return the sections of her group sessions, by name."""
    placed = ("language", "needs_interpreter", "signed_up_at", "placed_at", "left_at")
    entry = ("number", "stays", "way", "sheet", "reason", "recorded_at")
    credit = ("present_minutes", "credited_minutes", "is_full", "credited_at", "withdrawn_at")
    cohort, member = TABLES["cohorts"], TABLES["cohort_members"]
    joined = member.join(cohort, cohort.c.id == member.c.cohort_id)
    shown = [cohort.c.name.label("cohort"), member.c.joined_at, member.c.left_at]
    return {
        "sessions": _at_session("sign_ups", *placed),
        "session_attendance": _at_session("attendance_entries", *entry),
        "session_minutes": _at_session("class_credits", *credit),
        "sessions_taught": _at_session("session_teachers"),
        "cohorts": as_section(joined, member, shown, "").where(member.c.person_id == ME),
        "calendars": own_rows("calendar_feeds", "made_at", "withdrawn_at"),
    }


def _at_session(table: str, *columns: str) -> Select[Any]:
    """Return a section of a table that names the person and a group session: what it was, and when."""
    own, group = TABLES[table], TABLES["group_sessions"]
    joined = own.join(group, group.c.id == own.c.group_session_id)
    shown = [group.c.title.label("session"), group.c.day, *(own.c[name] for name in columns)]
    return as_section(joined, own, shown, "").where(own.c.person_id == ME)
