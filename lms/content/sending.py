"""A track for its translators: every PO file of it in one archive, with what they need to know."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.content.archives import write_archive
from lms.content.extraction import extract
from lms.content.folder import ContentObject, Folder
from lms.content.po import Entry, PoFile
from lms.content.status import parts_of
from lms.errors import BadInput, NotFound, Problem

MANIFEST, README, TERMS = "manifest.json", "README.txt", "glossary.csv"
FORMAT = 1
#: As many characters of a hash as tell one wording from another by accident, not by design.
_LENGTH = 16
_ABOUT = """\
{title}: translation into {language}

What is here
  *.po            the sentences, one file for each part. Open them with Poedit, Weblate or any editor of PO files.
  glossary.csv    which words stand for the terms of this program. Please use them. Where you would choose others,
                  write to us; do not change single sentences.
  manifest.json   what went out. Leave it as it is: with it we see what you changed, and what changed here meanwhile.

How to translate
  - Translate meaning, in short sentences, in the respectful language that you would use with an elder.
  - Leave the English (msgid) and the context (msgctxt) as they are.
  - Keep what stands in braces, such as {{date}}; the addresses of links; numbers; and the marks ** * and `.
  - Write the glottal stop as ʻ (U+02BB), not as an apostrophe, and long vowels with macrons: ā ē ī ō ū.
    Copy them from here if your keyboard has none:  ʻ ā ē ī ō ū Ā Ē Ī Ō Ū á é í ó ú
  - All answers of a question have to differ, and should be about as long as the English ones.
  - Leave empty what you do not know. It is shown in English then.

What stands above a sentence
  # state: draft        translated, not looked at. It is shown with English beside it.
  # state: in review    somebody is looking at it
  # state: reviewed     somebody else has read it against the English
  # state: approved     a second person stands for it. It is shown alone.
  # by: NAME            who answers for the state; reviewed and approved need it,
  # on: 2026-11-22      and the day
  # translated by: NAME who wrote the words. Who translated a sentence cannot approve it.
  # stale since: DATE   the English has changed since; the old one stands behind "#| msgid". The entry is fuzzy.
  A sentence whose words you change is a draft again, without your writing so. Mend a fuzzy one and take the mark
  "fuzzy" (in Poedit: "Needs work") away.
  # checked: WORD       our check warned of this and it is right: a term's id, numbers, marks or copy

How to send it back
  Put the files into one ZIP archive with the same names, with manifest.json, and send it. Files that you did not
  touch may stay in it. Order, line breaks, header and other traces of your program do not matter.
"""


@dataclass(frozen=True)
class Sent:
    """What went out of one sentence, as short hashes: an archive that comes back is compared with it."""

    english: str
    text: str
    signed: str
    flags: str
    notes: str


@dataclass(frozen=True)
class Packed:
    """An archive for translators, and what is in it."""

    body: bytes
    files: int
    sentences: int


def print_of(entry: Entry) -> Sent:
    """Return what tells whether anything of a sentence was changed. Without words it has no state and no flags."""
    if not entry.text:
        return Sent(_hash(entry.english), _hash(""), "", "", _hash(_joined(entry.notes)))
    return Sent(
        _hash(entry.english),
        _hash(entry.text),
        _hash(entry.state, entry.by, entry.on, entry.translated_by),
        _hash(entry.made, entry.checked, str(entry.is_fuzzy)),
        _hash(_joined(entry.notes)),
    )


def _joined(notes: tuple[str, ...]) -> str:
    """Return notes as one text: programs break long ones into several lines."""
    return " ".join(" ".join(notes).split())


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:_LENGTH]


def pack(folder: Folder, key: str, locale: str, language: str, terms: str | None) -> Packed:
    """Return the archive of a track in one language; `terms` is its glossary as a table.

    Raise `NotFound` for an unknown track, and `BadInput` when a PO file is not up to date.
    """
    track = folder.objects.get(("track", key))
    if track is None:
        raise NotFound(f"no track {key!r}")
    parts = sorted(parts_of(folder, track), key=lambda made: made.catalog_name(locale))
    parts = [made for made in parts if made.sentences()]
    _refuse_older(parts, locale)
    texts, sent, count = {}, {}, 0
    for made in parts:
        name, catalog = made.catalog_name(locale), made.catalogs[locale]
        texts[name] = catalog.text
        sent[name] = _told(catalog)
        count += len(catalog.present)
    title = track.sentences().get(f"{key}.yml:title", key)
    manifest = {"format": FORMAT, "track": key, "locale": locale, "files": sent}
    texts[MANIFEST] = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    texts[README] = _ABOUT.format(title=title, language=language)
    if terms is not None:
        texts[TERMS] = terms
    return Packed(write_archive(texts), len(parts), count)


def _told(catalog: PoFile) -> Mapping[str, Any]:
    """Return what the manifest says of one file."""
    return {
        "sha256": hashlib.sha256(catalog.text.encode()).hexdigest(),
        "sentences": {entry.context: " ".join(vars(print_of(entry)).values()) for entry in catalog.present},
    }


def _refuse_older(parts: list[ContentObject], locale: str) -> None:
    """Raise `BadInput` when a PO file lacks a sentence or has one of older English."""
    folder = Folder({(made.kind, made.key): made for made in parts})
    older = [each.path for each in extract(folder) if each.locale == locale]
    if older:
        raise BadInput(Problem(path, 1, 1, "not up to date; run `lms content extract` first") for path in older)
