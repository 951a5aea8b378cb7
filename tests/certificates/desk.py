"""A desk at which certificates are checked in a real browser: one certificate, served, and one more key."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cwt import COSE, COSEKey
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from lms import files
from lms.certificates import service
from lms.certificates.models import Artifact
from lms.certificates.rules.serials import show_serial
from lms.certificates.service import NewKey
from lms.clock import now
from lms.db import reading, write
from tests.certificates.story import award_of, certify, config_of
from tests.demo.conftest import _Quiet
from tests.demo.test_browser import CHROMIUM, HEIGHT, PHONE, QUIET
from tests.factories import Make

NAME = "Sēla Vāʻinga"
YEAR = 365 * 86400


@contextmanager
def browsing() -> Iterator[Browser]:
    """Return a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@dataclass
class Desk:
    """A certificate, where it is checked, and a further key of the issuer that a library of others signs with."""

    app: Flask
    address: str
    serial: str
    code: str
    issuer: str
    kid: bytes
    key: COSEKey
    sent: list[str] = field(default_factory=list)

    def token(self, *, kid: bytes | None = None, own: dict[int, Any] | None = None, **claims: Any) -> str:
        """Return a token as the code would hold it, signed with the further key."""
        at = int(time.time())
        facts = {1: NAME, 2: "First steps", 3: 90, 4: "2026-03-05", 5: 1, 6: [1, 99_999_999]}
        said = {
            1: claims.get("issuer", self.issuer),
            4: claims.get("ends", at + YEAR),
            6: claims.get("issued", at),
            7: claims.get("serial", self.serial[4:].replace("-", "")).encode(),
            -70001: facts | (own or {}),
        }
        protected = {1: -7, 4: kid or self.kid}
        signed = COSE.new().encode_and_sign(cbor2.dumps(said), self.key, protected=protected, unprotected={})
        return base64.b32encode(signed).decode().rstrip("=")

    def path(self, token: str) -> str:
        """Return the address of the check with a token behind it."""
        return f"{self.address}/V/{self.serial}/1#{token}"


def add_key(app: Flask) -> tuple[bytes, COSEKey]:
    """Let the issuer have another key for codes, made here."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key_id = hashlib.sha256(public).hexdigest()[:16]
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    url = config_of(app).base_url
    write(
        lambda s: service.add_keys(
            s, [NewKey(key_id, "code", public, None)], issuer_url=url, at=now() - timedelta(days=9)
        )
    )
    return bytes.fromhex(key_id), COSEKey.from_pem(pem, kid=bytes.fromhex(key_id), alg="ES256")


@contextmanager
def served(content_app: Flask, make: Make) -> Iterator[Desk]:
    """Serve a program with one certificate."""
    worker, _ = certify(content_app, make, NAME, language="to", at=now())
    sha256 = reading().scalar(select(Artifact.sha256).where(Artifact.kind == "code"))
    assert sha256
    code = files.get(config_of(content_app).data_dir, sha256).decode()
    kid, key = add_key(content_app)
    serial = show_serial(award_of(worker).serial)
    reading().rollback()
    server = make_server("127.0.0.1", 0, content_app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://localhost:{server.server_port}"
    yield Desk(content_app, address, serial, code, config_of(content_app).base_url, kid, key)
    server.shutdown()
    thread.join()
    server.server_close()


def window(chromium: Browser, desk: Desk, **more: Any) -> BrowserContext:
    """Return a window of the size of a phone."""
    found = chromium.new_context(
        viewport={"width": PHONE, "height": HEIGHT}, base_url=desk.address, reduced_motion="reduce", **more
    )
    found.set_default_timeout(20_000)
    return found


def verdict(page: Page) -> str:
    """Return what a page says of a code, once it says something."""
    page.wait_for_selector("[data-code]:not([hidden])")
    said = page.locator("[data-verdict]:not([hidden])").evaluate_all("all => all.map(each => each.dataset.verdict)")
    return " ".join(dict.fromkeys(said))
