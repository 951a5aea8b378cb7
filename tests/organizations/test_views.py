"""Pages of organizations over HTTP: administrators' pages, staff of supervisors, and who may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update

from lms.clock import now
from lms.db import db, write
from lms.ids import new_client_id
from lms.organizations.models import (
    Contract,
    ContractEmployment,
    Employment,
    EmploymentTerms,
    Organization,
    OrganizationArea,
    Supervision,
)
from lms.organizations.rules import Wanted
from lms.organizations.service import import_organizations
from lms.people.models import Contact, Person
from tests.conftest import Browser
from tests.factories import MadePerson, Make, day, sign_in
from tests.organizations.conftest import crowd, public_id_of, rows


class Site:
    """Two CBOs with their supervisors, a department, an administrator, and browsers."""

    def __init__(self, make: Make, app: Flask) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        app.test_client_class = Browser
        self.app = app
        self.hope, self.other = make.organization("Hope"), make.organization("Other")
        self.department = make.organization("Public Health", kind="department")
        self.boss, self.stranger = make.supervisor(self.hope, "Boss"), make.supervisor(self.other, "Stranger")
        self.ana = make.person("Ana López")
        self.employment_id = make.employment(self.ana, self.hope)
        self.admin = make.person("Admin", roles=("administrator",))

    def browser(self, person: MadePerson) -> FlaskClient:
        """Return a browser in which a person is signed in."""
        return sign_in(self.app.test_client(), person)

    def key(self, employment_id: int | None = None) -> str:
        """Return the public id of an employment, Ana's unless another is given."""
        wanted = employment_id or self.employment_id
        return next(key for number, key in rows(Employment.id, Employment.public_id) if number == wanted)

    @property
    def hope_id(self) -> str:
        """Return Hope's public id."""
        return public_id_of(self.hope)


@pytest.fixture
def site(make: Make, app: Flask) -> Site:
    """Return organizations with people."""
    return Site(make, app)


def text_of(response: Any, status: int = 200) -> str:
    """Return a page's words without its elements."""
    assert response.status_code == status, response.status_code
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


def test_administrators_find_create_and_change_organizations(site: Site) -> None:
    browser = site.browser(site.admin)
    assert "3 organizations" in text_of(browser.get("/admin/organizations"))
    assert "Hope" not in text_of(browser.get("/admin/organizations?q=other&kind=cbo")).partition("Find")[2]
    assert "No organization found" in text_of(browser.get("/admin/organizations?q=zzz"))
    values = {"name": "Rising Hope", "kind": "cbo", "areas": ["4", "6"], "boundary_year": "2022"}
    made = browser.post("/admin/organizations/new", data=values | {"populations": ["immigrants"]})
    assert made.status_code == 302
    said = text_of(browser.get(made.location))
    assert "rising-hope" in said
    assert "4 Metro" in said
    assert "Immigrants" in said
    page = browser.get(f"{made.location}/edit").get_data(as_text=True)
    assert 'value="Rising Hope"' in page
    assert len(re.findall(r"<input[^>]*checked", page)) == 3
    changed = {"name": "Rising Hope", "areas": ["8"], "boundary_year": "2012", "closed_on": day().isoformat()}
    assert browser.post(f"{made.location}/edit", data=changed).status_code == 302
    said = text_of(browser.get(made.location))
    assert "8 South Bay (boundaries of 2012)" in said
    assert "Closed since" in said
    assert "Rising Hope Closed" in text_of(browser.get("/admin/organizations"))


def test_faults_stand_beside_what_was_typed(site: Site) -> None:
    browser = site.browser(site.admin)
    values = {"name": "HOPE", "kind": "cbo", "areas": ["4"], "boundary_year": "2022"}
    response = browser.post("/admin/organizations/new", data=values)
    assert "Another organization has this name already." in text_of(response, 400)
    assert 'id="name-error">Another organization' in response.get_data(as_text=True)
    assert 'value="HOPE"' in response.get_data(as_text=True)
    response = browser.post("/admin/organizations/new", data={"name": "", "boundary_year": "1900"})
    assert "Please fill this in." in text_of(response, 400)
    edited = browser.post(f"/admin/organizations/{site.hope_id}/edit", data=values | {"name": "other"})
    assert "Another organization has this name already." in text_of(edited, 400)
    switched = browser.post("/admin/organizations/new", data=values | {"_language": "es"})
    assert switched.status_code == 200
    assert 'value="HOPE"' in switched.get_data(as_text=True)
    assert len(rows(Organization.id)) == 3


def test_administrators_say_who_supervises(site: Site) -> None:
    browser = site.browser(site.admin)
    place = f"/admin/organizations/{site.hope_id}/supervisors"
    said = text_of(browser.get(place))
    assert "Boss" in said
    assert "Make supervisor Ana López" in said
    assert "Make supervisor Boss" not in said
    assert "Make supervisor Stranger" in text_of(browser.get(f"{place}?q=stranger"))
    assert "Nobody found." in text_of(browser.get(f"{place}?q=zzz"))
    assert browser.post(f"{place}/{site.key()}/start").status_code == 302
    assert "End it Ana López" in text_of(browser.get(place))
    assert browser.post(f"{place}/{site.key()}/end").status_code == 302
    assert "Make supervisor Ana López" in text_of(browser.get(place))
    assert "Boss" in text_of(browser.get(f"/admin/organizations/{site.hope_id}"))
    alone = f"/admin/organizations/{public_id_of(site.department)}"
    assert "Nobody yet." in text_of(browser.get(alone))
    assert "Nobody yet" in text_of(browser.get(f"{alone}/supervisors"))


def test_nobody_appoints_herself(site: Site, make: Make) -> None:
    own = site.key(make.employment(site.admin, site.hope))
    browser = site.browser(site.admin)
    place = f"/admin/organizations/{site.hope_id}/supervisors"
    said = text_of(browser.post(f"{place}/{own}/start", follow_redirects=True))
    assert "You cannot make yourself a supervisor." in said
    assert len(rows(Supervision.id)) == 2


def test_contracts_are_recorded_ended_and_tied_to_people(site: Site) -> None:
    browser = site.browser(site.admin)
    place = f"/admin/organizations/{site.hope_id}/contracts/new"
    assert "Public Health" in text_of(browser.get(place))
    values = {"department": public_id_of(site.department), "program": "Teams", "started_on": day().isoformat()}
    wrong = browser.post(place, data=values | {"ended_on": (day(-1)).isoformat()})
    assert "The last day must not be before the first day." in text_of(wrong, 400)
    made = browser.post(place, data=values)
    assert made.status_code == 302
    assert "Teams" in text_of(browser.get(f"/admin/organizations/{site.hope_id}"))
    assert "Nobody is recorded yet." in text_of(browser.get(made.location))
    paid = {"employment": site.key(), "started_on": day().isoformat()}
    assert "must lie within" in text_of(browser.post(made.location, data=paid | {"started_on": "2020-01-01"}), 400)
    assert "Ana López" in text_of(browser.post(made.location, data=paid, follow_redirects=True))
    assert len(rows(ContractEmployment.id)) == 1
    early = browser.post(f"{made.location}/end", data={"ended_on": (day(-1)).isoformat()})
    assert "The last day must not be before the first day." in text_of(early, 400)
    assert browser.post(f"{made.location}/end", data={"ended_on": day().isoformat()}).status_code == 302
    assert rows(Contract.ended_on) == [(day(),)]


# Staff


def newcomer(site: Site, **more: Any) -> dict[str, Any]:
    """Return what the form for a new colleague sends."""
    known = {
        "organization": site.hope_id,
        "client_id": new_client_id(),
        "name": "ʻAlisi Fīnau",
        "language": "to",
        "phone": "213 555 0142",
        "started_on": day().isoformat(),
        "title": "Promotora",
        "kind": "employee",
    }
    return {**known, **more}


def test_a_supervisor_sees_and_searches_her_staff(site: Site) -> None:
    browser = site.browser(site.boss)
    said = text_of(browser.get("/team/staff"))
    assert "2 people work here today" in said
    assert "Ana López" in said
    assert "Stranger" not in said
    assert "End Boss" not in said
    assert "Nobody found" in text_of(browser.get("/team/staff?q=zzz"))
    everywhere = site.browser(site.admin)
    assert "Nobody works here yet" in text_of(
        everywhere.get(f"/team/staff?organization={public_id_of(site.department)}")
    )
    assert "Public Health" in text_of(everywhere.get(f"/team/staff?organization={site.hope_id}"))


def test_a_supervisor_adds_somebody_new_once(site: Site) -> None:
    browser = site.browser(site.boss)
    assert f'value="{day().isoformat()}"' in browser.get("/team/staff/new").get_data(as_text=True)
    values = newcomer(site, hours_per_week="37.5", work_area="4", supervising_provider=public_id_of(site.other))
    first = browser.post("/team/staff/new", data=values)
    assert first.status_code == 302
    assert "/invitations/" in first.location
    printed = browser.get(first.location).get_data(as_text=True)
    assert "works here now" in printed
    assert printed.index('<p class="both" lang="to">') < printed.index('<p class="both-en" lang="en">Welcome')
    assert browser.post("/team/staff/new", data=values).status_code == 302
    assert [name for (name,) in rows(Person.name)].count("ʻAlisi Fīnau") == 1
    columns = (EmploymentTerms.title, EmploymentTerms.work_area, EmploymentTerms.supervising_provider_id)
    assert rows(*columns)[-1] == ("Promotora", 4, site.other)


def test_somebody_alike_is_asked_about_first(site: Site) -> None:
    browser = site.browser(site.boss)
    values = newcomer(site, name="Stranger", phone="", email=site.stranger.email)
    asked = browser.post("/team/staff/new", data=values)
    said = text_of(asked, 400)
    assert "has a record already. Please say whether it is she." in said
    assert "Is it the same person?" in said
    assert "Other" not in said.partition("Is it the same person?")[0], "her employer is not named"
    assert 'value="Stranger"' in asked.get_data(as_text=True)
    kept = browser.post("/team/staff/new", data=values | {"same": "same"}, follow_redirects=True)
    assert "She works here now, and keeps her record." in text_of(kept)
    assert len([name for (name,) in rows(Person.name) if name == "Stranger"]) == 1


def test_errors_stand_in_the_order_of_the_page(site: Site) -> None:
    said = site.browser(site.boss).post("/team/staff/new", data=newcomer(site, name="", started_on="", title=""))
    page = said.get_data(as_text=True)
    assert page.index('href="#name"') < page.index('href="#started_on"') < page.index('href="#title"')


def test_what_is_wrong_with_a_newcomer_is_said(site: Site) -> None:
    browser = site.browser(site.boss)
    for change, sentence in (
        ({"name": ""}, "Please fill this in."),
        ({"phone": "12"}, "This does not look like a phone number."),
        ({"hours_per_week": "99"}, "Please write hours a week from 0 to 80"),
        ({"hours_per_week": "NaN"}, "Please write hours a week from 0 to 80"),
        ({"started_on": (day(999)).isoformat()}, "Please check the year."),
        ({"name": "Ana López"}, "Somebody with this name has a record already."),
    ):
        response = browser.post("/team/staff/new", data=newcomer(site, **change))
        assert sentence in text_of(response, 400)
    assert "<details" in browser.get("/team/staff/new").get_data(as_text=True)
    for hours in ("many", "99"):
        page = browser.post("/team/staff/new", data=newcomer(site, hours_per_week=hours)).get_data(as_text=True)
        assert re.search(r"<details[^>]* open>", page), "what is wrong is not folded away"
        assert 'id="hours_per_week-error">Please write' in page
    switched = browser.post("/team/staff/new", data=newcomer(site, _language="sm"))
    assert "ʻAlisi Fīnau" in switched.get_data(as_text=True)
    assert len(rows(Person.id)) == 4


def test_terms_change_from_a_day_on(site: Site) -> None:
    browser = site.browser(site.boss)
    place = f"/team/staff/{site.key()}/terms"
    assert 'value="Promotora"' in browser.get(place).get_data(as_text=True)
    values = {"title": "Team lead", "kind": "contractor", "since": day().isoformat(), "hours_per_week": ""}
    assert browser.post(place, data=values).status_code == 302
    assert rows(EmploymentTerms.title, EmploymentTerms.since)[-1] == ("Team lead", day())
    early = browser.post(place, data=values | {"since": "2020-01-01"})
    assert "Please choose a day within the employment. It began on January 1, 2025." in text_of(early, 400)


def test_the_provider_that_was_chosen_is_shown_again(site: Site) -> None:
    browser = site.browser(site.boss)
    place, provider = f"/team/staff/{site.key()}/terms", public_id_of(site.other)
    values = {"title": "Lead", "kind": "employee", "since": day().isoformat(), "supervising_provider": provider}
    browser.post(place, data=values)
    page = browser.get(place).get_data(as_text=True)
    assert re.search(rf'<option selected value="{provider}"|<option value="{provider}" selected', page)


def test_an_employment_ends_with_a_reason_that_stays_here(site: Site, make: Make) -> None:
    browser = site.browser(site.boss)
    place = f"/team/staff/{site.key()}/end"
    said = text_of(browser.get(place))
    assert "She may lose her way in" not in said, "she has an e-mail of her own"
    work = update(Contact).where(Contact.person_id == site.ana.person_id).values(is_work=True)
    write(lambda session: session.execute(work) and None)
    assert "She may lose her way in" in text_of(browser.get(place))
    missing = browser.post(place, data={"ended_on": day().isoformat()})
    assert "Please choose one." in text_of(missing, 400)
    early = browser.post(place, data={"ended_on": "2020-01-01", "reason": "moved"})
    assert "She began on January 1, 2025." in text_of(early, 400)
    values = {"ended_on": day().isoformat(), "reason": "funding-ended"}
    said = text_of(browser.post(place, data=values, follow_redirects=True))
    assert "Her record, her sign-in and her certificates stay hers." in said
    assert (day(), "funding-ended") in rows(Employment.ended_on, Employment.end_reason)
    make.employment(site.ana, site.other, since=day())
    assert "funding" not in text_of(site.browser(site.stranger).get("/team/staff"))


def test_history_answers_as_missing_but_to_administrators(site: Site, make: Make) -> None:
    gone = site.key(make.employment(make.person("Luis"), site.hope, until=day(-1)))
    values = {"title": "Boss", "kind": "employee", "since": day(-1).isoformat()}
    ended = {"ended_on": day(-1).isoformat(), "reason": "other"}
    for person, status in ((site.boss, 404), (site.admin, 302)):
        browser = site.browser(person)
        assert {browser.get(f"/team/staff/{gone}/{page}").status_code for page in ("terms", "end")} == {
            404 if status == 404 else 200
        }
        assert browser.post(f"/team/staff/{gone}/terms", data=values).status_code == status
        assert browser.post(f"/team/staff/{gone}/end", data=ended).status_code == status


def test_nobody_ends_her_own_employment(site: Site) -> None:
    browser, own = site.browser(site.boss), site.key(1)
    assert "You cannot end your own employment." in text_of(browser.get(f"/team/staff/{own}/end"))
    values = {"ended_on": day().isoformat(), "reason": "moved"}
    assert "You cannot end your own employment." in text_of(browser.post(f"/team/staff/{own}/end", data=values), 400)


def test_strangers_find_nothing_and_change_nothing(site: Site) -> None:
    stranger, ana = site.browser(site.stranger), site.browser(site.ana)
    before = rows(Employment.id, Employment.ended_on), rows(EmploymentTerms.id), rows(OrganizationArea.id)
    end = {"ended_on": day().isoformat(), "reason": "moved"}
    terms = {"title": "X", "kind": "employee", "since": day().isoformat()}
    for browser in (stranger, ana):
        for method, path, data in (
            ("get", f"/team/staff?organization={site.hope_id}", None),
            ("get", f"/team/staff/new?organization={site.hope_id}", None),
            ("post", "/team/staff/new", newcomer(site)),
            ("get", f"/team/staff/{site.key()}/end", None),
            ("post", f"/team/staff/{site.key()}/end", end),
            ("post", f"/team/staff/{site.key()}/terms", terms),
            ("get", "/admin/organizations", None),
            ("get", f"/admin/organizations/{site.hope_id}", None),
            ("post", f"/admin/organizations/{site.hope_id}/edit", {"name": "X", "areas": ["4"]}),
            ("post", f"/admin/organizations/{site.hope_id}/supervisors/{site.key()}/start", {}),
            ("post", f"/admin/organizations/{site.hope_id}/contracts/new", {}),
        ):
            assert getattr(browser, method)(path, data=data).status_code == 404, path
    assert (rows(Employment.id, Employment.ended_on), rows(EmploymentTerms.id), rows(OrganizationArea.id)) == before
    admin = site.browser(site.admin)
    for path in ("organizations/" + "0" * 20, "contracts/" + "0" * 20):
        assert admin.get(f"/admin/{path}").status_code == 404


def test_without_any_organization_pages_say_how_to_begin(make: Make, app: Flask) -> None:
    app.test_client_class = Browser
    browser = sign_in(app.test_client(), make.person(roles=("administrator",)))
    assert "No organization yet" in text_of(browser.get("/admin/organizations"))
    assert browser.get("/team/staff").status_code == 404


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Return the statements that the reading engine runs."""
    found: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    event.listen(db.engines[None], "before_cursor_execute", hear)
    yield found
    event.remove(db.engines[None], "before_cursor_execute", hear)


def test_no_page_asks_more_than_twelve_questions(site: Site, statements: list[str]) -> None:
    crowd(site.hope, [f"Worker {number:02}" for number in range(60)])
    more = [Wanted(number, f"more-{number}", f"More {number:02}") for number in range(60)]
    write(lambda session: import_organizations(session, more, at=now()))
    admin, boss = site.browser(site.admin), site.browser(site.boss)
    key, hope = site.key(), site.hope_id
    values = {"department": public_id_of(site.department), "program": "Teams", "started_on": day().isoformat()}
    contract = admin.post(f"/admin/organizations/{hope}/contracts/new", data=values).location
    for browser, path in (
        (admin, "/admin/organizations"),
        (admin, "/admin/organizations?page=2"),
        (admin, f"/admin/organizations/{hope}"),
        (admin, f"/admin/organizations/{hope}/edit"),
        (admin, f"/admin/organizations/{hope}/supervisors"),
        (admin, contract),
        (boss, "/team/staff"),
        (boss, "/team/staff?page=2"),
        (boss, "/team/staff/new"),
        (boss, f"/team/staff/{key}/terms"),
        (boss, f"/team/staff/{key}/end"),
    ):
        statements.clear()
        assert browser.get(path).status_code == 200
        assert len(statements) <= 12, (path, statements)
