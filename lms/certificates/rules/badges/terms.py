"""What the JSON-LD terms of our documents mean: a table for each list of contexts that our documents name.

A table holds exactly the terms that we use. It is compared with the published contexts by the tests, which read them
from an installed package; so neither they nor a JSON-LD processor are needed to sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
#: A value that names a thing, and one that is itself a term.
REFERENCE = "@id"
WORD = "@vocab"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_XSD = "http://www.w3.org/2001/XMLSchema#"
#: Open Badges writes the same with another scheme, which makes it another name.
_OB_XSD = "https://www.w3.org/2001/XMLSchema#"
_VC = "https://www.w3.org/2018/credentials#"
_OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_SCHEMA = "https://schema.org/"
_SECURITY = "https://w3id.org/security#"
_STATUS = "https://www.w3.org/ns/credentials/status#"


@dataclass(frozen=True)
class Vocabulary:
    """The meaning of terms under `contexts`: the IRI of each name of a type, and of each property with its datatype.

    A datatype is an IRI, `REFERENCE`, `WORD`, or "" for plain text. What hangs on the properties `shared` is the same
    in many documents, so that its statements are worth keeping.
    """

    contexts: tuple[str, ...]
    names: Mapping[str, str]
    properties: Mapping[str, tuple[str, str]]
    shared: frozenset[str] = frozenset()


def _each(prefix: str, words: str, datatype: str = "") -> dict[str, tuple[str, str]]:
    """Return properties that are called in the vocabulary `prefix` as in the documents."""
    return {word: (prefix + word, datatype) for word in words.split()}


_PROOF = {
    "created": ("http://purl.org/dc/terms/created", f"{_XSD}dateTime"),
    "cryptosuite": (f"{_SECURITY}cryptosuite", f"{_SECURITY}cryptosuiteString"),
    "verificationMethod": (f"{_SECURITY}verificationMethod", REFERENCE),
    "proofPurpose": (f"{_SECURITY}proofPurpose", WORD),
}
_PROOF_NAMES = {
    "DataIntegrityProof": f"{_SECURITY}DataIntegrityProof",
    "assertionMethod": f"{_SECURITY}assertionMethod",
}
_CREDENTIAL = {
    **_each(_VC, "credentialStatus credentialSubject evidence issuer", REFERENCE),
    **_each(_VC, "validFrom validUntil", f"{_XSD}dateTime"),
    **_each(_SCHEMA, "name description"),
}

BADGE = Vocabulary(
    contexts=(CREDENTIALS, BADGES),
    names={
        **_PROOF_NAMES,
        "VerifiableCredential": f"{_VC}VerifiableCredential",
        "BitstringStatusListEntry": f"{_STATUS}BitstringStatusListEntry",
        "Alignment": f"{_SCHEMA}AlignmentObject",
        **{
            word: _OB + word
            for word in (
                "OpenBadgeCredential Profile AchievementSubject IdentityObject Achievement ResultDescription Result"
                " Evidence"
            ).split()
        },
    },
    properties={
        **_PROOF,
        **_CREDENTIAL,
        **_each(_STATUS, "statusPurpose statusListIndex"),
        **_each(_STATUS, "statusListCredential", REFERENCE),
        **_each(_OB, "achievement identifier identityHash identityType result achievementType alignment version"),
        **_each(_OB, "narrative resultType targetCode targetType"),
        # Two of Open Badges' own slips, which a signature has to keep: a capital, and a prefix that nothing defines.
        "criteria": (f"{_OB}Criteria", REFERENCE),
        "awardedDate": (f"{_OB}awardedDate", "xsd:dateTime"),
        "hashed": (f"{_OB}hashed", f"{_OB_XSD}boolean"),
        # A description of a result is a node where it hangs on an achievement, and its address inside a result.
        "resultDescription": (f"{_OB}resultDescription", f"{_OB_XSD}anyURI"),
        **_each(_SCHEMA, "genre inLanguage value targetFramework targetName"),
        **_each(_SCHEMA, "url targetUrl", f"{_OB_XSD}anyURI"),
    },
    shared=frozenset(["achievement"]),
)

LIST = Vocabulary(
    contexts=(CREDENTIALS,),
    names={
        **_PROOF_NAMES,
        "VerifiableCredential": f"{_VC}VerifiableCredential",
        "BitstringStatusListCredential": f"{_STATUS}BitstringStatusListCredential",
        "BitstringStatusList": f"{_STATUS}BitstringStatusList",
    },
    properties={
        **_PROOF,
        **_CREDENTIAL,
        **_each(_STATUS, "statusPurpose ttl"),
        "encodedList": (f"{_STATUS}encodedList", f"{_SECURITY}multibase"),
    },
)

VOCABULARIES = {vocabulary.contexts: vocabulary for vocabulary in (BADGE, LIST)}
