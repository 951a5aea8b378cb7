"""What the program asks of whatever keeps private keys: a folder of files today, a hardware module another day."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class KeyUnusableError(Exception):
    """A private key is missing, readable by others, locked by another passphrase, or not the one that it should be."""


class KeyProvider(Protocol):
    """Keeps private keys and signs with them; nobody else sees one."""

    def create(self, purpose: str) -> tuple[str, bytes]:
        """Make a key for `purpose`; return its id and its public half as SubjectPublicKeyInfo, DER."""

    def holds(self, key_id: str) -> bool:
        """Return whether this key can be used here."""

    def sign(self, key_id: str, data: bytes) -> bytes:
        """Return the signature over `data`, the same for the same data.

        badge: Ed25519, 64 bytes. code: ECDSA on P-256 with SHA-256, r and s of 32 bytes each (RFC 6979). Any other:
        RSASSA-PKCS1-v1_5 with SHA-256. Raises `KeyUnusableError`.
        """

    def certify(self, key_id: str, *, name: str, url: str, at: datetime, root: tuple[str, bytes] | None) -> bytes:
        """Return an X.509 certificate, DER, for a key: of the root itself (`root` is None), or of a page key.

        `root` is the id and the certificate of the root that signs it.
        """
