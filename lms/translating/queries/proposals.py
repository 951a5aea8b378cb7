"""Reads of proposals: what was written at a sentence, and what stands there."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select, union_all
from sqlalchemy.orm import Session, aliased

from lms.content.cache import Cache
from lms.content.critical import critical_contexts
from lms.content.library import SOURCE_LOCALE, Library, Source, Words
from lms.errors import NotFound
from lms.people.queries import persons_behind
from lms.translating.models import Proposal, ProposalStep
from lms.translating.queries.former import words_since
from lms.translating.queries.progress import KINDS, LOCALES, SINGLE, sentences_of
from lms.translating.rules import STEPS, Filed, Standing, Version, standing_of, state_of


@dataclass(frozen=True)
class Place:
    """One sentence in one language."""

    kind: str
    key: str
    address: str
    locale: str


@dataclass(frozen=True)
class Told:
    """A version with when each step was taken."""

    version: Version
    written_at: datetime
    reviewed_at: datetime | None
    approved_at: datetime | None


@dataclass(frozen=True)
class Seen:
    """What stands at a sentence today: its English, the files' words, every version, and what stands of them."""

    place: Place
    english: str
    filed: Filed
    standing: Standing
    versions: tuple[Told, ...]
    is_critical: bool

    @property
    def newest(self) -> Version | None:
        """Return the newest version that is not aside."""
        return next((each.version for each in self.versions if not each.version.is_aside), None)

    @property
    def mark(self) -> str:
        """Return what a form carries: it changes with the English, with the words that stand, and with each version."""
        newest = self.newest
        said = "\0".join((self.english, self.standing.text, newest.public_id if newest else ""))
        return hashlib.sha256(said.encode()).hexdigest()[:32]


_critical: Cache[frozenset[str]] = Cache(500)
_COLUMNS = (
    Proposal.id,
    Proposal.public_id,
    Proposal.kind,
    Proposal.key,
    Proposal.address,
    Proposal.locale,
    Proposal.english,
    Proposal.text,
    Proposal.upon,
    Proposal.is_aside,
    Proposal.written_by,
    Proposal.written_at,
)
_SENT, _REVIEWED, _APPROVED = (aliased(ProposalStep, name=name) for name in ("sent", "reviewed", "approved"))
_TAKEN = (
    _SENT.taken_at.label("sent_at"),
    _REVIEWED.taken_by.label("reviewed_by"),
    _REVIEWED.taken_at.label("reviewed_at"),
    _APPROVED.taken_by.label("approved_by"),
    _APPROVED.taken_at.label("approved_at"),
)


def _rows() -> Select[*tuple[Any, ...]]:
    """Return proposals with the steps that were taken."""
    found = select(*_COLUMNS, *_TAKEN)
    for table, step in zip((_SENT, _REVIEWED, _APPROVED), STEPS, strict=True):
        found = found.outerjoin(table, and_(table.proposal_id == Proposal.id, table.step == step))
    return found


def critical_of(source: Source) -> frozenset[str]:
    """Return the addresses of the sentences that lead a review; found once a revision."""
    return _critical.get((source.kind, source.key, source.sha256), lambda: critical_contexts(source))


def filed_of(words: Words, address: str, english: str) -> Filed:
    """Return what the published files say at an address."""
    entry = words.entries.get(address)
    if entry is None:
        return Filed()
    return Filed(entry["text"], words.text(address, english).state, entry["source"])


def source_at(library: Library, kind: str, key: str, locale: str) -> Source:
    """Return the object whose sentences are translated into `locale`; raise `NotFound` for what is not."""
    if (kind != KINDS[0] and kind not in SINGLE) or locale not in LOCALES or locale == SOURCE_LOCALE:
        raise NotFound(f"no {kind} is translated into {locale!r}")
    return library.get(kind, key)


def get_seen(session: Session, library: Library, place: Place) -> Seen:
    """Return what stands at a sentence; raise `NotFound` when there is none. At most four queries."""
    source = source_at(library, place.kind, place.key, place.locale)
    english = sentences_of(source).get(place.address)
    if english is None:
        raise NotFound("no such sentence")
    rows = session.execute(_rows().where(*_are(place)).order_by(Proposal.id.desc()))
    told = [_told(row) for row in rows]
    newest = next((each for each in told if not each.version.is_aside), None)
    marked = mark_done(session, library, {place: newest} if newest else {})
    versions = tuple(marked[place] if each is newest else each for each in told)
    filed = filed_of(library.words(place.kind, place.key, place.locale), place.address, english)
    standing = standing_of(english, filed, [each.version for each in versions], persons_of(session, versions))
    return Seen(place, english, filed, standing, versions, place.address in critical_of(source))


def persons_of(session: Session, told: Iterable[Told]) -> dict[int, int]:
    """Return whose the accounts are that wrote or reviewed these. One query, none for nobody's."""
    accounts = {each for one in told for each in (one.version.written_by, one.version.reviewed_by)}
    return persons_behind(session, {each for each in accounts if each is not None})


def mark_done(session: Session, library: Library, newest: Mapping[Place, Told]) -> dict[Place, Told]:
    """Return these with `is_done` where the published files held the words since they were written, and do no longer.

    Words that nobody wrote at the desk were taken up from the files.
    One query, and one for each revision that this process has not read; none where the files hold all of them.
    """
    moved = {place: told for place, told in newest.items() if _text_at(library, place) != told.version.text}
    objects = {(place.kind, place.key, place.locale) for place in moved}
    since = min((told.written_at for told in moved.values()), default=None)
    held = words_since(session, objects, since) if since else {}
    marked = dict(newest)
    for place, told in moved.items():
        texts = {
            words.entries.get(place.address, {}).get("text")
            for at, words in held.get((place.kind, place.key, place.locale), ())
            if at >= told.written_at
        }
        if told.version.text in texts or told.version.written_by is None:
            marked[place] = replace(told, version=replace(told.version, is_done=True))
    return marked


def _text_at(library: Library, place: Place) -> str:
    return library.words(place.kind, place.key, place.locale).entries.get(place.address, {}).get("text", "")


def _are(place: Place) -> list[ColumnElement[bool]]:
    return [getattr(Proposal, name) == value for name, value in vars(place).items()]


def _told(row: Any) -> Told:
    return Told(_version(row), row.written_at, row.reviewed_at, row.approved_at)


def _version(row: Any) -> Version:
    instants = (row.sent_at, row.reviewed_at, row.approved_at)
    taken = [step for step, at in zip(STEPS, instants, strict=True) if at is not None]
    return Version(
        row.id,
        row.public_id,
        row.english,
        row.text,
        row.upon,
        state_of(taken),
        row.written_by,
        row.reviewed_by,
        row.approved_by,
        row.is_aside,
    )


def list_newest(session: Session, locales: Collection[str], kind: str = "", key: str = "") -> dict[Place, Told]:
    """Return the newest version of each sentence that has one, in these languages, perhaps of one object. One query."""
    wanted = [Proposal.locale.in_(sorted(locales)), Proposal.is_aside == false()]
    if kind:
        wanted += [Proposal.kind == kind, Proposal.key == key]
    of = (Proposal.kind, Proposal.key, Proposal.address, Proposal.locale)
    newest = _rows().where(Proposal.id.in_(select(func.max(Proposal.id)).where(*wanted).group_by(*of)))
    rows = session.execute(newest.order_by(Proposal.id))
    return {Place(row.kind, row.key, row.address, row.locale): _told(row) for row in rows}


def list_open(
    session: Session, library: Library, locales: Collection[str], kind: str = "", key: str = ""
) -> dict[Place, Told]:
    """Return what `list_newest` does, marked by `mark_done`."""
    return mark_done(session, library, list_newest(session, locales, kind, key))


def find_proposal(session: Session, client_id: str) -> tuple[str, bool] | None:
    """Return public id of the proposal that was sent with this form, and whether it was put aside; or None."""
    row = session.execute(select(Proposal.public_id, Proposal.is_aside).where(Proposal.client_id == client_id)).first()
    return (row.public_id, row.is_aside) if row else None


def list_to_take(session: Session, locales: Collection[str]) -> list[tuple[Place, Told]]:
    """Return, for each sentence and each English that it had, the newest version in these languages. One query."""
    wanted = (Proposal.locale.in_(sorted(locales)), Proposal.is_aside == false())
    of = (Proposal.kind, Proposal.key, Proposal.address, Proposal.locale, Proposal.english)
    newest = _rows().where(Proposal.id.in_(select(func.max(Proposal.id)).where(*wanted).group_by(*of)))
    rows = session.execute(newest.order_by(Proposal.id))
    return [(Place(row.kind, row.key, row.address, row.locale), _told(row)) for row in rows]


def list_translators(session: Session) -> list[int]:
    """Return the account of everybody who wrote or took a step at the desk, who began first before others. One query.

    Rows are only added, so nobody's place in it changes.
    """
    wrote = select(Proposal.written_by.label("account"), Proposal.written_at.label("at"))
    took = select(ProposalStep.taken_by, ProposalStep.taken_at)
    both = union_all(wrote.where(Proposal.written_by.is_not(None)), took).subquery()
    began = select(both.c.account).group_by(both.c.account)
    return list(session.execute(began.order_by(func.min(both.c.at), both.c.account)).scalars())
