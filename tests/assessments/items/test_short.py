"""Short answers: accepted words of every language, however they are spelled."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.assessments.items import rules_of
from lms.assessments.items.typed import SHORT, folded, tidy
from tests.assessments.items import ANYTHING, CANARY, POINTS, Case, Walk, question, read

SAMPLE = question(
    "short",
    accepted={"en": [f"{CANARY} word", "O\u2019Neil"], "es": [f"{CANARY} palabra"]},
    partly={"share": 53, "words": {"en": [f"{CANARY} nearly"]}},
    points=7,
)
OTHER = SAMPLE | {"accepted": {"en": ["else"]}, "partly": None, "points": 5, "feedback": f"{CANARY} of another kind"}
WATER = read(
    question(
        "short",
        accepted={
            "en": ["drinking water", "water"],
            "es": ["Agua limpia"],
            "to": ["Vai ma\u02bba"],
            "sm": ["Vai m\u0101"],
        },
        partly={"share": 50, "words": {"en": ["tea"], "es": ["t\u00e9 fr\u00edo"]}},
        points=3,
    )
)
NUMBER = read(question("short", accepted={"en": ["2.5"]}))
CASES: tuple[Case, ...] = (
    (WATER, ["water"], 3, True),
    (WATER, ["  WATER  "], 3, True),
    (WATER, ["Water."], 3, True),
    (WATER, ["drinking   water!"], 3, True),
    (WATER, ["agua limpia"], 3, True),
    (WATER, ["\u00c1gua l\u00edmpia"], 3, True),
    (WATER, ["vai ma'a"], 3, True),
    (WATER, ["Vai ma\u2018a"], 3, True),
    (WATER, ["vai maa"], 3, True),
    (WATER, ["VAI MA"], 3, True),
    (WATER, ["vai ma\u0304"], 3, True),
    (WATER, ["Tea"], 1, False),
    (WATER, ["te frio"], 1, False),
    (WATER, ["wat er"], 0, False),
    (WATER, [".*"], 0, False),
    (WATER, ["?"], 0, False),
    (WATER, [""], 0, False),
    (WATER, [], 0, False),
    (NUMBER, ["2.5"], 1, True),
    (NUMBER, ["2,5"], 1, True),
    (NUMBER, ["25"], 0, False),
)
WALK: Walk = {"": (f"{CANARY} WORD.",)}
WORDS = (
    st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20)
    .map(lambda text: tidy(text, SHORT))
    .filter(folded)
)
SPELLED = st.dictionaries(st.sampled_from(["es", "to", "sm"]), st.lists(WORDS, min_size=1, max_size=3))


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    accepted = {"en": draw(st.lists(WORDS, min_size=1, max_size=3)), **draw(SPELLED)}
    partly = draw(st.none() | st.builds(lambda words: {"share": 40, "words": words}, SPELLED))
    return question("short", accepted=accepted, partly=partly, points=draw(POINTS))


ITEMS = items()


def sent_to(item: Any) -> st.SearchStrategy[list[str]]:
    """Return what its page may send."""
    right = st.sampled_from([word for words in item.accepted.values() for word in words])
    return st.lists(right | ANYTHING, max_size=1)


def test_what_is_typed_is_kept_as_it_was_typed() -> None:
    check = rules_of(WATER).check
    assert check(WATER, (), ["  Vai  M\u0101, \u02bbio\u0000 "]) == ("Vai M\u0101, \u02bbio",)
    assert check(WATER, (), [" "]) == check(WATER, (), []) == ()


def test_signs_alone_are_no_words() -> None:
    lacks = rules_of(WATER).lacks
    assert lacks(WATER, ()) == lacks(WATER, ("?!",)) == "words"
    assert lacks(WATER, ("tea",)) is None


def test_answers_are_counted_without_their_words() -> None:
    tally = rules_of(WATER).tally
    assert [tally(WATER, answer) for answer in ((), ("agua limpia",), ("tea",), ("my name",))] == [
        (),
        ("right",),
        ("partly",),
        ("other",),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"accepted": {"es": ["agua"]}}, "give the English words that are right"),
        ({"accepted": {"en": []}}, "at least 1 item"),
        ({"accepted": {"en": ["water"], "fr": ["eau"]}}, "'fr' is none of the languages"),
        ({"accepted": {"en": ["?!"]}}, "nothing of this is compared"),
        ({"accepted": {"en": ["w" * (SHORT + 1)]}}, "at most 100 items"),
        ({"partly": {"share": 100, "words": {"en": ["tea"]}}}, "less than or equal to 99"),
    ],
)
def test_what_cannot_be_asked(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(SAMPLE | changes)


def test_warns_of_words_that_say_nothing_new_and_of_languages_without_any() -> None:
    item = read(question("short", accepted={"en": ["water", "Wat\u00e9r!"], "es": ["water"]}))
    faults = list(item.faults_at(("items", 0)))
    assert [(fault.path, fault.is_warning) for fault in faults] == [
        (("items", 0, "accepted", "en", 1), True),
        (("items", 0, "accepted"), True),
    ]
    assert "to, sm" in faults[1].message
    assert list(WATER.faults_at(())) == []
