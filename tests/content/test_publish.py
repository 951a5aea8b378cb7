"""The command `lms content`: check, publish, status and extract."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import func, select

from lms.clock import local_date, now
from lms.config import ROOT
from lms.content.models import Publication
from lms.content.po import Entry, write_po
from lms.content.status import percent
from lms.db import reading
from lms.errors import BadInput
from lms.publish import content
from tests.content.sample import put, spoil, write_sample
from tests.content.test_checks import po


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path / "content")


def run(*arguments):
    return CliRunner().invoke(content, [str(each) for each in arguments])


def test_check_says_how_much_is_right(folder):
    result = run("check", folder)
    assert (result.exit_code, result.output) == (0, "5 objects, no problems.\n")


def test_check_takes_the_folder_from_the_environment(folder, monkeypatch):
    monkeypatch.setenv("LMS_CONTENT_DIR", str(folder))
    assert run("check").output == "5 objects, no problems.\n"


def test_check_prints_warnings_and_goes_on(folder):
    put(folder, "tracks/start.to.po", po("start.yml:title", "Older", "Kamata"))
    result = run("check", folder)
    assert result.exit_code == 0
    assert "start.to.po:1:1: warning: 1 translations" in result.stderr


def test_check_refuses(folder):
    spoil(folder, "tracks/start.yml", "level: entry", "level: none-such")
    result = run("check", folder)
    assert isinstance(result.exception, BadInput)
    assert str(result.exception).endswith("content/tracks/start.yml:4:8: there is no level 'none-such'")


def test_the_program_prints_problems_and_ends_with_one(folder):
    spoil(folder, "tracks/start.yml", "level: entry", "level: none-such")
    command = [sys.executable, "-c", "from lms.commands import main; main()", "content", "check", str(folder)]
    environment = {**os.environ, "LMS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stderr == f"{folder}/tracks/start.yml:4:8: there is no level 'none-such'\n"


def test_publish(app, folder):
    runner = app.test_cli_runner()
    dry = runner.invoke(content, ["publish", "--dry-run", str(folder)])
    assert dry.output.endswith("added track start (en)\nVersion 1 would be current: 6 changes.\n")
    assert runner.invoke(content, ["publish", str(folder)]).output.endswith("Version 1 is current: 6 changes.\n")
    assert runner.invoke(content, ["publish", str(folder)]).output == "Nothing has changed. Version 1 stays current.\n"


def test_status_counts_words(folder):
    put(
        folder,
        "tracks/start.to.po",
        po("start.yml:summary", "A short start.", "Kamata", state="reviewed", by="Ana", on="2026-11-22"),
    )
    put(folder, "surveys/opinion.to.po", po("opinion.yml:thanks", "Thanks.", "Mālō"))
    rows = {row["language"]: row for row in json.loads(run("status", "--json", folder).stdout)}
    assert (rows["to"]["track"], rows["to"]["reviewed"], rows["to"]["stale"]) == ("start", 3, 2)
    assert rows["to"]["missing"] == rows["to"]["total"] - 5
    assert rows["es"]["missing"] == rows["es"]["total"] == rows["to"]["total"] > 100
    table = run("status", folder).stdout.splitlines()
    assert len(table) == 5
    assert table[0].split()[:3] == ["track", "language", "words"]


def test_a_track_that_comes_before_has_a_row_of_its_own(folder):
    start = (folder / "tracks/start.yml").read_text()
    put(folder, "tracks/further.yml", start.replace("key: start", "key: further"))
    before = totals(folder)
    assert before["further"] == before["start"] > 100
    put(folder, "tracks/further.yml", start.replace("key: start", "key: further\nprerequisites: [start]"))
    assert totals(folder) == before


def totals(folder):
    return {row["track"]: row["total"] for row in json.loads(run("status", "--json", folder).stdout)}


def test_extract_writes_every_language_once(folder):
    dry = run("extract", "--dry-run", folder)
    assert dry.output.endswith("15 files would change.\n")
    assert not list(folder.rglob("*.po"))
    assert run("extract", folder).output.endswith("15 files changed.\n")
    assert run("extract", folder).output == "0 files changed.\n"
    assert run("check", folder).output == "5 objects, no problems.\n"
    text = (folder / "modules/visits/to.po").read_text()
    order = [
        "module.yml:title",
        "lessons/arriving.md:title",
        "objectives.2",
        "who-is-there.2",
        "leaving.md",
        "quiz.yml:q-one.prompt",
    ]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def test_extract_keeps_what_was_made_from_older_english(folder):
    run("extract", folder)
    path = folder / "tracks/start.sm.po"
    path.write_text(path.read_text().replace('msgid "Start"\nmsgstr ""', 'msgid "Start"\nmsgstr "Amata"'))
    spoil(folder, "tracks/start.yml", "title: Start", "title: Begin here")
    assert "tracks/start.sm.po: 2 sentences, 1 missing, 1 to look at again" in run("extract", folder).output
    said = (
        f'# state: draft\n# stale since: {local_date(now())}\n#, fuzzy\n#| msgid "Start"\nmsgctxt "start.yml:title"\n'
    )
    assert f'{said}msgid "Begin here"\nmsgstr "Amata"\n' in path.read_text()
    assert run("extract", folder).output == "0 files changed.\n"


def test_extract_mends_unknown_contexts_without_losing_them(folder):
    put(folder, "tracks/start.to.po", po("start.yml:gone", "Gone", "Mole"))
    assert run("extract", folder).exit_code == 0
    assert '#~ msgstr "Mole"' in (folder / "tracks/start.to.po").read_text()
    assert run("check", folder).exit_code == 0


def test_extract_touches_nothing_while_the_source_is_broken(folder):
    put(folder, "surveys/opinion.yml", "key: [")
    result = run("extract", folder)
    assert isinstance(result.exception, BadInput)
    assert not list(folder.rglob("*.po"))


def test_nothing_that_is_taught_disappears_without_a_word(app, folder):
    runner = app.test_cli_runner()
    assert runner.invoke(content, ["publish", str(folder)]).exit_code == 0
    (folder / "tracks/start.yml").rename(folder / "tracks/other.yml")
    spoil(folder, "tracks/other.yml", "key: start", "key: other")
    for options in ([], ["--retire", "other"], ["--dry-run"]):
        refused = runner.invoke(content, ["publish", str(folder), *options])
        assert isinstance(refused.exception, BadInput)
        assert "tracks/start:1:1: this track is gone" in str(refused.exception)
    assert reading().scalar(select(func.max(Publication.number))) == 1
    done = runner.invoke(content, ["publish", str(folder), "--retire", "start"])
    assert done.output.endswith("retired track start (en)\nVersion 2 is current: 2 changes.\n")


def test_a_share_of_all_is_never_rounded_up():
    assert [percent(*each) for each in ((0, 3), (1, 3), (2_999, 3_000), (3, 3), (0, 0))] == [0, 33.3, 99.9, 100, 100]


def test_status_says_shares_days_and_english(folder):
    put(
        folder,
        "tracks/start.to.po",
        write_po(
            "to",
            [
                Entry("start.yml:title", "Start", "Kamata", is_fuzzy=True, previous="Begin", stale_since="2026-11-01"),
                Entry("start.yml:summary", "A short start.", "Nounou", is_fuzzy=True, stale_since="2026-11-20"),
            ],
        ),
    )
    with time_machine.travel(datetime(2026, 11, 22, 20, tzinfo=UTC)):
        rows = {row["language"]: row for row in json.loads(run("status", "--json", folder).stdout)}
        table = run("status", folder).stdout.splitlines()
    assert (rows["to"]["stale"], rows["to"]["stale_days"]) == (4, 21)
    assert rows["to"]["share"]["stale"] == percent(4, rows["to"]["total"])
    assert rows["to"]["translated"] == rows["to"]["share"]["stale"]
    assert (rows["es"]["stale_days"], rows["es"]["translated"]) == (None, 0.0)
    assert (rows["en"]["total"], rows["en"]["translated"]) == (rows["es"]["total"], 100.0)
    assert (rows["en"]["lessons"], rows["en"]["spoken"]) == (2, 0)
    assert [line.split()[:2] for line in table[1:]] == [["start", each] for each in ("en", "es", "to", "sm")]
    assert "4 (<1%)" in table[3]


def test_sentences_that_nobody_has_reviewed(folder):
    spoil(folder, "modules/visits/lessons/leaving.md", "Say when you come back.", "Wave.\n\n:::safety\nCall 911.\n:::")
    put(
        folder,
        "modules/visits/to.po",
        write_po(
            "to",
            [
                Entry("module.yml:title", "Home visits", "ʻAʻahi", "reviewed", "Ana", "2026-11-22"),
                Entry("lessons/leaving.md:intro.2", "Call 911.", "Tā ki he 911."),
            ],
        ),
    )
    lines = run("status", "--sentences", "start/to", folder).stdout.splitlines()
    po_file = f"{folder}/modules/visits/to.po"
    assert lines[0] == f"{po_file}:18:1: draft, safety: lessons/leaving.md:intro.2: Call 911."
    assert lines[1] == f"{po_file}:1:1: missing, safety: quiz.yml:q-one.prompt: What comes first?"
    assert ", quiz: quiz.yml:q-two.prompt: You may go in" in lines[6]
    assert not [line for line in lines if "module.yml:title" in line]
    assert lines[-1] == f"{len(lines) - 1} sentences of start in to have not been reviewed."


@pytest.mark.parametrize("wanted", ["start", "start/fr", "none/to", "start/en"])
def test_sentences_of_an_unknown_track_or_language(folder, wanted):
    result = run("status", "--sentences", wanted, folder)
    assert (result.exit_code, "give a track and one of es, to, sm" in result.output) == (2, True)
