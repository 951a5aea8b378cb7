"""The reading grade of a lesson."""

from __future__ import annotations

import pytest

from lms.content.grade import grade_of, sentences_in, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("the", 1), ("made", 1), ("table", 2), ("little", 2), ("health", 1), ("community", 4), ("called", 1),
        ("needed", 2), ("tables", 2), ("times", 1), ("changes", 2), ("boxes", 2), ("wishes", 2), ("see", 1),
        ("agree", 2), ("I", 1), ("don't", 1), ("rhythm", 1), ("hmm", 1), ("organization", 5),
    ],
)  # fmt: skip
def test_syllables(word, count):
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("At 4:00 p.m. we meet Dr. Lee, e.g. at home.", 1),
        ('She said, "Wait." He did.', 2),
        ("Say three things: who you are.", 2),
        ("See [the. list](https://a.b.c/d. e)", 2),
        ("...", 0),
    ],
)
def test_sentences(text, count):
    assert len(sentences_in(text)) == count


def test_the_formula_by_hand():
    """Ten words, two sentences, thirteen syllables."""
    markdown = "The cat sat on the mat.\n\n- Every family matters today."
    assert grade_of(markdown) == pytest.approx(0.39 * 10 / 2 + 11.8 * (6 + 3 + 3 + 2 + 2) / 10 - 15.59)


def test_cells_and_items_are_sentences_of_their_own():
    table = "| Say | Not |\n|---|---|\n| Hello there | Hey you |\n"
    assert grade_of(table) == pytest.approx(grade_of("Say\n\nNot\n\nHello there\n\nHey you"))


def test_nothing_is_not_hard():
    assert grade_of("") == 0.0
    assert grade_of("123") == 0.0
