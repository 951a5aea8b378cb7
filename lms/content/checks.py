"""Checks across content files: references, circles, unused files, and translations against their source."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from lms.content.audio import audio_problems
from lms.content.folder import MARKDOWN, MAX_BYTES, ContentObject, Folder, text_faults
from lms.content.glossary import FILE, KEY, KIND, GlossarySpec
from lms.content.grade import HARDEST, grade_of
from lms.content.po import PoFile, read_po
from lms.content.translations import find_doubts, find_faults
from lms.errors import Problem

#: How a problem names another line: it moves when something is written above it.
_OTHER_LINE = re.compile(r"\bline \d+")


@dataclass(frozen=True)
class Checked:
    """The result of a check: problems forbid publishing, warnings do not. Both are sorted by place."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check_folder(folder: Folder) -> Checked:
    """Return everything that is wrong with a content folder."""
    problems = [*folder.problems, *_reference_problems(folder), *_circles(folder)]
    warnings = list(_hard_lessons(folder))
    words = glossary_of(folder)
    for made in folder.objects.values():
        problems += _file_problems(made)
        problems += _twice_told(made)
        problems += _look_alikes(made)
        for problem, is_warning in (*_faults(made), *audio_problems(made)):
            (warnings if is_warning else problems).append(problem)
        for locale, catalog in made.catalogs.items():
            problems += _catalog_problems(made, catalog, locale)
            problems += _look_alike_translations(made, catalog, locale)
            warnings += _catalog_warnings(made, catalog, locale, words)
    return Checked(tuple(sorted(set(problems))), tuple(sorted(set(warnings))))


def catalog_faults(made: ContentObject, text: str, locale: str) -> dict[tuple[str, str], Problem]:
    """Return what forbids to publish `text` as a PO file of an object, by the sentence's context and what is said.

    Lines move when something is written above them; by these a fault is the same one before and after a change.
    """
    path = made.catalog_path(locale)
    catalog = read_po(text, path)
    faults = [Problem(path, *each) for each in text_faults(text)]
    faults += [*catalog.problems, *_catalog_problems(made, catalog, locale)]
    faults += _look_alike_translations(made, catalog, locale)
    if len(text.encode()) > MAX_BYTES:
        faults.append(Problem(path, 1, 1, f"larger than {MAX_BYTES // 1_000_000} MB"))
    ends = sorted((entry.text_line, entry.context) for entry in catalog.entries)
    found = {}
    for each in sorted(faults, reverse=True):  # the first of the same ones is kept
        at = bisect_left(ends, (each.line, ""))
        context = ends[at][1] if 1 < each.line and at < len(ends) else ""
        found[context, _OTHER_LINE.sub("", each.message)] = each
    return found


def glossary_of(folder: Folder) -> GlossarySpec | None:
    """Return the glossary of a folder, None where it has none that is right."""
    made = folder.objects.get((KIND, KEY))
    file = made.files.get(FILE) if made else None
    return file.spec if file and isinstance(file.spec, GlossarySpec) else None


def _reference_problems(folder: Folder) -> Iterator[Problem]:
    """Yield references to things that do not exist. What a broken file might offer is not missed."""
    known = set(folder.objects)
    unsure: set[str] = set()
    for made in folder.objects.values():
        if made.is_broken:
            unsure |= set(made.shape.offers)
        for file in made.files.values():
            known |= set(file.spec.offers() if file.spec else ())
    for made in folder.objects.values():
        for file, reference in made.references():
            kind, name = reference.kind, reference.name
            if kind == "file" or (kind, name) in known or kind in unsure:
                continue
            close = get_close_matches(name, [each for of, each in known if of == kind], n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            yield file.problem(reference.path, f"there is no {kind} {name!r}{hint}")


def _file_problems(made: ContentObject) -> Iterator[Problem]:
    """Yield files that an object names and lacks, or has and does not name."""
    named = set()
    for file, reference in made.references():
        if reference.kind == "file":
            named.add(reference.name)
            if reference.name not in made.files:
                yield file.problem(reference.path, f"there is no file {reference.name}")
    heads = [file for name, file in made.files.items() if name in made.shape.files]
    if any(file.spec is None for file in heads):
        return  # what a broken file names is not known
    for name, file in made.files.items():
        if name not in made.shape.files and name not in named and made.shape.is_folder:
            yield Problem(file.path, 1, 1, f"not used; no file of {made.kind} {made.key!r} names it")


def _circles(folder: Folder) -> Iterator[Problem]:
    """Yield each reference by which an object comes to require itself, such as prerequisites in a circle."""
    required: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for address, made in folder.objects.items():
        required[address] = {
            (reference.kind, reference.name)
            for _, reference in made.references()
            if reference.kind == made.kind and reference.comes_first
        }
    for address, made in folder.objects.items():
        for file, reference in made.references():
            is_first = reference.kind == made.kind and reference.comes_first
            if is_first and address in _reached((reference.kind, reference.name), required):
                yield file.problem(reference.path, f"{made.key!r} would require itself, through {reference.name!r}")


def _reached(start: tuple[str, str], required: dict[tuple[str, str], set[tuple[str, str]]]) -> set[tuple[str, str]]:
    """Return `start` and all that it requires, directly or not."""
    reached: set[tuple[str, str]] = set()
    waiting = [start]
    while waiting:
        address = waiting.pop()
        if address not in reached:
            reached.add(address)
            waiting += required.get(address, ())
    return reached


def _twice_told(made: ContentObject) -> Iterator[Problem]:
    """Yield sentences whose context another sentence has; an id may mean only one thing in a file."""
    seen: set[str] = set()
    for context, told, file in made.told():
        if context in seen:
            yield file.problem(told.path, f"another sentence of this file is called {told.address!r}; change an id")
        seen.add(context)


def _look_alikes(made: ContentObject) -> Iterator[Problem]:
    """Yield sentences of one choice that read like an earlier one of it."""
    seen: set[tuple[str, str]] = set()
    for _, told, file in made.told():
        choice = (told.among, _plain(told.english))
        if told.among and choice in seen:
            yield file.problem(told.path, f"{told.among} must differ; this one stands there already")
        seen.add(choice)


def _look_alike_translations(made: ContentObject, catalog: PoFile, locale: str) -> Iterator[Problem]:
    """Yield translations that make two sentences of one choice read alike."""
    among = {context: told.among for context, told, _ in made.told() if told.among}
    seen: dict[tuple[str, str], int] = {}
    for entry in catalog.present:
        if not entry.text or entry.context not in among:
            continue
        choice = (among[entry.context], _plain(entry.text))
        if choice in seen:
            message = f"{choice[0]} must differ; line {seen[choice]} says the same"
            yield Problem(made.catalog_path(locale), entry.text_line, 1, message)
        seen.setdefault(choice, entry.text_line)


def _plain(text: str) -> str:
    """Return `text` as a reader hears it: without case, blanks and the stop at the end."""
    return " ".join(text.casefold().split()).rstrip(".")


def _faults(made: ContentObject) -> Iterator[tuple[Problem, bool]]:
    """Yield what the feature finds wrong across the files of a whole object, and whether it is only a warning."""
    has_all = not any(True for _ in _file_problems(made))
    if made.shape.faults and not made.is_broken and has_all:
        for fault in made.shape.faults(made.source()):
            yield made.files[fault.file].problem(fault.path, fault.message), fault.is_warning


def _catalog_problems(made: ContentObject, catalog: PoFile, locale: str) -> Iterator[Problem]:
    """Yield what is wrong with a PO file's entries."""
    path = made.catalog_path(locale)
    said = catalog.header.get("Language", locale)
    if said != locale:
        yield Problem(path, 1, 1, f"the header says Language: {said}, but the file's name says {locale}")
    if "charset=utf-8" not in catalog.header.get("Content-Type", "charset=utf-8").lower():
        yield Problem(path, 1, 1, "the header must say charset=utf-8")
    sentences = made.sentences()
    for entry in catalog.present:
        name = entry.context.partition(":")[0]
        if entry.context not in sentences:
            file = made.files.get(name)
            if file is None or file.spec is not None:
                message = f"no sentence is called {entry.context!r}; run `lms content extract`"
                yield Problem(path, entry.line, 1, message)
        elif entry.text:
            for fault in find_faults(entry, locale):
                yield Problem(path, entry.text_line, 1, fault.message)


def _catalog_warnings(
    made: ContentObject, catalog: PoFile, locale: str, words: GlossarySpec | None
) -> Iterator[Problem]:
    """Yield what deserves a look and does not forbid publishing."""
    path = made.catalog_path(locale)
    sentences = made.sentences()
    older = 0
    for entry in catalog.present:
        for _, message in find_doubts(entry, locale, words) if entry.text else ():
            yield Problem(path, entry.text_line, 1, message)
        older += bool(entry.text) and sentences.get(entry.context, entry.english) != entry.english
    if older:
        yield Problem(path, 1, 1, f"{older} translations are of older English; run `lms content extract`")
    lines = {entry.context: entry.text_line for entry in catalog.present}
    translated = {entry.context for entry in catalog.present if entry.text}
    for group, contexts in _groups(sentences).items():
        done = len(translated.intersection(contexts))
        if 0 < done < len(contexts):
            gap = next(context for context in contexts if context not in translated)
            message = f"{group}: {done} of {len(contexts)} sentences have a translation"
            yield Problem(path, lines.get(gap, 1), 1, message)


def _hard_lessons(folder: Folder) -> Iterator[Problem]:
    """Yield the lessons whose English is hard to read."""
    for made in folder.objects.values():
        for file in made.files.values():
            markdown = getattr(file.spec, MARKDOWN, None)
            grade = grade_of(markdown) if markdown else 0
            if grade > HARDEST:
                message = f"reads like grade {grade:.1f}; aim for {HARDEST:.0f} or less: shorter sentences and words"
                yield Problem(file.path, file.first_line, 1, message)


def _groups(sentences: Iterable[str]) -> dict[str, list[str]]:
    """Return the contexts of sentences that are read together, such as a question and its options."""
    groups: dict[str, list[str]] = {}
    for context in sentences:
        group, dot, _ = context.rpartition(".")
        if dot and ":" in group and not group.partition(":")[0].endswith(".md"):
            groups.setdefault(group, []).append(context)
    return groups
