"""Pages of training from elsewhere."""

from __future__ import annotations

from flask import Blueprint

from lms.training import queries as _queries  # noqa: F401

bp = Blueprint("training", __name__, template_folder="templates")
