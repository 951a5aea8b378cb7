"""Every type of item, and every case, comes back from every format as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.assessments.items import TYPES
from lms.assessments.items.asked import Answer, Asked, Unfit
from lms.assessments.rules.exchange.exporting import export_quiz
from lms.assessments.rules.exchange.files import FORMATS, read_questions
from lms.assessments.rules.exchange.items import EXCHANGES
from lms.assessments.rules.exchange.planning import Plan, Terms, plan_import
from tests.assessments.items import module_of
from tests.assessments.items.quizzes import SAMPLES, quiz_of

TERMS = Terms(("skills/talk", "skills/walk"))
#: What only notes hand through, by format: of gaps, GIFT knows one that is typed.
NOTES_ONLY = {"gift": {"oral", "practical", "fill-in"}, "moodle-xml": {"oral", "practical"}}
PARTS = {
    ("q-reflection", "a rubric is not written"),
    ("q-short", "accepted words do not say their language"),
}
GIFT_PARTS = {("q-numeric", "GIFT has no units"), ("q-ordering", "GIFT has no feedback for ordering")}


def through(items: list[Mapping[str, Any]], form: str, quiz: Mapping[str, Any]) -> Plan:
    """Return what the export of `items` changes in `quiz`."""
    text = export_quiz({"items": items}, form).text
    plan = plan_import(read_questions(text.encode(), form), quiz, TERMS)
    assert [str(fault) for fault in plan.faults] == []
    return plan


def test_every_type_can_be_exchanged() -> None:
    assert set(EXCHANGES) == set(TYPES)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["type"])
def test_a_type_comes_back_as_it_was(sample: Mapping[str, Any], form: str) -> None:
    plan = through([sample], form, {"items": [sample]})
    assert (plan.unchanged, plan.skipped, plan.items) == ([sample["id"]], [], {})
    fresh = through([sample], form, {})
    read = TYPES[sample["type"]].spec.read
    assert read(fresh.items[sample["id"]]) == read(sample)
    assert fresh.counts == {sample["type"]: 1}
    assert fresh.skipped == []


@pytest.mark.parametrize(
    ("shares", "said"),
    [((100,), "options, not 1"), ((100, 0) * 20, "options, not 40"), ((34, 33, 33), "and one that is not")],
)
def test_choices_that_cannot_be_asked_are_refused(shares: tuple[int, ...], said: str) -> None:
    answers = tuple(Answer(f"Answer {number}", share) for number, share in enumerate(shares))
    with pytest.raises(Unfit, match=said):
        EXCHANGES["multiple"].from_asked(Asked("choices", "Which?", answers), {}, [])


@pytest.mark.parametrize("form", FORMATS)
def test_what_others_cannot_read_is_named(form: str) -> None:
    quiz = quiz_of(SAMPLES)
    done = export_quiz(quiz, form)
    types = {item["id"]: item["type"] for item in quiz["items"]}
    whole = {types[each.name] for each in done.skipped if not each.is_part}
    assert whole == {"oral", "practical", "scenario"}
    parts = {(each.name, each.message.removesuffix("; the note has it")) for each in done.skipped if each.is_part}
    assert parts == PARTS | (GIFT_PARTS if form == "gift" else set())
    plan = plan_import(read_questions(done.text.encode(), form), quiz, TERMS)
    assert (sorted(plan.unchanged), plan.skipped, plan.items) == (sorted(types), [], {})


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", sorted(TYPES))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(data=st.data())
def test_any_item_comes_back_as_it_was(name: str, form: str, data: st.DataObject) -> None:
    item = data.draw(module_of(name).ITEMS)
    plan = through([item], form, {"items": [item]})
    assert (plan.unchanged, plan.skipped) == ([item["id"]], [])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["type"])
def test_a_changed_prompt_keeps_the_rest(sample: Mapping[str, Any], form: str) -> None:
    """Somebody rewords the question in the file; the note beside it still says the old words."""
    text = export_quiz({"items": [sample]}, form).text
    assert {each.name for each in export_quiz({"items": SAMPLES}, form).skipped if not each.is_part} == {
        f"q-{name}" for name in NOTES_ONLY[form]
    }
    old = sample.get("text", sample["prompt"]).split("{")[0].strip()
    kept, mark, shown = text.rpartition("[plain]" if form == "gift" else "<questiontext")
    if not mark or sample["type"] in NOTES_ONLY[form]:
        return
    plan = plan_import(read_questions((kept + mark + shown.replace(old, "New words", 1)).encode(), form), {}, TERMS)
    made = plan.items[sample["id"]]
    field = "text" if "text" in sample else "prompt"
    assert made[field].startswith("New words")
    rest = {key: value for key, value in made.items() if key != field}
    read = TYPES[sample["type"]].spec.read
    assert read({**rest, field: sample[field]}) == read(sample)


def item(kind: str, **fields: Any) -> dict[str, Any]:
    """Return the sample of a type with other fields."""
    return {**module_of(kind).SAMPLE, **fields}


LEFT = [{"id": "a", "text": "this -> that"}, {"id": "b", "text": "other"}]
RIGHT = [{"id": "c", "text": "this -> that"}, {"id": "d", "text": "=x"}]
RANGES = [{"least": 0.1, "most": 0.2}, {"value": 0.3, "percent": 7, "share": 33}]
WORDS = [{"id": "w", "accepted": {"en": ["soap"]}}]
#: An item, and the formats in which it stands in a note alone, since its words would not come back from a question.
HARD: tuple[tuple[dict[str, Any], set[str]], ...] = (
    (item("matching", left=LEFT, right=RIGHT, key={"a": "d", "b": "c"}), {"gift"}),
    (item("short", accepted={"en": ["a -> b"]}), {"gift"}),
    (item("short", accepted={"en": ["5*"], "es": ["5*", "a*b"]}), set()),
    (item("fill-in", gaps=WORDS, text="Use {w} and water."), set()),
    (item("fill-in", gaps=WORDS, text="Use {w}"), {"gift"}),
    (item("fill-in", gaps=WORDS, text="Use _____ and {w} and water."), {"gift", "moodle-xml"}),
    (item("fill-in", gaps=WORDS, text="Use {1:SA:=x} and {w} and water."), {"moodle-xml"}),
    (item("numeric", accepted=[{"value": 123456789012, "tolerance": 0.123456789}], units=[]), set()),
    (
        item("numeric", accepted=RANGES, units=[]),
        set(),
    ),
    (item("true-false", prompt="Is  it   wide?"), set()),
    (item("true-false", prompt="Is\u00a0it?\u2028No."), set()),
    (item("single", prompt="// [id:x] ::y:: {z} <b>&amp;</b> \\ ]]> -->", critical=True), set()),
)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("hard", "noted"), HARD, ids=range(len(HARD)))
def test_words_that_are_hard_to_write(hard: dict[str, Any], noted: set[str], form: str) -> None:
    TYPES[hard["type"]].spec.read(hard)
    skipped = export_quiz({"items": [hard]}, form).skipped
    assert any(not each.is_part for each in skipped) == (form in noted)
    plan = through([hard], form, {"items": [hard]})
    assert (plan.unchanged, plan.skipped) == ([hard["id"]], [])


def test_a_reflection_that_is_kept_can_be_worded_anew() -> None:
    there = {key: value for key, value in item("reflection", points=0).items() if key != "rubric"}
    text = "// [id:q-reflection]\nWhat now?{}\n"
    plan = plan_import(read_questions(text.encode(), "gift"), {"items": [there]}, TERMS)
    assert (plan.items, plan.skipped) == ({"q-reflection": {**there, "prompt": "What now?"}}, [])


def test_an_item_becomes_another_type_where_the_file_says_so() -> None:
    text = "// [id:q-single]\nWhat now?{}\n"
    plan = plan_import(read_questions(text.encode(), "gift"), {"items": [item("single")]}, TERMS)
    made = plan.items["q-single"]
    assert (made["type"], made["points"], made["feedback"]) == ("reflection", 0, item("single")["feedback"])
    assert "options" not in made


def test_tags_say_what_moodle_kept() -> None:
    text = "// [id:q-single] [tag:lms:competency=skills/walk] [tag:lms:critical]\nWhich?{=a ~b ~c ####Because.}\n"
    plan = plan_import(read_questions(text.encode(), "gift"), {"items": [item("single")]}, TERMS)
    assert plan.items["q-single"]["competency"] == "skills/walk"
    assert plan.items["q-single"]["critical"] is True


def test_no_program_asks_what_an_assessor_scores() -> None:
    with pytest.raises(Unfit):
        EXCHANGES["oral"].from_asked(Asked("essay", "Say it."), {}, [])
