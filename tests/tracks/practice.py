"""What tracks count besides modules, made as people make it: hours, observations, and training from elsewhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from lms.clock import local_date
from lms.db import write
from lms.fieldwork import service as fieldwork
from lms.fieldwork.rules.hours import Sheet
from lms.fieldwork.service import Observed, ObserveForm
from lms.ids import new_client_id
from lms.training import service as training
from lms.training.rules import Told, Verdict, Worth
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.fieldwork.hours_story import CHECKLIST, levels, revision_id
from tests.organizations.conftest import actor_of


class Practice:
    """A place with a supervisor, and two certifiers, who let what a worker did count."""

    def __init__(self, make: Make) -> None:
        self.place = make.organization("Practice")
        self.boss = make.supervisor(self.place)
        self.certifiers = [make.person(f"Certifier {number}", roles=("certifier",)) for number in range(2)]

    def work(self, person: MadePerson, minutes: int, *, at: datetime = AT) -> str:
        """Let practice of that day, at her place of work, be countersigned; return the act's public id."""
        sheet = Sheet(self.place, local_date(at), "Library", "practicum", minutes)
        worker, boss, key = actor_of(person, at=at), actor_of(self.boss, at=at), new_client_id()
        entry = write(lambda s: fieldwork.enter(s, worker, sheet, client_id=key, at=at))
        return write(lambda s: fieldwork.countersign(s, boss, [entry], client_id=key, at=at))

    def take_back(self, act: str, *, at: datetime = AT) -> None:
        """Let the supervisor take back what she countersigned."""
        boss = actor_of(self.boss, at=at)
        write(lambda s: fieldwork.undo_act(s, boss, act, at=at))

    def sign(self, person: MadePerson, *, at: datetime = AT, days: int = 0) -> str:
        """Let a certifier sign what she saw so many days before; return the observation's public id."""
        form = ObserveForm(CHECKLIST, revision_id(), 0, new_client_id())
        seen = Observed(
            observed_on=local_date(at) - timedelta(days=days),
            place="Market",
            language="es",
            with_interpreter=False,
            levels=levels(),
        )
        actor = actor_of(self.certifiers[0], "certifier", at=at)
        return write(lambda s: fieldwork.sign_observation(s, actor, person.person_id, form, seen, at=at))

    def unsign(self, public_id: str, *, at: datetime = AT) -> None:
        """Let the certifier withdraw an observation."""
        actor = actor_of(self.certifiers[0], "certifier", at=at)
        write(lambda s: fieldwork.withdraw_observation(s, actor, public_id, "Wrong person.", at=at))

    def recognize(self, person: MadePerson, module: str, learned_on: date, *, at: datetime = AT) -> str:
        """Let the certifiers recognize a module that she learned elsewhere; return the training's public id."""
        worker, told = actor_of(person, at=at), Told(f"Course of {module}", "course", "School", learned_on, minutes=60)
        made = write(lambda s: training.add(s, worker, worker.person_id, told, client_id=new_client_id(), at=at))
        write(lambda s: training.send(s, worker, made, at=at))
        verdict = Verdict("accept", Worth(learned_on, module))
        for certifier in self.certifiers:
            judge, key = actor_of(certifier, "certifier", at=at), new_client_id()
            write(
                lambda s, judge=judge, key=key: training.review(  # type: ignore[misc]
                    s, judge, made, verdict, shown_round=1, client_id=key, at=at
                )
            )
        return made

    def unrecognize(self, public_id: str, *, at: datetime = AT) -> None:
        """Let the certifiers take a recognition back."""
        first, second = (actor_of(each, "certifier", at=at) for each in self.certifiers)
        asked = write(lambda s: training.request_withdrawal(s, first, public_id, "other", "A mistake.", at=at))
        write(lambda s: training.settle_withdrawal(s, second, asked, confirm=True, at=at))
