"""The blueprint of people, and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template

from lms.config import Config
from lms.errors import RuleBroken
from lms.people.messages import sentence
from lms.web.forms import Form

bp = Blueprint("people", __name__, template_folder="../templates")


def config() -> Config:
    """Return the settings of this application."""
    found: Config = current_app.config["LMS"]
    return found


class _Explained:
    """Runs what may be refused; a broken rule becomes a sentence above the form."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, RuleBroken):
            return False
        refuse(self._form, error)
        return True


def explained(form: Form) -> _Explained:
    """Return a context in which a broken rule becomes a sentence above `form`."""
    return _Explained(form)


def refuse(form: Form, error: RuleBroken) -> None:
    """Say above the form why a change was refused."""
    form.refusal = error.code
    form.form_errors.append(sentence(error))


def page(template: str, form: Form | None = None, **values: Any) -> tuple[str, int]:
    """Return a page and its status: 429 when there were too many tries, 400 when its form has errors, else 200."""
    refusal = getattr(form, "refusal", "")
    status = 429 if refusal.startswith("too_many") else 400 if form is not None and form.errors else 200
    return render_template(f"people/{template}", form=form, **values), status


def is_staff(account_id: int) -> bool:
    """Return whether an account holds any role beyond a worker's, supervision included; the roof knows."""
    return bool(current_app.extensions["is_staff"](account_id))
