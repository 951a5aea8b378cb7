"""Credentials and tokens as issued, judged by verifier-core and jose (Node), openbadgeslib, PyJWT and cwt (Python).

Every program gives its verdict on every certificate of the scene; then on forgeries, and on each field changed.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import cwt
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt.cose_key_interface import COSEKeyInterface
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.status import check_credential_status
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from tests.certificates.test_form import by_whole_iri
from tests.foreign.forged import EVIL, METHOD, evil_site, forged_badge, forged_token, tampered, tampered_tokens
from tests.foreign.programs import HERE, ask_node, needs_node
from tests.foreign.scene import DID, LIST, URL, Published, Scene

#: What each program has to say, before and after the present keys were stolen.
BEFORE = {
    "valid": "valid",
    "retired": "valid",
    "corrected": "valid",
    "expired": "expired",
    "revoked": "withdrawn",
    "replaced": "withdrawn",
    "reissued": "unknown key",
}
AFTER = {
    "valid": "unknown key",
    "retired": "valid",
    "corrected": "unknown key",
    "expired": "expired",
    "revoked": "unknown key",
    "replaced": "unknown key",
    "reissued": "valid",
}
REGISTRY = {"https://registry.example.org/issuers.json": json.dumps({"registry": {DID: {"name": "Consortium"}}})}


def test_the_tables_judge_every_certificate_of_the_scene(scene: Scene) -> None:
    assert set(scene.certificates) == set(BEFORE) == set(AFTER)
    assert scene["valid"].payload["serial"] == scene["reissued"].payload["serial"]
    assert (scene["replaced"].payload["edition"], scene["corrected"].payload["edition"]) == (1, 2)
    assert set(scene["retired"].keys.values()).isdisjoint(scene["valid"].keys.values())


# In Node


def cases_of(scene: Scene) -> Iterator[dict[str, Any]]:
    """Yield each certificate of the scene as a badge and as a token."""
    for name, each in scene.certificates.items():
        yield {"name": name, "badge": each.badge}
        yield {"name": f"{name} token", "token": each.jwt.decode(), "issuer": URL}


def forgeries(scene: Scene) -> Iterator[dict[str, Any]]:
    """Yield what others signed, whatever key they name."""
    payload = scene["valid"].payload
    evil = {**payload, "issuer": {**payload["issuer"], "url": EVIL}, "status": {"list": 1, "index": 7}}
    borrowed = forged_badge(payload, METHOD)
    borrowed["proof"][0]["verificationMethod"] = f"did:web:{EVIL.partition('://')[2]}#{METHOD}"
    yield {"name": "our key named", "badge": forged_badge(payload, scene["valid"].keys["badge"])}
    yield {"name": "a key of ours that is not", "badge": forged_badge(payload, METHOD)}
    yield {"name": "our name, another's key", "badge": borrowed}
    yield {"name": "another issuer", "badge": forged_badge(evil, METHOD)}
    yield {"name": "our key named token", "token": forged_token(payload, scene["valid"].keys["jwt"]), "issuer": URL}
    yield {"name": "a key of ours that is not token", "token": forged_token(payload, METHOD), "issuer": URL}
    yield {"name": "another issuer token", "token": forged_token(evil, METHOD), "issuer": URL}


def in_short(said: dict[str, Any]) -> str:
    """Return verifier-core's verdict, or jose's, in one word."""
    if said.get("jti"):
        return "valid"
    if "error" in said:
        told = {"ERR_JWT_EXPIRED": "expired", "ERR_JWKS_NO_MATCHING_KEY": "unknown key"}
        return told.get(said["error"], str(said["error"]))
    if said["errors"] or not said["steps"]["valid_signature"]:
        return "unknown key" if said["errors"] == ["invalid_signature"] else " ".join(said["errors"])
    steps = said["steps"]
    if not steps["registered_issuer"]:
        return "unregistered"
    if not steps["expiration"]:
        return "expired"
    return {True: "valid", False: "withdrawn"}.get(steps["revocation_status"], str(steps["revocation_status"]))


@pytest.fixture(scope="module")
def judged(scene: Scene) -> dict[str, Any]:
    """Return what the programs in Node say of all that is asked before the keys were stolen."""
    valid = scene["valid"]
    cases = [*cases_of(scene), *forgeries(scene)]
    stale, none = {LIST: scene.before.stale[0].decode()}, {LIST: None}
    cases += [{"name": "stale list", "badge": valid.badge, "instead": stale}]
    cases += [{"name": "no list", "badge": valid.badge, "instead": none}]
    cases += [{"name": f"T {name}", "badge": each} for name, each in tampered(valid.badge)]
    cases += [{"name": f"J {name}", "token": each, "issuer": URL} for name, each in tampered_tokens(valid.jwt.decode())]
    return ask_node({**scene.before.texts, **evil_site(), **REGISTRY}, cases)


@needs_node
def test_programs_in_node_judge_every_certificate(scene: Scene, judged: dict[str, Any]) -> None:
    verdicts = judged["verdicts"]
    assert {name: in_short(verdicts[name]) for name in BEFORE} == BEFORE
    # A token that was withdrawn is well signed: who reads tokens asks the list, or the page, as the next test does.
    told = {name: "valid" if verdict == "withdrawn" else verdict for name, verdict in BEFORE.items()}
    assert {name: in_short(verdicts[f"{name} token"]) for name in told} == told
    assert verdicts["valid token"]["credentialSubject"] == scene["valid"].badge["credentialSubject"]
    assert judged["programs"] == json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]


@needs_node
def test_programs_in_node_asked_our_pages_and_no_network(judged: dict[str, Any]) -> None:
    asked = judged["asked"]
    assert all(asked[f"{URL}/.well-known/{name}"] >= 1 for name in ("did.json", "jwks.json"))
    assert asked[LIST] >= len(BEFORE)
    # All that there was no answer to: the names of the two contexts, each with a letter changed.
    changed = {"https://www.w3.org/ns/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.jso1"}
    assert set(judged["refused"]) == changed


@needs_node
def test_programs_in_node_find_out_every_forgery(judged: dict[str, Any]) -> None:
    verdicts = {name: in_short(said) for name, said in judged["verdicts"].items()}
    assert {verdicts[name] for name in ("our key named", "a key of ours that is not")} == {"unknown key"}
    assert verdicts["our name, another's key"] == "unknown key"
    assert verdicts["another issuer"] == "unregistered", "well signed by somebody: who asks has to know whom"
    assert verdicts["our key named token"] == "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"
    assert verdicts["a key of ours that is not token"] == verdicts["another issuer token"] == "unknown key"
    assert (verdicts["stale list"], verdicts["no list"]) == ("status_list_expired", "status_list_not_found")


@needs_node
def test_programs_in_node_miss_no_changed_field(scene: Scene, judged: dict[str, Any]) -> None:
    verdicts = {name: said for name, said in judged["verdicts"].items() if name[:2] in {"T ", "J "}}
    badges = {name: said for name, said in verdicts.items() if name.startswith("T ")}
    tokens = {name: said for name, said in verdicts.items() if name.startswith("J ")}
    assert len(badges) >= 100
    assert len(tokens) > len(badges)
    assert [name for name, said in badges.items() if not said["errors"]] == []
    assert [name for name, said in tokens.items() if "error" not in said] == []


@needs_node
def test_verifier_core_takes_an_end_under_its_whole_name_for_none(scene: Scene) -> None:
    # The signature still fits, since a whole name means the same; docs/certificates.md tells of it.
    badge = scene["expired"].badge
    by_whole_iri(badge)
    found = ask_node({**scene.before.texts, **REGISTRY}, [{"name": "expired", "badge": badge}])["verdicts"]
    assert in_short(found["expired"]) == "valid"
    assert by_openbadgeslib(json.dumps(badge).encode(), scene.before).startswith("refused")


@needs_node
def test_programs_in_node_judge_anew_once_a_key_is_stolen(scene: Scene) -> None:
    found = ask_node({**scene.after.texts, **REGISTRY}, list(cases_of(scene)))
    assert {name: in_short(found["verdicts"][name]) for name in AFTER} == AFTER
    assert {name: in_short(found["verdicts"][f"{name} token"]) for name in AFTER} == AFTER
    assert found["refused"] == []
    assert found["asked"][f"{URL}/.well-known/did.json"] >= 1


@needs_node
def test_without_the_issuers_document_nothing_is_good(scene: Scene) -> None:
    missing = {f"{URL}/.well-known/{name}": None for name in ("did.json", "jwks.json")}
    cases = [{**each, "instead": missing} for each in cases_of(scene)]
    verdicts = ask_node({**scene.before.texts, **REGISTRY}, cases)["verdicts"]
    assert [name for name, said in verdicts.items() if in_short(said) == "valid"] == []


# In Python


def pem_at(published: Published, address: str) -> str:
    """Return the key that a token's head names, as its page states it."""
    key = jwt.PyJWK(json.loads(published.download(address))).key
    return str(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def by_openbadgeslib(content: bytes, published: Published) -> str:
    """Return the verdict of openbadgeslib, anchored to our DID, on a badge or on a token."""
    try:
        if content.startswith(b"{"):
            verifier = OB3LdpVerifier.for_issuer_did(DID)
            verifier.verify(content, check_status=True, download=published.download)
        else:
            key = pem_at(published, jwt.get_unverified_header(content)["kid"])
            found = OB3Verifier(key, issuer_did=DID).verify(content.decode())
            check_credential_status(found, published.download, verify_list=True)
    except (OB3VerificationError, OSError) as error:
        words = {"has expired": "expired", "' is set at": "withdrawn", "no verificationMethod": "unknown key"}
        words |= {"could not fetch": "no list", "404 for": "unknown key", "; the issuer must republish": "stale list"}
        return next((told for part, told in words.items() if part in str(error)), f"refused: {error}")
    return "valid"


@pytest.mark.parametrize("kind", ["vc", "jwt"])
def test_openbadgeslib_judges_every_certificate(scene: Scene, kind: str) -> None:
    for published, told in ((scene.before, BEFORE), (scene.after, AFTER)):
        found = {name: by_openbadgeslib(getattr(scene[name], kind), published) for name in told}
        assert found == told


def test_openbadgeslib_needs_a_list_that_is_fresh(scene: Scene) -> None:
    before = scene.before
    stale = Published(before.pages, {LIST: before.stale[1]}, before.trust, before.stale)
    none = Published({url: body for url, body in before.pages.items() if url != LIST}, {}, before.trust, before.stale)
    assert by_openbadgeslib(scene["valid"].vc, stale) == "stale list"
    assert by_openbadgeslib(scene["valid"].vc, none) == "no list"


def test_openbadgeslib_misses_no_changed_field_and_no_forgery(scene: Scene) -> None:
    # Of the members of a list one is enough here, because this program is slow: Node looked at them all.
    changed = list(
        {re.sub(r"/\d+", "", name): (name, badge) for name, badge in tampered(scene["valid"].badge)}.values()
    )
    changed += [(each["name"], each["badge"]) for each in forgeries(scene) if "badge" in each]
    assert len(changed) > 50
    for name, badge in changed:
        assert by_openbadgeslib(json.dumps(badge).encode(), scene.before) != "valid", name


def by_pyjwt(token: str, published: Published) -> str:
    """Return PyJWT's verdict on a token, with our JWK set."""
    keys = jwt.PyJWKSet.from_json(published.texts[f"{URL}/.well-known/jwks.json"])
    try:
        key = keys[jwt.get_unverified_header(token)["kid"]]
        jwt.decode(token, key, algorithms=["RS256"], issuer=DID)
    except (jwt.PyJWTError, KeyError, ValueError) as error:
        return {"ExpiredSignatureError": "expired", "KeyError": "unknown key"}.get(type(error).__name__, "refused")
    return "valid"


def test_pyjwt_judges_every_token(scene: Scene) -> None:
    for published, told in ((scene.before, BEFORE), (scene.after, AFTER)):
        expected = {name: "valid" if verdict == "withdrawn" else verdict for name, verdict in told.items()}
        assert {name: by_pyjwt(scene[name].jwt.decode(), published) for name in told} == expected


def test_pyjwt_misses_no_changed_field_and_no_forgery(scene: Scene) -> None:
    changed = list(tampered_tokens(scene["valid"].jwt.decode()))
    changed += [(each["name"], each["token"]) for each in forgeries(scene) if "token" in each]
    assert len(changed) > 100
    assert [name for name, token in changed if by_pyjwt(token, scene.before) == "valid"] == []


def code_keys(published: Published) -> list[COSEKeyInterface]:
    """Return the keys of codes in our JWK set; a code calls each by the first 8 bytes of its hash."""
    found = json.loads(published.pages[f"{URL}/.well-known/jwks.json"])["keys"]
    return [
        cwt.COSEKey.from_jwk({**key, "kid": bytes.fromhex(key["kid"].rpartition("/")[2])})
        for key in found
        if key["kty"] == "EC"
    ]


def by_cwt(token: bytes, keys: list[COSEKeyInterface]) -> dict[int | str, Any] | None:
    """Return what a code states, or None when it is refused."""
    try:
        found = cwt.decode(token, keys)
    except Exception:
        return None
    return found if isinstance(found, dict) else None


def test_cwt_reads_every_code(scene: Scene) -> None:
    for published, told in ((scene.before, BEFORE), (scene.after, AFTER)):
        keys = code_keys(published)
        assert len(keys) == 2
        for name, verdict in told.items():
            code, payload = scene[name].code, scene[name].payload
            found = by_cwt(base64.b32decode(code + b"=" * (-len(code) % 8)), keys)
            if verdict in {"expired", "unknown key"}:
                assert found is None
                continue
            assert found is not None
            assert found[7].decode() == payload["serial"].removeprefix("CHW-").replace("-", "")
            assert (found[1], found[-70001][1], found[-70001][5]) == (URL, payload["name"], payload["edition"])


def test_cwt_misses_no_changed_byte(scene: Scene) -> None:
    code, keys = scene["valid"].code, code_keys(scene.before)
    token = base64.b32decode(code + b"=" * (-len(code) % 8))
    assert by_cwt(token, keys)
    assert len(token) > 150
    for place, byte in enumerate(token):
        changed = token[:place] + bytes([byte ^ 1]) + token[place + 1 :]
        assert by_cwt(changed, keys) is None, place
