"""Links, the own account, languages. Abuse cases 49, 51, 52, 54, 57 and a language switch that loses nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lms.clock import now
from lms.db import write
from lms.people import queries, rules, service
from lms.people.models import Account, Contact
from lms.people.service import Invited
from lms.people.service.links import make_link
from lms.people.views import invitations as invitation_views
from tests.factories import PASSPHRASE, Make
from tests.people.test_service import actor_of, change, heard, look, newest_link
from tests.people.test_views_sign_in import (
    WRONG,
    appointed_after_the_look,
    clients,
    code_for,
    enter,
    is_in,
    with_phone,
    with_second_step,
)

pytestmark = pytest.mark.usefixtures("app")
__all__ = ["heard"]
GOOD = "mango river seven stones"


def token_of(app: Flask, link: str) -> str:
    """Return the token that a letter would carry."""
    return rules.link_token(app.config["LMS"].secret_key, link)


def invite(**more: Any) -> Invited:
    """Invite somebody."""
    usual = {"name": "Leilani Ofa", "language": "to", "by_text": True, "at": now()}
    return write(lambda session: service.invite(session, None, **{**usual, **more}))


def accept(client: FlaskClient, path: str, **more: Any) -> Any:
    """Post the invitation's form."""
    usual = {"name": "Leil\u0101ni \u02bbOfa", "language": "es", "way": "password", "password": GOOD}
    return client.post(path, data={**usual, **more})


# -- invitations


def test_an_invitation_by_email_is_accepted_once(app: Flask, client: FlaskClient) -> None:
    invited = invite(email="lei@x.org", is_work=True)
    path = f"/invitation/{token_of(app, invited.link_public_id)}"
    page = client.get(path).text
    assert "Leilani Ofa" in page
    assert "lei@x.org" in page
    assert '<html lang="to">' in page
    answer = accept(client, path, email_is_work="y")
    assert (answer.status_code, answer.location) == (302, "/")
    page = client.get("/account").text
    assert "Leil\u0101ni \u02bbOfa" in page
    assert '<html lang="es">' in page
    assert client.get(path).status_code == 410
    assert accept(client, path).status_code == 410
    (other,) = clients(app, 1)
    assert enter(other, "lei@x.org", GOOD).location == "/account/own-contact?next=/"
    assert 'href="//evil"' not in other.get("/account/own-contact?next=//evil").text


def test_a_printed_invitation_leads_to_a_confirmed_number(app: Flask, client: FlaskClient, heard: list[Any]) -> None:
    invited = invite()
    path = f"/invitation/{token_of(app, invited.link_public_id)}"
    assert accept(client, path, way="code", password="").status_code == 400
    assert accept(client, path, way="code", contact="what").status_code == 400
    assert client.get(f"{path}/code").location == path
    assert accept(client, path, way="code", password="", contact="213 555 0142", name="\u202e").status_code == 400
    answer = accept(client, path, way="code", password="", contact="213 555 0142")
    assert answer.location == f"{path}/code"
    assert heard[-1].contact_value == "+12135550142"
    assert "(213) 555-0142" in client.get(answer.location).text
    assert client.post(answer.location, data={"code": "1"}).status_code == 400
    assert not is_in(client)
    assert client.post(answer.location, data={"code": code_for(app, "+12135550142")}).location == "/"
    assert client.get(answer.location).status_code == 410
    assert "Leil\u0101ni" in client.get("/account").text
    (phone,) = clients(app, 1)
    phone.post("/sign-in/code", data={"identifier": "213 555 0142"})
    phone.post("/sign-in/code/check", data={"code": code_for(app, "+12135550142")})
    assert is_in(phone)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"password": "short"}, "at least 15 characters"),
        ({"password": "Leilani Ofa 2026"}, "easy to guess"),
        ({"password": "mango seven " * 30}, "at most 256 characters"),
        ({"password": "mango \x07 river seven"}, "cannot be typed again"),
        ({"password": ""}, "at least 15 characters"),
        ({"name": "a\u202ebc"}, "sign that we cannot keep"),
        ({"name": ""}, "Please fill this in"),
        ({"name": "a" * 401}, "Please use at most 400 letters."),
    ],
)
def test_a_bad_acceptance_says_why_and_keeps_what_was_typed(
    app: Flask, client: FlaskClient, make: Make, more: dict[str, str], sentence: str
) -> None:
    invited = invite(email="lei@x.org", language="en")
    path = f"/invitation/{token_of(app, invited.link_public_id)}"
    answer = accept(client, path, **{"name": "Leilani Tonga", "language": "en", **more})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert more.get("name", "Leilani Tonga") in answer.text
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("way", ["password", "code"])
def test_an_invitation_does_not_tell_who_has_an_account(app: Flask, make: Make, way: str) -> None:
    """What is typed as an own contact is settled only when its code was typed, whoever has it."""
    make.person(email="used@x.org")
    with_phone(make.person(), "+12135550177")
    pages = set()
    for contact in ("used@x.org", "free@x.org", "+12135550177", "+12135550101"):
        (browser,) = clients(app, 1)
        path = f"/invitation/{token_of(app, invite().link_public_id)}"
        answer = accept(browser, path, way=way, contact=contact)
        shown = browser.get("/account").text if way == "password" else browser.get(answer.location).text
        for own in (path, contact, rules.shown_contact(contact)):
            shown = shown.replace(own, "")
        pages.add((answer.status_code, answer.location.replace(path, ""), re.sub(r'(nonce|value)="[^"]*"', "", shown)))
    assert len(pages) == 1


def test_an_invitation_sends_few_codes(app: Flask, client: FlaskClient) -> None:
    path = f"/invitation/{token_of(app, invite().link_public_id)}"
    codes = [accept(client, path, way="code", contact=f"213 555 01{number:02}").status_code for number in range(6)]
    assert codes == [302] * 5 + [429]


def test_who_is_to_supervise_cannot_choose_codes(app: Flask, client: FlaskClient, make: Make) -> None:
    organization = make.organization()
    chief = make.supervisor(organization)
    change(update(Account).values(password_hash=None))
    link = write(lambda session: _invitation_for(session, chief.account_id))
    path = f"/invitation/{token_of(app, link)}"
    answer = accept(client, path, way="code", contact="213 555 0142")
    assert answer.status_code == 400
    assert "Your work here needs one" in answer.text


@pytest.mark.parametrize("when", ["before the code", "after the look"])
def test_who_is_to_supervise_meanwhile_cannot_accept_by_codes(
    app: Flask, client: FlaskClient, make: Make, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    invited, phone = invite(language="en"), "+12135550142"
    path = f"/invitation/{token_of(app, invited.link_public_id)}"
    looks = appointed_after_the_look(make, invited)
    assert accept(client, path, way="code", contact=phone).location == f"{path}/code"
    if when == "before the code":
        looks(invited.account_id)
    else:
        monkeypatch.setattr(invitation_views, "is_staff", looks)
    answer = client.post(f"{path}/code", data={"code": code_for(app, phone)})
    assert answer.status_code == 400
    assert "Your work here needs one" in answer.text
    assert not is_in(client)
    assert accept(client, path, contact="lei@x.org").status_code == 302, "the invitation stays open"
    assert is_in(client)


def _invitation_for(session: Any, account_id: int) -> str:
    account = session.get_one(Account, account_id)
    return str(make_link(session, account, "invitation", contact_id=None, created_by=None, at=now()).public_id)


def test_letters_that_are_used_up_do_not_keep_a_new_person_out(app: Flask, client: FlaskClient) -> None:
    for _ in range(5):
        client.post("/reset", data={"identifier": "213 555 0142"})
    path = f"/invitation/{token_of(app, invite().link_public_id)}"
    assert accept(client, path, contact="213 555 0142").location == "/"
    assert is_in(client)


def test_a_written_down_number_is_proven_before_codes_begin(app: Flask, client: FlaskClient, make: Make) -> None:
    boss = actor_of(make.person(roles=("administrator",)), "administrator")
    invited = invite(phone="213 555 0142", is_work=True, email=None)
    usual = {"oversees": (), "is_staff": False, "send": False, "at": now()}
    printed = write(lambda session: service.renew_invitation(session, boss, invited.person_public_id, **usual))
    path = f"/invitation/{token_of(app, printed)}"
    assert accept(client, path, way="code").location == f"{path}/code"
    assert "(213) 555-0142" in client.get(f"{path}/code").text


def test_a_forged_or_old_link_opens_nothing(app: Flask, client: FlaskClient) -> None:
    invited = invite(email="lei@x.org")
    token = token_of(app, invited.link_public_id)
    for bad in (token[:-1] + "x", "x", invited.link_public_id, rules.link_token("other", invited.link_public_id)):
        assert client.get(f"/invitation/{bad}").status_code == 410
    assert client.get(f"/reset/{token}").status_code == 410
    with time_machine.travel(now() + timedelta(days=7)):
        assert client.get(f"/invitation/{token}").status_code == 410


def test_the_language_buttons_keep_what_was_typed_in_an_invitation(app: Flask, client: FlaskClient) -> None:
    invited = invite(email="lei@x.org")
    path = f"/invitation/{token_of(app, invited.link_public_id)}"
    answer = accept(client, path, name="Typed Name", _language="sm", password="")
    assert answer.status_code == 200
    assert '<html lang="sm">' in answer.text
    assert "Typed Name" in answer.text
    assert client.get(path).status_code == 200


# -- reset


def test_a_reset_from_asking_to_signing_in(app: Flask, client: FlaskClient, make: Make, heard: list[Any]) -> None:
    ana = make.person()
    enter(client, ana.email)
    (stranger,) = clients(app, 1)
    assert stranger.get("/reset").status_code == 200
    assert stranger.post("/reset", data={"identifier": ana.email}, headers={"Host": "evil.example"}).status_code == 200
    path = f"/reset/{token_of(app, newest_link())}"
    assert stranger.get(path).status_code == 200
    assert stranger.post(path, data={"password": "short"}).status_code == 400
    assert stranger.post(path, data={"password": GOOD}).location == "/sign-in"
    assert stranger.post(path, data={"password": GOOD}).status_code == 410
    assert not is_in(client)
    assert not is_in(stranger)
    assert enter(stranger, ana.email).status_code == 400
    assert enter(stranger, ana.email, GOOD).status_code == 302
    assert len(heard) == 1


@pytest.mark.parametrize("identifier", ["person1@test.example", "nobody@x.org", "213 555 0199", "what"])
def test_asking_for_a_reset_tells_nothing(client: FlaskClient, make: Make, identifier: str) -> None:
    make.person()
    known = client.post("/reset", data={"identifier": "person1@test.example"})
    answer = client.post("/reset", data={"identifier": identifier})
    hide = re.compile(r'(nonce|value)="[^"]*"')
    assert hide.sub("", answer.text) == hide.sub("", known.text)
    assert answer.status_code == 200


def test_resets_are_throttled(client: FlaskClient) -> None:
    codes = [client.post("/reset", data={"identifier": "nobody@x.org"}).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]


def test_eight_characters_are_enough_where_a_second_step_is_on(app: Flask, client: FlaskClient, make: Make) -> None:
    ana = make.person()
    with_second_step(ana)
    client.post("/reset", data={"identifier": ana.email})
    path = f"/reset/{token_of(app, newest_link())}"
    assert "At least 8 characters" in client.get(path).text
    assert client.post(path, data={"password": "mango7rk"}).location == "/sign-in"
    assert enter(client, ana.email, "mango7rk").location == "/sign-in/second"


def test_a_reset_dies_when_a_contact_changes(app: Flask, client: FlaskClient, make: Make) -> None:
    ana = make.person()
    with_phone(ana)
    client.post("/reset", data={"identifier": ana.email})
    link = newest_link()
    phone = next(row for row in look(queries.list_contacts, ana.person_id) if row.kind == "phone")
    write(lambda session: service.end_contact(session, actor_of(ana), phone.public_id, at=now()))
    assert client.get(f"/reset/{token_of(app, link)}").status_code == 410


# -- the own account


def test_the_account_page_shows_what_is_there(client: FlaskClient, make: Make) -> None:
    ana = make.person("Ana")
    enter(client, ana.email, remember="y")
    page = client.get("/account").text
    assert ana.email in page
    assert "this one" in page
    change(update(Account).values(password_hash=None))
    assert "sign in with a code" in client.get("/account").text
    change(update(Contact).values(is_work=True))
    assert "of your own" in client.get("/account").text


def test_a_name_is_changed_as_typed(client: FlaskClient, make: Make) -> None:
    ana = make.person("Ana")
    enter(client, ana.email)
    assert 'value="Ana"' in client.get("/account/name").text
    assert client.post("/account/name", data={"name": "1"}).status_code == 400
    assert client.post("/account/name", data={"name": " An\u0101  <b>\u02bbO</b> "}).location == "/account"
    page = client.get("/account").text
    assert "An\u0101 &lt;b&gt;\u02bbO&lt;/b&gt;" in page


def test_a_changed_password_ends_every_other_session(app: Flask, make: Make) -> None:
    ana, (here, there) = make.person(), clients(app)
    for each in (here, there):
        enter(each, ana.email, remember="y")
    assert here.get("/account/password").status_code == 200
    wrong = {"present": WRONG, "password": GOOD}
    assert here.post("/account/password", data=wrong).status_code == 400
    assert here.post("/account/password", data={"present": PASSPHRASE, "password": "x"}).status_code == 400
    right = {"present": PASSPHRASE, "password": GOOD}
    assert here.post("/account/password", data=right).location == "/account"
    assert is_in(here)
    assert not is_in(there)
    here.delete_cookie("session")
    assert is_in(here)  # this phone stays remembered
    for _ in range(10):
        here.post("/account/password", data=wrong)
    assert here.post("/account/password", data={"present": GOOD, "password": PASSPHRASE}).status_code == 429


def test_a_worker_without_password_chooses_one(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    enter(client, ana.email)
    change(update(Account).values(password_hash=None))
    assert client.post("/account/password", data={"password": GOOD}).location == "/account"
    assert rules.password_matches(look(queries.get_account, ana.account_id).password_hash, GOOD)


def test_the_second_step_from_begin_to_end(app: Flask, client: FlaskClient, make: Make) -> None:
    ana = make.person()
    enter(client, ana.email)
    assert client.get("/account/second-step").status_code == 200
    assert client.get("/account/second-step/setup").location == "/account/second-step"
    assert client.get("/account/second-step/setup.svg").status_code == 404
    assert client.post("/account/second-step", data={"password": WRONG}).status_code == 400
    assert client.post("/account/second-step", data={"password": PASSPHRASE}).location == "/account/second-step/setup"
    secret = look(queries.get_account, ana.account_id).second_factor_secret
    assert secret in client.get("/account/second-step/setup").text
    image = client.get("/account/second-step/setup.svg")
    assert image.mimetype == "image/svg+xml"
    assert client.post("/account/second-step/setup", data={"code": "1"}).status_code == 400
    code = pyotp.TOTP(secret).at(now())
    shown = client.post("/account/second-step/setup", data={"code": code}).text
    spare = re.findall(r"<code[^>]*>([0-9a-z]{5}-[0-9a-z]{5})</code>", shown)
    assert len(spare) == 8
    hidden = re.findall(r'name="spare" value="([^"]+)"', shown)
    switched = client.post("/account/second-step/setup", data={"spare": hidden, "_language": "es"}).text
    assert '<html lang="es"' in switched
    assert re.findall(r"<code[^>]*>([^<]+)</code>", switched) == spare, "they are shown once, in every language"
    assert client.post("/account/second-step/setup", data={"spare": hidden}).location == "/account/second-step"
    client.post("/language/en")
    (lost,) = clients(app, 1)
    enter(lost, ana.email)
    assert lost.post("/sign-in/second", data={"code": spare[0]}).status_code == 302
    assert is_in(lost)
    assert "The second step is on" in client.get("/account/second-step").text
    assert client.get("/account/second-step/setup.svg").status_code == 404
    assert client.post("/account/second-step", data={"password": PASSPHRASE}).status_code == 400
    assert client.get("/account/second-step/end").status_code == 200
    assert client.post("/account/second-step/end", data={"password": WRONG}).status_code == 400
    short = {"present": PASSPHRASE, "password": "mango7rk"}
    assert client.post("/account/password", data=short).location == "/account"
    assert client.post("/account/second-step/end", data={"password": "mango7rk"}).status_code == 400
    client.post("/account/password", data={"present": "mango7rk", "password": GOOD})
    assert client.post("/account/second-step/end", data={"password": GOOD}).location == "/account"
    assert not look(queries.get_account, ana.account_id).has_second_factor


def test_an_account_without_password_is_told_to_choose_one_first(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    enter(client, ana.email)
    change(update(Account).values(password_hash=None))
    assert "Choose a password first" in client.get("/account/second-step").text


# -- contacts


def test_a_contact_is_added_confirmed_and_ended(app: Flask, client: FlaskClient, make: Make) -> None:
    ana = make.person()
    enter(client, ana.email)
    mail = look(queries.list_contacts, ana.person_id)[0].public_id
    new = {"contact": "213 555 0142", "password": PASSPHRASE}
    assert client.post("/account/contacts", data={**new, "password": WRONG}).status_code == 400
    assert client.post("/account/contacts", data={**new, "contact": "what"}).status_code == 400
    assert client.post(f"/account/contacts/{mail}/end").location == "/account/contacts"
    assert "one way to reach you" in client.get("/account/contacts").text
    assert client.post("/account/contacts", data=new).location == "/account/contacts/confirm"
    assert "(213) 555-0142" in client.get("/account/contacts/confirm").text
    assert "+12135550142" not in client.get("/account/contacts").text
    answer = client.post("/account/contacts/confirm", data={"code": code_for(app, "+12135550142")})
    assert answer.location == "/account/contacts"
    assert client.get("/account/contacts/confirm").location == "/account/contacts"
    assert client.post(f"/account/contacts/{mail}/end").location == "/account/contacts"
    assert ana.email not in client.get("/account/contacts").text
    assert client.post("/account/contacts/nobodys/end").status_code == 404


def test_an_email_of_another_tells_nothing_before_it_is_proven(
    app: Flask, client: FlaskClient, make: Make, heard: list[Any]
) -> None:
    ana, other = make.person(), make.person()
    enter(client, ana.email)
    new = {"contact": other.email, "password": PASSPHRASE}
    assert client.post("/account/contacts", data=new).location == "/account/contacts/confirm"
    assert heard[-1].contact_value == other.email
    answer = client.post("/account/contacts/confirm", data={"code": code_for(app, other.email)})
    assert answer.status_code == 400
    assert "cannot be used here" in answer.text


def test_a_contact_is_confirmed_anew(app: Flask, client: FlaskClient, make: Make) -> None:
    ana = make.person()
    phone = with_phone(ana, confirmed=False)
    enter(client, ana.email)
    row = next(row for row in look(queries.list_contacts, ana.person_id) if row.kind == "phone")
    assert client.post(f"/account/contacts/{row.public_id}/confirm").location == "/account/contacts/confirm"
    client.post("/account/contacts/confirm", data={"code": code_for(app, phone)})
    assert all(row.facts.confirmed_at for row in look(queries.list_contacts, ana.person_id))
    for _ in range(5):
        client.post(f"/account/contacts/{row.public_id}/confirm")
    assert client.post(f"/account/contacts/{row.public_id}/confirm").location == "/account/contacts"
    assert "wait fifteen minutes" in client.get("/account/contacts").text
    assert client.post("/account/contacts/nobodys/confirm").location == "/account/contacts"


def test_a_shared_number_says_so(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    for person in (ana, make.person()):
        with_phone(person)
    enter(client, ana.email)
    assert "Somebody shares this with you" in client.get("/account/contacts").text


def test_contacts_of_a_worker_without_any(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    enter(client, ana.email)
    change(update(Contact).values(ended_at=now()))
    assert "Nothing here yet" in client.get("/account/contacts").text
    assert client.get("/account").status_code == 200


# -- languages


def test_a_visitor_chooses_a_language(client: FlaskClient) -> None:
    assert '<html lang="to">' in client.get("/sign-in", headers={"Accept-Language": "to"}).text
    answer = client.post("/language/sm", data={"next": "/sign-in?next=/account"})
    assert answer.location == "/sign-in?next=/account"
    assert '<html lang="sm">' in client.get("/sign-in").text
    assert client.post("/language/de").status_code == 404
    assert client.post("/language/es", data={"next": "//evil"}).location == "/"
    assert client.get("/language/es").status_code == 405


def test_a_person_keeps_her_language(app: Flask, make: Make) -> None:
    ana, (here, there) = make.person(), clients(app)
    enter(here, ana.email)
    here.post("/language/es", data={"next": "/account"})
    enter(there, ana.email)
    assert '<html lang="es">' in there.get("/account").text
    there.post("/sign-out")
    assert '<html lang="es">' in there.get("/sign-in").text


def test_a_language_button_in_a_form_keeps_what_was_typed(client: FlaskClient, make: Make) -> None:
    ana = make.person("Ana")
    enter(client, ana.email)
    answer = client.post("/account/name", data={"name": "Half typ", "_language": "to"})
    assert answer.status_code == 200
    assert '<html lang="to">' in answer.text
    assert "Half typ" in answer.text
    assert look(queries.get_account, ana.account_id).name == "Ana"
    assert look(queries.get_account, ana.account_id).language == "to"
    answer = client.post("/account/name", data={"name": "Ana", "_language": "de"})
    assert answer.status_code == 302


def test_a_language_button_needs_the_forms_token(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/sign-in", data={"_language": "to"}).status_code == 400
    assert client.post("/language/to").status_code == 400
    assert '<html lang="en">' in client.get("/sign-in").text


def test_the_sign_in_form_switches_language_too(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"identifier": "ana@", "password": "", "_language": "es"})
    assert answer.status_code == 200
    assert 'value="ana@"' in answer.text
    assert '<html lang="es">' in answer.text
    assert "usa-error-message" not in answer.text


def test_old_links_do_not_open_with_a_rolled_clock(app: Flask, client: FlaskClient) -> None:
    with time_machine.travel(datetime(2026, 3, 5, 18, 0, tzinfo=UTC), tick=False):
        invited = invite(email="lei@x.org")
    assert client.get(f"/invitation/{token_of(app, invited.link_public_id)}").status_code == 410
