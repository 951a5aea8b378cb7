"""Which version and language of a quiz a page of figures is about, as its address says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import request
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import policy
from lms.assessments.queries.analysis import (
    Corrected,
    ItemRow,
    QuizRow,
    Today,
    asked_of,
    find_today,
    list_corrected,
    list_item_rows,
    list_quiz_rows,
    since,
)
from lms.assessments.rules.languages import ENGLISH
from lms.content.library import Source, Version, Words, current, published_as, source_of, words_of
from lms.errors import NotFound
from lms.i18n import TAGS
from lms.i18n import gettext as _


@dataclass(frozen=True)
class Looked:
    """What a reader looks at: a quiz, one version of it, one language, and what is known of them."""

    today: Today
    source: Source
    version: str
    locale: str
    quiz_rows: Sequence[QuizRow]
    item_rows: Sequence[ItemRow]
    locales: tuple[str, ...]
    corrected: Sequence[Corrected] = ()

    @property
    def is_today(self) -> bool:
        """Return whether this version is the published one."""
        return self.version == self.today.asked.version

    @property
    def quiz(self) -> QuizRow | None:
        """Return the figures of the whole quiz; None where fewer than eleven handed it in."""
        rows = (row for row in self.quiz_rows if (row.version, row.locale) == (self.version, self.locale))
        return next(rows, None)

    @property
    def versions(self) -> list[tuple[str, str]]:
        """Return the versions that have figures, with the published one first, and what each is called."""
        others = dict.fromkeys(row.version for row in self.quiz_rows if row.version != self.today.asked.version)
        earlier = [(version, _("Earlier version %(number)s", number=n)) for n, version in enumerate(others, 1)]
        return [("", _("Today's version")), *earlier]

    def rows(self, locale: str) -> Mapping[str, list[ItemRow]]:
        """Return {item id: the rows of its version in a language}, today's wording last, else the newest."""
        items = asked_of(self.source).items
        found: dict[str, list[ItemRow]] = {}
        for row in self.item_rows:
            item = items.get(row.item_id)
            if item is not None and item.version == row.version and row.locale == locale:
                found.setdefault(row.item_id, []).append(row)
        for own in found.values():
            own.sort(key=lambda row: (self.is_todays(row), row.locale_revision_id or 0))
        return found

    def shown(self) -> Mapping[str, tuple[ItemRow | None, int]]:
        """Return {item id: its figures in the language looked at, and how many answers other wordings have}.

        Figures of words that nobody reads any more do not stand for those of today: None where these have none.
        """
        found: dict[str, tuple[ItemRow | None, int]] = {}
        for item_id, own in self.rows(self.locale).items():
            row = own[-1] if not self.is_today or self.is_todays(own[-1]) else None
            found[item_id] = (row, sum(each.answers for each in own if each is not row))
        return found

    def corrected_on(self, item_id: str, locale: str, row: ItemRow | None) -> date | None:
        """Return since when a question of this version is corrected for readers of a language; None where it is not.

        The words are those that `row` tells of, today's without one; of an earlier version any.
        """
        today = self.today.wording(item_id, locale) if self.is_today else None
        wording = row.wording if row else today
        return since(self.corrected, asked_of(self.source).items[item_id], locale, wording)

    def is_todays(self, row: ItemRow) -> bool:
        """Return whether a row is about the words that are read today."""
        return self.today.has(row.item_id, row.version, row.locale, row.wording)


def look(session: Session, actor: Actor, module_key: str) -> Looked:
    """Return what the address asks for; raise `NotFound` for an unknown quiz, version or language.

    At most seven queries: the publication, two of figures, one revision where an earlier version is asked for, and
    two of corrections.
    """
    today = find_today(current(session), module_key)
    if today is None:
        raise NotFound("no such quiz")
    quiz_rows = list_quiz_rows(session, module_key)
    version = request.args.get("version") or today.asked.version
    locales = tuple(tag for tag in TAGS if policy.sees_language(actor, tag))
    locale = request.args.get("language") or _first(actor, locales)
    revision = {row.version: row.revision_id for row in quiz_rows}.get(version)
    if locale not in locales or (revision is None and version != today.asked.version):
        raise NotFound("no such version or language")
    source = today.source if version == today.asked.version or revision is None else source_of(session, revision)
    corrected = list_corrected(session, module_key, asked_of(source).items.values())
    return Looked(today, source, version, locale, quiz_rows, list_item_rows(session, module_key), locales, corrected)


def _first(actor: Actor, locales: Sequence[str]) -> str:
    """Return the language to begin with: a translator's own, else English."""
    own = [tag for tag in locales if tag in actor.translates]
    return own[0] if own and not policy.sees_keys(actor) else ENGLISH


def words_beside(session: Session, looked: Looked) -> Words:
    """Return the words of the language looked at: today's, or the newest with figures of an earlier version."""
    if looked.is_today:
        return looked.today.library.words("module", looked.source.key, looked.locale)
    known = [row.locale_revision_id or 0 for own in looked.rows(looked.locale).values() for row in own]
    return words_of(session, max(known, default=0) or None, looked.locale)


def came_with(session: Session, looked: Looked) -> Version | None:
    """Return with which publication the version came; one query."""
    return published_as(session, looked.source.revision_id)
