"""The blueprint of fieldwork."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("fieldwork", __name__, template_folder="../templates")
