"""Counting sheets, and what the figures say."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lms.errors import RuleBroken
from lms.surveys.rules import comments, loop, texts
from lms.surveys.rules.loop import Told, Version
from lms.surveys.rules.results import (
    ABOVE,
    ANSWERED,
    BELOW,
    Count,
    Figures,
    Part,
    Slice,
    Tally,
    add_up,
    compare,
    count_answers,
    languages_of,
    narrow,
    needed,
    showable,
    step_of,
    versions_of,
)


def test_every_type_is_counted() -> None:
    sheets = [
        {"useful": 4, "length": "short", "ways": ["b", "a"], "help": {"boss": 2, "team": 5}, "visits": 7},
        {"useful": 4, "visits": 2.5, "ways": ["b"]},
        {},
    ]
    assert count_answers(sheets, frozenset({"visits"})) == [
        Tally("help.boss", "likert", ANSWERED, 1),
        Tally("help.boss", "likert", "2", 1),
        Tally("help.team", "likert", ANSWERED, 1),
        Tally("help.team", "likert", "5", 1),
        Tally("length", "choice", ANSWERED, 1),
        Tally("length", "choice", "short", 1),
        Tally("useful", "likert", ANSWERED, 2),
        Tally("useful", "likert", "4", 2),
        Tally("visits", "number", ANSWERED, 2, 9.5),
        Tally("visits", "number", "10", 1),
        Tally("visits", "number", "5", 1),
        Tally("ways", "choices", ANSWERED, 2),
        Tally("ways", "choices", "a", 1),
        Tally("ways", "choices", "b", 2),
    ]


@pytest.mark.parametrize(
    ("value", "step"), [(-1, BELOW), (0, "0"), (1, "1"), (2, "2"), (3, "5"), (10_000, "10000"), (10_001, ABOVE)]
)
def test_numbers_are_counted_in_steps(value: float, step: str) -> None:
    assert step_of(value) == step


@pytest.mark.parametrize(
    ("parts", "is_pooled", "shown"),
    [
        ([Part("a", 11, 11)], False, {"a"}),
        ([Part("a", 10, 11)], False, set()),
        ([Part("a", 10, 11), Part("b", 1, 11)], False, {"a", "b"}),
        ([Part("a", 10, 40), Part("b", 11, 40), Part("c", 1, 40)], False, {"a", "b", "c"}),
        ([Part("a", 6, 40), Part("b", 20, 40), Part("c", 3, 40)], False, {"b"}),
        ([Part("a", 11, 33)], True, set()),
        ([Part("a", 33, 40)], True, {"a"}),
        ([Part("a", 32, 40), Part("b", 11, 11)], True, {"b"}),
        ([Part("a", 10, 12), Part("b", 12, 13)], True, {"b"}),
        ([Part("a", 10, 12), Part("b", 10, 13)], True, set()),
        ([], False, set()),
    ],
)
def test_what_is_enough_alone_is_shown_alone_and_the_rest_together(
    parts: list[Part], is_pooled: bool, shown: set[str]
) -> None:
    assert showable(parts, 11, is_pooled=is_pooled) == shown


def test_a_cell_of_several_subjects_needs_as_many_more_answers() -> None:
    assert needed(Part("a", 5, 5), 11, is_pooled=True) == 11
    assert needed(Part("a", 5, 70), 11, is_pooled=True) == 66
    assert needed(Part("a", 5, 70), 11, is_pooled=False) == 11
    assert showable([Part("a", 20, 25)], 20, is_pooled=False) == {"a"}
    assert showable([Part("a", 19, 25)], 20, is_pooled=False) == set()


def scale(*numbers: int, question: str = "useful", language: str | None = "en", version: int | None = 1) -> list[Count]:
    """Return the counts of answers 1 to 5."""
    labels = (language, version)
    counts = [Count(question, "likert", str(n), *labels, number) for n, number in enumerate(numbers, 1) if number]
    return [Count(question, "likert", ANSWERED, *labels, sum(numbers)), *counts]


def test_a_scale_has_a_mean_and_a_share() -> None:
    (figures,) = add_up(scale(1, 0, 2, 5, 4)).values()
    assert (figures.answered, figures.mean, figures.top_share) == (12, pytest.approx(47 / 12), 75)
    assert (figures.middle, figures.share("1")) == (None, 8)


def test_numbers_have_a_mean_and_a_middle() -> None:
    figures = Figures("visits", "number", 12, {"0": 5, "5": 1, "10": 6}, 60.0)
    assert (figures.mean, figures.middle, figures.top_share) == (5.0, "5", None)
    assert Figures("visits", "number", 11, {ABOVE: 11}, 1e6).middle == ABOVE
    assert Figures("length", "choice", 11, {"short": 11}).mean is None


def test_filters_add_up_whole_cells() -> None:
    counts = [
        *scale(0, 0, 0, 11, 0),
        *scale(0, 0, 11, 0, 0, version=2),
        *scale(0, 12, 0, 0, 0, language="sm", version=None),
        *scale(13, 0, 0, 0, 0, language=None),
    ]
    assert add_up(counts)["useful"].answered == 47
    assert add_up(narrow(counts, Slice("en")))["useful"].answered == 22
    assert add_up(narrow(counts, Slice(version=1)))["useful"].answered == 24
    assert add_up(narrow(counts, Slice("en", 2)))["useful"].counts == {"3": 11}
    assert narrow(counts, Slice("to")) == []
    assert (languages_of(counts), versions_of(counts)) == (["en", "sm"], [1, 2])


def test_a_question_that_changed_its_type_keeps_the_one_with_more_answers() -> None:
    other = [Count("useful", "choice", ANSWERED, "en", 1, 11), Count("useful", "choice", "yes", "en", 1, 11)]
    assert add_up([*scale(0, 0, 0, 12, 0), *other])["useful"].kind == "likert"
    assert add_up([*other, *scale(0, 0, 0, 10, 0)])["useful"].kind == "choice"


def test_before_and_since_leave_out_what_holds_several_versions() -> None:
    counts = [
        *scale(0, 0, 0, 11, 0),
        *scale(0, 0, 0, 0, 12, version=5),
        *scale(0, 0, 0, 0, 13, version=7),
        *scale(99, 0, 0, 0, 0, version=None),
        *scale(99, 0, 0, 0, 0, question="other"),
    ]
    before, since = compare(counts, "useful", 5)
    assert before is not None
    assert since is not None
    assert (before.answered, since.answered, since.top_share) == (11, 25, 100)
    assert compare(counts, "useful", 1)[0] is None
    assert compare(counts, "useful", 8)[1] is None


def refused(code: str, fn: object, *args: object) -> None:
    with pytest.raises(RuleBroken) as caught:
        fn(*args)  # type: ignore[operator]
    assert caught.value.code == code


def test_a_comment_has_words_and_an_unsigned_one_only_a_month() -> None:
    assert comments.check_comment("  More time. ") == "More time."
    refused("no_words", comments.check_comment, " \n")
    refused("too_many_letters", comments.check_comment, "x" * 2001)
    assert comments.day_of(date(2026, 3, 5), is_signed=True) == date(2026, 3, 5)
    assert comments.day_of(date(2026, 3, 5), is_signed=False) == date(2026, 3, 1)


def test_turns_are_of_one_person_on_one_day() -> None:
    turns, today = comments.Turns(), date(2026, 3, 5)
    for _ in range(comments.A_DAY):
        turns.take(1, today)
    refused("too_many_comments", turns.take, 1, today)
    turns.take(2, today)
    turns.take(1, date(2026, 3, 6))


def test_workers_are_told_in_english_at_least_and_in_whole_sentences() -> None:
    said = Told("Too long.", "It is shorter.")
    nothing = Told("", "")
    assert loop.check_told({"en": said, "es": nothing}) == {"en": {"said": "Too long.", "changed": "It is shorter."}}
    refused("english_missing", loop.check_told, {"es": said})
    refused("english_missing", loop.check_told, {"en": Told("Too long.", "")})
    refused("half_told", loop.check_told, {"en": said, "sm": Told("", "Ua puʻupuʻu.")})
    told = {"en": {"said": "a", "changed": "b"}, "es": {"said": "c", "changed": "d"}}
    assert loop.in_language(told, "es") == (Told("c", "d"), "es")
    assert loop.in_language(told, "to") == (Told("a", "b"), "en")


def test_later_versions_answer_the_newest_first() -> None:
    found = datetime(2026, 3, 5, tzinfo=UTC)
    days = [datetime(2026, month, 1, tzinfo=UTC) for month in (2, 4, 5)]
    versions = [Version(n, n, n, at, at.date()) for n, at in enumerate(days, 1)]
    assert [each.number for each in loop.answering(versions, found)] == [3, 2]
    assert loop.taught("certificate:core") == ("track", "core")
    assert loop.taught("module:alpha") == ("module", "alpha")


def text(language: str, state: str = "", english: str | None = None, words: str = "words") -> texts.FreeText:
    return texts.FreeText("1", "change", "feedback", None, language, words, state, english)


def test_who_sees_a_text_and_as_what() -> None:
    nobody, samoan = frozenset[str](), frozenset({"sm"})
    assert text("en").shown == "words"
    assert not text("en").is_for(samoan)
    fresh = text("sm")
    assert fresh.shown is None
    assert fresh.is_for(samoan)
    assert not fresh.is_for(frozenset({"to"}))
    assert not fresh.is_for(nobody)
    assert text("sm", "shown", "English").shown == "English"
    assert not text("sm", "shown", "English").is_for(samoan)
    passed = text("en", "passed", "words")
    assert passed.is_for(frozenset({"to"}))
    assert not passed.is_for(nobody)
    assert passed.shown is None
    flagged = text("en", "flagged", "words")
    assert flagged.is_to_judge
    assert flagged.shown is None
    assert text("en", "removed", None, "").shown is None
    assert (flagged.original, text("sm", "flagged", "English", "").original) == ("words", "English")
    assert text("en", "removed", None, "").original == ""


def test_english_has_words() -> None:
    assert texts.check_english(" More. ") == "More."
    refused("no_words", texts.check_english, "")
    refused("too_many_letters", texts.check_english, "x" * 2001)
