"""Numeric: the best of the ranges that a number lies in, in whatever way and unit it is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.assessments.items import rules_of
from lms.assessments.items.numeric.numbers import LONGEST, readings, written
from lms.errors import RuleBroken
from tests.assessments.items import CANARY, POINTS, Case, Walk, question, read

UNITS = [{"id": "mg", "text": "mg"}, {"id": "g", "text": "g", "factor": 1000}]
SAMPLE = question(
    "numeric",
    accepted=[{"value": 7310513, "tolerance": 40961}, {"least": 7000111, "most": 8000111, "share": 53}],
    units=UNITS,
    points=7,
)
OTHER = SAMPLE | {"accepted": [{"value": 12, "percent": 5}], "points": 5, "feedback": f"{CANARY} of another kind"}
DOSE = read(
    question(
        "numeric",
        accepted=[{"value": 2.5, "tolerance": 0.1}, {"least": 2, "most": 3, "share": 50}],
        units=UNITS,
        points=5,
    )
)
CUPS = read(question("numeric", accepted=[{"value": 1200, "percent": 1}], units=[{"id": "c", "text": "cups"}]))
TENTH = read(question("numeric", accepted=[{"value": 0.3}], points=2))
CASES: tuple[Case, ...] = (
    (DOSE, ("value=2.5", "unit=mg"), 5, True),
    (DOSE, ("value=2,5", "unit=mg"), 5, True),
    (DOSE, ("value=2.6", "unit=mg"), 5, True),
    (DOSE, ("value=2.4", "unit=mg"), 5, True),
    (DOSE, ("value=2.61", "unit=mg"), 2, False),
    (DOSE, ("value=3", "unit=mg"), 2, False),
    (DOSE, ("value=3.000000001", "unit=mg"), 0, False),
    (DOSE, ("value=0.0025", "unit=g"), 5, True),
    (DOSE, ("value=2.5", "unit=g"), 0, False),
    (DOSE, ("value=2.5",), 0, False),
    (DOSE, ("unit=mg",), 0, False),
    (DOSE, ("value=\u22122.5", "unit=mg"), 0, False),
    (DOSE, ("value=1e400", "unit=mg"), 0, False),
    (DOSE, ("value=NaN", "unit=mg"), 0, False),
    (DOSE, (), 0, False),
    (CUPS, ("value=1,200",), 1, True),
    (CUPS, ("value=1.200,0",), 1, True),
    (CUPS, ("value=1 212 Cups",), 1, True),
    (CUPS, ("value=1213",), 0, False),
    (TENTH, ("value=0.3",), 2, True),
    (TENTH, ("value=.30",), 2, True),
    (TENTH, ("value=0.30000000000000004",), 0, False),
)
WALK: Walk = {"value": "7,310,513", "unit": "mg"}
NUMBERS = st.decimals(-1_000_000, 1_000_000, places=3).map(float)


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    width = draw(st.sampled_from([{}, {"tolerance": 0}, {"tolerance": 0.125}, {"percent": 3}]))
    first = {"value": draw(NUMBERS), **width}
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    shares = draw(st.lists(st.integers(1, 100), max_size=2))
    more = [{"least": low, "most": high, "share": share} for share in shares]
    units = draw(st.sampled_from([[], UNITS[:1], UNITS]))
    return question("numeric", accepted=[first, *more], units=units, points=draw(POINTS))


ITEMS = items()


def sent_to(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what its page may send."""
    value = st.sampled_from(["", "0", "1,250", "-3", "x", *(written(each.bounds[1], "es") for each in item.accepted)])
    unit = st.sampled_from(["", *(item.choices if len(item.choices) > 1 else ())])
    return st.tuples(value, unit).map(lambda both: [f"value={both[0]}", f"unit={both[1]}"])


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("12", "12"),
        (" 12 ", "12"),
        ("+12", "12"),
        ("2.", "2"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("-0", "0"),
        ("\u22125", "-5"),
        ("\u20135", "-5"),
        ("1,250", "1250 1.25"),
        ("1.250", "1250 1.25"),
        ("0,250", "0.25"),
        ("0.250", "0.25"),
        ("1,250.5", "1250.5"),
        ("1.250,5", "1250.5"),
        ("1,250,000", "1250000"),
        ("1 250 000,75", "1250000.75"),
        ("1\u202f250", "1250"),
        ("1\u00a0250.5", "1250.5"),
        ("1'250", "1250"),
        ("12,50", "12.5"),
        ("1250,000", "1250"),
        ("\u0661\u066b\u0665", "1.5"),
        ("\uff11\uff0e\uff15", "1.5"),
        ("00012", "12"),
        ("9" * LONGEST, "9" * LONGEST),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, numbers: str) -> None:
    assert readings(typed) == {Decimal(each) for each in numbers.split()}


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        ".",
        ",",
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1e400",
        "1E3",
        "0x10",
        "1_000",
        "1.2.3",
        "1,2,3",
        "1,25,000",
        "12 34",
        "--1",
        "1-",
        "10\u00b2",
        "\u00bd",
        "1/2",
        "two",
        "2 mg",
        "9" * (LONGEST + 1),
        "1" * 10_000_000,
    ],
)
def test_what_is_no_number(typed: str) -> None:
    assert readings(typed) == frozenset()


@given(st.decimals(-(10**12), 10**12, places=9), st.sampled_from(["en", "es", "to", "sm"]))
def test_what_is_written_is_read_again(value: Decimal, locale: str) -> None:
    assert value in readings(written(value, locale))


def test_ten_million_characters_are_refused_at_once() -> None:
    for sent in (["value=" + "1" * 10_000_000], ["value=" + "1" * (LONGEST + 1)]):
        with pytest.raises(RuleBroken):
            rules_of(DOSE).check(DOSE, DOSE.choices, sent)


def test_the_one_unit_is_not_sent() -> None:
    with pytest.raises(RuleBroken):
        rules_of(CUPS).check(CUPS, CUPS.choices, ["value=3", "unit=c"])


def test_what_is_still_missing() -> None:
    lacks = rules_of(DOSE).lacks
    assert lacks(DOSE, ()) == lacks(DOSE, ("unit=mg", "value=some")) == "number"
    assert lacks(DOSE, ("value=2",)) == "unit"
    assert lacks(DOSE, ("unit=g", "value=2")) is None
    assert rules_of(CUPS).lacks(CUPS, ("value=2",)) is None


def test_answers_are_counted_by_range() -> None:
    tally = rules_of(DOSE).tally
    assert tally(DOSE, ()) == ()
    assert tally(DOSE, ("unit=mg", "value=2.5")) == ("range-1",)
    assert tally(DOSE, ("unit=mg", "value=2")) == ("range-2",)
    assert tally(DOSE, ("unit=mg", "value=my name")) == ("outside",)


def test_percents_are_exact() -> None:
    item = read(question("numeric", accepted=[{"value": -0.7, "percent": 10}]))
    grade = rules_of(item).grade
    assert grade(item, ("value=-0.63",)).correct
    assert grade(item, ("value=-0.77",)).correct
    assert not grade(item, ("value=-0.7700000001",)).correct


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"accepted": []}, "at least 1 item"),
        ({"accepted": [{}]}, "give a value, or least and most"),
        ({"accepted": [{"value": 1, "least": 0, "most": 3}]}, "give a value, or least and most"),
        ({"accepted": [{"least": 1}]}, "give least and most, both"),
        ({"accepted": [{"least": 2, "most": 1}]}, "least is more than most"),
        ({"accepted": [{"value": 1, "tolerance": 1, "percent": 1}]}, "give a tolerance or a percent"),
        ({"accepted": [{"least": 1, "most": 2, "tolerance": 1}]}, "give a tolerance or a percent"),
        ({"accepted": [{"value": 1, "tolerance": -1}]}, "greater than or equal to 0"),
        ({"accepted": [{"value": 1, "share": 50}]}, "the first range must earn every point"),
        ({"accepted": [{"value": "NaN"}]}, "finite number"),
        ({"accepted": [{"value": 1e400}]}, "finite number"),
        ({"accepted": [{"value": 1e15}]}, "less than or equal to"),
        ({"units": [{"id": "g", "text": "g", "factor": 1000}]}, "its factor must be 1"),
        ({"units": [UNITS[0], UNITS[0]]}, "id used twice: mg"),
        ({"units": [{"id": "text", "text": "g"}]}, "cannot be called text"),
        ({"units": [UNITS[0], {"id": "g", "text": "g", "factor": 0}]}, "greater than 0"),
    ],
)
def test_what_cannot_be_asked(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(SAMPLE | changes)


def test_warns_of_a_range_that_never_decides() -> None:
    inside = [{"value": 5, "tolerance": 2}, {"value": 5, "share": 40}, {"value": 6, "share": 30}]
    faults = list(read(question("numeric", accepted=inside)).faults_at(("items", 0)))
    assert [fault.path for fault in faults] == [("items", 0, "accepted", 1), ("items", 0, "accepted", 2)]
    assert list(DOSE.faults_at(())) == []
