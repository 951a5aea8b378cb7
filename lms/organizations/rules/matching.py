"""Whom a standing rule or one act of assigning means: criteria about staff, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Criteria:
    """Who is meant among an organization's staff. What is empty does not narrow; several values of one are any of them.

    `teams` are public ids, `areas` planning areas where she mostly works, `since` the earliest first day of her
    spell, `for_days` how many days her spell has lasted at least.
    """

    titles: tuple[str, ...] = ()
    areas: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    since: date | None = None
    for_days: int | None = None


def criteria_json(criteria: Criteria) -> dict[str, Any]:
    """Return criteria as JSON can hold them: sorted lists, dates as ISO 8601, without what does not narrow."""
    lists = {name: sorted(getattr(criteria, name)) for name in ("titles", "areas", "languages", "kinds", "teams")}
    since = criteria.since.isoformat() if criteria.since else None
    every = {**lists, "since": since, "for_days": criteria.for_days}
    return {name: value for name, value in every.items() if value}


def criteria_of(kept: Mapping[str, Any]) -> Criteria:
    """Return the criteria that `criteria_json` wrote."""
    lists = {name: tuple(kept.get(name, ())) for name in ("titles", "areas", "languages", "kinds", "teams")}
    since = kept.get("since")
    return Criteria(**lists, since=date.fromisoformat(since) if since else None, for_days=kept.get("for_days"))
