"""The code behind "#" in a real browser: checked by the page alone, never sent; by a saved page without a network."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update

from lms.certificates import service
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Award, Edition, SigningKey
from lms.clock import now
from lms.db import reading, write
from tests.certificates.desk import NAME, Desk, browsing, served, verdict, window
from tests.certificates.story import actor_of
from tests.demo.test_browser import CHROMIUM, Watch
from tests.factories import Make

INVENTED = "Demonstration: an invented person"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CODE IS CHECKED IN A BROWSER: there is no chromium here"),
]


@pytest.fixture
def engine_name() -> str:
    """Return the one engine of this file: what a browser checks is no matter of the database."""
    return "sqlite"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def desk(content_app: Flask, make: Make) -> Iterator[Desk]:
    with served(content_app, make) as found:
        yield found


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


def test_a_compromised_key_proves_nothing(desk: Desk, chromium: Browser, tmp_path: Path) -> None:
    theirs = update(SigningKey).where(SigningKey.key_id == desk.kid.hex()).values(compromised_at=now())
    token = desk.token()
    write(lambda s: s.execute(theirs) and None)
    said, text = opened(chromium, desk, token)
    assert (said, NAME in text) == ("compromised", False)
    assert "not trusted any more" in text
    assert opened(chromium, desk, token[:-8] + "AAAAAAAA")[0] == "altered"
    assert opened(chromium, desk, desk.code)[0] == "good"
    assert asked(saved(desk, chromium, tmp_path), token) == "compromised"


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


def test_a_scanned_address_is_pasted_and_its_code_not_sent(desk: Desk, chromium: Browser) -> None:
    page = window(chromium, desk).new_page()
    page.on("request", lambda request: desk.sent.append(f"{request.url} {request.post_data or ''}"))
    page.goto("/verify")
    page.locator("#serial").fill(f"HTTPS://HOST/V/{desk.serial}/1#{desk.code}")
    page.locator("#serial").press("Enter")
    assert verdict(page) == "good"
    assert not [each for each in desk.sent if desk.code[:20] in each]
    page.goto("/verify")
    page.locator("#serial").fill(desk.serial)
    page.locator("#serial").press("Enter")
    page.wait_for_url(f"**/verify/{desk.serial}")
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
    for fact in (NAME, "First steps", "1 h 30 min", desk.serial, last_day(), INVENTED):
        assert fact in text, text
    assert f"Whether it is suspended is only known online: check its number at {desk.issuer}/verify." in text
    assert asked(page, desk.code) == "good good expired"
    assert asked(page, f"{scanned[:90]}\n{scanned[90:]} ") == "good good expired"
    assert asked(page, desk.token(ends=int(time.time()) - 1)) == "expired good expired"
    assert asked(page, scanned.replace(f"{desk.serial}/1", f"{desk.serial}/2")) == "altered"
    assert INVENTED not in page.locator("main").inner_text(), "that code says nothing of it"
    assert asked(page, desk.token(own={7: True})) == "good good expired"
    assert INVENTED in page.locator("main").inner_text()
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
