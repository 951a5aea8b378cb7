"""Commands of organizations."""

from __future__ import annotations

from flask.cli import AppGroup

group = AppGroup("organizations", help="organizations")
