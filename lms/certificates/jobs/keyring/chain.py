"""The X.509 chain of the signed pages: the root that others trust by hand, and the certificates it issues each year.

Neither certificate names a revocation list: a page must still be checked when this server is gone. What is revoked is
said by the status list, and a key that was stolen by the published keys.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

ROOT_YEARS = 20
PAGE_YEARS = 11
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
NAME_LIMIT = 64  # ub-common-name and ub-organization-name of RFC 5280, counted in bytes of UTF-8


def make_root(key: RSAPrivateKey, *, name: str, at: datetime) -> bytes:
    """Return the DER of a self-signed root of twenty years that may sign certificates and nothing else."""
    begin = _instant(at)
    subject = _named(name, " root")
    public = key.public_key()
    builder = _begun(subject, subject, public, begin, _years_later(begin, ROOT_YEARS))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def make_page_certificate(
    public_key: RSAPublicKey, *, root_key: RSAPrivateKey, root: bytes, name: str, url: str, at: datetime
) -> bytes:
    """Return the DER of a certificate of eleven years, at most to the root's end, that may sign documents alone.

    `url` is the issuer's address, in ASCII. Raises `ValueError` when the key is not the root's, or the root has ended.
    """
    issuer = x509.load_der_x509_certificate(root)
    if issuer.public_key() != root_key.public_key():
        raise ValueError("the private key is not the one of this root certificate")
    begin = _instant(at)
    end = min(_years_later(begin, PAGE_YEARS), issuer.not_valid_after_utc)
    if not issuer.not_valid_before_utc <= begin < end:
        raise ValueError("the root certificate is not valid on that day")
    builder = _begun(_named(name, ""), issuer.subject, public_key, begin, end)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(url)]), critical=False)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
    )
    return builder.sign(root_key, hashes.SHA256()).public_bytes(Encoding.DER)


def _begun(
    subject: x509.Name, issuer: x509.Name, public_key: RSAPublicKey, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    """Return a certificate as far as both kinds are alike."""
    builder = x509.CertificateBuilder(issuer, subject, public_key, x509.random_serial_number(), begin, end)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """Return what a key may be used for: certificates and their lists, or documents."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str, role: str) -> x509.Name:
    """Return the distinguished name of an issuer, cut to what X.509 allows."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(name, NAME_LIMIT)),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut(name, NAME_LIMIT - len(role)) + role),
        ]
    )


def _cut(name: str, size: int) -> str:
    """Return the beginning of a name in at most `size` bytes, without half a letter."""
    return name.encode()[:size].decode(errors="ignore").strip()


def _instant(at: datetime) -> datetime:
    """Return an instant in whole seconds of UTC, which is what X.509 keeps."""
    return at.astimezone(UTC).replace(microsecond=0)


def _years_later(begin: datetime, years: int) -> datetime:
    """Return the same day of a later year, and the day before it for a 29 February that this year lacks."""
    try:
        return begin.replace(year=begin.year + years)
    except ValueError:
        return (begin - timedelta(days=1)).replace(year=begin.year + years)


def is_issued_by(certificate: bytes, root: bytes) -> bool:
    """Return whether `root` issued a certificate, both DER."""
    try:
        x509.load_der_x509_certificate(certificate).verify_directly_issued_by(x509.load_der_x509_certificate(root))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
