"""Private signing keys: made, kept encrypted outside the database, and used through one small provider."""

from lms.certificates.jobs.keyring.folder import KeyFolder
from lms.certificates.jobs.keyring.making import ensure_keys, make_key, make_missing
from lms.certificates.jobs.keyring.provider import KeyProvider, KeyUnusableError

__all__ = ["KeyFolder", "KeyProvider", "KeyUnusableError", "ensure_keys", "make_key", "make_missing"]
