"""`lms content take`: what was written at the desk goes into the files, with who stands behind it; nothing is lost."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.clock import local_date
from lms.commands import cli
from lms.config import ROOT
from lms.content.extraction import extract, write_extracted
from lms.content.folder import read_folder
from lms.content.library import current
from lms.content.po import Entry, read_po, write_po
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.ids import new_client_id
from lms.people.models import Person
from lms.publish import SHAPES, check_directory
from lms.publish.service import publish_directory
from lms.translating import queries, rules
from lms.translating.models import Proposal, ProposalStep
from lms.translating.queries import Place
from lms.translating.rules import Filed, Signature, Version
from tests.conftest import AT
from tests.factories import Make
from tests.translating.desk import Desk, as_translator, translator

ENGLISH = "Wash your hands."


def version(state: str = "in review", **changes: Any) -> Version:
    made = Version(1, "p" * 20, ENGLISH, "Fufulu ho nima.", "Fufulu.", state, 1)
    return replace(made, **changes)


def entry(text: str = "Fufulu.", state: str = "draft", **changes: Any) -> Entry:
    return Entry("a.yml:title", ENGLISH, text, state, **changes)


@pytest.mark.parametrize(
    ("made", "english", "filed", "outcome"),
    [
        (version(), ENGLISH, entry(), "taken"),
        (version(upon=""), ENGLISH, entry(""), "taken"),
        (version(), ENGLISH, entry("Fufulu ho nima."), "taken"),
        (version(), ENGLISH, entry("Fufulu ho nima.", "in review"), "same"),
        (version(), ENGLISH, entry("Fufulu ho nima.", "approved"), "same"),
        (version("draft"), ENGLISH, entry("Fufulu ho nima."), "same"),
        (version(), ENGLISH, entry("Fufulu ho nima.", "approved", is_fuzzy=True), "taken"),
        (version(), ENGLISH, entry("Other."), "conflict"),
        (version(upon=""), ENGLISH, entry("Other."), "conflict"),
        (version(), ENGLISH, entry(""), "conflict"),
        (version(), ENGLISH, entry(state="approved"), "waits"),
        (version("approved"), ENGLISH, entry(state="approved"), "taken"),
        (version("draft"), ENGLISH, entry(), "draft"),
        (version(), "Wash.", entry(), "older"),
        (version(), None, entry(), "gone"),
        (version(upon=""), ENGLISH, entry("Fufulu {name}.", is_fuzzy=True), "taken"),
        (version(upon="Fufulu {name}."), ENGLISH, entry("Fufulu {name}.", is_fuzzy=True), "taken"),
        (version(), ENGLISH, entry("Fufulu {name}.", is_fuzzy=True), "conflict"),
    ],
)
def test_what_becomes_of_a_proposal(made: Version, english: str | None, filed: Entry, outcome: str) -> None:
    assert rules.outcome_of(made, english, filed) == outcome


def test_an_entry_names_who_stands_behind_it() -> None:
    filed = entry(made="machine", checked="copy", is_fuzzy=True, previous="Wash.", stale_since="2026-01-01")
    taken = rules.taken_entry(filed, version("approved"), Signature("Ana", "Bea", "2026-03-05"))
    assert taken == Entry(
        "a.yml:title", ENGLISH, "Fufulu ho nima.", "approved", "Bea", "2026-03-05", translated_by="Ana", made="person"
    )
    filed = entry(made="machine", checked="copy", translated_by="Sione")
    adopted = version("reviewed", text="Fufulu.", written_by=None)
    taken = rules.taken_entry(filed, adopted, Signature("", "Bea", "2026-03-05"))
    assert (taken.translated_by, taken.made, taken.checked, taken.by) == ("Sione", "machine", "copy", "Bea")


def test_two_people_of_one_name_are_two() -> None:
    named = {3: "ana  vea", 1: "Ana Vea", 2: "Bea"}
    assert rules.names_apart(named) == {3: "ana  vea", 1: "Ana Vea (2)", 2: "Bea"}, "in the order in which they came"


SENTENCES = {"a.md:1": "One.", "a.md:2": "Two.", "a.md:3": "Two.", "b.md:1": "One.", "b.md:2": "Three."}


@pytest.mark.parametrize(
    ("made", "homes"),
    [
        ([("a.md:1", 1, "One.")], {1: "a.md:1"}),
        ([("a.md:2", 1, "One.")], {1: "a.md:1"}),
        ([("a.md:2", 1, "Three.")], {1: "b.md:2"}),
        ([("c.md:1", 1, "One.")], {1: "c.md:1"}),
        ([("a.md:1", 1, "Two.")], {1: "a.md:1"}),
        ([("a.md:1", 1, "Gone.")], {1: "a.md:1"}),
        ([("a.md:1", 1, "Gone."), ("a.md:1", 2, "One.")], {2: "a.md:1"}),
        ([("a.md:1", 1, "One."), ("a.md:1", 2, "Gone.")], {1: "a.md:1", 2: "a.md:1"}),
        ([("a.md:2", 1, "One."), ("a.md:1", 2, "One.")], {2: "a.md:1"}),
        ([("a.md:1", 2, "One."), ("a.md:2", 1, "One.")], {2: "a.md:1"}),
    ],
)
def test_a_proposal_goes_where_its_english_stands_now(made: list[tuple[str, int, str]], homes: dict[int, str]) -> None:
    versions = [(address, version(id=number, english=english)) for address, number, english in made]
    assert rules.homes_of(versions, SENTENCES) == homes


@pytest.mark.parametrize(
    ("filed", "published", "is_undone"),
    [
        (entry(), [], False),
        (entry(), [Filed("Fufulu ho nima.", "approved", ENGLISH)], True),
        (entry(), [Filed("Fufulu ho nima.", "reviewed", ENGLISH)], False),
        (entry(), [Filed("Fufulu ho nima.", "stale", ENGLISH)], False),
        (entry(), [Filed("Fufulu ho nima.", "approved", "Wash.")], False),
        (entry(), [Filed("Fufulu.", "approved", ENGLISH)], False),
        (entry("Fufulu ho nima.", by="Bea", on="2026-03-05"), [], True),
        (entry("Fufulu ho nima.", "reviewed", by="Bea", on="2026-03-05"), [], False),
        (entry("Fufulu ho nima.", by="Bea", on="2026-03-04"), [], False),
        (entry("Fufulu.", by="Bea", on="2026-03-05"), [], False),
    ],
)
def test_what_the_files_have_held_stands_no_longer(filed: Entry, published: list[Filed], is_undone: bool) -> None:
    signature = Signature("Ana", "Bea", "2026-03-05")
    assert rules.is_undone(version("approved"), filed, signature, published) is is_undone


class Files:
    """A copy of the shipped content that is published, and translators of it."""

    def __init__(self, app: Flask, make: Make, folder: Path) -> None:
        self.app, self.folder = app, folder / "content"
        shutil.copytree(ROOT / "content", self.folder)
        self.desk = Desk.__new__(Desk)
        self.desk.make = make
        self.ana, self.bea, self.clara = (
            as_translator(translator(make, name)) for name in ("Ana ʻOtu", "Bea", "Clara")
        )

    def publish(self) -> None:
        publish_directory(self.folder, at=AT)
        reading().rollback()

    def extract(self) -> None:
        write_extracted(extract(read_folder(self.folder, SHAPES), local_date(AT)))

    def place(self, address: str, key: str = "communication") -> Place:
        return Place("module", key, address, "to")

    def run(self, *words: str) -> str:
        answer = self.app.test_cli_runner().invoke(cli.commands["content"], ["take", str(self.folder), *words])  # type: ignore[attr-defined]
        assert answer.exit_code == 0, (answer.output, answer.exception)
        reading().rollback()
        return answer.output

    def entry(self, address: str, key: str = "communication") -> Entry:
        text = (self.folder / "modules" / key / "to.po").read_text(encoding="utf-8")
        return next(each for each in read_po(text).present if each.context == address)

    def bytes(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.folder.rglob("*.po")}


@pytest.fixture
def files(content_app: Flask, make: Make, tmp_path: Path) -> Files:
    return Files(content_app, make, tmp_path)


TITLE, SUMMARY = "module.yml:title", "module.yml:summary"


def test_what_stands_is_taken_with_names_and_days_and_twice_changes_nothing(files: Files) -> None:
    before, desk = files.bytes(), files.desk
    other = files.entry(SUMMARY).text
    desk.write(files.ana, "Talanoa lelei", place=files.place(TITLE))
    desk.step(files.bea, "approved", place=files.place(TITLE))
    desk.step(files.bea, "reviewed", place=files.place(SUMMARY))
    assert "2 sentences would be taken into 1 files; 0 conflicts." in files.run("--dry-run")
    assert files.bytes() == before
    assert "0 sentences" in files.run("--locale", "es")
    said = files.run("--locale", "to")
    assert f"{files.folder}/modules/communication/to.po:" in said
    assert "taken: approved" in said
    day = local_date(AT).isoformat()
    taken = files.entry(TITLE)
    assert (taken.text, taken.state, taken.by, taken.on) == ("Talanoa lelei", "approved", "Bea", day)
    assert taken.translated_by == "Ana ʻOtu"
    reviewed = files.entry(SUMMARY)
    assert (reviewed.text, reviewed.state, reviewed.by, reviewed.on) == (other, "reviewed", "Bea", day)
    after = files.bytes()
    assert [path.name for path in after if after[path] != before[path]] == ["to.po"]
    assert "0 sentences were taken into 0 files" in files.run()
    assert files.bytes() == after
    assert list(check_directory(files.folder)[1].problems) == []
    files.publish()
    for address, state in ((TITLE, "approved"), (SUMMARY, "reviewed")):
        seen = queries.get_seen(reading(), current(reading()), files.place(address))
        assert (seen.standing.version, seen.standing.state) == (None, state), "what is published is done"
    with pytest.raises(RuleBroken, match="own_review"):
        desk.step(files.bea, "approved", place=files.place(SUMMARY))
    desk.step(files.clara, "approved", place=files.place(SUMMARY))
    files.run()
    assert (files.entry(SUMMARY).state, files.entry(SUMMARY).by) == ("approved", "Clara")


def test_words_that_changed_in_the_files_stay_and_are_named(files: Files) -> None:
    files.desk.write(files.ana, "Talanoa lelei", place=files.place(TITLE))
    path = files.folder / "modules" / "communication" / "to.po"
    was = files.entry(TITLE).text
    path.write_text(path.read_text(encoding="utf-8").replace(f'msgstr "{was}"', 'msgstr "Talanoa kehe"', 1), "utf-8")
    before = files.bytes()
    said = files.run()
    assert f"to.po:{files.entry(TITLE).line}: module.yml:title: conflict" in said
    assert "0 sentences were taken into 0 files; 1 conflicts." in said
    assert files.bytes() == before
    assert queries.get_seen(reading(), current(reading()), files.place(TITLE)).standing.text == "Talanoa lelei"


def test_what_is_in_no_folder_is_left_at_the_desk(files: Files) -> None:
    files.desk.write(files.ana, "Talanoa lelei", place=files.place(TITLE))
    shutil.rmtree(files.folder / "modules" / "communication")
    answer = files.app.test_cli_runner().invoke(cli.commands["content"], ["take", str(files.folder)])  # type: ignore[attr-defined]
    assert answer.exit_code == 0, answer.output
    assert "module/communication:1: module.yml:title: its sentence is gone" in answer.output


def test_a_broken_folder_changes_nothing(files: Files) -> None:
    (files.folder / "surplus.txt").write_text("x")
    answer = files.app.test_cli_runner().invoke(cli.commands["content"], ["take", str(files.folder)])  # type: ignore[attr-defined]
    assert answer.exit_code == 1


def test_two_of_one_name_pass_the_check(files: Files) -> None:
    def rename(session: Any) -> None:
        session.get(Person, files.bea.person_id).name = "Ana ʻOtu"

    write(rename)
    files.desk.write(files.ana, "Talanoa lelei", place=files.place(TITLE))
    files.desk.step(files.bea, "approved", place=files.place(TITLE))
    files.run()
    assert {files.entry(TITLE).by, files.entry(TITLE).translated_by} == {"Ana ʻOtu", "Ana ʻOtu (2)"}
    assert list(check_directory(files.folder)[1].problems) == []


def put_entry(files: Files, address: str, key: str = "communication", **changes: Any) -> None:
    """Change an entry of the Tongan file as an author does."""
    path = files.folder / "modules" / key / "to.po"
    file = read_po(path.read_text(encoding="utf-8"))
    entries = [replace(each, **changes) if each.context == address else each for each in file.entries]
    path.write_text(write_po("to", entries, file.header), encoding="utf-8")


def propose_unchecked(files: Files, text: str, address: str) -> None:
    """Keep words that the desk would not take today."""
    seen = queries.get_seen(reading(), current(reading()), files.place(address))
    row = {**vars(seen.place), "english": seen.english, "text": text, "upon": seen.filed.text, "written_at": AT}
    row |= {"client_id": new_client_id(), "written_by": files.ana.account_id}

    def keep(session: Any) -> None:
        made = Proposal(**row)
        session.add(made)
        session.flush()
        step = {"proposal_id": made.id, "step": "in review", "taken_by": files.ana.account_id, "taken_at": AT}
        session.add(ProposalStep(**step))

    write(keep)
    reading().rollback()


def options(files: Files) -> list[str]:
    """Return the contexts of the options of a question."""
    path = files.folder / "modules" / "communication" / "to.po"
    found = [each.context for each in read_po(path.read_text(encoding="utf-8")).present]
    first = next(each for each in found if each.startswith("quiz.yml:") and each.endswith(".a"))
    return [each for each in found if each[:-1] == first[:-1]]


def check_is_clean(files: Files) -> None:
    assert list(check_directory(files.folder)[1].problems) == []


def test_what_the_check_would_refuse_is_left_out_and_named(files: Files) -> None:
    propose_unchecked(files, "Talanoa\x0blelei", TITLE)
    files.desk.write(files.ana, "Ko e founga lelei ʻo e talanoa.", place=files.place(SUMMARY))
    said = files.run()
    assert f"to.po:{files.entry(TITLE).line}: {TITLE}: conflict: control characters are not allowed" in said
    assert "1 sentences were taken into 1 files; 1 conflicts." in said
    assert files.entry(SUMMARY).text == "Ko e founga lelei ʻo e talanoa."
    check_is_clean(files)


def test_two_options_that_would_read_alike_are_not_both_taken(files: Files) -> None:
    first, second, third = options(files)[:3]
    propose_unchecked(files, "Tali tatau", first)
    propose_unchecked(files, "tali tatau.", second)
    propose_unchecked(files, "Tali kehe", third)
    said = files.run()
    assert f"{second}: conflict: " in said
    assert "must differ" in said
    assert [files.entry(each).text for each in (first, third)] == ["Tali tatau", "Tali kehe"]
    check_is_clean(files)


def test_an_option_that_would_read_like_one_below_it_is_not_taken(files: Files) -> None:
    first, second = options(files)[:2]
    propose_unchecked(files, files.entry(second).text, first)
    files.desk.write(files.ana, "Talanoa lelei", place=files.place(TITLE))
    assert f"{first}: conflict: " in files.run()
    assert files.entry(TITLE).text == "Talanoa lelei"
    check_is_clean(files)


def test_options_may_change_places(files: Files) -> None:
    first, second = options(files)[:2]
    texts = files.entry(first).text, files.entry(second).text
    propose_unchecked(files, texts[1], first)
    propose_unchecked(files, texts[0], second)
    assert "2 sentences were taken" in files.run()
    assert (files.entry(second).text, files.entry(first).text) == texts


def test_who_bears_the_name_of_the_translator_in_the_file_does_not_approve(files: Files) -> None:
    put_entry(files, TITLE, state="reviewed", by="Mele", on="2026-01-01")
    files.publish()
    files.desk.step(files.clara, "reviewed", place=files.place(TITLE))
    files.desk.step(files.bea, "approved", place=files.place(TITLE))
    put_entry(files, TITLE, translated_by="Bea")  # the desk did not know it yet
    assert "conflict: Bea translated this, and so cannot approve it" in files.run()
    assert files.entry(TITLE).state == "reviewed"
    check_is_clean(files)


def insert_before(files: Files, address: str, english: str) -> str:
    """Write a paragraph before that of `address` in the English, and return where that one stands then."""
    name, _, position = address.partition(":")
    path = files.folder / "modules" / "communication" / name
    path.write_text(path.read_text(encoding="utf-8").replace(english, f"Sing a song first.\n\n{english}", 1), "utf-8")
    part, _, number = position.rpartition(".")
    return f"{name}:{part}.{int(number) + 1}"


def test_a_proposal_moves_with_its_sentence(files: Files) -> None:
    path = files.folder / "modules" / "communication" / "to.po"
    present = read_po(path.read_text(encoding="utf-8")).present
    sentence = next(each for each in present if each.context == "lessons/listening.md:the-first-minute.2")
    files.desk.write(files.ana, "Ko e lea foʻou.", place=files.place(sentence.context))
    moved = insert_before(files, sentence.context, sentence.english)
    files.extract()
    files.publish()
    files.desk.write(files.bea, "Hivaʻi ha hiva.", place=files.place(sentence.context))
    assert "2 sentences were taken into 1 files; 0 conflicts." in files.run()
    assert (files.entry(moved).text, files.entry(moved).english) == ("Ko e lea foʻou.", sentence.english)
    assert files.entry(sentence.context).text == "Hivaʻi ha hiva."
    files.publish()
    files.desk.write(files.clara, "Ko e lea ʻe taha.", place=files.place(moved))
    assert "1 sentences were taken into 1 files; 0 conflicts." in files.run(), "hers is newer"
    assert files.entry(moved).text == "Ko e lea ʻe taha."


def test_what_an_author_takes_back_in_the_file_is_not_approved_again(files: Files) -> None:
    for address, text in ((TITLE, "Talanoa lelei"), (SUMMARY, "Ko e founga lelei ʻo e talanoa.")):
        files.desk.write(files.ana, text, place=files.place(address))
        files.desk.step(files.bea, "approved", place=files.place(address))
    files.run()
    put_entry(files, TITLE, state="draft")
    before = files.bytes()
    assert "0 sentences were taken into 0 files; 0 conflicts." in files.run(), "not published yet"
    assert files.bytes() == before
    files.publish()
    put_entry(files, SUMMARY, state="draft", by="", on="")
    before = files.bytes()
    assert "0 sentences were taken into 0 files; 0 conflicts." in files.run()
    put_entry(files, SUMMARY, text="Ko e founga.", state="draft", by="", on="")
    assert "0 conflicts." in files.run()
    assert files.entry(SUMMARY).text == "Ko e founga."


def test_numbers_of_names_are_the_same_in_every_run(files: Files) -> None:
    samoan = as_translator(translator(files.desk.make, "Ana ʻOtu", "sm"), "sm")
    files.desk.write(samoan, "Talanoaga", place=replace(files.place(TITLE), locale="sm"), at=AT - timedelta(hours=1))
    files.desk.write(files.ana, "Talanoa lelei", place=files.place(TITLE))
    files.run("--locale", "to")
    assert files.entry(TITLE).translated_by == "Ana ʻOtu (2)", "the first one writes in another language"
