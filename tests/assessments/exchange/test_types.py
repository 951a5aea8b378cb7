"""Every type of item, and every case, comes back from every format as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.assessments.items import TYPES
from lms.assessments.rules.exchange.exporting import export_quiz
from lms.assessments.rules.exchange.files import FORMATS, read_questions
from lms.assessments.rules.exchange.items import EXCHANGES
from lms.assessments.rules.exchange.planning import Plan, Terms, plan_import
from tests.assessments.items import module_of
from tests.assessments.items.quizzes import SAMPLES, quiz_of

TERMS = Terms(("skills/talk", "skills/walk"))
#: What only notes hand through, by format: of gaps, GIFT knows one that is typed.
NOTES_ONLY = {"gift": {"oral", "practical", "fill-in"}, "moodle-xml": {"oral", "practical"}}


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


@pytest.mark.parametrize("form", FORMATS)
def test_what_others_cannot_read_is_named(form: str) -> None:
    quiz = quiz_of(SAMPLES)
    done = export_quiz(quiz, form)
    types = {item["id"]: item["type"] for item in quiz["items"]}
    whole = {types[each.name] for each in done.skipped if not each.is_part}
    assert whole == {"oral", "practical", "scenario"}
    assert [(each.name, each.message) for each in done.skipped if each.is_part] == (
        [("q-numeric", "its units, which GIFT has not; they stand in the note alone")] if form == "gift" else []
    )
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
