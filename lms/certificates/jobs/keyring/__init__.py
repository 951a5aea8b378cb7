"""Private signing keys: files that only their owner can read, outside the database and its backups."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class KeyUnusableError(Exception):
    """A private key is missing, readable by others, or not the one that its name says."""


@dataclass(frozen=True)
class KeyPair:
    """The id of a new key and its public half, 32 bytes."""

    key_id: str
    public_key: bytes


def create_key(keys_dir: Path) -> KeyPair:
    """Make a key, keep its private half in `keys_dir` where only its owner reads it, and return the public half."""
    key = Ed25519PrivateKey.generate()
    pair = KeyPair(_id_of(key), _public_bytes(key))
    keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = keys_dir / f"{pair.key_id}.pem"
    passing = keys_dir / f".{pair.key_id}.new"
    with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        file.flush()
        os.fsync(file.fileno())
    passing.replace(target)
    folder = os.open(keys_dir, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return pair


def load_key(keys_dir: Path, key_id: str) -> Ed25519PrivateKey:
    """Return the private key of this id; raise `KeyUnusableError` saying what is wrong with its file."""
    path = keys_dir / f"{key_id}.pem"
    if not path.is_file():
        raise KeyUnusableError(f"the private key {key_id} is not in LMS_KEYS_DIR")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyUnusableError(f"the file of key {key_id} can be read by others; run chmod 600 on it")
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey) or _id_of(key) != key_id:
        raise KeyUnusableError(f"the file of key {key_id} holds another key")
    return key


def holds_key(keys_dir: Path, key_id: str) -> bool:
    """Return whether this machine can sign with a key."""
    try:
        load_key(keys_dir, key_id)
    except KeyUnusableError:
        return False
    return True


def _public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _id_of(key: Ed25519PrivateKey) -> str:
    """Return the first 16 hexadecimal digits of SHA-256 over the public key."""
    return hashlib.sha256(_public_bytes(key)).hexdigest()[:16]
