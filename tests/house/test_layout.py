"""The laws of the house that a reader of the tree relies on (docs/architecture.md)."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from lms.config import ROOT

FEATURES = (
    "merging reports home notifications certificates translating tracks fieldwork training competencies courses "
    "assessments surveys listening organizations people audit"
).split()
FEATURE_FILES = {
    "__init__", "models", "rules", "queries", "service", "events", "handlers", "policy", "forms", "views", "messages",
    "templates", "cli", "jobs", "specs",
}  # fmt: skip
#: Names beyond the list, each with the number of the decision page that explains it: {feature: {name: "0003"}}.
DECIDED: dict[str, dict[str, str]] = {"assessments": {"items": "0010"}}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "base", "manager"}
MODULES = sorted((ROOT / "lms").rglob("*.py"))


@cache
def trees() -> tuple[tuple[Path, ast.Module], ...]:
    """Return every module of the program, parsed."""
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in MODULES)


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return what `ast.walk` finds: walking the whole program costs as much as reading it."""
    return tuple(ast.walk(tree))


def functions() -> Iterator[tuple[Path, ast.FunctionDef, int]]:
    """Yield every function of the program and its length in lines."""
    for path, tree in trees():
        for node in nodes(tree):
            if isinstance(node, ast.FunctionDef):
                yield path, node, (node.end_lineno or node.lineno) - node.lineno + 1


def imported(tree: ast.Module) -> set[str]:
    """Return the dotted names that a module imports."""
    names = set()
    for node in nodes(tree):
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


def test_views_stay_short() -> None:
    """A function of a view that answers a request has at most 15 lines below its docstring."""
    views = [
        (f"{path}:{node.lineno} {node.name}", body_length(node))
        for path, node, _ in functions()
        if "views" in path.relative_to(ROOT / "lms").with_suffix("").parts and any(map(is_mark, node.decorator_list))
    ]
    assert len(views) > 80, "too few views were read to mean anything"
    assert [entry for entry in views if entry[1] > 15] == []


def is_mark(decorator: ast.expr) -> bool:
    """Return whether a decorator says who may call a route."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Name) and called.id in {"public", "signed_in", "roles"}


def body_length(node: ast.FunctionDef) -> int:
    """Return how many lines a function has below its docstring."""
    first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
    return (node.end_lineno or 0) - first.lineno + 1


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
        for node in nodes(tree)
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


#: Another feature's tables that a file may join by name: docs/decisions/0004-home-and-reports-read-all-tables.md.
BORROWED = {
    ("certificates/queries/applications.py", "accounts"),
    ("certificates/queries/facts.py", "people"),
    ("fieldwork/queries/people.py", "accounts"),
    ("organizations/queries/staff.py", "people"),
    ("training/queries/importing.py", "contacts"),
    ("training/queries/importing.py", "people"),
    ("training/queries/sharing.py", "employment_terms"),
    ("training/queries/sharing.py", "employments"),
    ("tracks/queries/waivers.py", "accounts"),
    ("tracks/queries/waivers.py", "people"),
}
READS_ALL = {"home", "merging", "reports"}


def owners() -> dict[str, str]:
    """Return the feature that each table belongs to."""
    return {
        str(node.value.value): part_of(path)[0]
        for path, tree in trees()
        for node in nodes(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "__tablename__"
        and isinstance(node.value, ast.Constant)
    }


def borrowed(tree: ast.Module) -> Iterator[str]:
    """Yield the tables that a module names by `table("...")`, and "all" for the metadata's list of them."""
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr == "tables":
            yield "all"
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in {"table", "Table"}:
                yield str(node.args[0].value)


def test_no_feature_reads_tables_of_another() -> None:
    tables = owners()
    assert len(tables) > 40
    found = {
        (path.relative_to(ROOT / "lms").as_posix(), name)
        for path, tree in trees()
        if (feature := part_of(path)[0]) in FEATURES and feature not in READS_ALL
        for name in borrowed(tree)
        if tables.get(name) != feature
    }
    assert found == BORROWED


#: What belongs to one machine, and no reader of the project can follow.
UNWANTED = re.compile(r"registry\.npmjs|pypi\.org|files\.pythonhosted|(?<![\w.>*}-])/(?:root|work|home)/")


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_written_down() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a clone")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    found = [f"{name}: {word}" for name in names for word in unwanted_in(ROOT / name)]
    assert len(names) > 400
    assert found == []


def unwanted_in(path: Path) -> list[str]:
    """Return the unwanted words in a text file; none in one that is not text, or was just removed."""
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return []
    return UNWANTED.findall(text)
