"""Payloads, keys and outside verifiers for the tests of badges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import strategies as st
from openbadgeslib.ob3.contexts import document_loader
from pyld import jsonld  # type: ignore[import-untyped]

from lms.certificates.rules import serials
from lms.certificates.rules.badges.issuer import IssuerKey

URL = "https://training.example.org"
PURPOSES = ("badge", "jwt", "page", "code")
#: Key names are 16 hex digits; in these tests not of a hash, so that payloads stay the same.
KEYS = {purpose: f"{number:016x}" for number, purpose in enumerate(PURPOSES, 0xA0)}
TITLE = {"en": "Core training of community health workers", "to": "Ako tefito ki he kau ngāue ki he mo'ui lelei"}
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
NAMES = ("Sēla Vāʻinga", "María-José Núñez de la Peña", "Tui", 'Ana "Nita" \\ Ruiz', "Leʻa Tuiāsosopo-Ah Sam")


@cache
def private(purpose: str) -> Any:
    """Return the private key of a purpose, made once."""
    if purpose == "badge":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1()) if purpose == "code" else rsa.generate_private_key(65537, 3072)


def public(purpose: str) -> bytes:
    """Return the SubjectPublicKeyInfo of a purpose."""
    return _public(purpose, serialization.Encoding.DER)


def pem(purpose: str) -> bytes:
    """Return the public key of a purpose as a PEM file."""
    return _public(purpose, serialization.Encoding.PEM)


def _public(purpose: str, encoding: serialization.Encoding) -> bytes:
    return bytes(private(purpose).public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo))


def issuer_keys() -> list[IssuerKey]:
    """Return all public keys of the issuer."""
    return [IssuerKey(KEYS[purpose], purpose, public(purpose), URL) for purpose in PURPOSES]


def read_base58btc(text: str) -> bytes:
    """Return the bytes of multibase base58btc text."""
    number, symbols = 0, text.removeprefix("z")
    for symbol in symbols:
        number = number * 58 + _BASE58.index(symbol)
    zeros = len(symbols) - len(symbols.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def read_multikey(text: str) -> bytes:
    """Return the 32 bytes of the Ed25519 public key that a Multikey holds."""
    content = read_base58btc(text)
    assert (len(content), content[:2]) == (34, b"\xed\x01")
    return content[2:]


def sign_badge(data: bytes) -> bytes:
    """Sign by Ed25519."""
    return bytes(private("badge").sign(data))


def sign_jwt(data: bytes) -> bytes:
    """Sign by RS256."""
    return bytes(private("jwt").sign(data, padding.PKCS1v15(), hashes.SHA256()))


def sign_code(data: bytes) -> bytes:
    """Sign by ES256."""
    found = private("code").sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(found))


def payload_of(**changes: Any) -> dict[str, Any]:
    """Return a payload of a common certificate, with changes."""
    return {
        "type": "chw-certificate/2",
        "serial": "CHW-7K3M-9PXA-2QWD-C",
        "edition": 1,
        "round": 1,
        "issuer": {"name": "LA County CHW/P/R Consortium", "url": URL, "provider_number": "CE-0001"},
        "keys": dict(KEYS),
        "status": {"list": 1, "index": 70123},
        "awarded_at": "2026-11-28T06:10:00Z",
        "frozen_at": "2026-11-28T06:10:00Z",
        "ends_at": "2098-11-30T07:59:59Z",
        "name": "Sēla Vāʻinga",
        "language": "to",
        "track": {"key": "core", "revision": "ab" * 32, "title": dict(TITLE)},
        "competencies": [
            {
                "framework": "chw-core",
                "version": "2026-11",
                "code": code,
                "minutes": 60 + 10 * number,
                "title": {"en": code.title()},
            }
            for number, code in enumerate(COMPETENCIES)
        ],
        "minutes": {"class": 900, "practicum": 600, "supervised": 300},
        "language_of_instruction": "to+en",
        "level": {"key": "core", "title": {"en": "Core", "to": "Tefito"}},
        "started_on": "2026-09-01",
        "completed_on": "2026-11-20",
        "awarded_on": "2026-11-27",
        "valid_until": "2098-11-29",
        "signers": [
            {"name": "Marisol Vega", "title": {"en": "Program Director", "to": "Talēkita"}},
            {"name": "", "title": {"en": "Chair of the Consortium"}},
        ],
        "disclaimers": {
            "en": "This is a certificate of completion, not a license.",
            "to": "Ko e tohi fakamoʻoni ʻeni, ʻikai ko ha laiseni.",
        },
        "template": "completion",
        "content": {"publication": 3, "revisions": {"track": "cd" * 32, "certificate": "ef" * 32, "words": "12" * 32}},
        "demonstration": True,
        **changes,
    }


_CORE = {"framework": "chw-core", "version": "2026-11"}
COMPETENCIES = (
    "communication relationships coordination capacity advocacy education assessment outreach conduct evaluation"
    " knowledge"
).split()

_TEXT = st.text(
    st.characters(blacklist_categories=("Cc", "Cs"), max_codepoint=0x2FFF) | st.sampled_from('"\\ʻā<>&'),
    min_size=1,
    max_size=40,
)
_TEXTS = st.fixed_dictionaries({"en": _TEXT}, optional={"es": _TEXT, "to": _TEXT, "sm": _TEXT})
_SLUG = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
_HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
_DAY = st.dates(date(2020, 1, 1), date(2026, 11, 1)).map(date.isoformat)
_MOMENT = _DAY.map(lambda day: f"{day}T06:10:00Z")


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    """Return any payload that the program could freeze."""
    ends = draw(st.booleans())
    codes = draw(st.lists(st.tuples(_SLUG, _SLUG), max_size=6, unique=True))
    return payload_of(
        serial=serials.show_serial(serials.serial_from(draw(st.integers(0, 2**60 - 1)))),
        edition=draw(st.integers(1, 9)),
        round=draw(st.integers(1, 9)),
        issuer={
            "name": draw(_TEXT),
            "provider_number": draw(st.just("") | _SLUG),
            "url": draw(st.sampled_from([URL, "https://chw.example:8443", "https://lms.example.org/chw/a"])),
        },
        status={"list": draw(st.integers(1, 9)), "index": draw(st.integers(0, 131071))},
        awarded_at=draw(_MOMENT),
        frozen_at=draw(_MOMENT),
        ends_at="2098-11-30T07:59:59Z" if ends else None,
        valid_until="2098-11-29" if ends else None,
        name=draw(_TEXT | st.sampled_from(NAMES)),
        language=draw(st.sampled_from(["en", "es", "to", "sm"])),
        track={"key": draw(_SLUG), "revision": draw(_HEX), "title": draw(_TEXTS)},
        competencies=[
            {
                "framework": framework,
                "version": "1",
                "code": code,
                "minutes": draw(st.integers(0, 9999)),
                "title": draw(_TEXTS),
            }
            for framework, code in codes
        ],
        minutes=draw(
            st.dictionaries(st.sampled_from(["class", "practicum", "supervised", "other"]), st.integers(1, 99999))
        ),
        language_of_instruction=draw(st.sampled_from(["en", "to+en"])),
        level=draw(st.none() | st.fixed_dictionaries({"key": _SLUG, "title": _TEXTS})),
        completed_on=draw(_DAY),
        awarded_on=draw(_DAY),
        signers=[{"name": draw(st.just("") | _TEXT), "title": draw(_TEXTS)} for _ in range(2)],
        disclaimers=draw(_TEXTS),
        demonstration=draw(st.booleans()),
    )


def by_pyld(document: Mapping[str, Any], contexts: Mapping[str, Any] | None = None) -> bytes:
    """Return the canonical form of a document by a JSON-LD processor, with the published contexts."""
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": document_loader(dict(contexts or {})),
    }
    return str(jsonld.normalize(json.loads(json.dumps(document)), options)).encode()
