"""The picture of a name: whole, every mark over its letter, with the outlines of the page."""

from __future__ import annotations

import re

import pytest

from lms.certificates.jobs.drawing.accents import drawn
from lms.certificates.jobs.drawing.name import fit_name
from lms.certificates.jobs.picturing import MARGIN, WIDTH, draw_name
from lms.web.fonts import SEMIBOLD, MissingGlyphError


def corners(picture: str) -> tuple[float, float, list[tuple[float, float]]]:
    """Return width and height of a picture, and every point of its outlines from the top left."""
    box = re.search(r'viewBox="0 (\S+) (\S+) (\S+)"', picture)
    path = re.search(r' d="([^"]*)"', picture)
    assert box and path
    numbers = [float(each) for each in re.findall(r"-?[\d.]+", path[1])]
    return (
        float(box[2]),
        float(box[3]),
        [(x, -y - float(box[1])) for x, y in zip(numbers[::2], numbers[1::2], strict=True)],
    )


@pytest.mark.parametrize(
    "name",
    ["Li", "Malia ʻAnau", "Sēla Vāʻinga Mele Lavinia ʻAkauʻola-Fīnauafisi", "Nguyễn Łukasz Ñandú", "W" * 90, "Ṓ́ Ó"],
)
def test_a_name_is_drawn_whole(name: str) -> None:
    picture = draw_name(name)
    across, high, points = corners(picture)
    assert across <= WIDTH + 2 * MARGIN + 1
    assert all(0 <= x <= across and 0 <= y <= high for x, y in points), "nothing is cut"
    assert draw_name(name) == picture
    size, lines = fit_name(name, WIDTH)
    assert high >= size * 1.25 * len(lines)


def test_every_mark_is_drawn_over_its_letter() -> None:
    outlines = {each: draw_name(each).count("M") for each in ("a", "ā", "ā\u0301", "\u02bba")}
    assert outlines["a"] < outlines["ā"] < outlines["ā\u0301"], "each mark has an outline of its own"
    assert outlines["\u02bba"] == outlines["a"] + 1
    _, _, plain = corners(draw_name("ā"))
    _, _, marked = corners(draw_name("ā\u0301"))
    assert max(x for x, _ in marked) == pytest.approx(max(x for x, _ in plain), abs=0.2), "a mark takes no room"
    assert min(y for _, y in marked) < min(y for _, y in plain)
    with pytest.raises(MissingGlyphError):
        draw_name("漢")


def test_the_picture_has_the_outlines_of_the_page() -> None:
    """The same operators that the page of a certificate is drawn with, in the letters of another format."""
    page = drawn("Vāʻinga", MARGIN, -MARGIN, SEMIBOLD, 48.0)
    numbers = re.findall(r"-?[\d.]+", page)
    path = re.search(r' d="([^"]*)"', draw_name("Vāʻinga"))
    assert path is not None
    assert len(re.findall(r"-?[\d.]+", path[1])) == len(numbers) > 100
