"""Decisions about organizations: what they see, when a spell may begin or end, what an import changes."""

from __future__ import annotations

from lms.organizations.rules.employment import (
    LATEST_START_DAYS,
    Alike,
    check_end,
    check_hours,
    check_start,
    check_terms_day,
    find_same,
    is_likely_same,
    title_of,
)
from lms.organizations.rules.importing import (
    COLUMNS,
    REQUIRED,
    Change,
    Contracted,
    Present,
    Wanted,
    plan_import,
    read_rows,
)
from lms.organizations.rules.matching import Criteria, criteria_json, criteria_of
from lms.organizations.rules.organizations import (
    check_contract,
    check_within,
    key_from_name,
    name_of,
    program_of,
    valid_key,
)
from lms.organizations.rules.sight import Sight, may_see, sight_of
from lms.organizations.rules.tables import TableRow, read_grid, read_table

__all__ = [
    "COLUMNS",
    "LATEST_START_DAYS",
    "REQUIRED",
    "Alike",
    "Change",
    "Contracted",
    "Criteria",
    "Present",
    "Sight",
    "TableRow",
    "Wanted",
    "check_contract",
    "check_end",
    "check_hours",
    "check_start",
    "check_terms_day",
    "check_within",
    "criteria_json",
    "criteria_of",
    "find_same",
    "is_likely_same",
    "key_from_name",
    "may_see",
    "name_of",
    "plan_import",
    "program_of",
    "read_grid",
    "read_rows",
    "read_table",
    "sight_of",
    "title_of",
    "valid_key",
]
