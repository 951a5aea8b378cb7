"""Tagged PDF: every mark is in the tree or ornament, pictures have words, each element its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from defusedxml import ElementTree
from pypdf import PdfReader

from lms.certificates.jobs.drawing import draw_card, draw_certificate, draw_transcript
from tests.certificates.drawn import sheet
from tests.certificates.test_transcript import transcript

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
FILES = {
    "certificate": draw_certificate(sheet("completion", "to", demonstration=True)),
    "own": draw_certificate(sheet("first-steps", "sm", kind="pdf-a4-own")),
    "card": draw_card(sheet("completion", "es", demonstration=True)),
    "transcript": draw_transcript(transcript(rows=60)),
}


@pytest.fixture
def engine_name() -> str:
    """Drawing needs no database."""
    return "sqlite"


class Tree:
    """The structure of a file as a reader program walks it."""

    def __init__(self, content: bytes) -> None:
        self.reader = PdfReader(BytesIO(content))
        self.root: Any = self.reader.trailer["/Root"]
        self.elements = list(self._walk(self.root["/StructTreeRoot"]["/K"]))

    def _walk(self, element: Any) -> Iterator[Any]:
        element = element.get_object()
        yield element
        for kid in element["/K"]:
            if not isinstance(kid, int):
                assert kid.get_object()["/P"].get_object() == element
                yield from self._walk(kid)

    def roles(self) -> list[str]:
        """Return the roles in reading order."""
        return [str(element["/S"]) for element in self.elements]

    def languages(self) -> set[str]:
        """Return the languages that elements name."""
        return {str(element["/Lang"]) for element in self.elements if "/Lang" in element}

    def marks(self, page: Any) -> list[int]:
        """Return the numbers of the pieces of content of a page, which are all marked and none inside another."""
        stack, found = [], []
        text = page.get_contents().get_data().decode("latin-1")
        text = re.sub(r"\((?:[^()\\]|\\.)*\)", "()", text)
        for token in re.finditer(r"/(\w+) (?:<<([^>]*)>> BDC|BMC)|\bEMC\b|\b(?:Tj|S|f)\b", text):
            if token[0] == "EMC":
                stack.pop()
            elif token[1]:
                assert not stack
                stack.append(token[1])
                if number := re.search(r"/MCID (\d+)", token[2] or ""):
                    found.append(int(number[1]))
                else:
                    assert token[1] == "Artifact"
            else:
                assert stack, "something is drawn outside of the tree"
        assert not stack
        return found


@pytest.fixture(params=FILES)
def tree(request: pytest.FixtureRequest) -> Tree:
    """Each kind of file."""
    return Tree(FILES[request.param])


def test_every_mark_belongs_to_an_element_and_every_element_to_its_page(tree: Tree) -> None:
    assert tree.root["/MarkInfo"]["/Marked"].value is True
    parents = tree.root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    assert parents[::2] == list(range(len(tree.reader.pages)))
    for number, page in enumerate(tree.reader.pages):
        assert (page["/Tabs"], page["/StructParents"]) == ("/S", number)
        marks = tree.marks(page)
        assert marks == list(range(len(marks)))
        rows = [row.get_object() for row in parents[2 * number + 1]]
        assert len(rows) == len(marks)
        for mark, element in zip(marks, rows, strict=True):
            assert mark in [kid for kid in element["/K"] if isinstance(kid, int)]
            assert element["/Pg"].get_object() == page
            assert element in tree.elements


def test_pictures_have_words_and_a_place(tree: Tree) -> None:
    for element in tree.elements:
        if element["/S"] == "/Figure":
            assert len(str(element["/Alt"])) > 10
            assert len(element["/A"]["/BBox"]) == 4


def test_the_title_is_shown_and_said_twice(tree: Tree) -> None:
    assert tree.root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert tree.reader.metadata is not None
    packet = tree.root["/Metadata"].get_object().get_data()
    described = ElementTree.fromstring(packet)[0][0]
    assert described.find(f"{DC}title/{RDF}Alt/{RDF}li").text == tree.reader.metadata.title
    assert described.find(f"{DC}creator/{RDF}Seq/{RDF}li").text == tree.reader.metadata.author
    said = [each.text for each in described.findall(f"{DC}language/{RDF}Bag/{RDF}li")]
    assert said[0] == tree.root["/Lang"]
    assert tree.languages() <= set(said)
    assert b"pdfuaid" not in packet


def test_every_font_is_in_the_file(tree: Tree) -> None:
    for page in tree.reader.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            assert "/FontFile2" in font["/FontDescriptor"]
            assert "/ToUnicode" in font


def test_a_certificate_reads_from_its_heading_to_the_small_print() -> None:
    tree = Tree(FILES["certificate"])
    roles = tree.roles()
    assert roles[:6] == ["/Document", "/P", "/H1", "/Span", "/Span", "/P"]
    assert roles.count("/H2") == roles.count("/Sect") == 2
    assert roles.count("/LI") == roles.count("/LBody") == 2
    assert roles.count("/Figure") == 2
    assert tree.languages() == {"to", "en"}
    assert tree.root["/Lang"] == "to"
    alt = [str(element["/Alt"]) for element in tree.elements if element["/S"] == "/Figure"]
    assert alt == [
        "Sila ʻa e LA County CHW/P/R Consortium",
        "Kouti QR ʻokú ne fakaava ʻa e training.example.org/verify",
    ]
    assert Tree(FILES["own"]).languages() == {"sm"}


def test_a_table_has_heads_that_are_found() -> None:
    tree = Tree(FILES["transcript"])
    assert len(tree.reader.pages) > 1
    heads = [element for element in tree.elements if element["/S"] == "/TH"]
    assert len(heads) == 5 + 3
    assert all(head["/A"]["/Scope"] == "/Column" for head in heads)
    for element in tree.elements:
        if element["/S"] == "/Table":
            assert {str(kid.get_object()["/S"]) for kid in element["/K"]} == {"/TR"}


def test_words_of_another_language_say_so() -> None:
    languages = {"es": {"es", "en"}, "en": {"en"}}
    for tag, expected in languages.items():
        assert Tree(draw_certificate(sheet(tag=tag, name="Ana"))).languages() == expected
