"""What somebody wants who writes a text message to us: no more of them, more again, or help."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Wanted = Literal["stop", "start", "help", ""]

#: Words that end text messages wherever they stand in what was written: any clear wish counts (47 CFR 64.1200(a)(10)).
_STOP_ANYWHERE = frozenset({"stop", "stopall", "unsubscribe", "alto", "parar", "pare", "paren", "taofi", "tuku"})
#: Words that end them only as the whole message, because they stand in other sentences too.
_STOP_ALONE = frozenset({"end", "quit", "cancel", "revoke", "optout", "fin", "baja", "cancelar", "tuu", "tapuni"})
_START = frozenset({"start", "unstop", "empezar", "iniciar", "comenzar", "kamata", "amata"})
_HELP = frozenset({"help", "info", "ayuda", "tokoni", "fesoasoani"})


def wanted(text: str) -> Wanted:
    """Return what a message asks for: "stop", "start", "help", or "" for anything else.

    However it is written: with capitals, accents, macrons, any sort of apostrophe or glottal mark, and full stops.
    """
    words = _words(text)
    whole = "".join(words)
    if not _STOP_ANYWHERE.isdisjoint(words) or whole in _STOP_ALONE | _STOP_ANYWHERE:
        return "stop"
    if len(words) == 1:
        return "start" if whole in _START else "help" if whole in _HELP else ""
    return ""


def _words(text: str) -> list[str]:
    """Return the words of a message, folded: small letters without marks."""
    folded = unicodedata.normalize("NFKD", text.replace("\u0131", "i")).casefold()
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    plain = re.sub("[\u02bb\u02bc\u02b9\u2018\u2019\u201b`´']", "", plain)
    return re.findall(r"[a-z]+", plain)
