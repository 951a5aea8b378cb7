"""Mistakes planted one at a time in the content that is shipped: each is reported at its line, and nothing else is."""

from __future__ import annotations

import copy
import json
import shutil
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.config import ROOT
from lms.content import folder as reader
from lms.content.lessons import count_words
from lms.content.status import list_open
from lms.publish import SHAPES, check_directory, content

OUTREACH = "modules/outreach"
QUIZ = f"{OUTREACH}/quiz.yml"
LESSON = f"{OUTREACH}/lessons/first-words.md"
#: All that the short track needs, and so all that the copy holds; the whole takes long to read so often.
COPIED = ("frameworks", "certificates", "surveys", "modules/communication", OUTREACH)
BROTHER = "Are you her brother? Then you could help her to remember her visit."
LUPE = "Me llamo Lupe. ¿Le podría pedir, por favor, que me llame? Este es mi número."
HARD = (
    "Community organizations collaborating internationally, notwithstanding considerable administrative difficulties, "
    "occasionally demonstrate extraordinary effectiveness in communicating epidemiological information. "
) * 12


@dataclass(frozen=True)
class Planted:
    """A mistake: where, what stands there, what is put in its place, and what is said of it.

    In a PO file `context` says which sentence is meant.
    """

    name: str
    file: str
    old: str
    new: str
    said: str
    context: str = ""
    is_warning: bool = False
    #: How many lines below the one that is changed the mistake is reported.
    shift: int = 0


def in_po(name: str, locale: str, context: str, old: str, new: str, said: str, **more: object) -> Planted:
    return Planted(name, f"{OUTREACH}/{locale}.po", old, new, said, context, **more)  # type: ignore[arg-type]


PLANTED = (
    in_po("number", "es", "lessons/staying-safe.md:after-you-leave.5", "911", "912", "lacks 911 and adds 912"),
    in_po("number left out", "es", "quiz.yml:q-leave-now.b", "al 911", "", "lacks 911"),
    in_po("glottal stop", "to", "module.yml:summary", "ʻoku", "'oku", "U+02BB"),
    in_po("decomposed", "es", "module.yml:summary", "có", "co\u0301", "NFC"),
    in_po(
        "link", "sm", "lessons/first-words.md:four-sentences-to-begin.2", "**", "[a](https://example.org) **", "links"
    ),
    in_po("tags", "es", "lessons/first-words.md:four-sentences-to-begin.2", "**", "<b>x</b> **", "HTML"),
    in_po(
        "marks", "sm", "lessons/first-words.md:four-sentences-to-begin.2", "**", "", "its marks differ", is_warning=True
    ),
    in_po("option", "es", "quiz.yml:q-phone.c", "*", "", "5 of 6 sentences", is_warning=True),
    in_po("answers alike", "es", "quiz.yml:q-phone.d", "*", LUPE, "must differ"),
    in_po("copy", "sm", "quiz.yml:q-phone.d", "*", BROTHER, "same as the English", is_warning=True),
    in_po("term", "es", "quiz.yml:q-phone.prompt", "clínica", "oficina", "'clinic'", is_warning=True),
    Planted("name in braces", "certificates/first-steps.to.po", "{date}", "{aho}", "placeholders", "words.completed"),
    Planted("state", "certificates/first-steps.to.po", "# state: draft", "# state: done", "unknown state"),
    Planted("key", QUIZ, "key: [b]", "key: [e]", "not among the options"),
    Planted("reference", f"{OUTREACH}/module.yml", "survey: ", "survey: not-", "there is no survey"),
    Planted("hard", LESSON, "## Four sentences", f"{HARD}\n\n## Four sentences", "reads like grade", is_warning=True),
    Planted("block", LESSON, "Then stop and listen.", ":::tip\n:::\n\nThen stop and listen.", "unknown block"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a copy of the content that is shipped, as far as the short track needs it."""
    folder = tmp_path_factory.mktemp("planted") / "content"
    for name in COPIED:
        shutil.copytree(ROOT / "content" / name, folder / name)
    for path in [*(ROOT / "content/tracks").glob("first-steps.*"), ROOT / "content/glossary.yml"]:
        target = folder / path.relative_to(ROOT / "content")
        target.parent.mkdir(exist_ok=True)
        shutil.copy(path, target)
    keep = {"first-steps"}
    for path in (folder / "certificates").iterdir():
        if path.name.partition(".")[0] not in keep:
            path.unlink()
    return folder


@pytest.fixture(autouse=True)
def _reading_once(monkeypatch):
    """Let a file that did not change be taken apart once."""
    monkeypatch.setattr(reader, "read_yaml", lambda *given, **named: copy.deepcopy(_read(*given, **named)))


_read = lru_cache(maxsize=500)(reader.read_yaml)


def found(folder: Path) -> Counter[tuple[str, int, str, bool]]:
    _, checked = check_directory(folder)
    both = [(each, False) for each in checked.problems] + [(each, True) for each in checked.warnings]
    return Counter((each.path.removeprefix(f"{folder}/"), each.line, each.message, warns) for each, warns in both)


def plant(folder: Path, each: Planted) -> tuple[str, int]:
    """Make the mistake, and return the text as it was and the line on which it stands."""
    path = folder / each.file
    was = path.read_text(encoding="utf-8")
    start = was.index(f':{each.context}"' if ":" not in each.context else f'"{each.context}"') if each.context else 0
    if each.old == "*":  # the whole translation
        at = was.index("msgstr ", start) + len("msgstr ")
        end = was.index("\n", at)
        path.write_text(f"{was[:at]}{json.dumps(each.new, ensure_ascii=False)}{was[end:]}", encoding="utf-8")
    else:
        at = was.index(each.old, was.index("msgstr ", start) if each.context else 0)
        path.write_text(f"{was[:at]}{each.new}{was[at + len(each.old) :]}", encoding="utf-8")
    return was, was[:at].count("\n") + 1


def test_the_copy_is_right(folder):
    assert not found(folder)


@pytest.mark.parametrize("each", PLANTED, ids=lambda each: each.name)
def test_a_mistake_is_reported_at_its_line_and_nothing_else(folder, each):
    was, line = plant(folder, each)
    try:
        told = found(folder)
    finally:
        (folder / each.file).write_text(was, encoding="utf-8")
    wanted = {(path, at, warns) for path, at, message, warns in told if each.said in message}
    assert wanted == {(each.file, line + each.shift, each.is_warning)}, told
    others = {message for _, _, message, _ in told if each.said not in message}
    assert not {message for message in others if "older English" not in message}, told


def test_there_are_more_than_ten_kinds():
    assert len({each.said for each in PLANTED}) > 10


def run(*arguments):
    return CliRunner().invoke(content, [str(each) for each in arguments])


def test_one_changed_sentence_is_stale_in_three_languages_and_no_other_is(folder):
    path = folder / LESSON
    was = {each: each.read_bytes() for each in [path, *(folder / OUTREACH).glob("*.po")]}
    old, new = "Knock, step back, stand where you can be seen", "Knock, step far back, stand where you can be seen"
    before = status(folder)
    try:
        path.write_text(path.read_text().replace(old, new))
        assert run("extract", folder).output.endswith("3 files changed.\n")
        after, read = status(folder), reader.read_folder(folder, SHAPES)
        for locale in ("es", "to", "sm"):
            assert after[locale]["stale"] - before[locale]["stale"] == count_words(new)
            assert before[locale]["draft"] - after[locale]["draft"] == count_words(old)
            assert after[locale]["stale_days"] == 0
            (stale,) = (each for each in list_open(read, "first-steps", locale) if each.state == "stale")
            assert (stale.english, stale.path) == (new, f"{folder}/{OUTREACH}/{locale}.po")
        assert after["en"]["total"] == before["en"]["total"] + 1
    finally:
        for each, body in was.items():
            each.write_bytes(body)
    assert not found(folder)


def status(folder: Path) -> dict[str, dict[str, object]]:
    """Return the rows of the short track by language."""
    rows = json.loads(run("status", "--json", folder).stdout)
    return {row["language"]: row for row in rows if row["track"] == "first-steps"}


def listed(folder: Path, locale: str) -> list[str]:
    return run("status", "--sentences", f"first-steps/{locale}", folder).stdout.splitlines()


def test_what_has_to_be_read_first_is_listed_first(folder):
    *lines, last = listed(folder, "to")
    ranks = ["safety" if ", safety:" in line else "quiz" if ", quiz:" in line else "rest" for line in lines]
    assert ranks == sorted(ranks, key=["safety", "quiz", "rest"].index)
    assert set(ranks) == {"safety", "quiz", "rest"}
    assert last == f"{len(lines)} sentences of first-steps in to have not been reviewed."
    path, line, _ = lines[0].split(":")[:3]
    assert Path(path).read_text().splitlines()[int(line) - 1].startswith("msgctxt")
