"""Reads of people and accounts."""

from __future__ import annotations

from lms.people.queries.accounts import (
    AccountFacts,
    ContactRow,
    DeviceRow,
    find_contacts_by_value,
    get_account,
    list_contacts,
    list_devices,
)
from lms.people.queries.directory import (
    Grant,
    PersonRow,
    RecoveryRow,
    count_people,
    find_recovery,
    get_person,
    list_grants,
    list_people,
    list_recoveries,
)
from lms.people.queries.identity import (
    Identity,
    find_device_session,
    find_identity,
    find_session_id,
    has_granted_role,
    names_of,
    public_id_of,
)
from lms.people.queries.letters import CodeLetter, LinkLetter, find_code_letter, find_link_letter
from lms.people.queries.sign_in import (
    Candidate,
    OpenLink,
    find_challenged,
    find_open_link,
    list_candidates,
    may_guess,
)

__all__ = [
    "AccountFacts",
    "Candidate",
    "CodeLetter",
    "ContactRow",
    "DeviceRow",
    "Grant",
    "Identity",
    "LinkLetter",
    "OpenLink",
    "PersonRow",
    "RecoveryRow",
    "count_people",
    "find_challenged",
    "find_code_letter",
    "find_contacts_by_value",
    "find_device_session",
    "find_identity",
    "find_link_letter",
    "find_open_link",
    "find_recovery",
    "find_session_id",
    "get_account",
    "get_person",
    "has_granted_role",
    "list_candidates",
    "list_contacts",
    "list_devices",
    "list_grants",
    "list_people",
    "list_recoveries",
    "may_guess",
    "names_of",
    "public_id_of",
]
