"""Whatever words a question has, it comes back from a file as it was written; or it is not written."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from lms.assessments.items.asked import GAP, Answer, Asked, Gap, Unfit
from lms.assessments.rules.exchange.carrying import BadNote, read_note, write_note
from lms.assessments.rules.exchange.files import read_questions
from lms.assessments.rules.exchange.gift_writing import write_gift
from lms.assessments.rules.exchange.xml_writing import write_question, write_xml

SIGNS = r"""\:~=#{}%[]<>&"'*/-> ʻāñ日😀$@+!?.,;|()^`_n"""


def is_sentence(text: str) -> bool:
    """Return whether quiz.yml could hold these words."""
    is_odd = any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in text)
    return text == text.strip() != "" and not is_odd and unicodedata.is_normalized("NFC", text)


sentences = st.one_of(st.text(SIGNS, min_size=1, max_size=30), st.text(min_size=1, max_size=30)).filter(is_sentence)
answers = st.lists(sentences, min_size=1, max_size=5).map(tuple)
numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 9) + 0.0)


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """Return a question of any kind."""
    kind = draw(st.sampled_from(["choice", "choices", "truth", "match", "order", "number", "short", "gaps", "essay"]))
    asked = Asked(kind, draw(sentences), name="q-one", idnumber="q-one", feedback=draw(sentences | st.just("")))
    texts = draw(answers)
    if kind == "choice":
        return replace(
            asked, answers=tuple(Answer(text, 0 if place else 100) for place, text in enumerate((*texts, "other")))
        )
    if kind == "choices":
        return replace(
            asked, answers=tuple(Answer(text, -50 if place else 50) for place, text in enumerate((*texts, "other")))
        )
    if kind == "truth":
        return replace(asked, answers=(Answer(draw(st.sampled_from(["true", "false"])), 100),))
    if kind == "match":
        return replace(asked, pairs=tuple((text, draw(sentences)) for text in texts))
    if kind == "order":
        return replace(asked, answers=tuple(Answer(text, 100) for text in (*texts, "last")))
    if kind == "number":
        return replace(asked, answers=(Answer(repr(draw(numbers)), 100, abs(draw(numbers))),))
    if kind == "short":
        return replace(asked, answers=tuple(Answer(text, 100) for text in dict.fromkeys(texts)))
    if kind == "gaps":
        assume(GAP not in asked.prompt and "{" not in asked.prompt)
        return replace(asked, prompt=f"{asked.prompt} {GAP} end", gaps=(Gap(tuple(dict.fromkeys(texts))),))
    return asked


def compared(asked: Asked) -> Asked:
    """Return a question without what the file adds; numbers as numbers, and a star in words read as a star."""
    shown = tuple(
        replace(each, text=repr(float(each.text)) if asked.kind == "number" else each.text) for each in asked.answers
    )
    if asked.kind == "short" and asked.place != (1, 1):
        shown = tuple(replace(each, text=each.text.replace("\\*", "*")) for each in shown)
    return replace(asked, answers=shown, place=(1, 1), kept={}, lost=(), units=None, points=None)


@settings(max_examples=300)
@given(questions())
@example(Asked("choice", "[html] a", (Answer("%50%", 100), Answer("//", 0)), name="q-one", idnumber="q-one"))
def test_gift_says_what_was_asked(asked: Asked) -> None:
    try:
        text = write_gift(asked)
    except Unfit:
        return
    asked = replace(asked, feedback="" if asked.kind == "order" else asked.feedback)
    read = read_questions(text.encode(), "gift")
    assert (read.faults, read.skipped) == ([], [])
    assert [compared(each) for each in read.asked] == [compared(asked)]


@settings(max_examples=300)
@given(questions())
def test_xml_says_what_was_asked(asked: Asked) -> None:
    read = read_questions(write_xml([write_question(asked)]).encode(), "moodle-xml")
    assert (read.faults, read.skipped) == ([], [])
    assert [compared(each) for each in read.asked] == [compared(asked)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)


@given(st.dictionaries(st.text(max_size=9), json_values, max_size=4))
def test_a_note_comes_back(kept: dict[str, object]) -> None:
    note = write_note(kept)
    assert "--" not in note
    assert "\n" not in note
    assert read_note(note) == kept


@pytest.mark.parametrize(
    "body",
    [
        *("{", "[]", "1", '{"a": NaN}', '{"a": Infinity}', '{"a": 1e400}', '{"a": "\\ud800"}'),
        *("[" * 40_000, "1" * 5000, '{"a": "' + "a" * 60_000 + '"}'),
    ],
    ids=range(10),
)
def test_a_broken_note_is_told(body: str) -> None:
    with pytest.raises(BadNote):
        read_note(f"lms: {body}")


def test_a_comment_is_no_note() -> None:
    assert read_note("a comment about lms: {}") is None
