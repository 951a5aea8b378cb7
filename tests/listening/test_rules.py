"""Which reading is heard, what may be recorded, and what becomes of a recording."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.library import Source, Words
from lms.content.readings import (
    SYNTHESIZER,
    UNNAMED,
    Reading,
    Share,
    audio_share,
    is_lesson,
    largest,
    spoken_texts,
    today,
    words_sha256,
)
from lms.errors import RuleBroken
from lms.listening import rules
from lms.listening.rules import (
    best,
    check_accept,
    check_recording,
    check_restore,
    check_withdraw,
    shown_name,
    standing,
    to_take,
)

NOW, BEFORE = "n" * 64, "b" * 64
LESSON, QUESTION = "lessons/one.md", "quiz.yml:q-one"


def read(words: str = NOW, spoken: str = "Ana", sha256: str = "a") -> Reading:
    return Reading(sha256, 410_000, 80, "audio/mpeg", spoken, words)


class TestBest:
    def test_nothing_is_heard_of_nothing(self) -> None:
        assert best(None, [], NOW) is None

    @pytest.mark.parametrize(
        ("published", "recorded", "found", "is_older"),
        [
            (read(sha256="p"), [], "p", False),
            (read(sha256="p"), [read(sha256="r")], "r", False),
            (read(sha256="p"), [read(BEFORE, sha256="r")], "p", False),
            (read(spoken=SYNTHESIZER, sha256="p"), [read(BEFORE, sha256="r")], "p", False),
            (read(BEFORE, SYNTHESIZER, "p"), [read(BEFORE, sha256="r")], "r", True),
            (read(spoken=SYNTHESIZER, sha256="p"), [read(sha256="r"), read(sha256="older")], "r", False),
            (read(BEFORE, sha256="p"), [], "p", True),
        ],
    )
    def test_todays_words_then_people_then_what_is_new(
        self, published: Reading, recorded: list[Reading], found: str, is_older: bool
    ) -> None:
        heard = best(published, recorded, NOW)
        assert heard is not None
        assert (heard.sha256, heard.is_older) == (found, is_older)

    def test_exactly_these_words_or_none(self) -> None:
        assert best(read(BEFORE), [read(BEFORE)], NOW, exact=True) is None
        heard = best(read(BEFORE), [read(sha256="r")], NOW, exact=True)
        assert heard is not None and heard.sha256 == "r"

    @given(st.lists(st.builds(read, st.sampled_from([NOW, BEFORE]), st.sampled_from(["Ana", SYNTHESIZER, UNNAMED]))))
    def test_it_is_older_only_where_nothing_else_is_there(self, recorded: list[Reading]) -> None:
        heard = best(None, recorded, NOW)
        assert (heard is None) == (not recorded)
        if heard:
            assert heard.is_older == all(each.words == BEFORE for each in recorded)


@pytest.mark.parametrize(
    ("at", "seconds", "recent", "code"),
    [
        (LESSON, rules.LONGEST_LESSON, 0, None),
        (LESSON, rules.LONGEST_LESSON + 1, 0, "sound_too_long"),
        (QUESTION, rules.LONGEST_QUESTION, rules.MOST_A_DAY - 1, None),
        (QUESTION, rules.LONGEST_QUESTION + 1, 0, "sound_too_long"),
        (QUESTION, 1, rules.MOST_A_DAY, "too_many_recordings"),
    ],
)
def test_what_may_be_recorded(at: str, seconds: int, recent: int, code: str | None) -> None:
    refused(code, lambda: check_recording(at, seconds, recent))


@pytest.mark.parametrize(
    ("state", "spoken_by", "code"),
    [
        ("offered", 1, None),
        ("offered", 2, "own_recording"),
        ("accepted", 1, "recording_settled"),
        ("withdrawn", 1, "recording_settled"),
    ],
)
def test_a_second_person_accepts_what_is_offered(state: str, spoken_by: int, code: str | None) -> None:
    refused(code, lambda: check_accept(state, spoken_by, 2))


@pytest.mark.parametrize(("state", "code"), [("offered", None), ("accepted", None), ("withdrawn", "recording_settled")])
def test_it_is_withdrawn_once(state: str, code: str | None) -> None:
    refused(code, lambda: check_withdraw(state))


@pytest.mark.parametrize(
    ("state", "by", "code"),
    [("withdrawn", 1, None), ("withdrawn", 2, "recording_settled"), ("accepted", 1, "recording_settled")],
)
def test_who_withdrew_it_may_bring_it_back(state: str, by: int, code: str | None) -> None:
    refused(code, lambda: check_restore(state, by, 1))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("", ""), ("  ", ""), ("Mele  T.", "Mele T."), ("A\u0304na", "Āna"), ("a" * 79 + " b", "a" * 79)],
)
def test_a_name_is_kept_as_a_list_of_readings_keeps_it(typed: str, shown: str) -> None:
    assert rules.shown_name(typed) == shown


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Me\x07le", "name_characters"),
        ("123", "name_characters"),
        ("Synthesizer", "name_reserved"),
        (" community  member", "name_reserved"),
    ],
)
def test_a_name_that_misleads_is_refused(typed: str, code: str) -> None:
    refused(code, lambda: shown_name(typed))


def refused(code: str | None, check: Any) -> None:
    if code is None:
        check()
        return
    with pytest.raises(RuleBroken) as error:
        check()
    assert error.value.code == code


def test_what_goes_into_the_folder() -> None:
    newer, older = read(sha256="new"), read(sha256="old")
    assert to_take(None, [newer, older], NOW) == newer
    assert to_take(None, [read(BEFORE)], NOW) is None
    assert to_take(read(), [newer], NOW) is None
    assert to_take(read(spoken=SYNTHESIZER), [newer], NOW) == newer
    assert to_take(read(BEFORE), [newer], NOW) == newer


def test_how_a_place_stands() -> None:
    assert standing([], NOW) == "none"
    assert standing([read(BEFORE)], NOW) == "older"
    assert standing([read(BEFORE), read()], NOW) == "today"


class TestWords:
    PARTS = (
        ("lessons/one.md:title", "One *title*"),
        ("lessons/one.md:intro.1", "Say **who**  you [are](https://a.example)."),
    )

    def test_marks_are_not_spoken_and_do_not_count(self) -> None:
        texts = spoken_texts(self.PARTS, Words("en"))
        assert texts == ("One *title*", "Say who  you are.")
        plain = (self.PARTS[0], (self.PARTS[1][0], "Say who you are."))
        assert today(self.PARTS, Words("en")) == today(plain, Words("en"))

    def test_another_word_and_another_order_count(self) -> None:
        assert len({words_sha256(each) for each in (["a", "b"], ["b", "a"], ["a b"], ["a", "b", ""], ["a"])}) == 5

    def test_words_are_those_of_the_language_and_english_where_one_is_missing(self) -> None:
        entries = {"lessons/one.md:title": {"text": "Uno", "state": "draft", "source": "One *title*"}}
        assert spoken_texts(self.PARTS, Words("es", entries=entries)) == ("Uno", "Say who  you are.")

    def test_limits_follow_what_is_read(self) -> None:
        assert (is_lesson(LESSON), is_lesson(QUESTION)) == (True, False)
        assert largest(LESSON) > largest(QUESTION)


class TestShare:
    PARTS: ClassVar = {
        LESSON: (("lessons/one.md:title", "One"),),
        "lessons/two.md": (("lessons/two.md:title", "Two"),),
        QUESTION: (("q", "Q"),),
    }

    def test_lessons_with_todays_words_are_counted_and_questions_are_not(self) -> None:
        now = words_sha256(["One"])
        audio = {LESSON: read(now).as_data(), "lessons/two.md": read(BEFORE).as_data(), QUESTION: read().as_data()}
        source = Source("module", "m", 1, "s", {"files": {}, "audio": audio})
        assert audio_share(source, Words("en"), self.PARTS) == Share(2, 1)
        more = [("lessons/two.md", words_sha256(["Two"]))]
        assert audio_share(source, Words("en"), self.PARTS, more) == Share(2, 2)
        assert audio_share(source, Words("es"), self.PARTS) == Share(2, 0)
        spanish = Words("es", audio={LESSON: read(now).as_data()})
        assert audio_share(source, spanish, self.PARTS) == Share(2, 1)

    def test_shares_add_up(self) -> None:
        assert sum([Share(2, 1), Share(1, 1)], Share()) == Share(3, 2)
        assert (Share(3, 2).percent, Share().percent) == (66, 0)


def test_a_reading_survives_publishing() -> None:
    assert Reading(**read().as_data()) == read()
    assert replace(read(), spoken="x") != read()
