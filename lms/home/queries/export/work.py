"""What is known of her work: where she is employed, and what organizations ask of her."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from lms.home.queries.export.shapes import ME, as_section, own_rows, rows_below
from lms.home.queries.facts import TABLES


def of_work() -> dict[str, Select[Any]]:
    """Return the sections of her work, by name."""
    asked, terms = ("cycle", "due_on", "assigned_at", "undone_at"), ("since", "title", "hours_per_week", "kind")
    return {
        "employments": own_rows("employments", "started_on", "ended_on", "end_reason", place="employments"),
        "employment_terms": rows_below("employments", "employment_terms", "employment_id", *terms, place="employments"),
        "supervisions": rows_below(
            "employments", "supervisions", "employment_id", "started_on", "ended_on", place="supervisions"
        ),
        "paid_under_contracts": rows_below(
            "employments", "contract_employments", "employment_id", "started_on", "ended_on"
        ),
        "in_lists_of_staff": own_rows("staff_import_rows", "cells", "what", "applied_at"),
        "in_tables_of_training": own_rows("training_import_rows", "cells", "what", "applied_at"),
        "assignments": own_rows("assignments", *asked, place="assignments", track="track_key"),
        "standing_rules": _of_rules(),
        "renewals_by_rule": rows_below(
            "assignment_rule_members", "assignment_rule_renewals", "member_id", "cycle", "asked_at"
        ),
        "teams": _of_teams(),
        "waiting_files": own_rows("assignment_upload_rows", "number", "cells", place="assignment_upload_rows"),
    }


def _of_rules() -> Select[Any]:
    """Return which standing rules mean or meant her."""
    own, rule = TABLES["assignment_rule_members"], TABLES["assignment_rules"]
    columns = [own.c.since, own.c.until, rule.c.track_key.label("track"), rule.c.criteria]
    joined = own.join(rule, rule.c.id == own.c.rule_id)
    return as_section(joined, own, columns, "assignment_rules").where(own.c.person_id == ME)


def _of_teams() -> Select[Any]:
    """Return which teams her employments are or were in."""
    own, team, employment = TABLES["team_members"], TABLES["teams"], TABLES["employments"]
    columns = [own.c.since, own.c.until, team.c.name.label("team")]
    joined = own.join(team, team.c.id == own.c.team_id).join(employment, employment.c.id == own.c.employment_id)
    return as_section(joined, own, columns, "teams").where(employment.c.person_id == ME)
