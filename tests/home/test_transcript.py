"""The whole record as a sealed PDF: what it says, in which language, to whom, and that nobody can change it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from lms.certificates.cli import group
from lms.certificates.jobs import finish_issues
from lms.certificates.jobs.checking import TranscriptVerdict, check_any
from lms.certificates.jobs.checking.page import PageFacts, check_page
from lms.certificates.jobs.transcripts import CannotSealError, find_sealer, issuer_of, seal_transcript
from lms.certificates.jobs.workshops import open_workshop
from lms.certificates.models import Edition, SigningKey, StatusEvent
from lms.certificates.models.checks import VerificationCheck
from lms.certificates.rules.serials import show_serial
from lms.certificates.service import retire_key
from lms.clock import now
from lms.competencies.models import Attainment, Evidence
from lms.content.library import Library, current
from lms.db import reading, write
from lms.home.queries import Held, ModuleDone, read_held
from lms.home.views.transcript.writing import About, facts_of, transcript_of
from lms.i18n import force_locale
from lms.people.models import Person
from tests.certificates.drawn import text_of
from tests.certificates.story import award_of, complete, config_of, decide
from tests.conftest import AT
from tests.factories import MadePerson, Make, sign_in
from tests.fieldwork.hours_story import Team
from tests.home.conftest import counted
from tests.keys import ensure_keys
from tests.training.conftest import MODULE, Scene

NAME = "María de los Ángeles Guadalupe Hernández Rodríguez de la Cruz y Villaseñor"
PATH = "/record/transcript.pdf"
EMPTY = (
    "No certificate was awarded yet.",
    "No track was finished yet.",
    "No module was finished yet.",
    "No time towards a skill is on record yet.",
    "No hours in the field or at sessions count yet.",
    "No sign-off was passed yet.",
    "No training from elsewhere was recognized.",
)
#: In each language: the title, and the heading of the modules.
SAID = {
    "en": ("Training record", "Finished modules"),
    "es": ("Registro de capacitación", "Módulos terminados"),
    "to": ("Lekooti ako", "Ngaahi konga ako kuo ʻosi"),
    "sm": ("Faʻamaumauga o aʻoaʻoga", "Vaega aʻoaʻoga ua māeʻa"),
}


@pytest.fixture
def keys(content_app: Flask) -> dict[str, str]:
    return ensure_keys(config_of(content_app), at=AT - timedelta(days=30))


@pytest.fixture
def worker(content_app: Flask, keys: dict[str, str], make: Make) -> MadePerson:
    """Somebody who has something of every kind: a certificate, hours, a sign-off, and training from elsewhere."""
    scene = Scene(make)
    boss, certifier = scene.boss, make.person("Certifier", roles=("certifier",))
    team = Team(make, scene.place, scene.place, scene.worker, boss, boss, boss, certifier)
    team.countersign(team.enter(), team.enter(kind="supervised", minutes=90))
    team.sign()
    scene.recognized()
    scene.recognized(MODULE)
    rename(scene.worker, NAME)
    complete(scene.worker, at=AT)
    decide(certifier, scene.worker, at=AT)
    assert finish_issues(content_app, at=AT) == 1
    write(lambda session: _attain(session, scene.worker.person_id))
    return scene.worker


def _attain(session: Any, person_id: int) -> None:
    """Write one skill as attained; the others have minutes alone."""
    revision = current(session).get("framework", "chw-core").revision_id
    own = {"person_id": person_id, "competency": "chw-core/communication"}
    session.execute(
        insert(Attainment).values(**own, attained_at=AT, attained_on=date(2026, 3, 5), revision_id=revision)
    )
    more = {"person_id": person_id, "source_kind": "module", "source_key": "communication", "minutes": 20}
    session.execute(insert(Evidence).values(**more, competency="chw-lost/x", earned_on=date(2026, 3, 5)))


def rename(person: MadePerson, name: str, language: str = "en", *, invented: bool = False) -> None:
    values = {"name": name, "language": language, "is_demonstration": invented}
    write(lambda s: s.execute(update(Person).where(Person.id == person.person_id).values(**values)) and None)


def whole(content: bytes) -> str:
    """Return the text of all pages, without what stands on each."""
    return " ".join(text_of(content, number) for number in range(len(pypdfium2.PdfDocument(content))))


def checked(app: Flask, content: bytes) -> tuple[TranscriptVerdict, PageFacts]:
    """Return what our own check says of a transcript."""
    trust = open_workshop(config_of(app)).trust
    reading().rollback()
    found = check_any(content, trust, at=now() + timedelta(seconds=1))
    assert isinstance(found, TranscriptVerdict)
    return found, check_page(content, roots=trust.roots)


def got(client: FlaskClient, person: MadePerson, path: str = PATH) -> bytes:
    sign_in(client, person)
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-record.pdf"'
    assert response.headers["Cache-Control"] == "private, no-store"
    return bytes(response.data)


def test_the_transcript_says_what_the_record_says(client: FlaskClient, content_app: Flask, worker: MadePerson) -> None:
    said = whole(got(client, worker))
    serial = show_serial(award_of(worker).serial)
    for expected in (
        NAME,
        "Time in modules: 1 h 30 min",
        "Time in the field and at sessions: 3 h 30 min",
        f"First steps {serial} March 5, 2026 March 5, 2028 Valid",
        "First steps March 5, 2026",
        "Communication that builds trust March 5, 2026 English 45 min",
        "Communication March 5, 2026",
        "chw-lost/x not yet 20 min",
        "Practicum March 5, 2026 March 5, 2026 2 h",
        "Supervised practice March 5, 2026 March 5, 2026 1 h 30 min",
        "Observed in the field March 5, 2026",
        "CHW course Harbor School June 1, 2024 Class: 40 h",
        "CHW course Harbor School June 1, 2024 Outreach",
        "This record is not a license, and not a certificate.",
    ):
        assert expected in said, expected
    assert not [sentence for sentence in EMPTY if sentence in said]
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get("/record").get_data(as_text=True)))
    for shared in (serial, "Communication that builds trust", "March 5, 2026", "45 min", "First steps"):
        assert shared in page, shared
    assert "Download my whole record (signed PDF)" in page


def test_programs_read_the_same_in_english(client: FlaskClient, content_app: Flask, worker: MadePerson) -> None:
    rename(worker, NAME, "sm")
    found, page = checked(content_app, got(client, worker))
    assert (page.attachment_name, page.media_type, page.is_tagged) == ("transcript.json", "application/json", True)
    held = json.loads(page.attachment)
    assert (held["type"], held["name"], held["language"]) == ("chw-transcript/1", NAME, "sm")
    assert held["issuer"] == {"name": page.issuer, "url": config_of(content_app).base_url}
    tables = {each["key"]: each for each in held["tables"]}
    assert list(tables) == ["certificates", "tracks", "modules", "competencies", "hours", "sign-offs", "elsewhere"]
    assert tables["modules"]["heading"] == "Finished modules"
    module = tables["modules"]["rows"][0]
    assert module["cells"] == ["Communication that builds trust", "March 5, 2026", "English", "45 min"]
    assert module["codes"]["minutes"] == 45
    (certificate,) = tables["certificates"]["rows"]
    assert certificate["codes"]["state"] == "valid"
    assert certificate["codes"]["serial"] == show_serial(award_of(worker).serial)
    hours = {each["codes"]["kind"]: each["codes"]["minutes"] for each in tables["hours"]["rows"]}
    assert hours == {"practicum": 120, "supervised": 90}
    assert {each["codes"]["module"] for each in tables["elsewhere"]["rows"]} == {None, "outreach"}
    assert found.name == NAME
    assert timedelta(0) <= now() - found.made_at < timedelta(minutes=5)


@pytest.mark.parametrize("tag", list(SAID))
def test_it_speaks_her_language(client: FlaskClient, content_app: Flask, worker: MadePerson, tag: str) -> None:
    name = NAME.upper()
    rename(worker, name, tag, invented=True)
    content = got(client, worker)
    said = whole(content)
    for expected in (*SAID[tag], name):
        assert expected in said, expected
    assert ("Training record" in said) == (tag == "en")
    found, page = checked(content_app, content)
    assert page.language == tag
    assert (found.name, found.is_name_checked, found.is_demonstration) == (name, True, True), "her way to write it"


def test_an_empty_record_says_so_in_every_part(
    client: FlaskClient, content_app: Flask, keys: dict[str, str], make: Make
) -> None:
    person = make.person("Li")
    said = whole(got(client, person))
    assert [sentence for sentence in EMPTY if sentence not in said] == []
    assert checked(content_app, got(client, person, f"{PATH}?paper=a4"))[0].name == "Li"
    sizes = [pypdfium2.PdfDocument(got(client, person, path))[0].get_width() for path in (PATH, f"{PATH}?paper=a4")]
    assert [round(each) for each in sizes] == [612, 595]


def test_a_name_that_no_certificate_bears_is_said_to_be_unchecked(
    client: FlaskClient, content_app: Flask, keys: dict[str, str], make: Make
) -> None:
    person = make.person("Dr. Famous Person")
    content = got(client, person)
    assert "Name: as she writes it herself; nobody has checked it" in whole(content)
    found, page = checked(content_app, content)
    assert (found.name, found.is_name_checked) == ("Dr. Famous Person", False)
    assert json.loads(page.attachment)["name_checked"] is False


def test_another_name_than_her_certificates_is_not_sealed(
    client: FlaskClient, content_app: Flask, worker: MadePerson
) -> None:
    rename(worker, "Dr. Famous Person")
    content = got(client, worker)
    said = whole(content)
    assert NAME in said
    assert "Famous" not in said
    assert "nobody has checked it" not in said
    found, page = checked(content_app, content)
    assert (found.name, found.is_name_checked) == (NAME, True)
    assert json.loads(page.attachment)["name_checked"] is True
    award = award_of(worker)
    event = {"award_id": award.id, "edition_id": edition_of(award.id), "kind": "revoked", "at": AT}
    write(lambda s: s.add(StatusEvent(**event)))
    assert checked(content_app, got(client, worker))[0].is_name_checked is False, "a revoked one says nothing of her"


def edition_of(award_id: int) -> int:
    found = reading().execute(select(Edition.id).where(Edition.award_id == award_id)).scalar_one()
    reading().rollback()
    return int(found)


def test_it_takes_twelve_statements_however_full_it_is(client: FlaskClient, worker: MadePerson, make: Make) -> None:
    found = []
    for person in (make.person("Li"), worker):
        got(client, person)
        with counted() as sent:
            assert client.get(PATH).status_code == 200
        found.append(len(sent))
    assert found[0] == found[1] <= 12


def test_everybody_is_given_her_own_and_no_other(client: FlaskClient, worker: MadePerson, make: Make) -> None:
    assert client.get(PATH).status_code == 302  # to the sign-in page
    place = make.organization()
    make.employment(worker, place)
    supervisor = make.supervisor(place, "Boss Two")
    said = whole(got(client, supervisor, f"{PATH}?person={worker.person_public_id}"))
    assert "Boss Two" in said
    assert "María" not in said
    for path in (f"/team/people/{worker.person_public_id}/transcript.pdf", f"/record/{worker.person_public_id}.pdf"):
        assert client.get(path).status_code == 404


# ── Drawn by itself ──────────────────────────────────────────────────────────


@pytest.fixture
def held(content_app: Flask, worker: MadePerson) -> Iterator[Held]:
    with content_app.test_request_context():
        found = read_held(reading(), current(reading()), worker.person_id, date(2026, 3, 6))
        reading().rollback()
        yield found


def about(**changed: Any) -> About:
    made: dict[str, Any] = {"name": NAME, "name_language": "es", "tag": "en", "issuer": "The consortium"}
    made |= {
        "is_name_checked": True,
        "address": "training.example.org/verify",
        "made_at": datetime(2026, 11, 29, 6, tzinfo=UTC),
    }
    return About(**{**made, **changed})


def made(app: Flask, held: Held, **changed: Any) -> bytes:
    """Return a transcript as the page makes it, at one instant."""
    library, workshop = current(reading()), open_workshop(config_of(app))
    reading().rollback()
    what = about(**changed)
    with force_locale(what.tag):
        return seal_transcript(workshop, transcript_of(held, library, what), facts_of(held, library, about(**changed)))


def test_the_same_record_at_the_same_instant_gives_the_same_bytes(content_app: Flask, held: Held) -> None:
    assert made(content_app, held) == made(content_app, held)
    assert made(content_app, held) != made(content_app, held, paper="a4")


def test_a_long_record_goes_over_many_pages_and_is_checked_whole(content_app: Flask, held: Held) -> None:
    modules = tuple(ModuleDone(f"module-{n:03}", 1, date(2026, 1, 1), n, "to+en") for n in range(400))
    content = made(content_app, replace(held, modules=modules), tag="to")
    pages = len(pypdfium2.PdfDocument(content))
    assert pages > 10
    said = whole(content)
    assert [each.key for each in modules if said.count(f"{each.key} ") != 1] == []
    assert f"Peesi {pages} ʻo e {pages}" in said
    assert "Lea faka-Tonga + English" in said
    assert len(checked(content_app, content)[0].tables[2]["rows"]) == 400


def test_a_transcript_is_verified_offline(content_app: Flask, held: Held, tmp_path: Path) -> None:
    run = content_app.test_cli_runner().invoke
    file, trust = tmp_path / "record.pdf", tmp_path / "trust"
    file.write_bytes(made(content_app, replace(held, is_demonstration=True)))
    assert run(group, ["trust-bundle", str(trust)]).exit_code == 0
    good = run(group, ["verify", str(file), "--trust", str(trust)])
    assert good.exit_code == 0
    assert f"A transcript of {NAME}: the seal is good" in good.output
    assert good.output.startswith("FOR DEMONSTRATION ONLY: the person is invented")
    assert "Made at 2026-11-29T06:00:00Z by The consortium" in good.output
    assert "nothing of what came later" in good.output
    assert "nobody has checked it" not in good.output
    unchecked = tmp_path / "unchecked.pdf"
    unchecked.write_bytes(made(content_app, held, is_name_checked=False))
    told = run(group, ["verify", str(unchecked), "--trust", str(trust)]).output
    assert "The name is as she writes it herself; nobody has checked it." in told
    file.write_bytes(file.read_bytes() + b"\n%%EOF\n")
    assert run(group, ["verify", str(file), "--trust", str(trust)]).exit_code == 1


def test_a_stranger_is_told_what_a_transcript_is_worth(
    client: FlaskClient, content_app: Flask, worker: MadePerson, make: Make
) -> None:
    """It is genuine, and it says nothing of what came later; it counts as a check of no certificate."""
    rename(worker, NAME, invented=True)
    content = got(client, worker)
    stranger = content_app.test_client()

    def send(sent: bytes, **headers: str) -> Any:
        return stranger.post("/verify/file", data={"file": (io.BytesIO(sent), "record.pdf")}, headers=headers)

    with counted() as statements:
        page = send(content).get_data(as_text=True)
    assert len(statements) <= 12
    for expected in (
        "This training record is genuine",
        "It says nothing of what came later.",
        NAME,
        "an invented person",
    ):
        assert expected in page, expected
    facts = send(content, Accept="application/json").get_json()
    assert (facts["genuine"], facts["state"], facts["name"]) == (True, "transcript", NAME)
    assert facts["issuer"]["url"] == config_of(content_app).base_url
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", facts["made_at"])
    assert facts["name_checked"] is True
    assert "Nobody has checked this name" not in page
    unchecked = got(client, make.person("Dr. Famous Person"))
    assert "Nobody has checked this name" in send(unchecked).get_data(as_text=True)
    assert send(unchecked, Accept="application/json").get_json()["name_checked"] is False
    assert reading().scalars(select(VerificationCheck.id)).all() == []
    reading().rollback()
    altered = content.replace(b"/PageMode /UseNone", b"/PageMode /UseNine")
    assert altered != content
    assert send(altered, Accept="application/json").get_json() == {"genuine": False, "state": "altered"}


def test_the_issuer_is_named_as_the_designs_name_it(content_app: Flask) -> None:
    assert "Consortium" in issuer_of(current(reading()), "host")
    assert issuer_of(Library(None, 0, {}, {}), "host") == "host"


# ── When it cannot be sealed ─────────────────────────────────────────────────


def refused(client: FlaskClient, person: MadePerson) -> str:
    sign_in(client, person)
    response = client.get(PATH)
    assert response.status_code == 503
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))
    assert "Your record cannot be signed now" in text
    return text


def test_without_a_key_she_is_told_what_to_do(client: FlaskClient, content_app: Flask, make: Make) -> None:
    person = make.person("Li")
    assert "Please try again in an hour." in refused(client, person)
    keys = ensure_keys(config_of(content_app), at=now())
    got(client, person)
    (path,) = config_of(content_app).keys_dir.glob(f"*{keys['page']}*")
    path.write_text("no key")
    path.chmod(0o600)
    refused(client, person)
    path.unlink()
    refused(client, person)


def test_a_key_that_is_retired_to_come_or_unchained_seals_nothing(
    client: FlaskClient, content_app: Flask, make: Make
) -> None:
    person, at = make.person("Li"), now()
    keys = ensure_keys(config_of(content_app), at=at)
    workshop = open_workshop(config_of(content_app))
    reading().rollback()
    assert find_sealer(workshop, at).key_id == keys["page"]
    with pytest.raises(CannotSealError):
        find_sealer(workshop, at - timedelta(seconds=1))
    write(lambda s: s.execute(update(SigningKey).values(certificate=None)) and None)
    refused(client, person)
    write(lambda s: retire_key(s, keys["page"], at=at))
    refused(client, person)


def test_a_letter_that_cannot_be_drawn_is_told(
    client: FlaskClient, content_app: Flask, keys: dict[str, str], make: Make
) -> None:
    assert "There is a letter in your name that we cannot print yet." in refused(client, make.person("漢"))
