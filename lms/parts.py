"""Long work in parts, each a transaction of its own, and several pieces of it one after another."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy.orm import Session

from lms.db import write

log = logging.getLogger(__name__)
#: Seconds of one tick for one piece of work; the next tick is moments away.
SLICE = 8.0

T = TypeVar("T")


def write_for(seconds: float, part: Callable[[Session], int]) -> int:
    """Write parts for so many seconds, one at least, and return what the last one says is left; with 0 left it ends.

    Each part is a transaction of its own: whoever is stopped in between leaves work that anybody can go on with.
    """
    until = time.monotonic() + seconds
    while left := write(part):
        if time.monotonic() > until:
            break
    return left


def in_turn(kind: str, names: Iterable[str], go_on: Callable[[str], T]) -> list[T]:
    """Go on with each piece of work and return what each gave; `kind` is what the log calls one.

    One that cannot be gone on with keeps none of the others; its fault is raised when they have had their turn.
    """
    gave, faults = [], []
    for name in names:
        try:
            gave.append(go_on(name))
        except Exception as fault:
            log.exception("the %s %s was not gone on with", kind, name)
            faults.append(fault)
    if faults:
        raise faults[0]
    return gave
