"""Her hours in the field and what was observed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from lms.home.queries.export.shapes import own_rows, rows_below


def of_fieldwork() -> dict[str, Select[Any]]:
    """Return the sections of her hours and sign-offs, by name."""
    entry = ("done_on", "site", "kind", "competencies", "minutes", "begins", "ends", "note", "source", "sheet_on")
    watched = ("observed_on", "place", "with_interpreter", "levels", "comment", "passed", "valid_until")
    event, list_, day = ("kind", "at", "words"), {"checklist": "checklist_key"}, {"day": "done_on"}
    return {
        "hours": own_rows("hours_entries", *entry, "entered_at", "state", place="hours_entries", number="public_id"),
        "hours_history": rows_below("hours_entries", "hours_events", "entry_id", *event, number="public_id", **day),
        "hours_hosts": rows_below(
            "hours_entries", "hours_hosts", "entry_id", "name", "is_asked", place="hours_hosts", **day
        ),
        "sign_offs": own_rows(
            "observations", *watched, "is_independent", "signed_at", spoken="language", place="observations", **list_
        ),
        "sign_offs_history": rows_below("observations", "observation_events", "observation_id", *event, **list_),
    }
