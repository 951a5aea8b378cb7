"""Decisions of the gathering pages, case by case."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from lms.actor import Span
from lms.home import rules
from lms.home.rules import Case, Holding, Nearest, Next, Way
from lms.tracks.rules import Credit, Record, Scope, TrackProgress, judge, progress_in
from tests.tracks.sample import track

TODAY = date(2026, 3, 5)


def days(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def progress(done: int = 0, total: int = 2) -> TrackProgress:
    """Return the progress of a track of so many modules, the first ones done ten days ago and later."""
    facts = [
        Credit(f"m{number}", 1, datetime.combine(days(-10 + number), time(12), UTC), days(-10 + number), "en")
        for number in range(done)
    ]
    spec = track(*(f"m{number}" for number in range(max(1, total))))
    return progress_in(judge(spec, Record(facts), Scope(), TODAY), "active", 1)


def way(
    key: str, *, due: int | None = None, asked: bool = False, done: int = 0, total: int = 2, began: int = -9
) -> Way:
    return Way(key, progress(done, total), days(began), is_asked=asked, due_days=() if due is None else (days(due),))


def holding(**more: Any) -> Holding:
    values = {
        "public_id": "a1",
        "track_key": "core",
        "cycle": 1,
        "serial": "S",
        "state": "valid",
        "awarded_at": datetime.combine(days(-3), time(12), UTC),
        "awarded_on": days(-3),
        "issued_on": days(-3),
        "valid_until": days(700),
    }
    return Holding(**{**values, **more})


def case(state: str, key: str = "core", public_id: str = "c1", cycle: int = 1) -> Case:
    return Case(public_id, key, cycle, state, days(-4))


@pytest.mark.parametrize(
    ("roles", "endpoint"),
    [
        ({"worker"}, "home.learn"),
        ({"worker", "translator"}, "home.learn"),
        ({"worker", "trainer", "translator"}, "fieldwork.plans"),
        ({"worker", "administrator"}, "home.admin"),
        ({"worker", "viewer", "administrator"}, "reports.index"),
        ({"worker", "analyst"}, "reports.index"),
        ({"worker", "certifier", "analyst"}, "certificates.queue"),
        ({"worker", "supervisor", "certifier", "administrator"}, "home.team"),
    ],
)
def test_the_home_is_that_of_the_strongest_role(roles: set[str], endpoint: str) -> None:
    assert rules.home_of(roles) == endpoint


def test_tracks_in_order_by_due_date_then_asked_then_share_then_age() -> None:
    ways = [
        way("old", began=-90),
        way("young", began=-2),
        way("far", done=1),
        way("asked", asked=True),
        way("soon", asked=True, due=3),
        way("late", asked=True, due=-3),
        way("empty", total=0, began=-1),
    ]
    assert [each.track_key for each in rules.in_order(ways)] == [
        "late", "soon", "asked", "far", "old", "young", "empty",
    ]  # fmt: skip


def test_the_module_to_work_on_is_the_next_one_or_what_comes_before_it() -> None:
    needs: dict[str, tuple[str, ...]] = {"m0": (), "m1": ("m3",), "m2": (), "m3": ("m2",)}
    assert rules.first_module(way("t"), needs, ()) == "m0"
    assert rules.first_module(way("t", done=1), needs, {"m0"}) == "m2"
    assert rules.first_module(way("t", done=1), needs, {"m0", "m2"}) == "m3"
    assert rules.first_module(way("t", done=1), needs, {"m0", "m2", "m3"}) == "m1"


def test_no_module_when_nothing_is_open_or_taught_or_the_files_go_round_in_circles() -> None:
    assert rules.first_module(way("t", done=2), {"m0": ()}, ()) is None
    assert rules.first_module(way("t"), {}, ()) is None
    assert rules.first_module(way("t"), {"m0": ("m1",), "m1": ("m0",)}, ()) is None
    assert rules.first_module(way("t"), {"m0": ("gone",)}, ()) == "m0"


def next_of(**given: Any) -> Next:
    values: dict[str, Any] = {"learning": [], "cases": [], "holdings": [], "choices": [], "today": TODAY}
    return rules.next_of(**{**values, **given})


def test_what_comes_next_from_the_most_urgent_down() -> None:
    everything = {
        "learning": [(way("t"), "m0")],
        "cases": [case("refused", public_id="r"), case("waiting", public_id="w"), case("asked", public_id="q")],
        "holdings": [holding()],
        "choices": ["next"],
    }
    assert next_of(**everything) == Next("answer", "core", "q")
    everything["cases"].pop()
    assert next_of(**everything) == Next("learn", "t", module_key="m0")
    everything["learning"] = []
    assert next_of(**everything) == Next("certificate", "core", "a1")
    everything["holdings"] = []
    assert next_of(**everything) == Next("wait", "core", "w")
    everything["cases"].pop()
    assert next_of(**everything) == Next("answer", "core", "r")
    everything["cases"].pop()
    assert next_of(**everything, practice=["core"]) == Next("practice", "core")
    assert next_of(**everything) == Next("choose", "next")
    everything["choices"] = []
    assert next_of(**everything) == Next("rest")


RUNGS = ["entry", "core", "lead"]


@pytest.mark.parametrize(
    ("tracks", "expected"),
    [
        ([], None),
        ([Nearest("entry", "a", 3), Nearest("entry", "b", 2), Nearest("core", "c", 1)], "b"),
        ([Nearest("entry", "a", 0, is_done=True), Nearest("entry", "b", 2), Nearest("core", "c", 4)], "c"),
        ([Nearest("core", "c", 0, is_done=True), Nearest("entry", "b", 2)], None),
        ([Nearest("entry", "a", 0, is_done=True), Nearest("lead", "z", 9)], "z"),
        ([Nearest("elsewhere", "a", 1)], None),
    ],
    ids=["nothing", "the nearest of the first", "the next one up", "the top", "a gap", "no place on the ladder"],
)
def test_how_far_the_next_level_is(tracks: list[Nearest], expected: str | None) -> None:
    found = rules.nearest_level(tracks, RUNGS)
    assert (found.track_key if found else None) == expected


@pytest.mark.parametrize(
    ("change", "news"),
    [
        ({}, True),
        ({"issued_on": days(-30)}, True),
        ({"issued_on": days(-31)}, False),
        ({"issued_on": None}, False),
        ({"state": "expired"}, False),
    ],
)
def test_a_certificate_is_news_for_a_month(change: dict[str, Any], news: bool) -> None:
    assert rules.is_news(holding(**change), TODAY) is news


def test_whom_a_case_waits_for() -> None:
    assert rules.is_waiting(case("waiting"), [])
    assert rules.is_waiting(case("appealed"), [])
    assert rules.is_waiting(case("certified"), [holding(state="preparing")])
    assert not rules.is_waiting(case("certified"), [holding()])
    assert rules.is_waiting(case("certified", cycle=2), [holding()])
    assert not rules.is_waiting(case("refused"), [])
    assert [rules.needs_answer(case(state)) for state in ("asked", "refused", "waiting", "certified")] == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "lapsing"),
    [
        ({"valid_until": days(90)}, True),
        ({"valid_until": TODAY}, True),
        ({"valid_until": days(91)}, False),
        ({"valid_until": None}, False),
        ({"valid_until": days(9), "state": "suspended"}, False),
    ],
)
def test_a_certificate_lapses_within_ninety_days(change: dict[str, Any], lapsing: bool) -> None:
    assert rules.is_lapsing(holding(**change), TODAY) is lapsing


def test_of_each_track_the_newest_cycle_is_shown_the_newest_award_first() -> None:
    first, second = holding(), holding(cycle=2, public_id="a2", awarded_on=days(-1))
    other = holding(track_key="entry", public_id="a3", awarded_on=days(-2))
    assert rules.latest_holdings([first, other, second]) == [second, other]
    assert rules.latest_holdings([second, first, other]) == [second, other]


LEVELS = {"short": "entry", "core": "core", "lead": "leadership", "odd": "unheard-of", "also-core": "core"}
LADDER = ["entry", "core", "leadership"]


def test_the_ladder_leads_up_from_what_is_completed() -> None:
    assert rules.tracks_to_begin(LEVELS, LADDER, [], []) == ["short", "also-core", "core", "lead", "odd"]
    assert rules.tracks_to_begin(LEVELS, LADDER, ["short"], []) == ["also-core", "core", "lead", "odd"]
    assert rules.tracks_to_begin(LEVELS, LADDER, [], ["core", "gone"]) == ["also-core", "lead", "odd", "short"]


def test_a_local_day_begins_at_midnight_in_los_angeles() -> None:
    at = datetime(2026, 3, 5, 5, 0, tzinfo=UTC)
    assert rules.day_start(at).astimezone(UTC) == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


def test_under_which_spell_a_fact_is_read() -> None:
    old, gap, new = Span(1, days(-90), days(-60)), Span(2, days(-50), days(-40)), Span(1, days(-30), None)
    assert rules.spell_of([old, gap, new], 1, days(-70), TODAY) == new
    assert rules.spell_of([old, gap], 1, days(-70), TODAY) == old
    assert rules.spell_of([old, gap], 1, days(-45), TODAY) is None
    assert rules.spell_of([Span(1, days(2), None)], 1, days(3), TODAY) is None


def test_filters_from_an_address() -> None:
    found = rules.team_filter({"status": "late", "track": "core", "title": " CHW ", "q": " Sēini "}, ["core"])
    assert found == rules.TeamFilter("late", "core", "CHW", "Sēini")
    assert rules.team_filter({"status": "lost", "track": "none"}, ["core"]) == rules.TeamFilter()


def test_an_address_carries_every_part_of_a_filter() -> None:
    values = {each.name: f"x{number}" for number, each in enumerate(fields(rules.TeamFilter))}
    wanted = rules.TeamFilter(**values | {"status": "late"})
    assert len(wanted.address) == len(values), "no two parts share a name"
    assert rules.team_filter(wanted.address, [wanted.track_key]) == wanted
    assert rules.TeamFilter().address == {}
    assert rules.TeamFilter(team="t").address == {"team": "t"}


@pytest.mark.parametrize(
    ("result", "well"),
    [
        (None, True),
        ("ok", True),
        ("3 released", True),
        ("2 mended: track 1", True),
        ("put off: the database is being read", True),
        ("OperationalError: no such table", False),
    ],
)
def test_whether_a_job_went_well(result: str | None, well: bool) -> None:
    assert rules.went_well(result) is well
