"""Pages of reports."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("reports", __name__, template_folder="templates")


@bp.get("/reports")
def index() -> str:
    """Stand in."""
    return ""
