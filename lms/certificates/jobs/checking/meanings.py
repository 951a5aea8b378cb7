"""What the terms of our credentials mean, written down for the check alone.

The published contexts are not shipped: their licence does not allow it. This is the checker's own list, read by pyld,
and shares nothing with the table that certificates are signed with; the tests compare both with the published ones.
"""

from __future__ import annotations

from typing import Any

VC = "https://www.w3.org/2018/credentials#"
OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
SCHEMA = "https://schema.org/"
SEC = "https://w3id.org/security#"
STATUS = "https://www.w3.org/ns/credentials/status#"
XSD = "http://www.w3.org/2001/XMLSchema#"
#: The context of badges writes it so, and what is signed has to say it so.
BADGE_XSD = "https://www.w3.org/2001/XMLSchema#"
CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def _terms(prefix: str, names: str, kind: str | None = None) -> dict[str, Any]:
    typed = {} if kind is None else {"@type": kind}
    return {name: {"@id": prefix + name, **typed} for name in names.split()}


_SHARED: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    "DataIntegrityProof": SEC + "DataIntegrityProof",
    "assertionMethod": SEC + "assertionMethod",
    "created": {"@id": "http://purl.org/dc/terms/created", "@type": XSD + "dateTime"},
    "cryptosuite": {"@id": SEC + "cryptosuite", "@type": SEC + "cryptosuiteString"},
    "verificationMethod": {"@id": SEC + "verificationMethod", "@type": "@id"},
    "proofPurpose": {"@id": SEC + "proofPurpose", "@type": "@vocab"},
    "VerifiableCredential": VC + "VerifiableCredential",
    **_terms(VC, "credentialStatus credentialSubject evidence issuer", "@id"),
    **_terms(VC, "validFrom validUntil", XSD + "dateTime"),
    **_terms(SCHEMA, "name description"),
    **_terms(STATUS, "BitstringStatusListEntry BitstringStatusListCredential BitstringStatusList"),
    **_terms(STATUS, "statusPurpose statusListIndex ttl"),
    "statusListCredential": {"@id": STATUS + "statusListCredential", "@type": "@id"},
    "encodedList": {"@id": STATUS + "encodedList", "@type": SEC + "multibase"},
}
_BADGE: dict[str, Any] = {
    **_terms(OB, "OpenBadgeCredential Profile AchievementSubject IdentityObject Achievement ResultDescription Result"),
    **_terms(OB, "Evidence achievement identifier identityHash identityType result achievementType alignment version"),
    **_terms(OB, "narrative resultType targetCode targetType"),
    "Alignment": SCHEMA + "AlignmentObject",
    "criteria": {"@id": OB + "Criteria", "@type": "@id"},
    "awardedDate": {"@id": OB + "awardedDate", "@type": "xsd:dateTime"},
    "hashed": {"@id": OB + "hashed", "@type": BADGE_XSD + "boolean"},
    "resultDescription": {"@id": OB + "resultDescription", "@type": BADGE_XSD + "anyURI"},
    **_terms(SCHEMA, "genre inLanguage value targetFramework targetName"),
    **_terms(SCHEMA, "url targetUrl", BADGE_XSD + "anyURI"),
}
MEANINGS: dict[str, dict[str, Any]] = {CREDENTIALS: {"@context": _SHARED}, BADGES: {"@context": _BADGE}}
