"""Objects of a file that are written out at once, where reportlab would ask every part of them what it is."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFObject, PDFStream, PDFTrueTypeFont
from reportlab.pdfbase.ttfonts import TTFont

#: How hard a file is packed: more takes thrice the time for a twentieth of the size.
LEVEL = 4


class Raw(PDFObject):  # type: ignore[misc, unused-ignore]
    """An object written out already, but for the numbers of others."""

    __RefOnly__ = 1

    def __init__(self, parts: Sequence[str], data: bytes = b"") -> None:
        self.parts, self.data = parts, data

    def format(self, document: Any) -> bytes:
        """Return the object; every odd part is the name of another one."""
        numbers = document.idToObjectNumberAndVersion
        put = [f"{numbers[part][0]} 0 R" if odd % 2 else part for odd, part in enumerate(self.parts)]
        return "".join(put).encode("ascii") + self.data


def stream(text: str | bytes, entries: str = "") -> Raw:
    """Return a packed stream, with more entries in its dictionary."""
    packed = zlib.compress(text.encode("latin-1") if isinstance(text, str) else text, LEVEL)
    head = f"<</Filter /FlateDecode{entries} /Length {len(packed)}>>\nstream\n"
    return Raw([head], packed + b"\nendstream")


class _Numbers(PDFObject):  # type: ignore[misc, unused-ignore]
    """An array of numbers."""

    def __init__(self, numbers: Sequence[float]) -> None:
        self.numbers = numbers

    def format(self, _document: Any) -> bytes:
        """Return the array as a file has it."""
        return f"[{' '.join(f'{number:g}' for number in self.numbers)}]".encode("ascii")


class Embedded(TTFont):  # type: ignore[misc, unused-ignore]
    """A font whose parts are written into a file as `Raw` objects."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 -- reportlab's name
        """Write the objects of the letters that a document uses."""
        objects = doc.idToObject
        before = len(objects)
        super().addObjects(doc)
        for name in list(objects)[before:]:
            each: Any = objects[name]
            if isinstance(each, PDFStream):
                size = each.dictionary.dict.get("Length1")
                objects[name] = stream(each.content, f" /Length1 {size}" if size else "")
            elif isinstance(each, PDFTrueTypeFont):
                each.Widths = _Numbers(each.Widths.sequence)  # type: ignore[attr-defined, unused-ignore]
            elif isinstance(each, PDFDictionary):
                objects[name] = self._described(each, doc)

    @cached_property
    def _heads(self) -> dict[str, str]:
        """What files say of the font, by its name in them: the same in each, but for where its letters are."""
        return {}

    def _described(self, entries: PDFDictionary, doc: Any) -> Raw:
        letters, name = entries.dict.pop("FontFile2"), entries.dict["FontName"]
        if name not in self._heads:
            self._heads[name] = entries.format(doc).decode("ascii").removesuffix("\n>>")
        return Raw([f"{self._heads[name]} /FontFile2 ", letters.name, ">>"])
