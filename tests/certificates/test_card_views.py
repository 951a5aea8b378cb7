"""The card for a wallet over HTTP: who is given it, in which states, and that it is the same each time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.certificates import service
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Award, Edition, StatusEvent
from lms.certificates.rules.serials import show_serial
from lms.clock import now
from lms.content.library import current
from lms.db import write
from lms.organizations.models import Employment
from tests.certificates.drawn import text_of
from tests.certificates.story import TRACK, actor_of, award_of, complete, config_of, decide
from tests.certificates.test_views import counted, one
from tests.factories import MadePerson, Make, sign_in
from tests.keys import ensure_keys

NAME = "Malia ʻAnau"


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    ensure_keys(config_of(content_app), at=now() - timedelta(days=2000))
    return make.person("Certifier One", roles=("certifier",))


@pytest.fixture
def worker(certifier: MadePerson, make: Make) -> MadePerson:
    return make.person(NAME, language="to")


def awarded(app: Flask, worker: MadePerson, certifier: MadePerson, *, days: int = 1) -> str:
    """Award a certificate so many days ago, and return its number as it is shown."""
    at = now() - timedelta(days=days)
    complete(worker, at=at - timedelta(days=1), language="to")
    decide(certifier, worker, at=at)
    assert finish_issues(app, at=at) == 1
    return show_serial(award_of(worker).serial)


def offered(client: FlaskClient, worker: MadePerson, serial: str) -> tuple[bool, int]:
    """Return whether her page has a link to the card, and how the card answers."""
    sign_in(client, worker)
    html = client.get(f"/record/certificates/{award_of(worker).public_id}").get_data(as_text=True)
    return f'href="/certificates/{serial}/card.pdf"' in html, client.get(f"/certificates/{serial}/card.pdf").status_code


def test_the_card_is_what_was_released(
    client: FlaskClient, content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    serial = awarded(content_app, worker, certifier)
    sign_in(client, worker)
    with counted() as sent:
        card = client.get(f"/certificates/{serial.lower()}/card.pdf")
    assert len(sent) <= 12
    assert (card.status_code, card.mimetype, card.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert card.headers["Content-Disposition"] == f'attachment; filename="{serial}-1-card.pdf"'
    said = text_of(card.data)
    for expected in (NAME, serial, "First steps", "Ngaahi ʻuluaki laka", "This certificate expires on"):
        assert expected in said, expected
    assert client.get(f"/certificates/{serial}/card.pdf?paper=letter").data == card.data
    other = client.get(f"/certificates/{serial}/card.pdf?paper=a4")
    assert round(pypdfium2.PdfDocument(other.data)[0].get_width()) == 595
    assert offered(client, worker, serial) == (True, 200)


def test_an_expired_card_says_so_itself(
    client: FlaskClient, content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    serial = awarded(content_app, worker, certifier, days=1500)
    assert offered(client, worker, serial) == (True, 200)
    assert "This certificate expires on" in text_of(client.get(f"/certificates/{serial}/card.pdf").data)


def test_no_card_while_it_does_not_count(
    client: FlaskClient, content_app: Flask, worker: MadePerson, certifier: MadePerson, make: Make
) -> None:
    serial = awarded(content_app, worker, certifier)
    award, actor, second = award_of(worker).public_id, actor_of(certifier, at=now()), make.person(roles=("certifier",))
    write(lambda s: service.suspend(s, actor, award, "under-review", at=now()))
    assert offered(client, worker, serial) == (False, 404)
    write(lambda s: service.lift(s, actor, award, at=now()))
    assert offered(client, worker, serial) == (True, 200)
    asked = write(lambda s: service.request_revocation(s, actor, award, "issued-in-error", "", at=now()))
    confirming = actor_of(second, at=now())
    write(lambda s: service.settle_revocation(s, confirming, asked, confirm=True, at=now()))
    assert offered(client, worker, serial) == (False, 404)


def test_no_card_before_it_is_released(
    client: FlaskClient, content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    complete(worker, at=now() - timedelta(days=2))
    decide(certifier, worker, at=now())
    assert offered(client, worker, show_serial(award_of(worker).serial)) == (False, 404)


def test_no_card_of_the_first_format(client: FlaskClient, content_app: Flask, worker: MadePerson) -> None:
    """It has no signed code, so there is nothing to draw."""
    payload: dict[str, Any] = {
        "type": "chw-certificate/1",
        "name": NAME,
        "language": "to",
        "track": {"title": {"en": "First steps"}},
    }
    payload |= {"awarded_on": "2026-01-01", "valid_until": None}

    def fn(session: Any) -> None:
        add, flush = session.add, session.flush
        award = Award(award_key=f"{worker.person_id}:{TRACK}:1", person_id=worker.person_id, track_key=TRACK)
        award.serial, award.awarded_at = "7K2M9QXR4TBND", now()
        add(award)
        flush()
        edition = Edition(award_id=award.id, number=1, reason="initial", payload=json.dumps(payload).encode())
        edition.payload_sha256, edition.created_at = "0" * 64, now()
        edition.design_revision_id = current(session).get("certificate", "completion").revision_id
        add(edition)
        flush()
        add(StatusEvent(award_id=award.id, edition_id=edition.id, kind="issued", at=now()))

    write(fn)
    serial = award_of(worker).serial
    assert offered(client, worker, show_serial(serial)) == (False, 404)


def test_who_is_given_the_card(
    client: FlaskClient, content_app: Flask, worker: MadePerson, certifier: MadePerson, make: Make
) -> None:
    serial = awarded(content_app, worker, certifier)
    place = make.organization("Fale Ola")
    supervisor, spell = make.supervisor(place), make.employment(worker, place)

    def status(person: MadePerson) -> int:
        sign_in(client, person)
        return client.get(f"/certificates/{serial}/card.pdf").status_code

    assert client.get(f"/certificates/{serial}/card.pdf").status_code == 302  # to the sign-in page
    assert [status(each) for each in (worker, certifier, supervisor, make.person())] == [200, 200, 404, 404]
    spell_id, award = one(select(Employment.public_id).where(Employment.id == spell)), award_of(worker).public_id
    write(lambda s: service.share(s, actor_of(worker, at=now()), award, spell_id, at=now()))
    assert status(supervisor) == 200
    for typed in ("nonsense", "CHW-0000-0000-0000-0"):
        assert client.get(f"/certificates/{typed}/card.pdf").status_code == 404


def test_a_lost_code_is_made_again_or_told(
    client: FlaskClient, content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    serial, config = awarded(content_app, worker, certifier), config_of(content_app)
    sign_in(client, worker)
    card = client.get(f"/certificates/{serial}/card.pdf").data
    files = [each for each in (config.data_dir / "files").rglob("*") if each.is_file()]
    code = min(files, key=lambda each: each.stat().st_size)
    code.unlink()
    assert client.get(f"/certificates/{serial}/card.pdf").data == card
    code.unlink()
    for key in config.keys_dir.iterdir():
        key.unlink()
    told = client.get(f"/certificates/{serial}/card.pdf")
    assert told.status_code == 503
    assert serial in told.get_data(as_text=True)
