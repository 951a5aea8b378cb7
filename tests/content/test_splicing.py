"""Changing a list in a content file leaves every other byte as it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.config import ROOT
from lms.content.splicing import CannotSplice, splice
from lms.content.yaml_files import read_yaml
from lms.content.yaml_writing import write_entry, write_flow, write_mapping, write_scalar

TEXT = """\
# Before.
pass_mark: 80
items:   # the questions
  # About the first.
  - id: one   # its id
    prompt: "One?"
    # Before the key.
    key: [a]

  # About the second.
  - {id: two, prompt: Two?}
  -
    prompt: >-
      # Three
      lines?
    id: three
# After.
draw: 1  # one
"""


def changed(name: str, **fields: object) -> str:
    """Return the text with fields of one entry changed."""
    entries = read_yaml(TEXT).data["items"]
    place = next(place for place, entry in enumerate(entries) if entry["id"] == name)
    new = {key: value for key, value in {**entries[place], **fields}.items() if value is not None}
    return splice(TEXT, "items", {place: new}, [])


def test_nothing_changes_nothing() -> None:
    assert splice(TEXT, "items", {}, []) == TEXT


def test_a_field_changes_where_it_stands() -> None:
    assert changed("one", key=["b"]) == TEXT.replace("key: [a]", "key: [b]")
    assert changed("one", prompt="No, one") == TEXT.replace('prompt: "One?"', "prompt: No, one")
    assert changed("three", id="four") == TEXT.replace("id: three", "id: four")


def test_a_field_of_several_lines_changes_whole() -> None:
    assert changed("three", prompt="Three?") == TEXT.replace(">-\n      # Three\n      lines?", "Three?")
    options = [{"id": "a", "text": "A: b"}, {"id": "b", "text": "B"}]
    lines = 'key:\n      - {id: a, text: "A: b"}\n      - {id: b, text: B}\n'
    assert changed("one", key=options) == TEXT.replace("key: [a]\n", lines)


def test_a_field_comes_and_goes() -> None:
    assert changed("one", points=2) == TEXT.replace("key: [a]\n", "key: [a]\n    points: 2\n")
    assert changed("one", key=None) == TEXT.replace("    key: [a]\n", "")
    assert changed("three", points=2) == TEXT.replace("id: three\n", "id: three\n    points: 2\n")


def test_an_entry_on_one_line_is_written_anew() -> None:
    assert changed("two", points=2) == TEXT.replace(
        "  - {id: two, prompt: Two?}\n", "  - id: two\n    prompt: Two?\n    points: 2\n"
    )


def test_an_entry_that_loses_its_first_field_is_written_anew() -> None:
    assert changed("three", prompt=None) == TEXT.replace(
        "  -\n    prompt: >-\n      # Three\n      lines?\n    id: three\n", "  - id: three\n"
    )


def test_entries_are_added_behind_the_last_one() -> None:
    made = splice(TEXT, "items", {}, [{"id": "four", "prompt": "Four?"}, {"id": "five"}])
    assert made == TEXT.replace("id: three\n", "id: three\n  - id: four\n    prompt: Four?\n  - id: five\n")


def test_a_list_at_the_end_of_a_file_without_a_line_end_grows() -> None:
    assert splice("items:\n- id: one", "items", {}, [{"id": "two"}]) == "items:\n- id: one\n- id: two"


@pytest.mark.parametrize(
    "text",
    ["a: 1\nitems: [{id: one}]\n", "a: 1\nitems:\n  - prompt: >-\n      One\n\n      # two\n"],
    ids=["on one line", "ends like a comment"],
)
def test_what_cannot_be_changed_safely_is_refused(text: str) -> None:
    with pytest.raises(CannotSplice) as refused:
        splice(text, "items", {}, [{"id": "new"}])
    assert refused.value.line == 2


def test_the_projects_quizzes_stay_as_they_are() -> None:
    for path in (ROOT / "content").glob("modules/*/quiz.yml"):
        text = path.read_text(encoding="utf-8")
        assert splice(text, "items", {}, []) == text
        items = read_yaml(text).data["items"]
        made = splice(text, "items", {3: {**items[3], "prompt": "Another?"}}, [])
        assert len([line for line in made.split("\n") if line not in text.split("\n")]) == 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        *(("word", "word"), ("no", '"no"'), ("True", '"True"'), ("12", '"12"'), ("a: b", '"a: b"'), ("a #b", '"a #b"')),
        *(
            ("", '""'),
            ("a,b", "a,b"),
            ("ends ", '"ends "'),
            ("Faʻa", "Faʻa"),
            ("a\u00a0b", '"a\\u00a0b"'),
            (True, "true"),
        ),
        *(("\U000e0001", '"\\U000e0001"'), (2.5, "2.5"), (None, "null"), ("- a", '"- a"'), ("[a]", '"[a]"')),
    ],
)
def test_scalars(value: object, written: str) -> None:
    assert write_scalar(value) == written


def test_a_comma_is_quoted_between_others() -> None:
    assert write_flow({"a": ["x, y", "z"], "b": {}}) == '{a: ["x, y", z], b: {}}'


def test_long_values_stand_on_lines_of_their_own() -> None:
    long = "word " * 20 + "end"
    assert write_entry("a", {"en": [long], "es": []}) == ["a:", "  en:", f"    - {long}", "  es: []"]


words = st.text(max_size=12).filter(lambda text: not any(0xD800 <= ord(sign) < 0xE000 for sign in text))
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "no"]), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["id", "no", "x"]), plain, min_size=1))
def test_whatever_is_written_is_read_back(values: dict[str, object]) -> None:
    assert read_yaml("\n".join(write_mapping(values))).data == values, json.dumps(values)
