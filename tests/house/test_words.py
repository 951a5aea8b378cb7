"""The program's words: every catalogue is complete and up to date, in the letters of its language."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lms.config import ROOT
from lms.i18n import TAGS

CATALOGUES = ROOT / "translations"
#: What marks a word as one to translate, as translations/catalogues.py has it.
KEYWORDS = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
TRANSLATED = [tag for tag in TAGS if tag != "en"]


def run(command: str, folder: Path = CATALOGUES) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "catalogues.py"), command], capture_output=True, text=True, cwd=ROOT, check=False
    )


def test_no_word_is_missing_in_any_language() -> None:
    answer = run("missing")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_catalogues_are_up_to_date_with_the_program() -> None:
    files = sorted(CATALOGUES.rglob("*.po*"))
    before = {path: path.read_bytes() for path in files}
    assert len(files) >= 6
    try:
        assert run("update").returncode == 0
        changed = [path.name for path, text in before.items() if path.read_bytes() != text]
    finally:
        for path, text in before.items():
            path.write_bytes(text)
    assert changed == [], "run `make messages` and translate what is new"


@pytest.mark.parametrize("tag", TRANSLATED)
def test_translations_keep_placeholders_and_letters(tag: str) -> None:
    with (CATALOGUES / tag / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=tag)
    faults, read = [], 0
    for message in catalogue:
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
        strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        known = {name for source in sources for name in PLACEHOLDER.findall(source)}
        for string in strings:
            read += 1
            if set(PLACEHOLDER.findall(string)) - known or string != unicodedata.normalize("NFC", string):
                faults.append(string)
            if tag in ("to", "sm") and re.search(r"[a-zāēīōū]['’‘`][a-zāēīōū]", string):
                faults.append(string)
        if len(sources) == 1 and known != set(PLACEHOLDER.findall(strings[0])):
            faults.append(strings[0])
    assert read > 1000
    assert faults == []


def hidden_words(source: str) -> list[str]:
    """Return the calls of gettext inside f-strings: the catalogues' maker does not see them, so nobody translates."""
    return [
        ast.unparse(call)
        for text in ast.walk(ast.parse(source))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
    ]


def test_no_words_hide_in_an_f_string() -> None:
    assert hidden_words("said = f\"{done} {_('Well done.')}\"") == ["_('Well done.')"]
    found = {
        str(path): words for path in (ROOT / "lms").rglob("*.py") if (words := hidden_words(path.read_text("utf-8")))
    }
    assert not found
