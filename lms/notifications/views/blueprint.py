"""The blueprint of letters, and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app

from lms.config import Config
from lms.notifications.messages import sentence
from lms.web.forms import Explained, Form, form_page

bp = Blueprint("notifications", __name__, template_folder="../templates")


def config() -> Config:
    """Return the settings of this application."""
    found: Config = current_app.config["LMS"]
    return found


def explained(form: Form) -> Explained:
    """Return a context in which a broken rule becomes a sentence in `form`."""
    return Explained(form, sentence)


def page(template: str, form: Form | None = None, **values: Any) -> tuple[str, int]:
    """Return a page of this feature and its status."""
    return form_page(f"notifications/{template}", form, **values)
