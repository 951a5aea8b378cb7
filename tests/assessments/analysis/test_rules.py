"""Edges of the analysis: nobody, everybody the same, half an answer, forms that were drawn."""

from __future__ import annotations

import random
from math import exp, log

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.assessments.rules.analysis import (
    TOO_FEW,
    Fairness,
    ItemKey,
    Response,
    Sheet,
    TooFew,
    Unit,
    Verdict,
    analyse,
    compare,
    entries_of,
    item_versions,
    part_shown,
    quiz_version,
    runs_backwards,
    wordings,
)
from lms.assessments.rules.analysis.effects import effect_of, verdict_of
from lms.assessments.rules.analysis.elevens import in_elevens, whole_elevens
from lms.assessments.rules.analysis.figures import figures_of, item_figures
from lms.assessments.rules.analysis.mantel_haenszel import Odds, chi_square, common_odds, expectation
from lms.assessments.rules.analysis.matching import ruler
from lms.assessments.rules.analysis.moments import correlation
from lms.assessments.rules.analysis.options import option_table
from lms.assessments.rules.analysis.quiz import quiz_figures
from lms.assessments.rules.analysis.reliability import alpha
from lms.assessments.rules.analysis.shrinking import shrunken
from lms.assessments.rules.analysis.strata import Stratum, counted, strata
from tests.assessments.analysis.simulated import KEYS, Setup, simulate

RIGHT, WRONG = Response(1.0, correct=True, tally=("a",)), Response(0.0, correct=False, tally=("b",))
ONE, TWO, THREE = KEYS[:3]


def sheet(*answers: bool, language: str = "en", wording: str | None = "") -> Sheet:
    given = {
        key: Response(float(right), right, ("a" if right else "b",), wording)
        for key, right in zip(KEYS, answers, strict=False)
    }
    return Sheet(language, given, "quiz", 60)


class TestFigures:
    def test_ten_answers_are_too_few_and_eleven_are_not(self) -> None:
        assert item_figures([RIGHT] * 10, [0.0] * 10) is TOO_FEW
        assert not isinstance(item_figures([RIGHT] * 11, [0.0] * 11), TooFew)

    def test_where_everybody_earns_the_same_nothing_is_told_apart(self) -> None:
        assert correlation([1.0, 1.0, 1.0], [0.1, 0.2, 0.3]) is None
        assert correlation([0.1, 0.2, 0.3], [1.0, 1.0, 1.0]) is None

    def test_a_question_asked_alone_has_no_rest(self) -> None:
        (figures,) = figures_of("en", [sheet(number % 2 == 0) for number in range(12)]).values()
        assert not isinstance(figures, TooFew)
        assert (figures.facility, figures.discrimination) == (0.5, None)

    @pytest.mark.parametrize(
        ("discrimination", "answers", "told"),
        [(None, 99, False), (0.4, 99, False), (-0.1, 99, False), (-0.3, 99, True), (-0.3, 11, False)],
    )
    def test_a_key_is_doubted_where_it_runs_backwards_more_than_by_chance(
        self, discrimination: float | None, answers: int, told: bool
    ) -> None:
        assert runs_backwards(discrimination, answers) is told

    def test_options_in_thirds_from_33_answers_on(self) -> None:
        tallies, rests = [("a", "c")] * 11 + [()] * 11 + [("b",)] * 11, [float(number) for number in range(33)]
        table = {each.value: each for each in option_table(tallies, rests)}
        assert list(table) == ["", "a", "b", "c"]
        assert table["a"].thirds == (1.0, 0.0, 0.0)
        assert table[""].thirds == (0.0, 1.0, 0.0)
        assert (table["b"].share, table["b"].rest) == (pytest.approx(1 / 3), 27.0)
        assert {each.thirds for each in option_table(tallies[:32], rests[:32])} == {None}
        assert {each.rest for each in option_table(tallies[20:32], rests[20:32])} == {None}

    def test_reliability_needs_eleven_people_two_questions_and_a_spread(self) -> None:
        assert alpha([sheet(True, False)] * 10) is TOO_FEW
        assert alpha([sheet(True)] * 11) is None
        assert alpha([sheet(True, True)] * 11) is None
        assert alpha([sheet(True, True)] * 6 + [sheet(False, False)] * 6) == pytest.approx(1.0)

    def test_reliability_of_forms_without_a_pair_in_common(self) -> None:
        """Every question and every pair was asked of one person alone: there is no variance to speak of."""
        forms = [Sheet("en", {ItemKey(f"x{n}", ""): RIGHT, ItemKey(f"y{n}", ""): WRONG}) for n in range(11)]
        assert alpha(forms) is None

    def test_a_quiz_of_ten_people_has_no_figures(self) -> None:
        assert quiz_figures([sheet(True, False)] * 10 + [Sheet("en", {})]) is TOO_FEW
        figures = quiz_figures([sheet(True, False)] * 12)
        assert not isinstance(figures, TooFew)
        assert (figures.people, figures.score, figures.alpha, figures.seconds) == (11, 0.5, None, 60)


class TestElevens:
    @given(st.integers(0, 10_000))
    def test_whole_elevens(self, count: int) -> None:
        kept = whole_elevens(count)
        assert kept % 11 == 0
        assert 0 <= count - kept < 11

    @given(st.integers(0, 60), st.integers(0, 60))
    def test_a_part_that_is_shown_leaves_no_small_group(self, part: int, rest: int) -> None:
        assume(part + rest >= 11)
        shown = part_shown(part, part + rest)
        assert shown in {None, part}
        assert (shown is None) == (0 < part < 11 or 0 < rest < 11)

    @given(st.lists(st.sampled_from(("en", "to")), max_size=60), st.integers(1, 4))
    def test_of_each_wording_the_oldest_elevens_stay(self, languages: list[str], asked: int) -> None:
        sheets = [sheet(*[True] * asked, language=each, wording="" if each == "en" else "w") for each in languages]
        kept = in_elevens(sheets)
        for language in ("en", "to"):
            own = [each for each in kept if each.language == language]
            assert len(own) == whole_elevens(languages.count(language))
            assert all(len(each.responses) == asked for each in own)
        assert kept == [each for number, each in enumerate(sheets) if each in kept and is_early(languages, number)]

    def test_what_was_read_in_another_language_stays_beside_the_rest(self) -> None:
        mixed = Sheet(
            "to", {ONE: Response(1.0, correct=True, wording="w"), TWO: Response(1.0, correct=True, wording=None)}
        )
        alone = Sheet("to", {TWO: Response(1.0, correct=True, wording=None)})
        assert in_elevens([mixed] * 11 + [alone]) == [mixed] * 11


def is_early(languages: list[str], number: int) -> bool:
    """Return whether a sheet is among the first elevens of its language."""
    own = languages[number]
    return languages[:number].count(own) < whole_elevens(languages.count(own))


class TestMatching:
    def test_where_all_are_asked_the_same_the_score_is_the_number_right(self) -> None:
        quiz = simulate(3, Setup(english=40, tongan=40))
        everybody = (*quiz.english, *quiz.tongan)
        by = ruler(everybody)
        for each in everybody:
            total = sum(response.correct for response in each.responses.values())
            assert set(by.scores(each).values()) == {total}

    def test_an_unclean_question_counts_for_itself_alone(self) -> None:
        quiz = simulate(3, Setup(english=40, tongan=40))
        by = ruler((*quiz.english, *quiz.tongan), [quiz.planted])
        for each in quiz.english:
            total = sum(response.correct for response in each.responses.values())
            own = each.responses[quiz.planted].correct
            scores = by.scores(each)
            assert scores.pop(quiz.planted) == total
            assert set(scores.values()) == {total - own}

    def test_who_was_asked_nothing_clean_is_matched_by_the_question_itself(self) -> None:
        by = ruler([sheet(True), sheet(False)], [ONE])
        assert by.size == 0
        assert [by.scores(sheet(right))[ONE] for right in (True, False)] == [1, 0]
        assert ruler([]).size == 0

    def test_who_drew_hard_questions_is_not_taken_for_weak(self) -> None:
        """Half of the easy one and of the hard one are asked alone: as good as all on each is the same score."""
        easy = [Sheet("en", {ONE: RIGHT if number else WRONG}) for number in range(4)]
        hard = [Sheet("en", {TWO: WRONG if number else RIGHT}) for number in range(4)]
        by = ruler([*easy, *hard])
        assert by.scores(easy[1])[ONE] - by.scores(hard[1])[TWO] in {0, 1}


class TestStrata:
    def test_scores_stay_apart_where_both_languages_are(self) -> None:
        both = Stratum(1, 2, 3, 4)
        assert strata({1: both, 2: both, 9: both}) == (both, both, both)

    def test_a_score_with_one_language_joins_the_next_but_no_far_one(self) -> None:
        english, tongan = Stratum(5, 5, 0, 0), Stratum(0, 0, 5, 5)
        assert strata({1: english, 3: tongan}) == (Stratum(5, 5, 5, 5),)
        assert strata({1: english, 4: tongan}) == ()
        assert strata({1: english, 4: english, 5: tongan}) == (Stratum(5, 5, 5, 5),)

    def test_what_is_left_at_the_top_joins_the_last(self) -> None:
        both, english = Stratum(1, 1, 1, 1), Stratum(3, 0, 0, 0)
        assert strata({5: both, 6: english}) == (Stratum(4, 1, 1, 1),)
        assert strata({5: both, 8: english}) == (both,)
        assert strata({}) == ()

    def test_counted(self) -> None:
        scored = [(1, False, True), (1, False, False), (1, True, True), (1, True, False), (2, True, False)]
        assert counted(scored) == {1: Stratum(1, 1, 1, 1), 2: Stratum(0, 0, 0, 1)}

    @given(st.dictionaries(st.integers(0, 30), st.tuples(*[st.integers(0, 4)] * 4).map(lambda cells: Stratum(*cells))))
    def test_no_stratum_lacks_a_language_and_nobody_is_counted_twice(self, at: dict[int, Stratum]) -> None:
        at = {score: each for score, each in at.items() if each.total}
        found = strata(at)
        assert all(each.reference and each.focal for each in found)
        for cell in range(4):
            assert sum(each[cell] for each in found) <= sum(each[cell] for each in at.values())


class TestOdds:
    def test_all_right_or_all_wrong_say_nothing(self) -> None:
        assert common_odds([Stratum(5, 0, 5, 0)]) is None
        assert common_odds([Stratum(0, 5, 0, 5)]) is None
        assert common_odds([]) is None

    def test_where_one_side_is_empty_there_is_still_a_figure(self) -> None:
        odds = common_odds([Stratum(10, 10, 0, 20)])
        assert odds is not None
        assert odds.log_odds == pytest.approx(log((200 / 40 + 0.125) / 0.125))
        assert 0 < odds.error < 5

    def test_without_spread_the_statistic_is_nought(self) -> None:
        assert chi_square(expectation([Stratum(5, 0, 5, 0)])) == 0

    @given(st.lists(st.tuples(*[st.integers(1, 20)] * 4), min_size=1, max_size=8))
    def test_changing_sides_turns_the_sign(self, cells: list[tuple[int, int, int, int]]) -> None:
        one = common_odds([Stratum(*each) for each in cells])
        other = common_odds([Stratum(c, d, a, b) for a, b, c, d in cells])
        assert one is not None
        assert other is not None
        assert one.log_odds == pytest.approx(-other.log_odds)
        assert one.error == pytest.approx(other.error)
        assert one.ratio == pytest.approx(exp(one.log_odds))

    @pytest.mark.parametrize(
        ("delta", "error", "chance", "effect", "verdict"),
        [
            (0.5, 0.2, 0.02, "A", Verdict.ALIKE),
            (0.5, 0.6, 0.9, "A", Verdict.TOO_FEW),
            (1.2, 0.3, 0.001, "B", Verdict.DIFFERS),
            (-1.2, 0.3, 0.001, "B", Verdict.DIFFERS),
            (1.2, 0.3, 0.2, "A", Verdict.TOO_FEW),
            (1.6, 0.2, 0.001, "C", Verdict.DIFFERS),
            (-1.6, 0.2, 0.001, "C", Verdict.DIFFERS),
            (1.6, 0.5, 0.001, "B", Verdict.DIFFERS),
            (3.0, 2.0, 0.3, "A", Verdict.TOO_FEW),
        ],
    )
    def test_effect_classes(self, delta: float, error: float, chance: float, effect: str, verdict: Verdict) -> None:
        odds = Odds(delta / -2.35, error / 2.35)
        assert odds.delta == pytest.approx(delta)
        assert effect_of(odds, chance) == effect
        assert verdict_of(effect_of(odds, chance), odds) is verdict


class TestShrinking:
    def test_of_two_questions_nothing_is_learned(self) -> None:
        assert shrunken([Odds(1.0, 0.5)] * 2) == [None, None]
        assert shrunken([]) == []

    def test_unsure_ones_are_drawn_closer(self) -> None:
        """Reckoned by hand: mean 1, variance 7, mean squared error (0.25 + 1 + 4) / 3."""
        spread = 7 - 5.25 / 3
        expected = [1 + (value - 1) * spread / (spread + error**2) for value, error in ((0, 0.5), (-1, 1), (4, 2))]
        assert shrunken([Odds(0, 0.5), Odds(-1, 1), Odds(4, 2)]) == pytest.approx(expected)

    def test_where_the_errors_explain_everything_all_are_their_mean(self) -> None:
        assert shrunken([Odds(0.1, 1), Odds(0.2, 1), Odds(0.3, 1)]) == pytest.approx([0.2, 0.2, 0.2])


class TestFairness:
    def test_only_those_who_read_the_words_count_for_them(self) -> None:
        quiz = simulate(1, Setup(english=60, tongan=60))
        seen = [Sheet("to", {**each.responses, ONE: Response(1.0, correct=True, wording=None)}) for each in quiz.tongan]
        found = compare(quiz.english, seen)
        assert Unit(ONE, "to", "words-1") not in found
        assert len(found) == 19

    def test_a_question_that_no_english_reader_had_cannot_be_compared(self) -> None:
        quiz = simulate(1, Setup(english=60, tongan=60))
        own = ItemKey("new", "v1")
        tongan = [
            Sheet("to", {**each.responses, own: Response(1.0, correct=True, wording="w")}) for each in quiz.tongan
        ]
        assert compare(quiz.english, tongan)[Unit(own, "to", "w")] == Fairness(Verdict.TOO_FEW)

    def test_where_everybody_is_right_nobody_can_tell(self) -> None:
        english, tongan = [sheet(True, True)] * 30, [sheet(True, True, language="to", wording="w")] * 30
        assert set(compare(english, tongan).values()) == {Fairness(Verdict.TOO_FEW)}

    def test_the_order_of_people_does_not_matter(self) -> None:
        quiz = simulate(1002, Setup(english=150, tongan=90))
        found = compare(quiz.english, quiz.tongan)
        chance = random.Random(1)
        english, tongan = chance.sample(quiz.english, 150), chance.sample(quiz.tongan, 90)
        again = compare(english, tongan)
        assert {unit: each.verdict for unit, each in again.items()} == {
            unit: each.verdict for unit, each in found.items()
        }

    def test_two_wordings_are_compared_apart(self) -> None:
        quiz = simulate(1, Setup(english=100, tongan=100))
        other = [
            Sheet(
                "to",
                {key: Response(each.share, each.correct, wording="words-2") for key, each in one.responses.items()},
            )
            for one in quiz.tongan[:50]
        ]
        found = compare(quiz.english, [*other, *quiz.tongan[50:]])
        assert {unit.wording for unit in found} == {"words-1", "words-2"}
        assert all(each.focal <= 50 for each in found.values())

    def test_small_groups_are_told_by_the_exact_test(self) -> None:
        few = compare(*_groups(20)).values()
        many = compare(*_groups(500)).values()
        assert any(each.is_exact for each in few)
        assert not any(each.is_exact for each in many)


def _groups(tongan: int) -> tuple[list[Sheet], list[Sheet]]:
    quiz = simulate(1, Setup(english=300, tongan=tongan))
    return quiz.english, quiz.tongan


def test_the_whole_analysis_keeps_only_what_has_figures() -> None:
    quiz = simulate(1, Setup(english=40, tongan=10))
    found = analyse([*quiz.english, *quiz.tongan])
    assert set(found.quizzes) == {("quiz", "en")}
    assert {unit.language for unit in found.items} == {"en"}
    assert found.fairness == {}
    assert analyse([]).items == {}


QUIZ = {
    "items": [
        {"id": "q", "prompt": "P?", "options": [{"id": "a", "text": "A"}], "key": ["a"], "feedback": "F"},
        {"id": "case", "prompt": "A story.", "items": [{"id": "part", "prompt": "And?", "key": True, "feedback": "F"}]},
    ]
}


class TestVersions:
    def test_questions_of_a_case_count_one_by_one(self) -> None:
        assert [(entry["id"], case) for entry, case in entries_of(QUIZ)] == [("q", ""), ("part", "case")]

    @pytest.mark.parametrize(
        ("path", "value", "changed"),
        [
            (("prompt",), "P!", {"q"}),
            (("key",), ["b"], {"q"}),
            (("points",), 2, {"q"}),
            (("feedback",), "G", set()),
            (("critical",), True, set()),
            (("competency",), "other", set()),
        ],
    )
    def test_what_makes_another_version(self, path: tuple[str, ...], value: object, changed: set[str]) -> None:
        before = item_versions(QUIZ)
        after = item_versions({"items": [{**QUIZ["items"][0], path[0]: value}, QUIZ["items"][1]]})
        assert {item_id for item_id in before if before[item_id] != after[item_id]} == changed
        assert (quiz_version(before) == quiz_version(after)) == (not changed)

    def test_another_story_makes_its_questions_others(self) -> None:
        other = {"items": [QUIZ["items"][0], {**QUIZ["items"][1], "prompt": "Another story."}]}
        before, after = item_versions(QUIZ), item_versions(other)
        assert [item_id for item_id in before if before[item_id] != after[item_id]] == ["part"]

    def test_the_order_of_questions_does_not_matter(self) -> None:
        assert quiz_version({"a": "1", "b": "2"}) == quiz_version({"b": "2", "a": "1"})

    @pytest.mark.parametrize(
        ("address", "entry", "changed"),
        [
            ("quiz.yml:q.a", {"text": "Other", "source": "A"}, {"q"}),
            ("quiz.yml:q.a", {"text": "Fili", "source": "Older"}, {"q"}),
            ("quiz.yml:q.a", {"text": "Fili", "source": "A", "state": "approved"}, set()),
            ("quiz.yml:q.feedback", {"text": "Other", "source": "F"}, set()),
            ("module.yml:title", {"text": "Other", "source": "T"}, set()),
            ("quiz.yml:case.prompt", {"text": "Talanoa", "source": "A story."}, {"part"}),
        ],
    )
    def test_what_makes_another_wording(self, address: str, entry: dict[str, str], changed: set[str]) -> None:
        words = {
            "quiz.yml:q.prompt": {"text": "Fehuʻi?", "source": "P?", "state": "draft"},
            "quiz.yml:q.a": {"text": "Fili", "source": "A", "state": "draft"},
        }
        before, after = wordings(QUIZ, words), wordings(QUIZ, {**words, address: entry})
        assert {item_id for item_id in before if before[item_id] != after[item_id]} == changed


def test_the_time_is_that_of_those_who_were_timed() -> None:
    timed, entered = sheet(True, False), Sheet("en", sheet(True, False).responses, "quiz", None)
    for count, told in ((10, None), (11, 60)):
        figures = quiz_figures([timed] * count + [entered] * 12)
        assert not isinstance(figures, TooFew)
        assert figures.seconds == told
