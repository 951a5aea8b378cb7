"""The documents are true: what exists is named, what is named exists, links lead somewhere, promises name tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from lms.actor import ROLES
from lms.app import create_app
from lms.commands import cli
from lms.config import ROOT
from lms.scheduler.jobs import JOBS
from tests.databases import make_config

PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "frontend/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
#: What `docs/architecture.md` names as not built yet.
PLANNED = {"lms/api", "lms/standards"}
NOT_BUILT = "## Named and not built yet"


def text_of(*names: str) -> str:
    """Return pages of `docs/` as one text."""
    return "\n".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in names)


def built() -> str:
    """Return what the interface says of that which exists, with the page of settings."""
    return text_of("interface.md").partition(NOT_BUILT)[0] + text_of("configuration.md")


def is_named(word: str, text: str) -> bool:
    """Return whether `word` stands in `text` as a whole, not as the beginning of a longer one."""
    return re.search(rf"(?<![\w/-]){re.escape(word)}(?![\w-])", text) is not None


def commands(command: click.Command, name: str = "lms") -> Iterator[str]:
    """Yield the full name of every command below `command`."""
    if not isinstance(command, click.Group):
        yield name
        return
    context = click.Context(command)
    for each in command.list_commands(context):
        found = command.get_command(context, each)
        assert found is not None
        yield from commands(found, f"{name} {each}")


@pytest.fixture(scope="module")
def bare_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Return the application, to be looked at only."""
    folder = tmp_path_factory.mktemp("docs")
    return create_app(make_config(folder, f"sqlite:///{folder}/lms.sqlite3"))


def test_every_command_is_documented() -> None:
    names = list(commands(cli))
    assert len(names) > 30
    assert {"lms doctor", "lms serve", "lms content publish", "lms db upgrade"} <= set(names)
    assert [name for name in names if not is_named(name, built())] == []


def test_every_command_that_is_documented_exists() -> None:
    names = set(commands(cli))
    words = {name for full in names for name in (full, full.rsplit(" ", 1)[0])}
    for page in PAGES:
        text = page.read_text(encoding="utf-8").partition(NOT_BUILT)[0]
        for line in re.findall(r"(?:(?<=`)|(?<=\.venv/bin/)|(?<=^))lms [a-z][a-z -]*", text, re.MULTILINE):
            named = re.split(r" -|  ", line.strip())[0].split()
            shown = " ".join(named[:3])
            if shown == "lms backup":  # said to be missing, with what to do meanwhile
                continue
            assert any(" ".join(named[:size]) in words for size in (3, 2) if len(named) >= size), f"{page.name}: {line}"


def test_every_setting_is_documented() -> None:
    source = (ROOT / "lms" / "config.py").read_text(encoding="utf-8")
    names = set(re.findall(r'env\.get\(\s*"([A-Z_]+)"', source))
    assert len(names) > 10
    for page in ("interface.md", "configuration.md"):
        assert sorted(name for name in names if not is_named(name, text_of(page))) == []
    named = set(re.findall(r"LMS_[A-Z_]+", "".join(page.read_text(encoding="utf-8") for page in PAGES)))
    assert named - names == {"LMS_TEST_POSTGRES_URL"}


def test_every_address_is_documented(bare_app: Flask) -> None:
    prefixes = {"/" + rule.rule.split("/")[1] for rule in bare_app.url_map.iter_rules()} - {"/"}
    assert len(prefixes) > 15
    assert [prefix for prefix in sorted(prefixes) if f"`{prefix}" not in built()] == []


def test_every_address_that_is_documented_exists(bare_app: Flask) -> None:
    table = text_of("interface.md").partition("## Addresses")[2].partition("## Roles")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `/")]
    named = {address for cell in cells for address in re.findall(r"`(/[^` ]*)`", cell)}
    assert len(named) > 25
    known = {_shape(rule.rule) for rule in bare_app.url_map.iter_rules()}
    missing = [
        each
        for each in sorted(named - {"/static/..."})
        if _shape(each) not in known and not any(shape.startswith(_shape(each) + "/") for shape in known)
    ]
    assert missing == []


def _shape(address: str) -> str:
    """Return an address with every variable part as `<>`."""
    plain = re.sub(r"\.<[^>]*>$|\.(pdf|json)$", "", address) if "certificates/<serial>" in address else address
    return re.sub(r"<[^>]*>", "<>", plain)


def test_every_role_is_documented() -> None:
    table = text_of("interface.md").partition("## Roles")[2].partition("## ")[0]
    assert tuple(sorted(re.findall(r"^\| `([a-z]+)`", table, re.MULTILINE))) == tuple(sorted(ROLES))


def test_every_job_is_documented() -> None:
    table = text_of("operations.md").partition("## Jobs")[2].partition("## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)`", table, re.MULTILINE)) == {job.name for job in JOBS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if path.startswith(("http://", "https://")):
            continue
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in anchors(file), f"{page.name}: {target}"


def anchors(page: Path) -> set[str]:
    """Return the names by which the headings of a page are reached."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_to_paste_is_found(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    fenced = "\n".join(re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL))
    named = set(re.findall(r"^\s*make ([a-z-]+)", fenced, re.MULTILINE)) | set(re.findall(r"`make ([a-z-]+)`", text))
    assert named <= targets
    assert not re.findall(r"^\s*lms .*", fenced, re.MULTILINE), "pasted, it is not found: write .venv/bin/lms"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8").partition(NOT_BUILT)[0]
    pattern = r"(?<![\w/.])((?:lms|tests|content|migrations|translations|frontend|docs)/[\w./-]*\w)(?![\w<*{/]*[<*{])"
    for path in set(re.findall(pattern, text)) - PLANNED:
        assert (ROOT / path).exists(), f"{page.name}: {path}"


def test_every_test_and_function_that_is_named_exists() -> None:
    """A file's name followed by names in code marks, on the same line, is a promise."""
    promised = 0
    for page in (ROOT / "docs" / "security.md", ROOT / "docs" / "newcomer.md"):
        text = re.sub(r"\n +", " ", page.read_text(encoding="utf-8"))
        for path, names in re.findall(r"`((?:lms|tests)/[\w/]+\.py)`((?:,? `\w+`)+)", text):
            source = (ROOT / path).read_text(encoding="utf-8")
            for name in re.findall(r"`(\w+)`", names):
                promised += 1
                assert re.search(rf"\b(def|class) {name}\b", source), f"{page.name}: {path} {name}"
        for name, path in re.findall(r"`(\w+)` (?:in|\() ?`((?:lms|tests)/[\w/]+\.py)`", text):
            promised += 1
            source = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"\b(def|class) {name}\b|^{name} = ", source, re.MULTILINE), f"{page.name}: {path} {name}"
    assert promised > 60


def test_every_promise_of_certificates_names_its_test() -> None:
    """Its scripts and commands are pasted and run in `tests/foreign/test_manual.py`, beside the programs they need."""
    table = text_of("certificates.md").partition("## Every promise and its test")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 30
    for row in rows:
        named = re.findall(r"^\| .+ \| `(tests/[\w/]+\.py)` `(test_\w+)` \|$", row)
        assert len(named) == 1, row
        assert re.search(rf"^def {named[0][1]}\(", (ROOT / named[0][0]).read_text(encoding="utf-8"), re.MULTILINE), row
    assert len(set(rows)) == len(rows)
