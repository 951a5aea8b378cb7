"""What an organization's key, and a contract's dates, must be like."""

from __future__ import annotations

import re
from datetime import date

from lms.errors import RuleBroken
from lms.people.rules import BadName, normal_name, search_key

LONGEST_KEY = 60
LONGEST_PROGRAM = 120
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def name_of(typed: str) -> str:
    """Return an organization's name with blanks collapsed; raise `RuleBroken` with the code of what is wrong."""
    try:
        return normal_name(typed)
    except BadName as error:
        raise RuleBroken(error.code) from None


def valid_key(key: str) -> bool:
    """Return whether `key` can name an organization in files: small letters, digits, single hyphens between."""
    return len(key) <= LONGEST_KEY and _KEY.fullmatch(key) is not None


def key_from_name(name: str) -> str:
    """Return a key made from a name; empty when the name has no letter of the Latin alphabet and no digit."""
    words = re.findall(r"[a-z0-9]+", search_key(name))
    return "-".join(words)[:LONGEST_KEY].strip("-")


def check_contract(kind_of_payer: str, started_on: date, ended_on: date | None) -> None:
    """Raise `RuleBroken` ("payer-not-a-department", "contract-ends-first") when a contract cannot be so."""
    if kind_of_payer != "department":
        raise RuleBroken("payer-not-a-department")
    if ended_on is not None and ended_on < started_on:
        raise RuleBroken("contract-ends-first")


def check_within(opened: date, closed: date | None, started_on: date, ended_on: date | None) -> None:
    """Raise `RuleBroken("paid-outside")` when a time does not lie within the spell from `opened` to `closed`.

    A time without an end lies within an ended spell too: it ends with it.
    """
    last = ended_on or started_on
    if last < started_on or started_on < opened or (closed is not None and last > closed):
        raise RuleBroken("paid-outside")


def program_of(typed: str) -> str:
    """Return a program's name with blanks collapsed; raise `RuleBroken` ("program-empty", "program-too-long")."""
    program = " ".join(typed.split())
    if not program:
        raise RuleBroken("program-empty")
    if len(program) > LONGEST_PROGRAM:
        raise RuleBroken("program-too-long", most=LONGEST_PROGRAM)
    return program
