"""What public answers know of editions that were revoked or replaced: each process asks anew after a few seconds.

So a flood of requests asks the database no more than that often, and nobody waits long for a revocation to show.
"""

from __future__ import annotations

import time

from flask import current_app
from sqlalchemy.orm import Session

from lms.certificates.queries.statuses import list_withdrawn

#: For so many seconds an answer is kept.
KEPT = 3.0
_NAME = "certificates.withdrawn"


def lately_withdrawn(session: Session, number: int) -> list[int]:
    """Return the places in a list, which there is, that do not count any more, as of `KEPT` seconds ago at most."""
    kept: dict[int, tuple[float, list[int]]] = current_app.config.setdefault(_NAME, {})
    at, found = time.monotonic(), kept.get(number)
    if found is None or at - found[0] >= KEPT:
        found = kept[number] = at, list_withdrawn(session, number)
    return found[1]
