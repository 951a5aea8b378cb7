"""How the rows of each table come together when two records are joined; and what stays where it is, with the reason.

Which rows collide is read from the unique constraints of the tables themselves; what is said here is who gives way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

#: What becomes of a row that gives way: taken out and kept in the log, ended, or left with the former record.
Loser = Literal["aside", "closed", "stays"]


@dataclass(frozen=True)
class Way:
    """How rows of one table come together; where nothing is said, the row of the kept record stands."""

    loser: Loser = "aside"
    #: Of two that collide, the one with the smaller values goes before: the earlier credit counts.
    first: tuple[str, ...] = ()
    #: And before that the one whose value stands earlier in these lists.
    rank: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: The column that ends a row, and the one that says by whom, for "closed".
    closes: str = ""
    closer: str = ""
    #: The column that numbers rows of one kind: those of the merged record are numbered after the kept one's.
    number: str = ""


_STATES = ("completed", "active", "withdrawn")
_APPLIED = ("certified", "appealed", "asked", "refused", "waiting")

#: Every table with a person whose rows go over, by its name.
WAYS: Mapping[str, Way] = {
    "accommodation_wishes": Way(),
    "accommodations": Way("stays"),
    "applications": Way(first=("opened_at",), rank={"state": _APPLIED}),
    "assignment_rule_members": Way("closed", closes="until"),
    "assignment_upload_rows": Way(),
    "assignments": Way("closed", closes="undone_at"),
    "attainments": Way(first=("attained_at",)),
    "attempt_grants": Way("stays"),
    "attempts": Way("stays", number="number"),
    "attendance_entries": Way("stays"),
    "awards": Way(),
    "change_effects": Way(),
    "class_credits": Way("stays"),
    "cohort_members": Way("closed", closes="left_at"),
    "contacts": Way("stays"),
    "earlier_trainings": Way("stays"),
    "employments": Way(),
    "enrolments": Way(first=("started_at",), rank={"state": _STATES}),
    "evidence": Way(first=("earned_on",)),
    "hours_entries": Way("stays"),
    "lesson_progress": Way(first=("finished_at",)),
    "letter_choices": Way(),
    "letters": Way(),
    "module_completions": Way(first=("completed_at",)),
    "module_rounds": Way(first=("opened_at",)),
    "observation_drafts": Way(),
    "observations": Way(),
    "paper_forms": Way(),
    "pretests": Way(first=("taken_at",)),
    "recognitions": Way("stays"),
    "recordings": Way("stays"),
    "reminders": Way(),
    "result_entries": Way("stays"),
    "session_teachers": Way(),
    "sign_ups": Way("closed", closes="left_at", closer="left_by"),
    "sms_consents": Way(),
    "staff_import_rows": Way(),
    "survey_invitations": Way(first=("due_on",)),
    "survey_comments": Way(),
    "survey_receipts": Way("stays"),
    "track_completions": Way(first=("completed_at",)),
    "training_import_rows": Way(),
    "wording_ratings": Way(),
    "wording_reports": Way("stays"),
    "wording_routes": Way(),
    "waivers": Way("closed", closes="withdrawn_at", closer="withdrawn_by"),
}

#: What names a person, or an account as hers, and does not go over: "table.column" and why.
STAYING: Mapping[str, str] = {
    "people.merged_into_id": "it is what says that a record was joined",
    "person_merges.kept_id": "the log of joining",
    "person_merges.merged_id": "the log of joining",
    "accounts.person_id": "the kept record's sign-in goes on; the other account is closed",
    "access_links.account_id": "links of a closed account open nothing",
    "calendar_feeds.person_id": "a calendar's address belongs to the closed account, and answers no more",
    "calendar_feeds.account_id": "as its person",
    "devices.account_id": "phones of a closed account are signed out",
    "recoveries.account_id": "a closed account is not regained",
    "role_grants.account_id": "a role is given to an account by an administrator, and never comes by joining",
    "spare_codes.account_id": "codes of a closed account open nothing",
    "staff_imports.account_id": "who brought a list, as a fact of the past",
}

#: Tables whose rows jobs and sign-in go on changing: undoing takes back what joining changed, whatever else became.
LIVING = frozenset({"letters", "reminders", "contacts"})
#: Of these only what joining changed is looked at.
PARTLY = frozenset({"accounts", "people"})
