"""Tokens: the VC-JWT and the CWT inside the QR code, read by outside programs."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import cbor2
import cwt
import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from lms.certificates.rules.badges import cbor, document, issuer, proofs, tokens
from tests.certificates.badges import KEYS, URL, issuer_keys, payload_of, payloads, pem, sign_code, sign_jwt


def token_of(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def code_key() -> Any:
    return cwt.COSEKey.from_pem(pem("code"), kid=bytes.fromhex(KEYS["code"]))


# The JWT


def test_a_jwt_is_the_credential_and_what_a_jwt_repeats() -> None:
    payload = payload_of()
    text = tokens.jwt(payload, sign_jwt)
    key = f"{URL}/credentials/keys/{KEYS['jwt']}"
    assert jwt.get_unverified_header(text) == {"alg": "RS256", "kid": key, "typ": "JWT"}
    published = {each["kid"]: each for each in issuer.jwks(issuer_keys())["keys"]}
    claims = jwt.decode(text, jwt.PyJWK(published[key]), algorithms=["RS256"])
    badge = document.credential(payload)
    assert {term: claims.pop(term) for term in ("iss", "jti", "sub", "nbf", "exp")} == {
        "iss": badge["issuer"]["id"],
        "jti": badge["id"],
        "sub": badge["credentialSubject"]["id"],
        "nbf": datetime.fromisoformat(badge["validFrom"]).timestamp(),
        "exp": datetime.fromisoformat(badge["validUntil"]).timestamp(),
    }
    assert claims == badge


def test_a_jwt_without_an_end_does_not_expire() -> None:
    text = tokens.jwt(payload_of(ends_at=None, valid_until=None), sign_jwt)
    assert "exp" not in jwt.decode(text, pem("jwt"), algorithms=["RS256"])


@settings(max_examples=20)
@given(payloads())
def test_another_program_finds_the_jwt_good(payload: dict[str, Any]) -> None:
    text = tokens.jwt(payload, sign_jwt)
    assert text == tokens.jwt(payload, sign_jwt)
    assert OB3Verifier(pem("jwt")).verify(text).recipient_id == document.credential(payload)["credentialSubject"]["id"]


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_jwt_is_found_bad(part: int) -> None:
    parts = tokens.jwt(payload_of(), sign_jwt).split(".")
    for place in (3, len(parts[part]) // 2):
        letter = "A" if parts[part][place] != "A" else "B"
        changed = parts[part][:place] + letter + parts[part][place + 1 :]
        text = ".".join([*parts[:part], changed, *parts[part + 1 :]])
        with pytest.raises(jwt.InvalidTokenError):
            jwt.decode(text, pem("jwt"), algorithms=["RS256"])
        with pytest.raises(OB3VerificationError):
            OB3Verifier(pem("jwt")).verify(text)


# The code


@settings(max_examples=30)
@given(payloads())
def test_another_program_reads_the_code(payload: dict[str, Any]) -> None:
    text = tokens.code(payload, sign_code)
    assert text == tokens.code(payload, sign_code)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    facts = {
        1: payload["name"],
        2: payload["track"]["title"]["en"],
        3: sum(payload["minutes"].values()),
        4: payload["awarded_on"],
        5: payload["edition"],
        6: [payload["status"]["list"], payload["status"]["index"]],
        **({7: True} if payload["demonstration"] else {}),
    }
    expires = {4: datetime.fromisoformat(payload["ends_at"]).timestamp()} if payload["ends_at"] else {}
    assert cwt.decode(token_of(text), code_key()) == {
        1: payload["issuer"]["url"],
        **expires,
        6: datetime.fromisoformat(payload["frozen_at"]).timestamp(),
        7: payload["serial"].removeprefix("CHW").replace("-", "").encode(),
        -70001: facts,
    }


def test_the_head_of_a_code_names_its_key() -> None:
    tagged = cbor2.loads(token_of(tokens.code(payload_of(), sign_code)))
    protected, unprotected, _, signature = tagged.value
    assert tagged.tag == 18
    assert cbor2.loads(protected) == {1: -7, 4: bytes.fromhex(KEYS["code"])}
    assert (unprotected, len(signature)) == ({}, 64)


def test_a_changed_code_is_found_bad() -> None:
    token = token_of(tokens.code(payload_of(), sign_code))
    cwt.decode(token, code_key())
    for place in range(1, len(token)):
        changed = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
        with pytest.raises(Exception, match=r".*"):
            cwt.decode(changed, code_key())


@given(
    st.recursive(
        st.integers(-(2**63), 2**64 - 1) | st.booleans() | st.binary(max_size=300) | st.text(max_size=300),
        lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.integers(-(2**32), 2**32), inner, max_size=5),
        max_leaves=8,
    )
)
def test_values_are_written_as_another_program_writes_them(value: Any) -> None:
    assert cbor2.loads(cbor.dumps(value)) == value
    assert cbor.dumps(value) == cbor2.dumps(ordered(value))


def ordered(value: Any) -> Any:
    """Return a value with its maps in the order of RFC 8949; what `cbor2` calls canonical is that of RFC 7049."""
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value, key=cbor2.dumps)}
    return list(map(ordered, value)) if isinstance(value, list) else value


def test_tags_are_written_and_other_values_refused() -> None:
    assert cbor.dumps(cbor.Tagged(18, [])) == cbor2.dumps(cbor2.CBORTag(18, []))
    with pytest.raises(ValueError, match="nothing that a token holds"):
        cbor.dumps(1.5)


# The QR code


@pytest.mark.parametrize(
    ("name", "version"), [("Tui", 12), ("Sēla Vāʻinga", 12), ("María-José Núñez de la Peña", 13), ("Vā" * 60, 19)]
)
def test_the_code_of_a_common_certificate_is_small(name: str, version: int) -> None:
    payload = payload_of(
        name=name, demonstration=False, track={"key": "core", "revision": "a" * 64, "title": {"en": "Core training"}}
    )
    text = tokens.qr_text(payload, tokens.code(payload, sign_code))
    assert text.startswith("HTTPS://TRAINING.EXAMPLE.ORG/V/CHW-7K3M-9PXA-2QWD-C/1#2KC")
    code: QRCode[Any] = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(text, optimize=8)
    assert code.best_fit() <= version


def test_no_form_of_a_certificate_holds_half_a_letter() -> None:
    payload = payload_of(name="\ud800")
    with pytest.raises(UnicodeEncodeError):
        tokens.jwt(payload, sign_jwt)
    with pytest.raises(UnicodeEncodeError):
        tokens.code(payload, sign_code)
    with pytest.raises(UnicodeEncodeError):
        proofs.dump({"name": "\ud800"})
