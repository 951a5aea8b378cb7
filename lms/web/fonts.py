"""The embedded fonts: found once in a process, every glyph asked for before it is drawn."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics

from lms.config import ROOT
from lms.web.embedding import Embedded
from lms.web.lean import lean

FOLDER = ROOT / "lms" / "web" / "static" / "fonts"
REGULAR, ITALIC, SEMIBOLD, BOLD = "PublicSans-Regular", "PublicSans-Italic", "PublicSans-SemiBold", "PublicSans-Bold"
NAMES = (REGULAR, ITALIC, SEMIBOLD, BOLD)
MORE_LETTERS = "NotoSans-Regular"


class MissingGlyphError(Exception):
    """A text holds a letter that the font cannot draw; nothing is drawn rather than a gap."""

    def __init__(self, letter: str, text: str) -> None:
        super().__init__(f"no glyph for U+{ord(letter):04X} in {text!r}")


@lru_cache(maxsize=1)
def load_fonts() -> dict[str, frozenset[int]]:
    """Register the fonts and return the code points that each can draw."""
    return {name: letters_of(name) for name in NAMES}


@lru_cache(maxsize=8)
def letters_of(name: str) -> frozenset[int]:
    """Register a font, the first time that it is asked for, and return the code points that it can draw."""
    rl_config.useA85 = 0  # streams as bytes: a fifth smaller, and faster
    font = Embedded(name, BytesIO(lean((FOLDER / f"{name}.ttf").read_bytes())), asciiReadable=False)
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def face(name: str) -> Any:
    """Return reportlab's font of a name, for what writes its own operators."""
    letters_of(name)
    return pdfmetrics.getFont(name)


def check_glyphs(text: str, font: str) -> str:
    """Return `text`; raise `MissingGlyphError` when `font` cannot draw all of it."""
    known = letters_of(font)
    for letter in text:
        if ord(letter) not in known:
            raise MissingGlyphError(letter, text)
    return text


@lru_cache(maxsize=4000)
def spelled(text: str, font: str) -> str:
    """Return `text` with each letter that `font` lacks as a letter and the marks on it, such as ṓ as ō and ´.

    Raises `MissingGlyphError` when it cannot draw these either.
    """
    known = letters_of(font)
    if all(ord(letter) in known for letter in text):
        return text
    return "".join(letter if ord(letter) in known else _taken_apart(letter, text, known) for letter in text)


def _taken_apart(letter: str, text: str, known: frozenset[int]) -> str:
    """Return a letter and its marks, with as many of these in the letter's own glyph as the font has."""
    parts = unicodedata.decomposition(letter)
    if not parts or parts.startswith("<"):
        raise MissingGlyphError(letter, text)
    letters = [chr(int(part, 16)) for part in parts.split(" ")]
    return "".join(each if ord(each) in known else _taken_apart(each, text, known) for each in letters)


def drawable(text: str, font: str) -> tuple[str, str]:
    """Return a text that somebody typed and a font that draws it: `font`, else Noto Sans, which has more letters.

    A letter that neither has is shown as the sign of a missing one. Names are not for this: they are refused instead.
    """
    if all(ord(letter) in letters_of(font) for letter in text):
        return text, font
    more = letters_of(MORE_LETTERS)
    return "".join(letter if ord(letter) in more else "\ufffd" for letter in text), MORE_LETTERS


@lru_cache(maxsize=4000)
def _unit_width(word: str, font: str) -> float:
    """Return the width of a word at size 1; the few words of the designs come back on every page."""
    return float(pdfmetrics.stringWidth(spelled(word, font), font, 1000)) / 1000


def width_of(text: str, font: str, size: float) -> float:
    """Return the width of a line in points."""
    return _line_width(text, font) * size


@lru_cache(maxsize=4000)
def _line_width(text: str, font: str) -> float:
    """Return the width of a line at size 1; the sentences of a design come back on every page of a cohort."""
    words = text.split(" ")
    return sum(_unit_width(word, font) for word in words) + (len(words) - 1) * _unit_width(" ", font)


def wrap(parts: Sequence[str], font: str, size: float, width: float, joint: str = " ") -> list[str]:
    """Return `parts` joined into lines of at most `width` points; a wider part has a line of its own."""
    widths = [width_of(part, font, size) for part in parts]
    return _joined(parts, widths, width_of(joint, font, size), width, joint)


def _joined(parts: Sequence[str], widths: Sequence[float], gap: float, width: float, joint: str) -> list[str]:
    """Return the lines of `wrap`, given how wide each part and the joint are."""
    lines: list[str] = []
    used = 0.0
    for part, own in zip(parts, widths, strict=True):
        if lines and used + gap + own <= width:
            lines[-1] += joint + part
            used += gap + own
        else:
            lines.append(part)
            used = own
    return lines


def balance(
    parts: Sequence[str], font: str, size: float, width: float, joint: str = " ", *, close: float = 2
) -> list[str]:
    """Return as few lines as `wrap` needs, but of nearly equal length; the joint is left out where a line ends.

    Widths that differ by less than `close` points are as good as equal.
    """
    widths, gap = [width_of(part, font, size) for part in parts], width_of(joint, font, size)
    lines = _joined(parts, widths, gap, width, joint)
    if len(lines) < 2:
        return lines
    narrow, wide = width / len(lines), width
    while wide - narrow > close:
        middle = (narrow + wide) / 2
        if len(_joined(parts, widths, gap, middle, joint)) > len(lines):
            narrow = middle
        else:
            wide = middle
    return _joined(parts, widths, gap, wide, joint)
