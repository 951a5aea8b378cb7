"""Free texts on their way to readers: put into English, put aside, cleared of private details, taken out."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.db import take_turns, upsert
from lms.errors import NotFound, RuleBroken
from lms.surveys.models import SurveyReading, SurveyWords
from lms.surveys.policy import can_judge, can_read_words, can_translate
from lms.surveys.queries.results.texts import get_text
from lms.surveys.rules.texts import FreeText, check_english

_WORDS = cast("Table", SurveyWords.__table__)


def translate_text(session: Session, actor: Actor, text_id: str, english: str, *, erase: bool, at: datetime) -> None:
    """Let staff read a text in a translator's English; with `erase` its own words are gone for good.

    Raise `NotFound` for a text that is not hers to translate, `RuleBroken("no_words")` or
    `RuleBroken("too_many_letters")`.
    """
    text = _held(session, text_id)
    if not can_translate(actor, text):
        raise NotFound
    _settle(session, actor, text, "shown", check_english(english), at=at, erase=erase)


def pass_on(session: Session, actor: Actor, text_id: str, *, at: datetime) -> None:
    """Offer a text to all translators: it is not in the language of the page on which it was written."""
    text = _held(session, text_id)
    if not can_translate(actor, text):
        raise NotFound
    _settle(session, actor, text, "passed", None, at=at, erase=False)


def flag_text(session: Session, actor: Actor, text_id: str, reason: str, *, at: datetime) -> None:
    """Put a text aside that names somebody ("private"), or offer it to translators ("language"). Nobody reads it on.

    Raise `NotFound` for who does not read it, `RuleBroken("unknown_reason")` for another reason.
    """
    text = _held(session, text_id)
    if not can_read_words(actor) or text.shown is None:
        raise NotFound
    if reason not in ("private", "language"):
        raise RuleBroken("unknown_reason")
    state = "flagged" if reason == "private" else "passed"
    _settle(session, actor, text, state, text.shown, at=at, erase=False)


def clear_text(session: Session, actor: Actor, text_id: str, english: str, *, at: datetime) -> None:
    """Let staff read a text that was put aside in these words; its own words are gone for good."""
    text = _held(session, text_id)
    if not (can_judge(actor) and text.is_to_judge):
        raise NotFound
    _settle(session, actor, text, "shown", check_english(english), at=at, erase=True)


def remove_text(session: Session, actor: Actor, text_id: str, *, at: datetime) -> None:
    """Take a text out: nobody reads it, and its words are gone for good."""
    text = _held(session, text_id)
    if not (can_judge(actor) and text.is_to_judge) and not can_translate(actor, text):
        raise NotFound
    _settle(session, actor, text, "removed", None, at=at, erase=True)


def _held(session: Session, text_id: str) -> FreeText:
    """Return a text that nobody else changes meanwhile."""
    take_turns(session, f"text {text_id}")
    return get_text(session, text_id)


def _settle(
    session: Session, actor: Actor, text: FreeText, state: str, english: str | None, *, at: datetime, erase: bool
) -> None:
    row = {"word_id": text.id, "state": state, "english": english}
    upsert(session, SurveyReading, row, key=["word_id"], change=["state", "english"])
    if erase:
        session.execute(update(_WORDS).where(_WORDS.c.id == text.id).values(text=""))
    record(session, actor.account_id, f"survey_text_{state}", "survey_text", text.id, at=at, erased=erase)
