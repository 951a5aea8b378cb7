"""The nightly job of surveys: answer sheets lose the order in which they came."""

from __future__ import annotations

from datetime import datetime

from lms.config import Config
from lms.db import write
from lms.surveys import service


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- as every job
    """Mix the answer sheets of this month and the last; return one line for the log."""
    count = write(lambda session: service.mix_answers(session, at=at))
    return f"{count} answer sheets mixed"
