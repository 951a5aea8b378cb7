"""Decisions about people: names, contacts, tokens, passwords and who may come in. Values in, values out."""

from __future__ import annotations

from lms.people.rules.contacts import Identifier, normal_email, normal_identifier, normal_phone
from lms.people.rules.names import BadName, normal_name, search_key
from lms.people.rules.passwords import (
    LONGEST_PASSWORD,
    hash_password,
    is_easy,
    needs_new_hash,
    password_fault,
    password_matches,
    shortest,
)
from lms.people.rules.proofs import (
    ContactFacts,
    find_step,
    may_reset_by,
    may_vouch,
    needs_personal_contact,
    new_secret,
    setup_address,
    stands_alone,
)
from lms.people.rules.roles import GRANTED_ROLES, grant_fault, leaves_nobody
from lms.people.rules.sessions import Guard, address_group, device_label, may_guess, needs_touch, session_lives
from lms.people.rules.tokens import bucket, code_digits, link_of_token, link_token, token_hash

__all__ = [
    "GRANTED_ROLES",
    "LONGEST_PASSWORD",
    "BadName",
    "ContactFacts",
    "Guard",
    "Identifier",
    "address_group",
    "bucket",
    "code_digits",
    "device_label",
    "find_step",
    "grant_fault",
    "hash_password",
    "is_easy",
    "leaves_nobody",
    "link_of_token",
    "link_token",
    "may_guess",
    "may_reset_by",
    "may_vouch",
    "needs_new_hash",
    "needs_personal_contact",
    "needs_touch",
    "new_secret",
    "normal_email",
    "normal_identifier",
    "normal_name",
    "normal_phone",
    "password_fault",
    "password_matches",
    "search_key",
    "session_lives",
    "setup_address",
    "shortest",
    "stands_alone",
    "token_hash",
]
