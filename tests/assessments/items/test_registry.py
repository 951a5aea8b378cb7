"""A type without grading, page, keyboard use, statistics, exchange, leak test or a word in the docs fails the build."""

from __future__ import annotations

import inspect
import re
import shutil
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from lms.assessments.items import TYPES, ItemSpec, rules_of
from lms.assessments.items.kinds import ItemRules
from lms.assessments.messages import lacking
from lms.config import ROOT
from lms.content.yaml_files import read_yaml
from tests.assessments.items import CANARY, module_of, question, read

HERE = ROOT / "lms" / "assessments" / "items"
FILES = ("__init__.py", "spec.py", "rules.py", "exchange.py", "question.html", "answer.html", "paper.html")
FUNCTIONS = tuple(name for name, value in vars(ItemRules).items() if inspect.isfunction(value) and name[0] != "_")
TESTED = ("CASES", "SAMPLE", "OTHER", "WALK", "ITEMS", "sent_to")
FEWEST_CASES = 8
#: What the keyboard cannot use, or only with scripts of ours.
MOUSE_ONLY = re.compile(r"\bon[a-z]+=|tabindex|role=|<script|draggable|style=")
DOCS = (ROOT / "docs" / "quizzes.md").read_text(encoding="utf-8")


@pytest.fixture
def engine_name() -> str:
    """Return the one engine of this file: no type is whole on one and not on the other."""
    return "sqlite"


def lacking_of(name: str, folder: Path, rules: object, tests: object, docs: str) -> list[str]:
    """Return what a type has not."""
    found = [file for file in FILES if not (folder / file).is_file()]
    found += [function for function in FUNCTIONS if not _has(rules, function)]
    found += [each for each in TESTED if not hasattr(tests, each)]
    for file in {"question.html", "answer.html"} - set(found):
        words = (folder / file).read_text(encoding="utf-8")
        found += [f"{file} without {each}" for each in MOUSE_ONLY.findall(words)]
    if len(getattr(tests, "CASES", ())) < FEWEST_CASES:
        found.append(f"{FEWEST_CASES} cases")
    if CANARY not in str(getattr(tests, "SAMPLE", "")):
        found.append("a canary")
    if not all(each in docs for each in (f"\n### `{name}`\n", f"\n  type: {name}\n", f"\n| `{name}` |")):
        found.append("docs")
    return found


def _has(rules: object, function: str) -> bool:
    """Return whether `rules` has a function with the arguments that every type's has."""
    wanted = list(inspect.signature(getattr(ItemRules, function)).parameters)[1:]
    found = getattr(rules, function, None)
    return found is not None and list(inspect.signature(found).parameters) == wanted


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_is_whole(name: str) -> None:
    kind = TYPES[name]
    folder = HERE / name.replace("-", "_")
    assert lacking_of(name, folder, kind.rules, module_of(name), DOCS) == []
    assert hasattr(import_module(f"lms.assessments.items.{folder.name}.exchange"), "EXCHANGE")
    assert kind.spec.__name__ == "Item"
    assert issubclass(kind.spec, ItemSpec)
    assert kind.spec.model_fields["type"].annotation.__args__ == (name,)


def test_every_folder_is_a_type() -> None:
    folders = {each.parent.name.replace("_", "-") for each in HERE.glob("*/__init__.py")}
    assert folders == set(TYPES)
    assert len(TYPES) == 11


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, Any]:
    """Return a type of its own that has all, as `lacking_of` takes it."""
    folder = tmp_path / "single"
    shutil.copytree(HERE / "single", folder)
    for file in FILES:
        (folder / file).touch()
    tests = module_of("single")
    return {
        "name": "single",
        "folder": folder,
        "rules": SimpleNamespace(**{name: getattr(TYPES["single"].rules, name) for name in FUNCTIONS}),
        "tests": SimpleNamespace(**{name: getattr(tests, name) for name in TESTED}),
        "docs": DOCS,
    }


@pytest.mark.parametrize("file", FILES)
def test_a_type_without_a_file_fails(whole: dict[str, Any], file: str) -> None:
    assert lacking_of(**whole) == []
    (whole["folder"] / file).unlink()
    assert lacking_of(**whole) == [file]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_type_without_a_rule_fails(whole: dict[str, Any], function: str) -> None:
    delattr(whole["rules"], function)
    assert lacking_of(**whole) == [function]
    setattr(whole["rules"], function, lambda item: item)
    assert lacking_of(**whole) == [function], "one of another shape is none"


@pytest.mark.parametrize("name", TESTED)
def test_a_type_that_is_not_tested_fails(whole: dict[str, Any], name: str) -> None:
    delattr(whole["tests"], name)
    assert name in lacking_of(**whole)


def test_few_cases_no_canary_and_no_docs_fail(whole: dict[str, Any]) -> None:
    whole["tests"].CASES = whole["tests"].CASES[: FEWEST_CASES - 1]
    whole["tests"].SAMPLE = {**whole["tests"].SAMPLE, "feedback": "Nothing."}
    whole["docs"] = DOCS.replace("### `single`", "### Single")
    assert lacking_of(**whole) == ["8 cases", "a canary", "docs"]


def test_a_page_that_needs_a_mouse_fails(whole: dict[str, Any]) -> None:
    (whole["folder"] / "question.html").write_text('<div role="listbox" onclick="x()">')
    assert len(lacking_of(**whole)) == 2


def examples() -> list[Mapping[str, Any]]:
    """Return the questions that docs/quizzes.md shows."""
    found = []
    for block in re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL):
        document = read_yaml(block)
        assert not document.faults
        found += document.data
    return found


def test_the_docs_show_a_question_of_each_type() -> None:
    shown = [read(each) for each in examples()]
    assert [item.type for item in shown] == re.findall(r"^### `([a-z-]+)`$", DOCS, re.MULTILINE)
    assert {item.type for item in shown} == set(TYPES)
    for item in shown:
        assert list(item.faults_at(())) == [], item.id


@pytest.mark.parametrize("name", sorted(TYPES))
def test_what_is_missing_has_a_sentence(name: str, app: Flask) -> None:
    body = inspect.getsource(TYPES[name].rules.lacks).rpartition('"""')[2]
    codes = re.findall(r'"([a-z_]+)"', body.replace('"value"', ""))
    item = read(module_of(name).SAMPLE)
    with app.test_request_context():
        told = [lacking(code) for code in codes]
        assert all(len(sentence) > 10 for sentence in told)
        assert rules_of(item).lacks(item, ()) in {None, *codes}


def test_only_a_reflection_may_be_worth_nothing() -> None:
    assert [name for name, each in TYPES.items() if each.spec.MAY_BE_UNGRADED] == ["reflection"]
    assert read(question("reflection", points=0)).points == 0
