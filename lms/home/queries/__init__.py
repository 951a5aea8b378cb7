"""Reads of the gathering pages: what is known of people, and the lists that a page shows."""

from __future__ import annotations

from lms.home.queries.asked import Parts, parts_of
from lms.home.queries.choices import (
    Choices,
    LatestBatch,
    find_latest_batch,
    list_choices,
)
from lms.home.queries.export import (
    read_export,
)
from lms.home.queries.facts import (
    OWN,
    PROGRESS,
    SEEN,
    Asked,
    Facts,
    Gathered,
    ModuleDone,
    gather,
)
from lms.home.queries.held import (
    Elsewhere,
    Held,
    Skill,
    read_held,
)
from lms.home.queries.joined import (
    JoinedRecord,
    SetAside,
    list_joined,
)
from lms.home.queries.news import (
    team_news,
)
from lms.home.queries.office import (
    JobRow,
    OfficeCounts,
    count_letters,
    count_office,
    find_published_at,
    list_jobs,
)
from lms.home.queries.person import (
    LOOKED,
    Look,
    SpellHere,
    has_looked,
    list_looks,
    list_spells_here,
)
from lms.home.queries.team import (
    Line,
    TeamCounts,
    count_team,
    list_lines,
)
from lms.home.queries.team_export import (
    AskedTrack,
    ExportedLine,
    read_team,
)
from lms.home.queries.waiting import (
    WaitingCounts,
    count_waiting,
)

__all__ = [
    "LOOKED",
    "OWN",
    "PROGRESS",
    "SEEN",
    "Asked",
    "AskedTrack",
    "Choices",
    "Elsewhere",
    "ExportedLine",
    "Facts",
    "Gathered",
    "Held",
    "JobRow",
    "JoinedRecord",
    "LatestBatch",
    "Line",
    "Look",
    "ModuleDone",
    "OfficeCounts",
    "Parts",
    "SetAside",
    "Skill",
    "SpellHere",
    "TeamCounts",
    "WaitingCounts",
    "count_letters",
    "count_office",
    "count_team",
    "count_waiting",
    "find_latest_batch",
    "find_published_at",
    "gather",
    "has_looked",
    "list_choices",
    "list_jobs",
    "list_joined",
    "list_lines",
    "list_looks",
    "list_spells_here",
    "parts_of",
    "read_export",
    "read_held",
    "read_team",
    "team_news",
]
