"""The blueprint of surveys' pages."""

from __future__ import annotations

from flask import Blueprint, current_app

from lms.config import Config

bp = Blueprint("surveys", __name__, template_folder="../templates")


def config() -> Config:
    """Return the settings of this installation."""
    found: Config = current_app.config["LMS"]
    return found
