"""Who may record, accept and withdraw."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from lms.actor import Actor


def can_record(actor: Actor, locale: str) -> bool:
    """Return whether the actor may record in a language, and hear what others recorded: a trainer, its translators."""
    return actor.has("trainer") or (actor.has("translator") and locale in actor.translates)


def can_accept(actor: Actor, locale: str) -> bool:
    """Return whether the actor may say that a recording is right: who may record, and understands the language."""
    return can_record(actor, locale) and (locale in actor.translates or locale == actor.language)


def visible_recordings(actor: Actor, recordings: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[bool]:
    """Return the criterion of the recordings, by their columns, that `can_record` lets the actor hear, and her own."""
    if actor.has("trainer"):
        return true()
    own = recordings["person_id"] == actor.person_id
    return or_(own, recordings["locale"].in_(sorted(actor.translates))) if actor.has("translator") else own
