"""The code behind "#" in a real browser: checked by the page alone, never sent; by a saved page without a network."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cwt import COSE, COSEKey
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import select, update
from werkzeug.serving import make_server

from lms import files
from lms.certificates import service
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Artifact, Award, Edition, SigningKey
from lms.certificates.rules.serials import show_serial
from lms.certificates.service import NewKey
from lms.clock import now
from lms.config import ROOT
from lms.db import reading, write
from lms.i18n import TAGS
from tests.certificates.story import actor_of, award_of, certify, config_of
from tests.demo.conftest import _Quiet
from tests.demo.test_browser import AXE, CHROMIUM, DESK, HEIGHT, PHONE, QUIET, WIDER, Watch
from tests.demo.test_browser import TAGS as RULES
from tests.factories import Make

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CODE IS CHECKED IN A BROWSER: there is no chromium here"),
]

NAME = "Sēla Vāʻinga"
YEAR = 365 * 86400


@pytest.fixture
def engine_name() -> str:
    """Return the one engine of this file: what a browser checks is no matter of the database."""
    return "sqlite"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
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


@pytest.fixture
def desk(content_app: Flask, make: Make) -> Iterator[Desk]:
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


def opened(chromium: Browser, desk: Desk, token: str) -> tuple[str, str]:
    """Return the verdict on a code, and the text of the page."""
    page = window(chromium, desk).new_page()
    watch = Watch(desk.address.removeprefix("http://"))
    watch.over(page)
    page.on("request", lambda request: desk.sent.append(f"{request.url} {request.post_data or ''}"))
    page.goto(desk.path(token))
    found = verdict(page), page.locator("main").inner_text()
    assert watch.complaints == []
    page.context.close()
    return found


def test_the_name_is_read_from_the_code_and_never_sent(desk: Desk, chromium: Browser) -> None:
    said, text = opened(chromium, desk, desk.code)
    assert said == "good"
    assert NAME in text
    assert "never sent" in text
    assert "S••• V•ʻ" in text or "S•••" in text  # the server knows the page without the code
    assert opened(chromium, desk, desk.token())[0] == "good"
    assert opened(chromium, desk, desk.token().lower())[0] == "good"
    assert len(desk.sent) > 6
    assert not [each for each in desk.sent if desk.code[:20] in each or "%C4%93la" in each or NAME in each]


def flipped(desk: Desk) -> str:
    token = desk.token()
    middle = len(token) // 2
    return token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]


def in_place_of_name(desk: Desk) -> str:
    """Return the genuine code with another name in it, of the same length."""
    raw = base64.b32decode(desk.code + "=" * (-len(desk.code) % 8))
    changed = raw.replace(NAME.encode(), ("X" * len(NAME.encode())).encode())
    assert changed != raw
    return base64.b32encode(changed).decode().rstrip("=")


FORGED: dict[str, Callable[[Desk], str]] = {
    "tampered": flipped,
    "another name": in_place_of_name,
    "another serial": lambda desk: desk.token(serial="0000000000000"),
    "another edition": lambda desk: desk.token(own={5: 2}),
    "an unknown key": lambda desk: desk.token(kid=b"12345678"),
    "another issuer": lambda desk: desk.token(issuer="https://evil.example"),
    "from the future": lambda desk: desk.token(issued=int(time.time()) + 3 * 86400),
    "without a name": lambda desk: desk.token(own={1: 7}),
    "no base 32": lambda desk: desk.code[:-2] + "1!",
    "cut": lambda desk: desk.code[:-9],
    "something follows": lambda desk: desk.code + "AAAAAAAA",
    "nothing of ours": lambda _desk: "HELLO",
    "long": lambda _desk: "A" * 5000,
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_code_is_altered(desk: Desk, chromium: Browser, kind: str) -> None:
    said, text = opened(chromium, desk, FORGED[kind](desk))
    assert said == "altered"
    assert "This code was altered" in text
    assert NAME not in text


def test_an_old_code_has_expired(desk: Desk, chromium: Browser) -> None:
    said, text = opened(chromium, desk, desk.token(ends=int(time.time()) - 86400))
    assert said == "expired"
    assert NAME in text


def test_a_compromised_key_proves_nothing(desk: Desk, chromium: Browser) -> None:
    theirs = update(SigningKey).where(SigningKey.key_id == desk.kid.hex()).values(compromised_at=now())
    token = desk.token()
    write(lambda s: s.execute(theirs) and None)
    assert opened(chromium, desk, token)[0] == "altered"
    assert opened(chromium, desk, desk.code)[0] == "good"


def test_another_language_and_a_compared_name_keep_the_code(desk: Desk, chromium: Browser) -> None:
    page = window(chromium, desk).new_page()
    page.on("request", lambda request: desk.sent.append(f"{request.url} {request.post_data or ''}"))
    page.goto(desk.path(desk.code))
    assert verdict(page) == "good"
    page.get_by_role("button", name="Español").click()
    page.wait_for_selector("html[lang=es]")
    assert verdict(page) == "good"
    page.locator("input[name=name]").fill("Sela Vainga")
    page.locator("#check-name button").last.click()
    page.wait_for_selector("#match ~ .usa-alert, section .usa-alert--success")
    assert verdict(page) == "good"
    assert not [each for each in desk.sent if desk.code[:20] in each]
    page.context.close()


def test_without_a_code_nothing_is_said(desk: Desk, chromium: Browser) -> None:
    page = window(chromium, desk).new_page()
    page.goto(f"{desk.address}/V/{desk.serial}/1")
    assert page.locator("[data-code]").is_hidden()
    page.goto(desk.path(desk.code))  # the same page with a code now
    assert verdict(page) == "good"
    page.context.close()


# The saved page


def saved(desk: Desk, chromium: Browser, folder: Path, language: str = "en-US") -> Page:
    """Save the page that checks codes, and open it from the disk with no network."""
    online = window(chromium, desk, accept_downloads=True, locale=language)
    page = online.new_page()
    page.goto("/verify")
    with page.expect_download() as waiting:
        page.locator("a[href$='offline.html']").click()
    path = folder / "check-certificates.html"
    waiting.value.save_as(path)
    online.close()
    offline = window(chromium, desk)
    offline.set_offline(True)
    page = offline.new_page()
    page.on("request", lambda request: desk.sent.append(request.url))
    page.on("console", lambda message: desk.sent.append(f"console {message.text}"))
    page.goto(path.as_uri())
    return page


def last_day() -> str:
    """Return the last day on which the certificate counts, as the English page writes it."""
    day = reading().scalar(select(Edition.valid_until))
    reading().rollback()
    assert day
    return f"{day:%B} {day.day}, {day.year}"


def asked(page: Page, typed: str) -> str:
    page.locator("#code").fill(typed)
    page.get_by_role("button").click()
    page.wait_for_timeout(150)
    return verdict(page)


def test_a_saved_page_checks_codes_without_a_network(desk: Desk, chromium: Browser, tmp_path: Path) -> None:
    page = saved(desk, chromium, tmp_path)
    scanned = f"HTTPS://HOST/V/{desk.serial}/1#{desk.code}"
    assert asked(page, scanned) == "good good expired"
    text = page.locator("main").inner_text()
    for fact in (NAME, "First steps", "1 h 30 min", desk.serial, last_day()):
        assert fact in text, text
    assert asked(page, desk.code) == "good good expired"
    assert asked(page, f"{scanned[:90]}\n{scanned[90:]} ") == "good good expired"
    assert asked(page, desk.token(ends=int(time.time()) - 1)) == "expired good expired"
    assert asked(page, scanned.replace(f"{desk.serial}/1", f"{desk.serial}/2")) == "altered"
    assert asked(page, flipped(desk)) == "altered"
    assert NAME not in page.locator("main").inner_text()
    assert asked(page, " ") == "nothing"
    page.goto(f"{page.url.partition('#')[0]}#{desk.code}")
    page.reload()
    assert verdict(page) == "good good expired"
    assert [each for each in desk.sent if not each.startswith("file:")] == []
    page.context.close()


def test_a_saved_page_knows_what_was_withdrawn(desk: Desk, chromium: Browser, tmp_path: Path, make: Make) -> None:
    actor = actor_of(make.person("Chief", roles=("certifier",)), at=now())
    award = reading().scalar(select(Award.public_id))
    reading().rollback()
    assert award
    write(lambda s: service.correct_name(s, actor, award, "Sela Tupou", at=now()))
    assert finish_issues(desk.app, at=now()) >= 1
    page = saved(desk, chromium, tmp_path)
    assert asked(page, desk.code) == "withdrawn"
    assert NAME not in page.locator("main").inner_text()
    page.context.close()


def test_the_saved_page_may_ask_nobody(desk: Desk, tmp_path: Path) -> None:
    del tmp_path
    answer = desk.app.test_client().get("/verify/offline.html")
    text = answer.get_data(as_text=True)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="check-certificates.html"'
    assert "default-src &#39;none&#39;" in text
    assert re.findall(r'(?:src|href)="[^"]*"', text) == []
    assert "PRIVATE" not in text
    assert len(answer.data) < 90_000


# How the pages look


def faults(page: Page, path: str) -> list[str]:
    """Return what axe and the width of the window say of a page."""
    page.goto(path)
    if "#" in path:
        verdict(page)
    page.evaluate(f"{(ROOT / 'node_modules' / 'axe-core' / 'axe.min.js').read_text(encoding='utf-8')};undefined")
    found = page.evaluate(AXE, RULES)
    assert found["passes"] > 5
    unsure = [each for each in found["incomplete"] if each[0] == "color-contrast"]
    return [f"{path}: {each}" for each in (*found["violations"], *unsure, *page.evaluate(WIDER))]


@pytest.mark.parametrize("language", TAGS)
def test_the_pages_can_be_read_by_everyone(desk: Desk, chromium: Browser, language: str) -> None:
    wrong: list[str] = []
    for width in (PHONE, DESK):
        page = window(chromium, desk, locale=language).new_page()
        page.set_viewport_size({"width": width, "height": HEIGHT})
        plain = f"/V/{desk.serial}/1"
        for path in ("/verify", "/verify/many", f"/verify/{desk.serial}", plain + "#" + desk.code, f"{plain}#ABC"):
            wrong += faults(page, path)
        page.goto("/verify/many")
        page.locator("#serials").fill(f"{desk.serial}\nCHW-0000-0000-0000-0\n{'x' * 60}")
        page.locator("#many button").click()
        page.wait_for_selector("table")
        wrong += [f"many: {each}" for each in page.evaluate(WIDER)]
        page.context.close()
    assert wrong == []
