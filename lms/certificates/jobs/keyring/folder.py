"""Private keys as encrypted files that only their owner can read, outside the database and its backups."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from lms.certificates.jobs.keyring import chain
from lms.certificates.jobs.keyring.provider import KeyUnusableError

PrivateKey = ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
RSA_BITS = 3072


@dataclass(frozen=True)
class KeyFolder:
    """The keys in one folder, `<key id>.pem`, each encrypted with the same passphrase (PKCS #8)."""

    path: Path
    passphrase: str

    def create(self, purpose: str) -> tuple[str, bytes]:
        """Make a key, write its private half, and return its id and its public half, DER."""
        key = _generate(purpose)
        public = public_der(key)
        key_id = id_of(public)
        locked = serialization.BestAvailableEncryption(self.passphrase.encode())
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
        _write(self.path, key_id, pem)
        return key_id, public

    def holds(self, key_id: str) -> bool:
        """Return whether the file of this key is here and can be opened."""
        try:
            self._load(key_id)
        except KeyUnusableError:
            return False
        return True

    def sign(self, key_id: str, data: bytes) -> bytes:
        """Return the signature of a key over `data`; raise `KeyUnusableError`."""
        key = self._load(key_id)
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return key.sign(data)
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        return r.to_bytes(32) + s.to_bytes(32)

    def certify(self, key_id: str, *, name: str, url: str, at: datetime, root: tuple[str, bytes] | None) -> bytes:
        """Return the X.509 certificate of a root or page key; raise `KeyUnusableError`."""
        key = self._load(key_id)
        signer = key if root is None else self._load(root[0])
        if not isinstance(key, rsa.RSAPrivateKey) or not isinstance(signer, rsa.RSAPrivateKey):
            raise KeyUnusableError(f"the key {key_id} cannot have a certificate")
        if root is None:
            return chain.make_root(key, name=name, at=at)
        return chain.make_page_certificate(key.public_key(), root_key=signer, root=root[1], name=name, url=url, at=at)

    def _load(self, key_id: str) -> PrivateKey:
        path = self.path / f"{key_id}.pem"
        try:
            status = path.stat()
        except OSError as error:
            raise KeyUnusableError(f"the private key {key_id} is not in LMS_KEYS_DIR") from error
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyUnusableError(f"the file of key {key_id} can be read by others; run chmod 600 on it")
        return _opened(path, key_id, self.passphrase, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _opened(path: Path, key_id: str, passphrase: str, _changed: int) -> PrivateKey:
    """Return the key in a file, which is opened once for each change of it: that costs more than a signature."""
    content = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(content, passphrase.encode())
    except (TypeError, ValueError) as error:  # the first is said of a file without a passphrase
        raise KeyUnusableError(f"the file of key {key_id} does not open with LMS_KEYS_PASSPHRASE") from error
    if not isinstance(key, PrivateKey) or id_of(public_der(key)) != key_id:
        raise KeyUnusableError(f"the file of key {key_id} holds another key")
    return key


def public_der(key: PrivateKey) -> bytes:
    """Return the public half of a key as SubjectPublicKeyInfo, DER."""
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def id_of(public: bytes) -> str:
    """Return a key's id: the first 16 hexadecimal digits of SHA-256 over its SubjectPublicKeyInfo."""
    return hashlib.sha256(public).hexdigest()[:16]


def _generate(purpose: str) -> PrivateKey:
    if purpose == "badge":
        return ed25519.Ed25519PrivateKey.generate()
    if purpose == "code":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def _write(folder: Path, key_id: str, pem: bytes) -> None:
    """Write a key's file where only its owner reads it; it is whole on the disk, or not there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    passing = folder / f".{key_id}.new"
    with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(folder / f"{key_id}.pem")
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
