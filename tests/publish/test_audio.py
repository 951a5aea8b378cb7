"""Commands of readings: the words to read, and accepted recordings written into the content folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import update

from lms import files
from lms.actor import Actor
from lms.commands import cli
from lms.content.readings import SYNTHESIZER
from lms.db import reading, write
from lms.ids import new_client_id
from lms.listening import queries, service
from lms.listening.models import Recording
from lms.publish import check_directory, publish_directory
from lms.publish.audio import words_at
from lms.sounds import read_sound
from tests.conftest import AT
from tests.content.sample import put, spoil, write_sample
from tests.factories import Make
from tests.factories.learning import actor_of
from tests.sounds.made import mp3, ogg

LEAVING, QUESTION = "lessons/leaving.md", "quiz.yml:q-one"
AUDIO = "modules/visits/audio/en"


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    made = write_sample(tmp_path / "content")
    publish_directory(made, at=AT, data_dir=app.config["LMS"].data_dir)
    return made


@pytest.fixture
def two(app: Flask, make: Make) -> tuple[Actor, Actor]:
    roles = frozenset({"worker", "trainer"})
    one, other = (replace(actor_of(make.person()), roles=roles) for _ in range(2))
    return one, other


def run(app: Flask, *args: Any) -> Any:
    return FlaskCliRunner(app).invoke(cli, ["content", *map(str, args)])


def record(
    app: Flask, folder: Path, two: tuple[Actor, Actor], at: str = LEAVING, content: bytes = b"", **said: Any
) -> str:
    """Have a recording accepted, and return the hash of its file."""
    sound = read_sound(content or ogg(), 300_000)
    stored = files.put(app.config["LMS"].data_dir, sound.content)
    words = words_at(folder, "visits", at, "en")[1]
    more = {"words": words, "shown_name": "Ana Cruz", "client_id": new_client_id(), "at": AT, **said}

    def both(session: Any) -> None:
        public_id = service.offer(session, two[0], ("visits", at, "en"), sound, stored.sha256, **more)
        service.accept(session, two[1], public_id, at=more["at"])

    write(both)
    reading().rollback()
    return stored.sha256


def test_the_words_to_read_and_their_hash(app: Flask, folder: Path) -> None:
    said = run(app, "words", folder, "--module", "visits", "--at", LEAVING, "--locale", "en")
    assert said.output == "Leaving\n\nSay goodbye.\n\nSay when you come back.\n"
    said = run(app, "words", folder, "--module", "visits", "--at", QUESTION, "--locale", "es")
    assert said.output.split("\n\n") == ["What comes first?", "A greeting", "A form", "A bill\n"]
    said = run(app, "words", folder, "--module", "visits", "--at", LEAVING, "--locale", "en", "--sha256")
    assert said.output.strip() == words_at(folder, "visits", LEAVING, "en")[1]
    assert run(app, "words", folder, "--module", "visits", "--at", "lessons/x.md", "--locale", "en").exit_code == 2
    assert run(app, "words", folder, "--module", "none", "--at", LEAVING, "--locale", "en").exit_code == 2
    spoil(folder, f"modules/visits/{LEAVING}", "minutes: 8", "minutes: -8")
    broken = run(app, "words", folder, "--module", "visits", "--at", LEAVING, "--locale", "en")
    assert broken.exit_code == 1


def test_accepted_recordings_go_into_the_folder_and_twice_changes_nothing(
    app: Flask, folder: Path, two: tuple[Actor, Actor]
) -> None:
    sha256 = record(app, folder, two)
    record(app, folder, two, QUESTION, mp3(50), shown_name="")
    dry = run(app, "take-audio", folder, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "2 recordings would be taken." in dry.output
    assert not (folder / AUDIO).exists()
    said = run(app, "take-audio", folder)
    assert "2 recordings taken." in said.output
    assert sorted(each.name for each in (folder / AUDIO).iterdir())[0] == f"leaving-{sha256[:8]}.ogg"
    made, checked = check_directory(folder)
    assert (checked.problems, checked.warnings) == ((), ())
    entries = {each.at: each.spoken for each in made.objects["module", "visits"].audio["en"].entries}
    assert entries == {LEAVING: "Ana Cruz", QUESTION: "community member"}
    before = {each: each.read_bytes() for each in (folder / AUDIO).iterdir()}
    assert "0 recordings taken." in run(app, "take-audio", folder).output
    assert {each: each.read_bytes() for each in (folder / AUDIO).iterdir()} == before
    assert publish_directory(folder, at=AT, data_dir=app.config["LMS"].data_dir).is_new


def test_a_person_takes_the_place_of_a_synthesizer_and_others_stay(
    app: Flask, folder: Path, two: tuple[Actor, Actor]
) -> None:
    listed = "readings:\n"
    for at, name, spoken in ((LEAVING, "leaving.mp3", SYNTHESIZER), (QUESTION, "q-one.mp3", "Rosa")):
        put(folder, f"{AUDIO}/{name}", mp3(50))
        sha256 = words_at(folder, "visits", at, "en")[1]
        listed += f'  - {{file: {name}, at: "{at}", spoken: {spoken}, words: "{sha256}"}}\n'
    put(folder, f"{AUDIO}/readings.yml", listed)
    sha256 = record(app, folder, two)
    record(app, folder, two, QUESTION)
    said = run(app, "take-audio", folder)
    assert "leaving.mp3" in said.output
    assert "1 recordings taken." in said.output
    names = {each.name for each in (folder / AUDIO).iterdir()}
    assert names == {f"leaving-{sha256[:8]}.ogg", "q-one.mp3", "readings.yml"}
    assert check_directory(folder)[1].problems == ()


def take_back(app: Flask, person: Actor) -> None:
    (row,) = [each for each in queries.list_own(reading(), person.person_id) if each.state == "accepted"]
    reading().rollback()
    write(lambda session: service.withdraw(session, person, row.public_id, at=AT))
    reading().rollback()


def test_what_was_withdrawn_is_taken_out_again(app: Flask, folder: Path, two: tuple[Actor, Actor]) -> None:
    record(app, folder, two)
    run(app, "take-audio", folder)
    take_back(app, two[0])
    dry = run(app, "take-audio", folder, "--dry-run")
    assert "leaving.md, withdrawn" in dry.output
    assert "1 withdrawn recordings would be removed." in dry.output
    assert len(list((folder / AUDIO).iterdir())) == 2
    said = run(app, "take-audio", folder)
    assert said.output.endswith("0 recordings taken.\n1 withdrawn recordings removed.\n")
    assert list((folder / AUDIO).iterdir()) == []
    assert check_directory(folder)[1].problems == ()
    assert "removed" not in run(app, "take-audio", folder).output


def test_another_reading_takes_the_place_of_one_that_was_withdrawn(
    app: Flask, folder: Path, two: tuple[Actor, Actor]
) -> None:
    record(app, folder, two, QUESTION, mp3(50))
    run(app, "take-audio", folder)
    take_back(app, two[0])
    sha256 = record(app, folder, two, QUESTION)
    record(app, folder, two)
    said = run(app, "take-audio", folder)
    assert "2 recordings taken." in said.output
    assert f"q-one-{sha256[:8]}.ogg" in {each.name for each in (folder / AUDIO).iterdir()}
    assert len(list((folder / AUDIO).iterdir())) == 3
    assert check_directory(folder)[1].problems == ()


def test_a_name_that_no_list_keeps_is_refused_before_anything_is_written(
    app: Flask, folder: Path, two: tuple[Actor, Actor]
) -> None:
    record(app, folder, two)
    write(lambda s: s.execute(update(Recording).values(shown_name="A\u0304na")) and None)
    reading().rollback()
    assert run(app, "take-audio", folder).exit_code != 0
    assert not (folder / AUDIO).exists()


def test_readings_of_other_words_and_of_what_is_gone_are_left(
    app: Flask, folder: Path, two: tuple[Actor, Actor]
) -> None:
    record(app, folder, two)
    spoil(folder, f"modules/visits/{LEAVING}", "Say when you come back.", "Say on which day you come back.")
    assert "0 recordings taken." in run(app, "take-audio", folder).output
    (folder / "modules/visits/lessons/leaving.md").rename(folder / "modules/visits/lessons/going.md")
    spoil(folder, "modules/visits/module.yml", "[arriving, leaving]", "[arriving, going]")
    assert "0 recordings taken." in run(app, "take-audio", folder).output
    spoil(folder, "modules/visits/module.yml", "[arriving, going]", "[arriving, gone]")
    assert run(app, "take-audio", folder).exit_code == 1
