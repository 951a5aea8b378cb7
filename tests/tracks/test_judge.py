"""The judge of tracks: what counts, what is missing, what waits for what, and when all of it was there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lms.tracks.rules import Explanation, Scope, completion_faults, judge, progress_in, recall
from lms.tracks.specs import TrackSpec
from tests.tracks.sample import (
    NOON,
    TODAY,
    began,
    credit,
    elsewhere,
    finished,
    hours,
    instant,
    record,
    signed,
    track,
    waived,
)

PLANNED = [{"id": "later", "planned": True, "title": "Advocacy"}]
HOURS = [{"kind": "practicum", "minutes": 60, "title": "Field practice"}]
SIGN_OFFS = [{"id": "field", "title": "Observed", "checklist": "visit"}]


def item(key: str, *before: str, accepts: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an item of a file, which is called like its module."""
    return {"id": key, "module": key, "prerequisites": list(before), "accepts": list(accepts)}


def set_of(name: str, *keys: str, **more: Any) -> dict[str, Any]:
    """Return a set of a file."""
    return {"id": name, "items": [item(key) for key in keys], **more}


def judged(spec: TrackSpec, *facts: Any, scope: Scope | None = None, today: date = TODAY) -> Explanation:
    return judge(spec, record(*facts), scope or began(), today)


def states(found: Explanation) -> dict[str, str]:
    return {part.id: part.state for part in found.parts}


def test_a_track_is_met_by_its_last_credit() -> None:
    met = judged(track("a", "b"), credit("b", 3), credit("a", 0, language="to")).met
    assert met is not None
    assert (met.completed_at, met.completed_on, met.language) == (instant(3), date(2026, 3, 8), "es")
    assert met.counted() == [
        {"item": "i-a", "module": "a", "round": 1, "completed_on": "2026-03-05"},
        {"item": "i-b", "module": "b", "round": 1, "completed_on": "2026-03-08"},
    ]


def test_earlier_work_counts_but_not_before_she_enrolled() -> None:
    met = judged(track("a"), credit("a"), scope=began(30)).met
    assert met is not None
    assert (met.completed_at, met.completed_on) == (instant(30), instant(30).date())
    assert judged(track("a"), credit("a"), scope=Scope()).met is None, "she is not on it"


def test_the_earliest_credit_counts_and_a_new_cycle_counts_only_what_came_after_the_one_before() -> None:
    first, again = credit("a", -50), credit("a", -5, round_=2)
    assert judged(track("a"), again, first).items[0].proof.round == 1
    found = judged(track("a"), again, first, scope=began(-20, cycle=2, after=-50))
    assert (found.items[0].proof.round, found.met.completed_at) == (2, instant(-5))


@pytest.mark.parametrize("more", [{"planned": PLANNED}, {"hours": HOURS}, {"sign_offs": SIGN_OFFS}])
def test_what_is_missing_leaves_a_track_open(more: dict[str, Any]) -> None:
    assert judged(track("a", **more), credit("a")).met is None
    assert judged(track("a", "b"), credit("a")).met is None


def test_what_the_program_does_not_record_is_never_met() -> None:
    loose = track("a", planned=PLANNED, sign_offs=[{"id": "field", "title": "Observed"}])
    found = judged(loose, credit("a"), signed("visit"), signed(""), waived("field"), waived("later"))
    assert states(found) == {"i-a": "met", "later": "planned", "field": "unrecorded"}
    assert (found.met, found.can_be_met, found.done, found.total) == (None, False, 1, 3)
    assert not any(part.can_be_waived for part in found.parts)


def test_an_item_counts_by_its_module_by_an_equivalent_by_training_from_elsewhere_or_by_a_waiver() -> None:
    spec = track(sets=[{"id": "s", "items": [item("a", accepts=("old-a",)), item("b"), item("c")]}])
    found = judged(spec, credit("old-a", -9), elsewhere("b", -8, learned=-900), waived("c", -7))
    assert [(part.proof.kind, part.proof.key) for part in found.items] == [
        ("module", "old-a"),
        ("recognized", "b"),
        ("waiver", ""),
    ]
    assert found.met.completed_at == instant(-7)
    assert found.met.counted()[1:] == [
        {"item": "b", "completed_on": "2026-02-25", "kind": "recognized", "module": "b", "source": "r1",
         "learned_on": str(instant(-900).date())},
        {"item": "c", "completed_on": "2026-02-26", "kind": "waiver", "source": "w-c", "reason": "experience",
         "ends_on": None},
    ]  # fmt: skip
    assert judged(track("a"), waived("i-a")).met.language == "en", "no module says in which language"


def test_training_from_elsewhere_counts_in_the_cycle_in_which_it_was_learned() -> None:
    later = began(-20, cycle=2, after=-50)
    assert judged(track("a"), elsewhere("a", -5, learned=-60), scope=later).met is None
    assert judged(track("a"), elsewhere("a", -5, learned=-49), scope=later).met is not None


def test_a_waiver_counts_in_its_cycle_until_its_last_day_unless_it_was_withdrawn() -> None:
    spec = track("a", "b")
    assert judged(spec, credit("b"), waived("i-a", cycle=2)).met is None
    assert judged(spec, credit("b"), waived("i-a", is_withdrawn=True)).met is None
    assert judged(spec, credit("b", 0), waived("i-a", -9, until=0)).met is not None, "its last day"
    late = judged(spec, credit("b", 1), waived("i-a", -9, until=0), today=instant(5).date())
    assert (late.met, states(late)["i-a"]) == (None, "open")
    assert late.items[0].lapsed.kind == "waiver"
    assert judged(spec, waived("i-a", -9, until=0)).items[0].state == "met"


@pytest.mark.parametrize(
    ("k", "done", "expected", "extra"),
    [
        (1, "", None, ""),
        (1, "c", "c", ""),
        (2, "c", None, ""),
        (2, "ca", "ca", ""),
        (2, "bca", "bc", "a"),
        (3, "abc", "abc", ""),
    ],
)
def test_k_of_n_counts_the_best_and_keeps_the_rest_as_extra(
    k: int, done: str, expected: str | None, extra: str
) -> None:
    spec = track(sets=[set_of("s", "a", "b", "c", choose=k)])
    facts = [credit(key, -9 + number) for number, key in enumerate(done)]
    found = judged(spec, *facts)
    assert (found.done, found.total) == (min(k, len(done)), k)
    assert {part.id for part in found.items if part.state == "extra"} == set(extra)
    if expected is None:
        assert found.met is None
        assert found.following.id == next(key for key in "abc" if key not in done)
    else:
        assert {each["item"] for each in found.met.counted()} == set(expected)
        assert all(part.state == "spare" for part in found.items if part.id not in done), "not asked for any more"
        assert found.following is None


def test_what_was_earned_counts_before_a_waiver() -> None:
    spec = track(sets=[set_of("s", "a", "b", choose=1)])
    found = judged(spec, waived("a", -9), credit("b", -1))
    assert found.met.completed_at == instant(-9)
    assert states(judged(spec, waived("a", -9), credit("b", -9))) == {"a": "extra", "b": "met"}


def test_what_is_not_taught_now_is_no_next_step_but_counts_where_it_was_done() -> None:
    items = [item("a", accepts=("new-a",)), item("b"), item("c")]
    here = Scope(taught=frozenset({"new-a", "c"}))
    found = judged(track(sets=[{"id": "s", "items": items}]), scope=here)
    assert ([part.key for part in found.items], states(found)["b"]) == (["new-a", "b", "c"], "planned")
    assert states(judged(track(sets=[{"id": "s", "items": items}]), credit("b"), scope=here))["b"] == "met"


def test_any_of_a_set_suffices() -> None:
    spec = track(sets=[set_of("s", "a", "b", rule="any")])
    assert (judged(spec, credit("b")).met is not None, judged(spec).total) == (True, 1)


def test_of_different_ways_one_suffices_and_the_shortest_is_told() -> None:
    spec = track(sets=[set_of("long", "a", "b", "c"), set_of("short", "d", "e", join="or"), set_of("end", "f")])
    found = judged(spec)
    assert (found.done, found.total, found.following.id) == (0, 3, "d")
    assert states(found)["a"] == "spare"
    found = judged(spec, credit("a"), credit("b"))
    assert (found.done, found.following.id, states(found)["d"]) == (1, "c", "spare")
    found = judged(spec, credit("a"), credit("b"), credit("c"), credit("d"))
    assert (found.done, states(found)["d"], states(found)["f"]) == (2, "extra", "open")
    assert judged(spec, *map(credit, "def")).met is not None
    assert judged(spec, *map(credit, "abf")).met is None


@pytest.mark.parametrize("join", ["then", "and"])
@pytest.mark.parametrize("means", ["module", "equivalent", "recognized", "waiver"])
@pytest.mark.parametrize("kind", ["item", "set", "track"])
def test_what_comes_next_opens_when_what_comes_first_is_done(kind: str, means: str, join: str) -> None:
    """By whatever means the first is met, the next is no longer locked; and nothing is locked that need not be."""
    first = item("a", accepts=("old-a",))
    if kind == "item":
        sets = [{"id": "one", "items": [first, item("b", "a"), item("c", "b")]}]
    else:
        sets = [{"id": "one", "items": [first]}, {"id": "two", "join": join, "items": [item("b")]}]
    spec = track(sets=sets, prerequisites=["first"] if kind == "track" else [])
    how = {"module": credit("a"), "equivalent": credit("old-a"), "recognized": elsewhere("a"), "waiver": waived("a")}
    done: Any = how[means]
    if kind == "track":
        done = waived("track:first") if means == "waiver" else finished("first")
    before, after = judged(spec), judged(spec, done)
    waits = {"item": ("a",), "set": ("set:one",) * (join == "then"), "track": ("track:first",)}[kind]
    if kind == "track" and join == "then":
        waits = ("track:first", "set:one")
    part = next(each for each in before.parts if each.id == "b")
    assert (part.state, part.blocked_by) == ("blocked" if waits else "open", waits)
    if kind == "track":
        after = judged(spec, done, credit("a"))
    assert states(after)["b"] == "open"
    if kind == "item":
        assert states(after)["c"] == "blocked", "one opens, not all"


def test_what_was_done_out_of_order_counts() -> None:
    spec = track(sets=[{"id": "one", "items": [item("a")]}, {"id": "two", "items": [item("b", "a")]}])
    found = judged(spec, credit("b", -9))
    assert (found.done, states(found)["b"]) == (1, "met")
    assert judged(spec, credit("b", -9), credit("a", -1)).met.completed_at == instant(-1)


def test_a_track_that_comes_first_is_asked_for_and_is_the_next_step() -> None:
    spec = track("a", prerequisites=["first"])
    found = judged(spec, credit("a"))
    assert (found.met, found.following.id, found.current) == (None, "track:first", None)
    assert judged(spec, credit("a", -9), finished("first", -2)).met.completed_at == instant(-2)


def test_hours_count_whole_for_a_kind_and_by_share_for_a_competency() -> None:
    asked = [
        {"id": "all", "kinds": ["practicum", "supervised"], "minutes": 100, "title": "Practice"},
        {"id": "reach", "kind": "practicum", "minutes": 40, "competency": "s/reach", "title": "Reaching"},
    ]
    spec = track("a", hours=asked)
    both = hours(50, -9, towards=("s/reach", "s/talk"))
    found = judged(spec, credit("a", -20), both, hours(29, -8, kind="supervised"), hours(99, -7, kind="work-paid"))
    assert [(part.minutes, part.asked, part.state) for part in found.others] == [(79, 100, "open"), (25, 40, "open")]
    assert found.following.id == "all"
    third = elsewhere(None, -3, hours_kind="practicum", minutes=45, competencies=("s/reach", "s/talk", "s/walk"))
    found = judged(spec, credit("a", -20), both, hours(29, -8, kind="supervised"), third)
    assert [(part.minutes, part.state) for part in found.others] == [(124, "met"), (40, "met")]
    assert found.met.completed_at == instant(-3)
    assert found.met.counted()[1] == {"item": "all", "kind": "hours", "minutes": 124, "completed_on": "2026-03-02"}


def test_minutes_are_enough_from_the_entry_that_reached_them() -> None:
    spec = track("a", hours=HOURS)
    found = judged(spec, credit("a", -20), hours(99, -1), hours(30, -9), hours(30, -5))
    assert found.met.completed_at == instant(-5)
    assert judged(spec, credit("a"), hours(59)).met is None


def test_hours_of_the_day_of_the_last_completion_belong_to_it() -> None:
    spec, later = track("a", hours=HOURS), began(-20, cycle=2, after=-50)
    again = credit("a", -10, round_=2)
    assert judged(spec, again, hours(60, -50), scope=later).met is None
    assert judged(spec, again, hours(60, -49), scope=later).met is not None
    assert (
        judged(spec, again, elsewhere(None, -3, learned=-50, hours_kind="practicum", minutes=60), scope=later).met
        is None
    )


def test_a_sign_off_counts_when_it_stood_at_the_completion() -> None:
    spec = track("a", sign_offs=SIGN_OFFS)
    assert judged(spec, credit("a", -5), signed(days=-9, until=-5)).met.completed_at == instant(-5)
    ended = judged(spec, credit("a", -5), signed(days=-9, until=-6))
    assert (ended.met, states(ended)["field"], ended.others[0].lapsed.until) == (None, "open", instant(-6).date())
    again = judged(spec, credit("a", -5), signed(days=-9, until=-6), signed(days=-2, until=-1))
    assert again.met.completed_at == instant(-2), "what ends later undoes nothing"
    assert judged(spec, credit("a", -5), signed("other")).met is None
    assert judged(spec, credit("a", -5), signed(days=-60), scope=began(cycle=2, after=-50)).met is None


def test_two_sign_offs_must_stand_together() -> None:
    two = [*SIGN_OFFS, {"id": "phone", "title": "On the phone", "checklist": "call"}]
    spec = track("a", sign_offs=two)
    apart = [signed("visit", -30, until=-20), signed("call", -10)]
    assert judged(spec, credit("a", -40), *apart).met is None
    assert judged(spec, credit("a", -40), *apart, signed("visit", -4)).met.completed_at == instant(-4)


def test_an_observer_must_be_independent_where_the_track_says_so() -> None:
    spec = track("a", sign_offs=[{**SIGN_OFFS[0], "independent": True}])
    assert judged(spec, credit("a"), signed(alone=False)).met is None
    assert judged(spec, credit("a"), signed(alone=True)).met is not None


def test_a_renewal_by_another_track_asks_for_that_alone_and_since() -> None:
    spec = track("a", planned=PLANNED, valid_months=12, renewal={"from": "completion", "track": "again"})
    later = began(-20, cycle=2, after=-50)
    found = judged(spec, finished("again", -60), scope=later)
    assert (states(found), found.can_be_met) == ({"track:again": "open"}, True)
    found = judged(spec, finished("again", -60), finished("again", -5, cycle=2), scope=later)
    assert found.met.counted() == [
        {"item": "track:again", "kind": "track", "track": "again", "cycle": 2, "completed_on": "2026-02-28"}
    ]
    assert recall(spec, found.met.counted(), record(), later, TODAY).done == 1


def test_a_record_is_cut_at_a_day() -> None:
    facts = [credit("a"), hours(60, 0), signed(days=0), elsewhere("a", 0), waived("x", 0), finished("f", 0)]
    whole = record(*facts)
    cut = whole.until(instant(-1).date())
    assert not any((cut.credits, cut.minutes, cut.sign_offs, cut.recognized, cut.waivers, cut.tracks))
    assert whole.until(TODAY) == whole


# ── What pages show ──────────────────────────────────────────────────────────


def test_progress_names_the_next_item_and_what_is_not_open_yet() -> None:
    spec = track("a", "b", "c", planned=PLANNED, hours=HOURS, sign_offs=[{"id": "field", "title": "Observed"}])
    progress = progress_in(judged(spec, credit("a")), "active", 1)
    assert [(each.id, each.state) for each in progress.items] == [
        ("i-a", "done"),
        ("i-b", "current"),
        ("i-c", "todo"),
        ("later", "planned"),
    ]
    assert (progress.done, progress.total, progress.is_begun, progress.can_be_met) == (1, 6, True, False)
    assert progress.current == progress.items[1]
    assert [(each.id, each.state, each.title) for each in progress.others] == [
        ("practicum", "todo", "Field practice"),
        ("field", "planned", "Observed"),
    ]
    assert progress.explained.left == 5


def test_a_completed_track_tells_what_was_counted_and_has_no_next_item() -> None:
    spec = track(sets=[set_of("s", "a", "b", "c", choose=2)])
    counted = [
        {"item": key, "module": key, "round": 1, "completed_on": f"2026-03-0{day}"} for day, key in ((1, "a"), (2, "c"))
    ]
    found = recall(spec, counted, record(credit("b"), credit("a", -4)), began(), TODAY)
    progress = progress_in(found, "completed", 1, TODAY)
    assert (progress.current, [each.state for each in progress.items]) == (None, ["done"] * 3)
    assert progress.items[0].completed_on == date(2026, 3, 1)
    assert (states(found), found.done, found.total) == ({"a": "met", "b": "extra", "c": "met"}, 2, 2)
    assert not progress_in(judged(track("a")), "open", 1).is_begun


# ── Whether a completion has its basis ───────────────────────────────────────

WHOLE = track(
    "a", "b", "c", prerequisites=["first"], hours=HOURS, sign_offs=SIGN_OFFS,
)  # fmt: skip
FACTS = (
    credit("a", -9),
    elsewhere("b", -8),
    waived("i-c", -7, until=-1),
    hours(60, -6),
    signed(days=-5, until=-1),
    finished("first"),
)


def faults(*facts: Any, spec: TrackSpec = WHOLE, counted: Any = None, enrolled: bool = True) -> tuple[str, ...]:
    """Return what is wrong with a completion that counted `FACTS`, where a person has these facts."""
    rows = judged(WHOLE, *FACTS).met.counted() if counted is None else counted
    return completion_faults(spec, record(*facts), began(), rows, is_enrolled=enrolled)


def test_a_completion_follows_from_what_it_counted_also_when_that_has_ended_since() -> None:
    assert judged(WHOLE, *FACTS, today=instant(900).date()).met is not None
    assert faults(*FACTS) == ()
    withdrawn = waived("i-c", -7, until=-1, is_withdrawn=True)
    assert faults(*(fact for fact in FACTS if fact is not FACTS[2]), withdrawn) == ()


def test_what_a_completion_counts_and_nobody_credited_is_told() -> None:
    assert faults(enrolled=False) == (
        "was completed without an enrolment",
        "counts track for track:first of 2026-03-04, which is not credited",
        "counts module a of 2026-02-24, which is not credited",
        "counts recognized for i-b of 2026-02-25, which is not credited",
        "counts waiver for i-c of 2026-02-26, which is not credited",
        "counts 60 minutes of practicum, of which 0 are credited",
        "counts sign-off for field of 2026-02-28, which is not credited",
    )
    assert faults(*FACTS, spec=track("a", "b", "c")) == ("counts 60 minutes of practicum, of which 0 are credited",)


def test_what_a_completion_lacks_is_told() -> None:
    assert faults(*FACTS, counted=[]) == (
        "was completed without track:first",
        "was completed without practicum",
        "was completed without field",
        "was completed without module a",
        "was completed without module b",
        "was completed without module c",
    )
    ways = track(sets=[set_of("x", "a", "b"), set_of("y", "c", join="or")])
    row = {"item": "c", "module": "c", "round": 1, "completed_on": "2026-03-05"}
    assert completion_faults(ways, record(credit("c")), began(), [row], is_enrolled=True) == ()
    assert completion_faults(ways, record(), began(), [], is_enrolled=True) == ("was completed without module c",)
    assert NOON.date() == TODAY
