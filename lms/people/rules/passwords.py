"""Which passwords are good enough, and how they are kept. Lengths: NIST SP 800-63B, 15 or 8 with a second factor."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lms.people.rules.names import search_key

SHORTEST_ALONE = 15
SHORTEST_WITH_SECOND_FACTOR = 8
LONGEST_PASSWORD = 256
#: How much of a password must be left once names, common words, digits and patterns are taken out of it.
SHORTEST_REST = 4

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
#: Matches nothing that can be typed: checking it takes the usual time, and an account that has it needs a reset.
NO_PASSWORD = _hasher.hash("\0nobody")

_LEET = str.maketrans("013457@$!|+", "oieastasilt")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "qazwsxedcrfvtgbyhnujmikolp",
    "qweasdzxc",
)
#: Roots from which most bad passwords are built, in the languages of this site. Written down by us, not taken over.
_COMMON_TEXT = """
    password passwort passord contrasena clave secret secreto letmein welcome bienvenido bienvenida talofa malo
    admin administrator root user usuario login access master test guest default temp changeme hello hola
    iloveyou loveyou lovely love amor teamo tequiero princess princesa prince angel angeles baby bebe sunshine
    summer winter spring autumn fall verano invierno primavera monday tuesday wednesday thursday friday saturday
    sunday lunes martes miercoles jueves viernes sabado domingo january february march april june july august
    september october november december enero febrero marzo abril mayo junio julio agosto septiembre octubre
    noviembre diciembre monkey dragon tiger eagle lion bear dolphin butterfly mariposa flower flores cookie
    chocolate cheese banana football futbol soccer baseball basketball hockey lakers dodgers raiders rams chivas
    superman batman spiderman pokemon starwars matrix shadow ninja killer hunter ranger soldier freedom america
    mexico california angelino losangeles samoa tonga jesus jesucristo christ cristo dios god blessed bless church
    family familia mother father madre padre mama papa sister brother hermana hermano amigo friend forever always
    whatever trustno nothing something computer internet google facebook samsung iphone android money dinero
    purple orange yellow green black white silver golden diamond crystal rainbow happy smile music dance pepper
    ginger maggie buddy charlie michael jennifer michelle jessica ashley daniel jordan thomas robert andrew joshua
    matthew anthony maria jose juan carlos luis jorge david alex alejandro alejandra nicole amanda
    health salud community comunidad worker promotora promotor training certificate
"""
_COMMON = frozenset(_COMMON_TEXT.split())


def password_fault(password: str, *, has_second_factor: bool, own_words: Iterable[str]) -> str | None:
    """Return the code of what is wrong with a new password, or None when it is good.

    `own_words` are the person's name and contacts. Codes: "password_characters", "password_too_long",
    "password_too_short" (15, or 8 beside a confirmed second factor), "password_easy".
    """
    if any(unicodedata.category(character) == "Cc" for character in password):
        return "password_characters"
    if len(password) > LONGEST_PASSWORD:
        return "password_too_long"
    if is_short(password, has_second_factor=has_second_factor):
        return "password_too_short"
    return "password_easy" if is_easy(password, own_words) else None


def shortest(*, has_second_factor: bool) -> int:
    """Return how many characters a password needs."""
    return SHORTEST_WITH_SECOND_FACTOR if has_second_factor else SHORTEST_ALONE


def is_short(password: str, *, has_second_factor: bool = False) -> bool:
    """Return whether a password is too short, however a keyboard composes it; by default to stand alone."""
    return len(_normal(password)) < shortest(has_second_factor=has_second_factor)


def is_easy(password: str, own_words: Iterable[str]) -> bool:
    """Return whether little is left of `password` without common words, the person's own, digits and patterns."""
    typed = _normal(password).casefold()
    words = {*_COMMON, *_parts(own_words)}
    return min(len(_rest(_fold(text), words)) for text in (typed, typed.translate(_LEET))) < SHORTEST_REST


def _fold(text: str) -> str:
    """Return `text` without accents, blanks and the punctuation of a keyboard; other signs stay."""
    return re.sub(r"[\s!-/:-@\[-`{-~\u02bb\u02bc\u2018\u2019]|[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text))


def _parts(own_words: Iterable[str]) -> set[str]:
    """Return the folded pieces, of three letters or more, of names, addresses and numbers."""
    pieces: set[str] = set()
    for word in own_words:
        pieces.update(re.findall(r"\w{3,}", search_key(re.sub(r"[@._+\-]", " ", word))))
        pieces.add(search_key(word).replace(" ", ""))
    return {piece for piece in pieces if len(piece) >= 3}


def _rest(text: str, words: set[str]) -> str:
    """Return what makes `text` its own: without words, runs along the keyboard or alphabet, digits, repeats."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    text = re.sub(r"[\d_]+", "", text)
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for size in range(len(row), 2, -1):
            for start in range(len(row) - size + 1):
                text = text.replace(row[start : start + size], "")
    return re.sub(r"(.+?)\1+", r"\1", text)


def _normal(password: str) -> str:
    """Return one spelling for what different keyboards send (NFKC), so that the same password is the same."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password. Takes tens of milliseconds: never inside `write`."""
    return _hasher.hash(_normal(password))


def password_matches(password_hash: str | None, password: str) -> bool:
    """Return whether `password` is the one of `password_hash`. Takes as long when there is no hash."""
    try:
        return _hasher.verify(password_hash or NO_PASSWORD, _normal(password)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_new_hash(password_hash: str) -> bool:
    """Return whether a hash was made with other settings than today's."""
    return _hasher.check_needs_rehash(password_hash)
