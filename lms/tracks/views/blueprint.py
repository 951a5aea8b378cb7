"""The blueprint of tracks."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("tracks", __name__, template_folder="../templates")
