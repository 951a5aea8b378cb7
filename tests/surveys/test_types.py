"""The six types of questions: what each takes, how it is kept, and what its file may say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.errors import RuleBroken
from lms.surveys import rules
from lms.surveys.messages import fault
from lms.surveys.specs import QuestionSpec, SurveySpec

LEVEL = {"level": "results", "prompt": "Well?"}
TWO = [{"id": "a", "text": "One"}, {"id": "b", "text": "Two"}]
QUESTIONS: dict[str, dict[str, Any]] = {
    "likert": {},
    "choice": {"options": TWO},
    "choices": {"options": [*TWO, {"id": "c", "text": "Three"}]},
    "matrix": {"rows": TWO},
    "number": {"least": 0, "most": 5000},
    "text": {},
}


def question(kind: str, **more: Any) -> QuestionSpec:
    return QuestionSpec.read({"id": "q", "type": kind, **LEVEL, **QUESTIONS[kind], **more})


def read(asked: QuestionSpec, typed: rules.Typed) -> Any:
    """Return the stored answer, None for an open one, or the code of what is wrong."""
    checked = rules.check_answers([asked], typed)
    return checked.errors.get("q") or checked.answers.get("q")


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("likert", {"q": "4"}, 4),
        ("likert", {"q": ["4"]}, 4),
        ("likert", {"q": ""}, None),
        ("likert", {}, None),
        ("choice", {"q": "b"}, "b"),
        ("choice", {"q": " "}, None),
        ("choices", {"q": ["c", "a", "a"]}, ["a", "c"]),
        ("choices", {"q": "b"}, ["b"]),
        ("choices", {"q": []}, None),
        ("matrix", {"q.a": "1", "q.b": "5"}, {"a": 1, "b": 5}),
        ("matrix", {"q.b": "5", "q.a": ""}, {"b": 5}),
        ("matrix", {}, None),
        ("number", {"q": "12"}, 12),
        ("number", {"q": " 1,200 "}, 1200),
        ("number", {"q": "1.200"}, 1200),
        ("number", {"q": "1 200"}, 1200),
        ("number", {"q": "1\u00a0200"}, 1200),
        ("number", {"q": "12.0"}, 12),
        ("number", {"q": "+7"}, 7),
        ("number", {"q": ""}, None),
        ("text", {"q": " More \r\n practice "}, "More \n practice"),
        ("text", {"q": "\x07"}, None),
    ],
)
def test_what_is_kept(kind: str, typed: rules.Typed, kept: Any) -> None:
    assert read(question(kind), typed) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [("2.5", 2.5), ("2,5", 2.5), ("40", 40), ("40,00", 40), ("1,250", "not_a_number"), ("0.0001", 0.0001)],
)
def test_decimals(text: str, kept: Any) -> None:
    assert read(question("number", whole=False), {"q": text}) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("number", {"q": "many"}, "not_a_number"),
        ("number", {"q": "1e3"}, "not_a_number"),
        ("number", {"q": "١٢"}, "not_a_number"),
        ("number", {"q": "9" * 13}, "not_a_number"),
        ("number", {"q": "NaN"}, "not_a_number"),
        ("number", {"q": "2.5"}, "not_whole"),
        ("number", {"q": "5001"}, "out_of_range"),
        ("number", {"q": "-1"}, "out_of_range"),
        ("number", {"q": "\u22121"}, "out_of_range"),
        ("text", {"q": "x" * 1001}, "too_long"),
        ("likert", {"q": "\u200b"}, "foreign_answer"),
        ("likert", {"q": ["1", "2"]}, "foreign_answer"),
        ("choice", {"q": ["a", "b"]}, "foreign_answer"),
        ("choices", {"q": ["a", "z"]}, "foreign_answer"),
        ("matrix", {"q.a": "6"}, "foreign_answer"),
        ("matrix", {"q": "1"}, "foreign_answer"),
        ("matrix", {"q.z": "1"}, "foreign_answer"),
        ("number", {"q": ["1", "2"]}, "foreign_answer"),
        ("text", {"q": ["a", "b"]}, "foreign_answer"),
    ],
)
def test_what_is_refused(kind: str, typed: rules.Typed, code: str) -> None:
    if code == "foreign_answer":
        with pytest.raises(RuleBroken) as caught:
            read(question(kind), typed)
        assert caught.value.code == code
    else:
        assert read(question(kind), typed) == code


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_required_question_is_not_left_open(kind: str) -> None:
    assert read(question(kind, required=True), {}) == "missing"
    assert rules.check_answers([question(kind)], {}) == rules.Checked({}, {})


def test_a_required_matrix_is_answered_in_every_row() -> None:
    asked = question("matrix", required=True)
    assert read(asked, {"q.a": "3"}) == "missing_rows"
    assert read(asked, {"q.a": "3", "q.b": "4"}) == {"a": 3, "b": 4}


@given(st.sampled_from(list(QUESTIONS)), st.dictionaries(st.sampled_from(["q", "q.a", "q.b"]), st.text(max_size=8)))
def test_whatever_is_sent_is_kept_in_its_shape_or_refused(kind: str, typed: dict[str, str]) -> None:
    shapes = {"likert": int, "choice": str, "choices": list, "matrix": dict, "number": int, "text": str}
    try:
        checked = rules.check_answers([question(kind)], typed)
    except RuleBroken:
        return
    assert all(type(value) is shapes[kind] for value in checked.answers.values())
    assert checked.answers.keys().isdisjoint(checked.errors)


@pytest.mark.parametrize(
    ("kind", "more", "message"),
    [
        ("likert", {"options": TWO}, "has no options"),
        ("choices", {"options": TWO[:1]}, "at least two options"),
        ("matrix", {"rows": TWO[:1]}, "at least two rows"),
        ("text", {"rows": TWO}, "has no rows"),
        ("matrix", {"rows": [*TWO, TWO[0]]}, "id used twice: a"),
        ("choice", {"options": [*TWO, {"id": "unit", "text": "Unit"}]}, "cannot be called unit"),
        ("number", {"least": None}, "give least and most"),
        ("number", {"least": 5, "most": 5}, "give least and most"),
        ("text", {"most": 5}, "only a number has"),
        ("likert", {"whole": False}, "only a number has"),
        ("likert", {"level": "joy"}, "'reaction', 'learning', 'behavior' or 'results'"),
        ("essay", {}, "'likert', 'choice'"),
    ],
)
def test_what_a_file_may_not_say(kind: str, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        QuestionSpec.read({"id": "q", "type": kind, **LEVEL, **QUESTIONS.get(kind, {}), **more})


def test_all_its_words_are_told() -> None:
    asked = question("number", unit="people")
    assert [each.address for each in asked.told()] == ["q.prompt", "q.unit"]
    assert [each.address for each in question("matrix").told()] == ["q.prompt", "q.a", "q.b"]


FRAME = {"key": "s", "title": "T", "intro": "I.", "thanks": "Th."}
LIKERT = {"id": "q", "type": "likert", **LEVEL}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "give 5 labels, not 0"),
        ({"scale": ["a", "b"]}, "give 5 labels, not 2"),
        ({"core": "s", "scale": list("abcde")}, "this is the same survey"),
        ({"group": 10, "scale": list("abcde")}, "greater than or equal to 11"),
        ({"anonymity": "named", "scale": list("abcde")}, "Input should be 'anonymous'"),
        ({"core": "c", "scale": ["a"]}, "give 5 labels, not 1"),
    ],
)
def test_what_a_survey_may_not_say(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        SurveySpec.read({**FRAME, "questions": [LIKERT], **more})


def test_a_survey_with_a_core_needs_no_scale_of_its_own() -> None:
    survey = SurveySpec.read({**FRAME, "questions": [LIKERT], "core": "c"})
    assert [(each.kind, each.name) for each in survey.references()] == [("survey", "c")]
    assert list(SurveySpec.read({**FRAME, "questions": [LIKERT], "scale": list("abcde")}).references()) == []
    assert (survey.group, survey.anonymity) == (11, "anonymous")


def surveys(**more: dict[str, Any]) -> dict[str, SurveySpec]:
    made = {
        key: SurveySpec.read({**FRAME, "key": key, "questions": [LIKERT], "scale": list("abcde"), **each})
        for key, each in more.items()
    }
    return {key: spec.model_copy(update={"scale": ()}) if "core" in more[key] else spec for key, spec in made.items()}


@pytest.mark.parametrize(
    ("more", "ends", "found"),
    [
        ({"a": {}, "b": {}}, {"a"}, []),
        ({"c": {}, "a": {"core": "c", "questions": [{**LIKERT, "id": "own"}]}}, {"a"}, []),
        ({"c": {}, "a": {"core": "c"}}, {"a"}, [("a", ("questions", 0, "id"), False)]),
        (
            {"c": {}, "a": {"core": "c", "questions": [{**LIKERT, "id": "own"}]}, "b": {}},
            {"b", "c"},
            [("b", ("key",), True)],
        ),
        (
            {name: {"core": core, "questions": [{**LIKERT, "id": name}]} for name, core in (("a", "c"), ("b", "d"))}
            | {"c": {}, "d": {"questions": [{**LIKERT, "id": "other"}]}},
            (),
            [("b", ("core",), False)],
        ),
        (
            {
                "a": {"core": "c", "questions": [{**LIKERT, "id": "own"}]},
                "c": {"core": "d", "questions": [{**LIKERT, "id": "mine"}]},
                "d": {"questions": [{**LIKERT, "id": "first"}]},
            },
            (),
            [("a", ("core",), False), ("a", ("core",), False), ("c", ("core",), False)],
        ),
        ({"a": {"core": "gone", "questions": [{**LIKERT, "id": "own"}]}}, {"a"}, []),
    ],
)
def test_one_core_set_for_all(more: dict[str, Any], ends: Any, found: list[Any]) -> None:
    assert [(each.key, each.path, each.is_warning) for each in rules.core_faults(surveys(**more), ends)] == found


def test_every_fault_has_a_sentence(app: Any) -> None:
    with app.test_request_context():
        codes = ("missing", "missing_rows", "too_long", "not_a_number", "not_whole", "out_of_range")
        said = {fault(question("number"), code) for code in codes} | {fault(question("likert"), "missing")}
    assert len(said) == 7
    assert "Please write a number from 0 to 5,000." in said
