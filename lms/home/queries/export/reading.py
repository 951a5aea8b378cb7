"""Reading all that is known of one person."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lms.home.queries.export.sections import sections
from lms.home.queries.export.statement import laid_out

Section = list[dict[str, Any]]


def read_export(session: Session, person_id: int) -> dict[str, Section]:
    """Return every section of what is known about a person, as JSON can hold it. One query."""
    statement, places = laid_out()
    found: dict[str, Section] = {name: [] for name in sections()}
    for row in session.execute(statement, {"person": person_id}):
        found[row[0]].append({name: _plain(row[place]) for name, place in places[row[0]]})
    return found


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: dates and instants as ISO 8601, a signed payload as what it says."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return json.loads(value) if isinstance(value, bytes) else value
