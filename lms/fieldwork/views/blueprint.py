"""The blueprint of fieldwork, and what its pages share."""

from __future__ import annotations

from flask import Blueprint, current_app

from lms.config import Config

bp = Blueprint("fieldwork", __name__, template_folder="../templates")


def config() -> Config:
    """Return the settings of this application."""
    found: Config = current_app.config["LMS"]
    return found
