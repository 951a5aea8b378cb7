"""Readings in the content folder: what the check says of them, and what publishing keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from lms import files
from lms.config import ROOT
from lms.content import service
from lms.content.audio import folder_share
from lms.content.library import Words, current
from lms.content.models import RevisionFile
from lms.content.readings import audio_share, readings_of
from lms.courses.specs import spoken_of
from lms.db import reading
from lms.publish import check_directory, publish_directory
from lms.publish.audio import words_at
from tests.conftest import AT
from tests.content.sample import put, spoil, write_sample
from tests.content.test_checks import only, po, problems, warnings
from tests.sounds.made import mp3, ogg

MODULE = "modules/visits"
AUDIO = f"{MODULE}/audio/en"
LIST = f"{AUDIO}/readings.yml"
LEAVING, QUESTION = "lessons/leaving.md", "quiz.yml:q-one"


def listed(*entries: str) -> str:
    return "readings:\n" + "".join(f"  - {{{each}}}\n" for each in entries)


def entry(
    folder: Path, at: str = LEAVING, file: str = "leaving.mp3", spoken: str = "synthesizer", locale: str = "en"
) -> str:
    sha256 = words_at(folder, "visits", at, locale)[1]
    return f'file: {file}, at: "{at}", spoken: {spoken}, words: "{sha256}"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the sample with a reading of one lesson and one question."""
    made = write_sample(tmp_path / "content")
    entries = entry(made), entry(made, QUESTION, "q-one.ogg", "Ana Cruz")
    put(made, f"{AUDIO}/leaving.mp3", mp3(50, tag=b"My kitchen"))
    put(made, f"{AUDIO}/q-one.ogg", ogg())
    put(made, LIST, listed(*entries))
    return made


def test_readings_that_are_right(folder: Path) -> None:
    assert problems(folder) == []
    assert warnings(folder) == []
    made = check_directory(folder)[0].objects["module", "visits"]
    assert [folder_share(made, locale).read for locale in ("en", "es")] == [1, 0]


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("file: leaving.mp3", "file: gone.mp3", (LIST, 2), "there is no file gone.mp3"),
        ('at: "lessons/leaving.md"', 'at: "lessons/left.md"', (LIST, 2), "no lesson or question 'lessons/left.md'"),
        ("spoken: synthesizer", "spoken: ''", (LIST, 2), "write words"),
        ("file: q-one.ogg", "file: ../q-one.ogg", (LIST, 3), "file"),
        ("file: q-one.ogg", "file: leaving.mp3", (LIST, 3), "file used twice"),
        ('at: "quiz.yml:q-one"', 'at: "lessons/leaving.md"', (LIST, 3), "address used twice"),
        ("readings:", "reading:", (LIST, 1), "readings"),
    ],
)  # fmt: skip
def test_a_wrong_list_is_told_at_its_line(folder: Path, old: str, new: str, place: tuple[str, int], said: str) -> None:
    spoil(folder, LIST, old, new)
    found = {(path, line): message for path, line, message in problems(folder)}
    assert said in found.get(place, ""), found


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("leaving.mp3", b"", "this file is empty"),
        ("leaving.mp3", b"RIFF....WAVE", "not a sound that browsers play"),
        ("leaving.mp3", ogg(), "its bytes are audio/ogg; call it .ogg"),
        ("leaving.mp3", mp3(9) + b"x" * 9, "damaged"),
        ("leaving.mp3", mp3(28_000), "larger than 4,000 KB"),
        ("q-one.ogg", ogg()[:200], "damaged"),
        ("spare.mp3", mp3(), "not used; readings.yml does not name it"),
    ],
)
def test_a_wrong_file_is_told_by_its_name(folder: Path, name: str, content: bytes, said: str) -> None:
    put(folder, f"{AUDIO}/{name}", content)
    path, line, message = only(folder)
    assert (path, line) == (f"{AUDIO}/{name}", 1)
    assert said in message


def test_a_question_may_have_less_than_a_lesson(folder: Path) -> None:
    spoil(folder, LIST, "q-one.ogg", "q-one.mp3")
    (folder / AUDIO / "q-one.ogg").unlink()
    put(folder, f"{AUDIO}/q-one.mp3", mp3(5_600))
    assert only(folder)[2] == "larger than 800 KB"


def test_other_places_are_told(folder: Path) -> None:
    (folder / LIST).unlink()
    put(folder, f"{MODULE}/audio/fr/leaving.mp3", mp3())
    put(folder, f"{MODULE}/audio/loose.mp3", mp3())
    put(folder, f"{MODULE}/audio/en/more/leaving.mp3", mp3())
    put(folder, "surveys/audio/en/opinion.mp3", mp3())
    said = {path: message for path, _, message in problems(folder)}
    assert said[LIST] == "this file is missing"
    for name in ("audio/fr/leaving.mp3", "audio/loose.mp3", "audio/en/more/leaving.mp3"):
        assert "readings stand in audio/<locale>/" in said[f"{MODULE}/{name}"]
    assert "surveys/audio" in said
    assert len(said) == 5


def test_a_broken_list_and_a_broken_module_are_told_once(folder: Path) -> None:
    put(folder, LIST, "readings: [broken\n")
    assert [each[0] for each in problems(folder)] == [LIST]
    put(folder, LIST, b"\xff")
    assert [each[0] for each in problems(folder)] == [LIST]
    put(folder, LIST, "")
    assert [each[0] for each in problems(folder)] == [LIST]


def test_words_that_changed_make_an_older_reading_and_a_warning(folder: Path) -> None:
    spoil(folder, f"{MODULE}/{LEAVING}", "Say when you come back.", "Say on which day you come back.")
    ((path, line, message),) = warnings(folder)
    assert (path, line) == (LIST, 2)
    assert words_at(folder, "visits", LEAVING, "en")[1] in message
    assert message.startswith("an older reading")
    share = audio_share(*shown(folder))
    assert (share.lessons, share.read) == (2, 0)
    assert folder_share(check_directory(folder)[0].objects["module", "visits"], "en") == share


def test_readings_of_a_language_without_words_are_told_not_to_be_published(folder: Path) -> None:
    put(folder, f"{MODULE}/audio/sm/leaving.mp3", mp3(30))
    put(folder, f"{MODULE}/audio/sm/readings.yml", listed(entry(folder, locale="sm")))
    ((path, line, message),) = warnings(folder)
    assert (path, line) == (f"{MODULE}/audio/sm/readings.yml", 1)
    assert message.startswith("not published: nothing is translated")
    assert ("module", "visits", "sm") not in {each.address for each in service.drafts_of(check_directory(folder)[0])}


def shown(folder: Path):
    """Return the module as it would be published, its English words, and what can be read."""
    drafts = {each.address: each for each in service.drafts_of(check_directory(folder)[0])}
    source = check_directory(folder)[0].objects["module", "visits"].source()
    body = drafts["module", "visits", "en"].body
    return type(source)("module", "visits", 0, "", body), Words("en"), spoken_of(source)


def test_a_broken_lesson_is_told_and_its_reading_is_not(folder: Path) -> None:
    spoil(folder, f"{MODULE}/{LEAVING}", "minutes: 8", "minutes: none")
    assert [each[0] for each in problems(folder)] == [f"{MODULE}/{LEAVING}"]


def test_publishing_keeps_bytes_and_list_and_a_later_one_keeps_the_former(app, folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    publish_directory(folder, at=AT, data_dir=data)
    library = current(reading())
    source = library.get("module", "visits")
    found = readings_of(source, Words("en"))
    assert {at: (each.spoken, each.seconds) for at, each in found.items()} == {
        LEAVING: ("synthesizer", 2),
        QUESTION: ("Ana Cruz", 2),
    }
    stored = files.get(data, found[LEAVING].sha256)
    assert len(stored) == found[LEAVING].size
    assert b"kitchen" not in stored
    assert audio_share(source, Words("en"), spoken_of(source)).read == 1

    put(folder, f"{AUDIO}/leaving.mp3", mp3(60))
    publish_directory(folder, at=AT, data_dir=data)
    newer = readings_of(current(reading()).get("module", "visits"), Words("en"))[LEAVING]
    assert newer.sha256 != found[LEAVING].sha256
    assert readings_of(source, Words("en")) == found
    named = service.named_files(reading(), [newer.sha256, found[LEAVING].sha256, "f" * 64])
    assert named == {newer.sha256, found[LEAVING].sha256}
    rows = reading().execute(select(RevisionFile.address, RevisionFile.media_type)).all()
    assert sorted(map(tuple, rows)) == [(LEAVING, "audio/mpeg")] * 2 + [(QUESTION, "audio/ogg")] * 2
    assert not publish_directory(folder, at=AT, data_dir=data).is_new


def test_a_translation_has_its_own_readings(app, folder: Path, tmp_path: Path) -> None:
    put(
        folder,
        f"{MODULE}/to.po",
        po(f"{LEAVING}:intro.1", "Say when you come back.", "Fakahā ʻa e taimi te ke foki ai."),
    )
    put(folder, f"{MODULE}/audio/to/leaving.mp3", mp3(30))
    put(folder, f"{MODULE}/audio/to/readings.yml", listed(entry(folder, spoken="community member", locale="to")))
    assert warnings(folder) == [] or all("leaving" not in each[2] for each in warnings(folder))
    publish_directory(folder, at=AT, data_dir=tmp_path / "data")
    library = current(reading())
    source, words = library.get("module", "visits"), library.words("module", "visits", "to")
    assert readings_of(source, words)[LEAVING].spoken == "community member"
    assert audio_share(source, words, spoken_of(source)).read == 1
    assert readings_of(source, Words("es")) == {}


def test_two_languages_are_shipped_and_said_to_be_a_synthesizers() -> None:
    folder = check_directory(ROOT / "content")[0]
    drafts = [each for each in service.drafts_of(folder) if each.body.get("audio")]
    assert {each.locale for each in drafts} == {"en", "es"}
    for each in drafts:
        assert {data["spoken"] for data in each.body["audio"].values()} == {"synthesizer"}
        assert {at.partition(":")[0].partition("/")[0] for at in each.body["audio"]} == {"lessons", "quiz.yml"}
        assert each.sounds.keys() == {data["sha256"] for data in each.body["audio"].values()}
