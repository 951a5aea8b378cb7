"""Administrators' and supervisors' pages: finding, inviting, roles, closing, printing, recovery; commands and jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, update

from lms.clock import now
from lms.db import db
from lms.organizations.models import Employment
from lms.people import jobs, queries, rules
from lms.people.cli import group
from lms.people.models import Account, Contact, Person
from tests.factories import MadePerson, Make
from tests.people.test_service import change, heard, look, newest_link
from tests.people.test_views_account import GOOD, accept, token_of
from tests.people.test_views_sign_in import clients, enter, is_in, with_second_step

pytestmark = pytest.mark.usefixtures("app")
__all__ = ["heard"]


@pytest.fixture
def boss(client: FlaskClient, make: Make) -> MadePerson:
    """Return an administrator who is signed in."""
    person = make.person("Boss", roles=("administrator",))
    enter(client, person.email)
    return person


PAGES = [
    ("GET", "/admin/people"),
    ("GET", "/admin/people/new"),
    ("POST", "/admin/people/new"),
    ("GET", "/admin/people/{person}"),
    ("POST", "/admin/people/{person}"),
    ("POST", "/admin/people/{person}/roles/x/end"),
    ("POST", "/admin/people/{person}/disable"),
    ("POST", "/admin/people/{person}/enable"),
    ("POST", "/admin/people/{person}/remove-second-step"),
    ("GET", "/admin/recoveries"),
    ("GET", "/people/{person}/access"),
    ("POST", "/people/{person}/access"),
    ("POST", "/people/{person}/invitation/print"),
    ("POST", "/people/{person}/invitation/send"),
    ("GET", "/invitations/{link}"),
    ("GET", "/invitations/{link}.svg"),
    ("POST", "/recoveries/x/vouch"),
    ("POST", "/recoveries/x/refuse"),
]


@pytest.mark.parametrize("who", ["worker", "supervisor elsewhere", "certifier"])
def test_others_find_nothing_here(client: FlaskClient, make: Make, who: str) -> None:
    target = make.person("Secret Name")
    if who == "supervisor elsewhere":
        organization = make.organization()
        make.employment(target, make.organization())
        me = make.supervisor(organization)
    else:
        me = make.person(roles=("certifier",) if who == "certifier" else ())
    enter(client, me.email)
    for method, path in PAGES:
        answer = client.open(path.format(person=target.person_public_id, link="x"), method=method, data={})
        assert answer.status_code == 404, path
        assert "Secret" not in answer.text


def test_nobody_signed_in_is_sent_to_sign_in(client: FlaskClient) -> None:
    for method, path in PAGES:
        answer = client.open(path.format(person="x", link="x"), method=method, data={})
        assert answer.location.startswith("/sign-in"), path


@pytest.mark.parametrize(
    "text",
    ["mata\u02bbutia", "MATAUTIA fa", "Mata'utia", "lei@x.org", "(213) 555-0142"],
)
def test_people_are_found_however_typed(client: FlaskClient, boss: MadePerson, make: Make, text: str) -> None:
    make.person("Other Person")
    client.post(
        "/admin/people/new",
        data={
            "name": "Fa\u02bbafetai Mata\u02bbutia",
            "language": "sm",
            "email": "lei@x.org",
            "phone": "213 555 0142",
        },
    )
    page = client.get("/admin/people", query_string={"q": text}).text
    assert "Mata\u02bbutia" in page
    assert "Other Person" not in page
    assert "1 person" in page


def test_a_long_list_has_pages(client: FlaskClient, boss: MadePerson, make: Make) -> None:
    for number in range(55):
        make.person(f"Worker {number:02}")
    first, second = (client.get(f"/admin/people?page={number}").text for number in (1, 2))
    assert "Worker 00" in first
    assert "Worker 54" not in first
    assert "Worker 54" in second
    assert client.get("/admin/people?page=99").text.count("Worker 54") == second.count("Worker 54")
    assert client.get("/admin/people?page=x").status_code == 200
    assert "Nobody found" in client.get("/admin/people?q=zzz").text


def test_an_invited_person_gets_a_printed_code(client: FlaskClient, boss: MadePerson, heard: list[Any]) -> None:
    assert client.get("/admin/people/new").status_code == 200
    bad = client.post("/admin/people/new", data={"name": "Lei", "language": "to", "phone": "12"})
    assert bad.status_code == 400
    answer = client.post("/admin/people/new", data={"name": "Lei", "language": "to", "email": "lei@x.org"})
    assert answer.status_code == 302
    assert "lei@x.org" in client.get(answer.location).text
    image = client.get(f"{answer.location}.svg")
    assert image.mimetype == "image/svg+xml"
    assert image.headers["Cache-Control"] == "no-store"
    assert heard[0].purpose == "invitation"


def test_a_role_is_given_and_ended(app: Flask, client: FlaskClient, boss: MadePerson, make: Make) -> None:
    ana, (her,) = make.person("Ana"), clients(app, 1)
    enter(her, ana.email)
    path = f"/admin/people/{ana.person_public_id}"
    assert client.post(path, data={"role": ""}).status_code == 400
    assert client.post(path, data={"role": "worker"}).status_code == 400
    assert client.post(path, data={"role": "translator"}).status_code == 400
    assert client.post(path, data={"role": "viewer"}).status_code == 400
    assert client.post(path, data={"role": "translator", "language": "to"}).location == path
    assert not is_in(her)
    page = client.get(path).text
    assert "Translator" in page
    assert "Lea faka-Tonga" in page
    grant = look(queries.list_grants, ana.account_id)[0]
    assert client.post(f"{path}/roles/{grant.public_id}/end").location == path
    assert "The role has ended" in client.get(path).text
    assert client.post(f"{path}/roles/{grant.public_id}/end").status_code == 404


def test_a_viewer_reads_a_department(app: Flask, client: FlaskClient, boss: MadePerson, make: Make) -> None:
    ana, department = make.person("Ana"), make.organization("Public Health", kind="department")
    (_number, place, _name), *_others = app.extensions["people"].departments()
    path = f"/admin/people/{ana.person_public_id}"
    assert client.post(path, data={"role": "viewer", "department": str(department)}).status_code == 400
    assert client.post(path, data={"role": "viewer", "department": place}).location == path
    assert "Public Health" in client.get(path).text


def test_nobody_gives_herself_a_role(client: FlaskClient, boss: MadePerson) -> None:
    path = f"/admin/people/{boss.person_public_id}"
    page = client.get(path).text
    assert "Give this role" not in page
    assert client.post(path, data={"role": "certifier"}).status_code == 400
    grant = look(queries.list_grants, boss.account_id)[0]
    client.post(f"{path}/roles/{grant.public_id}/end")
    assert "Nobody else could run this site" in client.get(path).text
    client.post(f"{path}/disable")
    assert "Another person must do this" in client.get(path).text


def test_an_account_is_closed_and_opened(app: Flask, client: FlaskClient, boss: MadePerson, make: Make) -> None:
    ana, (her,) = make.person("Ana"), clients(app, 1)
    enter(her, ana.email)
    path = f"/admin/people/{ana.person_public_id}"
    assert client.post(f"{path}/disable").location == path
    assert not is_in(her)
    assert "Open the account again" in client.get(path).text
    assert "This account is closed" in client.get(f"/people/{ana.person_public_id}/access").text
    client.post(f"{path}/enable")
    assert enter(her, ana.email).status_code == 302


def test_a_lost_second_step_is_removed(client: FlaskClient, boss: MadePerson, make: Make, heard: list[Any]) -> None:
    ana = make.person("Ana")
    with_second_step(ana)
    path = f"/admin/people/{ana.person_public_id}"
    assert "Turn the second step off" in client.get(path).text
    client.post(f"{path}/remove-second-step")
    assert [fact.purpose for fact in heard] == ["reset"]
    assert "Turn the second step off" not in client.get(path).text


# -- supervisors


@pytest.fixture
def team(client: FlaskClient, make: Make) -> tuple[MadePerson, MadePerson]:
    """Return a supervisor who is signed in, and a worker of her organization."""
    organization = make.organization()
    chief, ana = make.supervisor(organization, "Chief"), make.person("Ana")
    make.employment(ana, organization)
    enter(client, chief.email)
    return chief, ana


def test_a_supervisor_prints_and_sends_an_invitation(
    app: Flask, client: FlaskClient, team: tuple[MadePerson, MadePerson], heard: list[Any]
) -> None:
    _chief, ana = team
    path = f"/people/{ana.person_public_id}"
    client.post(f"{path}/invitation/print")
    assert "She has already signed in" in client.get(f"{path}/access").text
    change(update(Account).where(Account.id == ana.account_id).values(password_hash=None))
    client.post(f"{path}/invitation/send")
    assert "She has already signed in" in client.get(f"{path}/access").text
    change(_unproven(ana))
    assert "Print an invitation" in client.get(f"{path}/access").text
    assert client.post(f"{path}/invitation/send").location == f"{path}/access"
    assert [fact.purpose for fact in heard] == ["invitation"]
    answer = client.post(f"{path}/invitation/print")
    assert answer.location == f"/invitations/{newest_link()}"
    assert "Ana" in client.get(answer.location).text
    change(update(Person).where(Person.id == ana.person_id).values(language="to"))
    page = client.get(answer.location).text
    assert '<html lang="en">' in page
    own, beneath = (
        page.index('<p class="both" lang="to">Talitali lelei koe'),
        page.index('<p class="both-en" lang="en">'),
    )
    assert own < beneath, "she reads it on paper, in her own language, with the English for who is with her"
    assert client.get(f"{answer.location}.svg").status_code == 200
    (other,) = clients(app, 1)
    assert accept(other, f"/invitation/{token_of(app, newest_link())}").location
    assert client.get(answer.location).status_code == 404


def _unproven(person: MadePerson) -> Any:
    return update(Contact).where(Contact.person_id == person.person_id).values(confirmed_at=None)


def test_another_supervisor_cannot_see_the_printed_invitation(app: Flask, make: Make) -> None:
    organization = make.organization()
    first, second, ana = make.supervisor(organization), make.supervisor(organization), make.person("Ana")
    make.employment(ana, organization)
    change(update(Account).where(Account.id == ana.account_id).values(password_hash=None))
    change(_unproven(ana))
    one, two = clients(app)
    enter(one, first.email)
    enter(two, second.email)
    link = one.post(f"/people/{ana.person_public_id}/invitation/print").location
    assert one.get(link).status_code == 200
    assert two.get(link).status_code == 404
    assert two.get(f"{link}.svg").status_code == 404


def test_a_way_back_needs_two_people(
    app: Flask, client: FlaskClient, team: tuple[MadePerson, MadePerson], make: Make, heard: list[Any]
) -> None:
    _chief, ana = team
    path = f"/people/{ana.person_public_id}/access"
    assert client.post(path, data={"contact": "x", "reason": "She came"}).status_code == 400
    assert client.post(path, data={"contact": "213 555 0177", "reason": ""}).status_code == 400
    assert client.post(path, data={"contact": "213 555 0177", "reason": "She came <b>"}).location == path
    page = client.get(path).text
    assert "She came &lt;b&gt;" in page
    assert "Another person must confirm it" in page
    recovery = look(queries.list_recoveries, at=now())[0].public_id
    assert client.post(f"/recoveries/{recovery}/vouch").location == path
    assert "Another person must do this" in client.get(path).text
    assert heard == []
    admin, (browser,) = make.person("Boss", roles=("administrator",)), clients(app, 1)
    enter(browser, admin.email)
    assert "She came" in browser.get("/admin/recoveries").text
    assert browser.post(f"/recoveries/{recovery}/vouch").location == "/admin/recoveries"
    assert "Nothing waits" in browser.get("/admin/recoveries").text
    assert browser.post(f"/recoveries/{recovery}/vouch").status_code == 404
    (her,) = clients(app, 1)
    assert her.post(f"/reset/{token_of(app, newest_link())}", data={"password": GOOD}).location == "/sign-in"
    assert enter(her, "213 555 0177", GOOD).status_code == 302
    assert enter(her, ana.email, GOOD).status_code == 400


def test_a_request_is_closed(client: FlaskClient, team: tuple[MadePerson, MadePerson]) -> None:
    _chief, ana = team
    path = f"/people/{ana.person_public_id}/access"
    client.post(path, data={"contact": "213 555 0177", "reason": "She came"})
    recovery = look(queries.list_recoveries, at=now())[0].public_id
    assert client.post(f"/recoveries/{recovery}/refuse").location == path
    assert look(queries.list_recoveries, at=now()) == []
    assert client.post(f"/recoveries/{recovery}/refuse").status_code == 404


def test_a_supervisor_does_not_recover_herself_or_staff(
    client: FlaskClient, team: tuple[MadePerson, MadePerson], make: Make
) -> None:
    chief, ana = team
    assert client.get(f"/people/{chief.person_public_id}/access").status_code == 404
    assert client.get(f"/people/{ana.person_public_id}/access").status_code == 200
    staff = make.person(roles=("certifier",))
    assert client.get(f"/people/{staff.person_public_id}/access").status_code == 404


def test_a_supervisor_of_elsewhere_is_not_recovered_by_her_other_employers_supervisors(
    client: FlaskClient, team: tuple[MadePerson, MadePerson], make: Make
) -> None:
    chief, _ana = team
    other = make.supervisor(make.organization())
    place = look(lambda session: session.scalar(select(Employment.organization_id).limit(1)))
    make.employment(other, place)
    path = f"/people/{other.person_public_id}"
    assert client.get(f"{path}/access").status_code == 404
    assert client.post(f"{path}/access", data={"contact": "213 555 0177", "reason": "x"}).status_code == 404
    assert client.post(f"{path}/invitation/print").status_code == 404
    assert chief.account_id


def test_two_supervisors_of_one_employer_wait_a_day_and_another_employer_reads_nothing(
    app: Flask, client: FlaskClient, team: tuple[MadePerson, MadePerson], make: Make
) -> None:
    chief, ana = team
    place, elsewhere = look(lambda session: session.scalar(select(Employment.organization_id))), make.organization()
    make.employment(ana, elsewhere)
    second, stranger = make.supervisor(place), make.supervisor(elsewhere)
    here, there = clients(app)
    enter(here, second.email)
    enter(there, stranger.email)
    path = f"/people/{ana.person_public_id}/access"
    client.post(path, data={"contact": "213 555 0177", "reason": "She came"})
    recovery = look(queries.list_recoveries, at=now())[0].public_id
    assert "She came" not in there.get(path).text
    for step in ("vouch", "refuse"):
        assert there.post(f"/recoveries/{recovery}/{step}").status_code == 404
    assert "She came" in here.get(path).text
    assert here.post(f"/recoveries/{recovery}/vouch").location == path
    assert "sent tomorrow" in here.get(path).text
    link = f"/reset/{token_of(app, newest_link())}"
    assert here.get(link).status_code == 410
    with time_machine.travel(now() + timedelta(days=1, minutes=1)):
        assert clients(app, 1)[0].get(link).status_code == 200
    assert chief.account_id


def test_who_asked_and_supervises_no_more_opens_nothing(
    app: Flask, client: FlaskClient, team: tuple[MadePerson, MadePerson], make: Make
) -> None:
    chief, ana = team
    client.post(f"/people/{ana.person_public_id}/access", data={"contact": "213 555 0177", "reason": "She came"})
    recovery = look(queries.list_recoveries, at=now())[0].public_id
    change(update(Account).where(Account.id == chief.account_id).values(disabled_at=now()))
    admin, (browser,) = make.person("Boss", roles=("administrator",)), clients(app, 1)
    enter(browser, admin.email)
    browser.post(f"/recoveries/{recovery}/vouch")
    assert "may not do this any more" in browser.get("/admin/recoveries").text


# -- commands, jobs, speed


def test_a_first_administrator_from_the_command_line(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.cli.add_command(group)
    runner = app.test_cli_runner()
    done = runner.invoke(args=["people", "create-administrator", "boss@x.org", "--name", "Boss", "--language", "es"])
    assert done.exit_code == 0, done.output
    link = done.stdout.strip()
    assert link.startswith("http://localhost/invitation/")
    path = link.removeprefix("http://localhost")
    assert accept(client, path, way="code").status_code == 400
    assert accept(client, path, name="The Boss").status_code == 302
    assert client.get("/admin/people").status_code == 200
    again = runner.invoke(args=["people", "create-administrator", "boss@x.org"])
    assert again.exit_code == 1
    assert "cannot be used here" in again.stderr


def test_the_job_forgets(app: Flask, client: FlaskClient) -> None:
    enter(client, "nobody@x.org", "wrong")
    assert jobs.run(app.config["LMS"], at=now()) == "forgot 0"
    assert jobs.run(app.config["LMS"], at=now() + timedelta(days=31)) == "forgot 2"


def test_every_page_needs_few_queries(app: Flask, client: FlaskClient, boss: MadePerson, make: Make) -> None:
    people = [make.person(f"Worker {number:02}", roles=("trainer", "analyst")) for number in range(60)]
    counted: list[str] = []
    engine: Engine = db.engine

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    target = people[3].person_public_id
    paths = ["/admin/people", f"/admin/people/{target}", f"/people/{target}/access", "/admin/recoveries", "/account"]
    for path in [*paths, "/account/contacts", "/sign-in", "/account/second-step", "/account/password"]:
        counted.clear()
        assert client.get(path).status_code == 200
        assert len(counted) <= 9, (path, counted)
    event.remove(engine, "before_cursor_execute", count)
    assert rules.GRANTED_ROLES
