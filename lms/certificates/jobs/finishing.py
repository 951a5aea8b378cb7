"""Finishing reserved certificates: lease, make, hand back; safe to kill anywhere and to run in many processes.

Credentials come first, and releasing them; pages are drawn behind, or when somebody asks for one.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask

from lms import files
from lms.certificates import queries, service
from lms.certificates.jobs.making import Workshop, make
from lms.certificates.jobs.workshops import open_workshop
from lms.certificates.service import Lease, Made
from lms.config import Config
from lms.db import reading, write
from lms.errors import RuleBroken

BATCH = 20
LITTER_AGE = timedelta(hours=1)
Told = Callable[[int], None]
log = logging.getLogger(__name__)


def run(config: Config, *, at: datetime) -> str:
    """Finish what is due, inside an application context; return how many certificates were released."""
    return f"{finish(config, at=at, limit=500)} certificates released"


def finish_issues(app: Flask, *, at: datetime, limit: int = 500, pages: bool = True, told: Told | None = None) -> int:
    """Make and release up to `limit` reserved certificates, then up to `limit` pages; return how many were released.

    `told` hears after each batch how many are done. Without `pages` no page is drawn.
    """
    with app.app_context():
        return finish(app.config["LMS"], at=at, limit=limit, pages=pages, told=told)


def finish(config: Config, *, at: datetime, limit: int, pages: bool = True, told: Told | None = None) -> int:
    """Work through what is due in batches until nothing is left or `limit` is reached."""
    files.sweep(config.data_dir, before=at - LITTER_AGE)
    finishing = Finishing(config, at)
    finishing.rekey(limit)
    released = finishing.work(limit, pages=False, told=told)
    if pages:
        finishing.work(limit, pages=True, told=told)
    return released


def make_page_now(config: Config, edition_id: int, kind: str, *, at: datetime) -> str | None:
    """Return the name of a page's file, made at once when nobody has yet.

    None when another is just making it, or when it cannot be made now (no key signs here): then it stays due.
    """
    finishing = Finishing(config, at)
    lease = write(lambda session: service.lease_page(session, edition_id, kind, holder=finishing.holder, at=at))
    if lease is not None and (made := finishing.make(lease)):
        finishing.hand_back([made], pages=True)
    return queries.find_artifact(reading(), edition_id, kind)


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

    def rekey(self, limit: int) -> int:
        """Reserve anew, under the keys in force, what has a compromised key; return how many."""
        done = 0
        while done < limit:
            award_ids = queries.list_to_rekey(reading(), limit=min(BATCH, limit - done))
            reading().rollback()
            if not award_ids:
                break
            try:
                done += write(lambda session, ids=award_ids: service.rekey(session, ids, at=self.now()))  # type: ignore[misc]
            except RuleBroken:
                log.exception("certificates under a compromised key wait for a new one: `lms keys create`")
                break
        return done

    def work(self, limit: int, *, pages: bool, told: Told | None = None) -> int:
        """Make up to `limit` credentials, or pages, and hand them back; return how many are new."""
        done = taken = 0
        while taken < limit:
            leases = self.lease(min(BATCH, limit - taken), pages=pages)
            if not leases:
                break
            taken += len(leases)
            workshop = open_workshop(self.config)
            done += self.hand_back([made for each in leases if (made := self.make(each, workshop))], pages=pages)
            if told is not None:
                told(done)
        return done

    def lease(self, limit: int, *, pages: bool) -> list[Lease]:
        """Take what is due next, at most `limit`."""
        at = self.now()
        return write(lambda session: service.lease_tasks(session, holder=self.holder, at=at, limit=limit, pages=pages))

    def hand_back(self, made: list[Made], *, pages: bool) -> int:
        """Release credentials, or keep pages, and return how many are new."""
        at = self.now()
        if not made:
            return 0
        if pages:
            return write(lambda session: service.keep_pages(session, made, holder=self.holder, at=at))
        return len(write(lambda session: service.release(session, made, holder=self.holder, at=at)))

    def make(self, lease: Lease, workshop: Workshop | None = None) -> Made | None:
        """Return the files of one stage; None when it failed and is put off, with the reason kept."""
        try:
            return make(reading(), workshop or open_workshop(self.config), lease, at=self.now())
        except Exception as error:
            log.exception("%s of edition %s of %s could not be made", lease.stage, lease.number, lease.serial)
            problem, at = f"{type(error).__name__}: {error}", self.now()
            write(lambda s: service.postpone(s, lease, holder=self.holder, problem=problem, at=at))
            return None
        finally:
            reading().rollback()
