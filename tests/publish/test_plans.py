"""A plan equals what applying it does: random versions, choices and people, compared by ids on both engines."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from lms.certificates.models import Application
from lms.content.library import current
from lms.courses.models import ModuleRound
from lms.db import reading
from lms.publish.service import Prospect
from lms.tracks import queries
from lms.tracks.models import ChangeEffect, ContentChange, Enrolment, TrackCompletion
from lms.tracks.rules.versions import Choices, usual_choices
from tests.conftest import AT
from tests.factories import Make
from tests.organizations.conftest import crowd
from tests.publish.conftest import LATER, RENEWAL, content, did, enrol, module, outlook, publish, rows, track
from tests.publish.strategies import MODULES, choices, tracks

PEOPLE = 6
_numbers = count()
#: What the harness saw, so that a run in which nothing happens is not taken for a proof.
seen: Counter[str] = Counter()


@st.composite
def populations(draw: st.DrawFn) -> list[tuple[bool, list[str], list[str]]]:
    """Draw of each person whether she is on the track early, and the modules she does before and after enrolling."""
    some = st.lists(st.sampled_from(MODULES), min_size=1, max_size=4, unique=True)
    return [(draw(st.booleans()), draw(some), draw(some)) for _ in range(PEOPLE)]


@pytest.fixture
def organization(app: Flask, make: Make) -> int:
    """Return an organization where everybody works."""
    return make.organization()


def grow(organization: int, key: str, people: list[tuple[bool, list[str], list[str]]]) -> list[int]:
    """Make people, each somewhere on the track `key` and on "u", as was drawn."""
    ids = [each.person_id for each in crowd(organization, [f"Worker {number}" for number in range(PEOPLE)])]
    for person_id, (is_early, before, after) in zip(ids, people, strict=True):
        if is_early:
            enrol([person_id], key)
        did([person_id], *before, at=AT + timedelta(hours=1))
        enrol([person_id], key, at=AT + timedelta(hours=2))
        did([person_id], *(each for each in after if each not in before), at=AT + timedelta(hours=3))
    enrol(ids[::2], "u", at=AT + timedelta(hours=4))
    return ids


def snapshot(ids: list[int]) -> dict[str, Any]:
    """Return all that a plan may change for these people."""
    mine = set(ids)
    standing = queries.standing_of(reading(), current(reading()), ids)
    progress = {place: standing.progress(*place) for place in standing.enrolments}
    reading().rollback()
    return {
        "enrolments": {
            row[:3]: row[3:]
            for row in rows(Enrolment, "person_id", "track_key", "cycle", "state", "revision_id")
            if row[0] in mine
        },
        "completions": [row for row in rows(TrackCompletion) if row[2] in mine],
        "applications": {row for row in rows(Application, "person_id", "track_key", "cycle") if row[0] in mine},
        "rounds": {row for row in rows(ModuleRound, "person_id", "module_key", "round") if row[0] in mine},
        "progress": {place: (each.done, each.total) for place, each in progress.items() if each is not None},
    }


def compare(plan: Any, was: dict[str, Any], now: dict[str, Any], told: list[Any]) -> None:
    """Compare what was planned with what is there, by ids."""
    by_deed: dict[str, set[tuple[int, str, int]]] = {}
    for each in plan.effects:
        by_deed.setdefault(each.deed, set()).add((each.person_id, each.key, each.cycle))
        seen[each.deed] += 1
        seen["completes"] += each.completes
        seen["loses"] += each.loses
    moved = {key for key, (_, revision) in was["enrolments"].items() if now["enrolments"][key][1] != revision}
    assert moved == by_deed.get("moves", set())
    opened = set(now["enrolments"]) - set(was["enrolments"])
    assert {each for each in opened if each[1] != "u"} == by_deed.get("renews", set())
    kept = len(was["completions"])
    assert now["completions"][:kept] == was["completions"], "a completion was changed"
    new = {(row[2], row[3], row[4]) for row in now["completions"][kept:]}
    assert new == {(each.person_id, each.key, each.cycle) for each in plan.effects if each.completes}
    applied = {(each.person_id, each.key, each.cycle) for each in plan.effects if each.applies}
    assert now["applications"] - was["applications"] == applied
    rounds = now["rounds"] - was["rounds"]
    renewing = {person_id for person_id, _, _ in by_deed.get("renews", ())}
    assert {each for each in rounds if each[0] not in renewing} == by_deed.get("repeats", set()) - {
        each for each in by_deed.get("repeats", set()) if each[0] in renewing
    }
    assert by_deed.get("repeats", set()) <= rounds
    for each in plan.effects:
        if each.kind == "track" and each.deed != "due":
            place = (each.person_id, each.key)
            assert now["progress"][place] == (each.becomes.done, each.becomes.total)
    touched = {(each.person_id, each.key) for each in plan.effects}
    still = {place for place in was["progress"] if place not in touched and place[1] != "u"}
    assert {place: now["progress"][place] for place in still} == {place: was["progress"][place] for place in still}
    assert sorted((each.person_id, each.key, each.cycle) for each in told) == sorted(
        (each.person_id, each.key, each.cycle) for each in plan.effects if each.is_told
    )


def smaller(fields: dict[str, Any]) -> dict[str, Any]:
    """Return a version that asks for the first item alone: whoever has done it completes the track."""
    return {"items": (fields.get("items") or fields["sets"][0]["items"])[:1]}


def taught(module_key: str) -> list[str]:
    """Return the lessons that a module has now."""
    library = current(reading())
    reading().rollback()
    source = library.find("module", module_key)
    return list(source.file("module.yml")["lessons"]) if source else ["one"]


def possible(drafts: Any, key: str, chosen: Choices, changed: Choices | None) -> tuple[Prospect, dict[str, Choices]]:
    """Return what would happen by these choices, or by the usual ones where these are refused."""
    more = {"module_a": changed} if changed else {}
    found = outlook(drafts, **{key: chosen}, **more)
    if not found.faults:
        return found, {key: chosen, **more}
    seen[found.faults[0].code] += 1
    change = next((each for each, _ in found.plan.changes if each.key == key), None)
    said = {key: usual_choices(change)} if change and change.differences else {}
    found = outlook(drafts, **said, **more)
    if found.faults:  # "equivalent", and worse for somebody who is bound by an older version
        seen[found.faults[0].code] += 1
        said = {key: Choices("retraining", "stay", "stay")}
        found = outlook(drafts, **said, **more)
    assert found.faults == ()
    return found, {**said, **more}


def test_what_is_planned_is_what_happens(organization: int, told: list[Any]) -> None:
    seen.clear()

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        st.lists(tracks(practice=False, other="u"), min_size=3, max_size=3),
        st.lists(choices(), min_size=2, max_size=2),
        populations(),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    )
    def check(
        versions: list[dict[str, Any]],
        chosen: list[Choices],
        people: list[tuple[bool, list[str], list[str]]],
        is_taught: bool,
        is_changed: bool,
        is_smaller: bool,
    ) -> None:
        key, base = f"t-{next(_numbers)}", track("u", "a", "b")
        lessons = taught("a")
        publish(content(track(key, **versions[0]), base, module("a", lessons=lessons)), at=AT)
        ids = grow(organization, key, people)
        versions[1:] = [{**RENEWAL, **fields} for fields in versions[1:]]
        if is_smaller:
            versions[2], chosen[1] = smaller(versions[1]), Choices("equivalent", under_way="move")
        for number, (fields, choice) in enumerate(zip(versions[1:], chosen, strict=True)):
            last = number == 1
            if last and is_changed:
                lessons.append(f"lesson-{len(lessons)}")
            a = module("a", lessons=lessons)
            gone = [] if is_taught else [each for each in "cde" if each not in str(fields)]
            drafts = content(track(key, **fields), base, a, without=gone)
            changed = Choices("retraining", finished="renew", days=30) if last and is_changed else None
            at = LATER + timedelta(days=number)
            stay = Choices("retraining", "stay", "stay")
            prospect, said = possible(drafts, key, stay if gone else choice, changed)
            was = snapshot(ids)
            told.clear()
            mine = [each for each in outlook(drafts, at=at, **said).plan.effects if each.person_id in ids]
            done = publish(drafts, at=at, **said)
            own = type("Plan", (), {"effects": [each for each in done.plan.effects if each.person_id in ids]})
            assert own.effects == mine  # type: ignore[attr-defined]
            compare(own, was, snapshot(ids), [each for each in told if each.person_id in ids])
            event("touched" if mine else "nobody touched")
            seen["plans"] += 1
            assert prospect.plan.content == done.plan.content

    check()
    assert seen["plans"] >= 25
    for name in ("moves", "renews", "completes"):
        assert seen[name], f"no plan {name} anybody: {dict(seen)}"
    kept = len(rows(ChangeEffect, "id"))
    assert kept >= seen["moves"]
    assert rows(ContentChange, "id")
