"""What the tests of training share: a worker with a supervising provider, reviewers, and what was announced."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import update

from lms.actor import Actor
from lms.db import reading, write
from lms.ids import new_client_id
from lms.organizations.models import EmploymentTerms
from lms.training import queries, service
from lms.training.events import training_judged, training_recognized, training_shared
from lms.training.rules import Told, Verdict, Worth
from lms.uploads import Checked
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.organizations.conftest import actor_of

LEARNED = date(2024, 6, 1)
SKILL, SKILL_TWO = "chw-core/communication", "chw-core/outreach"
HOURS = Worth(LEARNED, None, "class", 2400, (SKILL,))
MODULE = Worth(LEARNED, "outreach")
ASK = Verdict("ask", None, "hours-unclear", "How many?")
REFUSE = Verdict("refuse", None, "not-equivalent", "Office work.")


def told(title: str = "CHW course", **changes: Any) -> Told:
    """Return what is told of a course of 40 hours."""
    values = {"kind": "course", "issuer": "Harbor School", "learned_on": LEARNED, "minutes": 2400, **changes}
    return Told(title, **values)


def jpeg(size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    """Return a small photo."""
    out = io.BytesIO()
    Image.new("RGB", size, "#abc").save(out, "JPEG", **more)
    return out.getvalue()


PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\nstartxref\n9\n%%EOF\n"


@dataclass
class Scene:
    """A worker whose employer is her supervising provider, its supervisor, three reviewers, and a stranger."""

    make: Make
    place: int = 0
    heard: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = self.make.organization("Fale Ola")
        self.worker = self.make.person("Ana")
        self.employment = self.make.employment(self.worker, self.place)
        self.boss = self.make.supervisor(self.place, "Boss")
        self.reviewers = [self.make.person(f"Reviewer {number}", roles=("certifier",)) for number in range(3)]
        self.stranger = self.make.person("Stranger")
        self.name_provider(self.place)

    def name_provider(self, organization_id: int | None) -> None:
        """Let an organization be the worker's supervising provider."""
        statement = update(EmploymentTerms).where(EmploymentTerms.employment_id == self.employment)
        write(lambda s: s.execute(statement.values(supervising_provider_id=organization_id)) and None)

    @property
    def actor(self) -> Actor:
        """Return the worker as she asks."""
        return actor_of(self.worker)

    @property
    def chief(self) -> Actor:
        """Return the supervisor as she asks."""
        return actor_of(self.boss)

    def judge(self, number: int) -> Actor:
        """Return a reviewer as she asks."""
        return actor_of(self.reviewers[number], "certifier")

    def add(self, entry: Told | None = None, *, by: Actor | None = None, person: MadePerson | None = None) -> str:
        """Tell an earlier training and return its public id."""
        actor, who = by or self.actor, person or self.worker
        what, key = entry or told(), new_client_id()
        return write(lambda s: service.add(s, actor, who.person_id, what, client_id=key, at=AT))

    def send(self, entry: Told | None = None) -> str:
        """Tell an earlier training, send it, and return its public id."""
        public_id = self.add(entry)
        write(lambda s: service.send(s, self.actor, public_id, at=AT))
        return public_id

    def say(self, number: int, public_id: str, verdict: Verdict | Worth = HOURS, *, round_: int | None = None) -> str:
        """Let a reviewer say something and return the state after it."""
        said = Verdict("accept", verdict) if isinstance(verdict, Worth) else verdict
        shown = self.row(public_id).round if round_ is None else round_
        judge, key = self.judge(number), new_client_id()
        return write(lambda s: service.review(s, judge, public_id, said, shown_round=shown, client_id=key, at=AT))

    def recognized(self, worth: Worth = HOURS) -> str:
        """Return the public id of an earlier training that two reviewers recognized."""
        public_id = self.send()
        assert [self.say(0, public_id, worth), self.say(1, public_id, worth)] == ["waiting", "recognized"]
        return public_id

    def reply(self, public_id: str, text: str = "It was 40 hours.", *, appeal: bool = False, key: str = "") -> str:
        """Let the worker write and return the state after it."""
        key = key or new_client_id()
        return write(lambda s: service.reply(s, self.actor, public_id, text, is_appeal=appeal, client_id=key, at=AT))

    def share(self, public_id: str) -> str:
        """Let her ask her supervising provider and return the request's public id."""
        write(lambda s: service.share(s, self.actor, public_id, self.place, at=AT))
        return self.shares(public_id)[-1].public_id

    def row(self, public_id: str) -> queries.TrainingRow:
        """Return an earlier training as it stands."""
        reading().rollback()
        return queries.get_row(reading(), public_id)

    def shares(self, public_id: str) -> list[queries.ShareRow]:
        """Return what was asked of providers about one."""
        row = self.row(public_id)
        return queries.list_shares(reading(), [row.training_id])

    def add_file(self, public_id: str, name: str = "a.jpg", sha: str = "a" * 64, *, by: Actor | None = None) -> None:
        """Name a stored file as proof."""
        actor = by or self.actor
        write(lambda s: service.add_file(s, actor, public_id, Checked(b"x", "image/jpeg", name), sha, at=AT))


@pytest.fixture
def scene(content_app: Flask, make: Make) -> Iterator[Scene]:
    """Return the people, and hear what is announced meanwhile."""
    found = Scene(make)

    def hear(fact: Any, *, session: Any) -> None:
        found.heard.append(fact)

    signals = (training_judged, training_recognized, training_shared)
    for signal in signals:
        signal.connect(hear)
    yield found
    for signal in signals:
        signal.disconnect(hear)
