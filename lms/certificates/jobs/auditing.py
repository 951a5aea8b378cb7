"""Reading every released certificate again, as a stranger would: signatures, hashes, files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms import files
from lms.certificates import queries
from lms.certificates.jobs import checking
from lms.certificates.jobs.checking import CheckFailedError
from lms.clock import local_date
from lms.config import Config
from lms.db import reading
from lms.errors import NotFound


def check_issued(config: Config, *, at: datetime) -> list[str]:
    """Return a line for each released certificate whose files are missing, altered, or do not verify."""
    session = reading()
    keys = {key.key_id: key.public_key for key in queries.list_keys(session)}
    return [
        f"{released.serial} edition {released.number}: {problem}"
        for released in queries.list_released(session)
        if (problem := _problem(session, config, released, keys, at))
    ]


def _problem(session: Session, config: Config, released: queries.Released, keys: dict[str, bytes], at: datetime) -> str:
    """Return what is wrong with one certificate, or ""."""
    try:
        found = {kind: files.get(config.data_dir, sha) for kind, sha in queries.files_of(session, released.edition_id)}
        checked = checking.check_json(found["json"], keys)
        if checked.sha256 != released.payload_sha256:
            raise CheckFailedError("the file states something else than the record")
        checking.check_pdf(found["pdf"], checked, base_url=config.base_url)
        checking.check_dates(checked.payload, local_date(at, config.timezone))
    except files.DamagedFileError:
        return "a file was altered"
    except (NotFound, KeyError):
        return "a file is missing"
    except CheckFailedError as error:
        return str(error)
    return ""
