"""The workshop of this installation: its private keys, and the public ones as the database holds them now."""

from __future__ import annotations

from collections.abc import Iterable

from lms.certificates import queries
from lms.certificates.jobs.checking import Trust, TrustedKey
from lms.certificates.jobs.keyring.making import provider_of
from lms.certificates.jobs.making import Workshop
from lms.certificates.queries import PublicKey
from lms.config import Config
from lms.db import reading


def open_workshop(config: Config) -> Workshop:
    """Return what certificates are made and checked with. One query."""
    keys = queries.list_keys(reading())
    return Workshop(config, provider_of(config), {key.key_id: key for key in keys}, trust_of(keys))


def trust_of(keys: Iterable[PublicKey]) -> Trust:
    """Return the trust in the keys that the database holds."""
    known = list(keys)
    roots = [(row.certificate, row.compromised_at) for row in known if row.purpose == "root" and row.certificate]
    return Trust(
        {
            row.key_id: TrustedKey(
                row.key_id, row.purpose, row.public_key, row.issuer_url, is_compromised=row.compromised_at is not None
            )
            for row in known
        },
        tuple(certificate for certificate, compromised_at in roots if compromised_at is None),
        compromised_roots=tuple(certificate for certificate, compromised_at in roots if compromised_at is not None),
    )
