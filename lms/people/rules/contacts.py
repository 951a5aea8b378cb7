"""How an e-mail address or a phone number is compared: one spelling for each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from lms.people.rules.names import without_marks

LONGEST_CONTACT = 254
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f,;<>\"()\[\]\\]{1,64}@[^\s@\x00-\x1f\x7f,;<>\"()\[\]\\]{1,253}")
_PHONE = re.compile(r"\(?\+? ?[0-9(][0-9 ().\-/]*")
#: What stands before a number in an address book, and behind it: the extension of a switchboard.
_LABEL = re.compile(r"(?:tel|phone|cell|mobile)(?: ?[:.] ?| )", re.IGNORECASE)
_EXTENSION = re.compile(r"[ ,;]*(?:extension|extensi\u00f3n|ext|anexo|x|#)[ .:=]*[0-9]{1,6}", re.IGNORECASE)
#: Signs between digits, as keyboards, books and telephones write them.
_DASHES, _DOTS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7", "\u00b7\u2022\u2027\u2219\u22c5"
_SIGNS = str.maketrans(dict.fromkeys(_DASHES, "-") | dict.fromkeys(_DOTS, "."))


@dataclass(frozen=True)
class Identifier:
    """What somebody typed to say who she is, normalized. `kind` is "email" or "phone"."""

    kind: str
    value: str


def normal_email(typed: str) -> str | None:
    """Return an e-mail address trimmed, without invisible marks, NFKC and casefolded; None when it is none."""
    value = unicodedata.normalize("NFKC", without_marks(typed)).strip().casefold()
    value = unicodedata.normalize("NFKC", value)
    if len(value) > LONGEST_CONTACT or not _EMAIL.fullmatch(value):
        return None
    domain = value.rpartition("@")[2]
    whole = "." in domain and not domain.startswith((".", "-")) and not domain.endswith(".") and ".." not in domain
    return value if whole else None


def normal_phone(typed: str, country: str = "1") -> str | None:
    """Return a phone number as +, country code and digits; None when it is none.

    A number without + is one of `country`, by default the United States, where ten digits follow the 1. Invisible
    marks, any kind of blank, dash or dot, a label and an extension are passed over: an extension reaches nobody by
    text, and the same person gives it or leaves it out.
    """
    value = " ".join(unicodedata.normalize("NFKC", without_marks(typed)).translate(_SIGNS).split())
    if label := _LABEL.match(value):
        value = value[label.end() :]
    if (extension := _EXTENSION.search(value)) and extension.end() == len(value):
        value = value[: extension.start()]
    if not _PHONE.fullmatch(value):
        return None
    digits = re.sub(r"\D", "", value)
    if not value.startswith(("+", "(+")):
        digits = digits if len(digits) == 11 and digits.startswith(country) else country + digits
    if digits.startswith("1"):
        return f"+{digits}" if len(digits) == 11 and digits[1] not in "01" else None
    return f"+{digits}" if 8 <= len(digits) <= 15 and not digits.startswith("0") else None


def shown_contact(value: str) -> str:
    """Return a stored contact as people write it: "+12135550142" is (213) 555-0142; anything else stays as it is."""
    if re.fullmatch(r"\+1\d{10}", value):
        return f"({value[2:5]}) {value[5:8]}-{value[8:]}"
    return value


def normal_identifier(typed: str) -> Identifier | None:
    """Return the e-mail address or phone number that `typed` is; None when it is neither."""
    email = normal_email(typed) if "@" in unicodedata.normalize("NFKC", typed) else None
    if email:
        return Identifier("email", email)
    phone = normal_phone(typed)
    return Identifier("phone", phone) if phone else None
