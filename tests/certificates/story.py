"""What the tests of certificates begin with: completed tracks, keys, actors and whole certificates."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import false, insert, select

from lms.actor import Actor
from lms.assessments import service as quizzes
from lms.assessments.items import rules_of
from lms.assessments.models import PaperForm
from lms.assessments.service import Entered, Kept
from lms.assessments.specs import QuizSpec
from lms.certificates import queries, service
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Application, Award
from lms.certificates.rules.decisions import Choice
from lms.clock import local_date
from lms.competencies.models import Evidence
from lms.config import Config
from lms.content.library import current
from lms.content.models import Publication, PublicationItem, Revision
from lms.courses.models import ModuleCompletion
from lms.courses.specs import ModuleSpec
from lms.db import reading, write
from lms.ids import new_client_id
from lms.organizations.queries import ties_of
from lms.people.queries import find_identity
from lms.tracks.events import TrackDone
from lms.tracks.models import TrackCompletion
from lms.tracks.specs import TrackSpec
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.keys import ensure_keys

TRACK = "first-steps"
CERTIFY = Choice("certify")


def actor_of(person: MadePerson, *, at: datetime = AT) -> Actor:
    """Return who `person` is at an instant, as the roof would make it."""
    today = local_date(at)
    identity = find_identity(reading(), person.session_id)
    assert identity is not None
    ties = ties_of(reading(), person.person_id, today)
    reading().rollback()
    return Actor(
        account_id=person.account_id,
        person_id=person.person_id,
        public_id=person.person_public_id,
        name=identity.name,
        language=identity.language,
        today=today,
        roles=identity.roles | {"worker"} | ({"supervisor"} if ties.supervises else set()),
        employments=ties.employments,
        supervises=ties.supervises,
    )


def complete(
    *people: MadePerson,
    track: str = TRACK,
    cycle: int = 1,
    at: datetime = AT,
    language: str = "en",
    is_named: bool = True,
) -> None:
    """Write that these people completed a track, with credits and evidence, and open their applications.

    With `is_named` each confirms her account's name at once.
    """
    write(lambda session: _complete(session, people, track, cycle, at, language))
    if is_named:
        for person in people:
            confirm(person, cycle=cycle, at=at)


def confirm(person: MadePerson, name: str | None = None, *, cycle: int = 1, at: datetime = AT) -> service.Confirmed:
    """Have a worker confirm how her name stands on her certificate."""
    actor, public_id, key = actor_of(person, at=at), application_of(person, cycle=cycle), new_client_id()
    return write(lambda s: service.confirm_name(s, actor, public_id, name or actor.name, client_id=key, at=at))


def _complete(
    session: Any, people: tuple[MadePerson, ...], track: str, cycle: int, at: datetime, language: str
) -> None:
    library = current(session)
    source = library.get("track", track)
    spec = library.spec(TrackSpec, "track", track)
    day = local_date(at)
    for person in people:
        counted = []
        for item in spec.items:
            assert item.module is not None
            module = library.spec(ModuleSpec, "module", item.module)
            session.execute(
                insert(ModuleCompletion).values(
                    person_id=person.person_id,
                    module_key=item.module,
                    round=cycle,
                    completed_at=at,
                    completed_on=day,
                    minutes=module.minutes,
                    revision_id=library.get("module", item.module).revision_id,
                    language=language,
                )
            )
            for credit in module.credits:
                session.execute(
                    insert(Evidence).values(
                        person_id=person.person_id,
                        competency=credit.competency,
                        source_kind="module",
                        source_key=item.module,
                        round=cycle,
                        minutes=credit.minutes,
                        earned_on=day,
                    )
                )
            counted.append({"item": item.id, "module": item.module, "round": cycle, "completed_on": day.isoformat()})
        session.execute(
            insert(TrackCompletion).values(
                person_id=person.person_id,
                track_key=track,
                cycle=cycle,
                completed_at=at,
                completed_on=day,
                revision_id=source.revision_id,
                language=language,
                counted=counted,
            )
        )
    service.open_applications(
        session,
        [TrackDone(person.person_id, track, cycle, at, day, language, source.revision_id) for person in people],
    )


def by_hand(person: MadePerson, module: str, chief: Actor, second: Actor | None, *, at: datetime = AT) -> str:
    """Let somebody enter a worker's right answers from paper, and a second person confirm them; return the entry."""

    def fn(session: Any) -> str:
        quiz = current(session).spec(QuizSpec, "module", module)
        key = new_client_id()
        made = quizzes.make_paper(session, chief, module, "en", None, in_class=false(), client_id=key, at=at)
        paper = session.execute(select(PaperForm).where(PaperForm.public_id == made)).scalar_one()
        asked = {each["item"] for each in paper.form}
        right = {each.id: rules_of(each).perfect(each, "en") for each in quiz.questions if each.id in asked}
        sheet = Entered(paper.number, "paper", right, local_date(at), sheet=Kept("0" * 64, "image/jpeg"))
        who = person.person_id
        done = quizzes.enter_result(session, chief, who, sheet, in_class=false(), client_id=key, at=at)
        if second:
            quizzes.confirm_entry(session, second, done.entry, at=at)
        return done.entry

    entry = write(fn)
    reading().rollback()
    return entry


def application_of(person: MadePerson, *, cycle: int = 1) -> str:
    """Return the public id of a person's application."""
    statement = select(Application.public_id).where(
        Application.person_id == person.person_id, Application.cycle == cycle
    )
    found = reading().execute(statement).scalar_one()
    reading().rollback()
    return found


def award_of(person: MadePerson) -> Any:
    """Return the row of a person's newest award."""
    row = (
        reading()
        .execute(select(Award).where(Award.person_id == person.person_id).order_by(Award.id.desc()).limit(1))
        .scalar_one()
    )
    reading().rollback()
    return row


def config_of(app: Flask) -> Config:
    """Return the settings of the test's application."""
    return app.config["LMS"]


def decide(
    certifier: MadePerson, person: MadePerson, choice: Choice = CERTIFY, *, at: datetime = AT
) -> service.Decided:
    """Have a certifier decide a person's application, who has read all that was said."""
    actor, public_id = actor_of(certifier, at=at), application_of(person)
    seen, key = said_of(public_id), new_client_id()
    return write(lambda s: service.decide(s, actor, public_id, choice, seen=seen, client_id=key, at=at))


def said_of(public_id: str) -> int:
    """Return how many decisions and answers an application has."""
    number = reading().execute(select(Application.id).where(Application.public_id == public_id)).scalar_one()
    found = queries.histories_of(reading(), [number])[number].said
    reading().rollback()
    return found


def certify(
    app: Flask, make: Make, name: str = "Malia ʻAnau", *, language: str = "en", at: datetime = AT
) -> tuple[MadePerson, MadePerson]:
    """Return a worker with a released certificate, and the certifier who decided."""
    ensure_keys(config_of(app), at=at - timedelta(days=1))
    worker = make.person(name, language=language)
    certifier = make.person("Certifier", roles=("certifier",))
    complete(worker, at=at - timedelta(days=1), language=language)
    decide(certifier, worker, at=at)
    assert finish_issues(app, at=at) == 1
    return worker, certifier


def day(text: str) -> date:
    """Return a date."""
    return date.fromisoformat(text)


def republish(*, without: tuple[str, str] | None = None, plain_track: bool = False) -> None:
    """Publish the same content again, without one object or with a track "plain" that has no certificate."""
    write(lambda session: _republish(session, without, plain_track))


def _republish(session: Any, without: tuple[str, str] | None, plain_track: bool) -> None:
    library = current(session)
    last = session.execute(select(Publication).order_by(Publication.number.desc()).limit(1)).scalar_one()
    items = session.execute(
        select(Revision.id, Revision.kind, Revision.key)
        .join(PublicationItem, PublicationItem.revision_id == Revision.id)
        .where(PublicationItem.publication_id == last.id)
    ).all()
    new = Publication(number=last.number + 1, sha256=secrets.token_hex(32), published_at=AT)
    session.add(new)
    session.flush()
    ids = [row.id for row in items if (row.kind, row.key) != without]
    if plain_track:
        data = dict(library.get("track", TRACK).file(f"{TRACK}.yml"))
        del data["certificate"]
        body = {"files": {"plain.yml": {**data, "key": "plain"}}}
        plain = Revision(kind="track", key="plain", locale="en", sha256="f" * 64, body=body)
        session.add(plain)
        session.flush()
        ids.append(plain.id)
    session.execute(insert(PublicationItem), [{"publication_id": new.id, "revision_id": each} for each in ids])
