"""The nightly job of surveys: answers are released where enough people gave them, and counted into figures."""

from __future__ import annotations

from datetime import datetime

from lms.config import Config
from lms.content.library import current
from lms.db import reading, write
from lms.surveys import service
from lms.surveys.queries.results.figures import surveys_uncounted
from lms.surveys.service.results import count_cells, mix_comments


def run(config: Config, *, at: datetime) -> str:
    """Release the answers that may be read; return how many, and how many wait, "" when there are none."""
    released, waiting = write(lambda session: service.release_answers(session, secret_key=config.secret_key, at=at))
    count_released()
    write(lambda session: mix_comments(session, at=at))
    return f"{released} released, {waiting} wait" if released or waiting else ""


def count_released() -> int:
    """Count the cells that were released since, some of them in each transaction, and return how many."""
    counted = 0
    for key in surveys_uncounted(reading()):
        while cells := write(lambda session, key=key: count_cells(session, current(session), key)):  # type: ignore[misc]
            counted += cells
    return counted
