"""Who may be joined with whom, and whether a row is still as joining left it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from lms.errors import RuleBroken

_PERSON = re.compile(r"person \d+")
#: Tables that change by themselves, so that a plan does not depend on them.
_APART = frozenset({"letters", "reminders", "accounts"})


def check_pair(kept_id: int, merged_id: int, own_id: int, joined: Iterable[int]) -> None:
    """Raise `RuleBroken` unless these two may be joined by the person `own_id`; `joined` are those that were already.

    "same-person", "not-oneself" or "joined-already".
    """
    if kept_id == merged_id:
        raise RuleBroken("same-person")
    if own_id in {kept_id, merged_id}:
        raise RuleBroken("not-oneself")
    if {kept_id, merged_id} & set(joined):
        raise RuleBroken("joined-already")


def seal(row: Mapping[str, Any]) -> str:
    """Return the first half of the SHA-256 over a row of plain values."""
    said = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def mark(kept_id: int, merged_id: int, rows: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> str:
    """Return what tells a plan from another one: it is the same while both records are."""
    plain = {name: {str(each): row for each, row in found.items()} for name, found in rows.items()}
    return seal({"pair": [kept_id, merged_id], **{name: plain[name] for name in plain.keys() - _APART}})


def new_faults(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Return the faults that were not there before, whoever's record they are in."""
    had = Counter(_PERSON.sub("person", each) for each in before)
    return list((Counter(_PERSON.sub("person", each) for each in after) - had).elements())
