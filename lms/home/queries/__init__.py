"""Reads of the gathering pages: what is known of people, and the lists that a page shows."""

from __future__ import annotations

from lms.home.queries.export import read_export
from lms.home.queries.facts import OWN, PROGRESS, SEEN, Asked, Facts, Gathered, ModuleDone, gather
from lms.home.queries.news import team_news
from lms.home.queries.office import JobRow, OfficeCounts, count_letters, count_office, find_published_at, list_jobs
from lms.home.queries.person import LOOKED, Look, SpellHere, has_looked, list_looks, list_spells_here
from lms.home.queries.team import (
    Choices,
    LatestBatch,
    Line,
    TeamCounts,
    count_team,
    find_latest_batch,
    list_choices,
    list_lines,
)

__all__ = [
    "LOOKED",
    "OWN",
    "PROGRESS",
    "SEEN",
    "Asked",
    "Choices",
    "Facts",
    "Gathered",
    "JobRow",
    "LatestBatch",
    "Line",
    "Look",
    "ModuleDone",
    "OfficeCounts",
    "SpellHere",
    "TeamCounts",
    "count_letters",
    "count_office",
    "count_team",
    "find_latest_batch",
    "find_published_at",
    "gather",
    "has_looked",
    "list_choices",
    "list_jobs",
    "list_lines",
    "list_looks",
    "list_spells_here",
    "read_export",
    "team_news",
]
