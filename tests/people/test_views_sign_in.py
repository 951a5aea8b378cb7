"""Signing in and out: passwords, the second step, codes, throttling, sessions. Abuse cases 46-56, 58, 59."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from lms.app import create_app
from lms.clock import now
from lms.db import db, write
from lms.organizations.models import Employment, Organization, Supervision
from lms.organizations.service import start_supervision
from lms.people import queries, rules, service
from lms.people.models import Account, Contact, Device, OneTimeCode, SignInFailure
from lms.people.rules import Identifier, passwords
from lms.people.rules.sessions import GUESSES_IN_A_ROW
from lms.people.views import sign_in as sign_in_views
from lms.people.views.blueprint import is_staff
from tests.conftest import Browser
from tests.databases import make_config
from tests.factories import PASSPHRASE, MadePerson, Make
from tests.factories import sign_in as sign_in_past
from tests.people.test_service import actor_of, change, heard, look
from tests.racing import look_together, race

pytestmark = pytest.mark.usefixtures("app")
__all__ = ["heard"]
WRONG = "a wrong passphrase of hers"


def enter(client: FlaskClient, identifier: str, password: str = PASSPHRASE, **more: Any) -> Any:
    """Post the sign-in form."""
    environ = {"REMOTE_ADDR": more.pop("address", "192.0.2.1")}
    return client.post(
        "/sign-in", data={"identifier": identifier, "password": password, **more}, environ_overrides=environ
    )


def is_in(client: FlaskClient) -> bool:
    """Return whether the client is signed in."""
    return client.get("/account").status_code == 200


def code_for(app: Flask, value: str) -> str:
    """Return the newest code that was made for a contact."""
    newest = select(OneTimeCode.public_id).where(OneTimeCode.contact_value == value).order_by(OneTimeCode.id.desc())
    name = look(lambda session: session.scalar(newest.limit(1)))
    return rules.code_digits(app.config["LMS"].secret_key, name)


def with_phone(person: MadePerson, value: str = "+12135550142", *, confirmed: bool = True) -> str:
    """Give a person a phone number."""
    at = now()
    write(
        lambda session: (
            service.keep_contact(
                session,
                person.person_id,
                Identifier("phone", value),
                is_work=False,
                confirmed_at=at if confirmed else None,
                at=at,
            )
            and None
        )
    )
    return value


def with_second_step(person: MadePerson) -> pyotp.TOTP:
    """Turn the second step on for a person and return her app."""
    secret = rules.new_secret()
    change(
        update(Account)
        .where(Account.id == person.account_id)
        .values(second_factor_secret=secret, second_factor_confirmed_at=now())
    )
    return pyotp.TOTP(secret)


def clients(app: Flask, number: int = 2) -> list[FlaskClient]:
    """Return further browsers."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return [app.test_client() for _ in range(number)]


# -- password


@pytest.mark.parametrize("typed", ["ana@x.org", " ANA@X.ORG ", "\uff41na@x.org"])
def test_signing_in_by_email_however_typed(client: FlaskClient, make: Make, typed: str) -> None:
    make.person("Ana", email="ana@x.org")
    answer = enter(client, typed, next="/account")
    assert (answer.status_code, answer.location) == (302, "/account")
    assert is_in(client)


def test_signing_in_by_phone(client: FlaskClient, make: Make) -> None:
    with_phone(make.person("Ana"), confirmed=False)
    assert enter(client, "(213) 555-0142").status_code == 302
    assert is_in(client)


def test_two_who_share_a_number_sign_in_by_their_own_password(app: Flask, make: Make) -> None:
    ana, bea = make.person("Ana"), make.person("Bea")
    own = rules.hash_password("mango river seven stones")
    change(update(Account).where(Account.id == bea.account_id).values(password_hash=own))
    for person in (ana, bea):
        with_phone(person)
    first, second = clients(app)
    enter(first, "+12135550142")
    enter(second, "+12135550142", "mango river seven stones")
    assert "Ana" in first.get("/account").text
    assert "Bea" in second.get("/account").text


@pytest.mark.parametrize("identifier", ["person1@test.example", "nobody@test.example", "not an address", "5550142"])
def test_a_refusal_tells_nothing(client: FlaskClient, make: Make, identifier: str) -> None:
    make.person()
    answer = enter(client, identifier, WRONG)
    assert answer.status_code == 400
    assert "This did not work. Please check what you typed." in answer.text
    assert f'value="{identifier}"' in answer.text
    assert WRONG not in answer.text
    assert not is_in(client)


@pytest.mark.usefixtures("production_hashes")
def test_known_and_unknown_get_the_same_answer_in_the_same_time(app: Flask, client: FlaskClient, make: Make) -> None:
    if app.config["LMS"].is_sqlite is False:
        pytest.skip("measured once, on SQLite")
    people = [make.person(email=f"known{number:03}@x.org") for number in range(3)]
    strong = rules.hash_password(PASSPHRASE)
    change(update(Account).values(password_hash=strong))
    times: dict[str, list[float]] = {"known": [], "unkno": []}
    pages: dict[str, str] = {}
    for number in range(len(people)):
        for kind, taken in times.items():
            address = f"{kind}{number:03}@x.org"
            begun = time.process_time()  # what others run on this machine does not count
            answer = enter(client, address, WRONG, address=f"192.0.2.{number}")
            taken.append(time.process_time() - begun)
            pages[kind] = re.sub(r'(nonce|value)="[^"]*"|nonce-[^\']*', "", answer.text)
    assert pages["known"] == pages["unkno"]
    known, unknown = (statistics.median(values) for values in times.values())
    assert 0.6 < known / unknown < 1.67


@pytest.mark.parametrize("password", ["with a \x00 null byte", "m" * 1001, "m" * 1_100_000])
def test_hostile_passwords_are_bad_requests(client: FlaskClient, make: Make, password: str) -> None:
    make.person(email="ana@x.org")
    assert enter(client, "ana@x.org", password).status_code in (400, 413)
    assert look(lambda session: session.scalars(select(SignInFailure.id)).all()) == []


def test_an_emoji_in_a_password_is_welcome(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    change(update(Account).values(password_hash=rules.hash_password("mango \U0001f33a river seven")))
    assert enter(client, ana.email, "mango \U0001f33a river seven").status_code == 302


@pytest.mark.usefixtures("production_hashes")
def test_an_old_hash_is_renewed_at_sign_in(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    old = look(queries.get_account, ana.account_id).password_hash
    enter(client, ana.email)
    new = look(queries.get_account, ana.account_id).password_hash
    assert new != old
    assert new.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert enter(client, ana.email).status_code == 302


@pytest.mark.usefixtures("production_hashes")
@pytest.mark.both_engines
def test_two_taps_at_the_same_moment_with_an_old_hash_both_enter(
    app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = make.person()
    look_together(monkeypatch, (rules, "hash_password"))
    taps = [lambda browser=each: enter(browser, ana.email).status_code for each in clients(app)]
    assert race(app, *taps) == [302, 302]


def test_a_disabled_account_is_like_a_wrong_password(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    change(update(Account).values(disabled_at=now()))
    assert enter(client, ana.email).status_code == 400


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/account?x=1", "/account?x=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("https:evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\t/evil.example", "/"),
        ("", "/"),
    ],
)
def test_the_way_on_stays_on_this_site(client: FlaskClient, make: Make, target: str, goes_to: str) -> None:
    ana = make.person()
    assert enter(client, ana.email, next=target).location == goes_to


def test_the_page_remembers_where_to_go(client: FlaskClient) -> None:
    assert 'value="/team?x=1"' in client.get("/sign-in?next=/team?x%3D1").text


def test_what_was_in_the_session_before_is_gone(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    with client.session_transaction() as session:
        session["planted"], session["csrf_token"] = "x", "fixed"
    enter(client, ana.email)
    with client.session_transaction() as session:
        assert set(session) == {"_user_id", "since", "seen"}
        assert session["_user_id"] != ana.session_id


# -- guessing


def test_ten_wrong_guesses_then_wait(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    for _ in range(10):
        assert enter(client, ana.email, WRONG).status_code == 400
    answer = enter(client, ana.email)
    assert answer.status_code == 429
    assert "wait five minutes" in answer.text
    assert enter(client, ana.email, address="198.51.100.7").status_code == 429
    with time_machine.travel(now() + timedelta(minutes=5, seconds=1)):
        assert enter(client, ana.email).status_code == 302


def test_an_unknown_address_is_throttled_alike(client: FlaskClient) -> None:
    codes = [enter(client, "nobody@x.org", WRONG).status_code for _ in range(11)]
    assert codes == [400] * 10 + [429]


def test_one_guess_each_on_many_accounts(client: FlaskClient, make: Make) -> None:
    codes = [enter(client, f"n{number}@x.org", WRONG).status_code for number in range(31)]
    assert codes == [400] * 30 + [429]
    assert enter(client, make.person().email, address="198.51.100.7").status_code == 302


def test_the_owners_known_device_still_gets_in(app: Flask, make: Make) -> None:
    ana, (own, stranger) = make.person(), clients(app)
    assert enter(own, ana.email).status_code == 302
    own.post("/sign-out")
    for _ in range(11):
        enter(stranger, ana.email, WRONG)
    assert enter(stranger, ana.email).status_code == 429
    assert enter(own, ana.email).status_code == 302
    own.post("/sign-out")
    codes = [enter(own, ana.email, WRONG).status_code for _ in range(11)]
    assert codes == [400] * 10 + [429]


def test_own_sign_ins_give_no_more_guesses_at_another_who_shares_the_number(app: Flask, make: Make) -> None:
    ana, eve, (browser,) = make.person("Ana"), make.person("Eve"), clients(app, 1)
    change(update(Account).where(Account.id == eve.account_id).values(password_hash=rules.hash_password("mango sea")))
    for person in (ana, eve):
        with_phone(person)
    codes = []
    for number in range(1, 13):
        codes.append(enter(browser, "+12135550142", WRONG, address=f"192.0.2.{number}").status_code)
        if number % 3 == 0:
            assert enter(browser, "+12135550142", "mango sea", address=f"192.0.2.{number}").status_code == 302
            browser.post("/sign-out")
    assert codes == [400] * 10 + [429] * 2
    assert enter(clients(app, 1)[0], "+12135550142").status_code == 429
    assert enter(clients(app, 1)[0], ana.email).status_code == 302


def test_a_known_device_counts_for_its_address_too_and_only_after_a_proof(app: Flask, make: Make) -> None:
    ana, (own, claimed) = make.person(), clients(app)
    enter(own, ana.email)
    for number in range(30):
        enter(clients(app, 1)[0], f"n{number}@x.org", WRONG)
    assert enter(own, ana.email).status_code == 429
    with_phone(ana, confirmed=False)
    assert enter(claimed, "213 555 0142", address="198.51.100.7").status_code == 302
    assert claimed.get_cookie("known") is None


@pytest.mark.parametrize("sharers", [0, 1, 3])
def test_a_refusal_checks_as_many_passwords_whoever_has_the_number(
    client: FlaskClient, make: Make, monkeypatch: pytest.MonkeyPatch, sharers: int
) -> None:
    for _ in range(sharers):
        with_phone(make.person())
    counted: list[str] = []
    real = passwords._hasher

    class Counting:
        def verify(self, known: str, typed: str) -> bool:
            counted.append(known)
            return real.verify(known, typed)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert enter(client, "213 555 0142", WRONG).status_code == 400
    assert len(counted) == 4


def test_a_known_device_of_one_is_unknown_to_another(app: Flask, make: Make) -> None:
    ana, eve, (own,) = make.person(), make.person(), clients(app, 1)
    enter(own, eve.email)
    for _ in range(10):
        enter(own, ana.email, WRONG)
    assert enter(own, ana.email).status_code == 429
    own.set_cookie("known", "x" * 32 + "y" * 64)
    assert enter(own, ana.email).status_code == 429


def test_the_hundredth_wrong_guess_tells_the_owner(
    app: Flask, client: FlaskClient, make: Make, heard: list[Any]
) -> None:
    ana = make.person()
    own = rules.guess_bucket(app.config["LMS"].secret_key, ana.email, ana.account_public_id)
    at = now() - timedelta(hours=1)
    rows = [{"bucket": own, "at": at} for _ in range(GUESSES_IN_A_ROW - 1)]
    write(lambda session: session.execute(SignInFailure.__table__.insert(), rows) and None)
    assert enter(client, ana.email, WRONG).status_code == 400
    assert [fact.purpose for fact in heard] == ["reset"]
    with time_machine.travel(now() + timedelta(days=1)):
        assert enter(client, ana.email).status_code == 429
    assert len(heard) == 1


# -- the second step


def test_before_the_second_step_no_page_opens(client: FlaskClient, make: Make) -> None:
    ana = make.person(roles=("administrator",))
    app_codes = with_second_step(ana)
    assert enter(client, ana.email, next="/account/name").location == "/sign-in/second"
    for path in ("/account", "/admin/people", "/account/second-step", "/account/second-step/setup.svg"):
        assert client.get(path).location.startswith("/sign-in?")
    assert client.post("/account/sign-out-everywhere").location == "/sign-in"
    assert client.get("/sign-in/second").status_code == 200
    assert client.post("/sign-in/second", data={"code": "000"}).status_code == 400
    answer = client.post("/sign-in/second", data={"code": app_codes.at(now())})
    assert (answer.status_code, answer.location) == (302, "/account/name")
    assert is_in(client)


def test_a_code_of_the_app_works_once(app: Flask, make: Make) -> None:
    ana, (first, second) = make.person(), clients(app)
    app_codes = with_second_step(ana)
    with time_machine.travel(now(), tick=False):
        code = app_codes.at(now())
        for each in (first, second):
            enter(each, ana.email)
        assert first.post("/sign-in/second", data={"code": code}).status_code == 302
        assert second.post("/sign-in/second", data={"code": code}).status_code == 400
    assert not is_in(second)


def test_the_second_step_is_throttled_and_times_out(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    app_codes = with_second_step(ana)
    enter(client, ana.email)
    codes = [client.post("/sign-in/second", data={"code": "x"}).status_code for _ in range(11)]
    assert codes == [400] * 10 + [429]
    with time_machine.travel(now() + timedelta(minutes=11)):
        answer = client.post("/sign-in/second", data={"code": app_codes.at(now())})
        assert answer.location == "/sign-in"
    assert client.get("/sign-in/second").location == "/sign-in"


def test_a_password_changed_meanwhile_ends_the_challenge(client: FlaskClient, make: Make) -> None:
    ana = make.person()
    app_codes = with_second_step(ana)
    enter(client, ana.email)
    change(update(Account).values(security_stamp="another"))
    assert client.post("/sign-in/second", data={"code": app_codes.at(now())}).location == "/sign-in"


# -- sessions


@pytest.mark.parametrize(("roles", "rest"), [((), timedelta(hours=12)), (("analyst",), timedelta(hours=1))])
def test_a_session_ends_by_rest(client: FlaskClient, make: Make, roles: tuple[str, ...], rest: timedelta) -> None:
    ana, begun = make.person(roles=roles), datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
    with time_machine.travel(begun, tick=False):
        enter(client, ana.email)
    with time_machine.travel(begun + rest - timedelta(minutes=1), tick=False):
        assert is_in(client)
    with time_machine.travel(begun + 2 * rest - timedelta(minutes=1), tick=False):
        assert is_in(client)
    with time_machine.travel(begun + 3 * rest, tick=False):
        assert client.get("/account").location.startswith("/sign-in?")
    with time_machine.travel(begun + 2 * rest, tick=False):
        assert not is_in(client)


def test_the_last_use_is_written_once_a_minute(client: FlaskClient, make: Make) -> None:
    ana, begun = make.person(), datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
    with time_machine.travel(begun, tick=False):
        enter(client, ana.email)
        client.get("/account/own-contact")
    with time_machine.travel(begun + timedelta(seconds=59), tick=False):
        assert "Set-Cookie" not in client.get("/account/own-contact").headers
    with time_machine.travel(begun + timedelta(seconds=60), tick=False):
        assert "Set-Cookie" in client.get("/account/own-contact").headers


def test_a_session_from_before_this_rule_begins_to_count(client: FlaskClient, make: Make) -> None:
    sign_in_past(client, make.person())
    assert is_in(client)
    with client.session_transaction() as session:
        assert session["since"] == session["seen"]


def test_a_copied_cookie_is_dead_after_sign_out(app: Flask, make: Make) -> None:
    ana, (own, thief) = make.person(), clients(app)
    enter(own, ana.email)
    stolen = own.get_cookie("session")
    assert stolen is not None
    thief.set_cookie("session", stolen.value)
    assert is_in(thief)
    assert own.post("/sign-out").location == "/sign-in"
    assert not is_in(thief)
    assert not is_in(own)


def test_signing_out_needs_post_and_token(app: Flask, client: FlaskClient, make: Make) -> None:
    enter(client, make.person().email)
    assert client.get("/sign-out").status_code == 405
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/sign-out").status_code == 400
    assert is_in(client)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account").text)
    assert token is not None
    assert client.post("/sign-out", data={"csrf_token": token[1]}).status_code == 302
    assert not is_in(client)


def test_signing_out_twice_harms_nothing(client: FlaskClient) -> None:
    assert client.post("/sign-out").status_code == 302


def test_the_sign_in_form_needs_its_token(app: Flask, client: FlaskClient, make: Make) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert enter(client, make.person().email).status_code == 400
    assert not is_in(client)


# -- the remembered phone


def test_a_worker_stays_signed_in_on_her_phone(app: Flask, make: Make) -> None:
    ana, (phone,) = make.person(), clients(app, 1)
    answer = enter(phone, ana.email, remember="y")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("device="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=2592000" in cookie
    assert "A phone or computer</bdi>" in phone.get("/account").text  # its browser says nothing that we know
    phone.delete_cookie("session")
    assert is_in(phone)
    with phone.session_transaction() as session:
        assert session["_user_id"].count(":") == 2
    with time_machine.travel(now() + timedelta(days=20)):
        assert is_in(phone)
    with time_machine.travel(now() + timedelta(days=30, minutes=1)):
        assert not is_in(phone)


def test_a_page_left_open_on_a_remembered_phone_still_works(app: Flask, make: Make) -> None:
    ana, (phone,) = make.person(), clients(app, 1)
    app.config["WTF_CSRF_ENABLED"] = False
    enter(phone, ana.email, remember="y")
    app.config["WTF_CSRF_ENABLED"] = True
    token = re.search(r'name="csrf_token" value="([^"]+)"', phone.get("/account/name").text)
    assert token is not None
    with time_machine.travel(now() + timedelta(hours=13)):
        answer = phone.post("/account/name", data={"name": "Ana Two", "csrf_token": token[1]})
        assert answer.location == "/account"


def test_staff_are_never_remembered(app: Flask, make: Make) -> None:
    organization = make.organization()
    for person in (make.person(roles=("analyst",)), make.supervisor(organization)):
        (phone,) = clients(app, 1)
        assert enter(phone, person.email, remember="y").status_code == 302
        assert phone.get_cookie("device") is None
    assert look(lambda session: session.scalars(select(Device.id)).all()) == []


def test_who_becomes_a_supervisor_is_no_longer_remembered(app: Flask, make: Make) -> None:
    ana, (phone,) = make.person(), clients(app, 1)
    enter(phone, ana.email, remember="y")
    organization = make.organization()
    employment = make.employment(ana, organization)
    row = {"employment_id": employment, "organization_id": organization, "started_on": date(2025, 1, 1)}
    change(insert(Supervision).values(**row))
    phone.delete_cookie("session")
    assert not is_in(phone)


def test_an_ended_device_is_out_at_once(app: Flask, make: Make) -> None:
    ana, (phone, computer) = make.person(), clients(app)
    enter(phone, ana.email, remember="y")
    enter(computer, ana.email)
    page = computer.get("/account").text
    device = look(queries.list_devices, ana.account_id, now())[0]
    assert f"/account/devices/{device.public_id}/end" in page
    assert computer.post(f"/account/devices/{device.public_id}/end").location == "/account"
    assert is_in(computer)
    assert not is_in(phone)


def test_signing_out_everywhere(app: Flask, make: Make) -> None:
    ana, (phone, computer) = make.person(), clients(app)
    enter(phone, ana.email, remember="y")
    enter(computer, ana.email)
    computer.post("/account/sign-out-everywhere")
    assert is_in(computer)
    assert not is_in(phone)


def test_signing_out_forgets_the_phone(app: Flask, make: Make) -> None:
    ana, (phone,) = make.person(), clients(app, 1)
    enter(phone, ana.email, remember="y")
    kept = phone.get_cookie("device")
    assert kept is not None
    phone.post("/sign-out")
    assert phone.get_cookie("device") is None
    phone.set_cookie("device", kept.value)
    assert not is_in(phone)


def test_cookies_are_bound_to_the_host_under_https(databases: Any, tmp_path: Any) -> None:
    url = databases.fresh_sqlite()
    app = create_app(make_config(tmp_path, url, LMS_BASE_URL="https://training.example"))
    with app.app_context():
        ana, (phone,) = Make(write).person(), clients(app, 1)
        answer = phone.post(
            "/sign-in",
            data={"identifier": ana.email, "password": PASSPHRASE, "remember": "y"},
            base_url="https://training.example",
        )
        cookies = answer.headers.getlist("Set-Cookie")
        assert sorted(cookie.partition("=")[0] for cookie in cookies) == [
            "__Host-device",
            "__Host-known",
            "__Host-session",
        ]
        for cookie in cookies:
            assert "Secure" in cookie
            assert "Path=/" in cookie
            assert "Domain" not in cookie
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


# -- codes


def ask(client: FlaskClient, identifier: str) -> Any:
    """Ask for a code."""
    return client.post("/sign-in/code", data={"identifier": identifier, "next": "/account/name"})


def test_a_worker_signs_in_by_a_code(app: Flask, client: FlaskClient, make: Make, heard: list[Any]) -> None:
    ana = make.person()
    phone = with_phone(ana)
    assert client.get("/sign-in/code").status_code == 200
    assert ask(client, "213 555 0142").location == "/sign-in/code/check"
    assert rules.shown_contact(phone) in client.get("/sign-in/code/check").text
    assert client.post("/sign-in/code/check", data={"code": "12"}).status_code == 400
    code = code_for(app, phone)
    answer = client.post("/sign-in/code/check", data={"code": f" {code[:3]} {code[3:]}", "remember": "y"})
    assert answer.location == "/account/name"
    assert is_in(client)
    assert client.get_cookie("device") is not None
    assert len(heard) == 1


@pytest.mark.parametrize("identifier", ["person1@test.example", "nobody@x.org", "staff@x.org", "what"])
def test_asking_for_a_code_tells_nothing(client: FlaskClient, make: Make, identifier: str) -> None:
    make.person()
    make.person(email="staff@x.org", roles=("certifier",))
    answer = ask(client, identifier)
    assert (answer.status_code, answer.location) == (302, "/sign-in/code/check")
    page = client.get("/sign-in/code/check").text
    assert identifier == "what" or identifier in page
    assert client.post("/sign-in/code/check", data={"code": "123"}).status_code == 400


def test_staff_cannot_use_a_code_even_a_right_one(app: Flask, client: FlaskClient, make: Make) -> None:
    supervisor = make.supervisor(make.organization())
    ask(client, supervisor.email)
    answer = client.post("/sign-in/code/check", data={"code": code_for(app, supervisor.email)})
    assert answer.location == "/sign-in/code/password"
    assert not is_in(client)


def test_a_shared_number_needs_the_password_too(app: Flask, client: FlaskClient, make: Make) -> None:
    ana, bea = make.person("Ana"), make.person("Bea")
    change(update(Account).where(Account.id == bea.account_id).values(password_hash=rules.hash_password("mango sea")))
    for person in (ana, bea):
        with_phone(person)
    ask(client, "213 555 0142")
    answer = client.post("/sign-in/code/check", data={"code": code_for(app, "+12135550142"), "remember": "y"})
    assert answer.location == "/sign-in/code/password?remember=1"
    assert not is_in(client)
    assert client.get(answer.location).status_code == 200
    assert client.post(answer.location, data={"password": WRONG}).status_code == 400
    assert client.post(answer.location, data={"password": "mango sea"}).location == "/account/name"
    assert "Bea" in client.get("/account").text
    assert client.get_cookie("device") is not None


def test_a_number_not_confirmed_for_a_year_needs_the_password_and_is_confirmed(
    app: Flask, client: FlaskClient, make: Make
) -> None:
    ana = make.person("Ana")
    with_phone(ana)
    old = now() - timedelta(days=400)
    change(update(Contact).where(Contact.kind == "phone").values(confirmed_at=old, added_at=old))
    ask(client, "213 555 0142")
    answer = client.post("/sign-in/code/check", data={"code": code_for(app, "+12135550142")})
    assert answer.location == "/sign-in/code/password"
    client.post(answer.location, data={"password": PASSPHRASE})
    assert is_in(client)
    confirmed = [row.facts.confirmed_at for row in look(queries.list_contacts, ana.person_id) if row.kind == "phone"]
    assert confirmed[0] > now() - timedelta(minutes=1)


def test_an_unconfirmed_claim_locks_nobody_out(app: Flask, client: FlaskClient, make: Make, heard: list[Any]) -> None:
    ana, eve = make.person("Ana"), make.person("Eve")
    with_phone(ana)
    with_phone(eve, confirmed=False)
    change(update(Account).where(Account.id == ana.account_id).values(password_hash=None))
    ask(client, "213 555 0142")
    client.post("/sign-in/code/check", data={"code": code_for(app, "+12135550142")})
    assert "Ana" in client.get("/account").text
    heard.clear()
    client.post("/reset", data={"identifier": "213 555 0142"})
    assert [fact.person_id for fact in heard] == [ana.person_id]


def test_who_signed_in_by_codes_chooses_a_password_when_her_number_is_shared(
    app: Flask, client: FlaskClient, make: Make
) -> None:
    ana, bea = make.person("Ana"), make.person("Bea")
    for person in (ana, bea):
        with_phone(person)
    change(update(Account).where(Account.id == ana.account_id).values(password_hash=None))
    assert client.get("/sign-in/code/new-password").location == "/sign-in/code"
    ask(client, "213 555 0142")
    answer = client.post("/sign-in/code/check", data={"code": code_for(app, "+12135550142")})
    assert answer.location == "/sign-in/code/password"
    assert "/sign-in/code/new-password" in client.get(answer.location).text
    assert client.get("/sign-in/code/new-password").status_code == 200
    assert client.post("/sign-in/code/new-password", data={"password": "short"}).status_code == 400
    own = "seven mango rivers"
    assert client.post("/sign-in/code/new-password", data={"password": own}).location == "/account/name"
    assert "Ana" in client.get("/account").text
    (other,) = clients(app, 1)
    ask(other, "213 555 0142")
    answer = other.post("/sign-in/code/check", data={"code": code_for(app, "+12135550142")})
    assert "/sign-in/code/new-password" not in other.get(answer.location).text
    assert other.get("/sign-in/code/new-password").location == "/sign-in/code"
    assert other.post(answer.location, data={"password": own}).location == "/account/name"


@pytest.mark.parametrize("contact", ["phone", "email"])
def test_who_becomes_a_supervisor_without_a_password_chooses_one(
    app: Flask, client: FlaskClient, make: Make, contact: str
) -> None:
    ana, organization = make.person("Ana"), make.organization()
    value = with_phone(ana) if contact == "phone" else ana.email
    change(update(Account).values(password_hash=None))
    ask(client, value)
    client.post("/sign-in/code/check", data={"code": code_for(app, value)})
    assert is_in(client)
    employment = make.employment(ana, organization)
    boss = actor_of(make.person(roles=("administrator",)), "administrator")
    spell = look(lambda s: s.get_one(Employment, employment).public_id)
    place = look(lambda s: s.get_one(Organization, organization).public_id)
    write(lambda session: start_supervision(session, boss, spell, place, at=now()))
    assert not is_in(client)
    ask(client, value)
    answer = client.post("/sign-in/code/check", data={"code": code_for(app, value)})
    assert answer.location == "/sign-in/code/new-password"
    assert not is_in(client)
    client.post(answer.location, data={"password": "seven mango rivers"})
    assert client.get("/team").status_code == 200
    (other,) = clients(app, 1)
    assert enter(other, value, "seven mango rivers").status_code == 302


def appointed_after_the_look(make: Make, person: Any) -> Callable[[int], bool]:
    """Return the views' `is_staff`, after which the person becomes a supervisor."""
    organization = make.organization()
    employment = make.employment(person, organization)
    boss = actor_of(make.person(roles=("administrator",)), "administrator")
    spell = look(lambda s: s.get_one(Employment, employment).public_id)
    place = look(lambda s: s.get_one(Organization, organization).public_id)

    def look_and_appoint(account_id: int) -> bool:
        found = is_staff(account_id)
        write(lambda session: start_supervision(session, boss, spell, place, at=now()))
        return found

    return look_and_appoint


def test_a_duty_that_begins_during_a_sign_in_refuses_it(
    app: Flask, client: FlaskClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = make.person("Ana")
    looks = appointed_after_the_look(make, ana)
    ask(client, ana.email)
    monkeypatch.setattr(sign_in_views, "is_staff", looks)
    answer = client.post("/sign-in/code/check", data={"code": code_for(app, ana.email), "remember": "y"})
    assert answer.status_code == 400
    assert not is_in(client)
    assert look(queries.list_devices, ana.account_id, now()) == []


def test_a_former_employers_mailbox_opens_nothing(
    app: Flask, client: FlaskClient, make: Make, heard: list[Any]
) -> None:
    ana = make.person("Ana")
    spell = make.employment(ana, make.organization())
    change(update(Contact).values(is_work=True, confirmed_at=now()))
    ask(client, ana.email)
    client.post("/sign-in/code/check", data={"code": code_for(app, ana.email)})
    assert is_in(client)
    (mailbox,) = clients(app, 1)
    ended = now().date() - timedelta(days=2)
    change(update(Employment).where(Employment.id == spell).values(ended_on=ended, end_reason="other"))
    heard.clear()
    mailbox.post("/reset", data={"identifier": ana.email})
    assert heard == []
    ask(mailbox, ana.email)
    answer = mailbox.post("/sign-in/code/check", data={"code": code_for(app, ana.email)})
    assert answer.location == "/sign-in/code/password"
    assert (
        mailbox.post(answer.location, data={"password": PASSPHRASE}).location
        == "/account/own-contact?next=/account/name"
    )


@pytest.mark.parametrize("typed", ["\u00df" * 254, "a" * 254, "ana@" + "\ufdfa" * 200])
def test_what_is_no_contact_is_harmless(client: FlaskClient, typed: str) -> None:
    assert enter(client, typed, WRONG).status_code == 400
    assert client.post("/sign-in/code", data={"identifier": typed}).status_code == 302
    assert client.post("/reset", data={"identifier": typed}).status_code == 200


def test_a_recycled_number_alone_opens_nothing(app: Flask, client: FlaskClient, make: Make, heard: list[Any]) -> None:
    with_phone(make.person("Ana"))
    old = now() - timedelta(days=400)
    change(update(Contact).where(Contact.kind == "phone").values(confirmed_at=old, added_at=old))
    change(update(Account).values(password_hash=None))
    ask(client, "213 555 0142")
    client.post("/sign-in/code/check", data={"code": code_for(app, "+12135550142")})
    assert client.post("/sign-in/code/password", data={"password": ""}).status_code == 400
    assert client.post("/sign-in/code/password", data={"password": "x"}).status_code == 400
    assert not is_in(client)
    heard.clear()
    client.post("/reset", data={"identifier": "213 555 0142"})
    assert heard == []


def test_the_pages_of_a_code_need_the_one_before(client: FlaskClient) -> None:
    assert client.get("/sign-in/code/check").location == "/sign-in/code"
    assert client.get("/sign-in/code/password").location == "/sign-in/code"


def test_a_code_is_guessed_five_times_and_asked_for_five_times(app: Flask, client: FlaskClient, make: Make) -> None:
    phone = with_phone(make.person())
    ask(client, phone)
    for _ in range(5):
        assert client.post("/sign-in/code/check", data={"code": "x"}).status_code == 400
    assert client.post("/sign-in/code/check", data={"code": code_for(app, phone)}).status_code == 400
    for _ in range(4):
        assert ask(client, phone).status_code == 302
    assert ask(client, phone).status_code == 429
    for _ in range(4):
        client.post("/sign-in/code/check", data={"code": "x"})
    assert client.post("/sign-in/code/check", data={"code": code_for(app, phone)}).status_code == 429


def test_a_code_does_not_skip_the_second_step(app: Flask, client: FlaskClient, make: Make) -> None:
    ana = make.person()
    phone, app_codes = with_phone(ana), with_second_step(ana)
    ask(client, phone)
    answer = client.post("/sign-in/code/check", data={"code": code_for(app, phone)})
    assert answer.location == "/sign-in/second"
    assert not is_in(client)
    client.post("/sign-in/second", data={"code": app_codes.at(now())})
    assert is_in(client)
