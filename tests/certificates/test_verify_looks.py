"""How the pages of the check look, to axe and on a phone and a desk, in four languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from lms import files
from lms.certificates.models import Artifact, Award
from lms.config import ROOT
from lms.db import reading
from lms.i18n import TAGS
from lms.people.models import Account
from tests.certificates.desk import NAME, Desk, browsing, served, verdict, window
from tests.certificates.story import config_of
from tests.demo.test_browser import AXE, CHROMIUM, DESK, HEIGHT, PHONE, WIDER
from tests.demo.test_browser import TAGS as RULES
from tests.factories import Make

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHECK IS LOOKED AT IN A BROWSER: there is no chromium here"),
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


def test_links_and_files_can_be_read_by_everyone(desk: Desk, chromium: Browser, tmp_path: Path) -> None:
    """The holder's page of links, what a link shows, and the answer to a file."""
    row = (
        reading()
        .execute(
            select(Award.public_id, Account.public_id, Account.security_stamp).join(
                Account, Account.person_id == Award.person_id
            )
        )
        .one()
    )
    reading().rollback()
    client = desk.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"{row[1]}:{row[2]}", True
    cookie = client.get_cookie("session")
    assert cookie
    hers = window(chromium, desk)
    hers.add_cookies([{"name": "session", "value": cookie.value, "url": desk.address}])
    page = hers.new_page()
    wrong = faults(page, f"/record/certificates/{row[0]}/links")
    page.locator("input[name=label]").fill("Clinic")
    page.locator("input[name=days]").first.check()
    page.locator("#new-link button").last.click()
    link = page.locator("input[readonly]").input_value()
    wrong += faults(page, f"/record/certificates/{row[0]}/links")
    wrong += faults(page, f"/record/certificates/{row[0]}")
    hers.close()
    page = window(chromium, desk).new_page()
    wrong += faults(page, f"/verify/shared/{link.rpartition('/')[2]}")
    sha256 = reading().scalar(select(Artifact.sha256).where(Artifact.kind == "vc"))
    reading().rollback()
    assert sha256
    file = tmp_path / "certificate.json"
    file.write_bytes(files.get(config_of(desk.app).data_dir, sha256))
    page.goto("/verify")
    page.locator("#file").set_input_files(file)
    page.locator("#check-file button").click()
    page.wait_for_selector(".usa-alert--success")
    assert NAME in page.locator("main").inner_text()
    wrong += [str(each) for each in page.evaluate(WIDER)]
    page.context.close()
    assert wrong == []
