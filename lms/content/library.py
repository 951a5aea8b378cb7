"""What readers see of published content: the current publication, its objects, and their words in each language.

Revisions never change, so they are kept in the process once read; only the number of the current publication
is asked for each time. Contexts (the addresses of words) count lists from 1: `objectives.1`, `scale.1`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol, Self, TypeVar, cast

from sqlalchemy import URL, Engine, Table, func, select
from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.cache import Cache
from lms.content.models import Publication, PublicationItem, Revision
from lms.errors import NotFound

SOURCE_LOCALE = "en"
#: Worst first: what was translated from older English ("stale") may mislead, what is missing stands there in English.
#: "partly" is the state of several sentences of which some are missing; "source" is English itself.
STATES = ("stale", "missing", "partly", "draft", "in review", "reviewed", "approved", "source")
#: Translated, from today's English, and not approved yet.
DRAFTS = frozenset({"draft", "in review", "reviewed"})


@dataclass(frozen=True)
class Text:
    """Words to show: in the reader's language where they exist, else the English ones."""

    text: str
    state: str
    english: str

    def __str__(self) -> str:
        return self.text

    @property
    def is_approved(self) -> bool:
        """Return whether nothing needs to stand beside these words: English, or an approved translation."""
        return self.state in {"source", "approved"}

    @property
    def is_english(self) -> bool:
        """Return whether `text` is English, asked for or for want of a translation."""
        return self.state in {"source", "missing"}


@dataclass(frozen=True, eq=False)
class Source:
    """One revision of one content object: its structure and its English words."""

    kind: str
    key: str
    revision_id: int
    sha256: str
    body: Mapping[str, Any]

    @property
    def files(self) -> Mapping[str, Any]:
        """Return the object's files by name, such as "module.yml", each as plain data."""
        files: Mapping[str, Any] = self.body["files"]
        return files

    def file(self, name: str) -> Mapping[str, Any]:
        """Return one file's data; raise `NotFound` when the object has no such file."""
        if name not in self.files:
            raise NotFound(f"{self.kind} {self.key} has no {name}")
        data: Mapping[str, Any] = self.files[name]
        return data


@dataclass(frozen=True, eq=False)
class Words:
    """The words of one object in one language. Without a revision every text is the English one."""

    locale: str
    revision_id: int | None = None
    sha256: str = ""
    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Readings of these words by address (`lms.content.readings`); those of English stand in the source's body.
    audio: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def text(self, context: str, english: str) -> Text:
        """Return the words at `context`; `english` is what the source says there now."""
        if self.locale == SOURCE_LOCALE:
            return Text(english, "source", english)
        entry = self.entries.get(context)
        if entry is None:
            return Text(english, "missing", english)
        state = entry["state"] if entry["source"] == english else "stale"
        return Text(entry["text"], state, english)


class Spec(Protocol):
    """What a feature's `specs.py` builds from a source."""

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the validated object; raise `NotFound` where the source has no such part."""


S = TypeVar("S", bound=Spec)


def worst(states: Sequence[str]) -> str:
    """Return the worst of `states`, "source" when there is none; "missing" only when nothing is translated."""
    found = min(states, key=STATES.index, default="source")
    return "partly" if found == "missing" and set(states) != {"missing"} else found


def marks(states: Collection[str]) -> tuple[str, ...]:
    """Return what a page must say of its words, worst first; nothing where all are approved or English.

    Any of "stale", one of "missing" (all of them) and "partly", and "draft" for what nobody has approved yet.
    """
    found = set(states) - {"approved", "source"}
    if not found:
        return ()
    gaps = "missing" if set(states) - {"source"} == {"missing"} else "partly"
    return tuple(
        mark
        for mark, among in (("stale", {"stale"}), (gaps, {"missing", "partly"}), ("draft", DRAFTS))
        if found & among
    )


def mark_beside(state: str, page: Collection[str]) -> str | None:
    """Return the mark that one piece of a page needs where those of the page, with these states, leave it open.

    Words of older English always have it; drafts among approved words, and gaps among translated ones.
    """
    if state in DRAFTS:
        return "draft" if "approved" in page else None
    has_gap = state in {"missing", "partly"} and set(page) - {"source"} != {"missing"}
    return state if has_gap or state == "stale" else None


class Library:
    """One publication: every object and word that is current in it."""

    def __init__(
        self,
        publication_id: int | None,
        publication_number: int,
        sources: Mapping[tuple[str, str], Source],
        words: Mapping[tuple[str, str, str], Words],
    ) -> None:
        #: None and 0 when nothing has been published.
        self.publication_id = publication_id
        self.publication_number = publication_number
        self._sources = dict(sources)
        self._words = dict(words)

    @cached_property
    def _keys(self) -> dict[str, tuple[str, ...]]:
        written = sorted(address for address, source in self._sources.items() if not source.body.get("derived"))
        return {kind: tuple(key for each, key in written if each == kind) for kind, _ in written}

    def keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all objects of `kind` that somebody wrote, in alphabetical order.

        What publishing derived from another object is found by its key, and not listed.
        """
        return self._keys.get(kind, ())

    def find(self, kind: str, key: str) -> Source | None:
        """Return the object, or None when this publication has none of that key."""
        return self._sources.get((kind, key))

    def get(self, kind: str, key: str) -> Source:
        """Return the object; raise `NotFound` when this publication has none of that key."""
        source = self.find(kind, key)
        if source is None:
            raise NotFound(f"no {kind} {key!r}")
        return source

    def spec(self, spec_class: type[S], kind: str, key: str) -> S:
        """Return the object as `spec_class`, built once for each revision; raise `NotFound` when it is missing."""
        return spec_of(spec_class, self.get(kind, key))

    def beside(self, other: Library, kind: str) -> Library:
        """Return this publication with the objects of `kind` of another one beside its own, under other names."""
        others = {(of, f"{key} (other)"): each for (of, key), each in other._sources.items() if of == kind}
        return Library(self.publication_id, self.publication_number, {**others, **self._sources}, self._words)

    def words(self, kind: str, key: str, locale: str) -> Words:
        """Return the object's words in `locale`, empty where nothing is translated."""
        return self._words.get((kind, key, locale)) or Words(locale)


_specs: Cache[Any] = Cache(1_000)
_revisions: Cache[Source | Words] = Cache(500)
_libraries: Cache[Library] = Cache(8)


def spec_of(spec_class: type[S], source: Source) -> S:
    """Return `source` as `spec_class`, built once for each text; also for sources of old revisions."""
    address = (spec_class, source.kind, source.key, source.sha256)
    spec: S = _specs.get(address, lambda: spec_class.from_source(source))
    return spec


_publication = cast("Table", Publication.__table__).c
#: Asked on every page, so it is built once and on plain columns.
_NEWEST = (
    select(_publication.id, _publication.number, _publication.sha256, _publication.published_at)
    .order_by(_publication.number.desc())
    .limit(1)
)


def current(session: Session) -> Library:
    """Return the newest publication: one small query, and the rest when the process does not know it yet."""
    row = session.execute(_NEWEST).one_or_none()
    if row is None:
        return Library(None, 0, {}, {})
    return _libraries.get((_database(session), *row), lambda: _load(session, row.id, row.number))


def source_of(session: Session, revision_id: int) -> Source:
    """Return the source that a row is bound to, however old; raise `NotFound` when there is none."""
    found = _revision(session, revision_id)
    if not isinstance(found, Source):
        raise NotFound(f"revision {revision_id} is not a source")
    return found


def sources_of(session: Session, revision_ids: Collection[int]) -> dict[int, Source]:
    """Return the sources that rows are bound to, by revision. At most one query, for those not read yet."""
    database = _database(session)
    found = {each: _revisions.find((database, each)) for each in revision_ids}
    missing = [each for each, known in found.items() if known is None]
    if missing:
        found |= {each.revision_id: each for each in _read_revisions(session, missing) if each.revision_id}
    return {each: known for each, known in found.items() if isinstance(known, Source)}


def versions_of(session: Session, kind: str, key: str) -> list[Source]:
    """Return every source that an object ever had, the oldest first. One query, and another for those not read yet."""
    wanted = (Revision.kind == kind, Revision.key == key, Revision.locale == SOURCE_LOCALE)
    ids = session.execute(select(Revision.id).where(*wanted).order_by(Revision.id)).scalars()
    return [source_of(session, each) for each in ids]


@dataclass(frozen=True)
class Version:
    """The first publication that has a revision, and the local date on which it came."""

    number: int
    published_on: date


def published_as(session: Session, revision_id: int | None) -> Version | None:
    """Return with which publication a revision came, None for one that none has. One query."""
    rows = (
        select(Publication.number, Publication.published_at)
        .join(PublicationItem, PublicationItem.publication_id == Publication.id)
        .where(PublicationItem.revision_id == revision_id)
        .order_by(Publication.number)
        .limit(1)
    )
    row = session.execute(rows).one_or_none()
    return Version(row.number, local_date(row.published_at)) if row else None


def words_of(session: Session, revision_id: int | None, locale: str) -> Words:
    """Return the words that a row is bound to; with None the empty words of `locale`."""
    if revision_id is None:
        return Words(locale)
    found = _revision(session, revision_id)
    if not isinstance(found, Words):
        raise NotFound(f"revision {revision_id} is not a translation")
    return found


def words_ever(session: Session, kind: str, key: str, locale: str) -> list[tuple[Words, datetime]]:
    """Return all words that an object ever had in a language, each with when they were last published.

    One query, and another for each that is not read yet.
    """
    rows = session.execute(
        select(Revision.id, func.max(Publication.published_at).label("at"))
        .join(PublicationItem, PublicationItem.revision_id == Revision.id)
        .join(Publication, Publication.id == PublicationItem.publication_id)
        .where(Revision.kind == kind, Revision.key == key, Revision.locale == locale)
        .group_by(Revision.id)
    )
    return [(words_of(session, row.id, locale), row.at) for row in rows.all()]


def forget() -> None:
    """Let go of what was read: a transaction that published may be rolled back, and its numbers be given anew."""
    _revisions.clear()
    _libraries.clear()


def _database(session: Session) -> URL:
    """Return what tells this database from others in the same process."""
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    return engine.url


def _revision(session: Session, revision_id: int) -> Source | Words:
    """Return one revision, read at most once by this process."""
    address = (_database(session), revision_id)
    known = _revisions.find(address)
    return known if known is not None else _read_revisions(session, [revision_id])[0]


def _read_revisions(session: Session, ids: Sequence[int]) -> list[Source | Words]:
    """Read revisions and remember them; raise `NotFound` when one is missing."""
    columns = (Revision.id, Revision.kind, Revision.key, Revision.locale, Revision.sha256, Revision.body)
    rows = session.execute(select(*columns).where(Revision.id.in_(ids))).all()
    if len(rows) != len(set(ids)):
        raise NotFound("no such revision of content")
    found: list[Source | Words] = []
    for row in rows:
        made: Source | Words
        if row.locale == SOURCE_LOCALE:
            made = Source(row.kind, row.key, row.id, row.sha256, row.body)
        else:
            made = Words(row.locale, row.id, row.sha256, row.body["words"], row.body.get("audio", {}))
        _revisions.put((_database(session), row.id), made)
        found.append(made)
    return found


def _load(session: Session, publication_id: int, number: int) -> Library:
    """Return the publication, reading only the revisions that this process has not seen."""
    rows = session.execute(
        select(Revision.id, Revision.kind, Revision.key, Revision.locale)
        .join(PublicationItem, PublicationItem.revision_id == Revision.id)
        .where(PublicationItem.publication_id == publication_id)
    ).all()
    database = _database(session)
    known = {row.id: _revisions.find((database, row.id)) for row in rows}
    missing = [id_ for id_, revision in known.items() if revision is None]
    if missing:
        known |= {each.revision_id: each for each in _read_revisions(session, missing) if each.revision_id}
    sources = {(row.kind, row.key): each for row in rows if isinstance(each := known[row.id], Source)}
    words = {(row.kind, row.key, row.locale): each for row in rows if isinstance(each := known[row.id], Words)}
    return Library(publication_id, number, sources, words)
