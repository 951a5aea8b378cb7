"""Health checks: does the process live, and does the database take writes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms.db import reading, write
from lms.web.access import public

Answer = tuple[str, int, dict[str, str]]
#: For how many seconds an answer holds: strangers who ask often must not keep writers waiting.
HOLDS = 5.0
RETRY_AFTER = 5
log = logging.getLogger(__name__)


class Readiness:
    """Whether the database can be read and written, asked anew when the last answer is too old."""

    def __init__(self, beat: Callable[[Session], None]) -> None:
        """Remember what to write: `beat` changes a row, so that a full disk or a read-only file is noticed."""
        self._beat = beat
        self._asking = Lock()
        self._is_ready = False
        self._asked_at = float("-inf")

    def is_ready(self) -> bool:
        """Return the answer. While one request asks the database, the others get the last answer."""
        if time.monotonic() - self._asked_at >= HOLDS and self._asking.acquire(blocking=False):
            try:
                self._is_ready = self._ask()
                self._asked_at = time.monotonic()
            finally:
                self._asking.release()
        return self._is_ready

    def _ask(self) -> bool:
        try:
            reading().execute(text("SELECT 1"))
            write(self._beat)
        except (SQLAlchemyError, OSError) as error:
            log.error("the database is not ready: %s", error)  # noqa: TRY400 -- a trace every few seconds tells no more
            return False
        return True


def init_app(app: Flask, beat: Callable[[Session], None]) -> None:
    """Add `/healthz` and `/readyz`; `beat` writes one row of the database."""
    readiness = Readiness(beat)

    @public
    def ready() -> Answer:
        """Answer whether the database takes writes."""
        if readiness.is_ready():
            return "ok\n", 200, {"Content-Type": "text/plain"}
        return "database\n", 503, {"Content-Type": "text/plain", "Retry-After": str(RETRY_AFTER)}

    app.add_url_rule("/healthz", "web.health", health)
    app.add_url_rule("/readyz", "web.ready", ready)


@public
def health() -> Answer:
    """Answer that the process lives."""
    return "ok\n", 200, {"Content-Type": "text/plain"}
