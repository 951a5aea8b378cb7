"""How often one place may check, and the counting of checks: in memory, for the database shall not know who checks.

Limits hold for each server process; an installation with four of them allows four times as many.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Response, current_app, g, jsonify, render_template, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from lms.certificates import service
from lms.certificates.rules.checks import Check
from lms.certificates.views.saying import quiet, wants
from lms.clock import local_date, now
from lms.db import write
from lms.i18n import gettext as _
from lms.people.rules import address_group

WINDOW = 600.0
#: In ten minutes from one address: single numbers, names compared included; files; lists of numbers; status lists; the
#: page that is saved.
MOST = {"single": 300, "file": 30, "batch": 10, "list": 300, "saved": 30}
#: Addresses that are remembered; beyond it the one that was quiet longest is forgotten.
MOST_PLACES = 10_000
#: A refused number is answered no sooner: it takes as long whether it was looked up or not.
REFUSAL = 0.03
#: Checks of numbers that nobody has are written once there are so many, or beside one that somebody has.
WRITTEN_AT = 100
_NAME = "certificates.turns"
log = logging.getLogger(__name__)


@dataclass
class Turns:
    """What one process remembers of checks."""

    clock: Callable[[], float] = time.monotonic
    _places: OrderedDict[tuple[str, str], tuple[float, int]] = field(default_factory=OrderedDict)
    _waiting: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, kind: str, place: str) -> bool:
        """Return whether `place` may check once more; ten minutes begin with its first check."""
        key, at = (kind, place), self.clock()
        with self._lock:
            began, number = self._places.pop(key, (at, 0))
            if at - began >= WINDOW:
                began, number = at, 0
            self._places[key] = (began, number + 1)
            while len(self._places) > MOST_PLACES:
                self._places.popitem(last=False)
        return number < MOST[kind]

    def put_off(self, way: str, outcome: str, number: int = 1) -> int:
        """Remember checks that found no certificate; return how many wait to be written."""
        with self._lock:
            self._waiting[way, outcome] += number
            return self._waiting.total()

    def waiting(self) -> Counter[tuple[str, str]]:
        """Return what waits to be written, and forget it."""
        with self._lock:
            found, self._waiting = self._waiting, Counter()
        return found


def turns() -> Turns:
    """Return what this process remembers."""
    found: Turns = current_app.config.setdefault(_NAME, Turns())
    return found


def take_turn(kind: str) -> None:
    """Let the request pass, or refuse it with 429 when its address checked too often."""
    g.began = time.monotonic()
    if not turns().take(kind, address_group(request.remote_addr)):
        raise TooManyRequests(response=_too_many())


def _too_many() -> Response:
    """Return how a place that checked too often is told to wait."""
    if wants("application/json"):
        answer = quiet((jsonify({"error": "too_many_checks"}), 429))
    else:
        message = _("There were many checks from your place in a short time. Please wait ten minutes, then go on.")
        answer = quiet((render_template("error.html", code=429, message=message), 429))
    answer.headers["Retry-After"] = str(int(WINDOW))
    return answer


def wait_like_others() -> None:
    """Let a refused number take as long as every other."""
    time.sleep(max(0.0, g.began + REFUSAL - time.monotonic()))


def count(way: str, checks: Mapping[Check, int], *, link_id: int | None = None) -> None:
    """Count checks made in one way. One short write after all was read; a check is answered though it fails.

    Checks that found nothing wait in memory, so that guessing numbers writes next to nothing.
    """
    found = {check: number for check, number in checks.items() if check.award_id is not None}
    waiting = 0
    for check, number in checks.items():
        if check.award_id is None:
            waiting = turns().put_off(way, check.outcome, number)
    if found or waiting >= WRITTEN_AT:
        _write(way, found, link_id)


def _write(way: str, found: Mapping[Check, int], link_id: int | None) -> None:
    put_off, day = turns().waiting(), local_date(now())
    by_way: dict[str, dict[Check, int]] = {way: dict(found)} if found else {}
    for (other, outcome), number in put_off.items():
        by_way.setdefault(other, {})[Check(None, outcome)] = number

    def fn(session: Session) -> None:
        for name in sorted(by_way):
            service.count_checks(session, by_way[name], name, day=day)
        if link_id is not None:
            service.open_link(session, link_id, day=day)

    try:
        write(fn)
    except (DBAPIError, NoConnectionLeft, OSError):
        log.exception("a check of a certificate could not be counted")
        for (other, outcome), number in put_off.items():
            turns().put_off(other, outcome, number)
