"""One file of any kind that we make (JSON, token, PDF), as somebody has it in hand: what it says, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lms.certificates.jobs.checking.badge import Checked, check_badge, check_listed, listed_on
from lms.certificates.jobs.checking.compact import check_jwt
from lms.certificates.jobs.checking.failing import CheckFailedError
from lms.certificates.jobs.checking.page import check_page
from lms.certificates.jobs.checking.transcript import TranscriptVerdict, read_transcript
from lms.certificates.jobs.checking.trust import Trust

#: "unlisted": the signature is good, and the status list was not at hand or too old, so that nothing later is known.
State = Literal["valid", "expired", "withdrawn", "unlisted"]


@dataclass(frozen=True)
class Verdict:
    """A file whose signatures are good: its kind ("json", "jwt" or "pdf"), what it says, and how it stands.

    "withdrawn" means revoked or replaced: the list does not say which.
    """

    kind: str
    checked: Checked
    state: State
    #: Why the list could not be asked.
    unlisted: str = ""
    #: The day as of which the list speaks, "" where it was not asked.
    listed_on: str = ""


def check_any(content: bytes, trust: Trust, *, at: datetime) -> Verdict | TranscriptVerdict:
    """Return the verdict on a certificate's file, or on a transcript; raise `CheckFailedError` unless it is genuine."""
    found = _read(content, trust)
    return found if isinstance(found, TranscriptVerdict) else _judged(*found, trust, at)


def check_file(content: bytes, trust: Trust, *, at: datetime) -> Verdict:
    """Return the verdict on a certificate's file; raise `CheckFailedError` for one that is not genuine.

    A transcript is no certificate, and is refused as "not-ours": `check_any` answers for both.
    """
    found = check_any(content, trust, at=at)
    if isinstance(found, TranscriptVerdict):
        raise CheckFailedError("this is a transcript, and no certificate", "not-ours")
    return found


def _judged(kind: str, checked: Checked, trust: Trust, at: datetime) -> Verdict:
    """Return how a genuine certificate stands."""
    try:
        withdrawn = check_listed(*checked.status, trust, at=at)
    except CheckFailedError as error:
        return Verdict(kind, checked, "expired" if _has_ended(checked, at) else "unlisted", str(error))
    if withdrawn:
        return Verdict(kind, checked, "withdrawn")
    listed = listed_on(checked.status[0], trust)
    return Verdict(kind, checked, "expired" if _has_ended(checked, at) else "valid", listed_on=listed)


def _has_ended(checked: Checked, at: datetime) -> bool:
    return checked.valid_until is not None and at > datetime.fromisoformat(checked.valid_until)


def _read(content: bytes, trust: Trust) -> tuple[str, Checked] | TranscriptVerdict:
    """Return the kind of a file and what its credential says, or what a transcript says."""
    if content.lstrip()[:5] == b"%PDF-":
        page = check_page(content, roots=trust.roots, compromised=trust.compromised_roots)
        trust.key(page.key_id, "page")
        return read_transcript(page, trust) or ("pdf", check_badge(page.attachment, trust))
    if content.lstrip()[:1] == b"{":
        return "json", check_badge(content, trust)
    try:
        return "jwt", check_jwt(content.decode("ascii"), trust)
    except UnicodeDecodeError as error:
        raise CheckFailedError("this is no certificate of ours", "not-ours") from error
