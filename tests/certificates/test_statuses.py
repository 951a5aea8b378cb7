"""Status lists: their bits, and the lists as credentials that outside programs read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.status import decode_encoded_list, set_indices
from openbadgeslib.ob3.verifier import OB3VerificationError

from lms.certificates.rules.badges import document, issuer, proofs, statuses
from lms.certificates.rules.badges.canonical import canonical
from lms.certificates.rules.badges.terms import LIST
from lms.certificates.rules.places import LIST_SIZE
from tests.certificates.badges import KEYS, URL, by_pyld, issuer_keys, payload_of, pem, sign_badge, sign_jwt

AT = datetime(2026, 11, 28, 6, 10, tzinfo=UTC)
ADDRESS = f"{URL}/credentials/status/1"
BITS = st.sets(st.integers(0, LIST_SIZE - 1), max_size=50)


def list_of(bits: set[int], at: datetime = AT) -> dict[str, Any]:
    return statuses.status_document(URL, 1, bits, at=at)


@settings(max_examples=50)
@given(BITS)
def test_bits_are_read_back_here_and_elsewhere(bits: set[int]) -> None:
    encoded = statuses.encode(bits)
    assert set_indices(decode_encoded_list(encoded)) == bits
    assert len(decode_encoded_list(encoded)) == 16_384
    assert encoded == statuses.encode(bits)


def test_the_first_place_is_the_highest_bit() -> None:
    assert decode_encoded_list(statuses.encode([0, 15]))[:3] == b"\x80\x01\x00"


@pytest.mark.parametrize("index", [-1, LIST_SIZE])
def test_there_are_no_places_outside(index: int) -> None:
    with pytest.raises(ValueError, match="no place in a list"):
        statuses.encode([index])


@settings(max_examples=30)
@given(BITS, st.integers(0, 3_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, tz=UTC)))
def test_the_canonical_form_of_a_list_is_that_of_a_json_ld_processor(bits: set[int], at: datetime) -> None:
    found = list_of(bits, at)
    assert canonical(found, LIST) == by_pyld(found)


def test_a_list_is_a_credential_for_thirty_days() -> None:
    found = list_of({70123})
    assert (found["id"], found["issuer"]) == (ADDRESS, "did:web:training.example.org")
    assert (found["validFrom"], found["validUntil"]) == ("2026-11-28T06:10:00Z", "2026-12-28T06:10:00Z")
    assert found["credentialSubject"]["id"] == f"{ADDRESS}#list"
    assert found["credentialSubject"]["ttl"] == 3_600_000
    assert (statuses.FRESH, statuses.GOOD) == (timedelta(hours=1), timedelta(days=30))
    entry = document.credential(payload_of())["credentialStatus"]
    assert entry["statusListCredential"] == found["id"]
    assert set_indices(decode_encoded_list(found["credentialSubject"]["encodedList"])) == {
        int(entry["statusListIndex"])
    }


def test_another_program_finds_the_proof_of_a_list_good() -> None:
    found = proofs.secure(list_of({1}), sign_badge, key_id=KEYS["badge"], created="2026-11-28T06:10:00Z")
    assert found["proof"][0]["verificationMethod"] == f"did:web:training.example.org#{KEYS['badge']}"
    bare = {**found, "proof": found["proof"][0]}
    verify_data_integrity_proof(bare, pem("badge"))
    bare["credentialSubject"] = list_of(set())["credentialSubject"]
    with pytest.raises(OB3VerificationError):
        verify_data_integrity_proof(bare, pem("badge"))


def test_a_list_as_a_jwt() -> None:
    found = list_of({1})
    text = statuses.status_jwt(found, sign_jwt, url=URL, key_id=KEYS["jwt"])
    claims = jwt.decode(text, pem("jwt"), algorithms=["RS256"], options={"verify_exp": False})
    assert {term: claims[term] for term in found} == found
    assert (claims["iss"], claims["jti"], claims["sub"]) == (found["issuer"], ADDRESS, f"{ADDRESS}#list")
    assert jwt.get_unverified_header(text)["kid"] == f"did:web:training.example.org#{KEYS['jwt']}"


@pytest.mark.parametrize("is_revoked", [False, True])
def test_another_program_asks_the_list(is_revoked: bool) -> None:
    payload = payload_of()
    badge = proofs.secure(document.credential(payload), sign_badge, key_id=KEYS["badge"], created=payload["frozen_at"])
    now = datetime.now(tz=UTC) - timedelta(minutes=1)
    listed = list_of({payload["status"]["index"]} if is_revoked else {1, 2}, now)
    published = {ADDRESS: statuses.status_jwt(listed, sign_jwt, url=URL, key_id=KEYS["jwt"]).encode()}
    published[f"{URL}/.well-known/did.json"] = json.dumps(issuer.did_document(URL, issuer_keys())).encode()
    verifier = OB3LdpVerifier()
    call: dict[str, Any] = {"check_status": True, "download": published.__getitem__, "verify_status_list": True}
    if not is_revoked:
        verifier.verify(proofs.dump(badge), **call)
        return
    with pytest.raises(OB3VerificationError, match="is set at index 70123"):
        verifier.verify(proofs.dump(badge), **call)
