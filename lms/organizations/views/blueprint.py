"""The blueprint of organizations, and what its pages share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, render_template, request

from lms.errors import RuleBroken
from lms.organizations.messages import sentence
from lms.organizations.queries import PAGE_SIZE
from lms.web.forms import Form

bp = Blueprint("organizations", __name__, template_folder="../templates")


@contextmanager
def explained(form: Form) -> Iterator[None]:
    """Turn a broken rule into a sentence above `form`."""
    try:
        yield
    except RuleBroken as error:
        form.form_errors.append(sentence(error))


def page(template: str, form: Form | None = None, **values: Any) -> tuple[str, int]:
    """Return a page and its status: 400 when its form has errors, else 200."""
    html = render_template(f"organizations/{template}", form=form, **values)
    return html, 400 if form is not None and form.errors else 200


def page_of(count: int) -> tuple[int, int]:
    """Return the number of the page that the address asks for, at most the last one, and how many there are."""
    pages = max(1, -(-count // PAGE_SIZE))
    return min(max(1, request.args.get("page", 1, type=int)), pages), pages
