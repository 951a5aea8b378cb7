"""Badges: the credential, its canonical form and proof, and what the issuer publishes; by outside programs too."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import time
import timeit
from collections.abc import Iterator
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError

from lms.certificates.rules.badges import addresses, document, facts, issuer, multibase, proofs, terms
from lms.certificates.rules.badges.canonical import canonical
from lms.certificates.rules.badges.terms import BADGE, LIST, Vocabulary
from tests.certificates.badges import (
    KEYS,
    URL,
    by_pyld,
    issuer_keys,
    payload_of,
    payloads,
    pem,
    private,
    read_base58btc,
    sign_badge,
)  # fmt: skip

DID = "did:web:training.example.org"


def secured(payload: dict[str, Any]) -> dict[str, Any]:
    return proofs.secure(
        document.credential(payload), sign_badge, key_id=payload["keys"]["badge"], created=payload["frozen_at"]
    )


def is_good(badge: dict[str, Any]) -> bool:
    """Check a proof by a JSON-LD processor and `cryptography` alone."""
    proof = dict(badge["proof"][0])
    signature = read_base58btc(proof.pop("proofValue"))
    bare = {term: value for term, value in badge.items() if term != "proof"}
    parts = ({"@context": badge["@context"], **proof}, bare)
    try:
        hashes = b"".join(hashlib.sha256(by_pyld(part)).digest() for part in parts)
        private("badge").public_key().verify(signature, hashes)
    except Exception:
        return False
    return True


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value that holds no others."""
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from places(value, (*path, key))
    else:
        yield path


# The credential


def test_a_badge_states_what_its_payload_holds() -> None:
    payload = payload_of(frozen_at="2026-11-28T09:00:00Z")
    badge = document.credential(payload)
    subject = badge["credentialSubject"]
    assert badge["@context"] == [terms.CREDENTIALS, terms.BADGES]
    assert badge["id"] == f"{URL}/verify/CHW-7K3M-9PXA-2QWD-C"
    assert badge["issuer"] == {"id": DID, "type": ["Profile"], "name": "LA County CHW/P/R Consortium", "url": URL}
    assert (badge["validFrom"], badge["validUntil"]) == (payload["frozen_at"], payload["ends_at"])
    assert badge["awardedDate"] == payload["awarded_at"]
    assert badge["name"] == payload["track"]["title"]["to"]
    assert badge["description"] == f"{facts.DEMONSTRATION} {payload['disclaimers']['to']}"
    assert badge["credentialStatus"] == {
        "id": f"{URL}/credentials/status/1#70123",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "70123",
        "statusListCredential": f"{URL}/credentials/status/1",
    }
    assert subject["id"].startswith("urn:uuid:")
    named = {"type": "IdentityObject", "hashed": False, "identityHash": payload["name"], "identityType": "name"}
    assert subject["identifier"] == [named]
    told = {each["resultDescription"].partition("#")[2]: each["value"] for each in subject["result"]}
    assert told["minutes-class"] == "900"
    assert told["minutes-towards"].startswith("chw-core/communication 60; chw-core/relationships 70; ")
    assert told["rules"] == payload["track"]["revision"]
    assert (told["edition"], told["round"], told["demonstration"]) == ("1", "1", "true")
    assert (told["trained"], told["counts"]) == ("2026-09-01/2026-11-20", "2026-11-27/2098-11-29")
    assert (told["level"], told["provider-number"]) == ("Core", "CE-0001")
    assert told["language-of-instruction"] == "to+en"


def test_an_achievement_is_the_track_in_english() -> None:
    payload = payload_of()
    found = document.achievement(payload)
    assert found["id"] == f"{URL}/credentials/tracks/core/{'ab' * 8}"
    assert found["name"] == payload["track"]["title"]["en"]
    assert found["achievementType"] == "Certification"
    assert found["description"].endswith("This is a certificate of completion, not a license.")
    assert "ab" * 32 in found["criteria"]["narrative"]
    assert found["version"] == "3"
    assert found["alignment"][0] == {
        "type": ["Alignment"],
        "targetName": "Communication",
        "targetUrl": f"{URL}/credentials/frameworks/chw-core#communication",
        "targetFramework": "chw-core 2026-11",
        "targetCode": "communication",
        "targetType": "CFItem",
    }
    described = {each["id"] for each in found["resultDescription"]}
    told = document.credential(payload)["credentialSubject"]["result"]
    assert described == {each["resultDescription"] for each in told}
    other = payload_of(name="Tui", edition=4, serial="CHW-0000-0000-0000-0", language="en", awarded_on="2026-01-01")
    assert document.achievement(other) == found


def test_a_badge_of_completion_has_no_end_and_leaves_out_what_there_is_not() -> None:
    badge = document.credential(
        payload_of(ends_at=None, valid_until=None, competencies=[], demonstration=False, language="sm")
    )
    achievement = badge["credentialSubject"]["achievement"]
    assert achievement["achievementType"] == "CertificateOfCompletion"
    assert "validUntil" not in badge
    assert "alignment" not in achievement
    assert badge["name"] == achievement["name"]
    assert badge["description"] == "This is a certificate of completion, not a license."


def test_signers_and_record_are_evidence() -> None:
    payload = payload_of()
    record, one, other = document.credential(payload)["evidence"]
    digest = hashlib.sha256(rfc8785.dumps(payload)).digest()
    assert record["id"] == document.digest_name(payload)
    assert record["id"].startswith("ni:///sha-256;")
    assert digest_in(record["id"]) == digest
    assert record["genre"] == "chw-certificate/2"
    assert (one["name"], one["description"], one["genre"]) == ("Marisol Vega", "Program Director", "Signer")
    assert "name" not in other
    assert one["id"] == f"{URL}/verify/CHW-7K3M-9PXA-2QWD-C#signer-1"


def digest_in(name: str) -> bytes:
    return base64.urlsafe_b64decode(name.partition(";")[2] + "=")


@settings(max_examples=150)
@given(payloads())
def test_no_member_is_empty_and_none_is_one_that_others_read_differently(payload: dict[str, Any]) -> None:
    badge = document.credential(payload)
    assert digest_in(badge["evidence"][0]["id"]) == hashlib.sha256(rfc8785.dumps(payload)).digest()
    text = proofs.dump(badge).decode()
    for word in ("jti", "endorsementJwt", "termsOfUse", "credentialSchema"):
        assert f'"{word}":' not in text
    assert "null" not in [repr(value) for value in map(json.dumps, values(badge))]
    assert all(value not in (None, [], {}, "") for value in values(badge))


def values(node: Any) -> Iterator[Any]:
    yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from values(each)


# The canonical form


@settings(max_examples=150)
@given(payloads())
def test_the_canonical_form_is_that_of_a_json_ld_processor(payload: dict[str, Any]) -> None:
    badge = document.credential(payload)
    assert canonical(badge, BADGE) == by_pyld(badge)
    assert canonical(badge, BADGE) == by_pyld(badge)  # also from what is kept


def test_the_canonical_form_does_not_depend_on_the_order_of_members() -> None:
    badge = document.credential(payload_of())
    assert canonical(backwards(badge), BADGE) == canonical(badge, BADGE)


def backwards(node: Any) -> Any:
    if isinstance(node, dict):
        return {term: backwards(value) for term, value in reversed(node.items())}
    return (
        [backwards(value) if isinstance(value, dict) else value for value in node] if isinstance(node, list) else node
    )


SMALL = {"@context": list(BADGE.contexts), "id": "urn:x:1", "type": ["VerifiableCredential"]}


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"@context": [terms.CREDENTIALS]}, "other contexts"),
        ({"nickname": "x"}, "not a term of ours: nickname"),
        ({"type": ["Sheep"]}, "not a type of ours: Sheep"),
        ({"name": None}, "neither text"),
        ({"name": 1.5}, "neither text"),
        ({"id": "/relative"}, "not an absolute address"),
        ({"issuer": "a b"}, "not an absolute address"),
        ({"issuer": "https://x/<y>"}, "not an absolute address"),
        ({"issuer": {"name": "A", "achievement": {"id": "urn:x:2", "name": "\x07"}}}, "a control character"),
        ({"issuer": {"name": "A", "evidence": {"name": "B"}}}, "a thing without a name inside another"),
        ({"evidence": [{"name": "A"}, {"name": "A"}]}, "two things without a name say the same"),
    ],
)
def test_what_the_table_does_not_cover_is_refused(members: dict[str, Any], told: str) -> None:
    canonical(SMALL, BADGE)
    with pytest.raises(ValueError, match=told):
        canonical({**SMALL, **members}, BADGE)


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\t", "\n", "\x0b", "\x7f", "\x85", "\x9f"])
def test_control_characters_are_refused(sign: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        canonical(document.credential(payload_of(name=f"Sēla{sign}")), BADGE)


def test_half_a_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical(document.credential(payload_of(name="Sēla\ud800")), BADGE)


def test_a_named_thing_may_hang_on_one_without_a_name() -> None:
    found = {**SMALL, "evidence": {"name": "A _:a . _:c14n0", "issuer": {"id": "urn:x:2", "name": "B"}}, "hashed": True}
    ob, vc, w3 = (
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html",
        "https://www.w3.org/2018/credentials",
        "http://www.w3",
    )
    assert canonical(found, BADGE).decode().splitlines() == [
        f"<urn:x:1> <{w3}.org/1999/02/22-rdf-syntax-ns#type> <{vc}#VerifiableCredential> .",
        f'<urn:x:1> <{ob}#hashed> "true"^^<https://www.w3.org/2001/XMLSchema#boolean> .',
        f"<urn:x:1> <{vc}#evidence> _:c14n0 .",
        '<urn:x:2> <https://schema.org/name> "B" .',
        '_:c14n0 <https://schema.org/name> "A _:a . _:c14n0" .',
        f"_:c14n0 <{vc}#issuer> <urn:x:2> .",
    ]


# The proof

#: W3C, Data Integrity EdDSA Cryptosuites v1.0 (15 May 2025), appendix B.1: the suite eddsa-rdfc-2022.
VECTOR = {
    "@context": [terms.CREDENTIALS, "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
VECTOR_TERMS = Vocabulary(
    tuple(VECTOR["@context"]),
    {**LIST.names, "AlumniCredential": "https://www.w3.org/ns/credentials/examples#AlumniCredential"},
    {**LIST.properties, "alumniOf": ("https://www.w3.org/ns/credentials/examples#alumniOf", "")},
)
VECTOR_KEY = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
VECTOR_PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
VECTOR_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
VECTOR_PROOF = "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"


def test_the_published_vector_is_made_byte_for_byte() -> None:
    key = Ed25519PrivateKey.from_private_bytes(read_base58btc(VECTOR_KEY)[2:])
    assert multibase.multikey(key.public_key().public_bytes_raw()) == VECTOR_PUBLIC
    assert hashlib.sha256(canonical(VECTOR, VECTOR_TERMS)).hexdigest() == VECTOR_HASH
    method = f"did:key:{VECTOR_PUBLIC}#{VECTOR_PUBLIC}"
    proof = proofs.prove(VECTOR, key.sign, method=method, created="2023-02-24T23:36:38Z", vocabulary=VECTOR_TERMS)
    assert proof == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "proofValue": VECTOR_PROOF,
    }


@settings(max_examples=20)
@given(payloads())
def test_another_program_finds_the_badge_good(payload: dict[str, Any]) -> None:
    found = OB3LdpVerifier(pem("badge")).verify(proofs.dump(secured(payload)))
    assert found.issuer.id == addresses.did_of(payload["issuer"]["url"])


def test_another_program_finds_the_key_in_the_issuers_document() -> None:
    published = {f"{URL}/.well-known/did.json": json.dumps(issuer.did_document(URL, issuer_keys())).encode()}
    badge = proofs.dump(secured(payload_of()))
    OB3LdpVerifier.for_issuer_did(DID).verify(badge, download=published.__getitem__)
    with pytest.raises(OB3VerificationError):
        OB3LdpVerifier.for_issuer_did("did:web:other.example").verify(badge, download=published.__getitem__)


def test_every_member_is_covered_by_the_proof() -> None:
    badge = secured(payload_of(competencies=payload_of()["competencies"][:2]))
    assert is_good(badge)
    found = [path for path in places(badge) if path[:1] != ("@context",)]
    assert len(found) > 80
    for path in found:
        changed = copy.deepcopy(badge)
        within = changed
        for key in path[:-1]:
            within = within[key]
        within[path[-1]] = not within[path[-1]] if isinstance(within[path[-1]], bool) else f"{within[path[-1]]}x"
        assert not is_good(changed), path


def test_every_member_is_missed() -> None:
    badge = secured(payload_of())
    for part in (badge, badge["credentialSubject"], badge["credentialSubject"]["achievement"], badge["proof"][0]):
        for term in set(part) - {"@context", "proof", "proofValue"}:
            value = part.pop(term)
            assert not is_good(badge), term
            part[term] = value
    assert is_good(badge)


@pytest.mark.parametrize("path", [("name",), ("credentialSubject", "identifier", 0, "identityHash"), ("validUntil",)])
def test_another_program_finds_a_changed_badge_bad(path: tuple[Any, ...]) -> None:
    badge = secured(payload_of())
    within: Any = badge
    for key in path[:-1]:
        within = within[key]
    within[path[-1]] = "2097-01-01T00:00:00Z"
    with pytest.raises(OB3VerificationError):
        OB3LdpVerifier(pem("badge")).verify(proofs.dump(badge))


def test_the_same_payload_gives_the_same_bytes() -> None:
    once, again = (proofs.dump(secured(payload_of())) for _ in range(2))
    assert once == again
    badge = json.loads(once)
    assert isinstance(badge["proof"], list)
    assert badge["proof"][0]["verificationMethod"] == f"{DID}#{KEYS['badge']}"
    assert badge["proof"][0]["created"] == badge["validFrom"]
    assert "Vāʻinga" in once.decode()


def test_a_badge_costs_at_most_twenty_signatures() -> None:
    payload = payload_of()
    badge, signature = (
        min(timeit.repeat(call, timer=time.process_time, number=50, repeat=20))
        for call in (lambda: proofs.dump(secured(payload)), lambda: sign_badge(b"0" * 64))
    )
    assert badge < 20 * signature, f"{badge / signature:.1f}"
