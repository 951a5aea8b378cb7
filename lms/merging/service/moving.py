"""Letting the rows of one record go over to another: table by table, as the rules settle it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from lms.db import among
from lms.errors import RuleBroken
from lms.merging import rules
from lms.merging.rules import Row, Settled
from lms.merging.service.rows import Rows, keys_of, leaned, of_person, subjects, table

#: Columns beside the owner that are set aside while two rows change places.
_PARKED = "cycle"
#: What says no more of an application than that she looked at her name.
_NAMED = "name_confirmations"
#: How the children of a joined spell come together: those of the spell that stands, stand.
_OF_SPELLS = ("employment_terms", "supervisions", "contract_employments", "team_members")


@dataclass(frozen=True)
class Pair:
    """Whose rows go where, as they were read, by whom and when. `is_guarded`: the kept account has further rights."""

    kept_id: int
    merged_id: int
    rows: Rows
    is_guarded: bool
    by: int
    at: datetime

    def mine(self, name: str) -> list[Row]:
        """Return the rows of the kept record in a table."""
        return of_person(self.rows, name, self.kept_id)

    def hers(self, name: str) -> list[Row]:
        """Return the rows of the merged record in a table."""
        return of_person(self.rows, name, self.merged_id)


def move_rows(session: Session, pair: Pair) -> dict[str, Settled]:
    """Let every row go over that does, and return what was settled by table. Raises `RuleBroken` as the rules do."""
    settled = settle_all(pair)
    for name in (each.name for each in subjects() if each.name in settled):
        _apply(session, pair, table(name), settled[name])
    _close_account(session, pair)
    return settled


def settle_all(pair: Pair) -> dict[str, Settled]:
    """Return what becomes of the rows of each table."""
    done = {name: _settle(name, pair) for name in rules.WAYS}
    mine, hers = pair.mine("evidence"), pair.hers("evidence")
    rows = pair.rows["module_completions"]
    lost = [rows[each] for each in done["module_completions"].aside]
    rules.settle_evidence(done["evidence"], mine, hers, lost)
    staying = done["earlier_trainings"].stays
    done["recognitions"] = rules.settle_together(pair.hers("recognitions"), "training_id", staying)
    sat = {row["group_session_id"] for name in _SAT for row in pair.mine(name)}
    for name in _SAT:
        done[name] = rules.settle_together(pair.hers(name), "group_session_id", sat)
    return done


#: What says that somebody sat in a class: of one class both say it, and it counts once, as the kept record has it.
_SAT = ("attendance_entries", "class_credits")


#: Tables whose rows come together by a rule of their own that needs nothing but them.
_BY_ROWS = {"employments": rules.settle_employments, "accommodations": rules.settle_versions}


def _settle(name: str, pair: Pair) -> Settled:
    way, mine, hers = rules.WAYS[name], pair.mine(name), pair.hers(name)
    if name == "contacts":
        return rules.settle_contacts(mine, hers, is_guarded=pair.is_guarded, at=pair.at)
    if name in _BY_ROWS:
        return _BY_ROWS[name](mine, hers)
    if name == "applications":
        named = {row["application_id"] for row in pair.rows.get(_NAMED, {}).values()}
        others = {each: rows for each, rows in pair.rows.items() if each != _NAMED}
        worked_on = {each for parent, each in leaned(others) if parent == name}
        return rules.settle_applications(way, keys_of(name), mine, hers, worked_on, named)
    if name == "attempts":
        return rules.settle_attempts(way, keys_of(name), mine, hers)
    if name == "awards":
        return _rekeyed(mine, hers, pair.kept_id)
    closed: dict[str, Any] = {way.closes: pair.at} if way.closes else {}
    closed |= {way.closer: pair.by} if way.closer else {}
    return rules.settle(way, keys_of(name), mine, hers, **closed)


def _rekeyed(mine: Sequence[Row], hers: Sequence[Row], kept_id: int) -> Settled:
    """Return certificates with the key of their new owner, where she has none of that track and cycle."""
    taken = {row["award_key"] for row in mine}
    wanted = {row["id"]: f"{kept_id}:{row['track_key']}:{row['cycle']}" for row in hers}
    return Settled(moves={each: {} if key in taken else {"award_key": key} for each, key in wanted.items()})


def _apply(session: Session, pair: Pair, own: Table, done: Settled) -> None:
    """Write what was settled for one table; children of what is taken out are led to the row that stands for it."""
    if own.name == "employments" and done.stands_for:
        for child in _OF_SPELLS:
            _repoint(session, pair, child, done.stands_for)
    if own.name == "applications" and done.gives_up:
        _park(session, own, done.gives_up)
    if done.aside:
        session.execute(delete(own).where(among(session, own.c.id, sorted(done.aside))))
    for each, values in done.changes.items():  # a contact that ends before another is proven
        session.execute(update(own).where(own.c.id == each).values(values))
    plain = sorted(each for each, values in done.moves.items() if not values)
    if plain:
        session.execute(update(own).where(among(session, own.c.id, plain)).values(person_id=pair.kept_id))
    change_each(session, own, {each: {"person_id": pair.kept_id, **v} for each, v in done.moves.items() if v})
    for each in sorted(done.gives_up):
        values = done.parked.get(each) or {_PARKED: pair.rows[own.name][each][_PARKED]}
        change_each(session, own, {each: {"person_id": pair.merged_id, **values}})


def _park(session: Session, own: Table, ids: Collection[int]) -> None:
    """Let rows keep no place of a cycle that another one takes."""
    session.execute(update(own).where(own.c.id.in_(ids)).values({_PARKED: -own.c.id}))


def change_each(session: Session, own: Table, values: Mapping[int, Mapping[str, Any]]) -> None:
    """Set columns of rows, in one call for all that change the same columns."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for each, changed in values.items():
        row = {"row_id": each, **{f"to_{name}": value for name, value in changed.items()}}
        alike.setdefault(tuple(sorted(changed)), []).append(row)
    for columns, rows in alike.items():
        becomes = {name: bindparam(f"to_{name}", type_=own.c[name].type) for name in columns}
        session.execute(update(own).where(own.c.id == bindparam("row_id")).values(becomes), rows)


def _repoint(session: Session, pair: Pair, name: str, stands_for: Mapping[int, int]) -> None:
    """Lead the rows of spells that were taken out to the spell that stands for each."""
    own, column = table(name), table(name).c.employment_id
    rows = pair.rows.get(name, {}).values()
    way = rules.Way("closed") if name == "team_members" else rules.Way()
    for lost, standing in sorted(stands_for.items()):
        mine = [row for row in rows if row["employment_id"] == standing]
        hers = [row for row in rows if row["employment_id"] == lost]
        closed = {"until": pair.at} if name == "team_members" else {}
        done = rules.settle(way, keys_of(name, "employment_id"), mine, hers, **closed)
        if name == "supervisions":
            _check_delegated(session, done.aside)
        if done.aside:
            session.execute(delete(own).where(own.c.id.in_(done.aside)))
        change_each(session, own, {each: {column.name: standing, **v} for each, v in done.moves.items()})


def _check_delegated(session: Session, ids: Collection[int]) -> None:
    """Raise `RuleBroken` "delegated" when somebody stands in by one of these supervisions."""
    own = table("supervisions")
    if ids and session.execute(select(own.c.id).where(own.c.delegated_from_id.in_(ids)).limit(1)).first():
        raise RuleBroken("delegated")


def _close_account(session: Session, pair: Pair) -> None:
    """Say whose record goes on, and let nobody sign in to the other: its sessions end with that."""
    people, accounts, feeds = table("people"), table("accounts"), table("calendar_feeds")
    session.execute(update(people).where(people.c.id == pair.merged_id).values(merged_into_id=pair.kept_id))
    live = (accounts.c.person_id == pair.merged_id) & accounts.c.disabled_at.is_(None)
    session.execute(update(accounts).where(live).values(disabled_at=pair.at))
    open_ones = (feeds.c.person_id == pair.merged_id) & feeds.c.withdrawn_at.is_(None)
    session.execute(update(feeds).where(open_ones).values(withdrawn_at=pair.at))


def redate_completions(session: Session, kept_id: int) -> None:
    """Let completed tracks say by the dates of the credits that count now what they counted."""
    modules, tracks = table("module_completions"), table("track_completions")
    credits_ = select(modules.c.module_key, modules.c.round, modules.c.completed_on)
    credits_ = credits_.where(modules.c.person_id == kept_id)
    dates = {(row[0], row[1]): row[2] for row in session.execute(credits_)}
    rows = session.execute(select(tracks).where(tracks.c.person_id == kept_id)).mappings().all()
    ends = {(row["track_key"], row["cycle"]): row["completed_on"] for row in rows}
    said = {row["id"]: rules.recounted(row["counted"], dates, ends) for row in rows}
    wrong = {row["id"]: {"counted": said[row["id"]]} for row in rows if said[row["id"]] != row["counted"]}
    change_each(session, tracks, wrong)
