"""Who may see how far translations are, and who may say that a reported wording is wrong."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, true
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from lms.actor import Actor
from lms.content.library import SOURCE_LOCALE

#: Who reads of every language; translators read of theirs.
READERS = ("certifier", "trainer", "analyst", "administrator")


def can_read(actor: Actor, locale: str) -> bool:
    """Return whether the actor may see the state and the reports of a language."""
    return actor.has(*READERS) or (actor.has("translator") and locale in actor.translates)


def visible_reports(actor: Actor, reports: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """Return the criterion of the reports, by their columns, that `can_read` lets the actor see.

    Who supervises anybody reads no unsigned one, as no word of a survey: it may be of her own staff.
    """
    if not actor.has(*READERS, "translator"):
        return false()
    seen = true() if actor.has(*READERS) else reports["locale"].in_(sorted(actor.translates))
    return and_(seen, reports["person_id"].is_not(None)) if actor.supervises else seen


def can_decide(actor: Actor, locale: str, reported_by: int | None) -> bool:
    """Return whether the actor may decide about a report: who knows the language, and never who reported it.

    A translator of the language or a certifier; for English a certifier or an administrator. Of an unsigned one nobody
    knows who reported it; nothing of anybody's depends on it.
    """
    if reported_by == actor.person_id:
        return False
    if locale == SOURCE_LOCALE:
        return actor.has("certifier", "administrator")
    return actor.has("certifier") or (actor.has("translator") and locale in actor.translates)


def can_write(actor: Actor, locale: str) -> bool:
    """Return whether the actor may write, review and rate words of a language: its translators, nobody else."""
    return actor.has("translator") and locale in actor.translates


def can_approve(actor: Actor, locale: str) -> bool:
    """Return whether the actor may approve at all: translators of the language, and certifiers of every language.

    A certifier answers for what certifies. She may not read the language, so that she approves only what somebody who
    does has reviewed (`rules.steps_for`).
    """
    return can_write(actor, locale) or actor.has("certifier")


def can_withdraw(actor: Actor, locale: str, step: str, *, is_hers: bool) -> bool:
    """Return whether the actor may take a review or an approval back: translators of the language, whoever gave it.

    A certifier takes back the approvals that she gave.
    """
    return can_write(actor, locale) or (step == "approved" and is_hers and can_approve(actor, locale))
