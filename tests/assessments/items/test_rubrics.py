"""Rubrics: what their files may say, and what levels earn."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.assessments.items import Grade, ItemSpec, rules_of
from lms.assessments.items.rubrics import RubricSpec, by_competency, rubric_of, score
from lms.assessments.queries import texts_of
from lms.assessments.specs import QuizSpec, quiz_faults
from lms.content.library import Words
from lms.errors import RuleBroken
from tests.assessments.items import question, read
from tests.assessments.items.rubrics import RUBRIC, level, most, rubrics, scored

SPEC = RubricSpec.read(RUBRIC)
ITEM = read(question("practical", rubric=RUBRIC, points=7))


def criterion(**changes: Any) -> dict[str, Any]:
    """Return a rubric with one criterion."""
    made = {"id": "asks", "text": "Asks.", "levels": [level("no", 0), level("yes", 1)]}
    return {"criteria": [made | changes]}


@pytest.mark.parametrize(
    ("rubric", "message"),
    [
        ({"criteria": []}, "at least 1 item"),
        ({"criteria": [RUBRIC["criteria"][0]] * 2}, "id used twice: asks"),
        (criterion(id="feedback"), "cannot be called feedback"),
        (criterion(levels=[level("no", 0)]), "at least 2 items"),
        (criterion(levels=[level("no", 0), level("no", 1)]), "id used twice: no"),
        (criterion(levels=[level("no", 1), level("yes", 1)]), "each level must earn more than the one before"),
        (criterion(levels=[level("no", 1), level("yes", 0)]), "each level must earn more than the one before"),
        (criterion(levels=[level("no", -1), level("yes", 0)]), "greater than or equal to 0"),
        (criterion(needed="best"), "there is no level 'best'"),
    ],
)
def test_what_a_rubric_cannot_say(rubric: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        RubricSpec.read(rubric)


@pytest.mark.parametrize(
    ("given_levels", "code"),
    [
        ({}, "rubric_open"),
        ({"asks": "all"}, "rubric_open"),
        ({"asks": "all", "waits": ""}, "rubric_open"),
        ({"asks": "all", "waits": "best"}, "rubric_unknown"),
        ({"asks": "all", "waits": "yes", "smiles": "yes"}, "rubric_unknown"),
    ],
)
def test_every_criterion_gets_one_of_its_levels(given_levels: dict[str, str], code: str) -> None:
    for refused in (
        lambda: score(SPEC, given_levels),
        lambda: by_competency(SPEC, "skills/talk", given_levels),
    ):
        with pytest.raises(RuleBroken) as caught:
            refused()
        assert caught.value.code == code


@given(st.data())
def test_a_score_is_between_none_and_all_and_the_best_is_right(data: st.DataObject) -> None:
    made = data.draw(rubrics())
    rubric = RubricSpec.read(made)
    levels = {each.id: data.draw(st.sampled_from(each.levels)).id for each in rubric.criteria}
    found = score(rubric, levels)
    assert 0 <= found.points <= rubric.most == most(made)
    best = {each.id: each.levels[-1].id for each in rubric.criteria}
    assert score(rubric, best) == Grade(rubric.most, correct=True)
    if found.points == rubric.most:
        assert found.correct
    whole = by_competency(rubric, "skills/talk", levels)
    assert whole == {"skills/talk": found}


def test_what_is_earned_in_each_competency() -> None:
    assert by_competency(SPEC, "skills/talk", {"asks": "some", "waits": "no"}) == {
        "skills/talk": Grade(2, correct=True),
        "skills/walk": Grade(0, correct=False),
    }


def test_workers_read_the_criteria_and_assessors_the_levels_too() -> None:
    assert list(ITEM.sentences) == ["prompt", "asks", "waits"]
    assert set(texts_of(ITEM, Words("en"))) == {"prompt", "asks", "waits"}
    told = {each.address: each.among for each in ITEM.told_at(("items", 0))}
    assert told["q-practical.asks"] == "the criteria of q-practical"
    assert told["q-practical.asks.some"] == "the levels of q-practical.asks"
    paths = {each.address: each.path for each in ITEM.told_at(("items", 0))}
    assert paths["q-practical.waits.yes"] == ("items", 0, "rubric", "criteria", 1, "levels", 1, "text")


def test_only_some_questions_have_a_rubric() -> None:
    assert rubric_of(ITEM) == SPEC
    for other in (read(question("reflection", points=0)), read(question("true-false", key=True))):
        assert rubric_of(other) is None


def test_competencies_of_criteria_exist_and_are_credited() -> None:
    quiz = QuizSpec.read({"pass_mark": 80, "items": [question("practical", rubric=RUBRIC, points=7)]})
    named = {each.name: each.path for each in quiz.references()}
    where = ("items", 0, "rubric", "criteria", 1, "competency")
    assert named == {"skills/talk": ("items", 0, "competency"), "skills/walk": where}
    faults = list(quiz_faults(quiz, {"skills/talk"}))
    assert [(fault.path, fault.message) for fault in faults] == [
        (where, "the module gives no credit for 'skills/walk'")
    ]
    assert list(quiz_faults(quiz, {"skills/talk", "skills/walk"})) == []


def test_points_of_levels_decide_what_an_answer_earns_and_words_do_not() -> None:
    def scheme(rubric: dict[str, Any], points: int) -> str:
        item: ItemSpec = read(question("practical", rubric=rubric, points=points))
        return item.scheme

    plain = criterion()
    reworded = criterion(text="Asks well.", levels=[level("no", 0), {"id": "yes", "text": "Other words.", "points": 1}])
    dearer = criterion(levels=[level("no", 0), level("yes", 2)])
    assert scheme(plain, 1) == scheme(reworded, 1)
    assert scheme(plain, 1) != scheme(dearer, 2)


@pytest.mark.parametrize("kind", ["oral", "practical"])
class TestTypesThatAnAssessorAloneAnswers:
    def test_an_assessor_decides_and_nothing_can_be_sent(self, kind: str) -> None:
        shown = read(scored(kind))
        rules = rules_of(shown)
        assert rules.grade(shown, ()) is None
        assert rules.lacks(shown, ()) is None
        assert rules.tally(shown, ()) == ()
        with pytest.raises(RuleBroken):
            rules.check(shown, shown.rows, ["asks=all"])

    def test_they_need_a_rubric(self, kind: str) -> None:
        with pytest.raises(ValidationError, match="rubric"):
            read({key: value for key, value in scored(kind).items() if key != "rubric"})
