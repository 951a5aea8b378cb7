"""The blueprint of certificates, and what its pages share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask import Blueprint, current_app, flash, g, render_template

from lms.certificates import messages
from lms.certificates.rules.payloads import issuer_name
from lms.certificates.rules.serials import show_serial
from lms.clock import local_date, now
from lms.config import Config
from lms.content.library import Text
from lms.errors import RuleBroken
from lms.i18n import LANGUAGES, format_date, language
from lms.web.forms import Form, refuse

bp = Blueprint("certificates", __name__, template_folder="../templates")


def config() -> Config:
    """Return the settings of this application."""
    found: Config = current_app.config["LMS"]
    return found


def page(template: str, *forms: Form, status: int = 200, **values: Any) -> tuple[str, int]:
    """Return a page and its status, 400 when one of its forms has errors, 409 when it was sent from a stale page."""
    code = g.get("form_status", 400) if status == 200 and any(form.errors for form in forms) else status
    shared = {
        "reason": messages.reason,
        "marks": messages.MARKS,
        "application_state": messages.application_state,
        "outcome": messages.outcome,
        "certificate_state": messages.certificate_state,
        "show_serial": show_serial,
        "issuer_name": issuer_name,
        "titled": titled,
        "tongue": tongue,
        "format_iso": format_iso,
        "event_name": messages.event_name,
        "today": local_date(now()),
    }
    return render_template(f"certificates/{template}", **shared, **values), code


def titled(titles: Mapping[str, str]) -> Text:
    """Return signed words in the reader's language where the certificate has them, else in English.

    Whether anybody has approved them is not signed, so they pass for a draft.
    """
    own, english = titles.get(language()), titles["en"]
    if language() == "en":
        return Text(english, "source", english)
    return Text(own, "draft", english) if own else Text(english, "missing", english)


def tongue(tag: str) -> str:
    """Return the language or languages ("to+en") of instruction, each as it calls itself."""
    own = dict(LANGUAGES)
    return " + ".join(own.get(part, part) for part in tag.split("+")) if tag else ""


def format_iso(iso: str | None) -> str:
    """Return a signed date in the reader's words, or "" for none."""
    return format_date(date.fromisoformat(iso)) if iso else ""


@contextmanager
def explained(form: Form | None) -> Iterator[None]:
    """Make a broken rule a sentence in `form`, or at the top of the next page."""
    try:
        yield
    except RuleBroken as error:
        if form is None:
            flash(messages.sentence(error), "error")
        else:
            refuse(form, error, messages.sentence)
            g.form_status = 409 if error.code == "changed_meanwhile" else 400
