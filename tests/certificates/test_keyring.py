"""Private keys: encrypted files of their owner alone, and signatures that others verify."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from lms.certificates.jobs.keyring import KeyFolder, KeyUnusableError
from lms.certificates.jobs.keyring.chain import is_issued_by
from tests.conftest import AT

URL = "https://training.example.org"


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys", "a passphrase of tests")


def test_a_private_key_is_for_its_owner_alone(folder: KeyFolder) -> None:
    key_id, public = folder.create("badge")
    path = folder.path / f"{key_id}.pem"
    assert key_id == hashlib.sha256(public).hexdigest()[:16]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    assert folder.holds(key_id)
    path.chmod(0o640)
    with pytest.raises(KeyUnusableError, match="chmod 600"):
        folder.sign(key_id, b"x")
    assert not folder.holds(key_id)


def test_another_passphrase_or_name_is_refused(folder: KeyFolder) -> None:
    key_id, _public = folder.create("badge")
    with pytest.raises(KeyUnusableError, match="LMS_KEYS_PASSPHRASE"):
        replace(folder, passphrase="another").sign(key_id, b"x")
    (folder.path / f"{key_id}.pem").rename(folder.path / "0123456789abcdef.pem")
    with pytest.raises(KeyUnusableError, match="another key"):
        folder.sign("0123456789abcdef", b"x")
    with pytest.raises(KeyUnusableError, match="not in LMS_KEYS_DIR"):
        folder.sign(key_id, b"x")


def test_a_file_without_a_passphrase_does_not_open(folder: KeyFolder) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    key_id = hashlib.sha256(public).hexdigest()[:16]
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    folder.path.mkdir()
    path = folder.path / f"{key_id}.pem"
    path.write_bytes(pem)
    path.chmod(0o600)
    assert not folder.holds(key_id)
    with pytest.raises(KeyUnusableError, match="LMS_KEYS_PASSPHRASE"):
        folder.sign(key_id, b"x")


def test_each_kind_signs_as_it_should_and_always_the_same(folder: KeyFolder) -> None:
    made = {purpose: folder.create(purpose) for purpose in ("badge", "jwt", "code")}
    signed = {purpose: folder.sign(key_id, b"data") for purpose, (key_id, _public) in made.items()}
    assert signed == {purpose: folder.sign(key_id, b"data") for purpose, (key_id, _public) in made.items()}
    public = {purpose: load_der_public_key(der) for purpose, (_key_id, der) in made.items()}
    assert isinstance(public["badge"], ed25519.Ed25519PublicKey)
    public["badge"].verify(signed["badge"], b"data")
    assert isinstance(public["jwt"], rsa.RSAPublicKey)
    assert public["jwt"].key_size == 3072
    public["jwt"].verify(signed["jwt"], b"data", padding.PKCS1v15(), hashes.SHA256())
    assert isinstance(public["code"], ec.EllipticCurvePublicKey)
    r, s = int.from_bytes(signed["code"][:32]), int.from_bytes(signed["code"][32:])
    public["code"].verify(encode_dss_signature(r, s), b"data", ec.ECDSA(hashes.SHA256()))


def test_a_root_vouches_for_page_keys_alone(folder: KeyFolder) -> None:
    root_id, _ = folder.create("root")
    root = folder.certify(root_id, name="Tests", url=URL, at=AT, root=None)
    page_id, public = folder.create("page")
    page = folder.certify(page_id, name="Tests", url=URL, at=AT, root=(root_id, root))
    assert is_issued_by(page, root)
    assert is_issued_by(root, root)
    assert not is_issued_by(root, page)
    assert x509.load_der_x509_certificate(page).public_key() == load_der_public_key(public)
    badge_id, _ = folder.create("badge")
    with pytest.raises(KeyUnusableError, match="cannot have a certificate"):
        folder.certify(badge_id, name="Tests", url=URL, at=AT, root=(root_id, root))
