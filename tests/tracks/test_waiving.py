"""Waivers: who may spare whom what, what follows, and what the worker and others read of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.audit.models import AuditEvent
from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.people.service import lock
from lms.tracks import policy, queries, service
from lms.tracks.models import TrackCompletion, Waiver
from lms.tracks.rules import TrackProgress
from lms.tracks.service import enrolling
from tests.conftest import AT
from tests.factories import MadePerson, Make, day, sign_in
from tests.racing import look_together, race
from tests.tracks.conftest import actor_of, earn, insert_credit
from tests.tracks.sample import TODAY, WHOLE, publish_tracks

KEY = "first-steps"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


class Office:
    """A certifier, and a worker who has one of two modules."""

    def __init__(self, make: Make) -> None:
        self.certifier, self.ana = make.person("Vera Certifier", roles=("certifier",)), make.person("Ana")
        write(lambda session: service.enrol(session, [self.ana.person_id], KEY, at=AT))
        earn(self.ana, "communication")

    def waive(self, part: str = "outreach", *, key: str = KEY, at: Any = AT, **more: Any) -> str:
        """Spare Ana a part."""
        actor = actor_of(more.pop("by", self.certifier), *more.pop("roles", ("certifier",)), at=at)
        who = more.pop("whom", self.ana).person_id
        values = {"reason": "experience", "note": "Ten years of it.", "ends_on": None, "client_id": new_client_id()}
        return write(lambda s: service.waive(s, actor, who, key, part, at=at, **(values | more)))

    def withdraw(
        self, public_id: str, *, by: MadePerson | None = None, roles: tuple[str, ...] = ("certifier",)
    ) -> bool:
        """Take a waiver back."""
        actor = actor_of(by or self.certifier, *roles)
        return write(lambda s: service.withdraw_waiver(s, actor, public_id, at=AT + DAY))

    def progress(self, key: str = KEY) -> TrackProgress:
        """Return how far Ana is."""
        found = queries.progress_of(reading(), current(reading()), [self.ana.person_id], [key])
        reading().rollback()
        return found[self.ana.person_id, key]


@pytest.fixture
def office(make: Make) -> Office:
    return Office(make)


def stored() -> list[Any]:
    """Return every waiver."""
    found = list(reading().execute(select(Waiver.requirement, Waiver.withdrawn_at, Waiver.cycle).order_by(Waiver.id)))
    reading().rollback()
    return found


def test_a_waiver_counts_at_once_is_noted_and_completes_what_waited(office: Office, heard: list[Any]) -> None:
    public_id = office.waive()
    assert office.progress().state == "completed"
    (subject,) = heard[0].subjects
    assert (subject.track_key, subject.completed_at, subject.language) == (KEY, AT, "to")
    row = reading().execute(select(TrackCompletion.counted)).scalar_one()
    assert row[1] == {
        "item": "outreach", "kind": "waiver", "source": public_id, "reason": "experience", "ends_on": None,
        "completed_on": "2026-03-05",
    }  # fmt: skip
    noted = reading().execute(select(AuditEvent.details).where(AuditEvent.action == "tracks.waived")).scalar_one()
    assert noted == {"track": KEY, "cycle": 1, "requirement": "outreach", "reason": "experience", "ends_on": None}
    reading().rollback()
    assert office.withdraw(public_id)
    assert office.progress().state == "completed", "granted stays granted"
    assert not office.withdraw(public_id), "twice changes nothing"
    assert write(lambda s: service.recompute(s, current(s), at=AT + DAY)) == []


def test_the_same_form_counts_once_and_with_something_else_it_is_refused(office: Office) -> None:
    key = new_client_id()
    first = office.waive(client_id=key)
    assert office.waive(client_id=key) == first
    for more in ({"reason": "other"}, {"note": ""}, {"ends_on": TODAY}):
        with pytest.raises(RuleBroken, match="sent-before"):
            office.waive(client_id=key, **more)
    assert len(stored()) == 1


def test_only_a_certifier_and_never_for_herself(office: Office, make: Make) -> None:
    with pytest.raises(NotFound):
        office.waive(by=office.ana, roles=())
    with pytest.raises(NotFound):
        office.waive(by=office.certifier, whom=office.certifier)
    with pytest.raises(NotFound):
        office.waive(by=make.person(), roles=("trainer", "administrator"))
    with pytest.raises(NotFound):
        office.withdraw("no-such")
    public_id = office.waive()
    for who, roles in ((office.ana, ()), (office.ana, ("certifier",)), (make.person(), ("administrator",))):
        with pytest.raises(NotFound):
            office.withdraw(public_id, by=who, roles=roles)
    assert stored()[0].withdrawn_at is None


def test_only_what_is_asked_for_now_can_be_waived(office: Office, make: Make) -> None:
    write(lambda session: service.enrol(session, [office.ana.person_id], "core", at=AT))
    for key, part in ((KEY, "communication"), (KEY, "no-such"), ("core", "no-such")):
        with pytest.raises(RuleBroken, match="not-waivable"):
            office.waive(part, key=key)
    for key in ("no-such", "core"):
        with pytest.raises(NotFound):
            office.waive(key=key, whom=make.person())
    with pytest.raises(RuleBroken, match="ends-past"):
        office.waive(ends_on=TODAY - DAY)
    office.waive("practicum", key="core", ends_on=TODAY)
    assert stored()[0].requirement == "practicum"
    office.waive()
    with pytest.raises(NotFound):  # the track is completed now
        office.waive()


def test_a_waiver_that_has_ended_can_be_granted_anew(office: Office) -> None:
    write(lambda session: service.enrol(session, [office.ana.person_id], "core", at=AT))
    office.waive("practicum", key="core", ends_on=TODAY)
    with pytest.raises(RuleBroken, match="not-waivable"):
        office.waive("practicum", key="core")
    office.waive("practicum", key="core", at=AT + DAY)
    assert [row.withdrawn_at for row in stored()] == [AT + DAY, None]


def test_two_certifiers_at_once_grant_one(
    office: Office, make: Make, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lambda session: service.enrol(session, [office.ana.person_id], "core", at=AT))
    other = make.person(roles=("certifier",))
    look_together(monkeypatch, (queries, "standing_of"))
    race(
        content_app,
        lambda: office.waive("practicum", key="core"),
        lambda: office.waive("practicum", key="core", by=other),
    )
    assert [row.withdrawn_at for row in stored()] == [None], "the second found it met"


def test_a_waiver_and_the_last_module_at_once_complete_the_track(
    office: Office, make: Make, content_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    bea = make.person("Bea")
    write(lambda session: service.enrol(session, [bea.person_id], KEY, at=AT))

    def learn(session: Any) -> int:
        lock(session, [bea.person_id])
        insert_credit(session, bea, "communication", at=AT)
        return service.refresh(session, current(session), [bea.person_id], at=AT)

    look_together(monkeypatch, (enrolling, "list_met"))
    race(content_app, lambda: office.waive(whom=bea), lambda: write(learn))
    done = queries.list_completions(reading(), [bea.person_id])
    assert [len(each.counted) for each in done] == [2], "neither missed what the other did"


def test_a_track_that_comes_first_may_be_waived(office: Office) -> None:
    publish_tracks(WHOLE)
    write(lambda session: service.enrol(session, [office.ana.person_id], "whole", at=AT))
    office.waive(f"track:{KEY}", key="whole")
    assert office.progress("whole").current.id == "health"


def test_who_may_read_waivers(office: Office, make: Make) -> None:
    office.waive()
    who = [(office.ana, ()), (office.certifier, ("certifier",)), (make.person(), ("administrator",))]
    seen = [
        len(queries.list_waivers(reading(), actor_of(each, *roles), office.ana.person_id, KEY)) for each, roles in who
    ]
    assert seen == [1, 1, 0]
    assert [policy.can_waive(actor_of(each, *roles), office.ana.person_id) for each, roles in who] == [
        False,
        True,
        False,
    ]


# ── Pages ────────────────────────────────────────────────────────────────────


def text_of(response: Any) -> str:
    """Return a page's words."""
    return " ".join(response.get_data(as_text=True).split())


@pytest.fixture
def browser(office: Office, client: FlaskClient) -> FlaskClient:
    """Return a browser in which the certifier is signed in."""
    return sign_in(client, office.certifier)


def test_a_certifier_finds_a_worker_spares_her_a_part_and_takes_it_back(office: Office, browser: FlaskClient) -> None:
    assert 'href="/certify/people"' in browser.get("/certify").get_data(as_text=True)
    assert "Nobody is called that" in text_of(browser.get("/certify/people?q=nobody"))
    assert f"/certify/people/{office.ana.person_public_id}/waivers" in text_of(browser.get("/certify/people?q=ana"))
    assert (
        "Vera"
        not in text_of(browser.get("/certify/people?q=vera")).replace("Vera Certifier Sign out", "").split("<main")[1]
    )
    address = f"/certify/people/{office.ana.person_public_id}/waivers"
    page = browser.get(address).get_data(as_text=True)
    assert 'value="first-steps|outreach"' in page
    assert 'value="first-steps|communication"' not in page
    assert '<option value="">Choose a part</option>' in page
    form = {"part": "first-steps|outreach", "reason": "accommodation", "note": " As we agreed. ", "client_id": "a" * 32}
    wrong = browser.post(address, data={**form, "ends_on": day(-1).isoformat()})
    assert (wrong.status_code, "This day has passed" in text_of(wrong)) == (400, True)
    for change in ({"part": "core|practicum"}, {"reason": "no"}, {"note": "x" * 501}, {"part": ""}):
        assert browser.post(address, data={**form, **change}).status_code == 400
    assert stored() == []
    assert "Spare her this part?" in text_of(browser.post(address, data=form))
    assert stored() == [], "looked at, not granted"
    said = text_of(browser.post(address, data={**form, "do": "spare"}, follow_redirects=True))
    assert "Saved." in said
    assert "As we agreed." in said
    public_id = reading().execute(select(Waiver.public_id)).scalar_one()
    reading().rollback()
    said = text_of(browser.post(f"{address}/{public_id}/withdraw", follow_redirects=True))
    assert "The part is asked for again." in said
    assert browser.get("/certify/people/no-such/waivers").status_code == 404
    assert browser.get(f"/certify/people/{office.certifier.person_public_id}/waivers").status_code == 404


def test_a_broken_rule_is_told_beside_its_field(office: Office, browser: FlaskClient) -> None:
    address = f"/certify/people/{office.ana.person_public_id}/waivers"
    form = {"part": "first-steps|outreach", "reason": "experience", "client_id": "b" * 32}
    page = browser.get(address)
    earn(office.ana, "outreach")
    assert page.status_code == 200
    write(lambda s: service.refresh(s, current(s), [office.ana.person_id], at=AT))
    refused = browser.post(address, data=form)
    assert refused.status_code == 400
    assert "no track now" in text_of(refused)


def test_a_certifier_lets_a_worker_renew_early(office: Office, browser: FlaskClient) -> None:
    publish_tracks({**WHOLE, "sets": WHOLE["sets"][:1], "hours": [], "sign_offs": [], "prerequisites": [],
                    "valid_months": 12, "renewal": {"from": "completion"}})  # fmt: skip
    earn(office.ana, "public-health", at=now())
    write(lambda s: service.enrol(s, [office.ana.person_id], "whole", at=now()))
    address = f"/certify/people/{office.ana.person_public_id}"
    assert "To be renewed by" in text_of(browser.get(f"{address}/waivers"))
    said = text_of(browser.post(f"{address}/tracks/whole/renew", follow_redirects=True))
    assert "She can renew this track now." in said
    assert office.progress("whole").cycle == 2
    said = text_of(browser.post(f"{address}/tracks/{KEY}/renew", follow_redirects=True))
    assert "There is nothing to renew here now." in said


def test_strangers_find_nothing(office: Office, make: Make, client: FlaskClient) -> None:
    sign_in(client, make.person(roles=("administrator", "trainer")))
    public_id = office.waive()
    for address in ("/certify/people", f"/certify/people/{office.ana.person_public_id}/waivers"):
        assert client.get(address).status_code == 404
    base = f"/certify/people/{office.ana.person_public_id}"
    assert client.post(f"{base}/waivers/{public_id}/withdraw").status_code == 404
    assert client.post(f"{base}/tracks/{KEY}/renew").status_code == 404


def test_the_worker_reads_who_decided_and_why(office: Office, client: FlaskClient) -> None:
    office.waive(reason="accommodation", note="As we agreed in March.")
    sign_in(client, office.ana)
    said = text_of(client.get(f"/tracks/{KEY}/why"))
    for words in ("You need not do this. As agreed with you.", "Vera Certifier", "As we agreed in March.", "Version 1"):
        assert words in said
    held = client.get("/record.json").get_json()["waivers"]
    assert [(each["requirement"], each["reason_code"], each["note"]) for each in held] == [
        ("outreach", "accommodation", "As we agreed in March.")
    ]
