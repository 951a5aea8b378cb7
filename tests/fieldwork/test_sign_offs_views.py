"""Pages of sign-offs: observing, reading, answering, withdrawing, and what a stranger meets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.content.library import current
from lms.content.service import publish
from lms.db import reading, write
from lms.fieldwork import queries
from lms.fieldwork.messages.sign_offs import state_of
from lms.fieldwork.models import Observation, ObservationDraft
from lms.fieldwork.queries import sign_offs as observations
from lms.ids import new_client_id
from tests.conftest import Browser
from tests.databases import real_content
from tests.factories import MadePerson, Make, day, sign_in
from tests.fieldwork.hours_story import AT, CHECKLIST, Team, levels, make_team, revision_id
from tests.home.conftest import counted
from tests.organizations.conftest import rows
from tests.tracks.test_views import field_of, text_of


@pytest.fixture
def team(make: Make, content_app: Flask) -> Team:
    content_app.config["WTF_CSRF_ENABLED"] = False
    content_app.test_client_class = Browser
    return make_team(make)


@pytest.fixture
def ana(team: Team, content_app: Flask) -> FlaskClient:
    return sign_in(content_app.test_client(), team.ana)


@pytest.fixture
def boss(team: Team, content_app: Flask) -> FlaskClient:
    return sign_in(content_app.test_client(), team.boss)


def page_of(person: MadePerson) -> str:
    return f"/team/people/{person.person_public_id}/observe/{CHECKLIST}"


def typed(*, without: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    """Return what the form of an observation sends, every line without help."""
    lines = {f"item-{item}": level for item, level in levels().items() if item not in without}
    made = {
        "client_id": new_client_id(),
        "observed_on": day(-1).isoformat(),
        "place": "Market in the east",
        "language": "es",
        "comment": "You listen.",
        "saw": "y",
        "seen": "0",
        "revision": str(revision_id()),
        "do": "sign",
    }
    return {**made, **lines, **changes}


def sign(client: FlaskClient, person: MadePerson, **changes: Any) -> str:
    """Sign by the page, and return the address for staff."""
    answer = client.post(page_of(person), data=typed(**changes))
    assert answer.status_code == 302, text_of(answer, answer.status_code)
    return str(answer.location)


def test_before_the_first_the_pages_say_how_to_begin(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    assert "No sign-offs yet" in text_of(ana.get("/sign-offs"))
    assert "/sign-offs" in ana.get("/record").get_data(as_text=True)
    path = f"/team/people/{team.ana.person_public_id}/sign-offs"
    assert "Observe: Observed in the field" in text_of(boss.get(path))
    assert path in boss.get(f"/team/people/{team.ana.person_public_id}").get_data(as_text=True)
    assert "Signed lately" in text_of(boss.get("/team/sign-offs"))


def test_observed_signed_read_and_answered(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    said = text_of(boss.get(page_of(team.ana)))
    assert "7 of 10 lines are at “Without help”" in said
    assert said.count("Must") == 5
    address = sign(boss, team.ana, with_interpreter="y")
    said = text_of(boss.get(address))
    for words in (
        "Signed off until",
        "10 of 10 lines",
        "Boss",
        "Market in the east",
        "with an interpreter",
        "You listen.",
    ):
        assert words in said
    (own,) = rows(Observation.public_id)[0]
    assert "Observed in the field" in text_of(ana.get("/sign-offs"))
    assert "No: one answers for the other at work" in text_of(ana.get(f"/sign-offs/{own}"))
    answer = ana.post(f"/sign-offs/{own}/answer", data={"words": ""})
    assert "fill this in" in text_of(answer, 400)
    answer = ana.post(f"/sign-offs/{own}/answer", data={"words": "I was alone."}, follow_redirects=True)
    assert "I was alone." in text_of(answer)
    assert "Put it beside" not in text_of(answer)
    again = ana.post(f"/sign-offs/{own}/answer", data={"words": "Something else."})
    assert "You have answered already." in text_of(again, 400)
    assert "Her answer I was alone." in text_of(boss.get(address))


def test_what_did_not_pass_says_why(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    sign(boss, team.ana, **{"item-role": "not-yet", "item-greets": "with-help"})
    said = text_of(ana.get(f"/sign-offs/{rows(Observation.public_id)[0][0]}"))
    assert "8 of 10 lines are at “Without help”; 7 are needed." in said
    assert "These must be at that level, and are not yet: Stays within the role" in said
    assert "This is no failure" in said
    assert "Not yet" in text_of(ana.get("/sign-offs"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"without": ("role",)}, "Please choose one for every line."),
        ({"item-role": "superb"}, "Please choose one for every line."),
        ({"saw": ""}, "Only who watched it can sign it."),
        ({"place": ""}, "Please fill this in."),
        ({"place": "At 213 555 0144"}, "leave out what could tell who a client is"),
        ({"language": ""}, "Please choose one."),
        ({"language": "fr"}, "Please choose one of those"),
        ({"observed_on": "2999-01-01"}, "This day has not come yet."),
        ({"observed_on": day(-31).isoformat()}, "memory fades"),
        ({"observed_on": ""}, "Please fill this in."),
        ({"comment": "x" * 1001}, "at most 1000 letters"),
        ({"revision": "999999"}, "The checklist was changed meanwhile."),
        ({"revision": "x"}, ""),
        ({"seen": "7"}, "in another window meanwhile"),
    ],
)
def test_what_is_refused_keeps_what_was_typed(
    boss: FlaskClient, team: Team, changes: dict[str, Any], words: str
) -> None:
    answer = boss.post(page_of(team.ana), data=typed(**changes))
    assert words in text_of(answer, 400)
    html = answer.get_data(as_text=True)
    assert html.count(" checked") >= 10
    assert rows(Observation.id) == []
    if words.startswith(("The checklist", "in another")):
        assert field_of(answer, "revision") == str(revision_id())
        again = typed(revision=field_of(answer, "revision"), seen=field_of(answer, "seen"))
        assert boss.post(page_of(team.ana), data=again).status_code == 302


def test_a_draft_comes_back(boss: FlaskClient, ana: FlaskClient, team: Team) -> None:
    data = {"client_id": new_client_id(), "do": "draft", "place": "Market", "item-role": "alone", "seen": "0"}
    answer = boss.post(page_of(team.ana), data=data, follow_redirects=True)
    said, html = text_of(answer), answer.get_data(as_text=True)
    assert "You have begun: this is your draft." in said
    assert 'value="Market"' in html
    assert html.count(" checked") == 1
    stale = boss.post(page_of(team.ana), data={**data, "place": "Another window"})
    assert "in another window meanwhile" in text_of(stale, 400)
    assert "Another window" in stale.get_data(as_text=True)
    assert field_of(stale, "seen") == "1"
    assert "No sign-offs yet" in text_of(ana.get("/sign-offs"))
    sign(boss, team.ana, seen="1")
    assert rows(ObservationDraft.id) == []


def test_a_day_on_which_she_was_not_there_is_told(boss: FlaskClient, team: Team) -> None:
    late = team.make.person()
    team.make.employment(late, team.place, since=day(-3))
    answer = boss.post(page_of(late), data=typed(observed_on=day(-4).isoformat()))
    assert "You could not observe her on this day" in text_of(answer, 400)


def test_withdrawn_stays_to_be_read(boss: FlaskClient, ana: FlaskClient, team: Team) -> None:
    address = sign(boss, team.ana)
    assert "fill this in" in text_of(boss.post(address + "/withdraw", data={"words": ""}), 400)
    answer = boss.post(address + "/withdraw", data={"words": "It was another person."}, follow_redirects=True)
    assert "It was another person." in text_of(answer)
    assert "It was withdrawn on" in text_of(ana.get("/sign-offs/" + address.rsplit("/", 1)[1]))
    assert queries.signed_off(reading(), None) == []


def test_how_it_stands_follows_from_the_day(team: Team, content_app: Flask) -> None:
    team.sign(at=AT)
    (row,) = observations.list_observations(reading(), observations.is_of(team.ana.person_id))
    assert row.valid_until is not None
    with content_app.test_request_context():
        stands = [
            state_of(each, today)[0]
            for each, today in (
                (row, row.valid_until),
                (row, row.valid_until + timedelta(days=1)),
                (replace(row, valid_until=None), row.valid_until + timedelta(days=1)),
                (replace(row, passed=False), row.observed_on),
                (replace(row, withdrawn_at=AT), row.observed_on),
            )
        ]
    assert stands == ["good", "attention", "good", "now", "plain"]


def test_a_certifier_finds_whom_to_observe(team: Team, content_app: Flask) -> None:
    certifier = sign_in(content_app.test_client(), team.certifier)
    found = certifier.get("/team/sign-offs?q=Ana")
    path = f"/team/people/{team.ana.person_public_id}/sign-offs"
    assert path in found.get_data(as_text=True)
    assert "Nobody found" in text_of(certifier.get("/team/sign-offs?q=Xyz"))
    assert "Observe" in text_of(certifier.get(path))
    said = text_of(certifier.get(sign(certifier, team.ana)))
    assert "Yes: neither answers for the other at work" in said


def test_a_supervisor_finds_her_own_people_alone(boss: FlaskClient, team: Team) -> None:
    other = team.make.person("Ana of the other house")
    team.make.employment(other, team.elsewhere)
    said = text_of(boss.get("/team/sign-offs?q=ana"))
    assert "Ana" in said
    assert "other house" not in said
    assert "Nobody found" in text_of(boss.get("/team/sign-offs?q=Boss")), "nobody observes herself"


def test_a_stranger_meets_missing_pages(boss: FlaskClient, team: Team, content_app: Flask) -> None:
    address = sign(boss, team.ana)
    own = address.replace("/team", "")
    for person in (team.stranger, team.make.person(), team.ana):
        client = sign_in(content_app.test_client(), person)
        for path in (address, page_of(team.ana), f"/team/people/{team.ana.person_public_id}/sign-offs"):
            assert client.get(path).status_code == 404, path
        assert client.post(page_of(team.ana), data=typed()).status_code == 404
        assert client.post(address + "/withdraw", data={"words": "x"}).status_code == 404
        if person is not team.ana:
            assert client.get(own).status_code == 404
            assert client.post(own + "/answer", data={"words": "x"}).status_code == 404
    assert boss.get(own).status_code == 404
    assert boss.get(page_of(team.boss)).status_code == 404
    assert boss.get(page_of(team.ana) + "-2").status_code == 404
    assert boss.get(f"/team/people/{'0' * 20}/sign-offs").status_code == 404
    assert len(rows(Observation.id)) == 1


def test_an_older_checklist_reads_as_it_was(boss: FlaskClient, ana: FlaskClient, team: Team) -> None:
    """What was signed stays what it was, also when the checklist is published anew or is not used any more."""
    address = sign(boss, team.ana)
    write(lambda s: publish(s, [each for each in real_content() if each.kind != "checklist"], None, at=AT))
    assert current(reading()).keys("checklist") == ()
    assert "Greets with respect" in text_of(boss.get(address))
    assert CHECKLIST in text_of(ana.get("/sign-offs"))
    assert boss.get(page_of(team.ana)).status_code == 404


def test_in_her_language(boss: FlaskClient, ana: FlaskClient, team: Team) -> None:
    own = sign(boss, team.ana).replace("/team", "")
    ana.post("/language/to", data={"next": "/sign-offs"})
    said = text_of(ana.get(own))
    assert "Taʻe ha tokoni" in said
    assert "Greets with respect" not in said


def test_lists_take_as_many_queries_for_many_as_for_one(boss: FlaskClient, ana: FlaskClient, team: Team) -> None:
    team.sign()
    paths = ((boss, "/team/sign-offs"), (ana, "/sign-offs"))

    def count(client: FlaskClient, path: str) -> int:
        client.get(path)
        with counted() as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    few = [count(client, path) for client, path in paths]
    for _ in range(12):
        team.sign()
    assert [count(client, path) for client, path in paths] == few
    assert max(few) <= 6
