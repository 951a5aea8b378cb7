"""For which versions a correction was decided, and what it does later, as plain functions."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lms.assessments.rules import Amendment
from lms.assessments.rules.deciding import (
    after_line,
    decided_for,
    gathered,
    is_decided_for,
    late_line,
    versions_held,
    wordings_in,
)
from tests.assessments.test_regrading_rules import EVERYONE, QUIZ_SPEC, WRONG, sat
from tests.factories.learning import QUIZ, RIGHT, UNSAFE, item

ITEMS = ("q-one", "q-two", "q-three")


def entry(text: str) -> dict[str, str]:
    return {"text": text, "source": "Prompt of q-one?", "state": "approved"}


class TestVersions:
    def test_a_version_is_what_is_read_and_what_is_right(self) -> None:
        first = versions_held(QUIZ, ["q-one", "gone"], None)
        assert list(first) == ["q-one"]
        for changes, is_same in [
            ({"feedback": "Better said."}, True),
            ({"key": ["b"]}, False),
            ({"prompt": "Better?"}, False),
        ]:
            quiz = {**QUIZ, "items": [item("q-one", critical=True, **changes), *QUIZ["items"][1:]]}
            assert (versions_held(quiz, ["q-one"], None) == first) is is_same, changes

    def test_words_count_where_a_language_is_asked_for(self) -> None:
        one, other = ({"quiz.yml:q-one.prompt": entry(each)} for each in ("Ko hai?", "Ko e ha?"))
        held = [versions_held(QUIZ, ["q-one"], each)["q-one"] for each in (one, other, {})]
        assert len(set(held)) == 3
        assert versions_held(QUIZ, ["q-two"], one) == versions_held(QUIZ, ["q-two"], other)

    def test_every_version_that_is_held_must_be_meant(self) -> None:
        versions = gathered([{"q-one": "x"}, {"q-one": "y", "q-two": "z"}])
        assert versions == {"q-one": ["x", "y"], "q-two": ["z"]}
        assert is_decided_for(versions, {"q-one": "y", "q-two": "z"})
        assert not is_decided_for(versions, {"q-one": "y", "q-two": "x"})
        assert not is_decided_for(versions, {"q-three": "x"})
        assert not is_decided_for(versions, {})

    def test_of_several_decisions_those_about_what_is_held_are_meant(self) -> None:
        one, other = EVERYONE, Amendment("q-two", "drop")
        versions = {"q-one": ["x", "y"], "q-two": ["z"]}
        assert decided_for(versions, {"q-one": "y", "q-two": "mended"}, (one, other)) == (one,)
        assert decided_for(versions, {"q-two": "z"}, (one, other)) == (other,)
        assert decided_for({}, {"q-one": "any"}, (one, other)) == (one, other), "one of before says not for which"

    def test_the_words_of_a_version_are_known_from_its_list(self) -> None:
        assert wordings_in(["v1 w1", "v1 w2", "v2 w3"], "v1") == {"w1", "w2"}
        assert wordings_in(["v1"], "v1") == {""}
        assert wordings_in(["v1 w1"], "v2") == frozenset()


class TestLater:
    def line(self, chosen: Any, *decisions: Amendment) -> Any:
        return late_line(QUIZ_SPEC, sat(chosen), {each.item_id: each for each in decisions})

    def test_it_helps_or_keeps_or_leaves_alone(self) -> None:
        assert self.line(UNSAFE, EVERYONE).effect == "gains"
        assert self.line(WRONG, EVERYONE).effect == "better"
        assert self.line(RIGHT, EVERYONE) is None

    def test_where_nothing_would_be_left_a_person_decides(self) -> None:
        assert self.line(RIGHT, *(Amendment(each, "drop") for each in ITEMS)) is None

    def test_what_was_kept_goes_on_as_it_was(self) -> None:
        quiz = QUIZ_SPEC
        other = Amendment("q-two", "version", "9", item_of("q-two", key=["c", "d"]))
        line = late_line(quiz, sat(RIGHT), {"q-two": other})
        assert line is not None
        assert line.effect == "kept"
        assert after_line(line, {"q-two": other}) == line.sat

    @given(
        st.fixed_dictionaries({each: st.sampled_from([RIGHT[each], WRONG[each]]) for each in ITEMS}),
        st.lists(
            st.builds(Amendment, st.sampled_from(ITEMS), st.sampled_from(["everyone", "drop"])),
            max_size=3,
            unique_by=lambda each: each.item_id,
        ),
    )
    def test_never_for_the_worse_and_once(self, chosen: Any, decisions: list[Amendment]) -> None:
        by_item = {each.item_id: each for each in decisions}
        line = self.line(chosen, *decisions)
        if line is None:
            return
        before, after = line.before, line.after
        assert after.passed >= before.passed
        assert after.passed > before.passed or after.points * before.max_points >= before.points * after.max_points
        again = late_line(QUIZ_SPEC, after_line(line, by_item), by_item)
        assert again is None or again.effect == "kept"


def item_of(item_id: str, **changes: Any) -> Any:
    given_ = item(item_id, "multiple", points=3, **changes)
    found = type(QUIZ_SPEC).read({**QUIZ, "items": [QUIZ["items"][0], given_, QUIZ["items"][2]]}).item(item_id)
    assert found is not None
    return found
