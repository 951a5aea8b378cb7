"""Whose row of an imported list it is, and what would come of it: somebody new, a beginning, a change, or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from lms.actor import Span
from lms.errors import RuleBroken
from lms.organizations.rules.alike import signatures
from lms.organizations.rules.employment import check_start, is_likely_same
from lms.organizations.rules.entries import Entry, Fault
from lms.people.rules import Identifier

#: What becomes of a row. "ask": somebody alike is known, and the uploader has not said whether it is she.
OUTCOMES = ("create", "start", "change", "unchanged", "ask", "refuse")
#: The answer that says: none of those; a new person.
SOMEBODY_NEW = "new"
#: As many people may share a number.
MOST_SHARERS = 4
_MOST_CANDIDATES = 5
_FOREVER = date.max


@dataclass(frozen=True)
class Spell:
    """A spell of employment with the terms of today, or its first ones."""

    employment_id: int
    organization_id: int
    since: date
    until: date | None
    title: str
    hours: Decimal | None


@dataclass(frozen=True)
class Known:
    """Those who may be meant by some rows: who has a contact, who has a name or one near it, and their spells.

    `seen` are those of whom the uploader may hear; None: everybody. Of others she learns nothing.
    """

    holders: Mapping[Identifier, Sequence[int]] = field(default_factory=dict)
    names: Mapping[str, Sequence[int]] = field(default_factory=dict)
    keys: Mapping[int, str] = field(default_factory=dict)
    spells: Mapping[int, Sequence[Spell]] = field(default_factory=dict)
    seen: frozenset[int] | None = None
    #: Whose earlier rows of the same list were, by the number of the row; and who of them began with that list.
    earlier: Mapping[int, int] = field(default_factory=dict)
    made: frozenset[int] = frozenset()
    #: By the folded name of a row: staff of the organizations that the rows name (`alike.find_near`).
    near: Mapping[str, Sequence[int]] = field(default_factory=dict)


def with_earlier(known: Known, keys: Mapping[int, str], earlier: Mapping[int, int], made: frozenset[int]) -> Known:
    """Return `known` with whose the earlier rows of the list were; `keys` are the folded names of those too."""
    return replace(known, keys=keys, earlier=earlier, made=made)


@dataclass(frozen=True)
class Asked:
    """A question that was asked about a row: who was offered ("person:12", "row:7"), and the answer, "" for none."""

    candidates: tuple[str, ...] = ()
    answer: str = ""


@dataclass(frozen=True)
class Verdict:
    """What becomes of a row (`OUTCOMES`), and of whom: a person, the person of another row, or somebody new."""

    row: int
    what: str
    person_id: int | None = None
    same_as: int | None = None
    employment_id: int | None = None
    contacts: tuple[Identifier, ...] = ()
    #: The code of the question, with those who may be meant.
    question: str = ""
    candidates: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class _Who:
    """Whose row it is: of a person, of who will come of an earlier row, or of nobody known."""

    person_id: int | None = None
    row: int | None = None
    question: str = ""
    candidates: tuple[str, ...] = ()


class _Refused(Exception):
    """A row that cannot be, with its faults."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


def judge(
    entries: Iterable[Entry],
    known: Known,
    today: date,
    *,
    asked: Mapping[int, Asked] | None = None,
    same_as: Mapping[int, int] | None = None,
) -> list[Verdict]:
    """Return what becomes of each row, in order. `asked` holds what was asked and answered before.

    `same_as`, where given, says which rows are the person of an earlier row; it was found over the whole list, and
    is not looked for again in a part of it. An answer counts only while nobody else has come into question.
    """
    judging = _Judging(known, today, asked or {}, same_as)
    return [judging.verdict(entry) for entry in entries]


def _is_part_of(one: str, other: str) -> bool:
    """Return whether one of two folded names has all words of the other: a sister shares some, she herself all."""
    words = set(one.split()), set(other.split())
    return words[0] <= words[1] or words[1] <= words[0]


class _Judging:
    """Goes through the rows, and remembers what the earlier ones said."""

    def __init__(
        self, known: Known, today: date, asked: Mapping[int, Asked], same_as: Mapping[int, int] | None
    ) -> None:
        self.known, self.today, self.asked, self.same_as = known, today, asked, same_as
        self.rows_of = {person_id: row for row, person_id in known.earlier.items() if person_id in known.made}
        self.by_signature: dict[str, list[Entry]] = defaultdict(list)
        self.by_contact: dict[Identifier, list[Entry]] = defaultdict(list)
        self.leaders: dict[int, int] = {}
        self.persons: dict[int, int] = {}
        #: Whose rows have been found: a row with nothing but a name is somebody else's.
        self.used: set[int] = set(known.earlier.values())
        self.settled: set[int] = set(known.earlier)
        self.claimed: Counter[Identifier] = Counter()
        self.taken: dict[tuple[str, int | None], Entry] = {}

    def verdict(self, entry: Entry) -> Verdict:
        """Return what becomes of one row."""
        try:
            if entry.faults:
                raise _Refused(*entry.faults)
            who = self._who(entry)
            if who.question:
                return Verdict(entry.row, "ask", question=who.question, candidates=who.candidates)
            return self._settled(entry, who)
        except _Refused as refusal:
            return Verdict(entry.row, "refuse", faults=refusal.faults)
        finally:
            if not entry.faults:
                self._remember(entry)

    def _remember(self, entry: Entry) -> None:
        for signature in signatures(entry.name_key):
            self.by_signature[signature].append(entry)
        for each in entry.identifiers:
            self.by_contact[each].append(entry)

    # ── Whose row it is ───────────────────────────────────────────────────────

    def _who(self, entry: Entry) -> _Who:
        """Return whose row it is, or the question that has to be asked."""
        if self.same_as is not None and entry.row in self.same_as:
            return self._of_row(self.same_as[entry.row])
        by_contact = list(dict.fromkeys(p for each in entry.identifiers for p in self.known.holders.get(each, ())))
        if (person_id := self._certain(entry, by_contact)) is not None:
            return _Who(person_id)
        rows = [] if self.same_as is not None else self._rows_alike(entry)
        if twin := next((each for each in rows if self._is_twin(each, entry)), None):
            return self._of_row(twin.row)
        return self._answered(entry, *self._question(entry, by_contact, rows))

    def _certain(self, entry: Entry, by_contact: Sequence[int]) -> int | None:
        """Return who is meant without doubt: same name and contact; or who works there, with more or fewer names."""
        keys = self.known.keys
        exact = [each for each in by_contact if keys[each] == entry.name_key]
        shorter = [each for each in by_contact if _is_part_of(entry.name_key, keys[each])]
        here = [each for each in shorter if self._is_seen(each) and self._works(each, entry)]
        if not entry.identifiers:
            here = [each for each in self._named(entry) if self._works(each, entry) and each not in self.used][:1]
        return next((found[0] for found in (exact, here) if len(found) == 1), None)

    def _named(self, entry: Entry) -> list[int]:
        return [each for each in self.known.names.get(entry.name_key, ()) if self._is_seen(each)]

    def _is_seen(self, person_id: int) -> bool:
        return self.known.seen is None or person_id in self.known.seen

    def _works(self, person_id: int, entry: Entry) -> bool:
        return self._open_spell(person_id, entry) is not None

    def _rows_alike(self, entry: Entry) -> list[Entry]:
        """Return the earlier rows with the same name, its words in another order, or a same contact."""
        found = {each.row: each for one in signatures(entry.name_key) for each in self.by_signature[one]}
        found |= {each.row: each for one in entry.identifiers for each in self.by_contact[one]}
        return [found[row] for row in sorted(found)]

    @staticmethod
    def _is_twin(one: Entry, other: Entry) -> bool:
        """Return whether two rows are one person's without doubt: the same name and a same contact."""
        return one.name_key == other.name_key and bool(set(one.identifiers) & set(other.identifiers))

    def _question(self, entry: Entry, by_contact: Sequence[int], rows: Sequence[Entry]) -> tuple[str, tuple[str, ...]]:
        """Return the question about a row with those who may be meant; "" where nobody is."""
        holders = [each for each in by_contact if self._is_seen(each)]
        likely = [each for each in holders if is_likely_same(entry.name_key, self.known.keys[each])]
        near = [each for each in self.known.near.get(entry.name_key, ()) if self._is_seen(each)]
        named = [each for each in (*self._named(entry), *near) if each not in self.used or entry.identifiers]
        people = [*likely, *named, *holders]
        code = "alike-contact" if likely else "alike-name" if named else "alike-shared" if holders else "alike-row"
        found = dict.fromkeys(self._address(each) for each in people)
        found |= dict.fromkeys(f"row:{self.leaders.get(each.row, each.row)}" for each in rows)
        candidates = tuple(found)[:_MOST_CANDIDATES]
        return (code, candidates) if candidates else ("", ())

    def _address(self, person_id: int) -> str:
        """Return how a candidate is written down: by the earlier row of this list that she came of, if she did."""
        row = self.rows_of.get(person_id)
        return f"person:{person_id}" if row is None else f"row:{row}"

    def _answered(self, entry: Entry, question: str, candidates: tuple[str, ...]) -> _Who:
        """Return whose row it is by the answer that was given, else the question."""
        before = self.asked.get(entry.row, Asked())
        if before.answer in candidates:
            kind, _, number = before.answer.partition(":")
            return self._of_row(int(number)) if kind == "row" else _Who(int(number))
        is_settled = before.answer == SOMEBODY_NEW and set(candidates) <= set(before.candidates)
        return _Who() if is_settled or not question else _Who(question=question, candidates=candidates)

    def _of_row(self, row: int) -> _Who:
        """Return whose row another one is. Raises `_Refused` when that one leads to nobody."""
        leader = self.leaders.get(row, row)
        if leader not in self.settled:
            raise _Refused(Fault("row-first", values={"row": leader}))
        return _Who(self.known.earlier.get(leader, self.persons.get(leader)), leader)

    # ── What comes of it ──────────────────────────────────────────────────────

    def _settled(self, entry: Entry, who: _Who) -> Verdict:
        """Return what becomes of a row of a known person, or of somebody new. Raises `_Refused`."""
        if who.row is not None:
            self.leaders[entry.row] = who.row
        place = f"row:{who.row or entry.row}" if who.person_id is None else f"person:{who.person_id}"
        if (twice := self._twice(entry, place)) is not None:
            return twice
        verdict = self._beginning(entry, who) if who.person_id is None else self._of_person(entry, who)
        self.taken[place, entry.organization_id] = entry
        self.settled.add(entry.row)
        if who.person_id is not None:
            self.persons[entry.row] = who.person_id
            self.used.add(who.person_id)
        return verdict

    def _twice(self, entry: Entry, place: str) -> Verdict | None:
        """Return the verdict on a row that says the same as an earlier one; None for the first of its kind."""
        other = self.taken.get((place, entry.organization_id))
        if other is None:
            return None
        told = [(each.title, each.started_on, each.hours) for each in (entry, other)]
        if told[0] != told[1]:
            raise _Refused(Fault("row-twice", values={"row": other.row}))
        return Verdict(entry.row, "unchanged", same_as=other.row)  # it is done with that row

    def _beginning(self, entry: Entry, who: _Who) -> Verdict:
        """Return the verdict on a row of somebody without a record."""
        self._check_start(entry, ())
        contacts = () if who.row is not None else self._contacts(entry)
        return Verdict(entry.row, "create", same_as=who.row, contacts=contacts)

    def _contacts(self, entry: Entry) -> tuple[Identifier, ...]:
        """Return the contacts that somebody new gets. Raises `_Refused` for one that she cannot have.

        What only a stranger has in common with her is left out without a word: it would tell of the stranger.
        """
        kept: list[Identifier] = []
        for each in entry.identifiers:
            holders = self.known.holders.get(each, ())
            if len(holders) + self.claimed[each] < (MOST_SHARERS if each.kind == "phone" else 1):
                kept.append(each)
            elif self.claimed[each] or all(map(self._is_seen, holders)):
                code = "email_in_use" if each.kind == "email" else "contact_shared_by_many"
                raise _Refused(Fault(code, each.kind))
        self.claimed.update(kept)
        return tuple(kept)

    def _of_person(self, entry: Entry, who: _Who) -> Verdict:
        """Return the verdict on a row of somebody with a record."""
        person_id = who.person_id or 0
        spell = self._open_spell(person_id, entry)
        if spell is None:
            self._check_start(entry, self.known.spells.get(person_id, ()))
            return Verdict(entry.row, "start", person_id, who.row)
        if entry.started_on not in (None, spell.since):
            raise _Refused(Fault("already-employed", "started_on", {"since": spell.since}))
        differs = (entry.title and entry.title != spell.title) or entry.hours not in (None, spell.hours)
        return Verdict(entry.row, "change" if differs else "unchanged", person_id, who.row, spell.employment_id)

    def _open_spell(self, person_id: int, entry: Entry) -> Spell | None:
        """Return the spell at the row's organization that goes on, or is still to come."""
        day = entry.started_on or self.today
        for spell in self.known.spells.get(person_id, ()):
            if spell.organization_id == entry.organization_id and (spell.until or _FOREVER) >= day:
                return spell
        return None

    def _check_start(self, entry: Entry, spells: Iterable[Spell]) -> None:
        """Raise `_Refused` when somebody cannot begin as the row says."""
        if not (entry.title or entry.usual_title):
            raise _Refused(Fault("title-empty", "title"))
        spans = [Span(each.organization_id, each.since, each.until) for each in spells]
        try:
            check_start(spans, entry.organization_id or 0, entry.started_on or self.today, self.today)
        except RuleBroken as error:
            raise _Refused(Fault(error.code, "started_on", error.values)) from None
