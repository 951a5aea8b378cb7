"""`lms content take`: what was written at the desk goes into the files, with who stands behind it; nothing is lost."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.clock import local_date
from lms.commands import cli
from lms.config import ROOT
from lms.content.library import current
from lms.content.po import Entry, read_po
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.people.models import Person
from lms.publish import check_directory
from lms.publish.service import publish_directory
from lms.translating import queries, rules
from lms.translating.queries import Place
from lms.translating.rules import Signature, Version
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
    assert rules.names_apart({3: "ana  vea", 1: "Ana Vea", 2: "Bea"}) == {1: "Ana Vea", 2: "Bea", 3: "ana  vea (2)"}


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
