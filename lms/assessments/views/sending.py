"""What a quiz page sends, and how it was shown."""

from __future__ import annotations

from flask import request

from lms.actor import Actor
from lms.assessments.forms import QuizForm
from lms.assessments.service import Sheet, Shown, start_attempt
from lms.assessments.views.fair import own_fair
from lms.db import write
from lms.i18n import language
from lms.web.arrival import arrived_at
from lms.web.showing import always_both, wants_both


def sheet_of(module_key: str, form: QuizForm) -> Sheet:
    """Return the answers that were sent; refuse the request when it holds a field of another name."""
    return Sheet(module_key, form.attempt.data or "", form.chosen(), form.seen.data or "")


def show_fair() -> None:
    """Have English stand beneath everything for a reader to whom both languages are due."""
    if language() != "en" and not wants_both() and own_fair().bilingual:
        always_both()


def shown_now() -> Shown:
    """Return how this reader's pages are shown; the lesson page keeps in the session whether with English."""
    return Shown(language(), both=wants_both())


def begin(actor: Actor, module_key: str, round_number: int) -> None:
    """Begin the reader's next attempt after the one that her page knew of."""
    show_fair()
    shown, at, after = shown_now(), arrived_at(), request.form.get("after", type=int)
    number = round_number
    write(lambda s: start_attempt(s, actor, module_key, shown=shown, at=at, round_number=number, after=after))
