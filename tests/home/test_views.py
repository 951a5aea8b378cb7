"""The gathering pages over HTTP: who may open them, what they say, and how many queries they take."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, update

from lms.assessments.models import Attempt
from lms.audit.models import AuditEvent
from lms.certificates.models import Application, Award, Edition
from lms.clock import now
from lms.competencies.models import Attainment, Evidence
from lms.config import ROOT
from lms.content.library import Text, current
from lms.db import reading
from lms.home import queries
from lms.home.views.words import Titles, label_of, marked
from lms.i18n import format_instant
from lms.organizations.models import Employment, Supervision
from lms.people.models import Person
from lms.publish import publish_directory
from lms.scheduler.models import RecurringTask
from lms.tracks.models import Enrolment
from lms.tracks.service import choose_levels, waive
from tests.factories import MadePerson, Make, day, sign_in
from tests.home.conftest import CORE, FIRST, Story, counted, instant

PAGES = {
    "/learn": {"worker", "supervisor", "trainer", "translator", "certifier", "analyst", "viewer", "administrator"},
    "/record": {"worker", "supervisor", "trainer", "translator", "certifier", "analyst", "viewer", "administrator"},
    "/record.json": {
        "worker",
        "supervisor",
        "trainer",
        "translator",
        "certifier",
        "analyst",
        "viewer",
        "administrator",
    },
    "/team": {"supervisor"},
    "/admin": {"administrator"},
}
HOMES = {
    "worker": "/learn",
    "supervisor": "/team",
    "trainer": "/sessions/plan",
    "translator": "/learn",
    "certifier": "/certify",
    "analyst": "/reports",
    "viewer": "/reports",
    "administrator": "/admin",
}


def main(client: FlaskClient, path: str) -> str:
    """Return the words and marks of a page between its header and footer."""
    response = client.get(path)
    assert response.status_code == 200, path
    text = response.get_data(as_text=True)
    return text[text.index("<main") : text.index("</main")]


def words(html: str) -> str:
    """Return what is read on a page, blanks collapsed."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def holder(make: Make, role: str) -> MadePerson:
    """Return a person who holds one role."""
    place = make.organization(kind="department")
    if role == "supervisor":
        return make.supervisor(place)
    roles = () if role == "worker" else (role,)
    return make.person(roles=roles, views=place if role == "viewer" else None)


@pytest.mark.parametrize("role", HOMES)
def test_every_role_against_every_page(story: Story, make: Make, client: FlaskClient, role: str) -> None:
    sign_in(client, holder(make, role))
    assert client.get("/").headers["Location"] == HOMES[role]
    for path, allowed in PAGES.items():
        assert client.get(path).status_code == (200 if role in allowed else 404), path
    assert client.get("/team/people/nobody").status_code == 404


def test_signed_out(story: Story, client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == "/sign-in"
    for path in (*PAGES, "/team/people/x"):
        assert client.get(path).headers["Location"] == f"/sign-in?next={path}"


# ── What do I do next? ───────────────────────────────────────────────────────


def test_a_new_worker_is_shown_where_to_begin(story: Story, make: Make, client: FlaskClient) -> None:
    sign_in(client, make.person("Sēini Kauʻuhila"))
    html = main(client, "/learn")
    assert 'Hello, <bdi class="name" translate="no">Sēini Kauʻuhila</bdi>' in html
    assert html.index("You could begin here") < html.index('href="/tracks/first-steps"') < html.index("/tracks/core")
    assert html.count("/tracks/first-steps") == 1


def test_a_level_that_no_employer_uses_is_not_shown_but_what_she_began_is(
    story: Story, make: Make, client: FlaskClient
) -> None:
    hope, other = make.organization("Hope"), make.organization("Other")
    admin = story.actor(make.person(roles=("administrator",)), "administrator")
    ana, begun = make.person(), make.person()
    for person in (ana, begun):
        make.employment(person, hope)
    story.enrol(begun, "core")
    sign_in(client, ana)
    assert "/tracks/core" in main(client, "/learn")
    story.run(lambda s: choose_levels(s, admin, hope, ["entry"], at=instant(0)) and None)
    html = main(client, "/learn")
    assert "/tracks/core" not in html and "/tracks/first-steps" in html
    assert client.get("/tracks/core").status_code == 200, "who looks for it finds it all the same"
    make.employment(ana, other)
    assert "/tracks/core" in main(client, "/learn"), "another employer uses it"
    sign_in(client, begun)
    assert "/tracks/core" in main(client, "/learn")
    story.run(lambda s: choose_levels(s, admin, hope, ["lead"], at=instant(0)) and None)
    assert "Core training" in main(client, "/learn"), "her way goes on"


def test_the_next_lesson_then_the_quiz_then_the_survey(story: Story, make: Make, client: FlaskClient) -> None:
    person = make.person()
    story.enrol(person)
    sign_in(client, person)
    html = main(client, "/learn")
    assert "Lesson 1 of 5, about 8 min" in html
    assert 'href="/modules/communication/lessons/listening">Begin</a>' in html
    story.lesson(person, "communication", "listening", "plain-language")
    html = main(client, "/learn")
    assert "Lesson 3 of 5" in html
    assert 'href="/modules/communication/lessons/across-languages">Go on</a>' in html
    assert 'value="2" max="7"' in html
    story.lesson(person, "communication", "across-languages", "keeping-it-private", "notes-and-team")
    assert 'href="/modules/communication/quiz">To the quiz</a>' in main(client, "/learn")
    story.attempt(person, "communication", passed=False)
    assert "Try the quiz again" in main(client, "/learn")
    story.attempt(person, "communication", passed=None, number=2)
    assert "Go on with the quiz" in main(client, "/learn")
    story.run(lambda session: session.execute(update_attempt()) and None)
    html = main(client, "/learn")
    assert "Nobody sees your name" in html
    assert 'href="/modules/communication/survey">Begin</a>' in html
    story.survey(person, "communication")
    assert 'href="/modules/communication">Go on</a>' in main(client, "/learn")
    story.complete(person, "communication")
    html = main(client, "/learn")
    assert "/modules/outreach/lessons/finding-people" in html
    assert "1 of 2 steps" in html
    assert "Done on" in html


def test_while_a_wait_runs_home_says_when_it_ends(
    story: Story, make: Make, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = shutil.copytree(ROOT / "content", tmp_path / "content")
    quiz = library / "modules" / "communication" / "quiz.yml"
    quiz.write_text(f"limits: {{wait_hours: 24}}\n{quiz.read_text(encoding='utf-8')}", encoding="utf-8")
    publish_directory(library, at=instant(0))
    person = make.person()
    story.enrol(person)
    story.lesson(person, "communication", "listening", "plain-language", "across-languages", "keeping-it-private")
    story.lesson(person, "communication", "notes-and-team")
    story.attempt(person, "communication", passed=False)
    sign_in(client, person)
    moment = instant(-1) - timedelta(minutes=1)
    monkeypatch.setattr("lms.home.views.learn.now", lambda: moment)
    with counted() as seen:
        html = main(client, "/learn")
    assert f"You can try this quiz again from {format_instant(instant(-1))}." in html
    assert "Try the quiz again" not in html
    assert 'href="/modules/communication/quiz">See your result</a>' in html
    assert len(seen) <= 12
    monkeypatch.undo()
    assert "Try the quiz again" in main(client, "/learn")


def update_attempt() -> Any:
    return (
        update(Attempt)
        .where(Attempt.number == 2)
        .values(passed=True, submitted_at=instant(-1), graded_at=instant(-1), percent=88)
    )


def test_what_is_due_stands_in_words_and_late_is_said_kindly(story: Story, make: Make, client: FlaskClient) -> None:
    place, person = make.organization("Fale Ola"), make.person()
    supervisor = make.supervisor(place)
    employment = make.employment(person, place)
    story.enrol(person, CORE)
    story.assign(supervisor, place, [person], due=-2)
    sign_in(client, person)
    html = main(client, "/learn")
    weekday = day(-2).strftime("%A, %B ") + str(day(-2).day)
    assert f"The date was {weekday}" in html
    assert "You can still finish it." in html
    assert "Asked by Fale Ola" in html
    assert html.index("First steps</span>") < html.index("Your other tracks") < html.index("/tracks/core")
    assert "1 of 11" not in html
    assert "0 of 24 steps" in html
    story.run(
        lambda s: s.execute(update(Employment).where(Employment.id == employment).values(ended_on=day(-1))) and None
    )
    html = main(client, "/learn")
    assert "The date was" not in html
    assert "Fale Ola" not in html


def test_the_most_urgent_of_two_employers_counts(story: Story, make: Make, client: FlaskClient) -> None:
    one, two, person = make.organization("One"), make.organization("Two"), make.person()
    for place, due in ((one, None), (two, 40), (make.organization("Three"), 60)):
        make.employment(person, place)
        story.assign(make.supervisor(place), place, [person], due=due)
    sign_in(client, person)
    html = main(client, "/learn")
    assert "Asked by Two" in html
    assert "Please finish by" in html


def test_after_the_track_she_waits_is_asked_or_refused(story: Story, make: Make, client: FlaskClient) -> None:
    person, certifier = make.person(), make.person(roles=("certifier",))
    story.finish_first(person)
    sign_in(client, person)
    html = main(client, "/learn")
    assert "You have finished this track" in html
    assert "we will write to you" in html
    public_id = story.decide(person, certifier, "ask")
    html = main(client, "/learn")
    assert "There is a question for you" in html
    assert f'href="/record/applications/{public_id}">Read and answer</a>' in html
    assert "Decisions" not in html
    assert "There is a question for you" in main(client, "/record")
    story.run(lambda session: session.execute(update(Application).values(state="refused")) and None)
    html = main(client, "/learn")
    assert "Not certified yet" in html
    assert "Read the decision" in html
    assert "You can answer." in main(client, "/record")


def test_her_name_is_asked_for_before_all_else(story: Story, make: Make, client: FlaskClient) -> None:
    person = make.person("Malia ʻAnau")
    story.finish_first(person, is_named=False)
    story.enrol(person, CORE)
    sign_in(client, person)
    html = main(client, "/learn")
    assert "Is your name right?" in html
    assert "/name" in html
    story.run(lambda session: session.execute(update(Application).values(state="refused")) and None)
    assert "Is your name right?" not in main(client, "/learn")


def test_decisions_wait_beside_what_is_learned(story: Story, make: Make, client: FlaskClient) -> None:
    person, certifier = make.person(), make.person(roles=("certifier",))
    story.finish_first(person)
    story.enrol(person, CORE)
    sign_in(client, person)
    html = main(client, "/learn")
    assert "/modules/relationships/lessons/trust-and-humility" in html
    assert "With the certifier" in html
    story.decide(person, certifier, "refuse")
    assert "Not certified yet. You can answer." in main(client, "/learn")
    story.run(lambda session: session.execute(update(Application).values(state="certified")) and None)
    html = main(client, "/learn")
    assert "With the certifier" not in html
    assert "Being made" in html


def test_a_new_certificate_is_the_first_thing_told(story: Story, make: Make, client: FlaskClient) -> None:
    person, certifier = make.person(), make.person(roles=("certifier",))
    story.finish_first(person)
    story.decide(person, certifier, "certify")
    sign_in(client, person)
    award = story.award(person, kinds=())
    html = main(client, "/learn")
    assert "You are certified" in html
    assert "being signed and drawn" in html
    assert "The certifier looks at it" not in html
    assert "Being made" in html
    assert ".pdf" not in html
    story.run(lambda session: _release(story, session, award))
    html = main(client, "/learn")
    assert "Your certificate is ready" in html
    assert f'href="/record/certificates/{award}">See my certificate</a>' in html
    assert re.search(r'href="/certificates/[^"]+\.pdf" download', html)
    assert "Core training" in html  # what she could begin after certification


def _release(story: Story, session: Any, award: str) -> None:
    award_id = session.scalars(select(Award.id).where(Award.public_id == award)).one()
    edition_id = session.scalars(select(Edition.id).where(Edition.award_id == award_id)).one()
    story._event(session, award_id, edition_id, "issued", -1)


@pytest.mark.parametrize(
    ("kinds", "until", "said"),
    [
        (("issued",), 50, "It ends soon."),
        (("issued",), 500, "Valid until"),
        (("issued",), None, "Valid, without an end date"),
        (("issued",), -1, "Ended on"),
        (("issued", "suspended"), 500, "On hold"),
        (("issued", "revoked"), 500, "Withdrawn"),
    ],
)
def test_how_certificates_stand(
    story: Story, make: Make, client: FlaskClient, kinds: tuple[str, ...], until: int | None, said: str
) -> None:
    person = make.person()
    story.finish_first(person)
    story.award(person, kinds=kinds, until=until, on=-60)
    sign_in(client, person)
    for path in ("/learn", "/record"):
        html = main(client, path)
        assert said in html
        assert (re.search(r"/certificates/[\w-]+\.pdf", html) is not None) is ("revoked" not in kinds)


def test_a_worker_with_nothing_left_rests(story: Story, make: Make, client: FlaskClient) -> None:
    person = make.person()
    story.finish_first(person)
    story.award(person, on=-60)
    story.enrol(person, CORE)
    story.complete(person, *({*story.modules_of(CORE)} - {*story.modules_of(FIRST)}))
    story.run(lambda session: session.execute(update(Application).values(state="certified")) and None)
    sign_in(client, person)
    html = main(client, "/learn")
    assert "Class: communication" in html.split("next-step-action")[0], "the hours are left to do"
    assert "0 min of 8 h so far" in html
    assert "0 min of 40 h so far" in html
    assert "11 of 24 steps" in html
    assert "/tracks/medi-cal-basics" in html.split("What you could begin")[1]


def test_each_employer_who_asks_has_her_own_date_on_the_page(story: Story, make: Make, client: FlaskClient) -> None:
    person = make.person()
    for name, track, due in (("Hope", FIRST, -90), ("Care", FIRST, 20), ("Also", FIRST, 20), ("Care", CORE, 40)):
        place = make.organization(name)
        make.employment(person, place)
        story.assign(make.supervisor(place), place, [person], track, due=due)
    sign_in(client, person)
    said = words(main(client, "/learn"))
    first, others = said.split("Your other tracks")
    assert first.count("The date was") == 1
    assert "You can still finish it. Asked by Hope" in first
    assert first.count("Please finish by") == 1
    assert "Asked by Also and Care" in first
    assert others.count("Please finish by") == 1 and "Asked by Care" in others


def test_how_far_the_next_level_is_stands_in_words(story: Story, make: Make, client: FlaskClient) -> None:
    person = make.person(language="es")
    sign_in(client, person)
    assert "Le falta 1 parte para llegar a “Inicial”." in main(client, "/learn"), "the shortest way: one module"
    story.enrol(person)
    story.complete(person, "communication", "outreach")
    assert "Le faltan 22 partes para llegar a “Esencial”." in main(client, "/learn")


def test_a_supervisor_reads_why_without_reasons(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    person, certifier = staff(make, place, "Sina"), make.person("Vera", roles=("certifier",))
    story.assign(supervisor, place, [person], CORE, due=9)
    actor = story.actor(certifier, "certifier")
    spare = {"reason": "accommodation", "note": "Her own affair", "ends_on": None, "client_id": "e" * 32, "at": now()}
    story.run(lambda s: waive(s, actor, person.person_id, CORE, "outreach", **spare))
    story.complete(person, "communication")
    sign_in(client, supervisor)
    path = f"/team/people/{person.person_public_id}"
    assert f'href="{path}/tracks/{CORE}/why?cycle=1"' in main(client, path)
    said = words(main(client, f"{path}/tracks/{CORE}/why"))
    for expected in (
        "2 of 24 parts done",
        "Counts since",
        "0 min of 40 h so far",
        "Version 1 of the training",
        "Due on",
    ):
        assert expected in said, expected
    for secret in ("accommodation", "agreed", "Her own affair", "Vera", "need not do", "%"):
        assert secret not in said, secret
    assert client.get(f"{path}/tracks/{FIRST}/why").status_code == 404, "not asked for"
    assert client.get(f"{path}/tracks/no-such/why").status_code == 404
    sign_in(client, make.supervisor(make.organization(), "Somebody else"))
    assert client.get(f"{path}/tracks/{CORE}/why").status_code == 404
    sign_in(client, person)
    assert client.get(f"{path}/tracks/{CORE}/why").status_code == 404


def test_why_stands_beside_every_status_and_says_the_next_step(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    ana, luis, none = (staff(make, place, name) for name in ("Ana", "Luis", "Nobody yet"))
    story.finish_first(luis)
    story.assign(supervisor, place, [ana, luis], FIRST, due=5)
    story.assign(supervisor, place, [ana], CORE, due=9)
    story.complete(ana, *story.modules_of(CORE))
    sign_in(client, supervisor)
    html = main(client, "/team")
    links = re.findall(r'href="(/team/people/\w+/tracks/[^"]+/why[^"]*)">Why\?', html)
    assert {link.split("/")[3] for link in links} == {ana.person_public_id, luis.person_public_id}
    for link in links:
        assert client.get(link).status_code == 200, link
    assert none.person_public_id in html
    person = main(client, f"/team/people/{ana.person_public_id}")
    assert person.count("/why?cycle=1") == 2
    said = main(client, f"/team/people/{ana.person_public_id}/tracks/{CORE}/why")
    assert "The simplest next step Class: communication 0 min of 8 h so far See her hours" in words(said)
    assert f'href="/team/people/{ana.person_public_id}/hours"' in said
    done = words(main(client, f"/team/people/{luis.person_public_id}/tracks/{FIRST}/why"))
    assert "The simplest next step" not in done
    own = staff(make, place, "Own")
    story.assign(supervisor, place, [own], FIRST)
    told = words(main(client, f"/team/people/{own.person_public_id}/tracks/{FIRST}/why"))
    assert "The simplest next step Communication" in told
    assert "See her hours" not in told
    sign_in(client, ana)
    record = main(client, "/record")
    for key in (FIRST, CORE):
        assert f'href="/tracks/{key}/why">Why?' in record
        assert client.get(f"/tracks/{key}/why").status_code == 200


def test_a_finished_cycle_says_why_also_once_the_next_has_begun(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    ana = staff(make, place, "Ana")
    story.finish_first(ana)
    story.assign(supervisor, place, [ana], FIRST)
    story.run(lambda s: s.execute(update(Enrolment).values(cycle=2, state="active")) and None)
    sign_in(client, supervisor)
    path = f"/team/people/{ana.person_public_id}"
    assert f"{path}/tracks/{FIRST}/why?cycle=1" in main(client, path)
    said = words(main(client, f"{path}/tracks/{FIRST}/why?cycle=1"))
    assert "Finished on" in said and "2 of 2 parts done" in said
    assert client.get(f"{path}/tracks/{FIRST}/why?cycle=2").status_code == 404, "nobody asked for it"


def test_a_draft_is_marked_and_its_english_stands_once(story: Story, make: Make, client: FlaskClient) -> None:
    person = make.person(language="es")
    story.enrol(person)
    sign_in(client, person)
    html = main(client, "/learn")
    for english in ("First steps", "Communication that builds trust", "Listen first", "Outreach", "Core training"):
        assert len(re.findall(rf'class="both-en" lang="en">{english}<', html)) == 1, english
    assert html.count('class="usa-tag tag--draft"') == 7
    sign_in(client, make.person(language="en"))
    assert "both-en" not in main(client, "/learn")


@pytest.mark.parametrize(
    ("state", "tag"),
    [("approved", None), ("draft", "Draft translation"), ("stale", "Being updated"), ("missing", "Not yet translated")],
)
def test_how_a_title_is_marked(content_app: Flask, state: str, tag: str | None) -> None:
    """The tag stands once on a page; that words are English for want of a translation is said wherever they stand."""
    with content_app.test_request_context():
        titles = Titles(current(reading()), "es", both=False)
        first, again = (titles.title(Text("<Plain>", state, "<Plain>")) for _ in range(2))
        assert (first.tag, again.tag) == (tag, None)
        for label in (first.label, again.label, label_of(Text("<Plain>", state, "<Plain>"))):
            assert label == ('<span lang="en">&lt;Plain&gt;</span>' if state == "missing" else "<Plain>")


def test_a_sentence_marks_the_english_in_it() -> None:
    assert marked("4 & más: <Plain>.", Text("<Plain>", "missing", "<Plain>")) == (
        '4 &amp; más: <span lang="en">&lt;Plain&gt;</span>.'
    )
    assert marked("4 & más: Llano.", Text("Llano", "draft", "Plain")) == "4 &amp; más: Llano."


def test_the_page_is_in_the_language_of_the_reader(story: Story, make: Make, client: FlaskClient) -> None:
    for language in ("en", "es", "to", "sm"):
        sign_in(client, make.person(language=language))
        for path in ("/learn", "/record"):
            assert f'<html lang="{language}">' in client.get(path).get_data(as_text=True)


def test_a_track_that_is_taught_no_more_still_has_its_page(
    story: Story, make: Make, client: FlaskClient, tmp_path: Path
) -> None:
    person = make.person()
    story.enrol(person, CORE)
    story.complete(person, "communication", "outreach")
    rest = shutil.copytree(ROOT / "content", tmp_path / "content")
    shutil.rmtree(rest / "modules" / "public-health")
    for file in (*(rest / "tracks").glob("core*"), *(rest / "tracks").glob("community-prevention*")):
        file.unlink()
    publish_directory(rest, at=instant(0))
    sign_in(client, person)
    for path in ("/learn", "/record"):
        html = main(client, path)
        assert "2 of 24 steps" in html, path
    assert "public-health" in main(client, "/learn")
    assert "/modules/public-health" not in main(client, "/learn")
    assert "What you could begin" in main(client, "/learn")


# ── The record ───────────────────────────────────────────────────────────────


def test_the_whole_record(story: Story, make: Make, client: FlaskClient) -> None:
    one, two = make.organization("Kāinga Lelei"), make.organization("Fale Ola")
    person = make.person("Sina Leʻaupepe")
    make.employment(person, one, until=day(-30), title="Volunteer")
    make.employment(person, two, since=day(-20), title="Promotora")
    story.run(
        lambda s: (
            s.execute(update(Employment).where(Employment.ended_on.is_not(None)).values(end_reason="moved")) and None
        )
    )
    story.finish_first(person)
    story.enrol(person, CORE)
    story.run(lambda s: _withdraw(s, person))
    story.award(person)
    sign_in(client, person)
    text = words(main(client, "/record"))
    for expected in (
        "Sina Leʻaupepe",
        "CHW-",
        "Issued on",
        "Finished on",
        "Not going on",
        "Communication that builds trust",
        "45 min",
        "English",
        "Kāinga Lelei Volunteer",
        "You moved to another organization",
        "Fale Ola Promotora Since",
        "Nobody has looked at it yet.",
        "Save my data",
    ):
        assert expected in text, expected
    assert "What you can do" not in text
    story.run(lambda session: _attain(session, person))
    text = words(main(client, "/record"))
    assert re.search(r"What you can do Skill Since Time Communication [A-Z][a-z]+ \d+, \d+ 45 min chw-lost/x", text)


def _attain(session: Any, person: MadePerson) -> None:
    revision = current(session).get("framework", "chw-core").revision_id
    for competency in ("chw-core/communication", "chw-lost/x"):
        fact = {"person_id": person.person_id, "competency": competency}
        credit = {"source_kind": "module", "source_key": "communication", "minutes": 45, "earned_on": day(-9)}
        session.add(Evidence(**fact, **credit))
        session.add(Attainment(**fact, attained_at=instant(-9), attained_on=day(-9), revision_id=revision))


def _withdraw(session: Any, person: MadePerson) -> None:
    session.execute(
        update(Enrolment)
        .where(Enrolment.person_id == person.person_id, Enrolment.track_key == CORE)
        .values(state="withdrawn")
    )


def test_an_empty_record_says_what_will_appear(story: Story, make: Make, client: FlaskClient) -> None:
    sign_in(client, make.person())
    text = words(main(client, "/record"))
    for expected in ("No certificates yet", "No tracks yet", "No organization yet"):
        assert expected in text


def test_the_download_is_a_file_of_her_own(story: Story, make: Make, client: FlaskClient) -> None:
    person, other = make.person("Sina Leʻaupepe"), make.person("Somebody Else")
    for each in (person, other):
        story.finish_first(each)
    sign_in(client, person)
    response = client.get("/record.json")
    assert response.mimetype == "application/json"
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-record.json"'
    body = json.loads(response.get_data(as_text=True))
    assert (body["name"], body["id"]) == ("Sina Leʻaupepe", person.person_public_id)
    assert len(body["modules_completed"]) == 2
    assert "Somebody Else" not in response.get_data(as_text=True)
    assert other.email not in response.get_data(as_text=True)


# ── The team ─────────────────────────────────────────────────────────────────


@pytest.fixture
def place(story: Story, make: Make) -> int:
    return make.organization("Kāinga Lelei")


@pytest.fixture
def supervisor(make: Make, place: int) -> MadePerson:
    return make.supervisor(place, "Rochelle Pennywell")


def staff(make: Make, place: int, name: str, **spell: Any) -> MadePerson:
    person = make.person(name)
    make.employment(person, place, **spell)
    return person


def test_a_team_at_a_glance(story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson) -> None:
    late, soon, done, idle = (staff(make, place, name) for name in ("Ana", "Bea", "Cleo", "Dora"))
    stranger = staff(make, make.organization("Elsewhere"), "Stranger")
    story.assign(supervisor, place, [late], due=-1)
    story.assign(supervisor, place, [soon, done], due=9, at=instant(-9))
    story.complete(late, "communication")
    story.complete(done, "communication", "outreach")
    story.award(done, until=50)
    sign_in(client, supervisor)
    html = main(client, "/team")
    counts = re.findall(r'href="/team\?status=([a-z-]+)"><span class="count-number">(\d+)', html)
    assert counts == [("late", "1"), ("due-soon", "1"), ("lapsing", "1")]
    text = words(html)
    assert "Ana First steps 1 of 2 Was due on" in text
    assert "Bea First steps 0 of 2 Due on" in text
    assert "Cleo First steps Finished on" in text
    assert "Dora Not asked yet Assign a track" in text
    assert "Stranger" not in text
    assert f'/team/people/{late.person_public_id}"' in html
    assert re.search(rf'/team/assign\?organization=[a-z0-9]+&amp;person={idle.person_public_id}"', html)
    assert "Certificate ends on" in words(main(client, "/team?status=lapsing"))
    assert client.get(f"/team/people/{stranger.person_public_id}").status_code == 404
    assert "Elsewhere" not in text
    assert "Kāinga Lelei" in text
    quiet = {
        path: words(link)
        for path, link in re.findall(r'href="(/team/(?:hours|training)|/sessions/plan)"[^>]*>([^<]*)', html)
    }
    assert quiet == {
        "/team/hours": "Hours to countersign",
        "/team/training": "Earlier training that waits",
        "/sessions/plan": "Sessions",
    }, "nothing waits, and the ways are there"


def test_filters_stay_in_the_address(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    story.crowd(place, 120)
    sign_in(client, supervisor)
    html = main(client, "/team?status=none&q=persón&title=Promotora&track=core&page=2")
    assert "120 people" in html
    assert "Person 050" in html
    assert "Person 049" not in html
    assert 'href="/team?page=3&amp;status=none&amp;track=core&amp;title=Promotora&amp;q=pers%C3%B3n"' in html
    assert '<option value="none" selected>' in html
    assert 'value="persón"' in html
    assert "<p>Not asked yet · Core training · Promotora · persón <a" in html
    assert "Show all" in html
    assert "Show all" not in main(client, "/team")
    assert "Person 119" in main(client, "/team?q=person&page=77")
    assert "121 people" in main(client, "/team?status=unheard&track=of&page=x")


def test_lists_say_when_they_are_empty(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    sign_in(client, supervisor)
    assert "Nobody found" in main(client, "/team?q=zzz")
    manager = make.supervisor(make.organization("Head office"), "Boss")
    empty = make.organization("Empty")
    story.run(lambda session: _move_supervision(session, manager, empty))
    sign_in(client, manager)
    html = main(client, "/team")
    assert "Nobody here yet" in html
    assert 'href="/team/staff/new"' in html
    assert "0 people" in html


def _move_supervision(session: Any, person: MadePerson, place: int) -> None:
    employments = select(Employment.id).where(Employment.person_id == person.person_id)
    session.execute(update(Supervision).where(Supervision.employment_id.in_(employments)).values(organization_id=place))


def test_the_latest_act_can_be_taken_back_from_the_page(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    person = staff(make, place, "Ana")
    sign_in(client, supervisor)
    assert "Undo" not in main(client, "/team")
    batch = story.assign(supervisor, place, [person])
    html = main(client, "/team")
    assert "Lately, 1 person was asked to do First steps." in words(html)
    assert f'action="/team/assign/{batch}/undo"' in html
    client.post(f"/team/assign/{batch}/undo", data={"csrf_token": "x"})
    html = main(client, "/team")
    assert "Undo" not in html
    assert "Ana Not asked yet" in words(html)


def test_an_old_act_is_not_offered_to_be_undone(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    story.assign(supervisor, place, [staff(make, place, "Ana")], at=instant(-20))
    sign_in(client, supervisor)
    assert "Undo" not in main(client, "/team")


def test_a_supervisor_of_two_organizations(story: Story, make: Make, client: FlaskClient) -> None:
    one, two = make.organization("One"), make.organization("Two")
    supervisor = make.supervisor(one, "Ana")
    spell = make.employment(supervisor, two)
    story.run(
        lambda s: (
            s.execute(insert(Supervision).values(employment_id=spell, organization_id=two, started_on=day(-9))) and None
        )
    )
    both = make.person("Sina")
    make.employment(both, one)
    make.employment(both, two)
    other = staff(make, two, "Tavita")
    story.assign(supervisor, one, [both], due=-1)
    story.assign(supervisor, two, [both, other], CORE, due=4)
    sign_in(client, supervisor)
    text = words(main(client, "/team"))
    assert "One and Two" in text
    assert "Sina First steps One 0 of 2 Was due on" in text
    assert "Sina Core training Two 0 of 24 Due on" in text
    assert "Tavita Core training Two" in text
    text = words(main(client, f"/team/people/{both.person_public_id}"))
    assert text.index("One") < text.index("First steps") < text.index("Two") < text.index("Core training") or (
        text.index("Two") < text.index("Core training") < text.index("One") < text.index("First steps")
    )


# ── One person ───────────────────────────────────────────────────────────────


def test_what_an_organization_sees_of_one_person(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    person = staff(make, place, "Sina", title="Navigator")
    story.assign(supervisor, place, [person], due=-1)
    story.attempt(person, "communication", passed=False)
    story.complete(person, "communication")
    story.complete(person, "public-health")
    story.enrol(person, CORE)
    sign_in(client, supervisor)
    html = main(client, f"/team/people/{person.person_public_id}")
    text = words(html)
    for expected in ("Sina", "Kāinga Lelei", "Navigator", "First steps", "1 of 2 steps", "Was due on"):
        assert expected in text, expected
    for unexpected in ("37", "Core training", "health", "She has left"):
        assert unexpected not in text, unexpected
    for link in ("/team/assign?organization=", "/terms", "/end", f"/people/{person.person_public_id}/access"):
        assert link in html, link


def test_certificates_that_were_asked_for_or_shared(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    person = staff(make, place, "Sina")
    hidden = story.award(person, FIRST)
    sign_in(client, supervisor)
    path = f"/team/people/{person.person_public_id}"
    assert "Valid until" not in main(client, path)
    story.share(hidden, place)
    html = main(client, path)
    assert "Valid until" in html
    assert re.search(r'href="(/certificates/[^"]+\.pdf)"', html)
    other = staff(make, place, "Tavita")
    story.assign(supervisor, place, [other], at=instant(-9))
    story.award(other, FIRST, kinds=("issued", "revoked"))
    html = main(client, f"/team/people/{other.person_public_id}")
    assert "Withdrawn" in html
    assert ".pdf" not in html
    third = staff(make, place, "Uila")
    story.share(story.award(third), place, withdrawn=True)
    assert "Valid until" not in main(client, f"/team/people/{third.person_public_id}")
    story.assign(supervisor, place, [third], at=instant(-1))
    assert "Valid until" not in main(client, f"/team/people/{third.person_public_id}"), "asked for afterwards"


def test_looking_is_noted_and_she_reads_it(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    person = staff(make, place, "Sina")
    sign_in(client, supervisor)
    for _ in range(2):
        main(client, f"/team/people/{person.person_public_id}")
    main(client, f"/team/people/{supervisor.person_public_id}")
    assert len(queries.list_looks(reading(), person.person_id)) == 1
    assert queries.list_looks(reading(), supervisor.person_id) == []
    sign_in(client, person)
    assert "Rochelle Pennywell , Kāinga Lelei" in words(main(client, "/record"))
    body = json.loads(client.get("/record.json").get_data(as_text=True))
    assert [(row["who"], row["organization"]) for row in body["who_looked"]] == [("Rochelle Pennywell", "Kāinga Lelei")]


def test_a_refused_look_changes_nothing(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    coming = staff(make, place, "Coming", since=day(3))
    stranger = staff(make, make.organization(), "Stranger")
    sign_in(client, supervisor)
    before = reading().execute(select(func.count()).select_from(AuditEvent)).scalar_one()
    reading().rollback()
    for person in (coming, stranger):
        assert client.get(f"/team/people/{person.person_public_id}").status_code == 404
    assert reading().execute(select(func.count()).select_from(AuditEvent)).scalar_one() == before


def test_oneself_and_holders_of_roles(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    analyst = make.person("Analyst", roles=("analyst",))
    make.employment(analyst, place)
    sign_in(client, supervisor)
    html = main(client, f"/team/people/{supervisor.person_public_id}")
    assert "/end" not in html
    assert "/access" not in html
    assert "/access" not in main(client, f"/team/people/{analyst.person_public_id}")


def test_a_worker_who_moved_between_two_organizations(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    new_place = make.organization("Río Hondo")
    new_supervisor = make.supervisor(new_place, "Araceli Montoya")
    person = staff(make, place, "Nélida Óscar", until=day(-20), title="Navigator")
    make.employment(person, new_place, since=day(-18), title="Promotora")
    story.run(
        lambda s: (
            s.execute(update(Employment).where(Employment.ended_on.is_not(None)).values(end_reason="voluntary"))
            and None
        )
    )
    _assign_in_the_past(story, place, supervisor, person)
    story.assign(new_supervisor, new_place, [person], CORE, due=9)
    story.complete(person, "communication", on=-25)
    story.complete(person, "outreach", on=-5)
    story.award(person, on=-3)
    path = f"/team/people/{person.person_public_id}"

    sign_in(client, supervisor)
    assert "Nélida" not in words(main(client, "/team"))
    assert "Nélida Óscar Left on" in words(main(client, "/team?status=left"))
    html = main(client, path)
    text = words(html)
    for expected in ("Kāinga Lelei", "Navigator", "She chose to leave", "She has left", "1 of 2 steps", "Was due on"):
        assert expected in text, expected
    for unexpected in ("Río Hondo", "Promotora", "Core training", "Finished on", "Valid until"):
        assert unexpected not in text, unexpected
    for link in ("/team/assign?", "/terms", "/end", "/access", ".pdf"):
        assert link not in html, link

    said = words(main(client, f"{path}/tracks/{FIRST}/why"))
    for expected in ("1 of 2 parts done", "What counts Communication", "What is missing Outreach", "Was due on"):
        assert expected in said, "as it stood on her last day"
    assert client.get(f"{path}/tracks/{CORE}/why").status_code == 404, "that she was asked for elsewhere"

    sign_in(client, new_supervisor)
    assert client.get(f"{path}/tracks/{FIRST}/why").status_code == 404
    assert "2 of 24 parts done" in words(main(client, f"{path}/tracks/{CORE}/why"))
    text = words(main(client, path))
    for expected in ("Río Hondo", "Promotora", "Core training", "2 of 24 steps"):
        assert expected in text, expected
    for unexpected in ("Kāinga Lelei", "Navigator", "leave", "First steps", "Valid until"):
        assert unexpected not in text, unexpected
    make.employment(person, place, since=day(-1), title="Back again")
    sign_in(client, supervisor)
    text = words(main(client, path))
    assert text.index("Back again") < text.index("2 of 2 steps") < text.index("Nothing was assigned then.")
    assert "Valid until" in text


def _assign_in_the_past(story: Story, place: int, supervisor: MadePerson, person: MadePerson) -> None:
    """Assign while she worked there: the service refuses what is no longer so, so the spell is opened meanwhile."""
    ended = update(Employment).where(Employment.person_id == person.person_id, Employment.organization_id == place)
    story.run(lambda s: s.execute(ended.values(ended_on=None, end_reason=None)) and None)
    story.assign(supervisor, place, [person], due=-22, at=instant(-40))
    story.run(lambda s: s.execute(ended.values(ended_on=day(-20), end_reason="voluntary")) and None)


def test_a_later_cycle_does_not_cover_an_earlier_one(
    story: Story, make: Make, client: FlaskClient, place: int, supervisor: MadePerson
) -> None:
    person = staff(make, place, "Sina")
    story.assign(supervisor, place, [person], due=3)
    story.complete(person, "communication", "outreach")
    renewed = {"person_id": person.person_id, "track_key": FIRST, "cycle": 2, "started_at": instant(0)}
    revision = reading().execute(select(Enrolment.revision_id)).scalar_one()
    story.run(lambda session: session.add(Enrolment(**renewed, revision_id=revision)))
    sign_in(client, supervisor)
    text = words(main(client, f"/team/people/{person.person_public_id}"))
    assert "First steps 2 of 2 steps Finished on" in text


# ── The office ───────────────────────────────────────────────────────────────


def test_the_office_shows_what_waits_and_what_went_wrong(story: Story, make: Make, client: FlaskClient) -> None:
    sign_in(client, make.person(roles=("administrator",)))
    text = words(main(client, "/admin"))
    for expected in ("No letter has failed.", "No job has run yet", "Publication 1"):
        assert expected in text, expected
    for path in ("/admin/people", "/admin/organizations", "/admin/recoveries", "/certify/certificates"):
        assert f'href="{path}"' in main(client, "/admin"), path

    def fn(session: Any) -> None:
        for name, result in (("letters", "3 sent"), ("forget", "OperationalError: no such table"), ("new", None)):
            row = RecurringTask(name=name, next_run_at=instant(1), last_run_at=instant(0), last_result=result)
            session.add(row)

    story.run(fn)
    html = main(client, "/admin")
    assert 'status--good">3 sent' in html
    assert 'status--problem">OperationalError' in html
    assert "not run yet" in html


def test_an_office_before_anything_is_published(app: Flask, make: Make, client: FlaskClient) -> None:
    sign_in(client, make.person(roles=("administrator",)))
    assert "Nothing is published yet" in main(client, "/admin")
    assert "Nothing to do now" in main(client, "/learn")


# ── Queries ──────────────────────────────────────────────────────────────────


def measured(client: FlaskClient, path: str) -> int:
    """Return how many statements a page takes once the process knows the publication."""
    client.get(path)
    with counted() as statements:
        assert client.get(path).status_code == 200
    return len(statements)


def test_a_team_takes_as_many_queries_for_three_as_for_three_hundred(
    story: Story, make: Make, client: FlaskClient
) -> None:
    found = []
    for number in (3, 300):
        place = make.organization()
        supervisor = make.supervisor(place, "Ana")
        people = story.crowd(place, number)
        story.assign(supervisor, place, people[: number // 2 + 1], due=-2)
        story.assign(supervisor, place, people, CORE, due=20)
        sign_in(client, supervisor)
        public_id = _public_id(people[0])
        paths = ["/team", "/team?page=2", f"/team/people/{public_id}", "/learn", "/record", "/record.json"]
        paths += [f"/team?status={status}" for status in ("late", "due-soon", "on-time", "done", "none", "lapsing")]
        found.append({path.replace(public_id, "x"): measured(client, path) for path in paths})
    assert found[0] == found[1]
    assert max(found[0].values()) <= 12


def _public_id(person_id: int) -> str:
    return reading().execute(select(Person.public_id).where(Person.id == person_id)).scalar_one()


def test_a_full_record_takes_as_many_queries_as_an_empty_one(story: Story, make: Make, client: FlaskClient) -> None:
    found = []
    for full in (False, True):
        person = make.person()
        if full:
            for _ in range(6):
                place = make.organization()
                make.employment(person, place)
                story.assign(make.supervisor(place), place, [person], CORE, due=3)
            story.finish_first(person)
            story.complete(person, "public-health")
            for number in range(8):
                story.award(person, f"track-{number}")
        sign_in(client, person)
        found.append({path: measured(client, path) for path in ("/learn", "/record", "/record.json")})
    # What a track asks for beside modules, and which levels her employers use.
    practice = {"/learn": 1, "/record": 0, "/record.json": 0}
    assert {path: count + practice[path] for path, count in found[0].items()} == found[1]
    assert max(found[1].values()) <= 12


def test_the_office_takes_at_most_twelve_queries(story: Story, make: Make, client: FlaskClient) -> None:
    sign_in(client, make.person(roles=("administrator",)))
    assert measured(client, "/admin") <= 12
