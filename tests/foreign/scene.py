"""Certificates as they are issued, in every state, and all that is published about them: bytes for others' programs.

Made once in each process that asks: six people, through the database, the job and the pages, on a site of its
own address and by the clock of this machine, because other programs look at no other clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from lms import files
from lms.certificates import queries, service
from lms.certificates.jobs import finish_issues, publishing
from lms.certificates.jobs.keyring.making import provider_of
from lms.certificates.queries import Known
from lms.clock import now
from lms.db import reading, write
from tests.certificates.story import actor_of, complete, config_of, decide
from tests.certificates.workbench import keys_of, known_of
from tests.conftest import Browser
from tests.databases import Databases
from tests.factories import MadePerson, Make, sign_in
from tests.keys import ensure_keys

URL = "https://training.example.org"
DID = "did:web:training.example.org"
LIST = f"{URL}/credentials/status/1"
KINDS = ("vc", "jwt", "code", "pdf")


@dataclass(frozen=True)
class Files:
    """The files of one edition, its frozen record, and the keys that signed it by purpose."""

    vc: bytes
    jwt: bytes
    code: bytes
    pdf: bytes
    payload: dict[str, Any]
    keys: dict[str, str]

    @property
    def badge(self) -> dict[str, Any]:
        """Return the credential, read."""
        found: dict[str, Any] = json.loads(self.vc)
        return found


@dataclass(frozen=True)
class Published:
    """What the site answers at one time: bodies by address, status lists as tokens, and the folder of trust."""

    pages: Mapping[str, bytes]
    tokens: Mapping[str, bytes]
    trust: Path
    #: The status list as it was signed 31 days ago, as a credential and as a token.
    stale: tuple[bytes, bytes]

    def download(self, url: str) -> bytes:
        """Return what a program gets that asks for tokens; raise `OSError` for what is not there."""
        try:
            return self.tokens[url] if url in self.tokens else self.pages[url]
        except KeyError as error:
            raise OSError(f"404 for {url}") from error

    @property
    def texts(self) -> dict[str, str]:
        """Return what a program gets that asks for nothing special."""
        return {url: body.decode() for url, body in self.pages.items()}


@dataclass
class Scene:
    """Certificates by what became of them; what is published, and what was before a key was stolen."""

    certificates: dict[str, Files] = field(default_factory=dict)
    before: Published = field(init=False)
    after: Published = field(init=False)
    #: The root certificates as they are published once a root was stolen too.
    roots_left: bytes = b""

    def __getitem__(self, name: str) -> Files:
        return self.certificates[name]


def make_scene(databases: Databases, folder: Path) -> Scene:
    """Return the scene; its folders of trust stay in `folder`."""
    with databases.get("sqlite", content=True).take(folder) as app:
        app.config["LMS"] = replace(config_of(app), base_url=URL)
        return _Stage(app, folder).play()


class _Stage:
    """Plays what happens on a site in six years."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder, self.today = app, folder, now().replace(microsecond=0)
        self.make = Make(write)
        self.certifiers = [self.make.person(f"Certifier {name}", roles=("certifier",)) for name in ("One", "Two")]
        self.scene = Scene()

    def play(self) -> Scene:
        """Return the scene after the last act: keys retired, editions replaced and revoked, a key stolen."""
        self.put_keys(0, self.ago(6 * 365), retire=False)
        self.issue("expired", "Tui", at=self.ago(3 * 365))
        self.issue("retired", "Maria Nikolasa Keliʻihoʻomalu", language="es", at=self.ago(300))
        self.put_keys(1, self.ago(200))
        valid = self.issue("valid", "ʻAnaseini Fakafānuamālōlōtuʻu", language="to", at=self.ago(100))
        self.check_served(valid)
        revoked = self.issue("revoked", "Ana Ruiz", at=self.ago(100))
        replaced = self.issue("replaced", "Leʻa Tuiasosopo", language="sm", at=self.ago(100))
        self.revoke(revoked)
        self.correct(replaced, "Leʻa Tuiāsosopo-Ah Sam")
        self.scene.before = self.publish("before")
        self.compromise(valid)
        self.scene.after = self.publish("after")
        stolen = [key.key_id for key in queries.list_keys(reading()) if key.purpose == "root"][1]
        reading().rollback()
        write(lambda s: service.compromise_key(s, stolen, at=self.today))
        self.scene.roots_left = self.client().get("/credentials/root.pem").data
        return self.scene

    def ago(self, days: int) -> datetime:
        return self.today - timedelta(days=days)

    def put_keys(self, number: int, at: datetime, *, retire: bool = True) -> None:
        """Put a set of keys in force, and retire those before it."""
        if retire:
            for key in queries.list_keys(reading()):
                if key.is_in_force and key.purpose != "root":
                    write(lambda s, name=key.key_id: service.retire_key(s, name, at=at))  # type: ignore[misc]
            reading().rollback()
        ensure_keys(config_of(self.app), at=at, number=number)

    def issue(self, called: str, name: str, *, at: datetime, language: str = "en") -> MadePerson:
        """Release a certificate, pages too."""
        person = self.make.person(name, language=language)
        complete(person, at=at - timedelta(days=2), language=language)
        decide(self.certifiers[0], person, at=at)
        assert finish_issues(self.app, at=at) == 1
        self.keep(called, person)
        return person

    def keep(self, called: str, person: MadePerson) -> None:
        """Keep the files of the edition that counts."""
        shown = known_of(person).shown
        data_dir = config_of(self.app).data_dir
        stored = dict(queries.files_of(reading(), shown.edition_id))
        reading().rollback()
        found = {kind: files.get(data_dir, stored[kind]) for kind in KINDS}
        self.scene.certificates[called] = Files(**found, payload=dict(shown.payload), keys=keys_of(person))

    def check_served(self, person: MadePerson) -> None:
        """See that pages give their holder the very bytes that are kept."""
        client, kept = self.client(), self.scene["valid"]
        sign_in(client, person)
        for ending, content in (("json", kept.vc), ("jwt", kept.jwt), ("pdf", kept.pdf)):
            assert client.get(f"/certificates/{kept.payload['serial']}.{ending}").data == content

    def revoke(self, person: MadePerson) -> None:
        award, at = self.known(person).public_id, self.ago(60)
        first, second = (actor_of(each) for each in self.certifiers)
        request = write(lambda s: service.request_revocation(s, first, award, "issued-in-error", "", at=at))
        write(lambda s: service.settle_revocation(s, second, request, confirm=True, at=at))

    def correct(self, person: MadePerson, name: str) -> None:
        award, at = self.known(person).public_id, self.ago(60)
        actor = actor_of(self.certifiers[0])
        write(lambda s: service.correct_name(s, actor, award, name, at=at))
        assert finish_issues(self.app, at=at) == 1
        self.keep("corrected", person)

    def compromise(self, person: MadePerson) -> None:
        """Let the present keys be stolen, and issue anew what they signed."""
        at = self.ago(40)
        for key_id in self.scene["valid"].keys.values():
            write(lambda s, name=key_id: service.compromise_key(s, name, at=at))  # type: ignore[misc]
        self.put_keys(2, at, retire=False)
        assert finish_issues(self.app, at=at) == 2  # of "valid" and "corrected"; what was revoked stays so
        self.keep("reissued", person)

    def known(self, person: MadePerson) -> Known:
        found = known_of(person)
        reading().rollback()
        return found

    def client(self) -> Any:
        self.app.test_client_class = Browser
        return self.app.test_client()

    def publish(self, name: str) -> Published:
        """Ask every page that is published for programs, and write the folder of trust."""
        self.app.config.pop("certificates.withdrawn", None)  # what was withdrawn shows at once
        client, keys = self.client(), queries.list_keys(reading())
        reading().rollback()
        names = ["/.well-known/did.json", "/.well-known/jwks.json", "/credentials/root.pem"]
        names += [f"/credentials/keys/{key.key_id}" for key in keys if key.purpose != "root"]
        answers = {path: client.get(path) for path in [*names, "/credentials/status/1"]}
        token = client.get("/credentials/status/1", headers={"Accept": "application/vc+jwt, */*;q=0.5"})
        assert (answers[names[0]].status_code, token.mimetype) == (200, "application/jwt")
        pages = {URL + path: each.data for path, each in answers.items() if each.status_code == 200}
        trust = self.folder / f"trust-{name}"
        config = config_of(self.app)
        provider, then = provider_of(config), now() - timedelta(days=31)
        publishing.write_bundle(reading(), provider, trust, name="Tests", at=now())
        stale = [publishing.status_list(reading(), provider, 1, at=then, as_token=form) for form in (False, True)]
        reading().rollback()
        return Published(pages, {LIST: token.data}, trust, (stale[0] or b"", stale[1] or b""))
