"""Status lists and the page to save: asked for often, they cost little, and a revocation shows within seconds."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.certificates import service
from lms.certificates.views import turns, withdrawn
from lms.clock import now
from lms.db import write
from lms.web.shell import STATIC
from tests.certificates.story import actor_of, award_of, certify
from tests.certificates.test_views import counted
from tests.factories import MadePerson, Make

LIST, SAVED = "/credentials/status/1", "/verify/offline.html"


@pytest.fixture
def people(content_app: Flask, make: Make) -> tuple[MadePerson, MadePerson]:
    return certify(content_app, make, at=now())


def revoke(people: tuple[MadePerson, MadePerson], make: Make) -> None:
    award, actor = award_of(people[0]).public_id, actor_of(people[1], at=now())
    second = actor_of(make.person("Second", roles=("certifier",)), at=now())
    asked = write(lambda s: service.request_revocation(s, actor, award, "issued-in-error", "", at=now()))
    write(lambda s: service.settle_revocation(s, second, asked, confirm=True, at=now()))


def test_what_is_withdrawn_is_asked_for_once_in_a_while(
    client: FlaskClient, people: tuple[MadePerson, MadePerson], make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert withdrawn.KEPT <= 5
    monkeypatch.setattr(withdrawn, "KEPT", 3600.0)
    paths = [LIST, *([SAVED] if (STATIC / "manifest.json").exists() else [])]
    before = [client.get(path).data for path in paths]
    revoke(people, make)
    for path, old in zip(paths, before, strict=True):
        with counted() as sent:
            assert client.get(path).data == old
        assert not [each for each in sent if "status_events" in each], "the database is not asked again"
    monkeypatch.setattr(withdrawn, "KEPT", 0.0)
    for path, old in zip(paths, before, strict=True):
        assert client.get(path).data != old


@pytest.mark.parametrize(("path", "kind"), [(LIST, "list"), (SAVED, "saved")])
def test_an_address_has_so_many(
    client: FlaskClient, people: tuple[MadePerson, MadePerson], path: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del people
    monkeypatch.setitem(turns.MOST, kind, 2)
    assert [client.get(path).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get(path).headers["Retry-After"] == "600"
    assert client.get(path, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
