"""Brings every PO file up to date with its source. Writes only files whose text changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lms.content.folder import LOCALES, Folder
from lms.content.po import PoFile, write_po
from lms.content.translations import follow


@dataclass(frozen=True)
class Extracted:
    """A PO file that had to change: how many of its sentences lack words, and how many are of older English."""

    path: str
    missing: int
    fuzzy: int
    total: int
    text: str
    target: Path
    locale: str

    def __str__(self) -> str:
        return f"{self.path}: {self.total} sentences, {self.missing} missing, {self.fuzzy} to look at again"


def extract(folder: Folder, on: date | None = None) -> list[Extracted]:
    """Return the PO files to write so that each language has every sentence of `folder`, in reading order.

    What becomes stale by it says that it is so since `on`.
    """
    found = []
    for _, made in sorted(folder.objects.items(), key=lambda pair: pair[0]):
        sentences = made.sentences()
        for locale in LOCALES if sentences else ():
            catalog = made.catalogs.get(locale) or PoFile()
            entries = follow(sentences, catalog.entries, on.isoformat() if on else "")
            text = write_po(locale, entries, catalog.header)
            target = Path(f"{made.po_prefix}{locale}.po")
            if target.is_file() and target.read_text(encoding="utf-8") == text:
                continue
            present = [entry for entry in entries if not entry.is_former]
            missing = sum(not entry.text for entry in present)
            fuzzy = sum(entry.is_fuzzy for entry in present)
            found.append(Extracted(made.catalog_path(locale), missing, fuzzy, len(present), text, target, locale))
    return found


def write_extracted(found: list[Extracted]) -> None:
    """Write the files, each whole or not at all."""
    for each in found:
        fresh = each.target.with_suffix(".po.new")
        fresh.write_text(each.text, encoding="utf-8", newline="\n")
        fresh.replace(each.target)
