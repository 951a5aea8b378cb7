"""Pages of the hours ledger: the worker's, the supervisor's, and what a stranger meets."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.clock import now
from lms.db import reading, write
from lms.fieldwork.models import HoursAct, HoursEntry, HoursEvent
from lms.ids import new_client_id
from tests.conftest import Browser
from tests.factories import MadePerson, Make, day, sign_in
from tests.fieldwork.hours_story import Team, make_team, states
from tests.home.conftest import counted
from tests.organizations.conftest import public_id_of, rows
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


def browser(app: Flask, person: MadePerson) -> FlaskClient:
    return sign_in(app.test_client(), person)


def typed(team: Team, **changes: Any) -> dict[str, Any]:
    """Return what the form of a new entry sends."""
    made = {
        "client_id": new_client_id(),
        "organization": public_id_of(team.place),
        "done_on": day(-1).isoformat(),
        "kind": "practicum",
        "site": "Watts library",
        "hours": "2",
        "minutes": "30",
    }
    return {**made, **changes}


def enter(client: FlaskClient, team: Team, **changes: Any) -> str:
    """Enter hours by the page, and return the address of the entry."""
    answer = client.post("/hours/new", data=typed(team, **changes))
    assert answer.status_code == 302, text_of(answer, answer.status_code)
    return str(answer.location)


def state_of(address: str) -> str | None:
    public_id = address.rsplit("/", 1)[1]
    found = reading().scalar(select(HoursEntry.state).where(HoursEntry.public_id == public_id))
    reading().rollback()
    return found


# ── The worker ───────────────────────────────────────────────────────────────


def test_an_empty_ledger_says_how_to_begin(ana: FlaskClient) -> None:
    said = text_of(ana.get("/hours"))
    assert "Write down what you do in the field" in said
    assert "No hours yet" in said
    assert "/hours/new" in ana.get("/hours").get_data(as_text=True)
    assert "/hours" in ana.get("/record").get_data(as_text=True)


def test_entered_shown_and_summed(ana: FlaskClient, team: Team, boss: FlaskClient) -> None:
    address = enter(ana, team, competencies=["chw-core/outreach"], note="Talked with families.")
    said = text_of(ana.get(address))
    for words in (
        "2 h 30 min",
        "Waits for your supervisor",
        "Watts library",
        "Outreach",
        "Talked with families.",
        "Here",
    ):
        assert words in said
    assert "2 h 30 min wait for your supervisor." in text_of(ana.get("/hours"))
    countersign(boss, address)
    assert "Boss countersigned it on" in text_of(ana.get(address))
    said = text_of(ana.get("/hours"))
    assert "2 h 30 min count for you." in said
    assert "Watts library" in ana.get("/hours/new").get_data(as_text=True), "places are suggested"


def test_times_stand_for_hours(ana: FlaskClient, team: Team) -> None:
    address = enter(ana, team, hours="", minutes="", begins="09:00", ends="11:20")
    assert "2 h 20 min" in text_of(ana.get(address))
    assert "9:00 AM to 11:20 AM" in text_of(ana.get(address))


def test_a_second_tap_enters_nothing_and_other_words_are_refused(ana: FlaskClient, team: Team) -> None:
    data = typed(team)
    first = ana.post("/hours/new", data=data).location
    assert ana.post("/hours/new", data=data).location == first
    answer = ana.post("/hours/new", data={**data, "site": "Elsewhere"})
    assert "This form was sent before" in text_of(answer, 400)
    assert states() == ["sent"]


@pytest.mark.parametrize(
    ("changes", "words", "field"),
    [
        ({"hours": "", "minutes": ""}, "at least 15 minutes", "hours"),
        ({"minutes": "31"}, "round the time to 5 minutes", "minutes"),
        ({"hours": "-1"}, "between 0 and 16", "hours"),
        ({"hours": "1e400"}, "integer", "hours"),
        ({"done_on": "2999-01-01"}, "has not come yet", "done_on"),
        ({"done_on": "soon"}, "a day, month and year that exist", "done_on"),
        ({"done_on": day(-61).isoformat()}, "last 60 days", "done_on"),
        ({"kind": "class"}, "choose one of those", "kind"),
        ({"site": ""}, "fill this in", "site"),
        ({"site": "x" * 121}, "at most 120 letters", "site"),
        ({"note": "Call 213 555 0144"}, "leave out what could tell who a client is", "note"),
        ({"begins": "09:00"}, "both times", "ends"),
        ({"begins": "09:00", "ends": "08:00"}, "The end comes after the beginning", "ends"),
        ({"begins": "09:00", "ends": "10:00"}, "less time between begin and end", "ends"),
        ({"organization": "0" * 20}, "choose one of those", "organization"),
        ({"competencies": ["a/b"]}, "a/b", "competencies"),
        ({"client_id": "x"}, "", ""),
    ],
)
def test_what_is_refused_is_told_beside_its_field(
    ana: FlaskClient, team: Team, changes: dict[str, Any], words: str, field: str
) -> None:
    answer = ana.post("/hours/new", data=typed(team, **changes))
    html = answer.get_data(as_text=True)
    assert words in text_of(answer, 400)
    if field not in {"", "organization", "competencies"}:
        assert f'id="{field}-error"' in html
    if field != "site":
        assert "Watts library" in html, "what was typed is kept"
    assert states() == []


def test_a_full_day_says_how_much_room_there_is(ana: FlaskClient, team: Team) -> None:
    enter(ana, team, hours="15", minutes="0")
    answer = ana.post("/hours/new", data=typed(team))
    assert "There is room for 1 h more on this day." in text_of(answer, 400)


def test_without_an_employer_the_page_says_whom_to_ask(team: Team, content_app: Flask) -> None:
    nobody = browser(content_app, team.make.person())
    assert "Ask your supervisor to add you there." in text_of(nobody.get("/hours/new"))
    assert nobody.post("/hours/new", data=typed(team)).status_code == 400


def test_of_two_employers_she_chooses(ana: FlaskClient, team: Team) -> None:
    team.make.employment(team.ana, team.elsewhere, since=day(-30), until=day(-5))
    html = ana.get("/hours/new").get_data(as_text=True)
    assert html.index("Here</option>") < html.index("Elsewhere</option>"), "today's employer stands first"
    answer = ana.post("/hours/new", data=typed(team, organization=public_id_of(team.elsewhere)))
    assert "You did not work there on" in text_of(answer, 400)
    enter(ana, team, organization=public_id_of(team.elsewhere), done_on=day(-6).isoformat())


def test_returned_then_answered(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    address = enter(ana, team)
    give_back(boss, address, "Which library?")
    said = text_of(ana.get(address))
    assert "Boss looked at it and wrote: Which library?" in said
    assert "came back to you" in text_of(ana.get("/hours"))
    assert "fill this in" in text_of(ana.post(address + "/answer", data={"words": ""}), 400)
    answer = ana.post(address + "/answer", data={"words": "The one in Watts."}, follow_redirects=True)
    assert "A supervisor looks at it again." in text_of(answer)
    waiting = text_of(boss.get("/team/hours"))
    assert "Answered" in waiting
    assert "The one in Watts." in text_of(boss.get("/team" + address))


def test_what_came_too_late_is_told(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    address = enter(ana, team)
    late = ana.post(address + "/answer", data={"words": "It is right."})
    assert "Something has changed here meanwhile" in text_of(late, 400)
    ana.post(address + "/withdraw", data={"seen": "sent"})
    late = boss.post(f"/team{address}/return", data={"words": "Which library?"})
    assert "Something has changed here meanwhile" in text_of(late, 400)


def test_corrected_and_the_former_entry_stays(ana: FlaskClient, team: Team) -> None:
    address = enter(ana, team, begins="09:00", ends="11:30", note="Talked.")
    page = ana.get(address + "/correct")
    html = page.get_data(as_text=True)
    for kept in ('value="Watts library"', 'value="09:00"', 'value="30"', "Talked."):
        assert kept in html
    data = typed(team, hours="1", minutes="0", seen=field_of(page, "seen"))
    answer = ana.post(address + "/correct", data=data)
    assert answer.status_code == 302
    assert "You corrected it." in text_of(ana.get(address))
    assert "See what it replaces" in text_of(ana.get(answer.location))
    assert ana.get(address + "/correct").status_code == 404
    assert states() == ["replaced", "sent"]


def test_countersigned_while_she_corrects_is_told(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    address = enter(ana, team)
    data = typed(team, hours="1", minutes="0", seen="sent")
    countersign(boss, address)
    answer = ana.post(address + "/correct", data=data)
    assert "Something has changed here meanwhile" in text_of(answer, 400)
    assert field_of(answer, "seen") == "countersigned"
    assert state_of(address) == "countersigned"
    assert ana.post(address + "/correct", data={**data, "seen": "countersigned"}).status_code == 302


def test_withdrawn(ana: FlaskClient, team: Team) -> None:
    address = enter(ana, team)
    answer = ana.post(address + "/withdraw", data={"seen": "countersigned"}, follow_redirects=True)
    assert "Something has changed here meanwhile" in text_of(answer)
    answer = ana.post(address + "/withdraw", data={"seen": "sent"}, follow_redirects=True)
    assert "You withdrew it. It does not count." in text_of(answer)
    assert "Correct it" not in text_of(answer)


def test_overlapping_times_are_shown(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    first = enter(ana, team, begins="09:00", ends="12:00")
    enter(ana, team, begins="11:00", ends="14:00", hours="3", minutes="0")
    enter(ana, team, done_on=day(-2).isoformat(), begins="09:00", ends="12:00")
    assert text_of(ana.get("/hours")).count("Overlaps with another entry") == 2
    assert "you have another entry, or were in a class" in text_of(ana.get(first))
    assert text_of(boss.get("/team/hours")).count("Overlaps with another entry") == 2


def test_the_other_employers_entries_are_never_told_by_an_overlap(
    ana: FlaskClient, boss: FlaskClient, team: Team
) -> None:
    team.make.employment(team.ana, team.elsewhere)
    enter(ana, team, begins="09:00", ends="12:00")
    enter(ana, team, begins="09:00", ends="12:00", organization=public_id_of(team.elsewhere), site="Secret site")
    for path in ("/team/hours", f"/team/people/{team.ana.person_public_id}/hours"):
        said = text_of(boss.get(path))
        assert "Overlaps" not in said
        assert "Secret" not in said


def test_in_another_language(ana: FlaskClient, team: Team) -> None:
    address = enter(ana, team)
    ana.post("/language/es", data={"next": "/hours"})
    for path in ("/hours", "/hours/new", address, "/sign-offs"):
        page = ana.get(path)
        assert 'lang="es"' in page.get_data(as_text=True)
        assert "Waits for your supervisor" not in text_of(page)


def test_a_language_button_keeps_what_was_typed(ana: FlaskClient, team: Team) -> None:
    answer = ana.post("/hours/new", data={**typed(team, site="Mi biblioteca"), "_language": "es"})
    html = answer.get_data(as_text=True)
    assert 'value="Mi biblioteca"' in html
    assert 'lang="es"' in html
    assert states() == []


# ── The supervisor ───────────────────────────────────────────────────────────


def give_back(client: FlaskClient, address: str, words: str) -> None:
    answer = client.post(f"/team{address}/return", data={"words": words})
    assert answer.status_code == 302, text_of(answer, answer.status_code)


def countersign(client: FlaskClient, *addresses: str) -> Any:
    """Tick entries, look, and confirm."""
    look = client.post("/team/hours/look", data={"entry": [each.rsplit("/", 1)[1] for each in addresses]})
    data = {"entries": field_of(look, "entries"), "client_id": field_of(look, "client_id")}
    return client.post("/team/hours/countersign", data=data, follow_redirects=True)


def test_an_empty_queue(boss: FlaskClient) -> None:
    assert "Nothing waits" in text_of(boss.get("/team/hours"))
    answer = boss.post("/team/hours/look", data={}, follow_redirects=True)
    assert "Please tick at least one entry." in text_of(answer)


def test_ticked_looked_at_confirmed_and_undone(
    ana: FlaskClient, boss: FlaskClient, team: Team, content_app: Flask
) -> None:
    bea = team.make.person("Bea")
    team.make.employment(bea, team.place)
    addresses = [enter(ana, team), enter(browser(content_app, bea), team, hours="1", minutes="0")]
    waiting = text_of(boss.get("/team/hours"))
    assert "2 entries wait for you." in waiting
    assert waiting.index("Ana") < waiting.index("Bea")
    assert " checked" not in boss.get("/team/hours").get_data(as_text=True)
    assert boss.get("/team/hours?all=1").get_data(as_text=True).count(" checked") == 2
    look = boss.post("/team/hours/look", data={"entry": [each.rsplit("/", 1)[1] for each in addresses]})
    said = text_of(look)
    assert "Countersign 2 entries?" in said
    assert "3 h 30 min in all." in said
    data = {"entries": field_of(look, "entries"), "client_id": field_of(look, "client_id")}
    for _ in range(2):  # a double tap
        done = text_of(boss.post("/team/hours/countersign", data=data, follow_redirects=True))
        assert "2 entries count now." in done
    assert len(rows(HoursEvent.id)) == 4
    assert "Lately you countersigned 2 entries." in done
    (undo,) = re.findall(r"/team/hours/acts/\w+/undo", boss.get("/team/hours").get_data(as_text=True))
    assert "2 entries wait again." in text_of(boss.post(undo, follow_redirects=True))
    assert states() == ["sent", "sent"]


def test_after_a_day_an_act_cannot_be_undone_as_one(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    countersign(boss, enter(ana, team))
    (undo,) = re.findall(r"/team/hours/acts/\w+/undo", boss.get("/team/hours").get_data(as_text=True))
    write(lambda s: s.execute(update(HoursAct).values(made_at=now() - timedelta(hours=25))) and None)
    assert "Undo" not in text_of(boss.get("/team/hours"))
    assert "Return an entry with a reason instead." in text_of(boss.post(undo, follow_redirects=True))
    assert states() == ["countersigned"]


def test_what_changed_meanwhile_is_shown_again_before_anything_counts(
    ana: FlaskClient, boss: FlaskClient, team: Team
) -> None:
    first, second = enter(ana, team), enter(ana, team, hours="1", minutes="0")
    look = boss.post("/team/hours/look", data={"entry": [each.rsplit("/", 1)[1] for each in (first, second)]})
    ana.post(first + "/withdraw", data={"seen": "sent"})
    data = {"entries": field_of(look, "entries"), "client_id": field_of(look, "client_id")}
    again = boss.post("/team/hours/countersign", data=data)
    said = text_of(again, 400)
    assert "Something has changed here meanwhile" in said
    assert "Countersign 1 entry?" in said
    assert field_of(again, "client_id") != data["client_id"]
    assert states() == ["withdrawn", "sent"]
    data = {"entries": field_of(again, "entries"), "client_id": field_of(again, "client_id")}
    assert "1 entry counts now." in text_of(boss.post("/team/hours/countersign", data=data, follow_redirects=True))


def test_returned_with_a_reason(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    address = enter(ana, team)
    assert "fill this in" in text_of(boss.post(f"/team{address}/return", data={"words": ""}), 400)
    answer = boss.post(f"/team{address}/return", data={"words": "She is ana@example.org"})
    assert "leave out what could tell who a client is" in text_of(answer, 400)
    give_back(boss, address, "Which library?")
    said = text_of(boss.get("/team" + address))
    assert "Returned to the worker" in said
    assert "Countersign" in said, "a return can be mended"


def test_one_persons_hours(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    path = f"/team/people/{team.ana.person_public_id}"
    assert "No hours yet" in text_of(boss.get(path + "/hours"))
    enter(ana, team)
    assert "Watts library" in text_of(boss.get(path + "/hours"))
    assert path + "/hours" in boss.get(path).get_data(as_text=True)


def test_a_paper_log(boss: FlaskClient, ana: FlaskClient, team: Team) -> None:
    path = f"/team/people/{team.ana.person_public_id}/hours"
    assert "Enter from a paper log" in text_of(boss.get(path))
    data = typed(team, done_on=day(-100).isoformat(), sheet_on=day(-90).isoformat())
    assert "look at the paper log, and tick this" in text_of(boss.post(path + "/paper", data=data), 400)
    answer = boss.post(path + "/paper", data={**data, "signed": "y", "sheet_on": day(-101).isoformat()})
    assert "cannot be older than the day of the work" in text_of(answer, 400)
    answer = boss.post(path + "/paper", data={**data, "signed": "y"}, follow_redirects=True)
    assert "Entered and countersigned." in text_of(answer)
    assert "From a paper log of" in text_of(ana.get(_first_entry()))


def _first_entry() -> str:
    return f"/hours/{rows(HoursEntry.public_id)[0][0]}"


def test_supervisors_hours_are_for_another_or_for_the_office(boss: FlaskClient, team: Team, content_app: Flask) -> None:
    address = enter(boss, team)
    assert "You answer for people at Here yourself." in text_of(boss.get(address))
    assert "Nothing waits" in text_of(boss.get("/team/hours"))
    said = text_of(boss.get("/team" + address))
    assert "Something is wrong?" not in said
    assert boss.post(f"/team{address}/return", data={"words": "x"}).status_code == 404
    office = browser(content_app, team.make.person(roles=("administrator",)))
    assert "Boss" in text_of(office.get("/team/hours"))
    assert "1 entry counts now." in text_of(countersign(office, address))
    assert "Countersigned" in text_of(office.get(f"/team/people/{team.boss.person_public_id}/hours"))


def test_a_stranger_meets_missing_pages(ana: FlaskClient, team: Team, content_app: Flask) -> None:
    address = enter(ana, team)
    stranger, colleague = browser(content_app, team.stranger), browser(content_app, team.make.person())
    office = browser(content_app, team.certifier)
    person = f"/team/people/{team.ana.person_public_id}/hours"
    for client in (stranger, colleague, office):
        for path in (address, address + "/correct", f"/team{address}", person, person + "/paper"):
            assert client.get(path).status_code == 404, path
        for path in (address + "/answer", address + "/withdraw", f"/team{address}/return"):
            assert client.post(path, data={"words": "x", "seen": "sent"}).status_code == 404, path
    public_id = address.rsplit("/", 1)[1]
    data = {"entries": public_id, "client_id": new_client_id()}
    assert stranger.post("/team/hours/countersign", data=data).status_code == 404
    assert "tick at least one" in text_of(
        stranger.post("/team/hours/look", data={"entry": public_id}, follow_redirects=True)
    )
    assert stranger.post(f"/team/hours/acts/{'0' * 20}/undo").status_code == 404
    assert states() == ["sent"]


def test_words_are_shown_as_text(ana: FlaskClient, boss: FlaskClient, team: Team) -> None:
    address = enter(ana, team, site="<b>x</b>", note="<script>1</script>")
    for client, path in ((ana, address), (ana, "/hours/new"), (boss, "/team/hours"), (boss, "/team" + address)):
        html = client.get(path).get_data(as_text=True)
        assert "<b>x" not in html
        assert "<script>1" not in html
        assert "&lt;b&gt;x" in html
    assert unescape("&lt;") == "<"


def test_pages_take_as_many_queries_for_many_as_for_one(
    ana: FlaskClient, boss: FlaskClient, team: Team, content_app: Flask
) -> None:
    enter(ana, team)
    paths = ((ana, "/hours"), (boss, "/team/hours"), (boss, f"/team/people/{team.ana.person_public_id}/hours"))

    def count(client: FlaskClient, path: str) -> int:
        client.get(path)
        with counted() as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    few = [count(client, path) for client, path in paths]
    for number in range(2, 22):
        enter(ana, team, done_on=day(-number).isoformat(), begins="09:00", ends="12:00")
    bea = team.make.person("Bea")
    team.make.employment(bea, team.place)
    enter(browser(content_app, bea), team)
    assert [count(client, path) for client, path in paths] == few
    assert max(few) <= 9
    assert now() > rows(HoursEntry.entered_at)[0][0]
