"""What differs between versions, what the old one covers of the new one, labels, choices and marks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from lms.assessments.specs import QuizSpec
from lms.content.library import Source
from lms.courses.specs import ModuleSpec
from lms.fieldwork.rules import CreditedMinutes, SignedOff
from lms.publish import rules as words
from lms.tracks.rules import Credit, Moment, Record, Scope, TrackCredit, judge
from lms.tracks.rules.differences import Difference, beyond, module_differences, track_differences
from lms.tracks.rules.versions import (
    Change,
    Choices,
    Effect,
    Fault,
    Plan,
    Way,
    choice_fault,
    due_day,
    effect_faults,
    group_of,
    usual_choices,
)
from lms.tracks.specs import TrackSpec
from tests.publish.strategies import MODULES, tracks

BEGAN = datetime(2026, 3, 1, 18, tzinfo=UTC)
TODAY = date(2026, 6, 1)
DIFFERENCE = Difference("item", "added", "c")


def spec(*modules: str, **more: Any) -> TrackSpec:
    """Return a track of these modules, with further fields."""
    listed = {"items": [{"id": each, "module": each} for each in modules]} if modules else {}
    return TrackSpec.read({"key": "t", "title": "T", "summary": "S.", "level": "entry", **listed, **more})


HOURS = {"hours": [{"kind": "practicum", "minutes": 60, "title": "Practice"}]}
SIGNED = {"sign_offs": [{"id": "seen", "title": "Seen", "checklist": "visit"}]}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (spec("a"), spec("a", title="Other", summary="Other."), []),
        (spec("a"), spec("a", "b"), ["item b added"]),
        (spec("a", "b"), spec("b"), ["item a removed"]),
        (spec("a"), spec(items=[{"id": "a", "module": "b"}]), ["item a changed"]),
        (spec("a", "b"), spec("b", "a"), ["order changed"]),
        (
            spec("a", "b"),
            spec(sets=[{"id": "s", "choose": 1, "items": [{"id": x, "module": x} for x in "ab"]}]),
            ["set s added"],
        ),
        (spec("a"), spec("a", **HOURS), ["hours practicum added"]),
        (spec("a"), spec("a", **SIGNED), ["sign-off seen added"]),
        (spec("a"), spec("a", prerequisites=["x"]), ["track x added"]),
        (spec("a"), spec("a", certificate="c"), ["leads-to changed"]),
        (spec("a"), spec("a", valid_months=12), ["validity changed"]),
    ],
)
def test_what_tracks_ask_for_differently(old: TrackSpec, new: TrackSpec, said: list[str]) -> None:
    assert [str(each) for each in track_differences(old, new)] == said


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        (spec("a", "b"), spec("a"), ()),
        (spec("a"), spec("a", "b"), ("b",)),
        (spec("a"), spec(items=[{"id": "x", "module": "b", "accepts": ["a"]}]), ()),
        (spec(items=[{"id": "x", "module": "b", "accepts": ["a"]}]), spec("b"), ("b",)),
        (spec(items=[{"id": "x", "planned": True, "title": "X"}]), spec(items=[{"id": "x", "module": "a"}]), ()),
        (spec("a", **HOURS), spec("a"), ()),
        (spec("a"), spec("a", **HOURS), ("practicum",)),
        (spec("a", **HOURS), spec("a", hours=[{"kind": "practicum", "minutes": 61, "title": "P"}]), ("practicum",)),
        (spec("a", **SIGNED), spec("a", sign_offs=[{**SIGNED["sign_offs"][0], "independent": True}]), ("seen",)),
        (spec("a", sign_offs=[{"id": "seen", "title": "Seen"}]), spec("a", **SIGNED), ()),
        (spec("a"), spec("a", prerequisites=["x"]), ("track:x",)),
        (
            spec("a", valid_months=12, renewal={"from": "completion"}),
            spec("a", valid_months=12, renewal={"from": "completion", "track": "x"}),
            ("track:x",),
        ),
        (
            spec("a", valid_months=12, renewal={"from": "completion", "track": "x"}),
            spec("a", valid_months=12, renewal={"from": "completion"}),
            ("track:t",),
        ),
        (
            spec(sets=[{"id": "s", "choose": 2, "items": [{"id": x, "module": x} for x in "abc"]}]),
            spec(sets=[{"id": "s", "choose": 2, "items": [{"id": x, "module": x} for x in "abcd"]}]),
            (),
        ),
        (
            spec(sets=[{"id": "s", "choose": 2, "items": [{"id": x, "module": x} for x in "abc"]}]),
            spec(sets=[{"id": "s", "choose": 2, "items": [{"id": x, "module": x} for x in "ab"]}]),
            ("a", "b"),
        ),
    ],
)
def test_what_the_old_version_does_not_cover(old: TrackSpec, new: TrackSpec, missing: tuple[str, ...]) -> None:
    assert beyond(old, new) == missing


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Draw what somebody has done: modules, hours, observations, and another track."""
    day = st.integers(0, 60)
    record = Record()
    for key in draw(st.lists(st.sampled_from(MODULES), unique=True, min_size=2)):
        at = BEGAN + timedelta(days=draw(day))
        record.credits.append(Credit(key, 1, at, at.date(), "en"))
    for kind in draw(st.lists(st.sampled_from(["practicum", "class"]), max_size=3)):
        at = BEGAN + timedelta(days=draw(day))
        record.minutes.append(CreditedMinutes(1, kind, (), draw(st.sampled_from([30, 60, 120])), at.date(), at))
    if draw(st.booleans()):
        at = BEGAN + timedelta(days=draw(day))
        until = draw(st.none() | st.integers(0, 40).map(lambda days: at.date() + timedelta(days=days)))
        record.sign_offs.append(SignedOff(1, "visit", at.date(), at, until, draw(st.booleans())))
    if draw(st.booleans()):
        record.tracks.append(TrackCredit("u", 1, BEGAN, BEGAN.date()))
    return record


@settings(max_examples=200, deadline=None)
@given(tracks(other="u"), tracks(other="u"), st.booleans(), records())
def test_whoever_met_a_version_that_covers_the_new_one_has_met_it(
    old: dict[str, Any], new: dict[str, Any], is_smaller: bool, record: Record
) -> None:
    if is_smaller:  # else two random versions seldom cover each other
        new = {**old, **{key: new[key] for key in ("hours", "sign_offs", "prerequisites") if key in new}}
        new = {key: each for key, each in new.items() if key in old}
    before, after = spec(**old), spec(**new)
    scope = Scope(1, Moment(BEGAN, BEGAN.date()))
    met = judge(before, record, scope, TODAY).met
    if beyond(before, after) == () and met is not None:
        event("covered and met")
        assert judge(after, record, scope, TODAY).met is not None


def module(**more: Any) -> tuple[ModuleSpec, QuizSpec | None]:
    """Return a module with a quiz of one question; `more` changes its parts."""
    lessons = more.pop("lessons", ["one", "two"])
    question = {"id": "q", "type": "true-false", "competency": "s/t", "prompt": "P?", "key": True, "feedback": "F."}
    quiz = {"pass_mark": 80, "items": [question | more.pop("question", {})]} | more.pop("quiz", {})
    head = {"key": "m", "title": "M", "summary": "S.", "minutes": 9, "lessons": lessons, **more}
    text = {"title": "One", "minutes": 4, "objectives": ["O."], "markdown": "M."}
    files = {"module.yml": head, "quiz.yml": quiz, **{f"lessons/{each}.md": text for each in lessons}}
    source = Source("module", "m", 1, "", {"files": files})
    return ModuleSpec.from_source(source), QuizSpec.from_source(source)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"title": "Other", "question": {"prompt": "Other?", "feedback": "Other."}}, []),
        ({"lessons": ["one"]}, ["lesson two removed"]),
        ({"lessons": ["two", "one"]}, ["order changed"]),
        ({"question": {"key": False}}, ["question q changed"]),
        ({"quiz": {"pass_mark": 90}}, ["steps changed"]),
        ({"survey": "s"}, ["steps changed"]),
    ],
)
def test_what_modules_ask_for_differently(more: dict[str, Any], said: list[str]) -> None:
    assert [str(each) for each in module_differences(module(), module(**more))] == said


def test_a_quiz_that_is_new() -> None:
    with_quiz = module()
    assert [str(each) for each in module_differences((with_quiz[0], None), with_quiz)] == [
        "question q added",
        "steps changed",
    ]


def test_what_is_usual() -> None:
    assert usual_choices(Change("track", "t")).label == "editorial"
    assert usual_choices(Change("track", "t", (DIFFERENCE,))) == Choices("equivalent", under_way="move")
    assert usual_choices(Change("track", "t", (DIFFERENCE,), ("c",))) == Choices("retraining")
    assert usual_choices(Change("track", "t", (DIFFERENCE,)), "retraining").under_way == "stay"


@pytest.mark.parametrize(
    ("change", "choices", "code"),
    [
        (Change("track", "t"), None, None),
        (Change("track", "t"), Choices("editorial"), None),
        (Change("track", "t", (DIFFERENCE,)), None, "unlabelled"),
        (Change("track", "t", (DIFFERENCE,)), Choices("editorial"), "not-editorial"),
        (Change("track", "t", (DIFFERENCE,), ("c",)), Choices("equivalent"), "not-equivalent"),
        (Change("track", "t", (DIFFERENCE,)), Choices("equivalent", finished="renew", days=9), "renew-without-reason"),
        (Change("track", "t", (DIFFERENCE,)), Choices("retraining", finished="renew", days=9), "no-renewal"),
        (Change("module", "m", (DIFFERENCE,)), Choices("retraining", finished="renew", days=9), None),
        (Change("module", "m", (DIFFERENCE,)), Choices("retraining", finished="renew", days=3661), "days-unfit"),
    ],
)
def test_labels_that_do_not_fit(change: Change, choices: Choices | None, code: str | None) -> None:
    found = choice_fault(change, choices, concerns=True)
    assert (found.code if found else None) == code
    if choices is None:
        assert choice_fault(change, None, concerns=False) is None


def test_groups_and_days() -> None:
    assert group_of(is_completed=True, is_begun=True) == "finished"
    assert group_of(is_completed=False, is_begun=True) == "under-way"
    assert group_of(is_completed=False, is_begun=False) == "not-started"
    assert due_day(Choices("retraining", days=30), TODAY) == date(2026, 7, 1)


def effect(person_id: int = 1, **more: Any) -> Effect:
    """Return an effect of a move."""
    return Effect(
        **{
            "key": "t",
            "person_id": person_id,
            "kind": "track",
            "cycle": 1,
            "group": "under-way",
            "deed": "moves",
            **more,
        }
    )


def test_who_gains_and_loses_is_counted_once() -> None:
    change = Change("track", "t", (DIFFERENCE,))
    lost, more = effect(1, was=Way(2, 3), becomes=Way(1, 3)), effect(2, was=Way(1, 2), becomes=Way(1, 3))
    other = effect(2, key="u", deed="completes", completes=True, applies=True)
    plan = Plan(1, "x", ((change, Choices("equivalent")),), (lost, more, other))
    assert plan.counts == {"gains": 1, "loses": 1, "more": 2, "due": 0, "moves": 2, "told": 2, "applies": 1}
    assert plan.counts_of(change)["gains"] == 0
    assert effect_faults(plan) == (Fault("track", "t", "worse-for-some", count=2),)
    assert effect_faults(Plan(1, "x", ((change, Choices("retraining")),), (lost,))) == ()
    assert not effect(deed="due", due_on=TODAY).is_told


def test_every_part_of_a_plan_makes_its_mark() -> None:
    change = Change("track", "t", (DIFFERENCE,))
    plans = [
        Plan(1, "x"),
        Plan(2, "x"),
        Plan(1, "y"),
        Plan(1, "x", ((change, Choices("retraining")),)),
        Plan(1, "x", ((change, Choices("equivalent")),)),
        Plan(1, "x", effects=(effect(1),)),
        Plan(1, "x", effects=(effect(2),)),
        Plan(1, "x", effects=(effect(1, due_on=TODAY),)),
    ]
    assert len({each.mark for each in plans}) == len(plans)
    assert Plan(1, "x", effects=(effect(1),)).mark == plans[5].mark


def test_what_the_command_says_is_read() -> None:
    known = {("track", "core"), ("module", "core"), ("track", "start")}
    said = {
        "change": ["start=retraining", "module/core=equivalent"],
        "finished": ["start=renew:90"],
        "under_way": ["start=move"],
    }
    assert words.read_said(said, known) == {
        ("track", "start"): Choices("retraining", "move", "move", "renew", 90),
        ("module", "core"): Choices("equivalent", under_way="move"),
    }
    assert words.read_said({"change": ["start=retraining"], "not_started": ["start=stay"]}, known)[
        "track", "start"
    ] == Choices("retraining", "stay")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"change": ["core=retraining"]}, "core: say track/ or module/ before it"),
        ({"change": ["none=retraining"]}, "none: there is no such track or module"),
        ({"change": ["start=other"]}, r"--change start=other: write KEY=editorial\|equivalent\|retraining"),
        ({"finished": ["start=renew"]}, r"write KEY=stay\|renew:DAYS"),
        ({"under_way": ["start=move"]}, "say --change start=equivalent or retraining beside"),
    ],
)
def test_what_the_command_cannot_read(said: dict[str, list[str]], message: str) -> None:
    with pytest.raises(words.Misused, match=message):
        words.read_said(said, {("track", "core"), ("module", "core"), ("track", "start")})
