"""Who may see how far translations are, and who may say that a reported wording is wrong."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, true

from lms.actor import Actor
from lms.content.library import SOURCE_LOCALE
from lms.translating.models import WordingReport

#: Who reads of every language; translators read of theirs.
READERS = ("certifier", "trainer", "analyst", "administrator")


def can_read(actor: Actor, locale: str) -> bool:
    """Return whether the actor may see the state and the reports of a language."""
    return actor.has(*READERS) or (actor.has("translator") and locale in actor.translates)


def visible_reports(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of the reports that `can_read` lets the actor see."""
    if actor.has(*READERS):
        return true()
    return WordingReport.locale.in_(sorted(actor.translates)) if actor.has("translator") else false()


def can_decide(actor: Actor, locale: str, reported_by: int) -> bool:
    """Return whether the actor may decide about a report: who knows the language, and never who reported it.

    A translator of the language or a certifier; for English a certifier or an administrator.
    """
    if reported_by == actor.person_id:
        return False
    if locale == SOURCE_LOCALE:
        return actor.has("certifier", "administrator")
    return actor.has("certifier") or (actor.has("translator") and locale in actor.translates)
