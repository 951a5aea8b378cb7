"""What no other program says about a question, carried through files as notes beside it.

`lms: {...}` in a comment holds all of it, and comes back when the file comes back unread by others. Moodle keeps the id
and the tags too: "lms:competency=..." and "lms:critical".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

MARK = "lms:"
MAX_NOTE = 50_000
_COMPETENCY = f"{MARK}competency="
_CRITICAL = f"{MARK}critical"


class BadNote(ValueError):
    """A note beside a question is not one of ours."""


def write_note(kept: Mapping[str, Any]) -> str:
    """Return the note that holds `kept`, on one line and without "--", which ends comments in XML."""
    body = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"{MARK} " + body.replace("--", "-\\u002d")


def read_note(comment: str) -> dict[str, Any] | None:
    """Return what the note in a comment holds, None when it is no note; raise `BadNote` when it is broken."""
    comment = comment.strip()
    if not comment.startswith(MARK):
        return None
    body = comment.removeprefix(MARK)
    if len(body) > MAX_NOTE:
        raise BadNote(f"longer than {MAX_NOTE} characters")
    try:
        kept = json.loads(body, parse_constant=_refuse, parse_float=_finite)
        json.dumps(kept, ensure_ascii=False).encode()  # half a character (a lone surrogate) stops here
    except (ValueError, RecursionError) as error:
        raise BadNote("not as it was written") from error
    if not isinstance(kept, dict):
        raise BadNote("not as it was written")
    return kept


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if abs(number) > 1e15:
        _refuse(text)
    return number


def tags_of(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the tags by which another program keeps what matters most of an item."""
    tags = [f"{_COMPETENCY}{item['competency']}"] if item.get("competency") else []
    return (*tags, _CRITICAL) if item.get("critical") else tuple(tags)


def kept_by_tags(tags: Iterable[str]) -> dict[str, Any]:
    """Return what the tags of a question say of an item."""
    kept: dict[str, Any] = {}
    for tag in tags:
        if tag.startswith(_COMPETENCY):
            kept["competency"] = tag.removeprefix(_COMPETENCY)
        elif tag == _CRITICAL:
            kept["critical"] = True
    return kept
