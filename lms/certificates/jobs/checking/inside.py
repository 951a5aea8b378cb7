"""What is inside a sealed page: one certifying signature, one file, and what a reader is told about the document.

Opened only after the signature was found good, so what is refused here is what a trusted key should never have signed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader, apply_configuration
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
)

from lms.certificates.jobs.checking.failing import CheckFailedError

LARGEST_STREAM = 2_000_000  # bytes; the credential has some 10,000
#: Adding one rectangle to a path, with the blank before it: a place, a width, a height.
_SQUARE = re.compile(rb"(?<=\s)(?:-?[\d.]+ ){4}re\s")
_INSTANT = re.compile(r"D:(\d{14})(?:Z|\+00'00'?)")


@dataclass(frozen=True)
class Inside:
    """The one file in a page, when the page says it was signed, and what it tells of itself. Texts may be empty."""

    attachment: bytes
    attachment_name: str
    media_type: str
    signed_at: datetime
    issuer: str
    title: str
    subject: str
    keywords: str
    language: str
    is_tagged: bool
    pages: int
    links: tuple[str, ...]
    content: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """Return the text on the pages, as a reader copies it. It takes as long as all the rest of the check."""
        return "\n".join(_without_squares(page).extract_text() for page in _reader(self.content).pages)


def read_inside(content: bytes, begin: int, end: int) -> Inside:
    """Return what a page holds whose signature stands between `begin` and `end`; raise `CheckFailedError`."""
    with apply_configuration(zlib_maximum_output_length=LARGEST_STREAM, disable_legacy_handling=True):
        reader = _reader(content)
        _check_single(content, reader)
        seal = _seal(reader)
        _check_seal(seal, content, begin, end)
        specification = _file(reader)
        stream = specification["/EF"]["/F"]
        information: Any = reader.metadata or {}
        root: Any = reader.root_object
        return Inside(
            attachment=stream.get_data(),
            attachment_name=str(specification["/UF"]),
            media_type=str(stream["/Subtype"]).removeprefix("/"),
            signed_at=_instant(str(seal["/M"])),
            issuer=str(seal["/Name"]),
            title=str(information.get("/Title", "")),
            subject=str(information.get("/Subject", "")),
            keywords=str(information.get("/Keywords", "")),
            language=str(root.get("/Lang", "")),
            is_tagged=bool(root.get("/MarkInfo", {}).get("/Marked", False)) and "/StructTreeRoot" in root,
            pages=len(reader.pages),
            links=_links(reader),
            content=content,
        )


def _reader(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content), strict=True)


def _without_squares(page: PageObject) -> PageObject:
    """Return a page without the rectangles it draws: a code has a thousand, slow to read, and none of them is text."""
    drawn = page.get_contents()
    if drawn is not None:
        rest = DecodedStreamObject()
        rest.set_data(_SQUARE.sub(b"", drawn.get_data()))
        page[NameObject("/Contents")] = rest
    return page


def _check_single(content: bytes, reader: PdfReader) -> None:
    """Refuse earlier revisions, streams of objects, and more than one signature or file anywhere."""
    trailer = content[content.rfind(b"trailer") :]
    is_single = content.count(b"startxref") == 1 and not {"/Prev", "/XRefStm", "/Encrypt"} & set(reader.trailer)
    if (
        not is_single
        or b"/Prev" in trailer
        or reader.xref_objStm
        or any(reader.xref[each] for each in reader.xref if each)
    ):
        raise CheckFailedError("the file has more than one revision")
    objects = [reader.get_object(IndirectObject(number, 0, reader)) for number in reader.xref[0]]
    dictionaries = [each for each in objects if isinstance(each, DictionaryObject)]
    if (
        sum("/ByteRange" in each for each in dictionaries) != 1
        or sum(each.get("/FT") == "/Sig" for each in dictionaries) != 1
    ):
        raise CheckFailedError("the file has more than one signature")
    files = sum(each.get("/Type") == "/EmbeddedFile" for each in dictionaries)
    if files != 1 or sum("/EF" in each for each in dictionaries) != 1:
        raise CheckFailedError("the file holds more than one file" if files else "the file holds no credential")


def _seal(reader: PdfReader) -> Any:
    """Return the dictionary of the signature: the value of the form's one field, and what certifies the document."""
    root: Any = reader.root_object
    fields = root["/AcroForm"]["/Fields"]
    if len(fields) != 1 or fields[0]["/FT"] != "/Sig":
        raise CheckFailedError("the form has other fields than the signature")
    value: Any = fields[0].raw_get("/V")
    if root.get("/Perms", {}).get("/DocMDP") is None or root["/Perms"].raw_get("/DocMDP") != value:
        raise CheckFailedError("the signature does not certify the document")
    return value.get_object()


def _check_seal(seal: Any, content: bytes, begin: int, end: int) -> None:
    """Compare the signature in the document with the place in the file that was looked at before."""
    same_range = list(seal["/ByteRange"]) == [0, begin, end, len(content) - end]
    if not same_range or _raw(seal["/Contents"]) != bytes.fromhex(content[begin + 1 : end - 1].decode()):
        raise CheckFailedError("the signature of the document is not the one that covers the file")
    if (seal["/Type"], seal["/SubFilter"]) != ("/Sig", "/ETSI.CAdES.detached"):
        raise CheckFailedError("the signature is not a PAdES signature")
    references = seal.get("/Reference", ArrayObject())
    allowed = [(each["/TransformMethod"], each["/TransformParams"].get("/P")) for each in references]
    if allowed != [("/DocMDP", 1)]:
        raise CheckFailedError("the signature lets the document be changed")


def _raw(value: PdfObject) -> bytes:
    """Return the bytes of a string, whichever kind of text the reader took it for."""
    return bytes(value) if isinstance(value, bytes) else bytes(value.original_bytes)  # type: ignore[attr-defined]


def _file(reader: PdfReader) -> Any:
    """Return the specification of the one file, which the document names as the data it was made from."""
    root: Any = reader.root_object
    names = root["/Names"]["/EmbeddedFiles"]["/Names"]
    associated = root.get("/AF", ArrayObject())
    if len(names) != 2 or len(associated) != 1 or list.__getitem__(names, 1) != list.__getitem__(associated, 0):
        raise CheckFailedError("the file inside is not the one that the document names")
    specification = names[1]
    if specification.get("/AFRelationship") != "/Data":
        raise CheckFailedError("the file inside is not the data of the document")
    return specification


def _instant(text: str) -> datetime:
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise CheckFailedError("the time of signing is not written as ours is")
    return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _links(reader: PdfReader) -> tuple[str, ...]:
    """Return the addresses that a click on the page opens."""
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", ())]
    return tuple(str(note["/A"]["/URI"]) for note in notes if note.get("/A", {}).get("/S") == "/URI")
