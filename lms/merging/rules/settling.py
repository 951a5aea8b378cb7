"""Which row stands where two records collide. Rows are mappings of a table's columns to their values, with an id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms.errors import RuleBroken
from lms.merging.rules.ways import Way

Row = Mapping[str, Any]
#: States of an application that somebody has still to do something about.
_OPEN = frozenset({"waiting", "asked", "appealed"})


@dataclass(frozen=True)
class Key:
    """What must be unique: these columns, beside the owner's; with `live`, among rows where that one is empty."""

    columns: tuple[str, ...]
    live: str = ""

    def of(self, row: Row) -> tuple[Any, ...] | None:
        """Return the row's value of this key; None where it counts not."""
        values = tuple(row[each] for each in self.columns)
        is_out = bool(self.live) and row[self.live] is not None
        return None if is_out or None in values else values


@dataclass
class Settled:
    """What becomes of the rows of one table. `moves` holds the further changes of each row that goes over."""

    moves: dict[int, dict[str, Any]] = field(default_factory=dict)
    #: Changes of rows that the kept record has already.
    changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    aside: set[int] = field(default_factory=set)
    stays: set[int] = field(default_factory=set)
    #: Rows of the kept record that change places with one of the merged: those go to the former record.
    gives_up: set[int] = field(default_factory=set)
    #: Further changes of those, by row.
    parked: dict[int, dict[str, Any]] = field(default_factory=dict)
    #: Rows that were taken out, and the row that stands for each.
    stands_for: dict[int, int] = field(default_factory=dict)


def settle(way: Way, keys: Sequence[Key], mine: Iterable[Row], hers: Iterable[Row], **closed: Any) -> Settled:
    """Return what becomes of `hers`, rows of the merged record, beside `mine`, those of the kept one.

    `closed` are the values of columns of a row that gives way by ending.
    """
    done, mine = Settled(), list(mine)
    asked = [key for key in keys if way.number not in key.columns or not way.number]
    taken = {(key, value): row for row in mine for key in asked if (value := key.of(row)) is not None}
    numbers = _numbers(way, keys, mine)
    for row in sorted(hers, key=lambda each: each["id"]):
        rivals = {taken[place]["id"]: taken[place] for key in asked if (place := (key, key.of(row))) in taken}
        if not rivals:
            done.moves[row["id"]] = _numbered(way, keys, row, numbers)
        elif way.loser == "stays":
            done.stays.add(row["id"])
        elif way.loser == "closed":
            done.moves[row["id"]] = dict(closed)
        elif all(_before(way, row, other) for other in rivals.values()):
            done.aside |= set(rivals)
            done.moves[row["id"]] = {}
            done.stands_for |= dict.fromkeys(rivals, row["id"])
        else:
            done.aside.add(row["id"])
            done.stands_for[row["id"]] = next(iter(rivals))
    return done


def _numbers(way: Way, keys: Sequence[Key], mine: Iterable[Row]) -> dict[tuple[Any, ...], int]:
    """Return the highest number that the kept record has of each kind."""
    highest: dict[tuple[Any, ...], int] = defaultdict(int)
    for row in mine:
        for kind in _kinds(way, keys, row):
            highest[kind] = max(highest[kind], row[way.number])
    return highest


def _kinds(way: Way, keys: Sequence[Key], row: Row) -> list[tuple[Any, ...]]:
    """Return the kind in which a row is numbered; nothing for a table without numbers."""
    found = [key for key in keys if way.number and way.number in key.columns]
    return [tuple(row[each] for each in key.columns if each != way.number) for key in found]


def _numbered(way: Way, keys: Sequence[Key], row: Row, numbers: dict[tuple[Any, ...], int]) -> dict[str, Any]:
    """Return the number that a row gets after those of the kept record; nothing where it has none of this kind."""
    kinds = [kind for kind in _kinds(way, keys, row) if numbers.get(kind)]
    for kind in kinds:
        numbers[kind] += 1
        return {way.number: numbers[kind]}
    return {}


def _before(way: Way, row: Row, other: Row) -> bool:
    """Return whether `row` goes before the other one, which stands where both are alike."""
    ranks = [(list(order).index(row[name]), list(order).index(other[name])) for name, order in way.rank.items()]
    values = [(_order(row[name]), _order(other[name])) for name in way.first]
    pairs = [*ranks, *values]
    return tuple(each[0] for each in pairs) < tuple(each[1] for each in pairs)


def _order(value: Any) -> tuple[bool, Any]:
    """Return a value so that an empty one comes last."""
    return (value is None, value if value is not None else 0)


def settle_applications(way: Way, keys: Sequence[Key], mine: Sequence[Row], hers: Sequence[Row],
                        worked_on: Collection[int], named: Collection[int] = ()) -> Settled:  # fmt: skip
    """Return what becomes of applications: one that somebody has worked on is never taken out.

    It stays with, or goes to, the former record; so does one of those `named`, for which she only confirmed a name.
    Raises `RuleBroken` "application-open" while one that was worked on waits for somebody.
    """
    done = settle(way, keys, mine, hers)
    rows = {row["id"]: row for row in (*mine, *hers)}
    for lost in sorted(done.aside & {*worked_on, *named}):
        if lost in worked_on and rows[lost]["state"] in _OPEN:
            raise RuleBroken("application-open")
        done.aside.discard(lost)
        (done.stays if lost in {row["id"] for row in hers} else done.gives_up).add(lost)
    return done


def settle_attempts(way: Way, keys: Sequence[Key], mine: Sequence[Row], hers: Sequence[Row]) -> Settled:
    """Return what becomes of attempts at quizzes: beside one that passed nobody can go on with one that is open.

    That one stays with, or goes to, the former record, open and with all that was saved in it. There it gets a number
    after all others, so that no two have the same while they go over, or back.
    """
    left = _passed_elsewhere(hers, mine)
    done = settle(way, keys, mine, [row for row in hers if row["id"] not in left])
    done.stays |= left
    moving = [row for row in hers if row["id"] in done.moves]
    open_ones = {_quiz(row) for row in hers if row["submitted_at"] is None}
    for row in sorted((row for row in mine if row["id"] in _passed_elsewhere(mine, moving)), key=lambda row: row["id"]):
        if _quiz(row) not in open_ones:
            numbers = [each["number"] for each in (*mine, *hers) if _quiz(each) == _quiz(row)]
            done.gives_up.add(row["id"])
            done.parked[row["id"]] = {way.number: max(numbers) + 1}
    return done


def _passed_elsewhere(own: Iterable[Row], others: Iterable[Row]) -> set[int]:
    """Return which open attempts of one record are at quizzes that the other has passed in the same round."""
    passed = {_quiz(row) for row in others if row["passed"]}
    return {row["id"] for row in own if row["submitted_at"] is None and _quiz(row) in passed}


def _quiz(row: Row) -> tuple[Any, ...]:
    return row["module_key"], row["round"]


def settle_contacts(mine: Sequence[Row], hers: Sequence[Row], *, is_guarded: bool, at: Any) -> Settled:
    """Return what becomes of contacts. A proof goes over, but not to an account with rights beyond a worker's.

    There (`is_guarded`) a contact that comes is only claimed, until she proves it herself. Of one that both have the
    kept record's stands, live if one of them was, proven when it was proven last; the other ends.
    """
    done = Settled()
    known = {(row["kind"], row["value"]): row for row in mine}
    for row in hers:
        same = known.get((row["kind"], row["value"]))
        if same is None:
            done.moves[row["id"]] = {"confirmed_at": None} if is_guarded and row["confirmed_at"] else {}
            continue
        done.stays.add(row["id"])
        if row["ended_at"] is not None:
            continue
        proofs = [] if is_guarded else [row["confirmed_at"]]
        proofs += [same["confirmed_at"]] if same["ended_at"] is None or not is_guarded else []
        done.changes[row["id"]] = {"ended_at": at}
        proven = max((each for each in proofs if each is not None), default=None)
        done.changes[same["id"]] = {"ended_at": None, "confirmed_at": proven}
    return done


def settle_employments(mine: Sequence[Row], hers: Sequence[Row]) -> Settled:
    """Return what becomes of spells of work: those that overlap at one organization become one, from first to last."""
    done = Settled(moves={row["id"]: {} for row in hers})
    order = {row["id"]: number for number, row in enumerate((*mine, *hers))}
    rows = sorted((*mine, *hers), key=lambda row: (row["organization_id"], row["started_on"], order[row["id"]]))
    first: dict[str, Any] = {}
    for row in rows:
        if not first or row["organization_id"] != first["organization_id"] or _is_over(first, row["started_on"]):
            first = dict(row)
            continue
        if first["ended_on"] is not None and (row["ended_on"] is None or row["ended_on"] > first["ended_on"]):
            first |= {"ended_on": row["ended_on"], "end_reason": row["end_reason"]}
            target = done.moves if first["id"] in done.moves else done.changes
            target[first["id"]] = {"ended_on": first["ended_on"], "end_reason": first["end_reason"]}
        done.moves.pop(row["id"], None)
        done.aside.add(row["id"])
        done.stands_for[row["id"]] = first["id"]
    return done


def _is_over(spell: Mapping[str, Any], day: date) -> bool:
    return spell["ended_on"] is not None and spell["ended_on"] < day


def settle_evidence(done: Settled, mine: Iterable[Row], hers: Iterable[Row], lost: Collection[Row]) -> Settled:
    """Return `done` so that evidence follows the completion that counts: what a lost one gave is taken out.

    `lost` are completions of modules that gave way.
    """
    mine_ids = {row["id"] for row in mine}
    gone = {(row["person_id"], row["module_key"], row["round"]) for row in lost}
    rounds = {place[1:] for place in gone}
    for row in (*mine, *hers):
        place = (row["source_key"], row["round"])
        if row["source_kind"] != "module" or place not in rounds:
            continue
        is_gone = (row["person_id"], *place) in gone
        (done.aside.add if is_gone else done.aside.discard)(row["id"])
        if row["id"] not in mine_ids:
            done.moves.pop(row["id"], None) if is_gone else done.moves.setdefault(row["id"], {})
    return done


def settle_together(hers: Iterable[Row], column: str, staying: Collection[Any]) -> Settled:
    """Return what becomes of rows that go over only with what `column` names: `staying` are those that stay."""
    done = Settled()
    for row in hers:
        if row[column] in staying:
            done.stays.add(row["id"])
        else:
            done.moves[row["id"]] = {}
    return done


def settle_versions(mine: Sequence[Row], hers: Iterable[Row]) -> Settled:
    """Return what becomes of rows of which the latest counts: those of the kept record stand alone where it has any.

    Single ones of the merged record among them would count in place of what the kept record was given last.
    """
    ids = [row["id"] for row in hers]
    return Settled(stays=set(ids)) if mine else Settled(moves={each: {} for each in ids})


def recounted(counted: Sequence[Mapping[str, Any]], modules: Mapping[tuple[str, int], date],
              tracks: Mapping[tuple[str, int], date]) -> list[dict[str, Any]]:  # fmt: skip
    """Return what a completed track counted, with the dates of the credits that count now.

    `modules` has the date of each completion by module and round, `tracks` by track and cycle.
    """
    return [_redated(entry, modules, tracks) for entry in counted]


def _redated(entry: Mapping[str, Any], modules: Mapping[tuple[str, int], date],
             tracks: Mapping[tuple[str, int], date]) -> dict[str, Any]:  # fmt: skip
    kind, day = entry.get("kind", "module"), None
    if kind == "module":
        day = modules.get((entry["module"], entry["round"]))
    elif kind == "track":
        day = tracks.get((entry["track"], entry["cycle"]))
    return {**entry, "completed_on": day.isoformat()} if day else dict(entry)
