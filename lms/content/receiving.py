"""An archive that translators send back: read, compared with what went out, and merged into the content folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lms.content.archives import read_archive
from lms.content.checks import catalog_faults, glossary_of
from lms.content.extraction import Extracted
from lms.content.folder import LOCALES, MAX_BYTES, ContentObject, Folder, text_faults
from lms.content.glossary import GlossarySpec
from lms.content.po import PoFile, read_po, write_po
from lms.content.sending import FORMAT, MANIFEST, README, TERMS, Sent
from lms.content.taking import Hand, Merged, merge
from lms.content.translations import find_doubts
from lms.errors import BadInput, Problem


@dataclass
class Received:
    """What an archive changes: the files to write, and what deserves a look, at its place in the archive."""

    track: str
    locale: str
    glossary: GlossarySpec | None
    files: list[Extracted] = field(default_factory=list)
    #: The objects that change, each with its PO file as it was.
    former: list[tuple[ContentObject, PoFile]] = field(default_factory=list)
    #: How many sentences were taken from each file, by its path.
    taken: dict[str, int] = field(default_factory=dict)
    #: What could not be taken, and what was done with it.
    kept: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def receive(path: Path, folder: Folder, who: str, on: date) -> Received:
    """Return what the archive at `path` changes in `folder`, whose PO files are changed in memory alone.

    `who` wrote the translations; "" for whom each file names as its last translator. Raise `BadInput` with every
    fault of the archive, and with what would be wrong in the content afterwards; then nothing may be written.
    """
    members = read_archive(path)
    locale, track, sent = _manifest(path, members)
    homes = {made.catalog_name(locale): made for made in folder.objects.values() if made.sentences()}
    received, problems = Received(track, locale, glossary_of(folder)), list(_strangers(path, members, sent))
    for name in sorted(set(sent).intersection(members)):
        shown = f"{path}/{name}"
        if name not in homes:
            problems.append(Problem(shown, 1, 1, "there is no such file in the content any more"))
            continue
        problems += _take(received, homes[name], _Came(shown, members[name], sent[name]), who, on)
    if problems:
        raise BadInput(sorted(problems))
    if new := _new_problems(received):
        raise BadInput(new)
    return received


def _new_problems(received: Received) -> list[Problem]:
    """Return what would be wrong in the files and is not now, sentence by sentence."""
    new = []
    for (made, former), file in zip(received.former, received.files, strict=True):
        before = catalog_faults(made, former.text, received.locale)
        after = catalog_faults(made, file.text, received.locale)
        new += [after[each] for each in after.keys() - before.keys()]
    return sorted(new)


@dataclass(frozen=True)
class _Came:
    """One PO file that came back: how it is called, its bytes, and what went out of it."""

    shown: str
    body: bytes
    sent: Mapping[str, Sent]


def _manifest(path: Path, members: Mapping[str, bytes]) -> tuple[str, str, dict[str, dict[str, Sent]]]:
    """Return locale, track and what went out by file and context; raise `BadInput` when that cannot be read."""
    shown = f"{path}/{MANIFEST}"
    if MANIFEST not in members:
        raise BadInput([Problem(shown, 1, 1, "missing; send back the whole archive that went out")])
    try:
        told: Any = json.loads(members[MANIFEST])
        if told["format"] != FORMAT or told["locale"] not in LOCALES:
            raise ValueError("unknown format or language")
        files = {str(name): dict(_sent(each["sentences"])) for name, each in told["files"].items()}
        return str(told["locale"]), str(told["track"]), files
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadInput([Problem(shown, 1, 1, "changed or broken; send it back as it went out")]) from error


def _sent(sentences: Mapping[str, str]) -> Iterator[tuple[str, Sent]]:
    for context, told in sentences.items():
        english, text, signed, flags, notes = told.split(" ")
        yield str(context), Sent(english, text, signed, flags, notes)


def _strangers(path: Path, members: Mapping[str, bytes], sent: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield files that did not go out; tables and notes of people are no matter."""
    for name in sorted(set(members) - set(sent) - {MANIFEST, README, TERMS}):
        if name.endswith(".po"):
            yield Problem(f"{path}/{name}", 1, 1, "did not go out under this name; give it the name that it had")


def _take(received: Received, made: ContentObject, came: _Came, who: str, on: date) -> Iterator[Problem]:
    """Merge one file, and yield what is wrong with it."""
    theirs, faults = _read(came)
    said = theirs.header.get("Language", received.locale).replace("-", "_").partition("_")[0]
    if said != received.locale:
        faults.append(Problem(came.shown, 1, 1, f"the header says Language: {said}, not {received.locale}"))
    if faults:
        yield from faults
        return
    mine = made.catalogs.get(received.locale) or PoFile()
    hand = Hand(who or _translator(theirs), on.isoformat())
    merged = merge(made.sentences(), mine.entries, theirs.entries, came.sent, received.locale, hand)
    yield from (Problem(came.shown, line, 1, message) for line, message in merged.faults)
    received.kept += [Problem(came.shown, line, 1, message) for line, message in merged.kept]
    if merged.is_changed:
        _keep(received, made, mine, merged, came)


def _read(came: _Came) -> tuple[PoFile, list[Problem]]:
    """Return what a PO file of any program says, and what is wrong with it."""
    if len(came.body) > MAX_BYTES:
        return PoFile(), [Problem(came.shown, 1, 1, f"larger than {MAX_BYTES // 1_000_000} MB")]
    try:
        text = came.body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = came.body[: error.start].count(b"\n") + 1
        return PoFile(), [Problem(came.shown, line, 1, "not UTF-8")]
    faults = [Problem(came.shown, line, column, message) for line, column, message in text_faults(text)]
    file = read_po(text, came.shown)
    return file, [*faults, *file.problems]


def _translator(file: PoFile) -> str:
    """Return the name of the last translator as a program writes it into the header, "" for none; never an address."""
    name = file.header.get("Last-Translator", "").partition("<")[0].strip()
    return "" if "@" in name or name.upper() == "FULL NAME" else name[:80]


def _keep(received: Received, made: ContentObject, mine: PoFile, merged: Merged, came: _Came) -> None:
    """Put the merged file into the folder in memory, and note it as one to write."""
    locale = received.locale
    text = write_po(locale, merged.entries, mine.header)
    target, path = Path(f"{made.po_prefix}{locale}.po"), made.catalog_path(locale)
    received.former.append((made, mine))
    made.catalogs[locale] = read_po(text, path)
    present = made.catalogs[locale].present
    missing, fuzzy = sum(not each.text for each in present), sum(each.is_fuzzy for each in present)
    received.files.append(Extracted(path, missing, fuzzy, len(present), text, target, locale))
    received.taken[path] = len(merged.taken)
    received.warnings += [
        Problem(came.shown, entry.text_line, 1, message)
        for entry in merged.taken
        for _, message in find_doubts(entry, locale, received.glossary)
    ]
