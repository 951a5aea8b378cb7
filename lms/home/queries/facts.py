"""All that the record holds of some people, in one statement: what their pages are gathered from.

The pages of this feature are the most visited ones. One statement that is built once costs a tenth of a dozen
that are built for each request. It names tables as foreign keys do; what the rows mean is decided by the rules of
their own features.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, reduce
from operator import add
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Label,
    Select,
    String,
    Table,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.assessments.queries import QuizState
from lms.assessments.rules import Choice, Given
from lms.clock import local_date
from lms.content.library import Library
from lms.courses.queries import attempts_allowed
from lms.courses.rules import ModuleProgress, in_order, quiz_stand
from lms.courses.specs import ModuleSpec
from lms.db import Base, UtcDateTime
from lms.home.queries.holdings import holding_of
from lms.home.rules import Case, Holding
from lms.surveys.queries import subject_of
from lms.tracks.queries import CompletionRow, EnrolmentRow, Standing, bound_tracks, read_practice, read_specs
from lms.tracks.rules import Credit, Waived

TABLES = Base.metadata.tables
_ENROLMENTS, _TRACKS, _MODULES = TABLES["enrolments"], TABLES["track_completions"], TABLES["module_completions"]
_LESSONS, _ATTEMPTS, _RECEIPTS = TABLES["lesson_progress"], TABLES["attempts"], TABLES["survey_receipts"]
_GRANTS, _FAIR, _RESTORED = TABLES["attempt_grants"], TABLES["accommodations"], TABLES["attempt_restorations"]
_WAIVERS, _ROUNDS, _ENTRIES = TABLES["waivers"], TABLES["module_rounds"], TABLES["result_entries"]
_ASSIGNMENTS, _APPLICATIONS = TABLES["assignments"], TABLES["applications"]
_AWARDS, _EDITIONS, _EVENTS = TABLES["awards"], TABLES["editions"], TABLES["status_events"]
_SHARES, _ORGANIZATIONS = TABLES["certificate_shares"], TABLES["organizations"]

#: The columns of every branch, with the type that an empty one has.
_COLUMNS: dict[str, Any] = {
    "id": Integer,
    "key": String,
    "code": String,
    "other": String,
    "word": String,
    "n": Integer,
    "m": Integer,
    "at": UtcDateTime(),
    "then": UtcDateTime(),
    "day": Date,
    "until": Date,
    "data": JSON,
}

#: What the page of a team needs to say how far people are; what a worker's own pages need beside it.
PROGRESS = ("enrolment", "track", "module", "waiver")
CERTIFICATES = ("award",)
TEAM = PROGRESS + CERTIFICATES
SEEN = (*TEAM, "asked", "shared")
OWN = (*TEAM, "asked", "application", "round", "lesson", "quiz", "entry", "survey", "fair")


@dataclass(frozen=True)
class ModuleDone:
    """A completed module: the round, the local date, the minutes credited and the language of instruction."""

    key: str
    round: int
    completed_on: date
    minutes: int
    language: str


@dataclass(frozen=True)
class Asked:
    """A track that an organization asked for and has not taken back."""

    track_key: str
    cycle: int
    organization_id: int
    organization: str
    assigned_at: datetime
    assigned_on: date
    due_on: date | None


@dataclass
class Facts:
    """What is known of one person. `shares` holds by certificate the organizations that she shares it with."""

    modules: list[ModuleDone] = field(default_factory=list)
    finished: dict[str, set[str]] = field(default_factory=dict)
    quizzes: dict[str, QuizState] = field(default_factory=dict)
    surveyed: set[tuple[str, str, int]] = field(default_factory=set)
    #: Modules of which a further round was opened, with its number.
    rounds: dict[str, int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    shares: dict[str, set[int]] = field(default_factory=dict)
    #: What makes quizzes fair for her: her own choice, and what staff gave.
    fair: tuple[Choice, Given] = (Choice(), Given())

    @property
    def completed(self) -> frozenset[str]:
        """Return the keys of the modules that she has completed."""
        return frozenset(module.key for module in self.modules)

    def module_progress(self, library: Library, key: str) -> ModuleProgress:
        """Return how far she is with a module that is taught, in the round in which she is."""
        module, number = library.spec(ModuleSpec, "module", key), self.rounds.get(key, 1)
        lessons = tuple(lesson.key for lesson in module.lessons)
        completed = [each.completed_on for each in self.modules if each.key == key and each.round >= number]
        return ModuleProgress(
            module_key=key,
            lessons=lessons,
            finished=in_order(lessons, self.finished.get(key, ())),
            quiz=quiz_stand(attempts_allowed(library, key), self.quizzes.get(key)) if module.has_quiz else "none",
            has_survey=module.survey is not None,
            surveyed=(module.survey or "", subject_of(key), number) in self.surveyed,
            completed_on=max(completed, default=None),
        )


@dataclass
class Gathered:
    """What is known of some people. `standing` answers how far each is on each track."""

    standing: Standing
    people: dict[int, Facts] = field(default_factory=dict)

    def of(self, person_id: int) -> Facts:
        """Return what is known of one person, empty when nothing is."""
        return self.people.setdefault(person_id, Facts())


def gather(
    session: Session, library: Library, person_ids: Collection[int], kinds: tuple[str, ...], today: date
) -> Gathered:
    """Return what is known of these people on the local date `today`. One query, whatever the numbers.

    `kinds` is one of `PROGRESS`, `TEAM`, `SEEN`, `OWN`. Training from elsewhere, hours and sign-offs cost a query each
    where a track on which somebody is asks for them (`tracks.queries.read_practice`), and revisions of tracks that this
    process has not read yet one each, once.
    """
    gathered = Gathered(Standing(library, today))
    awards: dict[str, list[Any]] = {}
    rows = session.execute(_statement(kinds), {"ids": list(person_ids)}).all() if person_ids else []
    for row in rows:
        if row.kind == "award":
            awards.setdefault(row.key, []).append(row)
        else:
            _READERS[row.kind](gathered, row)
    for entries in sorted(awards.values(), key=lambda entries: entries[0].at, reverse=True):
        gathered.of(entries[0].person_id).holdings.append(holding_of(entries, today))
    standing = gathered.standing
    standing.tracks = read_specs(session, standing)
    asked = bound_tracks(standing)
    if kinds == OWN:  # her pages say how far she is from the tracks that she could begin, too
        asked += [track for track in standing.tracks.values() if track.can_be_met]
    read_practice(session, standing, person_ids, asked)
    return gathered


def _enrolment(gathered: Gathered, row: Any) -> None:
    found = EnrolmentRow(row.id, row.person_id, row.key, row.n, row.code, row.at, row.m)
    gathered.standing.add_enrolment(found)


def _track(gathered: Gathered, row: Any) -> None:
    done = CompletionRow(row.person_id, row.key, row.n, row.at, row.day, row.m, row.code, row.data)
    gathered.standing.add_completion(done)


def _module(gathered: Gathered, row: Any) -> None:
    credit = Credit(row.key, row.n, row.at, row.day, row.code)
    gathered.standing.record(row.person_id).credits.append(credit)
    gathered.of(row.person_id).modules.append(ModuleDone(row.key, row.n, row.day, row.m, row.code))


def _waiver(gathered: Gathered, row: Any) -> None:
    waived = Waived(row.other, row.key, row.n, row.word, row.code, row.at, row.until, is_withdrawn=row.then is not None)
    gathered.standing.record(row.person_id).waivers.append(waived)


def _round(gathered: Gathered, row: Any) -> None:
    rounds = gathered.of(row.person_id).rounds
    rounds[row.key] = max(row.n, rounds.get(row.key, 1))


def _lesson(gathered: Gathered, row: Any) -> None:
    gathered.of(row.person_id).finished.setdefault(row.key, set()).add(row.code)


def _quiz(gathered: Gathered, row: Any) -> None:
    state = QuizState(max(0, row.n or 0), is_open=(row.n or 0) < 0, is_passed=bool(row.m), is_waiting=bool(row.word))
    quizzes = gathered.of(row.person_id).quizzes
    quizzes[row.key] = state.beside(quizzes[row.key]) if row.key in quizzes else state


def _survey(gathered: Gathered, row: Any) -> None:
    gathered.of(row.person_id).surveyed.add((row.code, row.key, row.n))


def _asked(gathered: Gathered, row: Any) -> None:
    gathered.of(row.person_id).asked.append(Asked(row.key, row.n, row.m, row.other, row.at, row.day, row.until))


def _application(gathered: Gathered, row: Any) -> None:
    opened_on = local_date(row.at)
    gathered.of(row.person_id).cases.insert(0, Case(row.other, row.key, row.n, row.code, opened_on))


def _shared(gathered: Gathered, row: Any) -> None:
    gathered.of(row.person_id).shares.setdefault(row.key, set()).add(row.n)


def _fair(gathered: Gathered, row: Any) -> None:
    """Read a version of her accommodations; they come in order, and the latest stays."""
    choice = Choice("b" in row.code, "a" in row.code, row.n)
    given = Given(row.m, "t" in row.code, "o" in row.code, row.day, row.until)
    gathered.of(row.person_id).fair = (choice, given)


_READERS: dict[str, Callable[[Gathered, Any], None]] = {
    "enrolment": _enrolment,
    "track": _track,
    "module": _module,
    "waiver": _waiver,
    "round": _round,
    "lesson": _lesson,
    "quiz": _quiz,
    "survey": _survey,
    "asked": _asked,
    "application": _application,
    "shared": _shared,
    "fair": _fair,
}


@cache
def _statement(kinds: tuple[str, ...]) -> CompoundSelect[Any]:
    """Return the statement that reads these kinds of facts of the people `ids`, in the order of their ids."""
    return union_all(*(_BRANCHES[kind]() for kind in kinds)).order_by("id")


def _branch(kind: str, table: Table, **columns: Any) -> Select[Any]:
    """Return the part of the statement for one kind of facts; what it has no column for is empty."""
    shaped: list[Label[Any]] = [
        (columns[name] if name in columns else cast(null(), type_)).label(name) for name, type_ in _COLUMNS.items()
    ]
    people = table.c.person_id.in_(bindparam("ids", expanding=True))
    return select(literal_column(f"'{kind}'").label("kind"), table.c.person_id, *shaped).where(people)


def _enrolments() -> Select[Any]:
    own = _ENROLMENTS.c
    columns = {"id": own.id, "key": own.track_key, "code": own.state, "n": own.cycle, "m": own.revision_id}
    return _branch("enrolment", _ENROLMENTS, **columns, at=own.started_at)


def _completions() -> Select[Any]:
    own = _TRACKS.c
    columns = {"id": own.id, "key": own.track_key, "code": own.language, "n": own.cycle, "m": own.revision_id}
    return _branch("track", _TRACKS, **columns, at=own.completed_at, day=own.completed_on, data=own.counted)


def _modules() -> Select[Any]:
    own = _MODULES.c
    columns = {"id": own.id, "key": own.module_key, "code": own.language, "n": own.round, "m": own.minutes}
    return _branch("module", _MODULES, **columns, at=own.completed_at, day=own.completed_on)


def _waivers() -> Select[Any]:
    own = _WAIVERS.c
    columns = {"id": own.id, "key": own.track_key, "code": own.reason_code, "other": own.public_id, "n": own.cycle}
    dates = {"at": own.granted_at, "then": own.withdrawn_at, "until": own.ends_on}
    return _branch("waiver", _WAIVERS, word=own.requirement, **columns, **dates)


def _rounds() -> Select[Any]:
    own = _ROUNDS.c
    return _branch("round", _ROUNDS, id=own.id, key=own.module_key, n=own.round)


def _lessons() -> Select[Any]:
    own = _LESSONS.c
    branch = _branch("lesson", _LESSONS, id=own.id, key=own.module_key, code=own.lesson_key)
    return branch.where(own.finished_at.is_not(None), ~_is_completed(_LESSONS))


def _quizzes() -> Select[Any]:
    own, given = _ATTEMPTS.c, _GRANTS.c
    is_open = func.sum(case((own.submitted_at.is_(None), 1), else_=0))
    is_passed = func.sum(case((own.passed.is_(True), 1), else_=0))
    mine = (given.person_id == own.person_id) & (given.module_key == own.module_key)
    granted = select(func.count()).select_from(_GRANTS).where(mine, ~_is_completed(_GRANTS))
    # Attempts that the quiz's own limit counts, without those that were given back; -1 while one is open.
    counted = func.count() - func.count(_RESTORED.c.id) - granted.correlate(_ATTEMPTS).scalar_subquery()
    used = case((is_open > 0, -1), else_=counted)
    waits = func.max(case((own.submitted_at.is_not(None) & own.passed.is_(None), "attempt")))
    branch = _branch("quiz", _ATTEMPTS, id=func.min(own.id), key=own.module_key, n=used, m=is_passed, word=waits)
    joined = _ATTEMPTS.outerjoin(_RESTORED, _RESTORED.c.attempt_id == own.id)
    return branch.select_from(joined).where(~_is_completed(_ATTEMPTS)).group_by(own.person_id, own.module_key)


def _entries() -> Select[Any]:
    """Return what somebody entered for her and a second person has to compare, as a quiz that waits."""
    own = _ENTRIES.c
    return _branch("quiz", _ENTRIES, id=own.id, key=own.module_key, word=own.source).where(own.settled_at.is_(None))


def _surveys() -> Select[Any]:
    own = _RECEIPTS.c
    return _branch("survey", _RECEIPTS, id=own.id, key=own.subject_key, code=own.survey_key, n=own.round)


def _assignments() -> Select[Any]:
    own, organization = _ASSIGNMENTS.c, _ORGANIZATIONS.c
    columns = {"id": own.id, "key": own.track_key, "n": own.cycle, "m": own.organization_id, "day": own.assigned_on}
    branch = _branch("asked", _ASSIGNMENTS, **columns, at=own.assigned_at, until=own.due_on, other=organization.name)
    joined = _ASSIGNMENTS.join(_ORGANIZATIONS, organization.id == own.organization_id)
    return branch.select_from(joined).where(own.undone_at.is_(None))


def _applications() -> Select[Any]:
    own = _APPLICATIONS.c
    columns = {"id": own.id, "key": own.track_key, "code": own.state, "other": own.public_id, "n": own.cycle}
    return _branch("application", _APPLICATIONS, **columns, at=own.opened_at)


def _awards() -> Select[Any]:
    own, event, edition = _AWARDS.c, _EVENTS.c, _EDITIONS.c
    columns = {"key": own.public_id, "word": own.track_key, "other": own.serial, "n": own.cycle, "at": own.awarded_at}
    happened = {"code": event.kind, "m": edition.number, "then": event.at, "until": edition.valid_until}
    branch = _branch("award", _AWARDS, id=func.coalesce(event.id, 0), **columns, **happened)
    joined = _AWARDS.outerjoin(_EVENTS, event.award_id == own.id).outerjoin(_EDITIONS, edition.id == event.edition_id)
    return branch.select_from(joined)


def _shares() -> Select[Any]:
    own, award = _SHARES.c, _AWARDS.c
    branch = _branch("shared", _AWARDS, id=own.id, key=award.public_id, n=own.organization_id)
    return branch.select_from(_AWARDS.join(_SHARES, own.award_id == award.id)).where(own.withdrawn_at.is_(None))


def _accommodations() -> Select[Any]:
    own = _FAIR.c
    flags = {"b": own.bilingual, "a": own.audio, "t": own.often, "o": own.oral}
    code = reduce(add, (case((column, letter), else_="") for letter, column in flags.items()))
    columns = {"n": own.own_percent, "m": own.time_percent, "day": own.valid_from, "until": own.valid_until}
    return _branch("fair", _FAIR, id=own.id, code=code, **columns)


def _is_completed(table: Table) -> ColumnElement[bool]:
    """Return the criterion of the rows of `table` whose module was completed in that round."""
    done, own = _MODULES.c, table.c
    same = (done.person_id == own.person_id) & (done.module_key == own.module_key) & (done.round == own.round)
    return exists().where(same)


_BRANCHES: dict[str, Callable[[], Select[Any]]] = {
    "enrolment": _enrolments,
    "track": _completions,
    "module": _modules,
    "waiver": _waivers,
    "round": _rounds,
    "lesson": _lessons,
    "quiz": _quizzes,
    "entry": _entries,
    "survey": _surveys,
    "asked": _assignments,
    "application": _applications,
    "award": _awards,
    "shared": _shares,
    "fair": _accommodations,
}
