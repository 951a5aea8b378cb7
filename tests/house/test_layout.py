"""The laws of the house that a reader of the tree relies on (docs/architecture.md)."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.config import ROOT

FEATURES = (
    "reports home notifications certificates tracks competencies courses assessments surveys organizations people audit"
).split()
FEATURE_FILES = {
    "__init__", "models", "rules", "queries", "service", "events", "handlers", "policy", "forms", "views", "messages",
    "templates", "cli", "jobs", "specs",
}  # fmt: skip
#: Names beyond the list, each with the number of the decision page that explains it: {feature: {name: "0003"}}.
DECIDED: dict[str, dict[str, str]] = {}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "base", "manager"}
MODULES = sorted((ROOT / "lms").rglob("*.py"))


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of the program, parsed."""
    for path in MODULES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def functions() -> Iterator[tuple[Path, ast.FunctionDef, int]]:
    """Yield every function of the program and its length in lines."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield path, node, (node.end_lineno or node.lineno) - node.lineno + 1


def imported(tree: ast.Module) -> set[str]:
    """Return the dotted names that a module imports."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_the_tree_holds_what_the_interface_promises() -> None:
    for name in (
        "lms lms/courses lms/competencies lms/certificates content translations migrations tests wsgi.py "
        "pyproject.toml README.md CHANGELOG.md CONTRIBUTING.md LICENSE Makefile requirements.lock .ci/run"
    ).split():
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_has_only_the_known_files(feature: str) -> None:
    found = {path.stem for path in (ROOT / "lms" / feature).iterdir() if path.name != "__pycache__"}
    allowed = FEATURE_FILES | set(DECIDED.get(feature, {}))
    assert found - allowed == set()
    for page in DECIDED.get(feature, {}).values():
        assert list((ROOT / "docs" / "decisions").glob(f"{page}-*.md")), f"no decision page {page}"


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for path in MODULES if path.stem in FORBIDDEN_NAMES] == []


def test_files_stay_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {path: n for path, n in lengths.items() if n > 400} == {}
    assert statistics.median(n for n in lengths.values() if n) <= 100


def test_functions_stay_short() -> None:
    lengths = [(f"{path}:{node.lineno} {node.name}", n) for path, node, n in functions()]
    assert len(lengths) > 500, "too few functions were read to mean anything"
    assert [entry for entry in lengths if entry[1] > 60] == []
    assert statistics.median(n for _, n in lengths) <= 10


def test_nothing_is_imported_inside_a_function() -> None:
    lazy = [
        f"{path}:{node.lineno}"
        for path, node, _ in functions()
        if any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    ]
    assert lazy == []


def test_only_the_database_module_commits() -> None:
    guilty = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        if path.name != "db.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert guilty == []


def test_every_module_and_public_function_says_what_it_is() -> None:
    silent = [str(path) for path, tree in trees() if tree.body and not ast.get_docstring(tree)]
    silent += [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def part_of(path: Path) -> tuple[str, str]:
    """Return the feature and the kind of file ("rules", "views", ...) that a module belongs to."""
    parts = path.relative_to(ROOT / "lms").with_suffix("").parts
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])


PURE = {"flask", "flask_login", "flask_babel", "flask_wtf", "sqlalchemy", "wtforms", "lms.db"}
WEBLESS = {"flask", "flask_login", "flask_babel", "flask_wtf", "wtforms", "lms.web"}


@pytest.mark.parametrize(
    ("kinds", "forbidden"),
    [(("rules", "events"), PURE), (("service", "queries", "models", "policy"), WEBLESS)],
    ids=["rules and events are pure", "services and queries know no web"],
)
def test_what_a_file_may_import(kinds: tuple[str, ...], forbidden: set[str]) -> None:
    read = 0
    guilty = []
    for path, tree in trees():
        feature, kind = part_of(path)
        if feature not in FEATURES or kind not in kinds:
            continue
        read += 1
        guilty += [
            f"{path}: {name}"
            for name in imported(tree)
            if any(name == root or name.startswith(root + ".") for root in forbidden)
        ]
    assert read >= 10
    assert guilty == []


ROOF = {"app", "commands", "scheduler", "publish", "demo", "doctor"}


def test_views_handlers_and_commands_are_imported_by_the_roof_alone() -> None:
    guilty = []
    for path, tree in trees():
        feature, kind = part_of(path)
        if (feature or kind) in ROOF:
            continue
        for name in imported(tree):
            parts = name.split(".")
            if len(parts) >= 3 and parts[0] == "lms" and parts[1] in FEATURES:
                inside = parts[1] == feature
                if parts[2] in {"views", "handlers", "cli"} and not inside:
                    guilty.append(f"{path}: {name}")
                if parts[2] == "models" and not inside and feature != "reports":
                    guilty.append(f"{path}: {name}")
    assert guilty == []


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_written_down() -> None:
    words = ("registry.npmjs", "pypi.org", "files.pythonhosted", "/root/", "/work/")
    files = [ROOT / name for name in ("package-lock.json", "requirements.lock", "Makefile", "pyproject.toml")]
    files += [*(ROOT / "docs").rglob("*.md"), *MODULES]
    found = [f"{path}: {word}" for path in files for word in words if word in path.read_text(encoding="utf-8")]
    assert len(files) > 50
    assert found == []
