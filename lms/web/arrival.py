"""When a request arrived, by the server's clock: the first thing that is noted of it."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, g

from lms.clock import now


def init_app(app: Flask) -> None:
    """Note the arrival of every request, before anything waits for the database."""
    app.before_request(_note)


def _note() -> None:
    g.arrived_at = now()


def arrived_at() -> datetime:
    """Return when this request arrived, in UTC. What a client says about time is never asked."""
    found: datetime = g.arrived_at
    return found
