"""Links of the holder: made, copied, opened by others, withdrawn."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.certificates import queries, service
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Edition, ShareLink
from lms.certificates.rules.decisions import Choice
from lms.certificates.rules.serials import show_serial
from lms.clock import now
from lms.db import reading, write
from lms.home.queries import read_export
from lms.ids import new_client_id
from tests.certificates.story import (
    actor_of,
    application_of,
    award_of,
    complete,
    config_of,
    said_of,
)
from tests.certificates.test_verify_views import counts, learned_in_tongan
from tests.certificates.test_views import counted, text_of
from tests.factories import MadePerson, Make, sign_in

JSON = {"Accept": "application/json"}


@pytest.fixture
def people(content_app: Flask, make: Make) -> tuple[MadePerson, MadePerson]:
    return learned_in_tongan(content_app, make)


def path_of(person: MadePerson) -> str:
    return f"/record/certificates/{award_of(person).public_id}/links"


def make_link(client: FlaskClient, person: MadePerson, **more: str) -> str:
    """Let a holder make a link and return its path."""
    sign_in(client, person)
    data = {"label": "Clinic", "days": "30", "client_id": new_client_id(), **more}
    answer = client.post(path_of(person), data=data, follow_redirects=True)
    assert answer.status_code == 200
    found = re.search(r'value="http://[^"/]+(/verify/shared/[\w-]{22})"', answer.get_data(as_text=True))
    assert found
    return found[1]


def test_a_holder_makes_a_link_and_others_see_the_whole_certificate(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], make: Make
) -> None:
    worker = people[0]
    link = make_link(client, worker)
    token = link.rpartition("/")[2]
    row = reading().execute(select(ShareLink)).scalar_one()
    assert token not in {str(getattr(row, column.name)) for column in ShareLink.__table__.columns}
    stranger = content_app.test_client()
    with counted() as sent:
        shown = stranger.get(link)
    assert len(sent) <= 12
    said = text_of(shown)
    for fact in ("Malia ʻAnau", "Language of instruction Lea faka-Tonga", "Communication", "1 h 30 min"):
        assert fact in said, said
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["Cache-Control"] == "no-store"
    facts = stranger.get(link, headers=JSON).get_json()
    assert (facts["name"], facts["language_of_instruction"]) == ("Malia ʻAnau", "to")
    assert facts["payload_sha256"] == reading().scalar(select(Edition.payload_sha256))
    assert stranger.get(f"{link}/certificate.pdf").data.startswith(b"%PDF-")
    assert json.loads(stranger.get(f"{link}/certificate.json").data)
    own = text_of(client.get(path_of(worker)))
    assert "2 times, last on" in own
    assert counts() == {("shared", "valid", True): 2}
    assert client.get(link).status_code == 200  # her own look
    assert counts() == {("shared", "valid", True): 2}


def test_a_dead_link_looks_like_one_that_never_was_and_says_whom_to_ask(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    worker = people[0]
    links = [make_link(client, worker) for _ in range(3)]
    client.get(path_of(worker))
    rows = queries.list_links(reading(), award_of(worker).id, now())
    assert len(rows) == 3
    gone = rows[-1].public_id
    assert client.post(f"{path_of(worker)}/{gone}/withdraw").status_code == 302
    ended = update(ShareLink).where(ShareLink.public_id == rows[0].public_id).values(ends_at=now())
    write(lambda s: s.execute(ended) and None)
    stranger = content_app.test_client()

    def plain(path: str) -> tuple[int, str]:
        answer = stranger.get(path)
        text = re.sub(r'nonce="[^"]*"|value="[^"]*"|/verify/shared/[\w./-]*', "", answer.get_data(as_text=True))
        return answer.status_code, re.sub(r"<code>\w+</code>", "", text)

    missing = plain("/verify/shared/" + "A" * 22)
    assert missing[0] == 404
    assert plain(links[0]) == plain(links[2]) == plain("/verify/shared/short") == missing
    assert "ask the person who sent it to you" in missing[1]
    assert stranger.get(links[0], headers={"Accept": "application/json"}).status_code == 404
    assert plain(f"{links[0]}/certificate.pdf")[0] == 404
    assert plain(links[1])[0] == 200
    assert plain(links[1] + "A")[0] == 404


def test_a_link_shows_nothing_of_another_certificate(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    worker, certifier = people
    link = make_link(client, worker)
    serial = show_serial(award_of(worker).serial)
    complete(worker, cycle=2, at=now())
    public_id = application_of(worker, cycle=2)
    actor, seen, key = actor_of(certifier, at=now()), said_of(public_id), new_client_id()
    write(lambda s: service.decide(s, actor, public_id, Choice("certify"), seen=seen, client_id=key, at=now()))
    assert finish_issues(content_app, at=now()) == 1
    other = show_serial(award_of(worker).serial)
    assert other != serial
    shown = content_app.test_client().get(link).get_data(as_text=True)
    assert serial in shown
    assert other not in shown


def test_a_revoked_certificate_is_told_without_a_name_or_file(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], make: Make
) -> None:
    worker, certifier = people
    link = make_link(client, worker)
    award, actor = award_of(worker).public_id, actor_of(certifier, at=now())
    stranger = content_app.test_client()
    write(lambda s: service.suspend(s, actor, award, "under-review", at=now()))
    suspended = stranger.get(link)
    assert "is suspended" in text_of(suspended)
    assert stranger.get(f"{link}/certificate.pdf").status_code == 404
    write(lambda s: service.lift(s, actor, award, at=now()))
    write(lambda s: service.request_revocation(s, actor, award, "issued-in-error", "", at=now()))
    request = queries.find_open_revocation(reading(), award_of(worker).id)
    assert request
    second = actor_of(make.person("Second", roles=("certifier",)), at=now())
    write(lambda s: service.settle_revocation(s, second, request.public_id, confirm=True, at=now()))
    shown = stranger.get(link)
    assert "This certificate is revoked" in text_of(shown)
    assert "Malia" not in shown.get_data(as_text=True)
    assert not {"name", "payload_sha256"} & set(stranger.get(link, headers=JSON).get_json())
    assert stranger.get(f"{link}/certificate.json").status_code == 404
    assert client.post(path_of(worker), data={"days": "7", "client_id": new_client_id()}).status_code == 400


def test_no_log_of_ours_holds_a_link(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither that a page was asked for, nor that it failed, is written with the address that opens it."""
    link = make_link(client, people[0])
    rename = "ALTER TABLE {} RENAME TO {}"
    with caplog.at_level(logging.DEBUG):
        assert content_app.test_client().get(link).status_code == 200
        write(lambda s: s.connection().exec_driver_sql(rename.format("share_links", "elsewhere")) and None)
        try:
            assert content_app.test_client().get(link).status_code >= 500
        finally:
            write(lambda s: s.connection().exec_driver_sql(rename.format("elsewhere", "share_links")) and None)
    assert "failed" in caplog.text, "the fault is written down"
    assert link.rpartition("/")[2] not in caplog.text


def test_files_of_a_link_are_kept_nowhere(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    link, stranger = make_link(client, people[0]), content_app.test_client()
    for path in (link, f"{link}/certificate.pdf", f"{link}/certificate.json", "/verify/shared/" + "A" * 22):
        headers = stranger.get(path).headers
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_links_are_made_with_care(client: FlaskClient, people: tuple[MadePerson, MadePerson], make: Make) -> None:
    worker, path = people[0], path_of(people[0])
    sign_in(client, worker)
    key = new_client_id()
    for days, status in (("", 400), ("365", 400), ("7", 302), ("7", 302)):
        data = {"days": days, "client_id": key}
        assert client.post(path, data=data).status_code == status
    assert len(queries.list_links(reading(), award_of(worker).id, now())) == 1
    for _ in range(19):
        client.post(path, data={"days": "90", "client_id": new_client_id()})
    full = client.post(path, data={"days": "90", "client_id": new_client_id()})
    assert full.status_code == 400
    assert "20 links that still work" in text_of(full)
    with counted() as sent:
        client.get(path)
    assert len(sent) <= 12
    link = queries.list_links(reading(), award_of(worker).id, now())[0].public_id
    reading().rollback()
    sign_in(client, make.person())
    for answer in (client.get(path), client.post(path, data=data), client.post(f"{path}/{link}/withdraw")):
        assert answer.status_code == 404
    assert len(queries.list_links(reading(), award_of(worker).id, now() + timedelta(days=8))) == 19


def test_another_secret_of_the_site_ends_no_link(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    link = make_link(client, people[0])
    config = config_of(content_app)
    content_app.config["LMS"] = replace(config, secret_key="another secret of the site, long enough")
    shown = client.get(path_of(people[0]))
    assert "cannot be shown again" in text_of(shown)
    assert "/verify/shared/" not in shown.get_data(as_text=True)
    assert content_app.test_client().get(link).status_code == 200


def test_her_download_tells_of_links_and_checks_without_the_token(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    link = make_link(client, people[0])
    content_app.test_client().get(link)
    reading().rollback()
    found = read_export(reading(), people[0].person_id)
    reading().rollback()
    (told,) = found["certificate_links"]
    assert (told["label"], told["opened"]) == ("Clinic", 1)
    assert {"token_hash", "client_id", "public_id"}.isdisjoint(told)
    assert [(row["way"], row["number"]) for row in found["certificate_checks"]] == [("shared", 1)]
