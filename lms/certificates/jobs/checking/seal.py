"""The signature of a sealed page and the chain behind it: one form is right, and all that differs from it is refused.

Strictness is the point. The signature is the one place that it does not cover itself, so every byte of it that could
be another without harm would be a place to hide something.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, parser, tsp  # noqa: F401 -- tsp teaches cms the attribute that names the certificate
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lms.certificates.jobs.checking.failing import CheckFailedError

DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36"
SMALLEST_KEY = 3072  # bits
_SIGNED = {"content_type", "message_digest", "signing_certificate_v2"}  # PAdES B-B, without what we leave out
_ONE = bytes.fromhex("020101")
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_RSA_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")
_DATA = bytes.fromhex("300b06092a864886f70d010701")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_KNOWN = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage)


@dataclass(frozen=True)
class Signer:
    """Who signed: the certificate, its DER, and the trusted root that issued it."""

    certificate: x509.Certificate
    der: bytes
    root: x509.Certificate

    @property
    def key_id(self) -> str:
        """Return the first 16 hexadecimal digits of SHA-256 over the public key (SubjectPublicKeyInfo)."""
        spki = self.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(spki).hexdigest()[:16]

    @property
    def urls(self) -> tuple[str, ...]:
        """Return the issuer's addresses that the certificate names."""
        names = self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return tuple(names.get_values_for_type(x509.UniformResourceIdentifier))


def check_seal(
    padded: bytes, covered: tuple[bytes, bytes], roots: Sequence[bytes], compromised: Sequence[bytes] = ()
) -> Signer:
    """Return who signed the two `covered` parts; raise `CheckFailedError` for any doubt about it.

    `padded` is a CMS SignedData in DER with zeros behind it. What is right in all and goes back to a `compromised` root
    is refused as that: whoever has its key can make such a signature.
    """
    known = (*roots, *compromised)
    length = parser.peek(padded)
    if any(padded[length:]):
        raise CheckFailedError("something is hidden behind the signature")
    info = cms.ContentInfo.load(padded[:length], strict=True)
    _require(info["content_type"].native == "signed_data", "the signature is not of the kind that we make")
    signed = info["content"]
    _require(len(signed["signer_infos"]) == 1, "the file has not exactly one signer")
    signer = signed["signer_infos"][0]
    certificates = [choice.chosen.dump() for choice in signed["certificates"]]
    certificate = _signer_certificate(certificates, known)
    _check_attributes(signer, certificate, covered)
    leaf = x509.load_der_x509_certificate(certificate)
    _check_form(padded[:length], signer, leaf, certificates)
    root = _issuing_root(leaf, known)
    _check_flags(leaf, root)
    _check_signature(signer, leaf)
    if root.public_bytes(Encoding.DER) not in roots:
        raise CheckFailedError("the root of the signature was compromised: nothing under it counts", "compromised")
    return Signer(leaf, certificate, root)


def check_days(signer: Signer, signed_at: datetime, now: datetime | None) -> None:
    """Raise `CheckFailedError` unless both certificates were valid at the time of signing, and that is not to come."""
    for certificate, name in ((signer.root, "root certificate"), (signer.certificate, "certificate of the signer")):
        if not certificate.not_valid_before_utc <= signed_at <= certificate.not_valid_after_utc:
            raise CheckFailedError(f"the {name} was not valid when the page was signed", "dates")
    if now is not None and signed_at > now:
        raise CheckFailedError("the page was signed at a time that is still to come; is the clock right?", "dates")


def _require(is_right: object, sentence: str, code: str = "altered") -> None:
    if not is_right:
        raise CheckFailedError(sentence, code)


def _signer_certificate(certificates: Sequence[bytes], roots: Sequence[bytes]) -> bytes:
    """Return the DER of the one certificate in the signature that is not a trusted root."""
    strangers = [each for each in certificates if each not in roots]
    if len(strangers) != 1 or len(certificates) > 2:
        raise CheckFailedError("the certificate was not issued by a root that is trusted here", "unknown-issuer")
    return strangers[0]


def _check_form(given: bytes, signer: cms.SignerInfo, leaf: x509.Certificate, certificates: Sequence[bytes]) -> None:
    """Write the signature anew from its parts, in the one form that ours have, and compare it with what was given.

    So there is no content of its own, no list, no second signer, no remark that is not signed, no field too many.
    """
    named = signer["sid"].chosen
    is_hers = (
        named["issuer"].dump() == leaf.issuer.public_bytes() and named["serial_number"].native == leaf.serial_number
    )
    _require(is_hers, "the signature names another signer")
    parts = (_ONE, named.dump(), _SHA256, signer["signed_attrs"].dump(), _RSA_SHA256, signer["signature"].dump())
    held = _tlv(0xA0, *sorted(certificates))
    signed = _tlv(0x30, _ONE, _tlv(0x31, _SHA256), _DATA, held, _tlv(0x31, _tlv(0x30, *parts)))
    _require(
        given == _tlv(0x30, _SIGNED_DATA, _tlv(0xA0, signed)), "the signature is not in the one form that ours have"
    )


def _tlv(tag: int, *parts: bytes) -> bytes:
    """Return a tag, a length and a value as DER writes them."""
    value = b"".join(parts)
    size = len(value)
    if size < 128:
        return bytes([tag, size]) + value
    long = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 128 | len(long)]) + long + value


def _check_attributes(signer: cms.SignerInfo, certificate: bytes, covered: tuple[bytes, bytes]) -> None:
    """Compare what was signed with the file and with the certificate."""
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    _require("signing_certificate_v2" in attributes, "the signature does not say which certificate it is from")
    is_whole = set(attributes) == _SIGNED and len(signer["signed_attrs"]) == len(_SIGNED)
    _require(is_whole and all(len(each) == 1 for each in attributes.values()), "the signature states other things")
    _require(attributes["content_type"][0].native == "data", "the signature is of another kind of content")
    digest = hashlib.sha256(covered[0] + covered[1]).digest()
    _require(attributes["message_digest"][0].native == digest, "the file was altered after it was signed")
    named = attributes["signing_certificate_v2"][0]["certs"]
    fits = len(named) == 1 and named[0]["cert_hash"].native == hashlib.sha256(certificate).digest()
    _require(
        fits and named[0]["hash_algorithm"]["algorithm"].native == "sha256",
        "the signature belongs to another certificate",
    )


def _issuing_root(leaf: x509.Certificate, roots: Sequence[bytes]) -> x509.Certificate:
    """Return the trusted root whose key signed the certificate, and its own."""
    for der in roots:
        root = x509.load_der_x509_certificate(der)
        try:
            leaf.verify_directly_issued_by(root)
            root.verify_directly_issued_by(root)
        except (ValueError, TypeError, InvalidSignature):
            continue
        return root
    raise CheckFailedError("the certificate was not issued by a root that is trusted here", "unknown-issuer")


def _check_flags(leaf: x509.Certificate, root: x509.Certificate) -> None:
    """Refuse certificates that are meant for anything else, or that state a condition which is not looked at here."""
    for certificate in (leaf, root):
        extensions = certificate.extensions
        is_strange = any(each.critical and not isinstance(each.value, _KNOWN) for each in extensions)
        _require(
            not is_strange, "a certificate of the chain states a condition that is not known here", "unknown-issuer"
        )
    may = root.extensions.get_extension_for_class(x509.KeyUsage).value
    basic = root.extensions.get_extension_for_class(x509.BasicConstraints).value
    _require(basic.ca and may.key_cert_sign, "the root certificate may not issue certificates", "unknown-issuer")
    may = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    basic = leaf.extensions.get_extension_for_class(x509.BasicConstraints).value
    _require(
        not basic.ca and not may.key_cert_sign,
        "the certificate of the signer is one that issues certificates",
        "unknown-issuer",
    )
    _require(
        may.digital_signature and may.content_commitment,
        "the certificate of the signer may not sign documents",
        "unknown-issuer",
    )
    purposes = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    is_for_documents = [purpose.dotted_string for purpose in purposes] == [DOCUMENT_SIGNING]
    _require(is_for_documents, "the certificate of the signer is not for documents", "unknown-issuer")


def _check_signature(signer: cms.SignerInfo, leaf: x509.Certificate) -> None:
    """Verify the signature over the attributes with the key of the certificate."""
    key = leaf.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_KEY:
        raise CheckFailedError("the key of the signer is not of the kind that we use", "unknown-issuer")
    attributes = signer["signed_attrs"].dump()  # tagged [0] where it stands, and signed as the SET that it is
    try:
        key.verify(signer["signature"].native, b"\x31" + attributes[1:], PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise CheckFailedError("the signature was not made with the key of its certificate") from error
