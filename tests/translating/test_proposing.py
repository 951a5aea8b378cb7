"""Proposals: kept once, lost never, decided by others than who wrote them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from lms.audit.models import AuditEvent
from lms.config import ROOT
from lms.content.extraction import extract, write_extracted
from lms.content.folder import read_folder
from lms.content.library import Words, current
from lms.content.service import draft, publish
from lms.content.status import list_status
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.publish.service import publish_directory
from lms.publish.specs import SHAPES
from lms.translating import queries, rules, service
from lms.translating.models import Proposal, ProposalStep, WordingRating
from lms.translating.queries import LOCALES, board
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import TODAY, TONGAN, module, publish_drafts, standard, words
from tests.racing import outcomes, race
from tests.translating.desk import LESSON, QUIZ, Desk


@pytest.fixture
def desk(app: Flask, make: Make) -> Desk:
    return Desk(make)


def count() -> int:
    return reading().execute(select(func.count()).select_from(Proposal)).scalar_one()


def republish(**changes: tuple[str, str, str]) -> None:
    """Publish the small library with other Tongan words of alpha."""
    entries = {at: (each["source"], each["text"], each["state"]) for at, each in TONGAN.body["words"].items()}
    made = words("module", "alpha", "to", {**entries, **{changes.pop("at", LESSON): each for each in changes.values()}})  # type: ignore[arg-type]
    drafts = [each for each in standard() if (each.key, each.locale) != ("alpha", "to")] + [made]
    write(lambda session: publish(session, drafts, None, at=AT) and None)
    reading().rollback()


def test_words_are_kept_once_with_what_they_were_made_from(desk: Desk) -> None:
    once = new_client_id()
    kept = desk.write(desk.ana, "  Ngaahi lea lelei. ", client_id=once)
    assert desk.write(desk.ana, "Ngaahi lea lelei.", client_id=once) == kept
    row = reading().execute(select(Proposal)).scalar_one()
    assert (row.text, row.english, row.upon) == ("Ngaahi lea lelei.", "Words of first.", "Ngaahi lea.")
    assert (row.written_by, row.is_aside) == (desk.ana.account_id, False)
    step = reading().execute(select(ProposalStep)).scalar_one()
    assert (step.step, step.taken_by, step.taken_at) == ("in review", desk.ana.account_id, AT)
    seen = desk.seen()
    assert (seen.standing.text, seen.standing.state) == ("Ngaahi lea lelei.", "in review")
    event = reading().execute(select(AuditEvent).order_by(AuditEvent.id.desc())).scalars().first()
    assert event is not None
    assert event.action == "translating.proposed"
    assert event.details == {"content": "module/alpha", "language": "to", "address": LESSON}


def test_letters_are_composed(desk: Desk) -> None:
    desk.write(desk.ana, "Lea ma\u0304lie")
    assert desk.seen().standing.text == "Lea mālie"


def test_a_draft_is_sent_later(desk: Desk) -> None:
    desk.write(desk.ana, "Lea fo'ou".replace("'", "ʻ"), is_draft=True)
    assert desk.seen().standing.state == "draft"
    with pytest.raises(RuleBroken, match="still_writing"):
        desk.step(desk.bea, "reviewed")
    desk.step(desk.ana, "in review")
    assert desk.seen().standing.state == "in review"


@pytest.mark.parametrize(
    ("text", "more", "refused"),
    [
        (" ", {}, "text_needed"),
        ("x" * 2001, {}, "text_too_long"),
        ("Ngaahi lea.", {}, "unchanged"),
        ("Fo'ou", {}, "faulty"),
        ("A {name}", {}, "faulty"),
        ("Two\nlines", {}, "faulty"),
        ("Lea\u0007", {}, "signs"),
        ("Lea\u2028lelei", {}, "signs"),
        ("Lea", {"english": "Other English."}, "english_changed"),
    ],
)
def test_what_cannot_be_kept(desk: Desk, text: str, more: dict[str, Any], refused: str) -> None:
    with pytest.raises(RuleBroken, match=refused):
        desk.write(desk.ana, text, **more)
    assert count() == 0


def test_two_at_once_lose_nothing(app: Flask, desk: Desk) -> None:
    seen = desk.seen()
    said = {"is_draft": False, "english": seen.english, "mark": seen.mark}
    acts: list[Callable[[], Any]] = [
        lambda who=who, text=text: write(  # type: ignore[misc]
            lambda s: service.propose(s, who, seen.place, text=text, **said, client_id=new_client_id(), at=AT)
        )
        for who, text in ((desk.ana, "Lea ʻa Ana"), (desk.bea, "Lea ʻa Bea"))
    ]
    assert outcomes(race(app, *acts)) == ["done", "done"]
    after = desk.seen()
    assert {each.version.text for each in after.versions} == {"Lea ʻa Ana", "Lea ʻa Bea"}
    assert sorted(each.version.is_aside for each in after.versions) == [False, True]
    assert after.standing.version is not None
    assert not after.standing.version.is_aside


def test_who_was_slower_sees_both_and_may_choose_hers(desk: Desk) -> None:
    before = desk.seen().mark
    first = desk.write(desk.ana, "Lea ʻa Ana")
    second = desk.write(desk.bea, "Lea ʻa Bea", mark=before)
    assert (first.is_aside, second.is_aside) == (False, True)
    assert desk.seen().standing.text == "Lea ʻa Ana"
    assert desk.write(desk.bea, "Lea ʻa Ana", mark=before).public_id == first.public_id, "both wrote the same"
    assert not desk.write(desk.bea, "Lea ʻa Bea").is_aside
    assert desk.seen().standing.text == "Lea ʻa Bea"
    assert count() == 3


def test_words_of_the_project_need_two_people(desk: Desk) -> None:
    with pytest.raises(RuleBroken, match="review_first"):
        desk.step(desk.ana, "approved")
    once = new_client_id()
    made = desk.step(desk.ana, "reviewed", client_id=once)
    assert desk.step(desk.ana, "reviewed", client_id=once) == made, "two taps"
    assert desk.step(desk.ana, "reviewed") == made
    with pytest.raises(RuleBroken, match="own_review"):
        desk.step(desk.ana, "approved")
    assert desk.step(desk.bea, "approved") == made
    row = reading().execute(select(Proposal)).scalar_one()
    assert (row.text, row.written_by) == ("Ngaahi lea.", None)
    steps = reading().execute(select(ProposalStep.step, ProposalStep.taken_by).order_by(ProposalStep.id))
    assert list(map(tuple, steps)) == [("reviewed", desk.ana.account_id), ("approved", desk.bea.account_id)]
    assert desk.seen().standing.state == "approved"
    actions = reading().execute(select(AuditEvent.action).where(AuditEvent.subject_kind == "proposal")).scalars().all()
    assert sorted(actions) == ["translating.approved", "translating.reviewed"]


def test_words_of_a_person_need_one_other_outside_quizzes(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    with pytest.raises(RuleBroken, match="own_words"):
        desk.step(desk.ana, "approved")
    desk.step(desk.bea, "approved")
    assert desk.seen().standing.state == "approved"


def test_words_of_a_quiz_need_two_others(desk: Desk) -> None:
    desk.write(desk.ana, "Fehuʻi foʻou?", QUIZ)
    with pytest.raises(RuleBroken, match="review_first"):
        desk.step(desk.bea, "approved", QUIZ)
    desk.step(desk.bea, "reviewed", QUIZ)
    for who, refused in ((desk.ana, "own_words"), (desk.bea, "own_review")):
        with pytest.raises(RuleBroken, match=refused):
            desk.step(who, "approved", QUIZ)
    desk.step(desk.clara, "approved", QUIZ)
    assert desk.seen(QUIZ).standing.state == "approved"


def test_a_certifier_approves_what_was_reviewed_and_nothing_else(desk: Desk) -> None:
    desk.write(desk.ana, "Fehuʻi foʻou?", QUIZ)
    with pytest.raises(NotFound):
        desk.step(desk.certifier, "reviewed", QUIZ)
    with pytest.raises(RuleBroken, match="review_first"):
        desk.step(desk.certifier, "approved", QUIZ)
    desk.write(desk.ana, "Lea foʻou")
    with pytest.raises(RuleBroken, match="review_first"):
        desk.step(desk.certifier, "approved")
    desk.step(desk.bea, "reviewed", QUIZ)
    desk.step(desk.certifier, "approved", QUIZ)
    assert desk.seen(QUIZ).standing.state == "approved"


def test_only_translators_of_the_language_write(desk: Desk) -> None:
    for who in (desk.samoan, desk.certifier, replace(desk.ana, roles=frozenset({"worker", "administrator"}))):
        with pytest.raises(NotFound):
            desk.write(who, "Lea")
        with pytest.raises(NotFound):
            desk.step(who, "reviewed")
    assert count() == 0


def test_other_words_begin_again(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    desk.write(desk.bea, "Lea lelei")
    assert desk.seen().standing.state == "in review"
    with pytest.raises(RuleBroken, match="own_words"):
        desk.step(desk.bea, "reviewed")


def test_nothing_is_decided_about_words_that_were_not_seen(desk: Desk) -> None:
    before = desk.seen().mark
    desk.write(desk.ana, "Lea foʻou")
    with pytest.raises(RuleBroken, match="overtaken"):
        desk.step(desk.bea, "approved", mark=before)


def test_changed_english_makes_a_proposal_stale_and_keeps_it(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    drafts = [each for each in standard() if (each.key, each.locale) != ("alpha", "en")]
    body: Any = module("alpha").body
    lesson = body["files"]["lessons/first.md"]
    lesson["markdown"] = lesson["markdown"].replace("Words of", "Other words of")
    publish_drafts([*drafts, draft("module", "alpha", "en", body)])
    seen = desk.seen()
    assert (seen.english, seen.standing.state) == ("Other words of first.", "stale")
    assert (seen.standing.text, seen.standing.made_from) == ("Lea foʻou", "Words of first.")
    with pytest.raises(RuleBroken, match="stale"):
        desk.step(desk.bea, "approved")
    desk.write(desk.bea, "Lea foʻou")
    assert desk.seen().standing.state == "in review", "the same words may fit the new English"


def test_published_words_are_done(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.step(desk.bea, "approved")
    republish(one=("Words of first.", "Lea foʻou", "approved"))
    assert desk.seen().standing.version is None
    assert desk.seen().standing.state == "approved"
    republish(one=("Words of first.", "Lea kehe", "draft"))
    seen = desk.seen()
    assert (seen.standing.text, seen.standing.state) == ("Lea kehe", "draft"), "the files held hers once"
    waiting = queries.list_queue(reading(), current(reading()), "to")
    assert seen.place in [each.place for each in waiting], "and so they are looked at again"


def test_a_kept_proposal_is_not_changed(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    with pytest.raises(DBAPIError, match="never changed"):
        write(lambda s: s.execute(update(Proposal).values(text="Forged")) and None)
    desk.step(desk.bea, "reviewed")
    with pytest.raises(DBAPIError, match="never changed"):
        write(lambda s: s.execute(update(ProposalStep).values(taken_by=desk.clara.account_id)) and None)


@pytest.mark.parametrize(
    "place",
    [
        {"address": "lessons/first.md:none.1"},
        {"key": "none"},
        {"kind": "nothing"},
        {"locale": "en"},
        {"locale": "fr"},
    ],
)
def test_what_is_not_there_is_missing(desk: Desk, place: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        desk.seen(**{"address": LESSON, **place})


MARKS = {"accuracy": 4, "fit": 3, "readability": 5}


class TestRatings:
    def rate(self, desk: Desk, who: Any, address: str = LESSON, **said: Any) -> None:
        seen, library = desk.seen(address), current(reading())
        part, source = rules.part_of(address), library.get("module", "alpha")
        newest = queries.list_open(reading(), library, ["to"], "module", "alpha")
        shown = queries.wording_of(source, library.words("module", "alpha", "to"), part, newest)
        assert seen.english
        kept = {"marks": MARKS, "comment": "", "wording": shown, **said}
        write(lambda s: service.rate(s, who, desk.place(address), **kept, at=AT))
        reading().rollback()

    def listed(self) -> list[queries.Rating]:
        library = current(reading())
        newest = queries.list_open(reading(), library, ["to"], "module", "alpha")
        source, words = library.get("module", "alpha"), library.words("module", "alpha", "to")
        return queries.list_ratings(reading(), source, words, newest)

    def test_they_are_of_the_words_that_the_page_shows(self, desk: Desk) -> None:
        with pytest.raises(RuleBroken, match="reworded"):
            self.rate(desk, desk.ana, wording="0" * 64)
        self.rate(desk, desk.ana)
        desk.write(desk.bea, "Lea foʻou")
        assert [each.is_today for each in self.listed()] == [False], "she has not judged what is proposed"
        self.rate(desk, desk.ana)
        republish(one=("Words of first.", "Lea foʻou", "in review"))
        assert [each.is_today for each in self.listed()] == [True, False], "the same words, published"

    def test_one_of_each_person_and_wording_that_may_change(self, desk: Desk) -> None:
        self.rate(desk, desk.ana)
        self.rate(desk, desk.ana, "lessons/first.md:title", comment=" Lelei ", marks={**MARKS, "fit": 5})
        self.rate(desk, desk.bea)
        found = self.listed()
        assert [(each.name, each.fit, each.comment, each.is_today) for each in found] == [
            ("Bea", 3, "", True),
            ("Ana", 5, "Lelei", True),
        ]
        assert {each.part for each in found} == {"lessons/first.md"}
        republish(one=("Words of first.", "Lea kehe", "draft"))
        assert [each.is_today for each in self.listed()] == [False, False]
        self.rate(desk, desk.ana)
        assert [each.is_today for each in self.listed()] == [True, False, False]

    def test_words_elsewhere_leave_it(self, desk: Desk) -> None:
        self.rate(desk, desk.ana, QUIZ)
        republish(one=("Words of first.", "Lea kehe", "draft"))
        assert [each.is_today for each in self.listed()] == [True]

    def test_who_and_what(self, desk: Desk) -> None:
        for who in (desk.samoan, desk.certifier):
            with pytest.raises(NotFound):
                self.rate(desk, who)
        with pytest.raises(NotFound, match="nothing is translated"):
            self.rate(desk, desk.ana, "lessons/second.md:title")
        for wrong in ({}, {**MARKS, "fit": 6}, {**MARKS, "fit": 0}, {"accuracy": 1}):
            with pytest.raises(RuleBroken, match="marks_needed"):
                self.rate(desk, desk.ana, marks=wrong)
        assert reading().execute(select(func.count()).select_from(WordingRating)).scalar_one() == 0


def test_every_sentence_of_every_kind_is_that_of_the_files(content_app: Flask) -> None:
    folder = read_folder(ROOT / "content", SHAPES)
    library = current(reading())
    kinds = {kind for kind, _ in folder.objects}
    assert {"certificate", "checklist", "framework", "track"} <= kinds
    for kind, key in folder.objects:
        made = folder.objects[kind, key]
        if made.sentences():
            source = queries.source_at(library, kind, key, "to")
            assert dict(queries.sentences_of(source)) == made.sentences(), (kind, key)


def test_the_board_counts_the_words_that_the_files_do(content_app: Flask) -> None:
    folder, library = read_folder(ROOT / "content", SHAPES), current(reading())
    lines = queries.list_board(library, LOCALES, {}, queries.audio_shares(reading(), library))
    counted = {(each.key, each.locale): (dict(each.share.words), each.share.days_stale(TODAY)) for each in lines}
    told = [each for each in list_status(folder, TODAY) if each.locale != "en"]
    assert counted == {(each.track, each.locale): (dict(each.words), each.stale_days) for each in told}
    assert len(counted) > 5
    heard = {(each.key, each.locale): (each.heard.lessons, each.heard.read) for each in lines}
    assert heard == {(each.track, each.locale): (each.lessons, each.spoken) for each in told}
    assert sum(read for _, read in heard.values()) > 0, "one lesson is read in Spanish"


def test_the_board_knows_since_when_and_what_waits(desk: Desk) -> None:
    assert desk.write(desk.ana, "Lea foʻou").public_id
    library = current(reading())
    source = library.get("module", "alpha")
    entries = {LESSON: {"text": "Lea", "state": "stale", "source": "Old.", "since": "2026-02-01"}}
    share = board.share_of(source, Words("to", None, "x", entries))
    assert (share.days_stale(date(2026, 2, 3)), share.words["stale"]) == (2, 3)
    newest = queries.list_open(reading(), library, ["to"])
    assert board._count_waiting(library, newest) == {("module", "alpha", "to"): 1}
    gone = {replace(place, key="none"): each for place, each in newest.items()}
    gone |= {replace(place, address="none"): each for place, each in newest.items()}
    assert board._count_waiting(library, gone) == {}
    republish(one=("Words of first.", "Lea foʻou", "in review"))
    assert board._count_waiting(current(reading()), newest) == {}


def test_one_changed_sentence_is_stale_in_three_languages_and_no_other(content_app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder)
    before = {(each.key, each.locale): each.share.words["stale"] for each in board_lines()}
    assert set(before.values()) == {0}
    file = folder / "modules" / "communication" / "lessons" / "listening.md"
    file.write_text(file.read_text("utf-8").replace("title: Listen first", "title: Listen before all", 1), "utf-8")
    extract_and_publish(folder)
    after = [each for each in board_lines() if each.share.words["stale"]]
    assert {each.key for each in after} == {"core", "first-steps"}, "the tracks that teach it"
    assert {each.locale for each in after} == set(LOCALES)
    assert {each.share.words["stale"] for each in after} == {3}
    assert {each.share.days_stale(TODAY + timedelta(days=2)) for each in after} == {2}
    library = current(reading())
    for locale in LOCALES:
        listed = queries.list_sentences(library, ("module", "communication", locale), {}, {})
        assert [each.address for each in listed if each.state == "stale"] == ["lessons/listening.md:title"]
        assert queries.list_queue(reading(), library, locale)[0].sentence.is_critical


def board_lines() -> list[queries.Line]:
    return queries.list_board(current(reading()), LOCALES, {}, {})


def extract_and_publish(folder: Path) -> None:
    write_extracted(extract(read_folder(folder, SHAPES), TODAY))
    publish_directory(folder, at=AT)
    reading().rollback()
