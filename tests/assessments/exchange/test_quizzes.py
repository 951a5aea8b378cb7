"""The commands `lms quizzes import` and `export`, on a content folder of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms.assessments.cli import make_group
from lms.config import ROOT
from lms.errors import BadInput
from lms.publish import SHAPES, check_directory
from tests.content.sample import put, spoil, write_sample

QUIZ = "modules/visits/quiz.yml"
FORMATS = ("gift", "moodle-xml")
NEW = "::Door::What is at the door?{=A bell ~A book ~A boat ####A bell rings.}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_sample(tmp_path / "content")


def run(folder: Path, *arguments: object, module: str = "visits", form: str = "gift") -> Result:
    words = [str(each) for each in arguments]
    common = ["--content", str(folder), "--module", module, "--format", form]
    return CliRunner().invoke(make_group(SHAPES), [*words, *common])


def bring(folder: Path, text: str | bytes, *arguments: str, form: str = "gift") -> Result:
    """Import a file of that text."""
    file = folder.parent / "bank.txt"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return run(folder, "import", file, *arguments, form=form)


def told(result: Result) -> dict[str, object]:
    return json.loads(result.stdout)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("module", sorted(path.parent.name for path in (ROOT / "content").glob("modules/*/quiz.yml")))
def test_importing_the_projects_own_export_changes_nothing(form: str, module: str, tmp_path: Path) -> None:
    folder, file = tmp_path / "content", tmp_path / "bank"
    subprocess.run(["cp", "-r", str(ROOT / "content"), str(folder)], check=True)
    before = snapshot(folder)
    written = told(run(folder, "export", file, "--json", module=module, form=form))
    result = told(run(folder, "import", file, "--json", module=module, form=form))
    count = len(result["unchanged"])
    assert count == sum(written["counts"].values()) >= 15
    assert result == {
        "dry_run": False,
        "created": [],
        "changed": [],
        "skipped": [],
        "problems": [],
        "counts": written["counts"],
        "unchanged": result["unchanged"],
    }
    assert snapshot(folder) == before


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_fills_an_empty_quiz_with_the_same_questions(form: str, folder: Path) -> None:
    file = folder.parent / "bank"
    run(folder, "export", file, form=form)
    before = check_directory(folder)[0].objects["module", "visits"].files["quiz.yml"].spec.items
    put(folder, QUIZ, "pass_mark: 80\nitems:\n  - {id: q-old, type: true-false, competency: skills/talking, "
        "prompt: Old?, key: true, feedback: Old.}\n")  # fmt: skip
    assert run(folder, "import", file, form=form).exit_code == 0
    after = check_directory(folder)[0].objects["module", "visits"].files["quiz.yml"].spec.items
    assert after[1:] == before


def test_a_new_question_is_added_behind_the_others(folder: Path) -> None:
    put(folder, "modules/visits/es.po", "")
    before = (folder / QUIZ).read_text()
    result = bring(folder, NEW)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "created: q-door (single)"
    assert result.stdout.splitlines()[-1] == "1 questions (1 single): 1 created, 0 changed, 0 unchanged; 0 skipped."
    assert (folder / QUIZ).read_text() == before + (
        "  - id: q-door\n    type: single\n    competency: skills/talking\n    critical: false\n    points: 1\n"
        "    prompt: What is at the door?\n    options:\n      - {id: a, text: A bell}\n      - {id: b, text: A book}\n"
        "      - {id: c, text: A boat}\n    key: [a]\n    feedback: A bell rings.\n"
    )
    catalog = (folder / "modules/visits/es.po").read_text()
    assert 'msgctxt "quiz.yml:q-door.prompt"' in catalog
    again = bring(folder, NEW)
    assert again.stdout.splitlines()[-1] == "1 questions (1 single): 0 created, 0 changed, 1 unchanged; 0 skipped."


def test_a_question_that_differs_is_changed_where_it_stands(folder: Path) -> None:
    text = "// [id:q-one]\nWhat comes first?{~A form =A greeting ~A song ####A greeting opens the door.}\n"
    before = (folder / QUIZ).read_text()
    assert bring(folder, text, "--json").exit_code == 0
    options = "      - {id: b, text: A form}\n      - {id: a, text: A greeting}\n      - {id: c, text: A song}\n"
    old = "      - {id: a, text: A greeting}\n      - {id: b, text: A form}\n      - {id: c, text: A bill}\n"
    assert (folder / QUIZ).read_text() == before.replace(old, options)


def test_windows_line_ends_stay(folder: Path) -> None:
    before = (folder / QUIZ).read_bytes().replace(b"\n", b"\r\n")
    put(folder, QUIZ, before)
    assert bring(folder, NEW).exit_code == 0
    after = (folder / QUIZ).read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == after.count(b"\r\n") == before.count(b"\n") + 12


def test_a_dry_run_says_the_same_and_writes_nothing(folder: Path) -> None:
    before = snapshot(folder)
    result = bring(folder, NEW, "--dry-run")
    assert "1 would be created" in result.stdout
    assert told(bring(folder, NEW, "--dry-run", "--json"))["created"] == ["q-door"]
    assert snapshot(folder) == before


def test_what_is_skipped_is_named(folder: Path) -> None:
    result = bring(folder, NEW + "\n::Note::Read this.\n\n::Two::Which?{=[html]<b>a</b> ~b ~c ####Because.}\n")
    assert "skipped: line 3: Note: a text without braces asks nothing" in result.stdout
    assert "skipped in part: line 5: Two: formatting" in result.stdout
    skipped = told(bring(folder, "::Note::Read this.\n", "--json"))["skipped"]
    assert skipped == [{"line": 1, "name": "Note", "message": "a text without braces asks nothing", "part": False}]


@pytest.mark.parametrize("arguments", [[], ["--json"]], ids=["lines", "JSON"])
def test_a_file_with_problems_changes_nothing(folder: Path, arguments: list[str]) -> None:
    before = snapshot(folder)
    result = bring(folder, NEW + "\n::Open::What?{=a\n", *arguments)
    assert isinstance(result.exception, BadInput)
    assert (
        str(result.exception)
        == f"{folder.parent}/bank.txt:3:14: this {{ is not ended by }}; a blank line ends a question"
    )
    assert bool(result.stdout) == bool(arguments)
    if arguments:
        assert [each["line"] for each in told(result)["problems"]] == [3]
    assert snapshot(folder) == before


def test_what_the_check_finds_is_told_at_the_question_that_makes_it(folder: Path) -> None:
    before = snapshot(folder)
    result = bring(folder, NEW + "\n::Other::What comes first?{T####Because.}\n")
    message = "q-other: the questions of this quiz must differ; this one stands there already"
    assert str(result.exception) == f"{folder.parent}/bank.txt:3:10: {message}"
    assert snapshot(folder) == before


def test_a_problem_elsewhere_is_told_where_it_is(folder: Path) -> None:
    spoil(folder, "tracks/start.yml", "level: entry", "level: none-such")
    result = bring(folder, NEW)
    assert str(result.exception).endswith("content/tracks/start.yml:4:8: there is no level 'none-such'")


def test_a_module_with_problems_takes_no_questions(folder: Path) -> None:
    spoil(folder, QUIZ, "pass_mark: 80", "pass_mark: 800")
    result = bring(folder, NEW)
    assert str(result.exception).endswith("quiz.yml:1:12: pass_mark: must be at most 100")


def test_a_quiz_that_cannot_be_changed_line_by_line_is_told(folder: Path) -> None:
    text = (folder / QUIZ).read_text()
    item = "{id: q-one, type: true-false, competency: skills/talking, prompt: One?, key: true, feedback: One.}"
    put(folder, QUIZ, f"pass_mark: 80\nitems: [{item}]\n")
    result = bring(folder, NEW)
    assert str(result.exception).endswith("quiz.yml:2:1: write each entry of this list on lines of its own first")
    assert text != (folder / QUIZ).read_text()


def test_a_quiz_begins_with_an_import(folder: Path) -> None:
    (folder / QUIZ).unlink()
    result = bring(folder, NEW)
    assert result.exit_code == 0, result.exception
    assert (folder / QUIZ).read_text().startswith("pass_mark: 80\nitems:\n  - id: q-door\n    type: single\n")
    assert check_directory(folder)[1].problems == ()


def test_warnings_of_the_quiz_are_told(folder: Path) -> None:
    result = bring(folder, "::Next::Is it?{F####No.}\n\n::Door::What now?{=A very long answer ~b ~c ####Because.}\n")
    assert result.exit_code == 0
    assert "quiz.yml:4:3: warning: all 2 true-false questions have the same key" in result.stderr


def test_a_quiz_that_grows_too_large_is_refused(folder: Path) -> None:
    filler = "# " + "x" * 1_000_000 + "\n"
    put(folder, QUIZ, (folder / QUIZ).read_text() + filler[: 1_000_000 - len((folder / QUIZ).read_text()) - 10])
    result = bring(folder, NEW)
    assert "quiz.yml:1:1: larger than 1 MB" in str(result.exception)


def test_a_competency_must_be_said_where_there_are_several(folder: Path) -> None:
    spoil(folder, "modules/visits/module.yml", "  - {competency: skills/talking, minutes: 20}",
          "  - {competency: skills/talking, minutes: 10}\n  - {competency: skills/asking, minutes: 10}")  # fmt: skip
    spoil(folder, "frameworks/skills.yml", "levels:", "  - {id: asking, title: Asking, summary: Ask., sub_skills: "
          "[{id: open, title: Open questions}]}\nlevels:")  # fmt: skip
    result = bring(folder, NEW)
    assert str(result.exception).endswith(
        "bank.txt:1:9: say by --competency what this question counts for; "
        "the module credits skills/talking, skills/asking"
    )
    assert bring(folder, NEW, "--competency", "skills/asking").exit_code == 0
    assert "competency: skills/asking" in (folder / QUIZ).read_text()


def test_feedback_can_be_given_to_all_that_have_none(folder: Path) -> None:
    silent = NEW.replace(" ####A bell rings.", "")
    assert "0 created" in bring(folder, silent).stdout
    assert "1 created" in bring(folder, silent, "--feedback", "Read the lesson again.").stdout
    assert "feedback: Read the lesson again." in (folder / QUIZ).read_text()


def test_wrong_usage(folder: Path) -> None:
    (folder.parent / "bank.txt").write_text(NEW)
    for result in (
        bring(folder, NEW, "--competency", "skills/unknown"),
        run(folder, "import", folder.parent / "bank.txt", module="unknown"),
        run(folder, "export", folder.parent / "out.txt", module="unknown"),
        run(folder, "export", folder.parent / "out.txt", form="qti"),
        run(folder, "import", folder.parent / "missing.txt"),
    ):
        assert result.exit_code == 2, result.output


def test_a_module_without_a_quiz_has_nothing_to_export(folder: Path) -> None:
    (folder / QUIZ).unlink()
    assert run(folder, "export", folder.parent / "out.txt").exit_code == 2


def test_an_export_says_what_it_wrote(folder: Path) -> None:
    result = run(folder, "export", folder.parent / "out.txt")
    assert result.stdout == f"3 questions (1 multiple, 1 single, 1 true-false) written to {folder.parent}/out.txt.\n"


def test_the_program_ends_with_one_and_needs_no_database(folder: Path) -> None:
    file = folder.parent / "bank.txt"
    file.write_text("::Open::What?{=a\n")
    command = [sys.executable, "-m", "lms", "quizzes", "import", str(file), "--format", "gift", "--module", "visits"]
    environment = {
        **os.environ,
        "LMS_CONTENT_DIR": str(folder),
        "LMS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{file}:1:14: this {{ is not ended by }}; a blank line ends a question\n"


PRACTICAL = """\
  - id: q-show
    type: practical
    competency: skills/talking
    prompt: Show it.
    rubric:
      criteria:
        - {id: does, text: Does it., levels: [{id: no, text: Does not., points: 0}, {id: yes, text: Does., points: 1}]}
    feedback: Good.
"""


def test_what_moodle_cannot_ask_is_named(folder: Path) -> None:
    put(folder, QUIZ, (folder / QUIZ).read_text() + PRACTICAL)
    result = run(folder, "export", folder.parent / "out.txt")
    assert result.stdout.splitlines()[1] == "not for Moodle: q-show: no other program asks this: an assessor scores it"
    assert "0 changed, 4 unchanged" in run(folder, "import", folder.parent / "out.txt").stdout
