"""Tagged PDF: which text is a heading, a paragraph, a list, a figure, in which language, and what is ornament.

reportlab draws and knows nothing of this, so the tree is written here: ISO 32000-1, 14.7 and 14.8. Every mark on a
page stands inside an element or an artifact. The same calls give the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from io import BytesIO
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFName
from reportlab.pdfgen.canvas import Canvas

from lms.certificates.jobs.drawing.about import About, xmp_packet
from lms.web import fonts
from lms.web.embedding import Raw, stream


@dataclass
class Element:
    """A node of the tree: its role, what it holds, and its place among the objects of the file."""

    role: str
    name: str
    parent: str
    language: str = ""
    alt: str = ""
    attributes: str = ""
    #: Names of elements, or page and number of a piece of content.
    kids: list[str | tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Art:
    """Operators that many files have in common, packed once: a border, a seal."""

    name: str
    #: The corners that it stays within.
    box: str
    packed: bytes


def art_of(name: str, box: tuple[float, float, float, float], operators: str) -> Art:
    """Return operators packed; keep what this returns."""
    return Art(name, " ".join(f"{corner:.2f}" for corner in box), zlib.compress(operators.encode("ascii"), 9))


class Paper:
    """A document while it is drawn: reportlab's canvas and the tree of what is on it."""

    def __init__(self, size: tuple[float, float], about: About) -> None:
        fonts.load_fonts()
        self.width, self.height = size
        self.about = about
        self._out = BytesIO()
        self.canvas: Any = Canvas(  # its private names are not in the stubs
            self._out,
            pagesize=size,
            invariant=1,
            pageCompression=1,
            pdfVersion=(1, 7),
            lang=about.languages[0],
            initialFontName=fonts.REGULAR,  # type: ignore[arg-type]
        )
        self._page = 0
        self._arts: set[str] = set()
        self._marks: list[list[str]] = [[]]
        self._elements = [Element("Document", "T0", "Tree", language=about.languages[0])]
        self._open = [self._elements[0]]

    # ── While drawing ──

    @contextmanager
    def group(self, role: str, *, language: str = "", attributes: str = "") -> Iterator[None]:
        """Have the elements drawn inside stand in one of `role`."""
        element = self._add(role, language=language, attributes=attributes)
        self._open.append(element)
        yield
        self._open.pop()

    @contextmanager
    def element(self, role: str, *, language: str = "", alt: str = "", attributes: str = "") -> Iterator[None]:
        """Have what is drawn inside be the content of one element of `role`."""
        element = self._add(role, language=language, alt=alt, attributes=attributes)
        marks = self._marks[self._page]
        element.kids.append((self._page, len(marks)))
        self.draw(f"/{role} <</MCID {len(marks)}>> BDC")
        marks.append(element.name)
        yield
        self.draw("EMC")

    def figure(self, alt: str, language: str, box: tuple[float, float, float, float]) -> AbstractContextManager[None]:
        """Have what is drawn inside be a picture; `alt` is said in its place."""
        corners = " ".join(f"{number:.0f}" for number in box)
        return self.element("Figure", language=language, alt=alt, attributes=f"<</O /Layout /BBox [{corners}]>>")

    @contextmanager
    def artifact(self, kind: str = "") -> Iterator[None]:
        """Have what is drawn inside be ornament that nobody reads aloud; `kind` is "Pagination" for running heads."""
        self.draw(f"/Artifact <</Type /{kind}>> BDC" if kind else "/Artifact BMC")
        yield
        self.draw("EMC")

    def draw(self, operators: str) -> None:
        """Add operators to the page as they are."""
        self.canvas._code.append(operators)  # noqa: SLF001 -- what is drawn often is made once and kept

    def draw_art(self, art: Art) -> None:
        """Draw what never changes, packed already; each part of it stands in the file once."""
        if art.name not in self._arts:
            self._arts.add(art.name)
            head = f"<</Type /XObject /Subtype /Form /BBox [{art.box}] /Resources <<>> /Filter /FlateDecode"
            form = Raw([f"{head} /Length {len(art.packed)}>>\nstream\n"], art.packed + b"\nendstream")
            self.canvas._doc.addForm(art.name, form)  # noqa: SLF001 -- its public call would draw and pack it anew
        self.canvas.doForm(art.name)

    def next_page(self) -> None:
        """End the page; what follows stands on a new one."""
        self._end_page()
        self._page += 1
        self._marks.append([])

    def _add(self, role: str, *, language: str = "", alt: str = "", attributes: str = "") -> Element:
        parent = self._open[-1]
        element = Element(role, f"T{len(self._elements)}", parent.name, language, alt, attributes)
        self._elements.append(element)
        parent.kids.append(element.name)
        return element

    def _end_page(self) -> None:
        """Close reportlab's page and name its row in the parent tree."""
        self.canvas.showPage()
        page = self.canvas._doc.Pages.pages[-1]  # noqa: SLF001 -- nor for these two entries of a page
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = self._page, PDFName("S")
        page.Contents = stream(page.stream)

    # ── The file ──

    def finish(self) -> bytes:
        """Return the file."""
        self._end_page()
        document = self.canvas._doc  # noqa: SLF001 -- the tree and the metadata hang on the catalog
        self._describe(document)
        catalog = document.Catalog
        catalog.MarkInfo = Raw(["<</Marked true>>"])
        catalog.ViewerPreferences = Raw(["<</DisplayDocTitle true>>"])
        for element in self._elements:
            document.Reference(Raw(_element_parts(element)), element.name)
        rows = [part for page, names in enumerate(self._marks) for part in _row_parts(page, names)]
        document.Reference(Raw(_joined([("<</Nums [", ""), *rows, ("]>>", "")])), "Parents")
        count = f" /ParentTreeNextKey {len(self._marks)}>>"
        tree = Raw(["<</Type /StructTreeRoot /K ", "T0", " /ParentTree ", "Parents", count])
        document.Reference(tree, "Tree")
        catalog.StructTreeRoot = tree
        self.canvas.save()
        return self._out.getvalue()

    def _describe(self, document: Any) -> None:
        """Write what the file is twice: as older and as newer programs look for it."""
        about = self.about
        self.canvas.setTitle(about.title)
        self.canvas.setAuthor(about.author)
        self.canvas.setSubject(about.subject)
        self.canvas.setKeywords(about.keywords)
        self.canvas.setCreator(about.author)
        stamp = document._timeStamp  # noqa: SLF001 -- else an invariant file says that it was made in 2000
        made = about.made_at.astimezone(UTC)
        stamp.t, stamp.lt, stamp.YMDhms = made.timestamp(), made.timetuple(), tuple(made.timetuple())[:6]
        packet = xmp_packet(about).encode()
        parts = [f"<</Type /Metadata /Subtype /XML /Length {len(packet)}>>\nstream\n"]
        document.Catalog.Metadata = Raw(parts, packet + b"\nendstream")


def _element_parts(element: Element) -> list[str]:
    """Return an element written out, every odd part the name of an object."""
    head = f"<</Type /StructElem /S /{element.role}"
    if element.language:
        head += f" /Lang ({element.language})"
    if element.alt:
        head += f" /Alt <FEFF{element.alt.encode('utf-16-be').hex().upper()}>"
    if element.attributes:
        head += f" /A {element.attributes}"
    parts = [f"{head} /P ", element.parent]
    page = next((kid[0] for kid in element.kids if isinstance(kid, tuple)), None)
    parts += [" /K ["] if page is None else [" /Pg ", f"Page{page + 1}", " /K ["]
    for kid in element.kids:
        if isinstance(kid, str):
            parts += [kid, " "]
        else:
            parts[-1] += f"{kid[1]} "
    parts[-1] += "]>>"
    return parts


def _row_parts(page: int, names: list[str]) -> list[tuple[str, str]]:
    """Return the row of a page in the parent tree: text before, and name of, each object."""
    heads = [f"{page} [", *[" "] * (len(names) - 1)]
    return [*zip(heads, names, strict=True), ("] ", "")] if names else []


def _joined(pairs: list[tuple[str, str]]) -> list[str]:
    """Return text and names in turns; where there is no name the text joins what follows."""
    parts, text = [], ""
    for before, name in pairs:
        text += before
        if name:
            parts += [text, name]
            text = ""
    return [*parts, text]
