"""Training from elsewhere in the demonstration: told by workers and a supervisor, judged, shared for yearly hours."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.config import Config
from lms.db import reading, write
from lms.demo.people import Cast, as_actor, morning
from lms.demo.plan import Plan
from lms.files import Stored, put
from lms.ids import new_client_id
from lms.organizations.queries import list_spells
from lms.organizations.service import Terms, change_terms
from lms.training import queries, service
from lms.training.rules import Told, Verdict, Worth
from lms.uploads import Checked, check_file


@dataclass(frozen=True)
class Story:
    """One earlier training of one of the four named workers, and what became of it ("" for a draft)."""

    teller: int
    title: str
    kind: str
    issuer: str
    days_ago: int
    hours: int
    ending: str = ""


STORIES = (
    Story(0, "Community health worker course", "course", "Harbor Bridge Adult School", 700, 40, "recognized"),
    Story(1, "Promotora en mi comunidad", "experience-volunteer", "Parroquia San Isidro", 400, 320, "waiting"),
    Story(2, "Mental health first aid", "certificate", "Westlake Training Center", 250, 8, "one-yes"),
    Story(3, "Church health ministry", "experience-volunteer", "Tokaikolo Fellowship", 500, 150, "asked"),
    Story(0, "Diabetes prevention workshop", "course", "South Coast Clinic Alliance", 60, 3, "accepted"),
    Story(1, "Taller de salud del corazón", "course", "Clínica Buena Vista", 45, 4, "shared"),
    Story(2, "Community health worker course", "course", "Harbor Bridge Adult School", 800, 40, "waiting"),
    Story(3, "Office assistant", "experience-paid", "Palm Court Dental Office", 900, 500, "refused"),
    Story(0, "Motivational interviewing", "course", "Westlake Training Center", 30, 6),
)


@dataclass(frozen=True)
class _Teller:
    """One of the named workers, as she acts today, and whom she works for."""

    actor: Actor
    employment: str
    title: str
    place: int
    boss: Actor


def tell_all(app: Flask, cast: Cast, plan: Plan) -> None:
    """Let the named workers tell what they did elsewhere, and others judge it."""
    config: Config = app.config["LMS"]
    paper = check_file(_paper(), "photo of the paper.jpg")
    stored = put(config.data_dir, paper.content)
    at = morning(plan.today) - timedelta(days=10)
    tellers = [_teller(cast, worker.number, plan.today) for worker in plan.workers if worker.named]
    for teller in tellers:
        write(lambda s, teller=teller: _name_provider(s, cast, teller, plan.today))  # type: ignore[misc]
    for story in STORIES:
        at += timedelta(minutes=7)
        write(lambda s, story=story, at=at: _tell(s, cast, tellers, story, (paper, stored), at))  # type: ignore[misc]


def _teller(cast: Cast, number: int, today: date) -> _Teller:
    actor = as_actor(cast.workers[number], "worker", today)
    spell = next(each for each in list_spells(reading(), actor.person_id) if not each.ended_on)
    key = next(key for key, each in cast.organization_ids.items() if each == spell.organization_id)
    return _Teller(actor, spell.employment_public_id, spell.title, spell.organization_id, cast.supervisors[key])


def _name_provider(session: Session, cast: Cast, teller: _Teller, today: date) -> None:
    """Let her employer be her supervising provider for Medi-Cal since some months."""
    terms = Terms(teller.title, Decimal(30), "employee", teller.place)
    actor = as_actor(cast.administrator, "administrator", today)
    since = today - timedelta(days=100)
    change_terms(session, actor, teller.employment, terms, since=since, at=morning(today))


def _tell(
    session: Session, cast: Cast, tellers: list[_Teller], story: Story, proof: tuple[Checked, Stored], at: datetime
) -> None:
    """Let one of them tell her story with a photo, and let it come as far as it says."""
    teller = tellers[story.teller]
    actor, today = teller.actor, teller.actor.today
    learned_on = today - timedelta(days=story.days_ago)
    told = Told(story.title, story.kind, story.issuer, learned_on, None, story.hours * 60, language=actor.language)
    public_id = service.add(session, actor, actor.person_id, told, client_id=new_client_id(), at=at)
    service.add_file(session, actor, public_id, proof[0], proof[1].sha256, at=at)
    if story.ending in ("accepted", "shared"):
        _share(session, teller, public_id, story, at)
    elif story.ending:
        service.send(session, actor, public_id, at=at)
        for email, verdict in _verdicts(story, learned_on):
            judge, key = as_actor(cast.actors[email], "certifier", today), new_client_id()
            day_after = at + timedelta(days=1)
            service.review(session, judge, public_id, verdict, shown_round=1, client_id=key, at=day_after)


def _share(session: Session, teller: _Teller, public_id: str, story: Story, at: datetime) -> None:
    """Let her ask her supervising provider, who accepts at once or has not looked yet."""
    service.share(session, teller.actor, public_id, teller.place, at=at)
    if story.ending == "accepted":
        (share,) = queries.list_shares(session, [queries.get_row(session, public_id).training_id])
        minutes = story.hours * 60
        service.settle_share(session, teller.boss, share.public_id, minutes=minutes, at=at + timedelta(days=2))


def _verdicts(story: Story, learned_on: date) -> list[tuple[str, Verdict]]:
    """Return what the certifiers say, each by her e-mail address."""
    first, second = "certifier@demo.example", "certifier-two@demo.example"
    yes = Verdict("accept", Worth(learned_on, None, "class", story.hours * 60))
    return {
        "recognized": [(first, yes), (second, yes)],
        "one-yes": [(second, yes)],
        "asked": [(first, Verdict("ask", None, "hours-unclear", "How many hours was it each week?"))],
        "refused": [(first, Verdict("refuse", None, "not-equivalent", "This was office work."))],
    }.get(story.ending, [])


def _paper() -> bytes:
    """Return a photo of an invented certificate."""
    image = Image.new("RGB", (900, 640), "#f6efe0")
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, 876, 616), outline="#7a5c2e", width=6)
    for line, text in enumerate(("Certificate of completion", "An invented paper for the demonstration", "40 hours")):
        draw.text((450, 180 + 110 * line), text, fill="#2b2419", anchor="mm", font_size=46 - 10 * min(line, 1))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
