"""How a name is kept (exactly as typed) and how it is found (folded)."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 200
#: Joiners that some scripts need inside a name.
_JOINERS = "\u200c\u200d"
#: Letters that do not decompose, as people type them without their own keyboard; and letters that are glottal stops.
_PLAIN = str.maketrans(
    {"\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00f0": "d", "\u00fe": "th", "\u0131": "i"}
    | dict.fromkeys("\u0294\u0241\u0242\ua78b\ua78c", "")
)


class BadName(ValueError):
    """A name cannot be kept. `code` says why: "name_empty", "name_too_long" or "name_characters"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def without_marks(typed: str) -> str:
    """Return `typed` without what nobody sees: marks of direction, joiners, soft hyphens, marks of a file's start.

    Telephones wrap a copied number or address in them (U+202A to U+202E, U+2066 to U+2069, U+200E).
    """
    return "".join(sign for sign in typed if unicodedata.category(sign) != "Cf")


def trimmed(typed: str) -> str:
    """Return `typed` without blanks and without invisible marks at both ends."""
    if typed.isascii():
        return typed.strip()
    seen = [place for place, sign in enumerate(typed) if not (sign.isspace() or unicodedata.category(sign) == "Cf")]
    return typed[seen[0] : seen[-1] + 1] if seen else ""


def normal_name(typed: str) -> str:
    """Return `typed` in NFC with blanks collapsed, otherwise exactly as typed; raise `BadName`.

    Apostrophes, macrons and case stay: O'Brien and Mata\u02bbutia are both right. Invisible marks around a name came
    with copying and fall away; within it, they and control characters are refused.
    """
    name = " ".join(trimmed(unicodedata.normalize("NFC", typed)).split())
    if not any(unicodedata.category(letter).startswith("L") for letter in name):
        raise BadName("name_empty")
    if len(name) > LONGEST_NAME:
        raise BadName("name_too_long")
    if any(unicodedata.category(c).startswith("C") and c not in _JOINERS for c in name):
        raise BadName("name_characters")
    return name


def search_key(name: str) -> str:
    """Return `name` folded for search and sorting: no case, accents, macrons, glottal marks or punctuation."""
    # U+00B4 and its like stand for the glottal stop too; decomposed they would leave a blank and part the word
    joined = "".join(sign for sign in name if unicodedata.category(sign) != "Sk")
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", joined).casefold()).translate(_PLAIN)
    kept = "".join(_fold(character) for character in folded)
    return " ".join(kept.split())[:LONGEST_NAME]


def _fold(character: str) -> str:
    """Return what one character adds to a search key: itself, a blank, or nothing."""
    category = unicodedata.category(character)
    if category in ("Ll", "Lu", "Lt", "Lo", "Nd"):
        return character
    if category.startswith("Z") or category == "Pd":
        return " "
    return ""  # marks, modifier letters such as the glottal stop, apostrophes, other punctuation
