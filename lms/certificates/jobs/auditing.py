"""Reading released certificates again, as a stranger would (signatures, hashes, files), and making files again."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime

from lms import files
from lms.certificates import queries, service
from lms.certificates.jobs import checking
from lms.certificates.jobs.checking import CheckFailedError
from lms.certificates.jobs.keyring.provider import KeyUnusableError
from lms.certificates.jobs.making import Workshop, check_credential, check_sealed, write_credential, write_page
from lms.certificates.jobs.workshops import open_workshop
from lms.certificates.rules.kinds import CREDENTIAL, CREDENTIAL_KINDS, PAGE_KINDS
from lms.config import Config
from lms.db import reading
from lms.differences import Difference
from lms.errors import NotFound
from lms.web.fonts import MissingGlyphError

log = logging.getLogger(__name__)
_OLD = "it was made in the first format, which nobody else reads: `lms certificates reissue --old`"
#: So many records are held at once.
CHUNK = 200


def check_issued(config: Config, *, at: datetime, fix: bool = False) -> list[Difference]:
    """Return a difference for each released certificate whose files are missing, altered, or do not verify.

    It is mendable when the file can be made again with the same bytes; with `fix` that is done.
    """
    workshop, found = open_workshop(config), []
    for released in _released():
        problem = _problem(workshop, released, at)
        if problem:
            is_mendable = _restore(workshop, released, fix=fix)
            found.append(Difference(f"{released.serial} edition {released.number}: {problem}", is_mendable))
        reading().rollback()
    return found


def _released() -> Iterator[queries.Released]:
    """Yield every released edition, read in chunks: a few at a time lie in memory however many there are."""
    last = 0
    while chunk := queries.list_released(reading(), after=last, limit=CHUNK):
        yield from chunk
        last = chunk[-1].edition_id


def _problem(workshop: Workshop, released: queries.Released, at: datetime) -> str:
    """Return what is wrong with one certificate, or "".

    Of what was replaced or revoked only its bytes and signatures count: that its key was compromised since is why.
    """
    names = dict(queries.files_of(reading(), released.edition_id))
    if "json" in names:
        return "" if released.is_withdrawn else _OLD
    if hashlib.sha256(released.payload).hexdigest() != released.payload_sha256:
        return "the record was altered"
    trust = workshop.trust.forgiving() if released.is_withdrawn else workshop.trust
    try:
        content = {kind: workshop.get(sha256) for kind, sha256 in names.items()}
        check_credential(content, released.payload, trust)
        for kind in PAGE_KINDS:
            if kind in content:
                check_sealed(content[kind], names["vc"], released.payload, trust)
        checking.check_dates(released.payload, at)
    except files.DamagedFileError:
        return "a file was altered"
    except (NotFound, KeyError):
        return "a file is missing"
    except CheckFailedError as error:
        return str(error)
    return ""


def _restore(workshop: Workshop, released: queries.Released, *, fix: bool) -> bool:
    """Return whether every damaged file of a certificate can be made again; with `fix` make them."""
    names = queries.files_of(reading(), released.edition_id)
    damaged = [
        (kind, sha256) for kind, sha256 in sorted(names, key=_credentials_first) if not _is_whole(workshop, sha256)
    ]
    remade = []
    for kind, sha256 in damaged:
        content = rebuild(workshop, released.edition_id, kind, sha256)
        if content is not None and fix:
            files.put(workshop.config.data_dir, content)
        remade.append(content)
    return bool(damaged) and None not in remade


def _credentials_first(file: tuple[str, str]) -> bool:
    """Return False for what pages are made from, so that it comes first."""
    return file[0] not in CREDENTIAL_KINDS


def _is_whole(workshop: Workshop, sha256: str) -> bool:
    """Return whether a file is there with the content that its name promises."""
    try:
        workshop.get(sha256)
    except (NotFound, files.DamagedFileError):
        return False
    return True


def rebuild(workshop: Workshop, edition_id: int, kind: str, sha256: str) -> bytes | None:
    """Return the file of a released edition made again; None when that does not give the bytes that `sha256` names."""
    stage = CREDENTIAL if kind in CREDENTIAL_KINDS else kind
    try:
        (lease,) = service.leases_of(reading(), [(edition_id, stage)])
        made = write_credential(workshop, lease) if stage == CREDENTIAL else write_page(reading(), workshop, lease)
    except (KeyUnusableError, MissingGlyphError, CheckFailedError, NotFound, files.DamagedFileError, KeyError):
        return None
    return made[kind] if hashlib.sha256(made[kind]).hexdigest() == sha256 else None


def open_file(config: Config, edition_id: int, kind: str, sha256: str) -> bytes:
    """Return the file of a released edition; when it is missing or was altered, made again and stored.

    Raises `DamagedFileError` when it cannot be made again as it was.
    """
    try:
        return files.get(config.data_dir, sha256)
    except (NotFound, files.DamagedFileError) as error:
        log.error(  # noqa: TRY400 -- that it is missing says it all
            "a file of edition %s is missing or was altered: %s", edition_id, sha256
        )
        content = rebuild(open_workshop(config), edition_id, kind, sha256)
        if content is None:
            raise files.DamagedFileError(sha256) from error
        files.put(config.data_dir, content)
        return content
