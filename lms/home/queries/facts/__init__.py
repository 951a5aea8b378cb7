"""All that the record holds of some people, in one statement: what their pages are gathered from.

The pages of this feature are the most visited ones. One statement that is built once costs a tenth of a dozen
that are built for each request. It names tables as foreign keys do; what the rows mean is decided by the rules of
their own features.
"""

from __future__ import annotations

from lms.home.queries.facts.gathering import CERTIFICATES, OWN, PROGRESS, SEEN, TEAM, gather
from lms.home.queries.facts.people import Asked, Facts, Gathered, ModuleDone
from lms.home.queries.facts.tables import TABLES

__all__ = [
    "CERTIFICATES",
    "OWN",
    "PROGRESS",
    "SEEN",
    "TABLES",
    "TEAM",
    "Asked",
    "Facts",
    "Gathered",
    "ModuleDone",
    "gather",
]
