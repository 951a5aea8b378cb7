"""The administrators' pages of joining, as an administrator and a stranger use them, and what she reads herself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.db import reading
from lms.merging.models import PersonMerge
from lms.people.models import Person
from tests.conftest import AT
from tests.factories import MadePerson, Make, sign_in
from tests.merging.test_service import EARLIER
from tests.tracks.conftest import learn

pytestmark = pytest.mark.usefixtures("content_app")


@pytest.fixture
def boss(client: FlaskClient, make: Make) -> MadePerson:
    person = make.person("Boss", roles=("administrator",))
    sign_in(client, person)
    return person


@pytest.fixture
def pair(make: Make) -> tuple[MadePerson, MadePerson]:
    kept, merged = make.person("Ana López"), make.person("Ana Lopez")
    learn(kept, "communication", at=AT)
    learn(merged, "communication", at=EARLIER)
    return kept, merged


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def fields(text: str) -> dict[str, str]:
    found = re.findall(r'<input[^>]*name="(mark|client_id)"[^>]*value="([^"]+)"', text)
    return dict(found)


def address(pair: tuple[MadePerson, MadePerson]) -> str:
    return f"/admin/people/{pair[0].person_public_id}/join/{pair[1].person_public_id}"


def merges() -> list[PersonMerge]:
    reading().rollback()
    return list(reading().scalars(select(PersonMerge)))


def test_from_finding_to_taking_apart(client: FlaskClient, boss: MadePerson, pair: Any) -> None:
    kept, merged = pair
    assert f"/admin/people/{kept.person_public_id}/join" in page(client, f"/admin/people/{kept.person_public_id}")
    found = page(client, f"/admin/people/{kept.person_public_id}/join")
    assert address(pair) in found
    assert "The same name." in found
    preview = page(client, address(pair))
    assert "Both finished" in preview
    assert "finished modules" in preview
    assert merges() == []
    sent = fields(preview)
    answer = client.post(address(pair), data=sent, follow_redirects=True)
    assert "The two records are one now" in answer.text
    again = client.post(address(pair), data=sent, follow_redirects=True)
    assert "The two records are one now" in again.text
    (merge,) = merges()
    assert "Joined to another record" in page(client, f"/admin/people/{merged.person_public_id}")
    assert "The record that goes on" in page(client, f"/admin/people/{merged.person_public_id}/join")
    assert "Closing signs" not in page(client, f"/admin/people/{merged.person_public_id}")
    assert client.post(f"/admin/people/{merged.person_public_id}/enable").status_code == 404
    assert "was joined already" in page(client, address(pair), 400)
    answer = client.post(f"/admin/joined/{merge.public_id}/undo", follow_redirects=True)
    assert "apart again, as they were" in answer.text
    reading().rollback()
    assert reading().scalars(select(Person).where(Person.merged_into_id.is_not(None))).all() == []
    assert "taken apart" in page(client, f"/admin/people/{kept.person_public_id}/join")


def test_she_reads_that_it_was_done_and_what_counts_once(client: FlaskClient, boss: MadePerson, pair: Any) -> None:
    client.post(address(pair), data=fields(page(client, address(pair))))
    sign_in(client, pair[0])
    record = page(client, "/record")
    assert "Your two records were joined on" in record
    assert "Boss" in record
    assert "Each counts once, by its earlier day" in record
    data = client.get("/record.json").json
    assert [each["other_name"] for each in data["joined_records"]] == ["Ana Lopez"]
    assert {each["kind"] for each in data["set_aside"]} >= {"module_completions"}
    sign_in(client, pair[1])
    assert client.get("/record").status_code == 302


def test_a_stale_plan_is_told_and_shown_anew(client: FlaskClient, boss: MadePerson, pair: Any) -> None:
    sent = fields(page(client, address(pair)))
    learn(pair[1], "outreach", at=AT)
    answer = client.post(address(pair), data=sent)
    assert answer.status_code == 400
    assert "Something changed since you looked" in answer.text
    anew = fields(answer.text)
    assert anew["mark"] != sent["mark"]
    assert client.post(address(pair), data=anew).status_code == 302


def test_what_was_used_since_is_told(client: FlaskClient, boss: MadePerson, make: Make) -> None:
    one, two, three = make.person("One"), make.person("Two"), make.person("Three")
    for pair in ((two, three), (one, two)):
        client.post(address(pair), data=fields(page(client, address(pair))))
    answer = client.post(f"/admin/joined/{merges()[0].public_id}/undo")
    assert answer.status_code == 400
    assert "joined to a third one since" in answer.text


def test_searching_somebody_else(client: FlaskClient, boss: MadePerson, pair: Any, make: Make) -> None:
    other = make.person("Berta Ruiz")
    start = f"/admin/people/{pair[0].person_public_id}/join"
    assert other.person_public_id in page(client, f"{start}?q=berta")
    assert "Nobody found" in page(client, f"{start}?q=zzz")
    assert "Nobody joins her own record" in page(client, f"/admin/people/{boss.person_public_id}/join")
    assert "Nobody joins her own record" in page(client, address((pair[0], boss)), 400)
    assert "one and the same record" in page(client, address((pair[0], pair[0])), 400)


def test_the_page_warns_of_the_account_that_was_never_used(client: FlaskClient, boss: MadePerson, make: Make) -> None:
    staff, worker = make.person(roles=("certifier",)), make.person()
    assert "prove the other record" in page(client, address((staff, worker)))
    assert "Nothing: the other record is empty." not in page(client, address((staff, worker)))


@pytest.mark.parametrize("roles", [(), ("certifier",), ("trainer",)])
def test_others_find_nothing_here(client: FlaskClient, make: Make, pair: Any, roles: tuple[str, ...]) -> None:
    sign_in(client, make.person(roles=roles))
    assert client.get(f"/admin/people/{pair[0].person_public_id}/join").status_code == 404
    assert client.get(address(pair)).status_code == 404
    assert client.post(address(pair)).status_code == 404
    assert client.post("/admin/joined/x/undo").status_code == 404


def test_what_is_not_there(client: FlaskClient, boss: MadePerson, pair: Any) -> None:
    assert client.get("/admin/people/nobody/join").status_code == 404
    assert client.get(f"/admin/people/{pair[0].person_public_id}/join/nobody").status_code == 404
    assert client.post("/admin/joined/nothing/undo").status_code == 404
    assert client.post(address(pair), data={"mark": "short"}).status_code == 400
