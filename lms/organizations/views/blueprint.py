"""The blueprint of organizations, and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from lms.organizations.messages import sentence
from lms.web.forms import Explained, Form, form_page

bp = Blueprint("organizations", __name__, template_folder="../templates")


def explained(form: Form) -> Explained:
    """Return a context in which a broken rule becomes a sentence in `form`."""
    return Explained(form, sentence)


def page(template: str, form: Form | None = None, **values: Any) -> tuple[str, int]:
    """Return a page of this feature and its status."""
    return form_page(f"organizations/{template}", form, **values)
