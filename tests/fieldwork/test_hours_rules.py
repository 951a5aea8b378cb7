"""Rules of hours and sign-offs: pure values in, values out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.actor import Span
from lms.errors import RuleBroken
from lms.fieldwork.rules import ENTRY_STATES, CreditedMinutes, overlaps, sign_offs
from lms.fieldwork.rules import hours as rules
from lms.fieldwork.rules.hours import Sheet
from lms.fieldwork.rules.overlaps import Timed
from lms.fieldwork.rules.sign_offs import Asked, Ties

TODAY = date(2026, 3, 5)
SPANS = (Span(1, date(2025, 1, 1)), Span(2, date(2026, 1, 1), date(2026, 1, 31)))
SHEET = Sheet(1, TODAY, "Watts library", "practicum", 60)


def code_of(**changes: object) -> str:
    """Return why a sheet is refused, "" when it is not."""
    try:
        rules.check_sheet(replace(SHEET, **changes), SPANS, TODAY)  # type: ignore[arg-type]
    except RuleBroken as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"done_on": TODAY + timedelta(days=1)}, "hours-ahead"),
        ({"done_on": TODAY - timedelta(days=60)}, ""),
        ({"done_on": TODAY - timedelta(days=61)}, "hours-too-old"),
        ({"done_on": TODAY - timedelta(days=61), "sheet_on": TODAY}, ""),
        ({"sheet_on": TODAY - timedelta(days=1)}, "sheet-before"),
        ({"sheet_on": TODAY + timedelta(days=1)}, "sheet-date"),
        ({"done_on": date(2020, 1, 1), "sheet_on": TODAY}, "sheet-date"),
        ({"organization_id": 3}, "not-employed"),
        ({"organization_id": 2, "done_on": date(2026, 1, 31)}, ""),
        ({"organization_id": 2, "done_on": date(2026, 2, 1)}, "not-employed"),
        ({"done_on": date(2024, 12, 31), "sheet_on": TODAY}, "not-employed"),
        ({"minutes": 10}, "minutes-range"),
        ({"minutes": 15}, ""),
        ({"minutes": 960}, ""),
        ({"minutes": 965}, "minutes-range"),
        ({"minutes": 61}, "minutes-step"),
        ({"begins": 540}, "time-half"),
        ({"begins": 540, "ends": 540}, "time-order"),
        ({"begins": 540, "ends": 595}, "time-longer"),
        ({"begins": 540, "ends": 600}, ""),
        ({"begins": 540, "ends": 700}, ""),
        ({"kind": "class"}, "kind-unknown"),
        ({"kind": "simulation"}, ""),
        ({"competencies": ("a/a", "a/b", "a/c", "a/d")}, "competencies-many"),
        ({"competencies": ("a/a", "a/b", "a/c")}, ""),
        ({"site": ""}, "site-empty"),
        ({"site": "x" * 121}, "words-long"),
        ({"note": "x" * 301}, "words-long"),
        ({"site": "Call 213 555 0144"}, "client-data-site"),
        ({"note": "ana@example.org"}, "client-data-note"),
    ],
)
def test_what_can_be_entered(changes: dict[str, object], code: str) -> None:
    assert code_of(**changes) == code


def test_to_correct_an_entry_there_is_always_time() -> None:
    old = replace(SHEET, done_on=TODAY - timedelta(days=90))
    rules.check_sheet(old, SPANS, TODAY, kept=old.done_on)
    with pytest.raises(RuleBroken, match="hours-too-old"):
        rules.check_sheet(old, SPANS, TODAY, kept=old.done_on + timedelta(days=1))


@pytest.mark.parametrize(
    "words",
    [
        "213-555-0144",
        "+1 (213) 555-0144",
        "2135550144",
        "write to ana@example.org",
        "on 3/4/1981",
        "1981-03-04",
        "4.3.81",
        "DOB unknown",
        "date of birth",
        "nacida el martes",
        "fecha de nacimiento",
        "born in May",
        "ʻaho fāʻeleʻi",
        "aso fānau",
        "case 123-45-6789",
    ],
)
def test_what_may_tell_who_a_client_is_is_found(words: str) -> None:
    assert rules.has_client_data(words)


@pytest.mark.parametrize(
    "words",
    [
        "Watts library, 2 hours",
        "1200 N State St, 90033",
        "Talked with 24 families at 10:30",
        "talanoa mo e fānau",
        "Route 105, stop 7",
        "newborn care class",
        "",
    ],
)
def test_plain_notes_pass(words: str) -> None:
    assert not rules.has_client_data(words)


def test_words_are_tidied() -> None:
    sheet = replace(SHEET, site="  Watts \n library ", note=" a  b ", competencies=("x/b", "x/a", "x/b"))
    assert rules.tidy(sheet) == replace(SHEET, site="Watts library", note="a b", competencies=("x/a", "x/b"))
    assert rules.check_words("  a \n b ") == "a b"
    for words, code in (("  ", "words-empty"), ("x" * 501, "words-long"), ("a@b.cd", "client-data-words")):
        with pytest.raises(RuleBroken) as raised:
            rules.check_words(words)
        assert raised.value.code == code
    assert rules.check_words("x" * 900, 1000)


def test_a_day_holds_sixteen_hours() -> None:
    rules.check_room(60, 900)
    with pytest.raises(RuleBroken) as raised:
        rules.check_room(65, 900)
    assert (raised.value.code, raised.value.values) == ("day-full", {"left": 60})


def test_what_may_become_of_an_entry() -> None:
    allowed = {
        (state, event) for state in ENTRY_STATES for event in rules.EVENT_KINDS[1:] if rules.may_become(state, event)
    }
    assert allowed == {
        ("sent", "countersigned"),
        ("disputed", "countersigned"),
        ("returned", "countersigned"),
        ("countersigned", "reopened"),
        ("sent", "returned"),
        ("disputed", "returned"),
        ("countersigned", "returned"),
        ("returned", "disputed"),
        *((state, event) for state in rules.LIVE for event in ("withdrawn", "replaced")),
    }
    made = [rules.state_after(event) for event in ("entered", "reopened", "countersigned")]
    assert made == ["sent", "sent", "countersigned"]


def test_overlaps_are_of_one_person_and_day() -> None:
    def timed(entry_id: int, begins: int | None, ends: int | None, person: int = 1, day: date = TODAY) -> Timed:
        return Timed(entry_id, person, day, begins, ends)

    other_day = TODAY - timedelta(days=1)
    entries = [timed(1, 60, 120), timed(2, 120, 180), timed(3, 170, 200), timed(4, None, None)]
    entries += [timed(5, 60, 120, person=2), timed(6, 60, 120, day=other_day)]
    assert overlaps.overlapping(entries) == {2, 3}
    assert overlaps.overlapping([timed(7, 60, 120), timed(8, 60, 120)]) == {7, 8}


def credited(minutes: int, hour: int = 0, *, person: int = 1, day: date = TODAY) -> CreditedMinutes:
    at = datetime(2026, 3, 6, tzinfo=UTC) + timedelta(hours=hour)
    return CreditedMinutes(person, "practicum", (), minutes, day, at)


def test_what_was_credited_first_counts_first() -> None:
    facts = [credited(600, 3), credited(500, 1), credited(60, 4), credited(60, 5, person=2)]
    assert [(fact.person_id, fact.minutes) for fact in overlaps.cap_days(facts)] == [(1, 500), (1, 460), (2, 60)]


@given(
    st.lists(
        st.builds(
            credited,
            st.integers(15, 960),
            st.integers(0, 50),
            person=st.integers(1, 3),
            day=st.sampled_from([TODAY, TODAY - timedelta(days=1)]),
        )
    )
)
def test_a_day_never_counts_for_more_than_it_holds(facts: list[CreditedMinutes]) -> None:
    counted = overlaps.cap_days(facts)
    for person, day in {(fact.person_id, fact.done_on) for fact in facts}:
        entered = sum(fact.minutes for fact in facts if (fact.person_id, fact.done_on) == (person, day))
        given_ = sum(fact.minutes for fact in counted if (fact.person_id, fact.done_on) == (person, day))
        assert given_ == min(entered, rules.MOST_A_DAY)
    assert overlaps.cap_days(counted) == counted


# ── Sign-offs ────────────────────────────────────────────────────────────────

ITEMS = (Asked("a", True), Asked("b"), Asked("c"), Asked("d"))


@pytest.mark.parametrize(
    ("levels", "passed", "reached", "missed"),
    [
        ("yyyy", True, 4, ()),
        ("yyny", True, 3, ()),
        ("ynny", False, 2, ()),
        ("nyyy", False, 3, ("a",)),
    ],
)
def test_critical_lines_and_enough_of_all(levels: str, passed: bool, reached: int, missed: tuple[str, ...]) -> None:
    chosen = {item.item_id: level for item, level in zip(ITEMS, levels, strict=True)}
    found = sign_offs.outcome_of(ITEMS, chosen, "y", 3)
    assert (found.passed, found.reached, found.needed, found.missed) == (passed, reached, 3, missed)


@pytest.mark.parametrize(
    "levels", [{"a": "y"}, {"a": "y", "b": "y", "c": "y", "d": "x"}, dict.fromkeys("abcde", "y"), {}]
)
def test_every_line_and_nothing_else_has_a_known_level(levels: dict[str, str]) -> None:
    sign_offs.check_levels(ITEMS, dict.fromkeys("abcd", "y"), ["n", "y"])
    with pytest.raises(RuleBroken, match="items-open"):
        sign_offs.check_levels(ITEMS, levels, ["n", "y"])


def test_an_observation_is_signed_while_it_is_remembered() -> None:
    sign_offs.check_observed(TODAY, TODAY)
    sign_offs.check_observed(TODAY - timedelta(days=30), TODAY)
    for day, code in ((TODAY + timedelta(days=1), "observed-ahead"), (TODAY - timedelta(days=31), "observed-long-ago")):
        with pytest.raises(RuleBroken, match=code):
            sign_offs.check_observed(day, TODAY)


@pytest.mark.parametrize(
    ("observer", "observed", "independent"),
    [
        (Ties(frozenset({1}), frozenset()), Ties(frozenset({1}), frozenset()), True),
        (Ties(frozenset({1}), frozenset({1})), Ties(frozenset({1}), frozenset()), False),
        (Ties(frozenset({1}), frozenset()), Ties(frozenset({2}), frozenset({1})), False),
        (Ties(frozenset({1}), frozenset({1})), Ties(frozenset({2}), frozenset({2})), True),
    ],
)
def test_who_is_independent_of_whom(observer: Ties, observed: Ties, independent: bool) -> None:
    assert sign_offs.is_independent(observer, observed, has_taught=False) is independent
    assert not sign_offs.is_independent(observer, observed, has_taught=True)


def test_ties_are_those_of_the_day() -> None:
    assert Ties.on(TODAY, SPANS, (7,)) == Ties(frozenset({1}), frozenset({7}))
    assert Ties.on(date(2026, 1, 31), SPANS, ()).works_at == {1, 2}


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 3, 5), None, None),
        (date(2026, 3, 5), 24, date(2028, 3, 5)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_the_last_day_on_which_it_counts(day: date, months: int | None, last: date | None) -> None:
    assert sign_offs.valid_until(day, months) == last


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], False),
        ([Span(2, TODAY)], False),
        ([Span(1, TODAY)], True),
        ([Span(1, TODAY + timedelta(days=1))], False),
        ([Span(1, TODAY - timedelta(days=90), TODAY - timedelta(days=30))], True),
        ([Span(1, TODAY - timedelta(days=90), TODAY - timedelta(days=31))], False),
        ([Span(1, date(2020, 1, 1), date(2021, 1, 1)), Span(1, TODAY - timedelta(days=5), TODAY)], True),
    ],
)
def test_hours_are_settled_until_a_month_after_the_last_day(spans: list[Span], *, expected: bool) -> None:
    assert rules.may_settle(spans, 1, TODAY) is expected
