"""The judge against an oracle that tries every way: random tracks, random facts, and what may never happen."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import combinations, product
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.tracks.rules import Credit, Explanation, completion_faults, judge, recall
from lms.tracks.specs import SetSpec, TrackSpec
from tests.tracks.sample import TODAY, began, credit, elsewhere, finished, hours, record, signed, track, waived

#: How often what was judged; printed by nothing, looked at by the last test.
SEEN: Counter[str] = Counter()
RUN = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ENROLLED = -40


@st.composite
def tracks(draw: Any) -> TrackSpec:
    """Draw a track: sets of every kind, joined in every way, with hours, sign-offs and a track before it."""
    sets: list[dict[str, Any]] = []
    ids: list[str] = []
    for number in range(draw(st.integers(1, 4))):
        items = []
        for _ in range(draw(st.integers(1, 4))):
            name = f"m{len(ids)}"
            before = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True)) if ids else []
            planned = {"planned": True, "title": "Later"} if draw(st.integers(0, 9)) == 0 else None
            accepts = [f"old-{name}"] if draw(st.booleans()) else []
            items.append({"id": name, "prerequisites": before, **(planned or {"module": name, "accepts": accepts})})
            ids.append(name)
        rules: list[dict[str, Any]] = [{}, {"choose": draw(st.integers(1, len(items)))}]
        rules += [{"rule": "any"}] if len(items) > 1 else []
        join = draw(st.sampled_from(["then", "and", "or"])) if number else "then"
        sets.append({"id": f"s{number}", "items": items, "join": join, **draw(st.sampled_from(rules))})
    return track(
        sets=sets,
        hours=[{"kind": "practicum", "minutes": 100, "title": "Practice"}] if draw(st.booleans()) else [],
        sign_offs=[{"id": "seen", "title": "Seen", "checklist": "visit"}] if draw(st.booleans()) else [],
        prerequisites=["first"] if draw(st.integers(0, 3)) == 0 else [],
    )


DAYS = st.integers(-60, -1)


def facts_of(spec: TrackSpec) -> st.SearchStrategy[list[Any]]:
    """Return a strategy of what a person may have that this track could count, and of some that it does not."""
    modules = [key for item in spec.items for key in item.modules] + ["other"]
    module = st.sampled_from(modules)
    end = st.none() | st.integers(-50, 20)
    part = st.sampled_from([item.id for item in spec.items])
    kinds = [
        st.builds(credit, module, DAYS),
        st.builds(credit, module, DAYS),
        st.builds(credit, module, DAYS),
        st.builds(elsewhere, module, DAYS),
        st.builds(lambda key, day, until: waived(key, day, until=until), part, DAYS, end),
        st.builds(hours, st.integers(20, 120), DAYS),
        st.builds(lambda day, until: signed(days=day, until=until), DAYS, end),
        st.builds(lambda day: finished("first", day), DAYS),
    ]  # fmt: skip
    return st.lists(st.one_of(kinds), max_size=22)


def whole(spec: TrackSpec) -> st.SearchStrategy[list[Any]]:
    """Return a strategy of facts that have nearly everything, so that many tracks are met."""
    modules = [item.module for item in spec.items if item.module]
    most = st.lists(st.sampled_from(modules), min_size=len(modules) - 1, max_size=len(modules), unique=True)
    rest = [hours(100, -30), signed(days=-45, until=-10), finished("first", -20)]
    return st.tuples(most.flatmap(lambda keys: st.tuples(*(st.builds(credit, st.just(k), DAYS) for k in keys)))).map(
        lambda drawn: [*drawn[0], *rest]
    )


@st.composite
def cases(draw: Any) -> tuple[TrackSpec, list[Any]]:
    """Draw a track and what a person has."""
    spec = draw(tracks())
    if not any(item.module for item in spec.items):
        spec = track("m0")
    few = draw(facts_of(spec))
    return spec, few + (draw(whole(spec)) if draw(st.booleans()) else [])


def oracle(spec: TrackSpec, facts: list[Any]) -> int | None:
    """Return on which day, counted from today, all is there for the first time, by trying every way on every day."""
    ways = [list(group) for stage in spec.stages for group in stage]
    for day in range(ENROLLED, 30):
        if any(_holds(spec, choice, facts, day) for choice in product(*ways)):
            return day
    return None


def _holds(spec: TrackSpec, choice: tuple[SetSpec, ...], facts: list[Any], day: int) -> bool:
    for way in choice:
        size = way.choose or (1 if way.rule == "any" else len(way.items))
        if not any(all(_has(item, facts, day) for item in some) for some in combinations(way.items, size)):
            return False
    then = TODAY + timedelta(days=day)
    if (
        spec.hours
        and sum(each.minutes for each in facts if hasattr(each, "credited_at") and each.done_on <= then) < 100
    ):
        return False
    if spec.prerequisites and not any(
        getattr(each, "track_key", "") == "first" and each.completed_on <= then for each in facts
    ):
        return False
    return not spec.sign_offs or any(
        each.passed_on <= then and (each.valid_until is None or then <= each.valid_until)
        for each in facts
        if hasattr(each, "passed_on")
    )  # fmt: skip


def _has(item: Any, facts: list[Any], day: int) -> bool:
    then = TODAY + timedelta(days=day)
    for each in facts:
        if isinstance(each, Credit):
            found = each.module_key in item.modules and each.completed_on <= then
        elif hasattr(each, "requirement"):
            begins = each.granted_at.date() <= then
            found = (
                bool(item.module)
                and each.requirement == item.id
                and begins
                and (each.ends_on is None or then <= each.ends_on)
            )
        else:
            found = hasattr(each, "learned_on") and each.module_key in item.modules and each.recognized_on <= then
        if found:
            return True
    return False  # fmt: skip


def judged(spec: TrackSpec, facts: list[Any]) -> Explanation:
    return judge(spec, record(*facts), began(ENROLLED), TODAY)


@RUN
@given(cases())
def test_a_track_is_met_exactly_when_and_since_some_way_is(case: tuple[TrackSpec, list[Any]]) -> None:
    spec, facts = case
    found, expected = judged(spec, facts), oracle(spec, facts)
    SEEN["met" if found.met else "open"] += 1
    SEEN["later"] += expected is not None and expected > ENROLLED
    assert (found.met.completed_on if found.met else None) == (
        None if expected is None else TODAY + timedelta(days=expected)
    )
    assert (found.done == found.total) == (found.met is not None)
    assert 0 <= found.done <= found.total


@RUN
@given(cases())
def test_what_is_shown_agrees_with_what_is_decided(case: tuple[TrackSpec, list[Any]]) -> None:
    """A met track has nothing to do and follows from what it counted; an open one lacks what it says it lacks."""
    spec, facts = case
    found = judged(spec, facts)
    undone = {part.id for part in found.parts if part.state in {"open", "blocked", "planned", "unrecorded"}}
    if found.met is None:
        assert undone
        assert all((part.state == "blocked") == bool(part.blocked_by) for part in found.parts)
        return
    SEEN["recalled"] += 1
    chosen = {part.id for each in found.sets if each.is_chosen for part in each.parts if part.state != "planned"}
    assert found.following is None
    assert not (undone & chosen)
    counted = found.met.counted()
    assert {part.id for part in found.parts if part.state == "met"} == {entry["item"] for entry in counted}
    assert completion_faults(spec, record(*facts), began(ENROLLED), counted, is_enrolled=True) == ()
    again = recall(spec, counted, record(*facts), began(ENROLLED), TODAY)
    assert (again.done, again.total) == (found.done, found.total)
    assert all(
        completion_faults(spec, record(*facts), began(ENROLLED), counted[:n] + counted[n + 1 :], is_enrolled=True)
        for n in range(len(counted))
    ), "nothing is counted that is not needed"


@RUN
@given(cases(), st.data())
def test_one_more_fact_never_undoes_anything(case: tuple[TrackSpec, list[Any]], data: st.DataObject) -> None:
    spec, facts = case
    more = data.draw(facts_of(spec))[:3]
    before, after = judged(spec, facts), judged(spec, facts + more)
    SEEN["grown"] += after.done > before.done
    assert after.total == before.total
    assert after.done >= before.done
    if before.met:
        assert after.met is not None
        assert after.met.completed_at <= before.met.completed_at


@RUN
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_facts_means_nothing(case: tuple[TrackSpec, list[Any]], chance: Any) -> None:
    spec, facts = case
    mixed = facts[:]
    chance.shuffle(mixed)
    before, after = judged(spec, facts), judged(spec, mixed)
    assert (before.done, before.met and before.met.completed_at) == (after.done, after.met and after.met.completed_at)
    SEEN["mixed"] += 1


def test_the_cases_were_worth_their_time() -> None:
    """Each outcome came often enough for the properties above to mean anything."""
    assert SEEN["met"] >= 20
    assert SEEN["open"] >= 20
    assert min(SEEN[each] for each in ("later", "recalled", "grown")) >= 10, SEEN
    assert SEEN["mixed"] >= 70
