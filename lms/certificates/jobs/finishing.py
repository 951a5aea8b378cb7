"""Finishing reserved certificates: lease, make, release; safe to kill anywhere and to run in many processes."""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask

from lms import files
from lms.certificates import queries, service
from lms.certificates.jobs import keyring
from lms.certificates.jobs.making import make_certificate
from lms.certificates.service import Lease, Made
from lms.clock import local_date
from lms.config import Config
from lms.db import reading, write

BATCH = 20
LITTER_AGE = timedelta(hours=1)
log = logging.getLogger(__name__)


def run(config: Config, *, at: datetime) -> str:
    """Finish what is due, inside an application context; return how many certificates were released."""
    return f"{_finish(config, at=at, limit=500)} certificates released"


def finish_issues(app: Flask, *, at: datetime, limit: int = 500) -> int:
    """Sign, draw, check and release up to `limit` reserved certificates; return how many were released."""
    with app.app_context():
        return _finish(app.config["LMS"], at=at, limit=limit)


def ensure_key(config: Config, *, at: datetime) -> str:
    """Return the id of the key in force, making one when there is none: for the demonstration and for tests."""
    current = queries.find_current_key(reading(), at)
    if current is not None:
        return current
    pair = keyring.create_key(config.keys_dir)
    write(lambda session: service.add_key(session, pair.key_id, pair.public_key, at=at))
    return pair.key_id


def _finish(config: Config, *, at: datetime, limit: int) -> int:
    """Work through what is due in batches until nothing is left or `limit` is reached."""
    files.sweep(config.data_dir, before=at - LITTER_AGE)
    finishing = Finishing(config, at)
    released = taken = 0
    while taken < limit:
        leases = finishing.lease(min(BATCH, limit - taken))
        if not leases:
            break
        taken += len(leases)
        released += finishing.release([made for lease in leases if (made := finishing.make(lease))])
    return released


@dataclass
class Finishing:
    """One run of the job, which began at `began_at`. Time passes by the clock that is never set back."""

    config: Config
    began_at: datetime
    holder: str = field(default_factory=lambda: secrets.token_hex(8))
    began: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """Return the present instant of this run."""
        return self.began_at + timedelta(seconds=time.monotonic() - self.began)

    def lease(self, limit: int) -> list[Lease]:
        """Take the next editions that are due, at most `limit`."""
        at = self.now()
        return write(lambda session: service.lease_tasks(session, holder=self.holder, at=at, limit=limit))

    def release(self, made: list[Made]) -> int:
        """Release what was made and return how many are new."""
        at = self.now()
        return len(write(lambda s: service.release(s, made, holder=self.holder, at=at))) if made else 0

    def make(self, lease: Lease) -> Made | None:
        """Return the files of one edition; None when it failed, was remade, or is put off, with the reason kept."""
        try:
            return self._make(lease)
        except Exception as error:
            log.exception("edition %s of %s could not be made", lease.number, lease.serial)
            edition, problem, at = lease.edition_id, f"{type(error).__name__}: {error}", self.now()
            write(lambda s: service.postpone(s, edition, holder=self.holder, problem=problem, at=at))
            return None
        finally:
            reading().rollback()

    def _make(self, lease: Lease) -> Made | None:
        """Return the files of one edition; None when its key is compromised: then it is reserved anew."""
        at, keys = self.now(), {key.key_id: key for key in queries.list_keys(reading())}
        if keys[lease.key_id].compromised_at is not None:
            write(lambda session: service.remake(session, lease, holder=self.holder, at=at))
            return None
        private = keyring.load_key(self.config.keys_dir, lease.key_id)
        published = {key.key_id: key.public_key for key in keys.values()}
        return make_certificate(reading(), self.config, lease, private, public_keys=published, today=local_date(at))
