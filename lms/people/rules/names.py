"""How a name is kept (exactly as typed) and how it is found (folded)."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 200
#: Joiners that some scripts need inside a name.
_JOINERS = "\u200c\u200d"
#: Letters that do not decompose, as people type them without their own keyboard.
_PLAIN = str.maketrans({"\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00f0": "d", "\u00fe": "th", "\u0131": "i"})


class BadName(ValueError):
    """A name cannot be kept. `code` says why: "name_empty", "name_too_long" or "name_characters"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def normal_name(typed: str) -> str:
    """Return `typed` in NFC with blanks collapsed, otherwise exactly as typed; raise `BadName`.

    Apostrophes, macrons and case stay: O'Brien and Mata\u02bbutia are both right. Control characters are refused.
    """
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not any(unicodedata.category(letter).startswith("L") for letter in name):
        raise BadName("name_empty")
    if len(name) > LONGEST_NAME:
        raise BadName("name_too_long")
    if any(unicodedata.category(c).startswith("C") and c not in _JOINERS for c in name):
        raise BadName("name_characters")
    return name


def search_key(name: str) -> str:
    """Return `name` folded for search and sorting: no case, accents, macrons, glottal marks or punctuation."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()).translate(_PLAIN)
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
