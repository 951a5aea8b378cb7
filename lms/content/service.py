"""Publishing: writes the revisions that are new and one numbered list of all that is current."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lms.content.audio import readings_in
from lms.content.folder import ContentObject, Folder
from lms.content.library import SOURCE_LOCALE, Library, Source, Words
from lms.content.models import Publication, PublicationItem, Revision, RevisionFile
from lms.content.translations import published_words
from lms.db import chunks, insert_once
from lms.files import put

#: Kind, key and locale of one text.
Address = tuple[str, str, str]


@dataclass(frozen=True)
class Draft:
    """The text of one object in one language, ready to publish."""

    kind: str
    key: str
    locale: str
    sha256: str
    body: Mapping[str, Any]
    #: The bytes of the readings that the body names, by their hash, as they stand in the folder.
    sounds: Mapping[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    @property
    def address(self) -> Address:
        """Return what stays the same when the text changes."""
        return self.kind, self.key, self.locale


@dataclass(frozen=True, order=True)
class Change:
    """What publishing does to one text: "added", "changed" or "retired"."""

    kind: str
    key: str
    locale: str
    what: str

    def __str__(self) -> str:
        return f"{self.what} {self.kind} {self.key} ({self.locale})"


@dataclass(frozen=True)
class Published:
    """The answer of a publication. Without changes `number` is that of the publication that stays current."""

    number: int
    is_new: bool
    changes: tuple[Change, ...]


def draft(
    kind: str, key: str, locale: str, body: Mapping[str, Any], sounds: Mapping[str, bytes] = MappingProxyType({})
) -> Draft:
    """Return a text with the SHA-256 of its canonical JSON."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Draft(kind, key, locale, hashlib.sha256(text.encode()).hexdigest(), body, sounds)


def drafts_of(folder: Folder) -> Iterator[Draft]:
    """Yield the texts of a folder that has been checked: each source, and each locale that has words."""
    for _address, made in sorted(folder.objects.items(), key=lambda pair: pair[0]):
        yield _with_readings(made, SOURCE_LOCALE, made.body())
        sentences = made.sentences()
        for locale, catalog in sorted(made.catalogs.items()):
            words = published_words(sentences, catalog.entries)
            if words:
                yield _with_readings(made, locale, {"words": words})


def _with_readings(made: ContentObject, locale: str, body: dict[str, Any]) -> Draft:
    """Return a text with the readings of its words."""
    found = readings_in(made, locale)
    if found:
        body = {**body, "audio": {at: reading.as_data() for at, (reading, _) in sorted(found.items())}}
    sounds = {reading.sha256: content for reading, content in found.values()}
    return draft(made.kind, made.key, locale, body, sounds)


def keep_sounds(data_dir: Path, drafts: Iterable[Draft]) -> None:
    """Store the readings of `drafts`: their files are written before the rows that name them."""
    for each in drafts:
        for content in each.sounds.values():
            put(data_dir, content)


def compare(session: Session, drafts: Sequence[Draft]) -> Published:
    """Return what publishing `drafts` would do now; nothing is written."""
    number, current = _current(session)
    wanted = {each.address: each.sha256 for each in drafts}
    changes = [
        Change(*address, "changed" if address in current else "added")
        for address, sha256 in wanted.items()
        if current.get(address) != sha256
    ]
    changes += [Change(*address, "retired") for address in current if address not in wanted]
    return Published(number + bool(changes), bool(changes), tuple(sorted(changes)))


def publish(session: Session, drafts: Sequence[Draft], actor_account_id: int | None, *, at: datetime) -> Published:
    """Make `drafts` the current content and return what changed; nothing is written when nothing did.

    Texts that were published before are used again. What is not among `drafts` is retired: it is absent from
    the new publication, and stays readable for whatever is bound to it.
    """
    answer = compare(session, drafts)
    if not answer.is_new:
        return answer
    revision_ids = _write_revisions(session, drafts)
    statement = insert(Publication).returning(Publication.id)
    publication_id = session.execute(
        statement.values(
            number=answer.number,
            sha256=_sha256_of(each.sha256 for each in drafts),
            published_at=at,
            actor_account_id=actor_account_id,
        )
    ).scalar_one()
    rows = [{"publication_id": publication_id, "revision_id": revision_ids[each]} for each in revision_ids]
    session.execute(insert(PublicationItem), rows)
    return answer


def _current(session: Session) -> tuple[int, dict[Address, str]]:
    """Return the current publication's number (0 for none) and its texts' hashes."""
    number = session.execute(select(func.max(Publication.number))).scalar() or 0
    rows = session.execute(
        select(Revision.kind, Revision.key, Revision.locale, Revision.sha256)
        .join(PublicationItem, PublicationItem.revision_id == Revision.id)
        .join(Publication, Publication.id == PublicationItem.publication_id)
        .where(Publication.number == number)
    )
    return number, {(row.kind, row.key, row.locale): row.sha256 for row in rows}


def upcoming(session: Session, library: Library, drafts: Sequence[Draft]) -> Library:
    """Return what readers would see once `drafts` are published over `library`. One query for each 500 drafts.

    Texts that are not written yet have invented revisions, below zero.
    """
    ids = find_revisions(session, drafts)
    sources: dict[tuple[str, str], Source] = {}
    words: dict[Address, Words] = {}
    for number, each in enumerate(drafts, 1):
        known, revision_id = library.find(each.kind, each.key), ids.get(each.address, -number)
        if each.locale != SOURCE_LOCALE:
            words[each.address] = Words(
                each.locale, revision_id, each.sha256, each.body["words"], each.body.get("audio", {})
            )
        elif known is not None and known.sha256 == each.sha256:
            sources[each.kind, each.key] = known
        else:
            sources[each.kind, each.key] = Source(each.kind, each.key, revision_id, each.sha256, each.body)
    return Library(None, library.publication_number + 1, sources, words)


def sha256_of(drafts: Iterable[Draft]) -> str:
    """Return the hash of all that `drafts` hold, as the publication's row keeps it."""
    return _sha256_of(each.sha256 for each in drafts)


def _write_revisions(session: Session, drafts: Sequence[Draft]) -> dict[Address, int]:
    """Write the texts that no publication has had yet, and return the id of each draft's revision."""
    rows = [
        {"kind": each.kind, "key": each.key, "locale": each.locale, "sha256": each.sha256, "body": dict(each.body)}
        for each in drafts
    ]
    insert_once(session, Revision, rows)
    found = find_revisions(session, drafts)
    named = [
        {"revision_id": found[each.address], "address": at, "sha256": data["sha256"], "media_type": data["media_type"]}
        for each in drafts
        for at, data in each.body.get("audio", {}).items()
    ]
    if named:
        insert_once(session, RevisionFile, named)
    return found


def find_revisions(session: Session, drafts: Sequence[Draft]) -> dict[Address, int]:
    """Return the id of each draft's revision; of those that no publication has had yet, nothing."""
    wanted = {(*each.address, each.sha256): each.address for each in drafts}
    found: dict[Address, int] = {}
    columns = (Revision.id, Revision.kind, Revision.key, Revision.locale, Revision.sha256)
    for chunk in chunks(drafts, 500):
        hashes = [each.sha256 for each in chunk]
        for row in session.execute(select(*columns).where(Revision.sha256.in_(hashes))):
            address = wanted.get((row.kind, row.key, row.locale, row.sha256))
            if address:
                found[address] = row.id
    return found


def named_files(session: Session, names: Collection[str]) -> set[str]:
    """Return those of these files that a revision names: whatever was published is kept. One query."""
    return set(session.scalars(select(RevisionFile.sha256).where(RevisionFile.sha256.in_(names))))


def _sha256_of(hashes: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()
