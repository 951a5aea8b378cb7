"""Names on certificates: whether one can be printed, how it is shown to strangers, whether two are the same."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections import Counter
from itertools import pairwise

from lms.errors import RuleBroken
from lms.people.rules import search_key

#: What the embedded font draws, first and last code points; a test compares it with the font file.
_DRAWN = (
    "0020-007E 00A1-00AC 00AE-0131 0134-0148 014A-017E 018F 0192 01A0-01A1 01AF-01B0 01D4 01EA-01EB 01FA-021B 0237 "
    "0259 02BB-02BC 02C6-02C7 0300-0304 0306-030C 030F 0311 031B 0323 0326-0328 1E0C-1E0D 1E24-1E25 1E44-1E45 "
    "1E5A-1E5B 1E62-1E63 1E6C-1E6D 1E80-1E85 1E92-1E93 1EA0-1EF9 2013-2014 2018-201A 201C-201E 2026"
)
HIDDEN = "•"
_LETTER_MODIFIERS = "ʻʼ'‘’`"
#: Signs beside letters that anybody's name may have: blanks, hyphens, full stops, apostrophes and glottal signs.
_PLAIN_SIGNS = frozenset(" -.\u2010\u2011\u2019\u201b\u00b4\u02b9" + _LETTER_MODIFIERS)


def _code_points() -> frozenset[str]:
    """Return every character that can be printed."""
    found: set[str] = set()
    for part in _DRAWN.split():
        first, _, last = part.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(found)


DRAWN = _code_points()
_DRAWN_IN_WORDS = DRAWN | {"\u00a0"}


def check_name(name: str) -> None:
    """Raise `RuleBroken` when `name` cannot stand on a certificate exactly as it is, naming the letter."""
    if not name.strip():
        raise RuleBroken("name_empty")
    if name != name.strip() or "  " in name:
        raise RuleBroken("name_spaces")
    for character in name:
        if unicodedata.category(character)[0] in "CZ" and character != " ":
            raise RuleBroken("name_hidden_sign", sign=f"U+{ord(character):04X}")
    if not unicodedata.is_normalized("NFC", name):
        raise RuleBroken("name_not_composed")
    for cluster in graphemes(name):
        if not is_drawn(cluster):
            raise RuleBroken("name_letter", letter=cluster)


def is_drawn(letter: str) -> bool:
    """Return whether a letter can be printed: by its own glyph, or as a letter with marks (ō and an acute for ṓ)."""
    return DRAWN.issuperset(letter) or DRAWN.issuperset(unicodedata.normalize("NFD", letter))


def check_words(text: str) -> None:
    """Raise `RuleBroken` when a sentence or title cannot be printed, naming it and the letter."""
    if _DRAWN_IN_WORDS.issuperset(text):
        return
    for letter in graphemes(text):
        if letter != "\u00a0" and not is_drawn(letter):
            raise RuleBroken("words_letter", letter=letter, text=text)


def graphemes(text: str) -> list[str]:
    """Return the letters of `text` as a reader counts them: each with the marks that stand on it."""
    found: list[str] = []
    for character in text:
        if found and unicodedata.category(character) in ("Mn", "Mc", "Me"):
            found[-1] += character
        else:
            found.append(character)
    return found


def mask_name(name: str) -> str:
    """Return `name` with all but the first letter of each word hidden: "M•••• ʻA•••"."""
    return " ".join("-".join(map(_mask_word, word.split("-"))) for word in name.split(" "))


def _mask_word(word: str) -> str:
    """Return one word masked; a glottal stop in front stays with the letter that it belongs to."""
    letters = graphemes(word)
    shown = 2 if letters and letters[0] in _LETTER_MODIFIERS else 1
    return "".join(letters[:shown]) + HIDDEN * len(letters[shown:])


def name_mark(name: str) -> str:
    """Return what a form says of the name that its page showed: the SHA-256 of exactly this spelling."""
    return hashlib.sha256(name.encode()).hexdigest()


def check_shown(mark: str | None, name: str) -> None:
    """Raise `RuleBroken` when the page of the one who decides showed another name; None where there was no page."""
    if mark is not None and mark != name_mark(name):
        raise RuleBroken("changed_meanwhile")


def name_to_seal(account: str, certificate: str | None) -> tuple[str, bool]:
    """Return the name under which a record is sealed, and whether somebody has checked it.

    She may write the name of her account as she likes; her certificate's name was certified. Where only the way of
    writing differs, hers is taken; a name with other letters is not. Without a certificate nobody has checked it.
    """
    if certificate is None:
        return account, False
    return (account if is_same_name(account, certificate) else certificate), True


def is_same_name(one: str, other: str) -> bool:
    """Return whether two names are the same but for case, accents, macrons and glottal marks, in constant time."""
    keys = [search_key(name).encode() for name in (one, other)]
    return bool(keys[0]) and hmac.compare_digest(*keys)


def is_respelled(name: str, standing: str) -> bool:
    """Return whether `name` is `standing` in other marks alone, so that nobody has to look at it.

    It has the same letters (`is_same_name`), and no sign beside them that `standing` has not, but plain ones, none of
    them doubled: `¡Mele!` is for a person to see.
    """
    own, theirs = _signs(name), _signs(standing)
    is_doubled = any(one == other and one in own for one, other in pairwise(name))
    is_plain = own <= theirs or (_PLAIN_SIGNS.issuperset(own - theirs) and not is_doubled)
    return is_same_name(name, standing) and is_plain


def _signs(name: str) -> Counter[str]:
    """Return what is neither letter, nor digit, nor a mark on one, and how often it stands there."""
    kinds = ((sign, unicodedata.category(sign)) for sign in name)
    return Counter(sign for sign, kind in kinds if kind[0] not in "LNM" or kind == "Lm")
