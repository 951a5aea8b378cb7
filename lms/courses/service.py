"""Changes to learning: finishing a lesson, and recording completed modules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments.queries import passes_of
from lms.audit.service import record
from lms.clock import local_date
from lms.content.lessons import render
from lms.content.library import Library, Source, current, source_of, spec_of
from lms.courses import queries, rules
from lms.courses.events import ModuleCompleted, ModuleCredit, module_completed
from lms.courses.models import LessonProgress, ModuleCompletion, ModuleRound
from lms.courses.queries import Candidate, Ready
from lms.courses.specs import LessonSpec, ModuleSpec
from lms.db import insert_once
from lms.differences import Difference
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.people.service import lock
from lms.signals import announce


@dataclass(frozen=True)
class Shown:
    """How the lesson was shown: its language, and whether English stood beneath."""

    locale: str
    both: bool = False


def finish_lesson(
    session: Session,
    actor: Actor,
    module_key: str,
    lesson_key: str,
    *,
    shown: Shown,
    at: datetime,
    round_number: int | None = None,
) -> bool:
    """Mark a lesson as finished, in a round (None: hers now), and return whether that is new.

    A second time changes nothing. Raise `NotFound` without such a lesson, `RuleBroken("prerequisite", module=key)`
    while another module comes first.
    """
    lock(session, [actor.person_id])
    library = current(session)
    round_number = round_number or queries.round_of(session, actor.person_id, module_key)
    source = library.get("module", module_key)
    lesson = spec_of(ModuleSpec, source).lesson(lesson_key)
    if lesson is None:
        raise NotFound(f"no lesson {lesson_key!r} in {module_key}")
    require_prerequisites(session, library, actor.person_id, module_key)
    key = {"person_id": actor.person_id, "module_key": module_key, "lesson_key": lesson_key, "round": round_number}
    row = {**key, "finished_at": at, **_shown(library, source, lesson, shown)}
    is_new = bool(insert_once(session, LessonProgress, [row]))
    complete_modules(session, library, [(actor.person_id, module_key, round_number)], at=at)
    return is_new


def finish_together(
    session: Session,
    library: Library,
    person_ids: Collection[int],
    module_key: str,
    *,
    language: str,
    at: datetime,
    round_number: int = 1,
) -> tuple[int, ...]:
    """Mark all lessons of a module as finished for people who were taught it together, and return for whom any is new.

    `language` is the one in which they were taught. Those for whom another module comes first are left out; a second
    time changes nothing. The caller holds the persons' locks. Raises `NotFound` without such a module.
    """
    source = library.get("module", module_key)
    module = spec_of(ModuleSpec, source)
    done = queries.completions_of(session, person_ids, module.prerequisites) if module.prerequisites else {}
    able = [each for each in person_ids if all((each, key) in done for key in module.prerequisites)]
    taught = {
        "module_key": module_key,
        "round": round_number,
        "finished_at": at,
        "revision_id": source.revision_id,
        "locale_revision_id": library.words("module", module_key, language).revision_id,
        "shown_language": language,
    }
    rows = [{**taught, "person_id": each, "lesson_key": lesson.key} for each in able for lesson in module.lessons]
    new = {row.person_id for row in insert_once(session, LessonProgress, rows, "person_id")}
    complete_modules(session, library, [(each, module_key, round_number) for each in able], at=at)
    return tuple(sorted(new))


def require_prerequisites(session: Session, library: Library, person_id: int, module_key: str) -> None:
    """Raise `RuleBroken("prerequisite", module=key)` naming the first module that must be completed before."""
    module = library.spec(ModuleSpec, "module", module_key)
    if not module.prerequisites:
        return
    completed = {key for _, key in queries.completions_of(session, [person_id], module.prerequisites)}
    missing = rules.missing_prerequisites(module, completed)
    if missing:
        raise RuleBroken("prerequisite", module=missing[0])


def require_nothing_finished(session: Session, person_id: int, module_key: str, round_number: int) -> None:
    """Raise `RuleBroken("lessons_begun")` when a lesson of the module is finished in this round."""
    if queries.finished_in_module(session, person_id, module_key, round_number):
        raise RuleBroken("lessons_begun")


def complete_modules(
    session: Session, library: Library, candidates: Collection[Candidate], *, at: datetime | None = None
) -> tuple[ModuleCredit, ...]:
    """Record each module of `candidates` whose every step is done, and return what is new.

    Set-based and idempotent. `at` is the instant of the last step; without it the instant is worked out from
    what is recorded. Announces `ModuleCompleted` once for all new rows. The caller holds the persons' locks.
    """
    ready = {
        (each.person_id, each.module_key, each.round): _row(library, each, at)
        for each in queries.list_ready(session, library, candidates)
    }
    new = insert_once(session, ModuleCompletion, list(ready.values()), "person_id", "module_key", "round")
    subjects = tuple(_credit(ready[person_id, key, number]) for person_id, key, number in map(tuple, new))
    if subjects:
        announce(module_completed, session, ModuleCompleted(subjects))
    return subjects


def open_rounds(
    session: Session, library: Library, wanted: Collection[tuple[int, str]], *, at: datetime
) -> list[tuple[int, str, int]]:
    """Open the next round of modules for persons, as (person id, module key), who completed the round they are in.

    Return (person id, module key, round) of what is new. What was done stays; all of the module is done anew. Modules
    that are not taught any more are left out. The caller holds the persons' locks. Three queries.
    """
    ids, keys = {person_id for person_id, _ in wanted}, {key for _, key in wanted if library.find("module", key)}
    now_in = queries.rounds_of(session, ids, keys)
    rows = [
        {"person_id": each[0], "module_key": each[1], "round": done.round + 1, "opened_at": at}
        for each, done in queries.completions_of(session, ids, keys).items()
        if each in wanted and done.round >= now_in.get(each, 1)
    ]
    return [tuple(row) for row in insert_once(session, ModuleRound, rows, "person_id", "module_key", "round")]


def require_earlier_steps(
    session: Session, library: Library, person_id: int, module_key: str, round_number: int
) -> None:
    """Raise `RuleBroken("earlier_steps")` until this person has done what a module asks for before its survey.

    At most two queries.
    """
    module = library.spec(ModuleSpec, "module", module_key)
    finished = queries.finished_in_module(session, person_id, module_key, round_number)
    is_ready = rules.all_finished(module, finished)
    if is_ready and module.has_quiz:
        is_ready = (person_id, module_key, round_number) in passes_of(session, [person_id], [module_key])
    if not is_ready:
        raise RuleBroken("earlier_steps")


def recompute(
    session: Session, library: Library, *, at: datetime, person_ids: Collection[int] | None = None
) -> list[Difference]:
    """Record every completion that was missed, of these persons (None: of everybody), and return the differences.

    A completion that does not follow from what was done is returned and left: a person has to look at it.
    """
    ready = queries.list_ready(session, library, None, person_ids)
    missed = [(each.person_id, each.module_key, each.round) for each in ready]
    lock(session, [person_id for person_id, _, _ in missed])
    lines = []
    for credit in complete_modules(session, library, missed):
        record(
            session,
            None,
            "courses.completion_mended",
            "person",
            credit.person_id,
            at=at,
            module=credit.module_key,
            round=credit.round,
        )
        told = f"person {credit.person_id}: module {credit.module_key} was complete and not recorded"
        lines.append(Difference(told))
    return [*lines, *_baseless(session, person_ids)]


def _baseless(session: Session, person_ids: Collection[int] | None) -> list[Difference]:
    """Return each completion that does not follow from lessons, quiz and survey as its revision asks. Five queries."""
    completions = queries.list_completions(session, person_ids)
    done = queries.read_done(session, person_ids)
    modules = {each: spec_of(ModuleSpec, source_of(session, each)) for each in {row.revision_id for row in completions}}
    return [
        Difference(f"person {row.person_id}: module {row.module_key}, round {row.round}, {fault}", mendable=False)
        for row in completions
        for fault in rules.completion_faults(modules[row.revision_id], row.minutes, done.of(row))
    ]


def _shown(library: Library, source: Source, lesson: LessonSpec, shown: Shown) -> dict[str, object]:
    """Return the columns that tell what was shown."""
    words = library.words("module", source.key, shown.locale)
    blocks = render(lesson.markdown, words, lesson.key)
    states = {block.state for block in blocks}
    both = shown.both or any(rules.shows_both(block.kind, block.state) for block in blocks)
    return {
        "revision_id": source.revision_id,
        "locale_revision_id": words.revision_id,
        "shown_language": rules.lesson_language(shown.locale, states, both=both),
    }


def _row(library: Library, ready: Ready, at: datetime | None) -> dict[str, object]:
    """Return the row of a completion."""
    source = library.get("module", ready.module_key)
    completed_at = at or rules.earned_at(ready.instants, ready.answered_on)
    return {
        "public_id": new_public_id(),
        "person_id": ready.person_id,
        "module_key": ready.module_key,
        "round": ready.round,
        "completed_at": completed_at,
        "completed_on": local_date(completed_at),
        "minutes": spec_of(ModuleSpec, source).minutes,
        "revision_id": source.revision_id,
        "language": ready.language,
    }


def _credit(row: dict[str, object]) -> ModuleCredit:
    """Return the announced fact of a row."""
    shared = {name: row[name] for name in ModuleCredit.__dataclass_fields__}
    return ModuleCredit(**shared)  # type: ignore[arg-type]
