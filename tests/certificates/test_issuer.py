"""What an issuer is called and what it publishes: addresses, keys, its documents."""

from __future__ import annotations

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from lms.certificates.rules.badges import addresses, document, issuer, multibase
from tests.certificates.badges import KEYS, URL, issuer_keys, payload_of, private, public, read_base58btc, read_multikey

DID = "did:web:training.example.org"


@pytest.mark.parametrize(
    ("url", "did"),
    [
        (URL, DID),
        ("https://chw.example:8443", "did:web:chw.example%3A8443"),
        ("https://a.example/chw/b", "did:web:a.example:chw:b"),
    ],
)
def test_an_issuer_is_named_by_its_address(url: str, did: str) -> None:
    assert addresses.did_of(url) == did
    assert addresses.method_of(url, "ab") == f"{did}#ab"


def test_addresses_are_those_of_the_house() -> None:
    assert addresses.key_url(URL, "ab") == f"{URL}/credentials/keys/ab"
    assert addresses.competency_url(URL, "a b", "c#d") == f"{URL}/credentials/frameworks/a%20b#c%23d"
    assert addresses.qr_address("https://a.example/Chw", "CHW-0", 2) == "HTTPS://A.EXAMPLE/Chw/V/CHW-0/2"
    one, other = addresses.subject_id(URL, "CHW-0"), addresses.subject_id(URL, "CHW-1")
    assert one != other
    assert one == addresses.subject_id(URL, "CHW-0")


@given(st.binary(max_size=70))
def test_base58_is_read_back(content: bytes) -> None:
    assert read_base58btc(multibase.base58btc(content)) == content
    assert read_base58btc(multibase.base58btc(b"\0\0" + content)) == b"\0\0" + content


def test_a_multikey_is_an_ed25519_key_alone() -> None:
    raw = private("badge").public_key().public_bytes_raw()
    assert read_multikey(multibase.multikey(raw)) == raw
    assert multibase.multikey(raw).startswith("z6Mk")
    with pytest.raises(ValueError, match="32 bytes"):
        multibase.multikey(raw[1:])


def test_the_issuers_document_holds_the_keys_that_sign_credentials() -> None:
    found = issuer.did_document(URL, issuer_keys())
    badge, token = found["verificationMethod"]
    assert found["assertionMethod"] == [f"{DID}#{KEYS['badge']}", f"{DID}#{KEYS['jwt']}"]
    assert (badge["type"], badge["controller"]) == ("Multikey", DID)
    key = Ed25519PublicKey.from_public_bytes(read_multikey(badge["publicKeyMultibase"]))
    assert key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == public("badge")
    assert token["type"] == "JsonWebKey"
    assert token["publicKeyJwk"] == issuer.jwk(issuer_keys()[1])


def test_keys_are_published_as_jwks() -> None:
    published = issuer.jwks(issuer_keys())["keys"]
    assert [key["kty"] for key in published] == ["OKP", "RSA", "EC"]
    for key, purpose in zip(published, ("badge", "jwt", "code"), strict=True):
        assert key["kid"] == f"{URL}/credentials/keys/{KEYS[purpose]}"
        assert jwt.PyJWK(key).key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == public(purpose)
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    spki = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError, match="neither RSA"):
        issuer.jwk(issuer.IssuerKey("ab", "code", spki, URL))


def test_a_framework_lists_what_badges_point_at() -> None:
    payload = payload_of()
    titles = {each["code"]: each["title"]["en"] for each in payload["competencies"]}
    found = issuer.framework_document(URL, "chw-core", "Core skills", titles, changed="2026-11-01T00:00:00Z")
    pointed = [each["targetUrl"] for each in document.achievement(payload)["alignment"]]
    assert [item["uri"] for item in found["CFItems"]] == pointed
    assert found["CFDocument"]["uri"] == f"{URL}/credentials/frameworks/chw-core"
    assert len({item["identifier"] for item in found["CFItems"]}) == len(pointed)
