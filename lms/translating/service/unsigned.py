"""Reports of who came by a letter's link: kept without person and time, and in no order."""

from __future__ import annotations

import random
from typing import cast

from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from lms.db import insert_once, is_postgresql, take_turns
from lms.translating import rules
from lms.translating.models import UnsignedReport
from lms.translating.queries import Passage

_UNSIGNED = cast("Table", UnsignedReport.__table__)
_CHANCE = random.SystemRandom()
#: The turn that keeps the mixing apart from who decides: she would find the row gone, as if it were decided.
MIXING = "mix reports"


def report_unsigned(session: Session, passage: Passage, *, fault: str, words: str, client_id: str) -> bool:
    """Keep a report of the words in `passage`; return whether it is new: the same form again changes nothing.

    Raise what `check_report` raises of fault and words. Nothing is audited and no row of hers is locked: either would
    tell who wrote it, or when.
    """
    rules.check_report(fault, words, 0)
    row = {
        "client_id": client_id,
        "key": passage.key,
        "address": passage.at,
        "locale": passage.locale,
        "revision_id": passage.revision_id,
        "locale_revision_id": passage.locale_revision_id,
        "fault": fault,
        "words": words.strip(),
    }
    return bool(insert_once(session, UnsignedReport, [row], "public_id"))


def mix_reports(session: Session, *, chance: random.Random = _CHANCE) -> int:
    """Write the unsigned reports that are open anew, in a random order, and return how many.

    PostgreSQL keeps rows in the order in which they came, and with each the number of the transaction that wrote it.
    SQLite keeps them by their random key and needs nothing.
    """
    if not is_postgresql(session):
        return 0
    take_turns(session, MIXING)
    is_open = delete(_UNSIGNED).where(_UNSIGNED.c.state == "new").returning(_UNSIGNED)
    rows = [dict(row) for row in session.execute(is_open).mappings()]
    chance.shuffle(rows)
    if rows:
        session.execute(insert(_UNSIGNED), rows)
    return len(rows)
