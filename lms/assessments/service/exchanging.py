"""Brings questions of other programs into a module's quiz.yml, and writes a quiz for them. No database."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lms.assessments.items.asked import Misread
from lms.assessments.rules.exchange.exporting import Exported, export_quiz
from lms.assessments.rules.exchange.files import MAX_BYTES, read_questions
from lms.assessments.rules.exchange.planning import Plan, Terms, plan_import
from lms.assessments.specs import FILE
from lms.content.checks import check_folder
from lms.content.extraction import Extracted, extract, write_extracted
from lms.content.folder import ContentObject, Folder, put_text, read_folder
from lms.content.shapes import Shape
from lms.content.splicing import CannotSplice, splice
from lms.content.yaml_writing import write_mapping
from lms.errors import BadInput, NotFound, Problem

#: The pass mark of a quiz that begins with an import; its writer changes it.
PASS_MARK = 80


@dataclass(frozen=True)
class Module:
    """A module in a content folder, and the kinds of files that such a folder holds."""

    directory: Path
    key: str
    shapes: Sequence[Shape]


@dataclass(frozen=True)
class Wanted:
    """A file to import: how it is called, its format, and what holds where it is silent."""

    path: Path
    form: str
    competency: str = ""
    feedback: str = ""
    #: Since when translations are stale whose English it changes.
    on: date | None = None


@dataclass
class Imported:
    """What an import does or would do. Nothing is written while there are `problems`."""

    plan: Plan
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    translations: list[Extracted] = field(default_factory=list)
    text: str = ""


def import_file(module: Module, wanted: Wanted, *, dry_run: bool = False) -> Imported:
    """Change the quiz of `module` by the questions of a file, all or nothing, and return what that is.

    Raise `NotFound` when there is no such module, `BadInput` when its own files have problems already.
    """
    folder, made = _open(module)
    terms = Terms(_credited(made), wanted.competency, wanted.feedback)
    with wanted.path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    quiz = made.files[FILE].document.data if FILE in made.files else {}
    done = Imported(plan_import(read_questions(data, wanted.form), quiz, terms))
    done.problems += [_problem(wanted.path, fault) for fault in done.plan.faults]
    if done.problems or not done.plan.items:
        return done
    target = module.directory / "modules" / module.key / FILE
    _judge(folder, made, wanted, done, target)
    if not done.problems and not dry_run:
        _write(target, done)
    return done


def export_file(module: Module, form: str) -> Exported:
    """Return a module's quiz in the format `form`; raise `NotFound` when there is none, `BadInput` as `import_file`."""
    _, made = _open(module)
    if FILE not in made.files:
        raise NotFound
    return export_quiz(made.files[FILE].document.data, form)


def credited(module: Module) -> tuple[str, ...]:
    """Return the competencies that a module credits; raise as `import_file`."""
    return _credited(_open(module)[1])


def _open(module: Module) -> tuple[Folder, ContentObject]:
    """Return the content folder and the module in it."""
    shown = os.path.relpath(module.directory) if module.directory.resolve().is_relative_to(Path.cwd()) else ""
    folder = read_folder(module.directory, module.shapes, shown)
    made = folder.objects.get(("module", module.key))
    if made is None:
        raise NotFound
    own = [each for each in folder.problems if each.path in {f"{made.shown_prefix}{name}" for name in _HEADS}]
    if own:
        raise BadInput(own)
    return folder, made


_HEADS = ("module.yml", FILE)


def _credited(made: ContentObject) -> tuple[str, ...]:
    listed: list[Mapping[str, Any]] = made.files["module.yml"].document.data["credits"]
    return tuple(dict.fromkeys(each["competency"] for each in listed))


def _problem(path: Path, fault: Misread) -> Problem:
    return Problem(str(path), *fault.place, str(fault))


def _judge(folder: Folder, made: ContentObject, wanted: Wanted, done: Imported, target: Path) -> None:
    """Check the folder as it would be, and note what is wrong, what deserves a look, and which PO files change."""
    try:
        done.text = _changed(made, done.plan, target)
    except CannotSplice as error:
        done.problems.append(Problem(f"{made.shown_prefix}{FILE}", error.line, 1, str(error)))
        return
    put_text(folder, made, FILE, done.text.replace("\r\n", "\n"))
    checked = check_folder(folder)
    path = made.files[FILE].path
    done.problems += [_at_home(each, made, wanted, done.plan) for each in checked.problems]
    done.warnings += [each for each in checked.warnings if each.path == path]
    done.translations += extract(Folder({("module", made.key): made}), wanted.on)


def _changed(made: ContentObject, plan: Plan, target: Path) -> str:
    """Return the text of quiz.yml with what the plan changes."""
    added = [plan.items[name] for name in plan.created if name in plan.items]
    if FILE not in made.files:
        entries = [line for entry in added for line in _entry(entry)]
        return "\n".join([f"pass_mark: {PASS_MARK}", "items:", *entries, ""])
    places = {item["id"]: place for place, item in enumerate(made.files[FILE].document.data["items"])}
    changed = {places[name]: plan.items[name] for name in plan.changed}
    text = target.read_bytes().decode()
    made_text = splice(text.replace("\r\n", "\n"), "items", changed, added)
    return made_text.replace("\n", "\r\n") if "\r\n" in text else made_text


def _entry(entry: Mapping[str, Any]) -> Iterator[str]:
    for place, line in enumerate(write_mapping(entry)):
        yield f"  {'  ' if place else '- '}{line}"


def _at_home(problem: Problem, made: ContentObject, wanted: Wanted, plan: Plan) -> Problem:
    """Return a problem of the quiz as it would be at the question of the file that makes it, where one does."""
    file = made.files[FILE]
    if problem.path != file.path:
        return problem
    items = file.document.data["items"]
    lines = [file.document.place(("items", place))[0] for place in range(len(items))]
    place = bisect_right(lines, problem.line) - 1
    name = items[place]["id"] if place >= 0 else ""
    if name not in plan.items:
        return problem
    return Problem(str(wanted.path), *plan.places[name], f"{name}: {problem.message}")


def _write(target: Path, done: Imported) -> None:
    """Write quiz.yml, whole or not at all, then the PO files that follow it."""
    fresh = target.with_name(f"{FILE}.new")
    fresh.write_bytes(done.text.encode())
    fresh.replace(target)
    write_extracted(done.translations)
