"""YAML 1.2 with places, and what is refused before anything is built."""

from __future__ import annotations

import pytest

from lms.content.yaml_files import read_yaml


def test_words_stay_words():
    document = read_yaml("options: [sí, no, yes, on, 12:30, 0x10, '5', \"6\", 1_000]\n")
    assert document.data == {"options": ["sí", "no", "yes", "on", "12:30", "0x10", "5", "6", "1_000"]}
    assert document.faults == []


def test_numbers_truth_and_nothing():
    document = read_yaml("a: [1, -2, 1.5, true, False, null, ~, ]\nb:\n")
    assert document.data == {"a": [1, -2, 1.5, True, False, None, None], "b": None}


def test_folded_words_are_words_alone():
    """A block of folded lines holds a blank for each, and nothing that a program put there."""
    assert read_yaml("a: >-\n  one\n  two\n\n  three\n").data == {"a": "one two\nthree"}


def test_what_was_read_is_the_callers_own():
    """A text is parsed once in a process; what one reader changes, the next one does not see."""
    text = "a: [{b: c}]\na: 1\n"
    first = read_yaml(text)
    first.data["a"][0]["b"] = first.data["d"] = "changed"
    first.faults.clear()
    first.places.clear()
    first.key_places.clear()
    second = read_yaml(text)
    assert second.data == {"a": [{"b": "c"}]}
    assert [message for _, message in second.faults] == ["the key 'a' stands twice"]
    assert second.place(("a", 0, "b")) == (1, 9)
    assert second.key_place(("a", 0, "b")) == (1, 6)
    assert read_yaml(text, first_line=5).place(("a", 0, "b")) == (5, 9)


def test_very_long_numbers_are_words():
    assert read_yaml("a: " + "9" * 5000).data == {"a": "9" * 5000}


def test_places_of_keys_and_values():
    document = read_yaml("a: 1\nb:\n  - c: x\n    d: {e: f}\n", first_line=10)
    assert document.place(("b", 0, "d", "e")) == (13, 12)
    assert document.key_place(("b", 0, "d")) == (13, 5)
    assert document.place(("b", 0, "nowhere")) == (12, 5)
    assert document.key_place(("b", 7)) == (12, 3)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: &x 1\nb: *x\n", (1, 4), "anchors"),
        ("a: *x\n", (1, 4), "anchors"),
        ("&x a: 1\n", (1, 1), "anchors"),
        ("a: !!python/name:os.system x\n", (1, 4), "tags"),
        ("a: " + "[" * 100_000, (1, 15), "levels"),
        ("a: b: c\n", (1, 5), "broken YAML"),
        ("a: [1\n", (2, 1), "broken YAML"),
        ("a: 1\nb\x01: 2\n", (2, 2), "does not allow"),
        ("", (1, 1), "empty"),
        ("# nothing\n", (2, 1), "empty"),
        ("a: 1\n---\nb: 2\n", (2, 1), "only one"),
        ("? [a, b]\n: 1\n", (1, 3), "plain word"),
    ],
)
def test_refused(text, place, words):
    document = read_yaml(text)
    assert not document.is_whole
    assert document.faults[0][0] == place
    assert words in document.faults[0][1]


def test_every_duplicate_key_is_named_and_the_first_counts():
    document = read_yaml("a: 1\nb: 2\na: {x: 1}\nb: 3\n")
    assert [place for place, _ in document.faults] == [(3, 1), (4, 1)]
    assert document.data == {"a": 1, "b": 2}
    assert document.place(("a",)) == (1, 4)


def test_a_billion_laughs_is_refused_at_once():
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert "anchors" in read_yaml(bomb).faults[0][1]
