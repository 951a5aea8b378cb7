"""Reads `audio/<locale>/` of an object's folder: sound files, and a list of what each of them reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints, field_validator

from lms.content.library import SOURCE_LOCALE, Words
from lms.content.readings import Parts, Reading, Share, audio_share, largest, today
from lms.content.shapes import Spec, Title, refuse_twice
from lms.content.translations import published_words
from lms.errors import Problem, RuleBroken
from lms.sounds import EXTENSIONS, Sound, read_sound

if TYPE_CHECKING:
    from lms.content.folder import ContentFile, ContentObject

#: The folder of all readings, and the file in each language's that says what they are.
FOLDER, LIST = "audio", "readings.yml"


class ReadingSpec(Spec):
    """One entry of `readings.yml`."""

    file: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\.(mp3|ogg|webm|m4a)$", max_length=100)]
    #: A lesson, "lessons/<key>.md", or a question, "quiz.yml:<id>".
    at: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    #: The name of who speaks, "synthesizer" or "community member".
    spoken: Title
    #: The hash of the words that are read: `lms content words` prints it.
    words: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ReadingsFile(Spec):
    """`audio/<locale>/readings.yml`."""

    readings: Annotated[tuple[ReadingSpec, ...], Field(max_length=1000)]

    @field_validator("readings")
    @classmethod
    def _once(cls, value: tuple[ReadingSpec, ...]) -> tuple[ReadingSpec, ...]:
        refuse_twice((each.at for each in value), "address")
        refuse_twice((each.file for each in value), "file")
        return value


@dataclass
class Audio:
    """The readings of one object in one language: what its list says, and the sound files that stand beside it."""

    locale: str
    #: As problems call the folder.
    shown: str
    file: ContentFile | None = None
    #: None for one that is too large to be looked at.
    sounds: dict[str, tuple[Path, bytes | None]] = field(default_factory=dict)

    @property
    def entries(self) -> tuple[ReadingSpec, ...]:
        """Return what the list says; nothing when it is broken."""
        spec = self.file.spec if self.file else None
        return spec.readings if isinstance(spec, ReadingsFile) else ()


def audio_problems(made: ContentObject) -> Iterator[tuple[Problem, bool]]:
    """Yield what is wrong with the readings of an object, and whether it is only a warning."""
    parts = parts_of(made)
    for audio in made.audio.values():
        if audio.file is None:
            yield Problem(f"{audio.shown}/{LIST}", 1, 1, "this file is missing"), False
            continue
        if audio.file.spec is None:
            continue
        if audio.locale != SOURCE_LOCALE and parts is not None and not words_of(made, audio.locale).entries:
            message = "not published: nothing is translated into this language, and readings go with its words"
            yield Problem(f"{audio.shown}/{LIST}", 1, 1, message), True
        named = set()
        for number, entry in enumerate(audio.entries):
            named.add(entry.file)
            yield from _entry_problems(made, audio, number, entry, parts)
        for name in sorted(audio.sounds.keys() - named):
            yield Problem(f"{audio.shown}/{name}", 1, 1, f"not used; {LIST} does not name it"), False


def _entry_problems(
    made: ContentObject, audio: Audio, number: int, entry: ReadingSpec, parts: dict[str, Parts] | None
) -> Iterator[tuple[Problem, bool]]:
    assert audio.file is not None  # noqa: S101 -- the caller has looked
    file, place = audio.file, ("readings", number)
    sound = audio.sounds.get(entry.file)
    if parts is not None and entry.at not in parts:
        yield file.problem((*place, "at"), f"there is no lesson or question {entry.at!r}"), False
    elif parts is not None and (now := today(parts[entry.at], words_of(made, audio.locale))) != entry.words:
        yield file.problem((*place, "words"), f"an older reading: the words are others now ({now})"), True
    if sound is None:
        yield file.problem((*place, "file"), f"there is no file {entry.file}"), False
        return
    path, most = f"{audio.shown}/{entry.file}", largest(entry.at)
    try:
        found = sound_of(sound[1], most)
    except RuleBroken as error:
        yield Problem(path, 1, 1, _SAID[error.code].format(most=f"{most // 1000:,}")), False
        return
    if EXTENSIONS[found.media_type] != path.rpartition(".")[2]:
        message = f"its bytes are {found.media_type}; call it .{EXTENSIONS[found.media_type]}"
        yield Problem(path, 1, 1, message), False


_SAID = {
    "sound_empty": "this file is empty",
    "sound_too_large": "larger than {most} KB",
    "sound_kind": "not a sound that browsers play: MP3, Opus in Ogg or WebM, AAC or Opus in MP4",
    "sound_damaged": "this sound file is damaged, or holds more than one sound",
}


def sound_of(content: bytes | None, most: int) -> Sound:
    """Return the sound in a file; raise as `read_sound`, of one that was too large to be read too."""
    if content is None:
        raise RuleBroken("sound_too_large", most=most // 1000)
    return read_sound(content, most)


def parts_of(made: ContentObject) -> dict[str, Parts] | None:
    """Return what can be read aloud in an object, by address; None where its files are broken."""
    lacks = any(each.kind == "file" and each.name not in made.files for _, each in made.references())
    if made.shape.spoken is None or made.is_broken or lacks:
        return None
    return made.shape.spoken(made.source())


def words_of(made: ContentObject, locale: str) -> Words:
    """Return the words of an object as they would be published."""
    if locale == SOURCE_LOCALE or locale not in made.catalogs:
        return Words(locale)
    return Words(locale, entries=published_words(made.sentences(), made.catalogs[locale].entries))


def readings_in(made: ContentObject, locale: str) -> dict[str, tuple[Reading, bytes]]:
    """Return the readings of an object that has been checked, by address, with the bytes to keep."""
    audio = made.audio.get(locale)
    found = {}
    for entry in audio.entries if audio else ():
        content = audio.sounds[entry.file][1] if audio else None
        sound = sound_of(content, largest(entry.at))
        sha256 = hashlib.sha256(sound.content).hexdigest()
        reading = Reading(sha256, len(sound.content), sound.seconds, sound.media_type, entry.spoken, entry.words)
        found[entry.at] = (reading, sound.content)
    return found


def folder_share(made: ContentObject, locale: str) -> Share:
    """Return how many lessons of a module in a folder that has been checked have a reading of their present words."""
    entries = made.audio[locale].entries if locale in made.audio else ()
    listed = [(each.at, each.words) for each in entries]
    return audio_share(made.source(), words_of(made, locale), parts_of(made) or {}, listed)
