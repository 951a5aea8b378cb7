"""Reads of proposals: what was written at a sentence, and what stands there."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.content.cache import Cache
from lms.content.critical import critical_contexts
from lms.content.library import SOURCE_LOCALE, Library, Source, Words
from lms.errors import NotFound
from lms.people.queries import names_of_accounts, people_behind, persons_behind
from lms.translating.models import Proposal, ProposalStep, StepWithdrawal
from lms.translating.queries.former import words_since
from lms.translating.queries.progress import KINDS, LOCALES, SINGLE, sentences_of
from lms.translating.queries.signing import Withdrawal, decision_of, list_fallen, list_withdrawals
from lms.translating.rules import (
    STEPS,
    Decision,
    Filed,
    Standing,
    Version,
    counting,
    home_of,
    newest_of,
    standing_of,
    state_of,
    to_withdraw,
    without,
)


@dataclass(frozen=True)
class Place:
    """One sentence in one language."""

    kind: str
    key: str
    address: str
    locale: str


@dataclass(frozen=True)
class Told:
    """A version with where it was written, when each step was taken that stands, and which were withdrawn."""

    version: Version
    address: str
    written_at: datetime
    reviewed_at: datetime | None
    approved_at: datetime | None
    withdrawals: tuple[Withdrawal, ...] = ()

    @property
    def changed_at(self) -> datetime:
        """Return when it came to be as it is: its last step, or the withdrawal of one."""
        last = self.withdrawals[-1].withdrawn_at if self.withdrawals else self.written_at
        return max(last, self.approved_at or self.reviewed_at or self.written_at)


@dataclass(frozen=True)
class Seen:
    """What stands at a sentence today: its English, the files' words, every version, and what stands of them."""

    place: Place
    english: str
    filed: Filed
    standing: Standing
    versions: tuple[Told, ...]
    is_critical: bool
    #: Whose each account is that the versions name, as persons, and their names.
    persons: Mapping[int, int]
    names: Mapping[int, str]

    @property
    def newest(self) -> Version | None:
        """Return the version that counts, whether it stands or the files hold it."""
        return newest_of(self.english, [each.version for each in self.versions])

    @property
    def decision(self) -> str:
        """Return which decision can be withdrawn, "" for none."""
        return to_withdraw(self.standing, self.newest, self.filed)

    def is_decided_by(self, person_id: int) -> bool:
        """Return whether that decision is this person's."""
        newest = self.newest
        if newest is None:
            return False
        account = newest.approved_by if self.decision == "approved" else newest.reviewed_by
        return account is not None and self.persons.get(account, account) == person_id

    @property
    def decision_mark(self) -> str:
        """Return what the form to withdraw it carries: it changes with each decision."""
        return f"{self.step_mark}.{self.decision}"

    @property
    def step_mark(self) -> str:
        """Return what a form for a step carries: it changes, beside `mark`, with each decision that is withdrawn."""
        return f"{self.mark}.{sum(len(each.withdrawals) for each in self.versions)}"

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
    """Return proposals with the steps that were taken and not withdrawn: at most one of each."""
    back = select(StepWithdrawal.id).join(ProposalStep, ProposalStep.id == StepWithdrawal.step_id)
    has_withdrawn = back.where(ProposalStep.proposal_id == Proposal.id).correlate(Proposal).exists()
    found = select(*_COLUMNS, *_TAKEN, has_withdrawn.label("has_withdrawn")).select_from(Proposal)
    for table, step in zip((_SENT, _REVIEWED, _APPROVED), STEPS, strict=True):
        stands = ~select(StepWithdrawal.id).where(StepWithdrawal.step_id == table.id).correlate(table).exists()
        found = found.outerjoin(table, and_(table.proposal_id == Proposal.id, table.step == step, stands))
    return found


def critical_of(source: Source) -> frozenset[str]:
    """Return the addresses of the sentences that lead a review; found once a revision."""
    return _critical.get((source.kind, source.key, source.sha256), lambda: critical_contexts(source))


def filed_of(words: Words, address: str, english: str) -> Filed:
    """Return what the published files say at an address."""
    entry = words.entries.get(address)
    return Filed() if entry is None else filed(entry, words.text(address, english).state)


def filed(entry: Mapping[str, str], state: str) -> Filed:
    """Return what published files say, by an entry of theirs; `state` is that of its words for some English."""
    signed_by = (entry.get(each, "") for each in ("translator", "by", "on"))
    return Filed(entry["text"], state, entry["source"], *signed_by)


def source_at(library: Library, kind: str, key: str, locale: str) -> Source:
    """Return the object whose sentences are translated into `locale`; raise `NotFound` for what is not."""
    if (kind != KINDS[0] and kind not in SINGLE) or locale not in LOCALES or locale == SOURCE_LOCALE:
        raise NotFound(f"no {kind} is translated into {locale!r}")
    return library.get(kind, key)


def english_at(library: Library, place: Place) -> str:
    """Return the English of a sentence; raise `NotFound` when there is none."""
    english = sentences_of(source_at(library, place.kind, place.key, place.locale)).get(place.address)
    if english is None:
        raise NotFound("no such sentence")
    return english


def get_seen(session: Session, library: Library, place: Place, known: Mapping[Place, Told] | None = None) -> Seen:
    """Return what stands at a sentence; raise `NotFound` when there is none. At most six queries.

    `known` is what `list_open` returns, where it was asked already; then at most three.
    """
    english, source = english_at(library, place), library.get(place.kind, place.key)
    told = _list_here(session, place, english, sentences_of(source))
    newest = next((each for each in told if not (each.version.is_aside or each.version.is_past)), None)
    if newest is not None:
        counted = (known or {}).get(place)
        if counted is None or counted.version.id != newest.version.id:
            counted = _today(session, library, {place: newest})[place]
        told = [counted if each is newest else each for each in told]
    people = people_behind(session, _accounts_of(told))
    names = {account: name for account, (_person, name) in people.items()}
    told = [signed(each, names, _alike(each, told)) if newest and _is_same(each, newest) else each for each in told]
    filed = filed_of(library.words(place.kind, place.key, place.locale), place.address, english)
    persons = {account: person for account, (person, _name) in people.items()}
    standing = standing_of(english, filed, [each.version for each in told], persons)
    return Seen(place, english, filed, standing, tuple(told), place.address in critical_of(source), persons, names)


def _is_same(one: Told, other: Told) -> bool:
    return one.version.id == other.version.id


def _alike(told: Told, among: Iterable[Told]) -> list[Withdrawal]:
    """Return what was withdrawn of the same words for the same English, in any of these versions."""
    said = told.version.english, told.version.text
    same = (each for each in among if (each.version.english, each.version.text) == said)
    return [back for each in same for back in each.withdrawals]


def _list_here(session: Session, place: Place, english: str, sentences: Mapping[str, str]) -> list[Told]:
    """Return every version of a sentence, wherever it stood when they were written: first the one that counts.

    Then the newest come first. What was written here for English that is gone is past when something newer was.
    """
    of_object = [getattr(Proposal, name) == value for name, value in vars(place).items() if name != "address"]
    found = _list(session, *of_object, or_(Proposal.address == place.address, Proposal.english == english))
    here = [
        each
        for each in found
        if (home_of(each.address, each.version.english, sentences) or each.address) == place.address
    ]
    among = [(each.address, each.version) for each in found if not each.version.is_aside]
    counted = counting(among, sentences).get(place.address)
    if counted is None:
        return [replace(each, version=replace(each.version, is_past=True)) for each in here]
    return sorted(here, key=lambda each: each.version is not counted)


def _accounts_of(told: Iterable[Told]) -> set[int]:
    """Return the accounts of all who wrote, decided or took a decision back."""
    versions, backs = [each.version for each in told], [back for each in told for back in each.withdrawals]
    accounts = {each for one in versions for each in (one.written_by, one.reviewed_by, one.approved_by)}
    accounts |= {each for back in backs for each in (back.taken_by, back.withdrawn_by)}
    return {each for each in accounts if each is not None}


def persons_of(session: Session, told: Iterable[Told]) -> dict[int, int]:
    """Return whose the accounts are that these name, as persons. One query, none for nobody's."""
    return persons_behind(session, _accounts_of(told))


def list_open(
    session: Session, library: Library, locales: Collection[str], kind: str = "", key: str = ""
) -> dict[Place, Told]:
    """Return the proposal that counts at each of today's sentences that has one, wherever that stood when it was made.

    In these languages, perhaps of one object. One query, what `mark_done` asks, one for decisions that were withdrawn,
    and two more where one of these was. What is of no sentence any more stays at its address.
    """
    found: dict[Place, Told] = {}
    ordered = sorted(list_to_take(session, locales, kind, key), key=lambda pair: _object_of(pair[0]))
    for (of, named, locale), pairs in groupby(ordered, key=lambda pair: _object_of(pair[0])):
        told = {each.version.id: each for _, each in pairs}
        source = library.find(of, named)
        sentences = sentences_of(source) if source else {}
        counted = counting([(each.address, each.version) for each in told.values()], sentences)
        found |= {Place(of, named, at, locale): told[version.id] for at, version in counted.items()}
    fallen = list_fallen(session, locales, {}) if found else {}
    return {
        place: _without(each, fallen.get(_object_of(place), ()))
        for place, each in _today(session, library, found).items()
    }


def _without(told: Told, fallen: Collection[tuple[str, str, Decision]]) -> Told:
    """Return a version with what was withdrawn of the same words in others: `fallen` is what `list_fallen` returns."""
    return replace(told, version=without(told.version, fallen))


def _object_of(place: Place) -> tuple[str, str, str]:
    return place.kind, place.key, place.locale


def _today(session: Session, library: Library, newest: Mapping[Place, Told]) -> dict[Place, Told]:
    """Return these as they are beside today's files, with the decisions that were withdrawn as the files sign them."""
    marked = mark_done(session, library, {place: _arrived(library, place, each) for place, each in newest.items()})
    back = {place: each for place, each in marked.items() if each.withdrawals}
    names = names_of_accounts(session, _accounts_of(back.values()))
    return marked | {place: signed(each, names) for place, each in back.items()}


def _arrived(library: Library, place: Place, told: Told) -> Told:
    """Return a proposal at the place to which its sentence moved: where the files say nothing yet, it was upon that."""
    if told.address == place.address or _text_at(library, place):
        return told
    return replace(told, version=replace(told.version, upon=""))


def signed(told: Told, names: Mapping[int, str], also: Collection[Withdrawal] = ()) -> Told:
    """Return a version with its decision as the files sign it, and those that were withdrawn and not taken again.

    `also` is what was withdrawn of the same words in other versions.
    """
    version = told.version
    reviewed = decision_of("reviewed", version.reviewed_by, told.reviewed_at, names)
    approved = decision_of("approved", version.approved_by, told.approved_at, names)
    gone = {decision_of(each.step, each.taken_by, each.taken_at, names) for each in (*told.withdrawals, *also)}
    withdrawn = frozenset(each for each in gone - {reviewed, approved} if each is not None)
    return replace(told, version=replace(version, signed=approved or reviewed, withdrawn=withdrawn))


def mark_done(session: Session, library: Library, newest: Mapping[Place, Told]) -> dict[Place, Told]:
    """Return these with `is_done` where the published files held the words since they were written, and do no longer.

    Words that nobody wrote at the desk were taken up from the files.
    One query, and one for each revision that this process has not read; none where the files hold all of them.
    """
    moved = {place: told for place, told in newest.items() if not _is_there(library, place, told)}
    objects = {_object_of(place) for place in moved}
    since = min((told.written_at for told in moved.values()), default=None)
    held = words_since(session, objects, since) if since else {}
    marked = dict(newest)
    for place, told in moved.items():
        texts = {
            words.entries.get(address, {}).get("text")
            for at, words in held.get(_object_of(place), ())
            for address in (place.address, told.address)
            if at >= told.written_at
        }
        if told.version.text in texts or told.version.written_by is None:
            marked[place] = replace(told, version=replace(told.version, is_done=True))
    return marked


def _is_there(library: Library, place: Place, told: Told) -> bool:
    """Return whether the files hold these words where the sentence is, or nothing there and them where it was."""
    here = _text_at(library, place)
    return told.version.text == (here or _text_at(library, replace(place, address=told.address)))


def _text_at(library: Library, place: Place) -> str:
    return library.words(place.kind, place.key, place.locale).entries.get(place.address, {}).get("text", "")


def _list(session: Session, *where: ColumnElement[bool]) -> list[Told]:
    """Return proposals, the newest first. One query, and one more where a step of one was withdrawn."""
    rows = session.execute(_rows().where(*where).order_by(Proposal.id.desc())).all()
    return _told(session, rows, where)


def _told(session: Session, rows: Sequence[Any], where: Sequence[ColumnElement[bool]]) -> list[Told]:
    """Return rows as versions. One query where a step of one was withdrawn; `where` is how the rows were asked for."""
    back = list_withdrawals(session, *where) if any(row.has_withdrawn for row in rows) else {}
    return [
        Told(_version(row), row.address, row.written_at, row.reviewed_at, row.approved_at, back.get(row.id, ()))
        for row in rows
    ]


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


def find_proposal(session: Session, client_id: str) -> tuple[str, bool] | None:
    """Return public id of the proposal that was sent with this form, and whether it was put aside; or None."""
    row = session.execute(select(Proposal.public_id, Proposal.is_aside).where(Proposal.client_id == client_id)).first()
    return (row.public_id, row.is_aside) if row else None


def list_to_take(session: Session, locales: Collection[str], kind: str = "", key: str = "") -> list[tuple[Place, Told]]:
    """Return, for each address and each English that it had, the newest version in these languages, the oldest first.

    Perhaps of one object. One query, and one more where a step was withdrawn.
    """
    wanted = [Proposal.locale.in_(sorted(locales)), Proposal.is_aside == false()]
    if kind:
        wanted += [Proposal.kind == kind, Proposal.key == key]
    of = (Proposal.kind, Proposal.key, Proposal.address, Proposal.locale, Proposal.english)
    newest = _rows().where(Proposal.id.in_(select(func.max(Proposal.id)).where(*wanted).group_by(*of)))
    rows = session.execute(newest.order_by(Proposal.id)).all()
    told = _told(session, rows, wanted)
    places = [Place(row.kind, row.key, row.address, row.locale) for row in rows]
    return list(zip(places, told, strict=True))
