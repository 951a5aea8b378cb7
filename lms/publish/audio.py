"""Readings in the content folder: the words to read with their hash, and accepted recordings written beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lms.content.audio import FOLDER, LIST, ReadingSpec, parts_of, words_of
from lms.content.folder import ContentObject
from lms.content.readings import Reading, spoken_texts, words_sha256
from lms.content.yaml_writing import write_scalar
from lms.errors import BadInput, NotFound
from lms.files import get
from lms.listening.queries import RecordingRow
from lms.listening.rules import to_take
from lms.publish.service import check_directory
from lms.sounds import EXTENSIONS


@dataclass(frozen=True)
class Taken:
    """A recording that goes into the folder, and the file that it replaces there, "" for none."""

    made: ContentObject
    locale: str
    at: str
    reading: Reading
    replaces: str

    @property
    def name(self) -> str:
        """Return the name of its file: what it reads, and the beginning of its hash."""
        place = self.at.removeprefix("lessons/").removesuffix(".md").removeprefix("quiz.yml:")
        return f"{place}-{self.reading.sha256[:8]}.{EXTENSIONS[self.reading.media_type]}"

    def __str__(self) -> str:
        where = f"{self.made.shown_prefix}{FOLDER}/{self.locale}/{self.name}"
        return f"{where}: {self.at}" + (f", replaces {self.replaces}" if self.replaces else "")


def words_at(directory: Path, key: str, at: str, locale: str) -> tuple[tuple[str, ...], str]:
    """Return the sentences to read at an address of a module, as they stand in a language, and their hash.

    Raise `NotFound` without such a place, `BadInput` with the folder's problems where the module's files are broken.
    """
    folder, checked = check_directory(directory)
    made = folder.objects.get(("module", key))
    parts = parts_of(made) if made else None
    if made is not None and parts is None:
        raise BadInput(checked.problems)
    if made is None or not parts or at not in parts:
        raise NotFound(f"module {key!r} has no lesson or question {at!r}")
    texts = spoken_texts(parts[at], words_of(made, locale))
    return texts, words_sha256(texts)


def find_takes(directory: Path, accepted: Sequence[RecordingRow]) -> list[Taken]:
    """Return the accepted recordings that the folder should have: of its present words, where it has none by a person.

    Raise `BadInput` with the folder's problems.
    """
    folder, checked = check_directory(directory)
    if checked.problems:
        raise BadInput(checked.problems)
    grouped: dict[tuple[str, str, str], list[Reading]] = {}
    for row in accepted:
        grouped.setdefault((row.key, row.locale, row.address), []).append(row.reading)
    found = []
    for (key, locale, at), recorded in sorted(grouped.items()):
        made = folder.objects.get(("module", key))
        parts = parts_of(made) if made else None
        if made is None or not parts or at not in parts:
            continue
        entry = entries_in(made, locale).get(at)
        known = Reading("", 0, 0, "", entry.spoken, entry.words) if entry else None
        now = words_sha256(spoken_texts(parts[at], words_of(made, locale)))
        reading = to_take(known, recorded, now)
        if reading is not None:
            found.append(Taken(made, locale, at, reading, entry.file if entry else ""))
    return found


def entries_in(made: ContentObject, locale: str) -> Mapping[str, ReadingSpec]:
    """Return what the list of a language says, by address."""
    return {each.at: each for each in made.audio[locale].entries} if locale in made.audio else {}


def write_takes(takes: Sequence[Taken], data_dir: Path) -> None:
    """Write the sounds, then the lists that name them, then remove the files that are replaced."""
    for folder, group in _by_folder(takes):
        folder.mkdir(parents=True, exist_ok=True)
        entries = dict(entries_in(group[0].made, group[0].locale))
        for each in group:
            (folder / each.name).write_bytes(get(data_dir, each.reading.sha256))
            said = {"file": each.name, "at": each.at, "spoken": each.reading.spoken, "words": each.reading.words}
            entries[each.at] = ReadingSpec.read(said)
        (folder / LIST).write_text(as_list(entries.values()), encoding="utf-8")
        for each in group:
            if each.replaces and each.replaces != each.name:
                (folder / each.replaces).unlink(missing_ok=True)


def as_list(entries: Iterable[ReadingSpec]) -> str:
    """Return the text of `readings.yml`."""
    lines = ["readings:"]
    for each in entries:
        first, *others = (f"{name}: {write_scalar(value)}" for name, value in each.model_dump().items())
        lines += [f"  - {first}", *(f"    {other}" for other in others)]
    return "\n".join(lines) + "\n"


def _by_folder(takes: Sequence[Taken]) -> Iterator[tuple[Path, list[Taken]]]:
    grouped: dict[Path, list[Taken]] = {}
    for each in takes:
        grouped.setdefault(Path(each.made.po_prefix) / FOLDER / each.locale, []).append(each)
    yield from sorted(grouped.items())
