"""Every type against its table of graded answers, and against what holds for all types."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.assessments.items import TYPES, Answer, Grade, ItemSpec, rules_of
from lms.assessments.items.rubrics import rubric_of, score
from lms.errors import RuleBroken
from lms.i18n import TAGS
from tests.assessments.items import ANYTHING, CANARY, module_of, read

KINDS = sorted(TYPES)
TABLE = [(kind, *case) for kind in KINDS for case in module_of(kind).CASES]
#: Words that a count of answers may hold besides ids.
COUNTED = {"right", "partly", "other", "outside", "written"}
HOSTILE = st.lists(
    ANYTHING | st.builds(lambda row, value: f"{row}={value}", st.sampled_from(["value", "unit", "a", "b"]), ANYTHING),
    max_size=4,
) | st.sampled_from(
    [
        ["x" * 100_000],
        ["a=1"] * 10_000,
        [f"r{n}={n}" for n in range(10_000)],
        ["value=NaN", "unit=\0"],
        ["=", "==", "a=a=a"],
        ["\ud800\udfff"],
        ["value=" + "9" * 50_000],
    ]
)
kinds = pytest.mark.parametrize("kind", KINDS)
#: Enough for every type, each run: what one run does not find, the next one may.
some = settings(max_examples=40)


def shown_of(item: ItemSpec, seed: int = 0) -> tuple[str, ...]:
    """Return what an attempt shows of a question."""
    return rules_of(item).draw(item, random.Random(seed))


def checked(item: ItemSpec, sent: Any, seed: int = 0) -> Answer | None:
    """Return what is stored of what was sent; None when it is refused. Nothing else may be raised."""
    try:
        return rules_of(item).check(item, shown_of(item, seed), sent)
    except RuleBroken as error:
        assert error.code == "foreign_answer"
        return None


def some_item(data: st.DataObject, kind: str) -> ItemSpec:
    """Return some question of a type."""
    return read(data.draw(module_of(kind).ITEMS))


@pytest.mark.parametrize(("kind", "item", "sent", "points", "is_right"), TABLE)
def test_the_table(kind: str, item: ItemSpec, sent: Any, points: int, is_right: bool) -> None:
    assert item.type == kind
    if isinstance(sent, Mapping):
        rubric = rubric_of(item)
        assert rubric is not None
        assert score(rubric, sent) == Grade(points, correct=is_right)
        return
    answer = checked(item, sent)
    assert answer is not None, "the page can send it"
    assert rules_of(item).grade(item, answer) == Grade(points, correct=is_right)


@kinds
@some
@given(data=st.data())
def test_points_stay_between_none_and_all_and_all_need_everything_right(kind: str, data: st.DataObject) -> None:
    item = some_item(data, kind)
    answer = checked(item, data.draw(module_of(kind).sent_to(item)))
    if answer is not None and (grade := rules_of(item).grade(item, answer)):
        assert 0 <= grade.points <= item.points
        assert grade.correct <= (grade.points == item.points)
        assert not item.points or grade.correct == (grade.points == item.points)


@kinds
@some
@given(data=st.data(), seeds=st.tuples(st.integers(), st.integers()))
def test_the_order_shown_changes_nothing(kind: str, data: st.DataObject, seeds: tuple[int, int]) -> None:
    item = some_item(data, kind)
    first, second = (shown_of(item, seed) for seed in seeds)
    assert sorted(first) == sorted(second)
    sent = data.draw(module_of(kind).sent_to(item))
    mixed = data.draw(st.permutations(sent))
    answers = [checked(item, each, seed) for each, seed in zip((sent, mixed), seeds, strict=True)]
    assert answers[0] == answers[1]
    grades = {rules_of(item).grade(item, answer) for answer in answers if answer is not None}
    assert len(grades) <= 1


@kinds
@some
@given(data=st.data())
def test_a_perfect_answer_is_perfect_in_every_language(kind: str, data: st.DataObject) -> None:
    item, rules = some_item(data, kind), TYPES[kind].rules
    for tag in TAGS:
        answer = rules.perfect(item, tag)
        assert checked(item, answer) == answer, "it is what would be stored"
        assert rules.lacks(item, answer) is None
        grade = rules.grade(item, answer)
        assert grade == Grade(item.points, correct=True) or (grade is None and rubric_of(item) is not None)


@kinds
@some
@given(data=st.data(), sent=HOSTILE)
def test_what_is_sent_is_stored_in_one_shape_or_refused(kind: str, data: st.DataObject, sent: list[str]) -> None:
    item = some_item(data, kind)
    for each in (sent, data.draw(module_of(kind).sent_to(item))):
        answer = checked(item, each)
        if answer is None:
            continue
        assert checked(item, answer) == answer
        assert sum(len(text.encode()) for text in answer) < 20_000
        assert not any("\0" in text for text in answer), "PostgreSQL keeps no NUL"
        rules_of(item).lacks(item, answer)
        rules_of(item).grade(item, answer)


@kinds
@some
@given(data=st.data())
def test_counts_hold_ids_and_fixed_words_never_what_was_typed(kind: str, data: st.DataObject) -> None:
    item = some_item(data, kind)
    rules = rules_of(item)
    sent = data.draw(module_of(kind).sent_to(item))
    answers = [checked(item, sent), checked(item, [CANARY]), checked(item, [f"{row}={CANARY}" for row in item.rows])]
    answers += [rules.perfect(item, tag) for tag in TAGS]
    known = {*item.rows, *(choice.rpartition(".")[2] for choice in item.choices), *COUNTED}
    for answer in answers:
        for told in rules.tally(item, answer or ()):
            for word in told.split("="):
                assert word in known or word.isdecimal() or word.removeprefix("range-").isdecimal(), told


@kinds
def test_an_open_answer_earns_nothing_and_is_missed(kind: str) -> None:
    item = read(module_of(kind).SAMPLE)
    rules = rules_of(item)
    assert checked(item, ()) == ()
    assert rules.tally(item, ()) == ()
    grade = rules.grade(item, ())
    assert grade in {None, Grade(0, correct=False)}
    assert (rules.lacks(item, ()) is None) == (grade is None)


@pytest.mark.parametrize(
    ("kind", "lists"),
    [("single", ["options"]), ("multiple", ["options"]), ("matching", ["left", "right"]), ("fill-in", ["gaps"])],
)
def test_what_is_shown_in_any_order_may_stand_in_any_order(kind: str, lists: list[str]) -> None:
    sample = module_of(kind).SAMPLE
    turned = sample | {name: sample[name][::-1] for name in lists}
    assert read(sample).scheme == read(turned).scheme
    assert read(sample).scheme != read(module_of(kind).OTHER).scheme
