"""How an e-mail address or a phone number is compared: one spelling for each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST_CONTACT = 254
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f,;<>\"()\[\]\\]{1,64}@[^\s@\x00-\x1f\x7f,;<>\"()\[\]\\]{1,253}")
_PHONE = re.compile(r"\+?[0-9(][0-9 ().\-/]*")


@dataclass(frozen=True)
class Identifier:
    """What somebody typed to say who she is, normalized. `kind` is "email" or "phone"."""

    kind: str
    value: str


def normal_email(typed: str) -> str | None:
    """Return an e-mail address trimmed, NFKC and casefolded; None when it is none."""
    value = unicodedata.normalize("NFKC", typed).strip().casefold()
    value = unicodedata.normalize("NFKC", value)
    if len(value) > LONGEST_CONTACT or not _EMAIL.fullmatch(value):
        return None
    domain = value.rpartition("@")[2]
    whole = "." in domain and not domain.startswith((".", "-")) and not domain.endswith(".") and ".." not in domain
    return value if whole else None


def normal_phone(typed: str, country: str = "1") -> str | None:
    """Return a phone number as +, country code and digits; None when it is none.

    A number without + is one of `country`, by default the United States, where ten digits follow the 1.
    """
    value = unicodedata.normalize("NFKC", typed).strip().translate({0x2010: "-", 0x2011: "-", 0x2013: "-"})
    if not _PHONE.fullmatch(value):
        return None
    digits = re.sub(r"\D", "", value)
    if not value.startswith("+"):
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
