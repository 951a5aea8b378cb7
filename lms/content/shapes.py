"""What a feature says about its content files: their classes, their sentences and what they refer to."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from lms.content.library import Source
from lms.content.readings import Parts

#: The characters of Unicode's category Cc.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
#: Where something stands inside a file's data: names of keys and positions in lists.
Path = tuple[str | int, ...]

KEY_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _tidy(text: str) -> str:
    """Return `text`; raise `ValueError` when it is blank, has blanks at an end, a line break or bad characters."""
    if text != text.strip() or not text:
        raise ValueError("write words, without blanks at the ends")
    if "\n" in text:
        raise ValueError("write one line, without a line break")
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed")
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("letters and accents must be composed (Unicode NFC)")
    return text


Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN, max_length=80)]
#: A competency by its framework, such as "chw-core/communication".
CompetencyKey = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$", max_length=160)
]
Title = Annotated[str, StringConstraints(max_length=200), AfterValidator(_tidy)]
Sentence = Annotated[str, StringConstraints(max_length=600), AfterValidator(_tidy)]
Minutes = Annotated[int, Field(ge=1, le=10_000)]
Url = Annotated[str, StringConstraints(pattern=r"^https://[!-~]+$", max_length=500)]


@dataclass(frozen=True)
class Told:
    """A sentence that people read, and so one to translate. `address` is unique within its file.

    Sentences with the same `among` stand for a choice, such as the options of one question: no two of them may
    read alike, in any language.
    """

    address: str
    english: str
    path: Path
    among: str = ""


@dataclass(frozen=True)
class Reference:
    """A file names something that must exist: another object, or a competency or level of a framework."""

    kind: str
    name: str
    path: Path
    #: Whether it must be there first, so that a circle of such references could never begin.
    comes_first: bool = True


@dataclass(frozen=True)
class Fault:
    """What is wrong across the files of one object, at a place in one of them."""

    file: str
    path: Path
    message: str
    #: Deserves a look, and does not forbid publishing.
    is_warning: bool = False


class Spec(BaseModel):
    """Plain data of one content file or a part of it: strict types, no unknown keys, never changed."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Return `data` as this class, lists as tuples; raise pydantic's `ValidationError`."""
        return cls.model_validate_json(json.dumps(data))

    def told(self) -> Iterable[Told]:
        """Return the sentences to translate, in reading order."""
        return ()

    def references(self) -> Iterable[Reference]:
        """Return what must exist elsewhere."""
        return ()

    def offers(self) -> Iterable[tuple[str, str]]:
        """Return what others may refer to in here, as kind and name, besides the object itself."""
        return ()


def told_of(prefix: str, path: Path, thing: Spec, *names: str) -> Iterator[Told]:
    """Yield the sentences in the fields `names` of `thing`, each at "<prefix>.<name>"."""
    for name in names:
        english = getattr(thing, name)
        if english:
            yield Told(f"{prefix}.{name}" if prefix else name, english, (*path, name))


class MisplacedError(ValueError):
    """A value is wrong at `path` inside the field that a validator looks at."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path


def refuse_twice(names: Iterable[str], what: str) -> None:
    """Raise `MisplacedError` at the first of `names` that stands there already, naming all that do."""
    seen: set[str] = set()
    again: dict[str, int] = {}
    for position, name in enumerate(names):
        if name in seen:
            again.setdefault(name, position)
        seen.add(name)
    if again:
        raise MisplacedError(f"{what} used twice: {', '.join(again)}", (min(again.values()),))


@dataclass(frozen=True)
class Shape:
    """One kind of object: where it lives and of which files it is made."""

    kind: str
    #: The folder of all objects of the kind, such as "modules"; of a kind with one object its file, "glossary.yml".
    folder: str
    #: Classes by file name. "{key}.yml" alone: an object is that file; else it is a folder of these files,
    #: where "*" stands for a key.
    files: Mapping[str, type[Spec]]
    #: Files that an object can do without.
    optional: frozenset[str] = frozenset()
    #: Kinds of names that its files offer to others, such as "competency".
    offers: tuple[str, ...] = ()
    #: Whether a content folder can do without any object of the kind.
    is_optional: bool = False
    #: Yields what is wrong across the files of a source whose files are each right.
    faults: Callable[[Source], Iterable[Fault]] | None = None
    #: Returns what can be read aloud, by address, in a source whose files are each right; None: it has no audio.
    spoken: Callable[[Source], dict[str, Parts]] | None = None

    @property
    def is_folder(self) -> bool:
        """Return whether an object is a folder of files, not one file."""
        return "{key}.yml" not in self.files

    @property
    def is_file(self) -> bool:
        """Return whether there is one object of the kind, in a file at the top."""
        return self.folder.endswith(".yml")

    def find_class(self, name: str) -> type[Spec] | None:
        """Return the class of the file `name` inside an object's folder, or None when it has no place there."""
        for pattern, spec_class in self.files.items():
            if re.fullmatch(re.escape(pattern).replace(r"\*", KEY_PATTERN.strip("^$")), name):
                return spec_class
        return None


def file_of(source: Source) -> Mapping[str, Any]:
    """Return the data of an object that is a single file, "<key>.yml"."""
    return source.file(f"{source.key}.yml")
