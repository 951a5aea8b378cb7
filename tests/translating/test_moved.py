"""A sentence that stands elsewhere now takes its proposals along: at the desk as when they are taken into the files."""

from __future__ import annotations

from typing import Any

import pytest

from lms.content.library import current
from lms.content.service import draft
from lms.db import reading
from lms.errors import NotFound, RuleBroken
from lms.translating import queries, rules
from lms.translating.queries import Place, Seen, board
from lms.translating.rules import Version
from tests.factories.learning import PUBLISHED_AT, TONGAN, module, publish_drafts, standard
from tests.translating.desk import LESSON, Desk
from tests.translating.test_desk_views import LIST, Desks, desks
from tests.translating.test_proposing import desk
from tests.translating.test_taking import Files, files, insert_before

__all__ = ["desk", "desks", "files"]
MOVED = "lessons/first.md:part-of-first.3"
SENTENCES = {"a.md:1": "One.", "a.md:2": "Two.", "b.md:1": "Three."}


def version(id_: int, english: str) -> Version:
    return Version(id_, "p" * 20, english, f"Text {id_}", "", "in review", 1)


@pytest.mark.parametrize(
    ("made", "counts"),
    [
        ([("a.md:1", 1, "One.")], {"a.md:1": 1}),
        ([("a.md:2", 1, "One.")], {"a.md:1": 1}),
        ([("a.md:2", 1, "One."), ("a.md:2", 2, "Two.")], {"a.md:1": 1, "a.md:2": 2}),
        ([("a.md:1", 1, "Gone.")], {"a.md:1": 1}),
        ([("a.md:1", 1, "One."), ("a.md:1", 2, "Gone.")], {"a.md:1": 1}),
        ([("a.md:1", 1, "Gone."), ("a.md:2", 2, "One.")], {"a.md:1": 2}),
        ([("a.md:1", 1, "Gone."), ("a.md:1", 2, "Two.")], {"a.md:2": 2}),
        ([("a.md:9", 1, "Gone.")], {"a.md:9": 1}),
    ],
)
def test_which_proposal_counts_where(made: list[tuple[str, int, str]], counts: dict[str, int]) -> None:
    versions = [(address, version(number, english)) for address, number, english in made]
    found = rules.counting(versions, SENTENCES)
    assert {address: each.id for address, each in found.items()} == counts


def publish_english(*changes: tuple[str, str], words: dict[str, Any] | None = None) -> None:
    """Publish the small library with another text of the first lesson of alpha, perhaps with other Tongan words."""
    body: Any = module("alpha").body
    lesson = body["files"]["lessons/first.md"]
    for before, after in changes:
        assert before in lesson["markdown"]
        lesson["markdown"] = lesson["markdown"].replace(before, after, 1)
    drafts = [each for each in standard() if (each.key, each.locale) not in (("alpha", "en"), ("alpha", "to"))]
    tongan = TONGAN if words is None else draft("module", "alpha", "to", {"words": words})
    publish_drafts([*drafts, draft("module", "alpha", "en", body), tongan])


def move(**more: Any) -> None:
    """Let the sentence at `LESSON` stand at `MOVED`, behind a new one."""
    publish_english(("Words of first.", "Sing first.\n\nWords of first."), **more)


def count_waiting() -> dict[tuple[str, str, str], int]:
    library = current(reading())
    return board._count_waiting(library, queries.list_open(reading(), library, ["to"]))


def listed(address: str) -> rules.Sentence:
    library = current(reading())
    newest = queries.list_open(reading(), library, ["to"])
    found = queries.list_sentences(library, ("module", "alpha", "to"), newest, {})
    return next(each for each in found if each.address == address)


def texts(seen: Seen) -> list[str]:
    return [each.version.text for each in seen.versions]


def test_its_proposals_stand_where_it_is_now(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    desk.write(desk.bea, "Lea kehe")
    move()
    here, there = desk.seen(MOVED), desk.seen(LESSON)
    assert (here.english, there.english) == ("Words of first.", "Sing first.")
    assert (here.standing.text, here.standing.state, here.standing.has_moved) == ("Lea kehe", "in review", False)
    assert texts(here) == ["Lea kehe", "Lea foʻou"]
    assert (there.versions, there.standing.version) == ((), None)
    assert (listed(MOVED).text, listed(MOVED).is_waiting) == ("Lea kehe", True)
    assert not listed(LESSON).is_waiting
    assert count_waiting() == {("module", "alpha", "to"): 1}
    assert desk.place(MOVED) in desk.waiting(desk.ana)
    with pytest.raises(RuleBroken, match="own_words"):
        desk.step(desk.bea, "approved", MOVED)
    made = desk.step(desk.ana, "reviewed", MOVED)
    desk.step(desk.clara, "approved", MOVED)
    assert desk.state(MOVED) == "approved"
    assert desk.place(MOVED) not in desk.waiting(desk.ana)
    assert here.newest is not None
    assert made == here.newest.public_id, "the proposal itself is decided about, not a copy"
    desk.withdraw(desk.clara, address=MOVED)
    assert desk.state(MOVED) == "reviewed"


def test_what_is_written_there_then_is_newer(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    move()
    assert not desk.write(desk.clara, "Lea lelei", MOVED).is_aside
    desk.write(desk.bea, "Hiva ʻuluaki", LESSON)
    assert texts(desk.seen(MOVED)) == ["Lea lelei", "Lea foʻou"]
    assert texts(desk.seen(LESSON)) == ["Hiva ʻuluaki"]
    assert desk.seen(LESSON).standing.state == "in review"
    assert count_waiting() == {("module", "alpha", "to"): 2}
    publish_english()
    assert texts(desk.seen(LESSON)) == ["Lea lelei", "Hiva ʻuluaki", "Lea foʻou"], "it came back to its place"
    assert desk.seen(LESSON).standing.text == "Lea lelei"
    assert desk.seen(LESSON).standing.state == "in review"


def test_what_was_written_for_english_that_is_gone_gives_way_to_what_came_after(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    publish_english(("Words of first.", "Other words."))
    assert desk.seen().standing.state == "stale"
    desk.write(desk.bea, "Lea kehe")
    publish_english(("Words of first.", "Sing first.\n\nOther words."))
    assert desk.seen(MOVED).standing.text == "Lea kehe"
    seen = desk.seen()
    assert texts(seen) == ["Lea foʻou"], "kept"
    assert (seen.standing.version, seen.newest, seen.standing.text) == (None, None, "Ngaahi lea.")
    assert desk.place() not in queries.list_open(reading(), current(reading()), ["to"])


def test_words_that_stand_twice_stay_at_their_place(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    publish_english(("Words of first.", "Sing first.\n\nWords of first.\n\nWords of first."))
    assert [desk.seen(each).versions for each in (MOVED, "lessons/first.md:part-of-first.4")] == [(), ()]
    assert desk.seen(LESSON).standing.state == "stale"


def test_words_of_the_project_move_with_their_review(desk: Desk) -> None:
    desk.step(desk.ana, "reviewed")
    move()
    seen = desk.seen(MOVED)
    assert (seen.standing.text, seen.standing.state) == ("Ngaahi lea.", "reviewed"), "the file was not extracted yet"
    said = TONGAN.body["words"]
    extracted = {**said, MOVED: said[LESSON]}
    del extracted[LESSON]
    move(words=extracted)
    seen = desk.seen(MOVED)
    assert (seen.filed.text, seen.standing.state, seen.standing.has_moved) == ("Ngaahi lea.", "reviewed", False)
    desk.step(desk.bea, "approved", MOVED)
    move(words={**extracted, MOVED: {**said[LESSON], "text": "Lea kehe"}})
    assert desk.seen(MOVED).standing.text == "Lea kehe", "the files held the former ones"


def test_what_the_files_held_at_the_former_place_is_done(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou", at=PUBLISHED_AT)
    said = TONGAN.body["words"]
    publish_english(words={**said, LESSON: {**said[LESSON], "text": "Lea foʻou", "state": "in review"}})
    move(words={**said, MOVED: {**said[LESSON], "text": "Lea kehe"}})
    seen = desk.seen(MOVED)
    assert (seen.standing.text, seen.standing.version) == ("Lea kehe", None)


def test_what_was_written_for_a_sentence_that_is_gone_stays_at_its_place(desk: Desk) -> None:
    desk.write(desk.ana, "Lea foʻou")
    move()
    publish_english(("Words of first.", "Sing."))
    seen = desk.seen(LESSON)
    assert (seen.english, seen.standing.text, seen.standing.state) == ("Sing.", "Lea foʻou", "stale")
    with pytest.raises(NotFound):
        desk.seen("lessons/first.md:part-of-first.99")


def test_the_desk_shows_what_take_takes(files: Files) -> None:
    address, english = "lessons/listening.md:the-first-minute.2", ""
    files.publish()
    english = queries.get_seen(reading(), current(reading()), files.place(address)).english
    files.desk.write(files.ana, "Ko e lea foʻou.", place=files.place(address))
    moved = insert_before(files, address, english)
    files.extract()
    files.publish()

    def seen(at: str) -> Seen:
        return queries.get_seen(reading(), current(reading()), Place("module", "communication", at, "to"))

    assert (seen(moved).standing.text, seen(moved).standing.has_moved) == ("Ko e lea foʻou.", False)
    assert seen(address).versions == ()
    steps = ("reviewed", "approved") if seen(moved).is_critical else ("approved",)
    for who, step in zip((files.bea, files.clara), steps, strict=False):
        files.desk.step(who, step, place=files.place(moved))
    assert "1 sentences were taken into 1 files; 0 conflicts." in files.run()
    assert (files.entry(moved).text, files.entry(moved).state) == ("Ko e lea foʻou.", "approved")
    files.publish()
    assert (seen(moved).standing.version, seen(moved).standing.state) == (None, "approved")


def test_its_page_and_list(desks: Desks) -> None:
    desks.be("Ana").write("Lea foʻou")
    move()
    page = desks.be("Bea").get(desks.at(MOVED))
    assert "Lea foʻou</textarea>" in page
    assert "Not in the files yet" in page
    assert "The files have other words by now:" not in page
    assert "Made from:" not in page
    assert "Lea foʻou" not in desks.get(desks.at(LESSON))
    assert desks.get(LIST).count("Lea foʻou") == 1
    assert "Approved." in desks.get(desks.step("approved", MOVED).headers["Location"])
