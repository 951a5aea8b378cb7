"""Every route against every role, and every object of one organization against the people of another."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from lms.actor import ROLES, Actor
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Application, Award
from lms.certificates.rules.decisions import Choice
from lms.certificates.service import confirm_name, decide
from lms.clock import local_date, now
from lms.content.library import current
from lms.courses.specs import ModuleSpec
from lms.db import Base, reading, write
from lms.demo.learning import answer_survey
from lms.demo.quizzes import Clock, take_quiz
from lms.ids import new_client_id
from lms.organizations.models import Employment
from lms.people.models import Recovery
from lms.people.service import invite
from lms.tracks.service import assign
from lms.web.access import Access, access_of
from tests.conftest import Browser
from tests.drills.crowd import MODULE, _almost
from tests.factories import MadePerson, Make, day, sign_in
from tests.keys import ensure_keys

TABLE = Path(__file__).with_name("routes.txt")


def decided() -> dict[tuple[str, str], frozenset[str] | None]:
    """Return who may call each (endpoint, method): roles, with "nobody" for people who are not signed in."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            endpoint, methods, *who = line.split()
            allowed = {
                ("anyone",): frozenset((*ROLES, "nobody")),
                ("signed-in",): frozenset(ROLES),
            }.get(tuple(who), frozenset(who))
            for method in methods.split(","):
                found[endpoint, method] = allowed
    return found


def rules(app: Flask) -> list[tuple[Rule, str]]:
    """Return every (rule, method) of the application but those that Flask answers itself."""
    skipped = {"HEAD", "OPTIONS"}
    return [(rule, method) for rule in app.url_map.iter_rules() for method in sorted((rule.methods or set()) - skipped)]


def test_the_table_names_every_route_and_no_other(app: Flask) -> None:
    table = decided()
    assert {(rule.endpoint, method) for rule, method in rules(app)} == set(table)
    assert len(table) > 90
    roles_named = {role for who in table.values() for role in who or ()}
    assert roles_named <= {*ROLES, "nobody"}


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    unmarked = [rule.endpoint for rule, _ in rules(app) if not isinstance(access_of(rule.endpoint), Access)]
    assert unmarked == []


def personas(make: Make) -> dict[str, MadePerson | None]:
    """Return one person for each role alone, and nobody."""
    organization = make.organization()
    people: dict[str, MadePerson | None] = {"nobody": None, "worker": make.person()}
    for role in ROLES:
        if role == "supervisor":
            people[role] = make.supervisor(organization)
        elif role != "worker":
            people[role] = make.person(roles=(role,), views=organization if role == "viewer" else None)
    return people


def fingerprint() -> dict[str, int]:
    """Return how many rows each table holds."""
    session = reading()
    session.rollback()
    found = {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }
    session.rollback()  # what comes between may take longer than a transaction may be idle
    return found


def test_every_role_reaches_exactly_its_routes(app: Flask, make: Make) -> None:
    """Each view is replaced by a probe that keeps the mark: what answers "inside" got past the gate."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    for endpoint, view in list(app.view_functions.items()):
        probe: Any = lambda **_: "inside"  # noqa: E731
        probe.access = view.access  # type: ignore[attr-defined]
        app.view_functions[endpoint] = probe
    table, before, tried = decided(), None, 0
    for role, person in personas(make).items():
        client = app.test_client()
        if person:
            sign_in(client, person)
        before = before or fingerprint()
        for rule, method in rules(app):
            answer = client.open(address(app, rule), method=method)
            inside = answer.get_data(as_text=True) == "inside"
            held = {role, "worker"} if person else {role}
            allowed = not held.isdisjoint(table[rule.endpoint, method] or ())
            assert inside == allowed, f"{role} {method} {rule.rule}: {answer.status}"
            if not inside:
                assert answer.status_code == (404 if person else 302), f"{role} {method} {rule.rule}"
            tried += 1
    assert tried > 800
    assert fingerprint() == before


def address(app: Flask, rule: Rule) -> str:
    """Return an address that the rule matches, naming things that do not exist."""
    values = {name: "1" if name in ("edition", "number") else "nothing" for name in rule.arguments}
    for choice, name in re.findall(r"<any\(([^)]*)\):(\w+)>", rule.rule):
        values[name] = choice.split(",")[0].strip()
    with app.test_request_context():
        return rule.build(values, append_unknown=False)[1]  # type: ignore[index]


def certified(app: Flask, make: Make, worker: MadePerson) -> tuple[str, str, str]:
    """Let a worker come as far as a certificate; return her application's and award's public ids, and the serial."""
    ensure_keys(app.config["LMS"], at=now())
    library, at = current(reading()), now() - timedelta(hours=2)
    actor = Actor(worker.account_id, worker.person_id, worker.person_public_id, "", "en", local_date(at))
    write(lambda session: _almost(session, library, actor))
    clock = Clock(at, timedelta(minutes=1))
    write(lambda session: take_quiz(session, library, actor, MODULE, "en", clock, wrong=0))
    module = library.spec(ModuleSpec, "module", MODULE)
    secret = app.config["LMS"].secret_key
    write(
        lambda session: answer_survey(
            session, library, actor, module, "en", random.Random(1), clock.tick(), secret_key=secret
        )
    )
    certifier = make.person(roles=("certifier",))
    judge = Actor(certifier.account_id, certifier.person_id, "", "", "en", day(), frozenset({"certifier"}))
    application = reading().scalar(select(Application.public_id).where(Application.person_id == worker.person_id))
    assert application is not None
    write(lambda s: decide(s, judge, application, Choice("certify"), client_id=new_client_id(), at=now()))
    assert finish_issues(app, at=now()) == 0, "it waits for her to confirm her name"
    write(
        lambda s: confirm_name(s, actor, application, "Canary of the other house", client_id=new_client_id(), at=now())
    )
    assert finish_issues(app, at=now()) == 1
    award = reading().execute(select(Award.public_id, Award.serial).where(Award.person_id == worker.person_id)).one()
    return application, award.public_id, award.serial


@pytest.fixture
def two_houses(content_app: Flask, make: Make) -> tuple[dict[str, MadePerson], list[str]]:
    """Return the people of organization A, and the addresses of things that belong to organization B."""
    content_app.config["WTF_CSRF_ENABLED"] = False
    content_app.test_client_class = Browser
    ours, theirs = make.organization("Ours"), make.organization("Theirs")
    people = {"supervisor": make.supervisor(ours), "worker": make.person(), "analyst": make.person(roles=("analyst",))}
    make.employment(people["worker"], ours)
    boss, worker = make.supervisor(theirs), make.person("Canary of the other house")
    make.employment(worker, theirs)
    roles = frozenset({"supervisor"})
    actor = Actor(boss.account_id, boss.person_id, "", "", "en", day(), roles, (), (theirs,))
    batch = write(
        lambda s: assign(
            s, actor, theirs, "first-steps", [worker.person_id], due_on=None, client_id=new_client_id(), at=now()
        )
    )
    employment = reading().scalar(select(Employment.public_id).where(Employment.person_id == worker.person_id))
    application, award, serial = certified(content_app, make, worker)
    guest = write(lambda s: invite(s, actor, name="Canary Guest", language="en", email="c@b.example", at=now()))
    make.employment(MadePerson(guest.person_id, guest.person_public_id, 0, "", "", ""), theirs)
    asked = {"contact": "+1 213 555 0177", "reason": "She came with her badge."}
    browser = sign_in(content_app.test_client(), boss)
    assert browser.post(f"/people/{worker.person_public_id}/access", data=asked).status_code == 302
    reading().rollback()
    recovery = reading().scalar(select(Recovery.public_id))
    addresses = [
        f"/team/people/{worker.person_public_id}",
        f"/people/{worker.person_public_id}/access",
        f"/people/{guest.person_public_id}/access",
        f"/people/{guest.person_public_id}/invitation/print",
        f"/people/{guest.person_public_id}/invitation/send",
        f"/invitations/{guest.link_public_id}",
        f"/invitations/{guest.link_public_id}.svg",
        f"/recoveries/{recovery}/vouch",
        f"/recoveries/{recovery}/refuse",
        f"/team/assign/{batch.batch_public_id}",
        f"/team/assign/{batch.batch_public_id}/undo",
        f"/team/staff/{employment}/end",
        f"/team/staff/{employment}/terms",
        f"/record/applications/{application}",
        f"/record/certificates/{award}",
        f"/record/certificates/{award}/name",
        f"/record/certificates/{award}/share",
        f"/record/certificates/{award}/links",
        f"/record/certificates/{award}/links/{award}/withdraw",
        f"/certificates/{serial}.pdf",
        f"/certificates/{serial}.json",
        f"/certify/applications/{application}",
        f"/certify/certificates/{award}",
        f"/admin/people/{worker.person_public_id}",
    ]
    theirs_to_open = ("access", guest.link_public_id, f"{guest.link_public_id}.svg")
    opened = {path: browser.get(path).status_code for path in addresses if path.endswith(theirs_to_open)}
    assert set(opened.values()) == {200}, f"what is there must open for its own people: {opened}"
    return people, addresses


def plain(answer: Any) -> tuple[int, str]:
    """Return status and body without what differs between any two answers."""
    text = answer.get_data(as_text=True)
    text = re.sub(r'value="[^"]*"|nonce="[^"]*"|nonce-[\w-]+', "", text)
    return answer.status_code, re.sub(r"\b[0-9a-f]{12}\b", "", text)


@pytest.mark.parametrize("role", ["supervisor", "worker", "analyst"])
def test_what_belongs_to_others_looks_like_a_missing_page(
    content_app: Flask, two_houses: tuple[dict[str, MadePerson], list[str]], role: str
) -> None:
    people, addresses = two_houses
    client: FlaskClient = sign_in(content_app.test_client(), people[role])
    before, tried = fingerprint(), 0
    for path in addresses:
        missing = re.sub(r"[0-9a-hjkmnp-tv-z]{20}|(?<=certificates/)[0-9A-Z]{13}(?=\.)", "0" * 20, path)
        for method in ("GET", "POST"):
            answer, absent = client.open(path, method=method), client.open(missing, method=method)
            assert plain(answer) == plain(absent), f"{method} {path}"
            assert answer.status_code in (404, 405), f"{method} {path}: {answer.status}"
            assert "Canary" not in answer.get_data(as_text=True)
            tried += 1
    assert tried == 2 * len(addresses) >= 44
    assert fingerprint() == before
