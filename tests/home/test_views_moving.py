"""A worker who moves keeps everything, the old supervisor sees her span alone; and a team as a file."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from urllib.parse import parse_qsl, urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.audit.models import AuditEvent
from lms.db import reading
from lms.home import queries
from lms.home.rules import TeamFilter
from lms.ids import new_client_id
from lms.organizations.models import Employment, Organization
from lms.people.models import Person
from tests.factories import MadePerson, Make, day, sign_in
from tests.home.conftest import CORE, FIRST, Story, counted, instant
from tests.home.test_views import main, words
from tests.organizations.test_rules_lists import sheet


@pytest.fixture
def hope(make: Make, story: Story) -> int:
    """Return a CBO."""
    return make.organization("Hope")


@pytest.fixture
def boss(make: Make, hope: int) -> MadePerson:
    """Return its supervisor."""
    return make.supervisor(hope, "Boss")


def spell_of(person: MadePerson) -> str:
    """Return the public id of somebody's first spell."""
    query = select(Employment.public_id).where(Employment.person_id == person.person_id).order_by(Employment.id)
    found = reading().scalars(query).first()
    reading().rollback()
    assert found is not None
    return found


def key_of(organization_id: int) -> str:
    """Return an organization's public id."""
    found = reading().execute(select(Organization.public_id).where(Organization.id == organization_id)).scalar_one()
    reading().rollback()
    return found


def test_who_moves_keeps_everything_and_the_old_supervisor_sees_her_span(
    story: Story, make: Make, client: FlaskClient, hope: int, boss: MadePerson
) -> None:
    """Through the pages, from the next request on; her forms that were open before change nothing any more."""
    other = make.organization("Other")
    admin, new_boss = make.person("Admin", roles=("administrator",)), make.supervisor(other, "New boss")
    ana = make.person("Ana López")
    make.employment(ana, hope, since=day(-90), title="Navigator")
    batch = story.assign(boss, hope, [ana], at=instant(-40), due=9)
    story.complete(ana, "communication", "outreach", on=-10)
    story.award(ana, FIRST, on=-5)
    person, spell = f"/team/people/{ana.person_public_id}", spell_of(ana)

    sign_in(client, boss)
    before = main(client, person)
    file = re.search(r'href="(/certificates/[^"]+\.pdf)"', before)
    assert file is not None
    assert "Ana López" in words(main(client, "/team"))
    assert "2 of 2 steps" in words(before)
    assert "Ana López" in words(main(client, f"/team/assign/{batch}"))
    figures = words(main(client, "/reports/completions"))

    sign_in(client, admin)
    values = {"organization": key_of(other), "started_on": day().isoformat(), "title": "Lead", "kind": "employee"}
    moved = client.post(f"/team/staff/{spell}/transfer", data=values | {"client_id": new_client_id()})
    assert moved.status_code == 302

    sign_in(client, boss)
    assert "Ana López" not in words(main(client, "/team"))
    assert "Ana López Left on" in words(main(client, "/team?status=left"))
    assert "Ana López" not in words(main(client, "/team/staff"))
    seen = words(main(client, person))
    for expected in ("Hope", "Navigator", "She has left", "2 of 2 steps"):
        assert expected in seen, expected
    assert "Lead" not in seen
    assert words(main(client, "/reports/completions")) == figures, "what was finished in her span is counted there"

    story.complete(ana, "public-health", on=0)
    story.award(ana, "core", on=0)
    story.assign(new_boss, other, [ana], "core")
    later = words(main(client, person))
    assert later == seen, "nothing of what came after is seen"

    stale = {"ended_on": day(-30).isoformat(), "reason": "voluntary", "since": day().isoformat(), "title": "X"}
    for act in ("end", "terms", "transfer"):
        assert client.post(f"/team/staff/{spell}/{act}", data=stale).status_code == 404, act
    assign = {
        "organization": key_of(hope),
        "track": "core",
        "people": ana.person_public_id,
        "client_id": new_client_id(),
    }
    assert client.post("/team/assign/confirm", data=assign).status_code in (302, 400, 404)
    assert client.get(f"/people/{ana.person_public_id}/access").status_code == 404
    assert re.findall(r"/certificates/[^\"]+", main(client, person)) == [file[0].split('"')[1]], (
        "that of her span alone"
    )

    sign_in(client, ana)
    record = words(main(client, "/record"))
    for expected in ("Hope", "Other", "First steps"):
        assert expected in record, expected
    taken = client.get("/record.json").get_json()
    assert [each["organization"] for each in taken["employments"]] == ["Hope", "Other"]
    assert {each["track"] for each in taken["certificates"]} == {FIRST, "core"}
    sign_in(client, new_boss)
    assert "Ana López" in words(main(client, "/team"))
    assert "Navigator" not in words(main(client, person))


def read(client: FlaskClient, query: str = "", kind: str = "csv") -> list[list[str]]:
    """Return the rows of the team's file."""
    answer = client.get(f"/team/export/{kind}{query}")
    assert answer.status_code == 200
    if kind == "xlsx":
        return [list(row.cells.values()) for row in sheet(answer.data.replace(b"Name", b"Name")).rows]
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_a_team_as_a_file(story: Story, make: Make, client: FlaskClient, hope: int, boss: MadePerson) -> None:
    ana, mele = make.person("Ana López"), make.person("Mele")
    for each in (ana, mele):
        make.employment(each, hope, since=day(-90), title="=cmd")
    make.employment(make.person("Gone"), hope, since=day(-90), until=day(-2))
    stranger = make.person("Stranger")
    make.employment(stranger, make.organization())
    story.assign(boss, hope, [ana, mele], due=-3)
    story.assign(boss, hope, [ana], "core", due=60)
    story.complete(mele, "communication", "outreach", on=0)
    sign_in(client, boss)
    table = read(client)
    assert table[0] == [
        "Name",
        "Organization",
        "Job title",
        "Since",
        "Last day",
        "Track",
        "Due on",
        "Status",
        "Finished on",
    ]
    since, late, later = day(-90).isoformat(), day(-3).isoformat(), day(60).isoformat()
    assert [row[:7] for row in table[1:]] == [
        ["Ana López", "Hope", "'=cmd", since, "", "First steps", late],
        ["Ana López", "Hope", "'=cmd", since, "", "Core training", later],
        ["Boss", "Hope", "Supervisor", "2025-01-01", "", "", ""],
        ["Mele", "Hope", "'=cmd", since, "", "First steps", late],
    ]
    assert table[4][8] == day().isoformat()
    assert [row[0] for row in read(client, "?status=late")[1:]] == ["Ana López"] * 2
    assert [row[5] for row in read(client, "?track=core")[1:]] == ["Core training"]
    assert [row[:5] for row in read(client, "?status=left")[1:]] == [
        ["Gone", "Hope", "Promotora", since, day(-2).isoformat()]
    ]
    assert read(client, "?q=zzz")[1:] == []
    assert client.get("/team/export/xlsx").data.startswith(b"PK")
    assert client.get("/team/export/pdf").status_code == 404
    assert "/team/export/csv?status=late" in main(client, "/team?status=late&kind=x&_external=1")
    told = [
        event.details
        for event in reading().scalars(
            select(AuditEvent).where(AuditEvent.action == "home.team_exported").order_by(AuditEvent.id)
        )
    ]
    assert told[1] == {"organizations": [hope], "status": "late", "track": "", "has_words": False}
    sign_in(client, stranger)
    assert client.get("/team/export/csv").status_code == 404


def test_the_file_of_a_team_is_narrowed_as_its_page_is(
    story: Story, make: Make, client: FlaskClient, hope: int, boss: MadePerson
) -> None:
    sign_in(client, boss)
    asked = {"status": "late", "track": CORE, "title": "Promotora", "q": "Ana", "team": "t" * 20, "rule": "r" * 20}
    assert set(asked) == set(TeamFilter(*"123456").address), "every filter that the page has"
    html = main(client, f"/team?{urlencode(asked)}")
    for kind in ("csv", "xlsx"):
        found = re.search(rf'href="/team/export/{kind}\?([^"]*)"', html)
        assert found and dict(parse_qsl(unescape(found[1]))) == asked


def test_a_large_team_is_sent_fifty_at_a_time(
    story: Story, make: Make, client: FlaskClient, hope: int, boss: MadePerson
) -> None:
    story.crowd(hope, 120)
    wanted = queries.team.TeamFilter("", "", "", "")
    with counted() as statements:
        found = list(queries.read_team(reading(), [hope], wanted, day(), parts=[]))
    assert len(found) == len({each.line.person_id for each in found}) == 121
    assert len(statements) == 9


def test_names_are_written_as_they_are(
    story: Story, make: Make, client: FlaskClient, hope: int, boss: MadePerson
) -> None:
    story.run(lambda s: s.execute(update(Person).values(name="ʻAlisi “Līsī”, junior")) and None)
    sign_in(client, boss)
    assert read(client)[1][0] == "ʻAlisi “Līsī”, junior"
