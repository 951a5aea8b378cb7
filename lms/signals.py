"""How a fact travels: a lower feature announces it, higher features hear it, all in the same transaction."""

from __future__ import annotations

from typing import Any

from blinker import Signal
from sqlalchemy.orm import Session


def announce(signal: Signal, session: Session, fact: Any) -> None:
    """Tell every connected handler `fact`, one after another, inside the caller's transaction.

    Handlers have the shape `on_fact(fact, *, session)`; what one raises undoes the whole transaction.
    """
    signal.send(fact, session=session)
