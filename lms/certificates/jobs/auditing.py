"""Reading released certificates again, as a stranger would (signatures, hashes, files), and making files again."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime

from lms import files
from lms.certificates import queries, service
from lms.certificates.jobs import checking, keyring
from lms.certificates.jobs.checking import CheckFailedError
from lms.certificates.jobs.drawing import draw_certificate
from lms.certificates.jobs.keyring import KeyUnusableError
from lms.certificates.jobs.making import sheet_of, sign_payload
from lms.clock import local_date
from lms.config import Config
from lms.db import reading
from lms.differences import Difference
from lms.errors import NotFound
from lms.web.fonts import MissingGlyphError

log = logging.getLogger(__name__)


def check_issued(config: Config, *, at: datetime, fix: bool = False) -> list[Difference]:
    """Return a difference for each released certificate whose files are missing, altered, or do not verify.

    It is mendable when the file can be made again with the same bytes; with `fix` that is done.
    """
    keys = {key.key_id: key.public_key for key in queries.list_keys(reading())}
    found = []
    for released in queries.list_released(reading()):
        problem = _problem(config, released, keys, at)
        if problem:
            is_mendable = _restore(config, released, fix=fix)
            found.append(Difference(f"{released.serial} edition {released.number}: {problem}", is_mendable))
        reading().rollback()
    return found


def _problem(config: Config, released: queries.Released, keys: dict[str, bytes], at: datetime) -> str:
    """Return what is wrong with one certificate, or ""."""
    try:
        found = {
            kind: files.get(config.data_dir, sha256)
            for kind, sha256 in queries.files_of(reading(), released.edition_id)
        }
        checked = checking.check_json(found["json"], keys)
        if checked.sha256 != released.payload_sha256:
            raise CheckFailedError("the file states something else than the record")
        checking.check_pdf(found["pdf"], checked, base_url=config.base_url)
        checking.check_dates(checked.payload, local_date(at))
    except files.DamagedFileError:
        return "a file was altered"
    except (NotFound, KeyError):
        return "a file is missing"
    except CheckFailedError as error:
        return str(error)
    return ""


def _restore(config: Config, released: queries.Released, *, fix: bool) -> bool:
    """Return whether every damaged file of a certificate can be made again; with `fix` make them."""
    damaged = [
        (kind, sha256)
        for kind, sha256 in queries.files_of(reading(), released.edition_id)
        if not _is_whole(config, sha256)
    ]
    remade = [rebuild(config, released.edition_id, kind, sha256) for kind, sha256 in damaged]
    for content in remade if fix else ():
        if content is not None:
            files.put(config.data_dir, content)
    return bool(damaged) and None not in remade


def _is_whole(config: Config, sha256: str) -> bool:
    """Return whether a file is there with the content that its name promises."""
    try:
        files.get(config.data_dir, sha256)
    except (NotFound, files.DamagedFileError):
        return False
    return True


def rebuild(config: Config, edition_id: int, kind: str, sha256: str) -> bytes | None:
    """Return the file of a released edition made again; None when that does not give the bytes that `sha256` names."""
    try:
        lease = service.lease_of(reading(), edition_id)
        if kind == "json":
            key = keyring.load_key(config.keys_dir, lease.key_id)
            content = sign_payload(lease.payload, lease.key_id, key)
        else:
            content = draw_certificate(sheet_of(reading(), config, lease))
    except (KeyUnusableError, MissingGlyphError):
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


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
        content = rebuild(config, edition_id, kind, sha256)
        if content is None:
            raise files.DamagedFileError(sha256) from error
        files.put(config.data_dir, content)
        return content
