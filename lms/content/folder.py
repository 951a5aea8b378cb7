"""Reads a content folder: every file as plain data with its places, every fault as a problem. No database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lms.content import lessons
from lms.content.audio import FOLDER, LIST, Audio, ReadingsFile
from lms.content.faults import sentence_of, untagged
from lms.content.library import Source
from lms.content.po import PoFile, read_po
from lms.content.readings import LARGEST_LESSON
from lms.content.shapes import KEY_PATTERN, MisplacedError, Reference, Shape, Spec, Told
from lms.content.shapes import Path as DataPath
from lms.content.yaml_files import Document, Place, read_yaml
from lms.errors import Problem
from lms.i18n import TAGS

MAX_BYTES = 1_000_000
LOCALES = tuple(tag for tag in TAGS if tag != "en")
#: The field that holds what stands below the front matter of a Markdown file.
MARKDOWN = "markdown"


@dataclass
class ContentFile:
    """One YAML or Markdown file. `spec` is None when it has problems."""

    name: str
    path: str
    document: Document
    spec: Spec | None = None
    #: The first line of the Markdown, in a Markdown file.
    first_line: int = 1

    def problem(self, path: DataPath, message: str) -> Problem:
        """Return a problem at the place of the value at `path`."""
        return Problem(self.path, *self.document.place(path), message)

    def told(self) -> Iterator[tuple[Told, int]]:
        """Yield each sentence to translate with its line, in reading order."""
        for told in self.spec.told() if self.spec else ():
            yield told, self.document.place(told.path)[0]
        markdown = getattr(self.spec, MARKDOWN, None)
        for segment in lessons.segments(markdown) if markdown else ():
            yield Told(segment.id, segment.english, (MARKDOWN,)), self.first_line + segment.line - 1


@dataclass
class ContentObject:
    """One object with its files and its PO files by locale."""

    shape: Shape
    key: str
    #: Where its PO files stand: "<prefix><locale>.po", on the disk and as problems call it.
    po_prefix: str
    shown_prefix: str
    files: dict[str, ContentFile] = field(default_factory=dict)
    catalogs: dict[str, PoFile] = field(default_factory=dict)
    #: Whether a file was there that could not be read or understood.
    is_broken: bool = False
    #: Readings by locale, English too.
    audio: dict[str, Audio] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return the kind of object."""
        return self.shape.kind

    def catalog_path(self, locale: str) -> str:
        """Return how problems call its PO file."""
        return f"{self.shown_prefix}{locale}.po"

    def catalog_name(self, locale: str) -> str:
        """Return its PO file's name inside the content folder."""
        mark = "/" if self.shape.is_folder else "."
        return f"{self.shape.folder}/{self.key}{mark}{locale}.po"

    def source(self) -> Source:
        """Return it as readers get it, but without a revision."""
        return Source(self.kind, self.key, 0, "", self.body())

    def body(self) -> dict[str, Any]:
        """Return the body of its revision."""
        return {"files": {name: self.files[name].document.data for name in sorted(self.files)}}

    def sentences(self) -> dict[str, str]:
        """Return every English sentence by its context, in reading order."""
        return {context: told.english for context, told, _ in self.told()}

    def told(self) -> Iterator[tuple[str, Told, ContentFile]]:
        """Yield context, sentence and file of everything to translate, in reading order."""
        for name in self._reading_order():
            for told, _ in self.files[name].told():
                yield f"{name}:{told.address}", told, self.files[name]

    def _reading_order(self) -> list[str]:
        """Return the files' names in the order of the shape, and there as the object itself orders them."""
        named = [reference.name for _, reference in self.references() if reference.kind == "file"]
        rank = {name: position for position, name in enumerate(named)}
        classes = list(self.shape.files.values())

        def order(name: str) -> tuple[int, int, str]:
            spec_class = self.shape.find_class(name)
            place = classes.index(spec_class) if spec_class else 0
            return place, rank.get(name, len(rank)), name

        return sorted(self.files, key=order)

    def references(self) -> Iterator[tuple[ContentFile, Reference]]:
        """Yield what its files refer to."""
        for file in self.files.values():
            for reference in file.spec.references() if file.spec else ():
                yield file, reference


@dataclass
class Folder:
    """A content folder as read, before anything is published."""

    objects: dict[tuple[str, str], ContentObject] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_folder(directory: Path, shapes: Sequence[Shape], shown_as: str = "") -> Folder:
    """Return what stands in `directory`; `shown_as` is how problems call it."""
    reader = _Reader(directory, shapes, shown_as or str(directory))
    reader.read()
    return reader.folder


class _Reader:
    """Walks a content folder in alphabetical order."""

    def __init__(self, directory: Path, shapes: Sequence[Shape], shown_as: str) -> None:
        self.directory = directory
        self.shapes = {shape.folder: shape for shape in shapes}
        self.shown_as = shown_as
        self.folder = Folder()

    def read(self) -> None:
        """Read everything."""
        if not self.directory.is_dir():
            self._add(self.directory, "there is no such folder")
            return
        for path in self._entries(self.directory):
            shape = self.shapes.get(path.name)
            if shape is None or path.is_dir() == shape.is_file:
                self._add(path, f"not used; content stands in {', '.join(self.shapes)}")
            elif shape.is_file:
                self._read_single(shape, path)
            elif shape.is_folder:
                self._read_folders(shape, path)
            else:
                self._read_single_files(shape, path)
        kinds = {kind for kind, _ in self.folder.objects}
        for shape in self.shapes.values():
            if shape.kind not in kinds and not shape.is_optional:
                self._add(self.directory / shape.folder, f"no {shape.kind} is in this folder; put at least one there")

    def _shown(self, path: Path) -> str:
        return "/".join([self.shown_as, *path.relative_to(self.directory).parts])

    def _add(self, path: Path, message: str, line: int = 1, column: int = 1) -> None:
        self.folder.problems.append(Problem(self._shown(path), line, column, message))

    def _entries(self, path: Path) -> Iterator[Path]:
        """Yield what stands in a folder, without hidden files; links are refused."""
        for each in sorted(path.iterdir()):
            if each.is_symlink():
                self._add(each, "links are not followed; put the file itself here")
            elif not each.name.startswith("."):
                yield each

    def _object(self, shape: Shape, key: str, path: Path) -> ContentObject | None:
        """Return a new object; None when its key cannot be one."""
        if not re.fullmatch(KEY_PATTERN, key):
            self._add(path, f"{key!r} cannot be a key: use a-z, 0-9 and single hyphens")
            return None
        mark = "/" if shape.is_folder else "."
        made = ContentObject(shape, key, f"{path.parent / key}{mark}", f"{self._shown(path.parent / key)}{mark}")
        self.folder.objects[shape.kind, key] = made
        return made

    def _read_single_files(self, shape: Shape, folder: Path) -> None:
        """Read the objects of a kind that are one file each, then their PO files."""
        catalogs = []
        for path in self._entries(folder):
            if path.suffix == ".po" and path.is_file():
                catalogs.append(path)
            elif path.suffix == ".yml" and path.is_file():
                self._read_single(shape, path)
            else:
                self._add(path, "not used; this folder holds <key>.yml and <key>.<locale>.po")
        for path in catalogs:
            key, _, locale = path.stem.rpartition(".")
            self._read_catalog(self.folder.objects.get((shape.kind, key)), path, locale)

    def _read_single(self, shape: Shape, path: Path) -> None:
        """Read an object that is one file."""
        made = self._object(shape, path.stem, path)
        if made:
            self._read_file(made, path, path.name, shape.files["{key}.yml"])

    def _read_folders(self, shape: Shape, folder: Path) -> None:
        """Read the objects of a kind that are a folder each."""
        for path in self._entries(folder):
            if not path.is_dir():
                self._add(path, f"not used; each {shape.kind} is a folder")
                continue
            made = self._object(shape, path.name, path)
            if made:
                self._read_object_folder(made, path)

    def _read_object_folder(self, made: ContentObject, folder: Path) -> None:
        shape = made.shape
        for path in self._files_below(folder):
            name = path.relative_to(folder).as_posix()
            spec_class = shape.find_class(name)
            if shape.spoken and name.startswith(f"{FOLDER}/"):
                self._read_audio(made, path, name)
            elif spec_class:
                self._read_file(made, path, name, spec_class)
            elif path.suffix == ".po" and path.parent == folder:
                self._read_catalog(made, path, path.stem)
            else:
                self._add(path, f"not used; a {shape.kind} has {', '.join(shape.files)} and <locale>.po")
        for name in shape.files:
            if "*" not in name and name not in shape.optional and not (folder / name).is_file():
                self._add(folder / name, "this file is missing")
                made.is_broken = True

    def _files_below(self, folder: Path) -> Iterator[Path]:
        for path in self._entries(folder):
            if path.is_dir():
                yield from self._files_below(path)
            else:
                yield path

    def _read_audio(self, made: ContentObject, path: Path, name: str) -> None:
        """Read one file below `audio/`: a sound, or the list of a language's sounds."""
        locale = name.split("/")[1]
        if name.count("/") != 2 or locale not in TAGS:
            self._add(path, f"not used; readings stand in {FOLDER}/<locale>/")
            return
        audio = made.audio.setdefault(locale, Audio(locale, self._shown(path.parent)))
        if path.name == LIST:
            text = self._text(path)
            audio.file = ContentFile(name, self._shown(path), Document(is_whole=False))
            if text is not None:
                audio.file.document = read_yaml(text)
            self.folder.problems += file_problems(audio.file, ReadingsFile, None)
        else:
            is_large = path.stat().st_size > LARGEST_LESSON
            audio.sounds[path.name] = (path, None if is_large else path.read_bytes())

    def _read_catalog(self, made: ContentObject | None, path: Path, locale: str) -> None:
        if made is None:
            self._add(path, "there is no object of this key")
        elif locale not in LOCALES:
            self._add(path, f"unknown language {locale!r}; there are {', '.join(LOCALES)}")
        else:
            text = self._text(path)
            if text is not None:
                catalog = read_po(text, self._shown(path))
                self.folder.problems += catalog.problems
                made.catalogs[locale] = catalog

    def _read_file(self, made: ContentObject, path: Path, name: str, spec_class: type[Spec]) -> None:
        """Read one file of an object into it."""
        before = len(self.folder.problems)
        text = self._text(path)
        if text is None:
            made.files[name] = ContentFile(name, self._shown(path), Document(is_whole=False))
        else:
            file = _read_markdown(text) if path.suffix == ".md" else ContentFile("", "", read_yaml(text))
            file.name, file.path = name, self._shown(path)
            made.files[name] = file
            self.folder.problems += file_problems(file, spec_class, made.key if path.suffix == ".yml" else None)
        if len(self.folder.problems) > before:
            made.is_broken = True

    def _text(self, path: Path) -> str | None:
        """Return the text of a file; None when it is too large or not UTF-8. Notes what is wrong with it."""
        if path.stat().st_size > MAX_BYTES:
            self._add(path, f"larger than {MAX_BYTES // 1_000_000} MB")
            return None
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            before = raw[: error.start]
            line = before.count(b"\n") + 1
            self._add(path, "not UTF-8", line, error.start - before.rfind(b"\n"))
            return None
        for line, column, message in text_faults(text):
            self._add(path, message, line, column)
        return text.replace("\r\n", "\n")


def text_faults(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield characters that no content file may hold."""
    if text.startswith("\ufeff"):
        yield 1, 1, "begins with a byte order mark; save as plain UTF-8"
    for number, line in enumerate(text.split("\n"), 1):
        if not unicodedata.is_normalized("NFC", line):
            pairs = zip(line, unicodedata.normalize("NFC", line), strict=False)
            bad = next((at for at, (was, composed) in enumerate(pairs, 1) if was != composed), len(line))
            yield number, bad, "letters and accents must be composed (Unicode NFC)"
        control = re.search(r"[\x00-\x08\x0b-\x1f\x7f]", line.removesuffix("\r"))
        if control:
            yield number, control.start() + 1, "control characters are not allowed"


def put_text(folder: Folder, made: ContentObject, name: str, text: str) -> None:
    """Let a YAML file of an object in `folder` say `text`, as if it stood on the disk, with what is wrong with it."""
    spec_class = made.shape.files[name]
    path = f"{made.shown_prefix}{name}"
    file = made.files[name] = ContentFile(name, path, read_yaml(text))
    if len(text.encode()) > MAX_BYTES:
        folder.problems.append(Problem(path, 1, 1, f"larger than {MAX_BYTES // 1_000_000} MB"))
    folder.problems += file_problems(file, spec_class, None)
    made.is_broken = made.is_broken or file.spec is None


def _read_markdown(text: str) -> ContentFile:
    """Return a Markdown file: its front matter, with the text below it as one more field."""
    head, end = "", 0
    lines = text.split("\n")
    if lines[0].rstrip() == "---":
        end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not end:
        document = Document(is_whole=False)
        document.faults.append(((1, 1), "the file must begin with front matter between two lines of ---"))
        return ContentFile("", "", document)
    head = "\n".join(lines[1:end])
    document = read_yaml(head, first_line=2)
    if document.is_whole and isinstance(document.data, dict):
        if MARKDOWN in document.data:
            document.faults.append((document.key_place((MARKDOWN,)), f"unknown key {MARKDOWN!r}"))
        document.data[MARKDOWN] = "\n".join(lines[end + 1 :])
        document.places[MARKDOWN,] = (end + 2, 1)
    return ContentFile("", "", document, first_line=end + 2)


def file_problems(file: ContentFile, spec_class: type[Spec], key: str | None) -> list[Problem]:
    """Return what is wrong with one file, and give it its `spec` when nothing is."""
    document = file.document
    problems = [Problem(file.path, *place, message) for place, message in document.faults]
    if document.is_whole:
        try:
            spec = spec_class.read(document.data)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=True)
            problems += [_spec_problem(file, each, spec_class) for each in details]
        else:
            problems += _key_problems(file, spec, key)
            if not problems:
                file.spec = spec
    if isinstance(document.data, dict) and isinstance(markdown := document.data.get(MARKDOWN), str):
        offset = file.first_line - 1
        faults = lessons.find_faults(markdown)
        problems += [Problem(file.path, line + offset, column, message) for line, column, message in faults]
        if not markdown.strip():
            problems.append(Problem(file.path, file.first_line, 1, "there is no text below the front matter"))
    return problems


def _key_problems(file: ContentFile, spec: Spec, key: str | None) -> Iterator[Problem]:
    said = getattr(spec, "key", None)
    if key is not None and said is not None and said != key:
        yield file.problem(("key",), f"the key is {said!r}, but the name of its file or folder is {key!r}")


def _spec_problem(file: ContentFile, error: ErrorDetails, spec_class: type[Spec]) -> Problem:
    """Return a fault that pydantic found, at the place of the value it is about."""
    path = untagged(tuple(error["loc"]), file.document.data)
    cause = error.get("ctx", {}).get("error")
    inner = path + cause.path if isinstance(cause, MisplacedError) else path
    if error["type"] == "union_tag_invalid":
        inner = path = (*path, "type")
    document = file.document
    is_about_key = error["type"] == "extra_forbidden" or isinstance(error["input"], list | dict)
    place: Place = document.key_place(path) if is_about_key and inner == path else document.place(inner)
    where = "".join(f"[{each + 1}]" if isinstance(each, int) else f".{each}" for each in path).lstrip(".")
    return Problem(
        file.path, *place, f"{where}: {sentence_of(error, spec_class)}" if where else sentence_of(error, spec_class)
    )
