"""Rules of learning: what comes next, what comes first, and when a completion was earned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lms.assessments.queries import QuizState
from lms.content.library import STATES, Source
from lms.courses import rules
from lms.courses.rules import Done, ModuleProgress, NextStep, quiz_stand
from lms.courses.specs import ModuleSpec
from tests.factories.learning import module

MODULE = ModuleSpec.from_source(Source("module", "alpha", 1, "", module("alpha").body))
BETA = ModuleSpec.from_source(Source("module", "beta", 2, "", module("beta", prerequisites=["x", "alpha"]).body))
NEW = ModuleProgress(
    module_key="alpha",
    lessons=("first", "second"),
    finished=(),
    quiz="todo",
    has_survey=True,
    surveyed=False,
    completed_on=None,
)
READ = replace(NEW, finished=("first", "second"))
PASSED = replace(READ, quiz="passed")
DAY = date(2026, 3, 5)
MORNING = datetime(2026, 3, 5, 16, tzinfo=UTC)
NOON = datetime(2026, 3, 5, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("limit", "state", "stand"),
    [
        (2, None, "todo"),
        (1, QuizState(1, is_open=False, is_passed=True), "passed"),
        (1, QuizState(1, is_open=True, is_passed=False), "open"),
        (None, QuizState(9, is_open=False, is_passed=False), "failed"),
        (2, QuizState(1, is_open=False, is_passed=False), "failed"),
        (2, QuizState(2, is_open=False, is_passed=False), "used"),
        (2, QuizState(2, is_open=False, is_passed=False, granted=1), "failed"),
    ],
)
def test_how_a_person_stands_with_a_quiz(limit: int | None, state: QuizState | None, stand: str) -> None:
    assert quiz_stand(limit, state) == stand


@pytest.mark.parametrize(
    ("progress", "step"),
    [
        (NEW, NextStep("lesson", "first", 1, 2, 5)),
        (replace(NEW, finished=("first",)), NextStep("lesson", "second", 2, 2, 5)),
        (replace(NEW, finished=("second",), quiz="passed"), NextStep("lesson", "first", 1, 2, 5)),
        (READ, NextStep("quiz", minutes=5, quiz="todo")),
        (replace(READ, quiz="failed"), NextStep("quiz", minutes=5, quiz="failed")),
        (replace(READ, quiz="used"), NextStep("quiz", minutes=5, quiz="used")),
        (PASSED, NextStep("survey")),
        (replace(READ, quiz="none"), NextStep("survey")),
        (replace(PASSED, surveyed=True), NextStep("done")),
        (replace(PASSED, has_survey=False), NextStep("done")),
        (replace(NEW, completed_on=DAY), NextStep("done")),
    ],
    ids=[
        "lesson",
        "second",
        "gap",
        "quiz",
        "again",
        "used up",
        "survey",
        "no quiz",
        "done",
        "no survey",
        "was complete",
    ],
)
def test_the_next_step(progress: ModuleProgress, step: NextStep) -> None:
    assert rules.next_step(MODULE, progress) == step


@pytest.mark.parametrize(
    ("progress", "done", "total", "begun"),
    [
        (NEW, 0, 4, False),
        (replace(NEW, quiz="open"), 0, 4, True),
        (replace(NEW, quiz="none", has_survey=False, finished=("first",)), 1, 2, True),
        (replace(PASSED, surveyed=True), 4, 4, True),
        (replace(PASSED, has_survey=False, surveyed=True), 3, 3, True),
        (replace(NEW, completed_on=DAY), 0, 4, True),
    ],
)
def test_steps_are_counted(progress: ModuleProgress, done: int, total: int, begun: bool) -> None:
    assert (progress.done, progress.total, progress.is_begun) == (done, total, begun)


def test_what_comes_first_in_the_order_of_the_file() -> None:
    assert rules.missing_prerequisites(BETA, {"alpha"}) == ("x",)
    assert rules.missing_prerequisites(BETA, set()) == ("x", "alpha")
    assert rules.missing_prerequisites(BETA, {"x", "alpha"}) == ()


def test_all_lessons_of_today_count_and_former_ones_do_not() -> None:
    assert rules.all_finished(MODULE, {"first", "second", "former"})
    assert not rules.all_finished(MODULE, {"first", "former"})
    assert rules.in_order(("a", "b", "c"), {"c", "a", "former"}) == ("a", "c")


@pytest.mark.parametrize(
    ("answered_on", "earned"),
    [
        (None, NOON),
        (date(2026, 3, 4), NOON),
        (DAY, NOON),
        (date(2026, 3, 6), datetime(2026, 3, 6, 20, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 19, tzinfo=UTC)),
    ],
    ids=["no survey", "before", "same day", "later, winter", "later, summer"],
)
def test_a_late_record_gets_the_day_it_was_earned(answered_on: date | None, earned: datetime) -> None:
    assert rules.earned_at([NOON, MORNING], answered_on) == earned


@pytest.mark.parametrize(
    ("locale", "states", "both", "shown"),
    [
        ("en", {"source"}, True, "en"),
        ("to", {"missing"}, False, "en"),
        ("to", {"missing", "draft"}, False, "to"),
        ("to", {"approved"}, True, "to+en"),
        ("to", {"approved", "stale"}, False, "to+en"),
    ],
)
def test_how_a_lesson_was_shown(locale: str, states: set[str], both: bool, shown: str) -> None:
    assert rules.lesson_language(locale, states, both=both) == shown


def test_why_a_completion_does_not_follow() -> None:
    done = Done({"first", "second", "former"}, is_passed=True, surveys={"feedback"})
    assert rules.completion_faults(MODULE, 15, done) == ()
    assert rules.completion_faults(MODULE, 14, Done({"second"}, is_passed=False, surveys={"other"})) == (
        "was completed without lesson first",
        "was completed without its quiz",
        "was completed without its survey",
        "is credited with 14 minutes, its revision says 15",
    )
    body = module("g", ["only"], quiz=None, survey=None, credits={}).body
    bare = ModuleSpec.from_source(Source("module", "g", 3, "", body))
    assert rules.completion_faults(bare, 5, Done({"only"}, is_passed=False, surveys=())) == ()


@pytest.mark.parametrize("kind", ["safety", "note", "paragraph"])
@pytest.mark.parametrize("state", STATES)
def test_english_stands_beneath_what_is_safety_critical_until_it_is_approved(kind: str, state: str) -> None:
    unsure = state in {"stale", "partly", "draft", "in review", "reviewed"}
    assert rules.shows_both(kind, state) == (kind == "safety" and unsure)
