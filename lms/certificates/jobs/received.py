"""The check of a file that a stranger sends: genuine only when we signed it, and released exactly this.

A JSON file is compared with what was released before its signature is worked out: putting a stranger's JSON-LD in its
canonical form can take for ever, ours cannot. Tokens and pages are read only once their signature was found good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy.orm import Session

from lms.certificates import queries
from lms.certificates.jobs.auditing import open_file
from lms.certificates.jobs.checking import (
    Checked,
    CheckFailedError,
    TranscriptVerdict,
    Trust,
    check_any,
    check_file,
    check_same,
)
from lms.certificates.jobs.checking.badge import parse
from lms.certificates.jobs.workshops import trust_of
from lms.certificates.queries import EditionFacts, Known
from lms.certificates.rules.serials import read_serial
from lms.config import Config
from lms.files import DamagedFileError

#: A page has some hundred thousand bytes.
LARGEST_FILE = 2 * 1024 * 1024
#: What a failed check means to a reader.
_OUTCOMES = {"not-ours": "foreign", "unknown-issuer": "foreign", "compromised": "compromised"}


@dataclass(frozen=True)
class Received:
    """What a file is: "genuine" with its certificate, "altered", "foreign", "compromised", or "unknown" to us.

    Or "transcript", whose seal is good. No record of it is kept, so that its seal alone speaks for it.
    """

    outcome: str
    known: Known | None = None
    shown: EditionFacts | None = None
    #: What the file says and we signed, of a genuine one.
    checked: Checked | None = None
    transcript: TranscriptVerdict | None = None


def judge_file(session: Session, config: Config, content: bytes, *, at: datetime) -> Received:
    """Return what a file is. Six queries at most; nothing of it is kept."""
    trust = trust_of(queries.list_keys(session))
    try:
        if content.lstrip()[:1] == b"{":
            return _judge_json(session, config, content, trust, at)
        found = check_any(content, trust, at=at)
        if isinstance(found, TranscriptVerdict):
            return Received("transcript", transcript=found)
        return _compared(session, found.checked)
    except CheckFailedError as error:
        return Received(_OUTCOMES.get(error.code, "altered"))


def _judge_json(session: Session, config: Config, content: bytes, trust: Trust, at: datetime) -> Received:
    document = parse(content)
    trust.key(_key_of(document), "badge")
    known, shown = _found(session, *_named(document))
    if known is None or shown is None:
        return Received("unknown")
    sha256 = queries.find_artifact(session, shown.edition_id, "vc")
    try:
        released = open_file(config, shown.edition_id, "vc", sha256) if sha256 else b"{}"
    except DamagedFileError:
        released = b"{}"
    if parse(released) != document:
        return Received("altered")
    return Received("genuine", known, shown, check_file(released, trust, at=at).checked)


def _key_of(document: dict[str, Any]) -> str:
    """Return which key a credential names; raise `CheckFailedError`."""
    try:
        return str(document["proof"][0]["verificationMethod"]).rpartition("#")[2]
    except (KeyError, IndexError, TypeError) as error:
        raise CheckFailedError("this has no proof as ours have", "not-ours") from error


def _named(document: dict[str, Any]) -> tuple[str, int]:
    """Return the number and the edition that a credential names; raise `CheckFailedError`."""
    try:
        name = str(document["evidence"][0]["name"])
        return str(document["id"]).rpartition("/")[2], int(name.rpartition(" ")[2])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise CheckFailedError("this lacks what ours have") from error


def _compared(session: Session, checked: Checked) -> Received:
    """Return what a file with a good signature is, beside our records: a stolen key signs what we never released."""
    known, shown = _found(session, checked.serial, checked.edition)
    if known is None or shown is None:
        return Received("unknown")
    check_same(checked, rfc8785.dumps(dict(shown.payload)))
    return Received("genuine", known, shown, checked)


def _found(session: Session, typed: str, edition: int) -> tuple[Known | None, EditionFacts | None]:
    serial = read_serial(typed)
    known = queries.find_shown(session, serial) if serial else None
    if known is None:
        return None, None
    return known, next((each for each in known.released if each.number == edition), None)
