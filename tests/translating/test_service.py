"""Reports: kept once, decided once by who knows the language, and what a confirmed one gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.actor import Actor
from lms.assessments.models import Attempt, Restoration
from lms.assessments.queries import Wording, list_failed, list_harmed
from lms.assessments.service import Shown
from lms.audit.models import AuditEvent
from lms.config import ROOT
from lms.content.folder import read_folder
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotAllowed, NotFound, RuleBroken
from lms.ids import new_client_id
from lms.publish.specs import SHAPES
from lms.translating import policy, queries, service
from lms.translating.models import WordingReport
from lms.translating.rules import MOST_A_DAY
from tests.assessments.test_service import sheet, start, submit
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import QUIZ, RIGHT, UNSAFE, actor_of, item, module, publish_drafts, standard
from tests.racing import outcomes, race

TONGAN = Shown("to")
AT_ONE = "quiz.yml:q-one"


class Readers:
    """Workers who take the quiz of alpha and report its words, and who decides about them."""

    def __init__(self, make: Make) -> None:
        publish_drafts()
        self.make = make
        self.translator = self.staff("translator", translates=frozenset({"to"}))
        self.certifier = self.staff("certifier")

    def staff(self, role: str, **more: Any) -> Actor:
        person = self.make.person(roles=(role,) if role != "translator" else ())
        return replace(actor_of(person), roles=frozenset({"worker", role}), **more)

    def took(self, chosen: Any, shown: Shown = TONGAN) -> tuple[Actor, str]:
        worker = actor_of(self.make.person())
        public_id = start(worker, shown=shown)
        submit(worker, sheet(public_id, chosen), key=new_client_id(), shown=shown)
        return worker, public_id

    def passage(self, worker: Actor, attempt: str, at: str = AT_ONE, locale: str = "to") -> queries.Passage:
        return queries.find_passage(reading(), worker.person_id, "module", "alpha", at, locale=locale, attempt=attempt)

    def report(self, worker: Actor, passage: queries.Passage, *, at: Any = AT, key: str = "", **more: str) -> str:
        said = {"fault": "no-sense", "words": "", **more}
        once = key or new_client_id()
        made = write(lambda s: service.report_wording(s, worker, passage, **said, client_id=once, at=at))
        reading().rollback()
        return made

    def decide(self, public_id: str, state: str = "confirmed", *, by: Actor | None = None, answer: str = "") -> int:
        who = by or self.translator
        count = write(lambda s: service.decide_report(s, who, public_id, state=state, answer=answer, at=AT))
        reading().rollback()
        return count


def restored(person_id: int) -> set[int]:
    """Return the numbers of a person's attempts at alpha that were given back."""
    back = select(Attempt.number).join(Restoration, Restoration.attempt_id == Attempt.id)
    return set(reading().scalars(back.where(Attempt.person_id == person_id, Attempt.module_key == "alpha")))


@pytest.fixture
def readers(app: Flask, make: Make) -> Readers:
    return Readers(make)


def test_a_report_keeps_the_exact_wording_and_counts_once(readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE)
    passage, key = readers.passage(worker, attempt), new_client_id()
    public_id = readers.report(worker, passage, key=key, words=" What? ")
    assert readers.report(worker, passage, key=key) == public_id
    row = reading().execute(select(WordingReport)).scalar_one()
    words = current(reading()).words("module", "alpha", "to")
    assert (row.kind, row.key, row.address, row.locale) == ("module", "alpha", AT_ONE, "to")
    assert (row.revision_id, row.locale_revision_id) == (passage.revision_id, words.revision_id)
    assert (row.state, row.words, row.attempt_id) == ("new", "What?", passage.attempt_id)
    kept = reading().execute(select(AuditEvent.action, AuditEvent.details).order_by(AuditEvent.id.desc())).first()
    assert kept is not None
    assert tuple(kept) == ("translating.reported", {"fault": "no-sense"})


def test_a_day_holds_so_many_reports(readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE)
    passage = readers.passage(worker, attempt)
    for _ in range(MOST_A_DAY):
        readers.report(worker, passage)
    with pytest.raises(RuleBroken, match="too_many_reports"):
        readers.report(worker, passage, at=AT + timedelta(hours=23))
    readers.report(worker, passage, at=AT + timedelta(hours=24))


def test_a_confirmed_report_gives_back_what_failed_in_these_words(readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE)
    harmed, _ = readers.took(UNSAFE)
    passed, _ = readers.took(RIGHT)
    english, _ = readers.took(UNSAFE, Shown("en"))
    public_id = readers.report(worker, readers.passage(worker, attempt))
    assert readers.decide(public_id, answer="Thank you.") == 2
    given_back = {each: restored(each.person_id) for each in (worker, harmed, passed, english)}
    assert list(given_back.values()) == [frozenset({1}), frozenset({1}), frozenset(), frozenset()]
    (own,) = queries.list_own(reading(), worker.person_id)
    assert (own.state, own.answer, own.restored) == ("confirmed", "Thank you.", 2)
    rows = reading().execute(select(Restoration)).scalars().all()
    assert {(each.item_id, each.restored_by) for each in rows} == {("q-one", readers.translator.account_id)}
    results = reading().execute(select(Attempt.passed).order_by(Attempt.id)).scalars().all()
    assert results == [False, False, True, False], "results stay as they are"


def test_staff_read_that_an_attempt_was_given_back(readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE)
    public_id = readers.report(worker, readers.passage(worker, attempt))
    assert [each.granted for each in list_failed(reading(), worker.person_id)] == [0]
    readers.decide(public_id)
    (failed,) = list_failed(reading(), worker.person_id)
    assert (failed.granted, failed.granted_at) == (1, failed.closed_at), "she may try again at once"


def test_nobody_gives_an_attempt_back_to_herself(readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE)
    failed, _ = readers.took(UNSAFE)
    herself = replace(failed, roles=frozenset({"worker", "translator"}), translates=frozenset({"to"}))
    public_id = readers.report(worker, readers.passage(worker, attempt))
    with pytest.raises(RuleBroken, match="own_attempt"):
        readers.decide(public_id, by=herself)
    assert reading().execute(select(WordingReport.state)).scalar_one() == "new"
    assert readers.decide(public_id) == 2, "somebody else gives both back"


def test_what_was_given_back_is_not_given_back_again(readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE)
    first, second = (readers.report(worker, readers.passage(worker, attempt)) for _ in range(2))
    assert readers.decide(first) == 1
    assert readers.decide(second) == 0


def test_the_reporters_own_attempt_is_given_back_whatever_she_read_since(readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE, Shown("en"))
    passage = readers.passage(worker, attempt)
    assert readers.decide(readers.report(worker, passage)) == 1


def test_other_words_give_nothing_back(readers: Readers) -> None:
    worker, _attempt = readers.took(UNSAFE)
    publish_drafts(
        [*standard()[:4], module("alpha", quiz={**QUIZ, "items": [item("q-one", prompt="New?"), *QUIZ["items"][1:]]})]
    )
    lesson = queries.find_passage(
        reading(), worker.person_id, "module", "alpha", "lessons/first.md:part-of-first.1", locale="to"
    )
    assert readers.decide(readers.report(worker, lesson)) == 0
    survey = queries.find_passage(reading(), worker.person_id, "survey", "feedback", "feedback.yml:useful", locale="to")
    assert readers.decide(readers.report(worker, survey)) == 0
    wording = Wording("en", lesson.revision_id, lesson.locale_revision_id, None)
    assert list_harmed(reading(), "alpha", ["q-one"], wording) == [], "nobody answered it in the new words"


def test_the_same_words_in_another_version_are_given_back(readers: Readers) -> None:
    first, attempt = readers.took(UNSAFE)
    passage = readers.passage(first, attempt)
    changed = [each for each in standard() if (each.kind, each.key, each.locale) != ("module", "alpha", "en")]
    publish_drafts([*changed, module("alpha", quiz={**QUIZ, "pass_mark": 81})])
    readers.took(UNSAFE)
    assert readers.decide(readers.report(first, passage)) == 2


def test_words_that_are_right_stay_and_are_explained(readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE)
    public_id = readers.report(worker, readers.passage(worker, attempt))
    with pytest.raises(RuleBroken, match="answer_needed"):
        readers.decide(public_id, "not-wrong")
    assert readers.decide(public_id, "not-wrong", answer="It is the word that elders use.") == 0
    assert reading().execute(select(func.count()).select_from(Restoration)).scalar_one() == 0
    with pytest.raises(RuleBroken, match="decided"):
        readers.decide(public_id)


def test_who_may_decide(readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE)
    public_id = readers.report(worker, readers.passage(worker, attempt))
    with pytest.raises(NotFound):
        readers.decide(public_id, by=worker)
    with pytest.raises(NotFound):
        readers.decide(public_id, by=replace(readers.translator, translates=frozenset({"sm"})))
    with pytest.raises(NotAllowed):
        readers.decide(public_id, by=readers.staff("trainer"))
    with pytest.raises(NotAllowed):
        readers.decide(public_id, by=replace(worker, roles=frozenset({"worker", "certifier"})))
    assert readers.decide(public_id, by=readers.certifier) == 1


@pytest.mark.parametrize(
    ("role", "locale", "may"),
    [
        ("certifier", "en", True),
        ("administrator", "en", True),
        ("translator", "en", False),
        ("translator", "to", True),
        ("translator", "sm", False),
        ("certifier", "sm", True),
        ("administrator", "sm", False),
        ("analyst", "to", False),
    ],
)
def test_the_rule_of_deciding(readers: Readers, role: str, locale: str, may: bool) -> None:
    who = readers.staff(role, translates=frozenset({"to"}) if role == "translator" else frozenset())
    assert policy.can_decide(who, locale, 0) is may
    assert not policy.can_decide(who, locale, who.person_id)


def test_a_report_of_the_english_is_for_certifiers(readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE, Shown("en"))
    other, _ = readers.took(UNSAFE)
    public_id = readers.report(worker, readers.passage(worker, attempt, locale="en"))
    with pytest.raises(NotFound):
        readers.decide(public_id)
    assert readers.decide(public_id, by=readers.certifier) == 1
    assert restored(other.person_id) == set()


def test_two_who_confirm_at_once_do_it_once(app: Flask, readers: Readers) -> None:
    worker, attempt = readers.took(UNSAFE)
    public_id = readers.report(worker, readers.passage(worker, attempt))
    acts: list[Callable[[], int]] = [
        lambda who=who: write(  # type: ignore[misc]
            lambda s: service.decide_report(s, who, public_id, state="confirmed", answer="", at=AT)
        )
        for who in (readers.translator, readers.certifier)
    ]
    assert outcomes(race(app, *acts)) == ["decided", "done"]
    assert reading().execute(select(func.count()).select_from(Restoration)).scalar_one() == 1


class TestPassages:
    def test_a_question_is_shown_to_who_was_asked_it_without_its_key(self, readers: Readers) -> None:
        worker = actor_of(readers.make.person())
        attempt = start(worker, shown=TONGAN)
        passage = readers.passage(worker, attempt)
        assert next(each.words for each in passage.pieces) == "Fehuʻi ʻuluaki?"
        assert next(each.english for each in passage.pieces) == "Prompt of q-one?"
        assert all("canary" not in each.english for each in passage.pieces)
        with pytest.raises(NotFound):
            readers.passage(worker, attempt, "quiz.yml:q-one.feedback")
        submit(worker, sheet(attempt, UNSAFE), shown=TONGAN)
        assert any("canary" in each.english for each in readers.passage(worker, attempt).pieces)

    @pytest.mark.parametrize(
        ("kind", "key", "at", "attempt"),
        [
            ("module", "alpha", AT_ONE, ""),
            ("module", "alpha", AT_ONE, "x" * 20),
            ("module", "alpha", "quiz.yml:q-none", None),
            ("module", "alpha", "quiz.yml:", None),
            ("module", "beta", AT_ONE, None),
            ("module", "alpha", "lessons/first.md:none.1", ""),
            ("module", "alpha", "lessons/none.md:intro.1", ""),
            ("module", "alpha", "lessons/first.md:", ""),
            ("module", "alpha", "", ""),
            ("module", "none", "module.yml:title", ""),
            ("survey", "feedback", "feedback.yml:none", ""),
            ("survey", "feedback", "lessons/first.md:part-of-first.1", ""),
            ("track", "alpha", "module.yml:title", ""),
        ],
    )
    def test_what_is_not_there_or_not_hers_is_missing(
        self, readers: Readers, kind: str, key: str, at: str, attempt: str | None
    ) -> None:
        worker, own = readers.took(UNSAFE)
        named = own if attempt is None else attempt
        with pytest.raises(NotFound):
            queries.find_passage(reading(), worker.person_id, kind, key, at, locale="to", attempt=named)

    def test_the_attempt_of_another_is_missing(self, readers: Readers) -> None:
        _, attempt = readers.took(UNSAFE)
        with pytest.raises(NotFound):
            readers.passage(actor_of(readers.make.person()), attempt)

    def test_a_block_is_shown_as_its_lesson_shows_it(self, readers: Readers) -> None:
        passage = queries.find_passage(reading(), 1, "module", "alpha", "lessons/first.md:part-of-first.2", locale="to")
        (piece,) = passage.pieces
        assert piece.words == "<p>Ngaahi lea.</p>"
        assert piece.english == "<p>Words of first.</p>"

    def test_titles_and_surveys_are_words_too(self, readers: Readers) -> None:
        title = queries.find_passage(reading(), 1, "module", "alpha", "module.yml:title", locale="to")
        assert [each.words for each in title.pieces] == ["Hingoa ʻo alpha"]
        survey = queries.find_passage(reading(), 1, "survey", "feedback", "feedback.yml:length", locale="sm")
        assert [each.words for each in survey.pieces] == ["How long was it?", "Short", "Long"]
        assert {each.lang for each in survey.pieces} == {"en"}


def test_every_sentence_of_the_published_content_is_counted(readers: Readers) -> None:
    library = current(reading())
    progress = {(each.kind, each.key, each.locale): each.count for each in queries.count_progress(library)}
    sentences = queries.sentences_of(library.get("module", "alpha"))
    assert list(sentences)[:3] == ["module.yml:title", "module.yml:summary", "lessons/first.md:title"]
    tongan = progress["module", "alpha", "to"]
    assert tongan.total == len(sentences) == progress["module", "alpha", "es"].states["missing"]
    assert (tongan.states["approved"], tongan.states["draft"]) == (6, 8)
    assert progress["survey", "feedback", "sm"].states["draft"] == 1
    assert ("module", "gamma", "to") in progress


def test_the_count_of_sentences_is_that_of_the_files(content_app: Flask) -> None:
    folder = read_folder(ROOT / "content", SHAPES)
    library = current(reading())
    for kind in ("module", "survey"):
        for key in library.keys(kind):
            assert dict(queries.sentences_of(library.get(kind, key))) == folder.objects[kind, key].sentences()
