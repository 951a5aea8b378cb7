"""Readings in the content folder: the words to read with their hash, and accepted recordings written beside them.

What was withdrawn since it was written there is taken out again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lms.content.audio import FOLDER, LIST, ReadingSpec, parts_of, readings_in, words_of
from lms.content.folder import ContentObject, Folder
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
    """A recording that goes into the folder, and the file that it replaces there, "" for none.

    Without a reading the file only goes: it was withdrawn.
    """

    made: ContentObject
    locale: str
    at: str
    reading: Reading | None
    replaces: str

    @property
    def name(self) -> str:
        """Return the name of its file: what it reads, and the beginning of its hash; "" without a reading."""
        if self.reading is None:
            return ""
        place = self.at.removeprefix("lessons/").removesuffix(".md").removeprefix("quiz.yml:")
        return f"{place}-{self.reading.sha256[:8]}.{EXTENSIONS[self.reading.media_type]}"

    @property
    def spec(self) -> ReadingSpec | None:
        """Return its entry in the list, None without a reading."""
        if self.reading is None:
            return None
        said = {"file": self.name, "at": self.at, "spoken": self.reading.spoken, "words": self.reading.words}
        return ReadingSpec.read(said)

    def __str__(self) -> str:
        where = f"{self.made.shown_prefix}{FOLDER}/{self.locale}/"
        if self.reading is None:
            return f"{where}{self.replaces}: {self.at}, withdrawn"
        return f"{where}{self.name}: {self.at}" + (f", replaces {self.replaces}" if self.replaces else "")


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


def find_takes(
    directory: Path, accepted: Sequence[RecordingRow], withdrawn: Collection[tuple[str, str, str, str]]
) -> list[Taken]:
    """Return the accepted recordings that the folder should have: of its present words, where it has none by a person.

    And those of `withdrawn` (module key, locale, address, hash) that it has and should not. Raise `BadInput` with the
    folder's problems.
    """
    folder, checked = check_directory(directory)
    if checked.problems:
        raise BadInput(checked.problems)
    grouped: dict[tuple[str, str, str], list[Reading]] = {}
    for row in accepted:
        grouped.setdefault((row.key, row.locale, row.address), []).append(row.reading)
    gone = set(_withdrawn_in(folder, withdrawn))
    found = []
    for key, locale, at in sorted(grouped.keys() | gone):
        made = folder.objects.get(("module", key))
        parts = parts_of(made) if made else None
        if made is None or not parts or at not in parts:
            continue
        entry = entries_in(made, locale).get(at)
        is_gone = (key, locale, at) in gone
        known = Reading("", 0, 0, "", entry.spoken, entry.words) if entry and not is_gone else None
        now = words_sha256(spoken_texts(parts[at], words_of(made, locale)))
        reading = to_take(known, grouped.get((key, locale, at), ()), now)
        if reading is not None or is_gone:
            found.append(Taken(made, locale, at, reading, entry.file if entry else ""))
    return found


def _withdrawn_in(folder: Folder, withdrawn: Collection[tuple[str, str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield where the folder has a file that was withdrawn: module key, locale, address."""
    for key, locale in {each[:2] for each in withdrawn}:
        made = folder.objects.get(("module", key))
        for at, (reading, _content) in readings_in(made, locale).items() if made else ():
            if (key, locale, at, reading.sha256) in withdrawn:
                yield key, locale, at


def entries_in(made: ContentObject, locale: str) -> Mapping[str, ReadingSpec]:
    """Return what the list of a language says, by address."""
    return {each.at: each for each in made.audio[locale].entries} if locale in made.audio else {}


def write_takes(takes: Sequence[Taken], data_dir: Path) -> None:
    """Write the sounds, then the lists that name them, then remove the files that are replaced or withdrawn.

    Every entry is made before anything is written.
    """
    lists = [(folder, group, _entries_after(group)) for folder, group in _by_folder(takes)]
    for folder, group, entries in lists:
        folder.mkdir(parents=True, exist_ok=True)
        for each in group:
            if each.reading is not None:
                (folder / each.name).write_bytes(get(data_dir, each.reading.sha256))
        if entries:
            (folder / LIST).write_text(as_list(entries), encoding="utf-8")
        else:
            (folder / LIST).unlink()
        for each in group:
            if each.replaces and each.replaces != each.name:
                (folder / each.replaces).unlink(missing_ok=True)


def _entries_after(group: Sequence[Taken]) -> list[ReadingSpec]:
    """Return what the list of one language says once these are taken."""
    entries: dict[str, ReadingSpec | None] = {**entries_in(group[0].made, group[0].locale)}
    entries |= {each.at: each.spec for each in group}
    return [each for each in entries.values() if each is not None]


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
