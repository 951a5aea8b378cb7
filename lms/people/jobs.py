"""The job that forgets what only guarded a sign-in and no longer counts."""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.config import Config
from lms.db import write
from lms.people import service

#: Codes live ten minutes; a day leaves time to look into a complaint.
CODES_KEPT = timedelta(days=1)


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Forget old wrong guesses, ended sessions and codes; return how many rows."""
    return f"forgot {write(lambda session: service.forget_old(session, codes_before=at - CODES_KEPT, at=at))}"
