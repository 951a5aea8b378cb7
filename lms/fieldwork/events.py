"""Facts that fieldwork announces: more of some people's fieldwork counts than before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

fieldwork_credited = Signal("Hours, attendance or sign-offs of workers count now.")


@dataclass(frozen=True)
class FieldworkCredited:
    """Hours were countersigned, attendance was closed or a skill was signed off, in this transaction."""

    person_ids: tuple[int, ...]
    at: datetime
