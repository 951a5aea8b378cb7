"""Reads of readings: what is heard at an address, and what was recorded there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.content.cache import Cache
from lms.content.library import Source, Words
from lms.content.models import Revision, RevisionFile
from lms.content.readings import UNNAMED, Parts, Reading, readings_of, today
from lms.errors import NotFound
from lms.listening import policy
from lms.listening.models import Recording
from lms.listening.rules import Heard, best

_RECORDINGS = cast("Table", Recording.__table__).c

#: Asked by every lesson and every quiz, so it is built once: the last accepted comes first.
_DECIDED = (
    select(*_RECORDINGS)
    .where(
        _RECORDINGS.kind == "module",
        _RECORDINGS.key == bindparam("key"),
        _RECORDINGS.locale == bindparam("locale"),
        _RECORDINGS.state.in_(("accepted", "withdrawn")),
        _RECORDINGS.address.in_(bindparam("addresses", expanding=True)),
    )
    .order_by(_RECORDINGS.accepted_at.desc(), _RECORDINGS.id.desc())
)
_todays: Cache[str] = Cache(5_000)


@dataclass(frozen=True)
class RecordingRow:
    """One recording."""

    public_id: str
    person_id: int
    key: str
    address: str
    locale: str
    reading: Reading
    shown_name: str
    recorded_at: datetime
    state: str
    was_accepted: bool
    withdrawn_by: int | None


@dataclass(frozen=True)
class Recorded:
    """What was accepted of a module in a language, and what was withdrawn."""

    #: Address and hash of the words of what is heard.
    words: set[tuple[str, str]] = field(default_factory=set)
    #: Address and hash of the file of what is heard no more, published or not.
    gone: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class NamedFile:
    """A file that rows name as a reading, and one place where it is read."""

    sha256: str
    key: str
    locale: str
    address: str


def _row(row: Row[*tuple[Any, ...]]) -> RecordingRow:
    spoken = row.shown_name or UNNAMED
    reading = Reading(row.sha256, row.size, row.seconds, row.media_type, spoken, row.words_sha256)
    return RecordingRow(
        row.public_id,
        row.person_id,
        row.key,
        row.address,
        row.locale,
        reading,
        row.shown_name,
        row.recorded_at,
        row.state,
        row.accepted_at is not None,
        row.withdrawn_by,
    )


def heard_at(
    session: Session, source: Source, words: Words, parts: Mapping[str, Parts], *, exact: bool = False
) -> dict[str, Heard]:
    """Return the readings to offer of these parts of a module in the language of `words`, by address. One query.

    With `exact` only those of the very words that `words` gives: what an attempt asks is heard as it is asked.
    What was published of a recording that is withdrawn is heard no more.
    """
    recorded: dict[str, list[Reading]] = {}
    gone = set()
    for row in session.execute(_DECIDED, {"key": source.key, "locale": words.locale, "addresses": list(parts)}):
        if row.state == "accepted":
            recorded.setdefault(row.address, []).append(_row(row).reading)
        else:
            gone.add((row.address, row.sha256))
    published = {at: each for at, each in readings_of(source, words).items() if (at, each.sha256) not in gone}
    found = {}
    for at in parts.keys() & (published.keys() | recorded.keys()):
        address = (source.kind, source.key, source.sha256, words.locale, words.sha256, at)
        now = _todays.get(address, lambda at=at: today(parts[at], words))  # type: ignore[misc]
        heard = best(published.get(at), recorded.get(at, ()), now, exact=exact)
        if heard is not None:
            found[at] = heard
    return found


def list_recordings(session: Session, key: str, locale: str, address: str | None = None) -> list[RecordingRow]:
    """Return all that was recorded of a module, or at one address of it, in a language, the newest first. One query."""
    wanted = [_RECORDINGS.kind == "module", _RECORDINGS.key == key, _RECORDINGS.locale == locale]
    if address is not None:
        wanted.append(_RECORDINGS.address == address)
    rows = select(*_RECORDINGS).where(*wanted).order_by(_RECORDINGS.recorded_at.desc(), _RECORDINGS.id.desc())
    return [_row(row) for row in session.execute(rows)]


def list_all_accepted(session: Session) -> list[RecordingRow]:
    """Return every accepted recording, by module and language, the last accepted first. One query."""
    rows = select(*_RECORDINGS).where(_RECORDINGS.state == "accepted")
    ordered = rows.order_by(_RECORDINGS.key, _RECORDINGS.locale, _RECORDINGS.accepted_at.desc(), _RECORDINGS.id.desc())
    return [_row(row) for row in session.execute(ordered)]


def list_own(session: Session, person_id: int) -> list[RecordingRow]:
    """Return what a person recorded, the newest first. One query."""
    rows = select(*_RECORDINGS).where(_RECORDINGS.person_id == person_id)
    ordered = rows.order_by(_RECORDINGS.recorded_at.desc(), _RECORDINGS.id.desc())
    return [_row(row) for row in session.execute(ordered)]


def withdrawn_files(session: Session) -> set[tuple[str, str, str, str]]:
    """Return (module key, locale, address, hash) of every file that was withdrawn and is not accepted. One query."""
    found: dict[str, set[tuple[str, str, str, str]]] = {"accepted": set(), "withdrawn": set()}
    columns = (_RECORDINGS.state, _RECORDINGS.key, _RECORDINGS.locale, _RECORDINGS.address, _RECORDINGS.sha256)
    for state, *file in session.execute(select(*columns).where(_RECORDINGS.state.in_(found))):
        found[state].add((file[0], file[1], file[2], file[3]))
    return found["withdrawn"] - found["accepted"]


def recorded_words(session: Session) -> dict[tuple[str, str], Recorded]:
    """Return by module key and locale what counts beside what was published, for `share_of`. One query."""
    columns = (_RECORDINGS.key, _RECORDINGS.locale, _RECORDINGS.address, _RECORDINGS.words_sha256, _RECORDINGS.sha256)
    settled = select(*columns, _RECORDINGS.state).where(_RECORDINGS.state.in_(("accepted", "withdrawn")))
    found: dict[tuple[str, str], Recorded] = {}
    for key, locale, address, words, sha256, state in session.execute(settled):
        here = found.setdefault((key, locale), Recorded())
        if state == "accepted":
            here.words.add((address, words))
        else:
            here.gone.add((address, sha256))
    return found


def get_recording(session: Session, actor: Actor, public_id: str) -> RecordingRow:
    """Return a recording that the actor may hear before it is accepted, or her own; raise `NotFound`."""
    visible = policy.visible_recordings(actor, _RECORDINGS)
    row = session.execute(select(*_RECORDINGS).where(_RECORDINGS.public_id == public_id, visible)).one_or_none()
    if row is None:
        raise NotFound("no such recording")
    return _row(row)


def find_sent(session: Session, person_id: int, client_id: str) -> str | None:
    """Return the public id of what a person sent with this form, None when it is new. One query."""
    found = select(_RECORDINGS.public_id)
    return session.scalar(found.where(_RECORDINGS.person_id == person_id, _RECORDINGS.client_id == client_id))


def count_recent(session: Session, person_id: int, since: datetime) -> int:
    """Return how many recordings a person sent since an instant. One query."""
    sent = select(func.count()).where(_RECORDINGS.person_id == person_id, _RECORDINGS.recorded_at >= since)
    return session.execute(sent).scalar_one()


def media_type_of(session: Session, key: str, address: str, sha256: str) -> str:
    """Return the type of a file that was ever published or is accepted for an address of a module; raise `NotFound`.

    A page that was open while others were published goes on playing what it offered; what was withdrawn is played
    nowhere. One query.
    """
    here = (
        _RECORDINGS.kind == "module",
        _RECORDINGS.key == key,
        _RECORDINGS.address == address,
        _RECORDINGS.sha256 == sha256,
    )
    published = (
        select(RevisionFile.media_type)
        .join(Revision, Revision.id == RevisionFile.revision_id)
        .where(
            Revision.kind == "module",
            Revision.key == key,
            RevisionFile.address == address,
            RevisionFile.sha256 == sha256,
            ~select(_RECORDINGS.id).where(*here, _RECORDINGS.state == "withdrawn").exists(),
        )
    )
    recorded = select(_RECORDINGS.media_type).where(*here, _RECORDINGS.state == "accepted")
    found = session.scalars(union_all(published, recorded).limit(1)).first()
    if found is None:
        raise NotFound("nothing is read here with this file")
    return str(found)


def list_named(session: Session) -> list[NamedFile]:
    """Return each file that a revision or a recording names, whatever became of it, by its name. One query."""
    published = select(RevisionFile.sha256, Revision.key, Revision.locale, RevisionFile.address).join(
        Revision, Revision.id == RevisionFile.revision_id
    )
    recorded = select(_RECORDINGS.sha256, _RECORDINGS.key, _RECORDINGS.locale, _RECORDINGS.address)
    rows = [NamedFile(*row) for row in session.execute(union_all(published, recorded))]
    found = {each.sha256: each for each in sorted(rows, key=lambda each: tuple(vars(each).values()), reverse=True)}
    return [found[each] for each in sorted(found)]


def named_files(session: Session, names: Collection[str]) -> set[str]:
    """Return those of these files that a recording names, whatever became of it. One query."""
    return set(session.scalars(select(_RECORDINGS.sha256).where(_RECORDINGS.sha256.in_(names))))
