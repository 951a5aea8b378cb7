"""Where a person works and worked, with the yearly hours that are asked of her there, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import true
from sqlalchemy.orm import Session

from lms.home.queries.facts import TABLES
from lms.organizations.queries import SpellRow, list_spells
from lms.organizations.queries.ties import select_spells
from lms.training.queries.yearly import select_yearly
from lms.training.rules import YearlyHours, year_of


@dataclass(frozen=True)
class Work:
    """Every spell of employment, the newest first; and the yearly hours by the name of each supervising provider."""

    spells: tuple[SpellRow, ...]
    yearly: tuple[tuple[str, YearlyHours], ...]


def read_work(session: Session, person_id: int, today: date) -> Work:
    """Return where a person works and worked, and her yearly hours of the year of `today`. One query."""
    year = year_of(today)
    if year is None:
        return Work(tuple(list_spells(session, person_id)), ())
    hours = select_yearly(person_id, year, today).subquery("hours")
    provider = TABLES["organizations"].alias("provider")
    rows = session.execute(
        select_spells(person_id)
        .add_columns(hours.c.organization_id, hours.c.here, hours.c.accepted, provider.c.name)
        .outerjoin(hours, true())
        .outerjoin(provider, provider.c.id == hours.c.organization_id)
    ).all()
    own = len(SpellRow.__dataclass_fields__)
    spells = dict.fromkeys(SpellRow(*row[:own]) for row in rows)
    found = {row[own + 3]: YearlyHours(row[own], year, *row[own + 1 : own + 3]) for row in rows if row[own] is not None}
    return Work(tuple(spells), tuple(sorted(found.items())))
