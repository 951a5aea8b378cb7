"""Signing keys for tests: sets that each process makes once, which takes long, and lends to every application."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from lms.certificates import service
from lms.certificates.jobs.keyring import KeyFolder
from lms.certificates.rules.kinds import SIGNING_PURPOSES
from lms.certificates.service import NewKey
from lms.config import DEFAULT_PASSPHRASE, Config
from lms.db import write


@lru_cache
def lent(number: int) -> tuple[Path, dict[str, tuple[str, bytes]]]:
    """Return a folder with a key of each kind, and their ids and public halves by purpose."""
    folder = Path(tempfile.mkdtemp(prefix=f"keys-{number}-"))
    return folder, {each: KeyFolder(folder, DEFAULT_PASSPHRASE).create(each) for each in ("root", *SIGNING_PURPOSES)}


def ensure_keys(config: Config, *, at: datetime, number: int = 0) -> dict[str, str]:
    """Put a key of each kind in force from `at`; return their ids by purpose. Another `number` is another set."""
    folder, made = lent(number)
    config.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in folder.glob("*.pem"):
        shutil.copy2(path, config.keys_dir / path.name)
    provider = KeyFolder(config.keys_dir, config.keys_passphrase)
    root = (made["root"][0], provider.certify(made["root"][0], name="Tests", url=config.base_url, at=at, root=None))
    page = provider.certify(made["page"][0], name="Tests", url=config.base_url, at=at, root=root)
    certificates = {"root": root[1], "page": page}
    keys = [NewKey(key_id, purpose, public, certificates.get(purpose)) for purpose, (key_id, public) in made.items()]
    write(lambda session: service.add_keys(session, keys, issuer_url=config.base_url, at=at))
    return {purpose: key_id for purpose, (key_id, _public) in made.items()}
