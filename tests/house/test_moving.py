"""A worker who moved from one CBO to another, through every page that shows supervisors something of her.

The pages come from the table of routes: a new one that a supervisor may call needs a decision here.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import false, func, select, update

from lms.actor import Actor
from lms.assessments import service as quizzes
from lms.assessments.models import PaperForm
from lms.assessments.service import Entered, Kept
from lms.certificates.models import Award
from lms.clock import local_date, now, zone
from lms.db import reading, write
from lms.fieldwork import service as fieldwork
from lms.fieldwork.rules.attendance import Stay
from lms.fieldwork.rules.hours import Sheet
from lms.fieldwork.rules.sessions import SessionPlan, instant_of
from lms.fieldwork.service import Observed, ObserveForm, attendance, sessions, sign_ups
from lms.home.queries.news import team_news
from lms.ids import new_client_id
from lms.notifications.models import Letter
from lms.organizations.models import Employment, EmploymentTerms
from lms.organizations.rules import Criteria
from lms.organizations.service import make_team
from lms.tracks import service as tracks
from lms.tracks.rules import Due, key_alone
from lms.tracks.service import Statement
from lms.training import service as training
from tests.conftest import Browser
from tests.factories import MadePerson, Make, day, sign_in
from tests.fieldwork.hours_story import CHECKLIST, levels, revision_id
from tests.home.conftest import FIRST, Story, instant
from tests.house.test_routes import decided
from tests.organizations.conftest import actor_of, public_id_of
from tests.training.conftest import told

#: What stands in each fact of her time at the one, of her time at the other, and nowhere else.
INSPAN, LATER = "Qinspan", "Qlater"


class Move:
    """Ana worked at Hope until the day before yesterday, and works at Other since yesterday."""

    def __init__(self, make: Make) -> None:
        self.make, self.story = make, Story(make)
        self.hope, self.other = make.organization("Hope"), make.organization("Other")
        self.boss, self.new_boss = make.supervisor(self.hope, "Boss"), make.supervisor(self.other, "New boss")
        self.ana, self.stayer = make.person("Ana Mover"), make.person("Stayer")
        make.employment(self.stayer, self.hope, since=day(-200), title="Stays")
        first = make.employment(self.ana, self.hope, since=day(-90), until=day(-2), title=f"{INSPAN} title")
        second = make.employment(self.ana, self.other, since=day(-1), title=f"{LATER} title")
        for employment, provider in ((first, self.hope), (second, self.other)):
            terms = update(EmploymentTerms).where(EmploymentTerms.employment_id == employment)
            write(lambda s, t=terms, p=provider: s.execute(t.values(supervising_provider_id=p)) and None)  # type: ignore[misc]
        spells = {row.id: row.public_id for row in reading().execute(select(Employment.id, Employment.public_id))}
        reading().rollback()
        self.spells = {"hope": spells[first], "other": spells[second]}
        self.facts: dict[str, dict[str, str]] = {}
        #: Of sheets: who has one in her hand may type its number.
        self.numbers: list[str] = []
        self.facts["hope"] = self._facts(INSPAN, self.hope, self.boss, -40)

    def later(self) -> None:
        """Write all that happens at the other CBO."""
        self.facts["other"] = self._facts(LATER, self.other, self.new_boss, 0)
        self.story.enrol(self.ana, "core", at=instant(0))
        self.story.complete(self.ana, "public-health", on=0)

    def _facts(self, mark: str, place: int, boss: MadePerson, on: int) -> dict[str, str]:
        """Write one of each kind of fact at a place on a day, and return their public ids."""
        at, found = now() + timedelta(days=on), {}
        chief, ana = actor_of(boss, at=at), actor_of(self.ana, at=at)
        track = FIRST if place == self.hope else "core"
        found["batch"] = self.story.assign(boss, place, [self.ana], track, due=on + 20, at=at)
        criteria = Criteria(titles=(f"{mark} title",))
        said = Statement(place, key_alone_of(track), criteria, Due())
        expected = write(lambda s: tracks.plan_statement(s, chief, said, at=at)).new
        rule = write(lambda s: tracks.make_rule(s, chief, said, expected=expected, client_id=new_client_id(), at=at))
        found["rule"] = rule.rule_public_id
        sheet = Sheet(place, day(on), f"{mark} library", "practicum", 60, note=f"{mark} note")
        for name in ("hours", "waiting"):
            key = new_client_id()
            found[name] = write(lambda s, k=key: fieldwork.enter(s, ana, sheet, client_id=k, at=at))  # type: ignore[misc]
        write(lambda s: fieldwork.countersign(s, chief, [found["hours"]], client_id=new_client_id(), at=at))
        form = ObserveForm(CHECKLIST, revision_id(), 0, new_client_id())
        seen = Observed(
            day(on), f"{mark} market", "en", with_interpreter=False, levels=levels(), comment=f"{mark} seen"
        )
        found["sign_off"] = write(lambda s: fieldwork.sign_observation(s, chief, self.ana.person_id, form, seen, at=at))
        found["session"] = self._session(mark, place, boss, on)
        key = new_client_id()
        found["training"] = write(
            lambda s: training.add(s, ana, ana.person_id, told(f"{mark} course"), client_id=key, at=at)
        )
        write(lambda s: training.share(s, ana, found["training"], place, at=at))
        found["team"] = write(
            lambda s: make_team(s, actor_of(boss), place, f"{mark} team", client_id=new_client_id(), at=now())
        )
        found |= self._sheet(chief, "communication" if place == self.hope else "outreach", at)
        if place == self.hope:
            self.story.complete(self.ana, "communication", "outreach", on=on + 5)
        found["award"] = self.story.award(self.ana, track, on=on + 6 if on else 0)
        return found

    def _session(self, mark: str, place: int, boss: MadePerson, on: int) -> str:
        """Hold a session at a place, with her on its list."""
        begins = instant_of(day(on), time(0, 5), zone())
        before, chief = begins - timedelta(days=1), actor_of(boss)
        plan = SessionPlan(f"{mark} class", day(on), time(0, 5), time(2, 5), "en", 10, place=f"{mark} hall")
        plan = SessionPlan(**{**vars(plan), "organization_id": place, "is_open": False})
        held = write(lambda s: sessions.plan_session(s, chief, plan, [], client_id=new_client_id(), at=before))
        ids = [self.ana.person_id]
        ana = actor_of(self.ana, at=begins)
        write(lambda s: sign_ups.sign_up(s, ana, held, ids, language="en", needs_interpreter=False, at=before))
        stays = (Stay(begins, begins + timedelta(hours=2)),)
        after = begins + timedelta(hours=3)
        write(lambda s: attendance.mark(s, chief, held, ids, stays, way="list", at=after))
        return held

    def _sheet(self, chief: Actor, module: str, at: datetime) -> dict[str, str]:
        """Make a sheet for her and enter it; return both."""
        made = write(
            lambda s: quizzes.make_paper(
                s, chief, module, "en", self.ana.person_id, in_class=false(), client_id=new_client_id(), at=at
            )
        )
        number = reading().scalar(select(PaperForm.number).where(PaperForm.public_id == made)) or ""
        reading().rollback()
        self.numbers.append(number)
        sheet = Entered(number, "paper", {}, local_date(at), has_blanks=True, sheet=Kept("0" * 64, "image/jpeg"))
        who = self.ana.person_id
        done = write(
            lambda s: quizzes.enter_result(s, chief, who, sheet, in_class=false(), client_id=new_client_id(), at=at)
        )
        return {"sheet": made, "entered": done.entry}

    def each(self, kind: str) -> list[dict[str, Any]]:
        """Return the address of that kind of thing at both places."""
        return [{"public_id": facts[kind]} for facts in self.facts.values()]


def key_alone_of(track: str) -> str:
    """Return a single module that a standing rule asks for, another one at each place."""
    return key_alone("communication" if track == FIRST else "outreach")


Where = Callable[[Move], list[dict[str, Any]]]
HER: Where = lambda m: [{"public_id": m.ana.person_public_id}]  # noqa: E731
ONCE: Where = lambda m: [{}]  # noqa: E731
SPELLS: Where = lambda m: [{"public_id": each} for each in m.spells.values()]  # noqa: E731


def of(kind: str) -> Where:
    """Return where that kind of thing is shown."""
    return lambda m: m.each(kind)


#: Every page that a supervisor may read, with the addresses at which it would show something of her.
PAGES: dict[str, Where] = {
    "assessments.enter": lambda m: [{**HER(m)[0], "number": number} for number in m.numbers],
    "assessments.entry": of("entered"),
    "assessments.make_paper": lambda m: [{"module_key": "communication"}],
    "assessments.paper": of("sheet"),
    "assessments.papers": ONCE,
    "assessments.people": lambda m: [{}, {"q": "Ana"}],
    "assessments.person": HER,
    "assessments.sit_with": lambda m: [{**HER(m)[0], "module_key": "communication"}],
    "fieldwork.attendance": ONCE,
    "fieldwork.new_cohort": ONCE,
    "fieldwork.observe": lambda m: [{**HER(m)[0], "checklist": CHECKLIST}],
    "fieldwork.paper_hours": HER,
    "fieldwork.person_hours": HER,
    "fieldwork.person_sign_offs": HER,
    "fieldwork.plan": ONCE,
    "fieldwork.staff": of("session"),
    "fieldwork.team_entry": lambda m: [*m.each("hours"), *m.each("waiting")],
    "fieldwork.team_hours": ONCE,
    "fieldwork.team_sign_off": of("sign_off"),
    "fieldwork.team_sign_offs": ONCE,
    "home.export_team": lambda m: [
        {"kind": kind, "status": status} for kind in ("csv", "xlsx") for status in ("", "left")
    ],
    "home.team": lambda m: [{"status": each} for each in ("", "left", "late", "done", "lapsing", "due-soon")],
    "home.team_person": HER,
    "home.team_why": lambda m: [{**HER(m)[0], "key": key} for key in (FIRST, "core")],
    "organizations.end_staff": SPELLS,
    "organizations.staff": ONCE,
    "organizations.stand_ins": ONCE,
    "organizations.start_staff": ONCE,
    "organizations.import_staff": ONCE,
    "organizations.team": of("team"),
    "organizations.teams": ONCE,
    "organizations.terms": SPELLS,
    "organizations.transfer_staff": SPELLS,
    "people.access": HER,
    "reports.download": lambda m: [{"name": "completions", "kind": kind} for kind in ("csv", "xlsx")],
    "reports.index": ONCE,
    "reports.show": lambda m: [{"name": "completions"}],
    "tracks.assign": lambda m: [{}, {"q": "Ana"}],
    "tracks.batch": of("batch"),
    "tracks.batches": ONCE,
    "tracks.change_rule": of("rule"),
    "tracks.levels": ONCE,
    "tracks.reading_with": ONCE,
    "tracks.rule": of("rule"),
    "tracks.standing": ONCE,
    "tracks.upload": ONCE,
    "training.team": ONCE,
    "training.team_new": ONCE,
    "training.team_show": of("training"),
}
#: Pages for everybody who is signed in that show supervisors the staff of theirs.
ALSO: dict[str, Where] = {
    "assessments.sheet_picture": of("entered"),
    **dict.fromkeys(("certificates.card", "certificates.download"), lambda m: []),  # `addresses` adds the serials
    "fieldwork.close": of("session"),
    "fieldwork.correct": lambda m: [{**each, "person_id": m.ana.person_public_id} for each in m.each("session")],
    "fieldwork.plans": ONCE,
    "fieldwork.roster": of("session"),
    "fieldwork.session": of("session"),
    "fieldwork.sessions": ONCE,
    "fieldwork.sheet": lambda m: [{**each, "kind": kind} for each in m.each("session") for kind in ("roster", "sheet")],
    "fieldwork.walk_in": lambda m: [{**each, "q": "Ana"} for each in m.each("session")],
}
#: Routes without a page of her, and why.
NOTHING = {
    **dict.fromkeys(
        (
            "fieldwork.countersign_hours",
            "fieldwork.look_at_hours",
            "fieldwork.return_hours",
            "fieldwork.undo_hours",
            "fieldwork.withdraw_sign_off",
            "organizations.answer_list",
            "organizations.apply_list",
            "organizations.end_stand_in",
            "organizations.end_team",
            "organizations.go_on",
            "organizations.withdraw_list",
            "people.refuse_recovery",
            "people.renew_to_print",
            "people.renew_to_send",
            "people.vouch",
            "tracks.answer_upload",
            "tracks.apply_upload",
            "tracks.compare",
            "tracks.confirm",
            "tracks.ease_upload",
            "tracks.end_rule",
            "tracks.go_on",
            "tracks.make_rule",
            "tracks.undo",
            "training.settle",
        ),
        "changes something, and answers with one of the pages above; see test_nothing_of_hers_can_be_changed_any_more",
    ),
    **dict.fromkeys(
        (
            "organizations.refused_rows",
            "organizations.staff_list",
            "tracks.refused",
            "tracks.upload_plan",
            "tracks.waiting",
        ),
        "shows who brought a list what she brought herself; whom its rows mean is judged anew",
    ),
    "tracks.plan": "what the last look before assigning shows, as a table: staff of today, as in `OF_TODAY`",
    **dict.fromkeys(
        ("people.invitation_image", "people.print_invitation"),
        "an invitation that was not used yet, shown to who made it: tests/house/test_routes.py",
    ),
}
#: Where staff of today are chosen or listed: whoever has left is not there at all.
OF_TODAY = (
    "assessments.people",
    "organizations.staff",
    "organizations.start_staff",
    "organizations.team",
    "tracks.assign",
    "fieldwork.staff",
)


def test_every_page_of_supervisors_has_a_decision() -> None:
    known = {endpoint for (endpoint, _method), roles in decided().items() if roles and roles >= {"supervisor"}}
    supervised = {
        endpoint
        for (endpoint, _method), roles in decided().items()
        if roles and "supervisor" in roles and "worker" not in roles
    }
    assert supervised == set(PAGES) | set(NOTHING), "decide in PAGES or NOTHING what a moved worker's employers see"
    assert not set(PAGES) & set(NOTHING)
    assert set(ALSO) <= known


def addresses(app: Flask, move: Move) -> dict[str, str]:
    """Return every address with the endpoint that answers there."""
    found = {}
    with app.test_request_context():
        for endpoint, where in (PAGES | ALSO).items():
            for values in where(move):
                found[url_for(endpoint, **{name: value for name, value in values.items() if value != ""})] = endpoint
    for serial in reading().scalars(select(Award.serial).order_by(Award.id)):
        found |= {f"/certificates/{serial}.{kind}": "certificates.download" for kind in ("pdf", "json")}
        found[f"/certificates/{serial}/card.pdf"] = "certificates.card"
    reading().rollback()
    return found


def look(client: FlaskClient, found: dict[str, str]) -> dict[str, str]:
    """Return what each address answers: its status, and its text without what differs between any two answers."""
    return {address: _text(client.get(address)) for address in found}


def _text(answer: Any) -> str:
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            parts = sorted(name for name in packed.namelist() if name.startswith("xl/"))
            return f"{answer.status_code} " + " ".join(packed.read(name).decode() for name in parts)
    if answer.data.startswith(b"%PDF"):
        return f"{answer.status_code} PDF"
    text = answer.get_data(as_text=True)
    text = re.sub(
        r'name="(csrf_token|client_id|shown)"[^>]*>|nonce="[^"]*"|nonce-[\w-]+|\?v=\w+|<code>\w{12}</code>', "", text
    )
    return f"{answer.status_code} {text}"


@pytest.fixture
def move(content_app: Flask, make: Make) -> Move:
    """Return the move, and let browsers post."""
    content_app.config["WTF_CSRF_ENABLED"] = False
    content_app.test_client_class = Browser
    return Move(make)


def letters_of(person: MadePerson) -> int:
    """Return how many letters somebody is written."""
    count = reading().scalar(select(func.count()).where(Letter.person_id == person.person_id)) or 0
    reading().rollback()
    return count


def news_of(place: int, reader: MadePerson) -> str:
    """Return what a digest would say."""
    found = repr(team_news(reading(), [place], day(), "en", reader.person_id))
    reading().rollback()
    return found


def test_the_old_supervisor_sees_the_span_alone_and_nothing_that_comes_after(content_app: Flask, move: Move) -> None:
    client = sign_in(content_app.test_client(), move.boss)
    before = look(client, addresses(content_app, move))
    written, news = letters_of(move.boss), news_of(move.hope, move.boss)
    move.later()
    found = addresses(content_app, move)
    after = look(client, found)
    changed = [address for address, text in before.items() if after[address] != text]
    assert changed == [], "something that came after the span changed these"
    for address, text in after.items():
        assert LATER not in text, address
        if found[address] in OF_TODAY:
            assert "Ana Mover" not in text, address
        if any(each in address for each in move.facts["other"].values()):
            assert text.startswith("404"), address
    assert (letters_of(move.boss), news_of(move.hope, move.boss)) == (written, news)
    seen = {found[address] for address, text in after.items() if INSPAN in text}
    kept = {"home.team_person", "fieldwork.person_hours", "fieldwork.team_entry", "fieldwork.team_sign_off"}
    assert seen >= kept | {"fieldwork.roster", "tracks.rule"}, "what lies in the span stays in sight"


def test_the_new_supervisor_sees_nothing_of_the_years_before(content_app: Flask, move: Move) -> None:
    move.later()
    client, found = sign_in(content_app.test_client(), move.new_boss), addresses(content_app, move)
    answers = look(client, found)
    for address, text in answers.items():
        assert INSPAN not in text, address
        if any(each in address for each in (*move.facts["hope"].values(), move.spells["hope"])):
            assert text.startswith("404"), address
    seen = {found[address] for address, text in answers.items() if "Ana Mover" in text}
    assert seen >= {"home.team", "home.team_person", "organizations.staff", "fieldwork.team_hours", "home.export_team"}


def test_she_keeps_everything(content_app: Flask, move: Move) -> None:
    move.later()
    client = sign_in(content_app.test_client(), move.ana)
    for path in ("/record", "/record.json", "/hours", "/sign-offs", "/training"):
        text = client.get(path).get_data(as_text=True)
        assert INSPAN in text and LATER in text, path
    record = client.get("/record.json").get_json()
    assert [each["organization"] for each in record["employments"]] == ["Hope", "Other"]
    assert {each["track"] for each in record["certificates"]} == {FIRST, "core"}


def test_nothing_of_hers_can_be_changed_any_more(content_app: Flask, move: Move) -> None:
    """The old supervisor's open forms, sent after she has left and after what came since."""
    move.later()
    client, other, hers = sign_in(content_app.test_client(), move.boss), move.facts["other"], move.ana
    form = {"client_id": new_client_id(), "ended_on": day().isoformat(), "since": day().isoformat(), "title": "X"}
    form |= {"reason": "moved", "words": "Why?", "entries": other["waiting"], "organization": public_id_of(move.hope)}
    form |= {"started_on": day().isoformat(), "kind": "employee", "contact": "213 555 0199", "person": "x"}
    for path in (
        *(f"/team/staff/{spell}/{act}" for spell in move.spells.values() for act in ("end", "terms", "transfer")),
        f"/people/{hers.person_public_id}/access",
        f"/team/hours/{other['waiting']}/return",
        "/team/hours/countersign",
        f"/team/sign-offs/{other['sign_off']}/withdraw",
        f"/team/rules/{other['rule']}/end",
        f"/team/rules/{other['rule']}/compare",
        f"/team/assign/{other['batch']}/undo",
        f"/team/teams/{other['team']}/end",
        f"/sessions/{other['session']}/roster",
        f"/assess/people/{hers.person_public_id}",
        f"/assess/people/{hers.person_public_id}/sheets/{move.numbers[0]}",
        f"/assess/people/{hers.person_public_id}/quizzes/communication",
        f"/assess/entries/{move.facts['hope']['entered']}",
    ):
        assert client.post(path, data=form).status_code == 404, path
    people = {"organization": public_id_of(move.hope), "track": "core", "people": hers.person_public_id}
    assert client.post("/team/assign/confirm", data=people | {"client_id": new_client_id()}).status_code == 404
