"""The nightly job of surveys: answers are released where enough people gave them."""

from __future__ import annotations

from datetime import datetime

from lms.config import Config
from lms.db import write
from lms.surveys import service


def run(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- as every job
    """Release the answers that may be read; return how many, and how many wait, "" when there are none."""
    released, waiting = write(lambda session: service.release_answers(session, at=at))
    return f"{released} released, {waiting} wait" if released or waiting else ""
