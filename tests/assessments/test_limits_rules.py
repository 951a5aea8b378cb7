"""Rules of limits, time and accommodations, as tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessments import rules
from lms.assessments.rules import Choice, Fair, Given, Leave, Tries
from lms.assessments.rules.timing import GRACE, SETTLING, WARNINGS
from lms.assessments.specs import LimitsSpec
from lms.errors import RuleBroken
from tests.conftest import AT

HOUR = timedelta(hours=1)
BOTH = LimitsSpec(attempts=2, wait_hours=24)


@pytest.mark.parametrize(
    ("limits", "tries", "leave"),
    [
        (LimitsSpec(), Tries(9, AT), Leave(None)),
        (LimitsSpec(attempts=3), Tries(), Leave(3)),
        (LimitsSpec(attempts=3), Tries(2, AT), Leave(1)),
        (LimitsSpec(attempts=3), Tries(3, AT), Leave(0)),
        (LimitsSpec(attempts=3), Tries(4, AT), Leave(0)),
        (LimitsSpec(attempts=3), Tries(3, AT, 1, AT), Leave(1)),
        (LimitsSpec(wait_hours=5), Tries(1, AT), Leave(None, AT + 5 * HOUR)),
        (LimitsSpec(wait_hours=5), Tries(), Leave(None)),
        (LimitsSpec(wait_hours=5), Tries(1, AT, 1, AT - HOUR), Leave(None, AT + 5 * HOUR)),
        (LimitsSpec(wait_hours=5), Tries(1, AT, 1, AT), Leave(None)),
        (BOTH, Tries(1, AT), Leave(1, AT + 24 * HOUR)),
        (BOTH, Tries(2, AT), Leave(0)),
    ],
)
def test_what_is_left(limits: LimitsSpec, tries: Tries, leave: Leave) -> None:
    assert rules.leave_of(limits, tries) == leave


def test_what_a_limit_refuses() -> None:
    rules.check_leave(Leave(None), AT)
    rules.check_leave(Leave(1, AT), AT)
    with pytest.raises(RuleBroken) as used:
        rules.check_leave(Leave(0), AT)
    with pytest.raises(RuleBroken) as early:
        rules.check_leave(Leave(1, AT), AT - timedelta(microseconds=1))
    assert (used.value.code, early.value.code, early.value.values) == ("attempts_used", "wait", {"until": AT})


@pytest.mark.parametrize(
    ("minutes", "percent", "extensions", "seconds"),
    [(10, 100, 0, 600), (10, 150, 0, 900), (10, 100, 1, 900), (10, 1000, 0, 6000), (10, 150, 2, 1800), (1, 125, 0, 75)],
)
def test_when_time_is_up(minutes: int, percent: int, extensions: int, seconds: int) -> None:
    assert rules.deadline_of(AT, minutes, percent, extensions) == AT + timedelta(seconds=seconds)
    assert rules.deadline_of(AT, None, percent, extensions) is None


def test_a_deadline_only_moves_later() -> None:
    assert rules.moved(AT, AT - HOUR) == AT
    assert rules.moved(AT, AT + HOUR) == AT + HOUR
    assert rules.moved(None, AT) is None
    assert rules.moved(AT, None) is None


def test_what_is_late() -> None:
    assert not rules.is_late(None, AT)
    assert not rules.is_late(AT, AT + GRACE)
    assert rules.is_late(AT, AT + GRACE + timedelta(microseconds=1))


@given(st.timedeltas(timedelta(0), timedelta(minutes=2)))
def test_the_sweep_closes_nothing_that_could_still_arrive_in_time(after: timedelta) -> None:
    if AT < rules.overdue_before(AT + after):
        assert rules.is_late(AT, AT + after)
        assert after > GRACE + SETTLING


def test_seconds_left() -> None:
    assert rules.seconds_left(None, AT) is None
    assert rules.seconds_left(AT, AT - timedelta(seconds=61.5)) == 61
    assert rules.seconds_left(AT, AT + HOUR) == 0


def test_more_time_is_given_once_or_often() -> None:
    assert rules.may_extend(0, often=False)
    assert not rules.may_extend(1, often=False)
    assert rules.may_extend(9, often=True)


def test_the_page_warns_early_enough_in_whole_minutes_the_first_first() -> None:
    assert min(WARNINGS) >= 20, "WCAG 2.2, 2.2.1"
    assert not any(mark % 60 for mark in WARNINGS), "the page says them in minutes"
    assert list(WARNINGS) == sorted(WARNINGS, reverse=True), "the latest that has come is the one that is read"


DAY = date(2026, 3, 5)
GIVEN = Given(300, True, True, DAY, DAY + timedelta(days=9), "agreed")


@pytest.mark.parametrize(
    ("choice", "given_", "day", "fair"),
    [
        (Choice(), Given(), DAY, Fair()),
        (Choice(True, True, 150), Given(), DAY, Fair(True, True, 150)),
        (Choice(False, False, 150), GIVEN, DAY, Fair(False, False, 300, True, True)),
        (Choice(False, False, 150), GIVEN, DAY + timedelta(days=9), Fair(False, False, 300, True, True)),
        (Choice(True, False, 150), GIVEN, DAY + timedelta(days=10), Fair(True, False, 150)),
        (Choice(), GIVEN, DAY - timedelta(days=1), Fair()),
        (Choice(False, False, 150), Given(125, reason_class="other"), DAY, Fair(False, False, 150)),
    ],
)
def test_what_counts_on_a_day(choice: Choice, given_: Given, day: date, fair: Fair) -> None:
    assert rules.fair_on(choice, given_, day) == fair


@pytest.mark.parametrize("percent", [99, 151, 1000])
def test_beyond_half_as_much_again_staff_decide(percent: int) -> None:
    rules.check_choice(Choice(own_percent=150))
    with pytest.raises(RuleBroken, match="own_time"):
        rules.check_choice(Choice(own_percent=percent))


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        (Given(99), "given_time"),
        (Given(1001, reason_class="agreed"), "given_time"),
        (Given(200, valid_from=DAY, valid_until=DAY - timedelta(days=1), reason_class="agreed"), "given_dates"),
        (Given(200), "given_reason"),
        (Given(often=True), "given_reason"),
        (Given(oral=True, reason_class="diabetes"), "given_reason"),
    ],
)
def test_what_staff_may_not_give(given_: Given, code: str) -> None:
    rules.check_given(Given())
    rules.check_given(GIVEN)
    with pytest.raises(RuleBroken, match=code):
        rules.check_given(given_)
