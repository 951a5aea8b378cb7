"""Changes to organizations, to who works there, and to who answers for whom."""

from __future__ import annotations

from lms.organizations.service.contracts import add_contract, end_contract, pay_employment
from lms.organizations.service.employments import (
    Newcomer,
    Started,
    Terms,
    change_terms,
    end_employment,
    start_employment,
    welcome_person,
)
from lms.organizations.service.importing import Imported, import_organizations, preview_import
from lms.organizations.service.organizations import (
    Facts,
    change_organization,
    create_organization,
    end_supervision,
    start_supervision,
)
from lms.organizations.service.teams import change_team, end_team, make_team

__all__ = [
    "Facts",
    "Imported",
    "Newcomer",
    "Started",
    "Terms",
    "add_contract",
    "change_organization",
    "change_team",
    "change_terms",
    "create_organization",
    "end_contract",
    "end_employment",
    "end_supervision",
    "end_team",
    "import_organizations",
    "make_team",
    "pay_employment",
    "preview_import",
    "start_employment",
    "start_supervision",
    "welcome_person",
]
