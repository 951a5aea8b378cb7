"""A sealed transcript, as somebody has it in hand: who sealed it, and when. It has no number, and no list to ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lms.certificates.jobs.checking.failing import CheckFailedError
from lms.certificates.jobs.checking.page import PageFacts
from lms.certificates.jobs.checking.trust import Trust

TYPE = "chw-transcript/1"


@dataclass(frozen=True)
class TranscriptVerdict:
    """A transcript whose seal is good. It says how a record stood at `made_at`, and nothing of what came later."""

    name: str
    made_at: datetime
    issuer_name: str
    issuer_url: str
    key_id: str
    is_demonstration: bool
    #: False where the name is as she writes it herself: no certificate bears it.
    is_name_checked: bool
    #: The tables in English, as the file inside the page has them.
    tables: tuple[Mapping[str, Any], ...]
    kind: str = "transcript"


def read_transcript(page: PageFacts, trust: Trust) -> TranscriptVerdict | None:
    """Return what a good page says when it is a transcript, None when it is none; raise `CheckFailedError`.

    A page that the issuer sealed says its name, its address and its time twice or more; they have to agree.
    """
    stated = _facts(page.attachment)
    if stated is None:
        return None
    key = trust.key(page.key_id, "page")
    try:
        found = TranscriptVerdict(
            name=str(stated["name"]),
            made_at=datetime.strptime(stated["made_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
            issuer_name=str(stated["issuer"]["name"]),
            issuer_url=str(stated["issuer"]["url"]),
            key_id=page.key_id,
            is_demonstration=bool(stated["demonstration"]),
            is_name_checked=stated.get("name_checked") is True,
            tables=tuple(stated["tables"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CheckFailedError("the file inside the transcript lacks what ours have") from error
    agrees = (
        found.made_at == page.signed_at
        and found.issuer_name == page.issuer
        and found.issuer_url == key.issuer_url
        and found.issuer_url in page.issuer_urls
    )
    if not agrees:
        raise CheckFailedError("the transcript and its seal name another issuer or time")
    return found


def _facts(attachment: bytes) -> dict[str, Any] | None:
    """Return the facts of a transcript; None for anything else, which other checks judge."""
    try:
        found = json.loads(attachment)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.get("type") == TYPE else None
