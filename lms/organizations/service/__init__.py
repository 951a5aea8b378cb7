"""Changes to organizations, to who works there, and to who answers for whom."""

from __future__ import annotations

from lms.organizations.service.applying import (
    PART,
    apply_part,
)
from lms.organizations.service.contracts import (
    add_contract,
    end_contract,
    pay_employment,
)
from lms.organizations.service.employments import (
    Newcomer,
    Started,
    Terms,
    change_terms,
    check_manages,
    end_employment,
    start_employment,
    welcome_person,
)
from lms.organizations.service.importing import (
    Imported,
    import_organizations,
    preview_import,
)
from lms.organizations.service.organizations import (
    Facts,
    change_organization,
    create_organization,
)
from lms.organizations.service.staging import (
    Answered,
    JudgedRow,
    answer_rows,
    begin_list,
    forget_lists,
    judge_answers,
    judge_list,
    keep_list,
    withdraw_list,
)
from lms.organizations.service.supervision import (
    delegate,
    end_delegation,
    end_supervision,
    start_supervision,
)
from lms.organizations.service.teams import (
    change_team,
    end_team,
    make_team,
)
from lms.organizations.service.transfers import (
    transfer_employment,
)

__all__ = [
    "PART",
    "Answered",
    "Facts",
    "Imported",
    "JudgedRow",
    "Newcomer",
    "Started",
    "Terms",
    "add_contract",
    "answer_rows",
    "apply_part",
    "begin_list",
    "change_organization",
    "change_team",
    "change_terms",
    "check_manages",
    "create_organization",
    "delegate",
    "end_contract",
    "end_delegation",
    "end_employment",
    "end_supervision",
    "end_team",
    "forget_lists",
    "import_organizations",
    "judge_answers",
    "judge_list",
    "keep_list",
    "make_team",
    "pay_employment",
    "preview_import",
    "start_employment",
    "start_supervision",
    "transfer_employment",
    "welcome_person",
    "withdraw_list",
]
