"""From attempts to stored figures: what counts, in which version, language and wording."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.assessments.jobs import analyse_quiz, run
from lms.assessments.models import AttemptAnswer, ItemAnalysis, QuizAnalysis
from lms.assessments.queries.analysis import ItemRow, QuizRow, list_flagged, list_item_rows, list_quiz_rows
from lms.assessments.queries.fairness import ItemFlag, flags_of
from lms.assessments.rules.analysis import right_values
from lms.assessments.specs import QuizSpec
from lms.content.library import Library
from lms.db import reading, write
from tests.assessments.analysis.crowd import Crowd
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import FRAMEWORK, QUIZ, TONGAN, item, module, publish_drafts, standard, words

#: How Tongan readers read alpha: of the third question there are no Tongan words.
TONGAN_READ = {"q-one": "to", "q-two": "to+en", "q-three": "en"}
ENTRIES = TONGAN.body["words"]


def right(_turn: int, item_id: str) -> tuple[str, ...]:
    return {"q-one": ("a",), "q-two": ("a", "b"), "q-three": ("true",)}[item_id]


def every_third_wrong(turn: int, item_id: str) -> tuple[str, ...]:
    if turn % 3:
        return right(turn, item_id)
    return {"q-one": ("c",), "q-two": ("a",), "q-three": ("false",)}[item_id]


@pytest.fixture
def library(app: Flask) -> Library:
    return publish_drafts()


@pytest.fixture
def crowd(library: Library, make: Make) -> Crowd:
    return Crowd(make.person("Ana").person_id)


def analysed(module_key: str = "alpha") -> tuple[dict[tuple[str, str, str], ItemRow], list[QuizRow]]:
    """Run the job and return {(item, locale, wording): figures} and the figures of the quiz."""
    analyse_quiz(module_key, at=AT)
    reading().rollback()
    items = list_item_rows(reading(), module_key)
    return {(row.item_id, row.locale, row.wording): row for row in items}, list_quiz_rows(reading(), module_key)


def test_figures_of_one_language(library: Library, crowd: Crowd) -> None:
    crowd.hand_in(library, 33, every_third_wrong)
    items, (quiz,) = analysed()
    one = items["q-one", "en", ""]
    assert (one.answers, one.with_english, one.facility, one.verdict, one.effect) == (33, 0, 22 / 33, None, None)
    assert one.facility_low < one.facility < one.facility_high
    assert one.discrimination == pytest.approx(1.0)
    assert [(each.value, each.share, each.thirds) for each in one.options] == [
        ("a", 22 / 33, (0.0, 1.0, 1.0)),
        ("c", 11 / 33, (1.0, 0.0, 0.0)),
    ]
    two = items["q-two", "en", ""]
    assert two.facility == pytest.approx((22 + 11 / 3) / 33), "one of three points for a part"
    assert [(each.value, each.share) for each in two.options] == [("a", 1.0), ("b", 22 / 33)]
    assert (quiz.people, quiz.seconds, quiz.locale, quiz.computed_at) == (33, 600, "en", AT)
    assert quiz.score == pytest.approx((22 + 11 / 9) / 33)
    assert quiz.alpha is not None
    assert quiz.alpha > 0.9


def test_first_attempts_that_were_handed_in_count_and_no_others(library: Library, crowd: Crowd) -> None:
    crowd.hand_in(library, 11, right)
    crowd.hand_in(library, 11, every_third_wrong, number=2)
    crowd.hand_in(library, 11, every_third_wrong, submitted=False)
    items, (quiz,) = analysed()
    assert quiz.people == 11
    assert {row.facility for row in items.values()} == {1.0}
    assert {row.discrimination for row in items.values()} == {None}


@pytest.mark.parametrize("count", [0, 10])
def test_fewer_than_eleven_have_no_figures(library: Library, crowd: Crowd, count: int) -> None:
    crowd.hand_in(library, count, right)
    assert analysed() == ({}, [])


def test_figures_move_in_steps_of_eleven_and_by_the_order_of_handing_in(library: Library, crowd: Crowd) -> None:
    crowd.hand_in(library, 12, every_third_wrong)
    before, _ = analysed()
    crowd.hand_in(library, 5, right, at=AT + timedelta(days=1))
    after, (quiz,) = analysed()
    assert (before, quiz.people) == (after, 11)
    crowd.hand_in(library, 7, lambda _turn, item_id: every_third_wrong(0, item_id), at=AT - timedelta(days=1))
    older_first, (quiz,) = analysed()
    assert quiz.people == 22
    assert older_first["q-one", "en", ""].facility == pytest.approx(11 / 22), (
        "seven wrong, four of twelve, none of three"
    )


def test_a_question_left_open_earns_nothing_and_counts(library: Library, crowd: Crowd) -> None:
    crowd.hand_in(library, 11, lambda turn, item_id: () if item_id == "q-one" and turn < 5 else right(turn, item_id))
    items, _ = analysed()
    one = items["q-one", "en", ""]
    assert (one.answers, one.facility) == (11, pytest.approx(6 / 11))
    assert [(each.value, each.share) for each in one.options] == [
        ("", pytest.approx(5 / 11)),
        ("a", pytest.approx(6 / 11)),
    ]


def test_what_nobody_has_judged_yet_is_left_out(library: Library, crowd: Crowd) -> None:
    crowd.hand_in(library, 22, right)
    waiting = update(AttemptAnswer).where(AttemptAnswer.item_id == "q-one").values(points=None, correct=None)
    write(lambda session: session.execute(waiting) and None)
    items, (quiz,) = analysed()
    assert {item_id for item_id, _, _ in items} == {"q-two", "q-three"}
    assert quiz.people == 22


def test_what_was_entered_from_paper_counts_and_tells_no_time(library: Library, crowd: Crowd, make: Make) -> None:
    trainer = make.person(roles=("trainer",)).account_id
    crowd.hand_in(library, 11, right, entered_by=trainer)
    items, (quiz,) = analysed()
    assert {row.answers for row in items.values()} == {11}
    assert (quiz.people, quiz.seconds) == (11, None)


def test_typed_words_are_kept_by_what_they_count_as_alone(app: Flask, make: Make) -> None:
    short = {"id": "q-short", "type": "short", "competency": "skills/talk", "prompt": "Which word?", "feedback": "F."}
    quiz = {"pass_mark": 60, "items": [short | {"accepted": {"en": ["water"]}}, *QUIZ["items"]]}
    library = publish_drafts([FRAMEWORK, module("ten", quiz=quiz, survey=None)])
    crowd = Crowd(make.person("Ana").person_id, "ten")
    typed = ("Water", "Ana Canary lives here")
    crowd.hand_in(
        library, 12, lambda turn, item_id: (typed[turn % 2],) if item_id == "q-short" else right(turn, item_id)
    )
    items, _ = analysed("ten")
    assert {each.value for each in items["q-short", "en", ""].options} == {"right", "other"}
    assert right_values(library.spec(QuizSpec, "module", "ten").questions[0]) == {"right"}


def test_each_language_has_figures_of_its_own_and_english_words_count_for_no_translation(
    library: Library, crowd: Crowd
) -> None:
    crowd.hand_in(library, 22, right)
    crowd.hand_in(library, 22, every_third_wrong, locale="to", shown=TONGAN_READ)
    items, quizzes = analysed()
    assert {(row.locale, row.people) for row in quizzes} == {("en", 22), ("to", 22)}
    assert {(item_id, locale) for item_id, locale, _ in items} == {
        ("q-one", "en"),
        ("q-two", "en"),
        ("q-three", "en"),
        ("q-one", "to"),
        ("q-two", "to"),
    }
    assert items["q-three", "en", ""].answers == 22, "what Tongan readers read in English is not theirs, nor English"
    both = {item_id: row.with_english for (item_id, locale, _), row in items.items() if locale == "to"}
    assert both == {"q-one": 0, "q-two": 22}


def test_answers_to_changed_words_are_not_mixed(library: Library, crowd: Crowd) -> None:
    crowd.hand_in(library, 11, right, locale="to", shown=TONGAN_READ)
    changed = {**ENTRIES, "quiz.yml:q-one.prompt": {**ENTRIES["quiz.yml:q-one.prompt"], "text": "Fehuʻi foʻou?"}}
    others = [each for each in standard() if each is not TONGAN]
    entries = {key: (each["source"], each["text"], each["state"]) for key, each in changed.items()}
    later = publish_drafts([*others, words("module", "alpha", "to", entries)])
    crowd.hand_in(later, 11, every_third_wrong, locale="to", shown=TONGAN_READ)
    items, quizzes = analysed()
    assert [row.people for row in quizzes] == [22], "the English of the quiz is the same"
    ones = [row for (item_id, _, _), row in items.items() if item_id == "q-one"]
    assert [row.facility for row in ones] == [1.0, pytest.approx(7 / 11)]
    assert len({row.locale_revision_id for row in ones}) == 2
    (two,) = [row for (item_id, _, _), row in items.items() if item_id == "q-two"]
    assert two.answers == 22, "its words are the same"
    assert [flag.item_id for flag in flags_of(reading(), "alpha")] == ["q-one", "q-two"], "today's words alone"


def test_answers_to_a_changed_question_are_not_mixed(library: Library, crowd: Crowd) -> None:
    crowd.hand_in(library, 11, right)
    quiz = {**QUIZ, "items": [item("q-one", critical=True, prompt="Asked anew?"), *QUIZ["items"][1:]]}
    later = publish_drafts(
        [each for each in standard() if each.key != "alpha" or each.kind != "module"] + [module("alpha", quiz=quiz)]
    )
    crowd.hand_in(later, 11, every_third_wrong)
    analyse_quiz("alpha", at=AT)
    rows = list_item_rows(reading(), "alpha")
    assert sorted((row.item_id, row.answers) for row in rows) == [
        ("q-one", 11), ("q-one", 11), ("q-three", 22), ("q-two", 22),
    ]  # fmt: skip
    assert [row.people for row in list_quiz_rows(reading(), "alpha")] == [11, 11]


def test_the_job_tells_what_it_did_and_twice_does_no_harm(library: Library, crowd: Crowd) -> None:
    assert run(None, at=AT) == ""  # type: ignore[arg-type]
    crowd.hand_in(library, 11, right)
    for _ in range(2):
        assert run(None, at=AT) == "1 quizzes, 0 wordings differ from English"  # type: ignore[arg-type]
    reading().rollback()
    counts = [reading().scalar(select(func.count()).select_from(model)) for model in (QuizAnalysis, ItemAnalysis)]
    assert counts == [1, 3]


# --- what is unfair in a translation, from rows to the translator's page -------------------------------------------

TEN = [f"t-{number}" for number in range(10)]


def ten_questions() -> tuple[Any, ...]:
    """Return a module with ten questions, and Tongan words for all of them."""
    quiz = {"pass_mark": 60, "items": [item(each) for each in TEN]}
    entries: dict[str, tuple[str, str, str]] = {}
    for each in TEN:
        entries[f"quiz.yml:{each}.prompt"] = (f"Prompt of {each}?", f"Fehuʻi {each}?", "approved")
        entries |= {f"quiz.yml:{each}.{o}": (f"Option {o} of {each}", f"Tali {o} {each}", "approved") for o in "abcd"}
    drafts = [FRAMEWORK, module("ten", quiz=quiz, survey=None), words("module", "ten", "to", entries)]
    return tuple(drafts)


def knowing(crowd: Crowd, harder: str | None = None) -> Any:
    """Return how readers answer who know more or less, by chance; `harder` is right far less often."""
    known: dict[int, float] = {}

    def choose(turn: int, item_id: str) -> tuple[str, ...]:
        level = known.setdefault(turn, crowd.chance.gauss(0.5, 0.2))
        level -= 0.35 if item_id == harder else 0.0
        return ("a",) if crowd.chance.random() < level else ("b",)

    return choose


def test_a_planted_fault_reaches_the_translators(app: Flask, make: Make) -> None:
    library = publish_drafts(ten_questions())
    crowd = Crowd(make.person("Ana").person_id, "ten")
    crowd.hand_in(library, 220, knowing(crowd))
    crowd.hand_in(library, 220, knowing(crowd, harder="t-4"), locale="to")
    assert analyse_quiz("ten", at=AT) == 1
    reading().rollback()
    flags = {flag.item_id: flag for flag in flags_of(reading(), "ten")}
    assert set(flags) == set(TEN)
    bad = flags["t-4"]
    assert (bad.locale, bad.effect, bad.favors, bad.answers, bad.differs) == ("to", "C", "en", 220, True)
    assert bad.log_odds is not None
    assert bad.log_odds_low is not None
    assert bad.log_odds_high is not None
    assert 0 < bad.log_odds_low < bad.log_odds < bad.log_odds_high
    assert [flag.item_id for flag in flags.values() if flag.differs] == ["t-4"]
    assert [(each.module_key, each.item_id, each.locale) for each in list_flagged(reading())] == [("ten", "t-4", "to")]


def test_what_readers_of_a_translation_find_easier_favors_them(app: Flask, make: Make) -> None:
    library = publish_drafts(ten_questions())
    crowd = Crowd(make.person("Ana").person_id, "ten")
    crowd.hand_in(library, 220, knowing(crowd, harder="t-4"))
    crowd.hand_in(library, 220, knowing(crowd), locale="to")
    analyse_quiz("ten", at=AT)
    (flag,) = [each for each in flags_of(reading(), "ten") if each.differs]
    assert (flag.item_id, flag.favors) == ("t-4", "to")


def test_of_few_answers_the_translators_page_says_that_nobody_can_tell(app: Flask, make: Make) -> None:
    library = publish_drafts(ten_questions())
    crowd = Crowd(make.person("Ana").person_id, "ten")
    crowd.hand_in(library, 55, knowing(crowd))
    crowd.hand_in(library, 11, knowing(crowd), locale="to")
    analyse_quiz("ten", at=AT)
    flags = flags_of(reading(), "ten")
    assert len(flags) == 10
    assert {(flag.effect, flag.favors, flag.differs) for flag in flags} == {(None, None, False)}


def test_without_english_answers_there_is_nothing_to_compare_with(app: Flask, make: Make) -> None:
    library = publish_drafts(ten_questions())
    crowd = Crowd(make.person("Ana").person_id, "ten")
    crowd.hand_in(library, 22, knowing(crowd), locale="to")
    analyse_quiz("ten", at=AT)
    assert {(each.effect, each.log_odds) for each in flags_of(reading(), "ten")} == {(None, None)}


@pytest.mark.parametrize("module_key", ["gamma", "nothing"])
def test_what_has_no_quiz_has_no_flags(library: Library, module_key: str) -> None:
    assert flags_of(reading(), module_key) == []


def test_the_shape_that_other_features_read() -> None:
    assert ItemFlag("q", "to", None, None, None, None, None, 0).differs is False
