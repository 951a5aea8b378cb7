"""When answers may leave the pool, and what they then say of where they belong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from lms.actor import Actor
from lms.db import reading, write
from lms.surveys import jobs, queries, rules, service
from lms.surveys.models import SurveyAnswer, SurveyWords, WaitingAnswer
from lms.surveys.rules import SHEETS, TEXTS, Labels, Waiting
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import draft, publish_drafts, secret_key, standard
from tests.surveys.test_service import ANSWERS, all_of, answer, look, publish_short, reader, waiting

MARCH, TODAY = date(2026, 3, 1), date(2026, 3, 20)
HERE = Labels("feedback", "module:alpha", 1, 7, 8, "en")


def sheets(count: int, labels: Labels = HERE, month: date = MARCH, group: int = 11) -> list[Waiting]:
    return [Waiting(labels, month, group, {}) for _ in range(count)]


def cells(waiting: list[Waiting], today: date = TODAY, stages: Any = SHEETS) -> list[tuple[int, Labels]]:
    return [(len(cell.rows), cell.labels) for cell in rules.part(waiting, stages, today)[0]]


@pytest.mark.parametrize(("count", "found"), [(10, []), (11, [(11, HERE)]), (30, [(30, HERE)])])
def test_eleven_stand_together(count: int, found: Any) -> None:
    assert cells(sheets(count)) == found


def test_what_was_promised_counts() -> None:
    assert cells(sheets(19, group=20) + sheets(1)) == [(20, HERE)]
    assert cells(sheets(18, group=20) + sheets(1)) == []


OTHER = {
    "language": replace(HERE, language="to"),
    "version": replace(HERE, subject_revision=9),
    "subject": replace(HERE, subject="module:beta"),
    "round": replace(HERE, round=2),
}


@pytest.mark.parametrize(
    ("what", "month", "labels"),
    [
        ("version", 4, None),
        ("version", 5, replace(HERE, revision=None, subject_revision=None)),
        ("language", 5, None),
        ("language", 6, replace(HERE, language=None)),
        ("subject", 12, None),
        ("round", 12, None),
    ],
)
def test_labels_are_given_up_after_a_while(what: str, month: int, labels: Labels | None) -> None:
    both = sheets(6) + sheets(6, OTHER[what])
    assert cells(both, date(2026, month, 1)) == ([(12, labels)] if labels else [])


def test_versions_and_languages_are_given_up_together() -> None:
    mixed = sheets(5) + sheets(4, OTHER["language"]) + sheets(4, replace(OTHER["language"], subject_revision=9))
    assert cells(mixed, date(2026, 6, 30)) == []
    assert cells(mixed, date(2026, 7, 1)) == [(13, replace(HERE, language=None, revision=None, subject_revision=None))]


@pytest.mark.parametrize(("count", "month", "found"), [(22, 9, 1), (21, 9, 0), (22, 8, 0)])
def test_over_modules_there_are_eleven_for_each_that_one_person_can_have(count: int, month: int, found: int) -> None:
    both = sheets(10) + sheets(count - 20, replace(HERE, language="es")) + sheets(10, OTHER["subject"])
    assert len(cells([*both], date(2026, month, 1), (SHEETS[0], SHEETS[4]))) == found


def test_texts_never_stand_beside_another_language() -> None:
    mixed = sheets(6) + sheets(6, OTHER["language"])
    assert cells(mixed, date(2027, 3, 1), TEXTS) == []
    modules = sheets(10) + sheets(10, OTHER["subject"])
    assert cells(modules, date(2027, 3, 1), TEXTS) == []
    assert cells([*modules, *sheets(2, OTHER["version"])], date(2026, 7, 1), TEXTS)[0][0] in {12, 22}
    two = [replace(each, question="one") for each in sheets(6)] + [replace(each, question="two") for each in sheets(6)]
    assert cells(two, date(2027, 3, 1), TEXTS) == []


LABELS = st.builds(
    Labels,
    st.just("feedback"),
    st.sampled_from(["module:a", "module:b", "module:c"]),
    st.sampled_from([1, 1, 1, 2]),
    st.sampled_from([1, 2]),
    st.sampled_from([3, 4]),
    st.sampled_from(["en", "en", "es", "to"]),
)


@given(
    st.lists(st.tuples(LABELS, st.integers(1, 12), st.integers(1, 15)), max_size=20),
    st.sampled_from([SHEETS, TEXTS]),
    st.integers(0, 400),
)
def test_no_cell_ever_holds_too_few(groups: list[Any], stages: Any, days: int) -> None:
    given_ = [each for labels, month, count in groups for each in sheets(count, labels, date(2026, month, 1))]
    found, left = rules.part(given_, stages, date(2026, 12, 31) + timedelta(days=days))
    assert sorted(map(id, [row for cell in found for row in cell.rows] + left)) == sorted(map(id, given_))
    for cell in found:
        most = len({(row.labels.subject, row.labels.round) for row in cell.rows})
        assert len(cell.rows) >= 11 * most
        for name in ("subject", "language", "revision", "subject_revision"):
            said = getattr(cell.labels, name)
            assert said is None or {getattr(row.labels, name) for row in cell.rows} == {said}


# ── In the database ──────────────────────────────────────────────────────────


@pytest.fixture
def readers(app: Flask, make: Make) -> list[Actor]:
    publish_short()
    return [reader(make) for _ in range(11)]


def release(at: Any = AT) -> tuple[int, int]:
    found = write(lambda s: service.release_answers(s, secret_key=secret_key(), at=at))
    reading().rollback()
    return found


def test_the_eleventh_answer_releases_all_with_their_words_apart(readers: list[Actor]) -> None:
    for number, each in enumerate(readers[:10]):
        answer(each, {**ANSWERS, "change": f"Word {number}"})
    assert release() == (0, 10)
    assert all_of(SurveyAnswer) == all_of(SurveyWords) == []
    assert len(waiting()) == 10
    assert queries.count_waiting(reading()) == {"feedback": 10}
    answer(readers[10], {"useful": "1"})
    assert release(AT + timedelta(days=40)) == (11, 0)
    rows, words = all_of(SurveyAnswer), all_of(SurveyWords)
    assert (len(rows), len(words)) == (11, 10)
    assert {(row.subject_key, row.language, row.month) for row in rows} == {("module:alpha", "to", date(2026, 4, 1))}
    assert len({row.batch for row in [*rows, *words]}) == 1
    assert sorted(row.text for row in words) == [f"Word {n}" for n in range(10)]
    assert {row.question_id for row in words} == {"change"}
    assert sorted(row.answers.get("length", "") for row in rows) == ["", *["short"] * 10]
    assert all("change" not in row.answers for row in rows)
    assert all_of(WaitingAnswer) == []
    assert look() == []


def test_what_waits_is_sealed_anew(readers: list[Actor]) -> None:
    answer(readers[0])
    (before,) = all_of(WaitingAnswer)
    first = (before.id, before.box)
    assert release() == (0, 1)
    (after,) = all_of(WaitingAnswer)
    assert after.id != first[0]
    assert after.box != first[1]
    assert len(after.box) == len(first[1])
    assert waiting()[0]["words"] == {"change": "I will ask more."}


def in_tongue(actor: Actor, tongue: str, at: Any = AT) -> None:
    how: dict[str, Any] = {"language": tongue, "secret_key": secret_key()}
    write(lambda s: service.answer_module_survey(s, actor, "alpha", ANSWERS, **how, at=at) and None)
    reading().rollback()


def test_words_of_mixed_languages_wait_alone(readers: list[Actor], make: Make) -> None:
    for number, each in enumerate(readers):
        in_tongue(each, "to" if number < 8 else "es")
    assert release(AT + timedelta(days=60)) == (0, 11)
    assert release(AT + timedelta(days=95)) == (11, 0)
    assert {row.language for row in all_of(SurveyAnswer)} == {None}
    assert all_of(SurveyWords) == []
    assert [row.kind for row in all_of(WaitingAnswer)] == ["words"] * 11
    assert look() == [], "words are counted against no receipt"
    later = AT + timedelta(days=100)
    for number in range(11):
        in_tongue(reader(make), "to" if number < 3 else "es", later)
    assert release(later) == (0, 11), "a text on a sheet that waits waits with it"
    assert release(later + timedelta(days=95)) == (11, 0)
    words = all_of(SurveyWords)
    assert sorted(row.language for row in words) == ["es"] * 11 + ["to"] * 11
    assert len({row.batch for row in words}) == 2
    assert all_of(WaitingAnswer) == []


def test_sheets_from_before_are_taken_into_the_pool(app: Flask, make: Make) -> None:
    publish_short()
    row = {"survey_key": "feedback", "subject_key": "module:alpha", "month": MARCH, "language": "en"}
    given_ = {"useful": 3, "length": "short", "change": "Old words"}
    write(lambda s: s.execute(insert(SurveyAnswer), [{"id": "f" * 32, **row, "answers": given_}]) and None)
    write(lambda s: s.execute(insert(SurveyAnswer), [
        {"id": "e" * 32, **row, "survey_key": "gone", "answers": given_}]) and None)  # fmt: skip
    assert release() == (0, 2)
    assert all_of(SurveyAnswer) == []
    found = {each["words"].get("length", ""): each for each in waiting()}
    assert (found[""]["answers"], found[""]["words"]) == ({"useful": 3, "length": "short"}, {"change": "Old words"})
    assert found["short"]["answers"] == {"useful": 3}, "of a survey that is gone nothing is sure to be a choice"
    assert {each["round"] for each in found.values()} == {1}


def test_the_job_tells_how_many(app: Flask, readers: list[Actor]) -> None:
    config = app.config["LMS"]
    assert jobs.run(config, at=AT) == ""
    for each in readers:
        answer(each)
    assert jobs.run(config, at=AT) == "11 released, 0 wait"


def test_a_box_opens_with_its_key_alone() -> None:
    key, other = rules.key_of("one"), rules.key_of("two")
    box = rules.seal(key, {"a": "ā"}, 500)
    assert rules.unseal(key, box) == {"a": "ā"}
    assert rules.unseal(other, box) is None
    assert rules.unseal(key, box[:-1] + bytes([box[-1] ^ 1])) is None
    assert rules.unseal(key, b"x") is None
    assert len(box) == len(rules.seal(key, {"a": "longer" * 20}, 500))
    assert b"longer" not in box


def test_the_longest_answers_fit_into_the_same_box(app: Flask, make: Make) -> None:
    publish_short()
    answer(reader(make), {"useful": "1"})
    answer(reader(make), {"useful": "5", "length": "short", "change": "\U0001f33a" * 1000})
    answer(reader(make), {"useful": "5", "change": '"\n' * 499 + '"'})
    assert len({len(row.box) for row in all_of(WaitingAnswer)}) == 1


def test_the_core_comes_first_with_its_own_words(app: Flask) -> None:
    own = {"id": "own", "type": "likert", "level": "reaction", "prompt": "Own?"}
    twice = {"id": "useful", "type": "likert", "level": "reaction", "prompt": "Again?"}
    frame = {"title": "T", "intro": "I.", "thanks": "Th.", "core": "feedback"}
    more = draft("survey", "more", "en", {"files": {"more.yml": {"key": "more", **frame, "questions": [own, twice]}}})
    scaled = {**frame, "key": "own", "questions": [own], "scale": list("abcde")}
    library = publish_drafts([*standard(), more, draft("survey", "own", "en", {"files": {"own.yml": scaled}})])
    asked = queries.whole_survey(library, "more").questions
    assert [(each.spec.id, each.home, each.scale_home) for each in asked] == [
        ("useful", "feedback", "feedback"),
        ("length", "feedback", "feedback"),
        ("change", "feedback", "feedback"),
        ("own", "more", "feedback"),
    ]
    assert asked[3].scale[0] == "None"
    assert queries.whole_survey(library, "own").questions[3].scale_home == "own"
    assert queries.revision_of(library, "module:gone") is None
