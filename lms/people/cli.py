"""Commands of people."""

from __future__ import annotations

from flask.cli import AppGroup

group = AppGroup("people", help="people")
