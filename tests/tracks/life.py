"""Two workers' lives, lived through the real services on a real database, and written down for the oracle."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.content.library import current
from lms.content.service import Draft, draft
from lms.courses.service import Shown, finish_lesson
from lms.db import reading, write
from lms.errors import BadInput, NotFound, RuleBroken
from lms.fieldwork import service as fieldwork
from lms.fieldwork.rules.hours import Sheet
from lms.fieldwork.service import Observed, ObserveForm
from lms.ids import new_client_id
from lms.organizations.models import Employment
from lms.organizations.service import end_employment
from lms.publish.service import Intent, look, publish_drafts
from lms.tracks import service
from lms.tracks.models import AssignmentBatch
from lms.tracks.rules.versions import Choices
from lms.training import service as training
from lms.training.rules import Told, Verdict, Worth
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.factories.learning import FRAMEWORK, module
from tests.organizations.conftest import actor_of
from tests.tracks.ledger import FIRST, WAYS, Fact, Ledger, local

MODULES = ("a", "b", "c", "d", "e")
_CHECKLIST = {
    "key": "visit",
    "title": "A visit",
    "summary": "Watched from the beginning to the end.",
    "competencies": ["skills/talk"],
    "levels": [{"id": "not-yet", "title": "Not yet"}, {"id": "alone", "title": "Without help"}],
    "items": [{"id": "greets", "text": "Greets."}],
    "at_least": 1,
    "valid_months": 1,
}


@dataclass
class Asked:
    """What one act of assigning asked: of whom, for which cycle, and whether that put her on the track."""

    public_id: str
    client_id: str
    place: int
    key: str
    at: datetime
    people: dict[int, tuple[int, bool]]
    is_undone: bool = False


@dataclass
class Life:
    """Ana works at two places, Bea at one; each has a supervisor, and there are two certifiers."""

    make: Make
    seen: Counter[str]
    at: datetime = AT
    way: int = 0
    edition: int = 0
    asked: list[Asked] = field(default_factory=list)
    observed: list[tuple[str, Fact]] = field(default_factory=list)
    countersigned: list[tuple[str, datetime, Fact]] = field(default_factory=list)
    recognized: list[tuple[str, Fact]] = field(default_factory=list)
    waived: list[tuple[str, Fact]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.places = [self.make.organization("Here"), self.make.organization("There")]
        self.people = [self.make.person("Ana"), self.make.person("Bea")]
        self.ledgers = [Ledger(), Ledger()]
        for person, place in ((0, 0), (1, 0), (0, 1)):
            self.make.employment(self.people[person], self.places[place])
        self.left: dict[tuple[int, int], date] = {}
        self.bosses = [self.make.supervisor(place) for place in self.places]
        self.certifiers = [
            self.make.person("Vera", roles=("certifier",)),
            self.make.person("Wanda", roles=("certifier",)),
        ]
        self.publish(0, Choices("editorial"))

    # ── Who asks, and when ───────────────────────────────────────────────────

    def tick(self, **delta: float) -> datetime:
        """Let time pass, a minute where nothing else is said, and return the instant."""
        self.at += timedelta(**(delta or {"minutes": 1}))
        return self.at

    def actor(self, person: MadePerson) -> Actor:
        """Return a person as the roof builds her now."""
        return actor_of(person, *(("certifier",) if person in self.certifiers else ()), at=self.at)

    @property
    def specs(self) -> dict[str, dict[str, Any]]:
        """Return the present version of each track."""
        return {"first": FIRST, "way": WAYS[self.way]}

    def works_at(self, who: int, place: int) -> bool:
        """Return whether a worker works at a place today."""
        employed = (who, place) in {(0, 0), (1, 0), (0, 1)}
        return employed and local(self.at) <= self.left.get((who, place), date.max)

    def settle(self, what: str) -> None:
        """Let the oracle look at everybody, and count the event."""
        self.seen[what] += 1
        for ledger in self.ledgers:
            ledger.settle(self.at)

    # ── What happens ─────────────────────────────────────────────────────────

    def enrol(self, who: int, key: str) -> None:
        """Let a worker put herself on a track."""
        at, actor = self.tick(), self.actor(self.people[who])
        is_new = write(lambda session: service.enrol_self(session, actor, key, at=at))
        assert is_new == self.ledgers[who].begin(key, self.specs[key], self.specs, at)
        self.settle("enrolled")

    def assign(self, place: int, key: str, people: list[int]) -> None:
        """Let a supervisor ask her staff, twice with the same form."""
        people = [who for who in people if self.works_at(who, place)]
        if not people:
            return
        at, boss, client_id = self.tick(), self.actor(self.bosses[place]), new_client_id()
        new = [who for who in people if not self._is_asked(who, key, place)]
        self._ask(boss, Asked("", client_id, place, key, at, dict.fromkeys(people, (0, False))))
        opened = {}
        for who in new:
            is_opened = self.ledgers[who].begin(key, self.specs[key], self.specs, at)
            opened[who] = (len(self.ledgers[who].cycles[key]), is_opened)
        made = write(lambda s: s.execute(_batch_of(client_id)).scalar_one())
        self.asked.append(Asked(made, client_id, place, key, at, opened))
        self.tick()
        self._ask(boss, Asked("", client_id, place, key, self.at, dict.fromkeys(people, (0, False))))
        self.settle("assigned")

    def _ask(self, boss: Actor, wish: Asked) -> None:
        ids = [self.people[who].person_id for who in wish.people]
        write(
            lambda s: service.assign(
                s, boss, self.places[wish.place], wish.key, ids, due_on=None, client_id=wish.client_id, at=wish.at
            )
        )

    def _is_asked(self, who: int, key: str, place: int) -> bool:
        return any(who in each.people and (each.key, each.place) == (key, place) for each in self.asked)

    def undo(self, number: int) -> None:
        """Take an act of assigning back, twice."""
        act = self.asked[number % len(self.asked)]
        at, boss = self.tick(), self.actor(self.bosses[act.place])
        ours = [who for who in act.people if self.works_at(who, act.place)]
        done = write(lambda session: service.undo_batch(session, boss, act.public_id, at=at))
        assert done.undone == len(ours)
        withdrawn = 0
        for who in ours:
            number, is_opened = act.people.pop(who)
            cycle = self.ledgers[who].cycles[act.key][number - 1]
            others = [each.people.get(who, (0,))[0] for each in self.asked if each.key == act.key]
            is_idle = cycle.state == "active" and not self._has_worked(who, act, cycle.spec)
            if is_opened and is_idle and number not in others:
                cycle.state, withdrawn = "withdrawn", withdrawn + 1
        assert done.withdrawn == withdrawn
        again = write(lambda session: service.undo_batch(session, boss, act.public_id, at=self.tick()))
        assert (again.undone, again.withdrawn) == (0, 0), "undoing twice does nothing the second time"
        self.settle("withdrawn" if withdrawn else "undone")

    def _has_worked(self, who: int, act: Asked, spec: dict[str, Any]) -> bool:
        items = [item for each in spec.get("sets") or [spec] for item in each["items"]]
        modules = {key for item in items for key in (item["module"], *item.get("accepts", ()))}
        since = [each for each in self.ledgers[who].facts if each.at >= act.at]
        return any(
            each.kind == "hours"  # she entered them, whether or not they are countersigned now
            or (each.kind == "module" and each.name in modules)
            or (each.kind == "elsewhere" and each.name in modules and not each.is_gone)
            or (each.kind == "seen" and bool(spec.get("sign_offs")) and not each.is_gone)
            for each in since
        )

    def learn(self, who: int, modules: list[str]) -> None:
        """Let a worker do the one lesson of each of these modules, twice."""
        for key in modules:
            at = self.tick()
            finish = partial(self._finish, self.actor(self.people[who]), key, at)
            if write(finish):
                self.ledgers[who].facts.append(Fact("module", at, key))
            assert not write(finish)
            self.settle("learned")

    def _finish(self, actor: Actor, key: str, at: datetime, session: Session) -> bool:
        return finish_lesson(session, actor, key, "only", shown=Shown("en"), at=at)

    def practise(self, who: int, minutes: int, days: int) -> None:
        """Let a worker enter hours of some days ago, and her supervisor countersign them, twice."""
        day = local(self.tick()) - timedelta(days=days)
        sheet = Sheet(self.places[0], day, "Library", "practicum", minutes)
        actor, boss, key = self.actor(self.people[who]), self.actor(self.bosses[0]), new_client_id()
        try:
            entry = write(lambda s: fieldwork.enter(s, actor, sheet, client_id=key, at=self.at))
        except RuleBroken:  # she did not work there on that day, or has worked enough on it
            self.seen["refused"] += 1
            return
        act = ""
        for _ in range(2):
            act = write(lambda s: fieldwork.countersign(s, boss, [entry], client_id=key, at=self.at))
        fact = Fact("hours", self.at, day=day, minutes=minutes)
        self.ledgers[who].facts.append(fact)
        self.countersigned.append((act, self.at, fact))
        self.settle("countersigned")

    def uncountersign(self, number: int) -> None:
        """Take countersigned hours back, twice, while that can be."""
        act, then, fact = self.countersigned[number % len(self.countersigned)]
        boss, at = self.actor(self.bosses[0]), self.tick()
        if at > then + timedelta(hours=24):
            return
        for _ in range(2):
            write(lambda s: fieldwork.undo_act(s, boss, act, at=at))
        self.seen["hours taken back"] += not fact.is_gone
        fact.is_gone = True
        self.settle("uncountersigned")

    def observe(self, who: int, *, is_independent: bool, days: int) -> None:
        """Let a certifier, or her supervisor, sign what was seen some days ago, twice."""
        at = self.tick()
        observer, day = self.certifiers[0] if is_independent else self.bosses[0], local(at) - timedelta(days=days)
        form = ObserveForm("visit", _revision(), 0, new_client_id())
        seen = Observed(
            observed_on=day, place="Market", language="en", with_interpreter=False, levels={"greets": "alone"}
        )
        actor, person = self.actor(observer), self.people[who].person_id
        made = ""
        for _ in range(2):
            try:
                made = write(lambda s: fieldwork.sign_observation(s, actor, person, form, seen, at=at))
            except NotFound:  # she does not work there any more
                self.seen["refused"] += 1
                return
        end = _next_month(day)
        fact = Fact("seen", at, day=day, until=end, is_independent=is_independent)
        self.ledgers[who].facts.append(fact)
        self.observed.append((made, fact))
        self.settle("signed")

    def unsign(self, number: int) -> None:
        """Withdraw an observation, twice."""
        made, fact = self.observed[number % len(self.observed)]
        actor, at = self.actor(self.certifiers[0]), self.tick()
        for _ in range(2):
            write(lambda s: fieldwork.withdraw_observation(s, actor, made, "Wrong person.", at=at))
        self.seen["sign-off withdrawn"] += not fact.is_gone
        fact.is_gone = True
        self.settle("unsigned")

    def recognize(self, who: int, key: str, days: int) -> None:
        """Let two certifiers recognize a module that a worker learned elsewhere some days ago."""
        at, actor, number = self.tick(), self.actor(self.people[who]), len(self.recognized)
        learned = local(at) - timedelta(days=days)
        told = Told(f"Course {number}", "course", "School", learned, minutes=60)

        def tell(session: Any) -> str:
            made = training.add(session, actor, actor.person_id, told, client_id=new_client_id(), at=at)
            training.send(session, actor, made, at=at)
            return made

        made, verdict = write(tell), Verdict("accept", Worth(learned, key))
        for person in self.certifiers:
            judge, form = self.actor(person), new_client_id()
            for _ in range(2):
                write(
                    lambda s, judge=judge, form=form: training.review(  # type: ignore[misc]
                        s, judge, made, verdict, shown_round=1, client_id=form, at=at
                    )
                )
        fact = Fact("elsewhere", at, key, day=learned)
        self.ledgers[who].facts.append(fact)
        self.recognized.append((made, fact))
        self.settle("recognized")

    def unrecognize(self, number: int) -> None:
        """Let two certifiers take back what was recognized."""
        made, fact = self.recognized[number % len(self.recognized)]
        if fact.is_gone:
            return
        first, second = (self.actor(person) for person in self.certifiers)
        at = self.tick()
        asked = write(lambda s: training.request_withdrawal(s, first, made, "other", "A mistake.", at=at))
        for _ in range(2):
            write(lambda s: training.settle_withdrawal(s, second, asked, confirm=True, at=at))
        fact.is_gone = True
        self.settle("recognition withdrawn")

    def waive(self, who: int, key: str, part: str, days: int | None) -> None:
        """Let a certifier spare a worker a requirement, twice with the same form, where that can be."""
        at, actor, person = self.tick(), self.actor(self.certifiers[0]), self.people[who].person_id
        until = None if days is None else local(at) + timedelta(days=days)
        more = {"reason": "experience", "note": "Ten years.", "ends_on": until, "client_id": new_client_id()}
        number, _ = self.ledgers[who].newest(key)
        made = ""
        for _ in range(2):
            try:
                made = write(lambda s: service.waive(s, actor, person, key, part, at=at, **more))
            except (NotFound, RuleBroken):  # she is not on it, or it is met or not asked for
                self.seen["refused"] += 1
                return
        for _, known in self.waived:
            same = (known.track, known.cycle, known.name) == (key, number, part)
            known.is_gone |= same and known in self.ledgers[who].facts
        fact = Fact("waiver", at, part, until=until, cycle=number, track=key)
        self.ledgers[who].facts.append(fact)
        self.waived.append((made, fact))
        self.settle("waived")

    def unwaive(self, number: int) -> None:
        """Take a waiver back, twice."""
        made, fact = self.waived[number % len(self.waived)]
        actor, at = self.actor(self.certifiers[0]), self.tick()
        for _ in range(2):
            write(lambda s: service.withdraw_waiver(s, actor, made, at=at))
        self.seen["waiver withdrawn"] += not fact.is_gone
        fact.is_gone = True
        self.settle("unwaived")

    def renew(self, who: int, key: str, *, by_certifier: bool) -> None:
        """Let a worker, or a certifier for her at any time, begin the next cycle."""
        at, person = self.tick(), self.people[who]
        actor = self.actor(self.certifiers[0] if by_certifier else person)
        is_new = False
        with suppress(RuleBroken):
            is_new = write(lambda s: service.open_cycle(s, actor, person.person_id, key, at=at))
        assert is_new == self.ledgers[who].renew(key, self.specs, at, is_early=by_certifier)
        self.settle("renewed" if is_new else "renewal refused")

    def leave(self, who: int, place: int) -> None:
        """End a worker's employment, with yesterday as its last day."""
        if not self.works_at(who, place):
            return
        at, boss = self.tick(), self.actor(self.bosses[place])
        found = select(Employment.public_id).where(
            Employment.person_id == self.people[who].person_id, Employment.organization_id == self.places[place]
        )
        spell = reading().scalars(found).one()
        day = local(at) - timedelta(days=1)
        for _ in range(2):
            write(lambda s: end_employment(s, boss, spell, ended_on=day, reason="moved", at=at))
        self.left[who, place] = day
        self.settle("left")

    def publish(self, way: int, choices: Choices) -> None:
        """Publish `way` in a version, and do to people what was chosen."""
        at, self.edition = self.tick(), self.edition + 1
        drafts = self._drafts(way)
        said = {("track", "way"): choices} if way != self.way else {}
        prospect = look(drafts, Intent(None, said), at=at)  # type: ignore[arg-type]
        reading().rollback()
        try:
            publish_drafts(Path("content"), drafts, Intent(None, said, prospect.plan.mark), at=at)  # type: ignore[arg-type]
        except BadInput:  # it is not what it is called
            self.seen["label refused"] += 1
            return
        is_other, self.way = way != self.way, way
        for ledger in self.ledgers if is_other else ():
            self._move(ledger, choices, at)
        self.settle("published anew" if is_other else "published")

    def _move(self, ledger: Ledger, choices: Choices, at: datetime) -> None:
        _, cycle = ledger.newest("way")
        if cycle is None:
            return
        if cycle.state == "completed" and choices.finished == "renew":
            ledger.renew("way", self.specs, at, is_early=True)
        elif cycle.state == "active" and choices.under_way == "move":
            cycle.spec = self.specs["way"]

    def _drafts(self, way: int) -> tuple[Draft, ...]:
        tracks = [FIRST, {**WAYS[way], "title": f"The way, edition {self.edition}"}]
        files = [("track", each["key"], each) for each in tracks] + [("checklist", "visit", _CHECKLIST)]
        made = [draft(kind, key, "en", {"files": {f"{key}.yml": body}}) for kind, key, body in files]
        return (FRAMEWORK, *_modules(), *made)


def _modules() -> list[Draft]:
    return [module(key, ["only"], quiz=None, survey=None, credits={"skills/talk": 5}) for key in MODULES]


def _batch_of(client_id: str) -> Any:
    return select(AssignmentBatch.public_id).where(AssignmentBatch.client_id == client_id)


def _revision() -> int:
    found = current(reading()).get("checklist", "visit").revision_id
    reading().rollback()
    return found


def _next_month(day: date) -> date:
    """Return the last day of something that is valid for a month."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)
