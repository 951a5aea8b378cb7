"""Which sentences lead a review."""

from __future__ import annotations

import pytest

from lms.assessments.items import TYPES
from lms.config import ROOT
from lms.content.critical import critical_contexts, quiz_contexts, safety_contexts
from lms.content.folder import read_folder
from lms.content.lessons import segments_inside
from lms.content.library import Source
from lms.publish import SHAPES
from tests.assessments.items import module_of, read

LESSON = """\
Before.

:::safety
If somebody is in danger, call 911.

- Stay **calm**.
- Say where you are.
:::

## Later

After.

:::note
A note.
:::

:::safety
Never mix two doses.
:::
"""
QUIZ = {
    "items": [
        {"id": "q-one", "type": "true-false", "prompt": "P", "critical": True, "feedback": "F"},
        {
            "id": "q-two",
            "type": "single",
            "prompt": "P",
            "options": [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}],
            "feedback": "F",
        },
        {
            "id": "case",
            "type": "scenario",
            "prompt": "A story",
            "items": [
                {"id": "q-in", "type": "true-false", "prompt": "P", "critical": True, "feedback": "F"},
                {"id": "q-also", "type": "true-false", "prompt": "P", "feedback": "F"},
            ],
        },
    ],
    "sections": [{"id": "field", "title": "In the field"}, {"id": "rest"}],
}
SOURCE = Source(
    "module", "m", 0, "", {"files": {"module.yml": {}, "lessons/a.md": {"markdown": LESSON}, "quiz.yml": QUIZ}}
)


def test_segments_inside_a_block():
    assert segments_inside(LESSON, "safety") == {"intro.2", "intro.3", "intro.4", "later.4"}
    assert segments_inside(LESSON, "note") == {"later.3"}
    assert segments_inside("Nothing.", "safety") == frozenset()


def test_what_an_author_marked():
    assert safety_contexts(SOURCE) == {
        *(f"lessons/a.md:{each}" for each in ("intro.2", "intro.3", "intro.4", "later.4")),
        *(f"quiz.yml:{each}" for each in ("q-one.prompt", "q-one.feedback", "q-in.prompt", "q-in.feedback")),
        "quiz.yml:case.prompt",
    }


def test_every_sentence_of_a_quiz():
    assert quiz_contexts(SOURCE) == {
        *(f"quiz.yml:{each}" for each in ("q-one.prompt", "q-one.feedback", "case.prompt", "field.title")),
        *(f"quiz.yml:q-two.{each}" for each in ("prompt", "a", "b", "feedback")),
        *(f"quiz.yml:{of}.{each}" for of in ("q-in", "q-also") for each in ("prompt", "feedback")),
    }
    assert critical_contexts(SOURCE) == safety_contexts(SOURCE) | quiz_contexts(SOURCE)


def test_an_object_without_lessons_and_quiz_has_none():
    assert critical_contexts(Source("track", "t", 0, "", {"files": {"t.yml": {"title": "T"}}})) == frozenset()


@pytest.mark.parametrize("key", ["communication", "outreach", "public-health"])
def test_they_are_exactly_the_sentences_of_the_shipped_quizzes(key):
    made = read_folder(ROOT / "content", SHAPES).objects["module", key]
    told = {context for context in made.sentences() if context.startswith("quiz.yml:")}
    assert quiz_contexts(made.source()) == told
    assert safety_contexts(made.source()) <= set(made.sentences())


def test_every_type_of_question_tells_what_is_found():
    for name in TYPES:
        entry = module_of(name).SAMPLE
        quiz = Source("module", "m", 0, "", {"files": {"quiz.yml": {"items": [entry]}}})
        told = {f"quiz.yml:{each.address}" for each in read(entry).told_at(())}
        assert quiz_contexts(quiz) == {*told, f"quiz.yml:{entry['id']}.feedback"}, name
