"""Commands of reports."""

from __future__ import annotations

from flask.cli import AppGroup

group = AppGroup("reports", help="reports")
