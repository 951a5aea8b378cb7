"""Publishing a content folder: checked whole, compared with what is published, looked at, and then exactly so."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from sqlalchemy.orm import Session

from lms.audit import service as audit
from lms.content import service
from lms.content.checks import Checked, check_folder
from lms.content.folder import Folder, read_folder
from lms.content.library import SOURCE_LOCALE, current, forget
from lms.content.service import Draft, Published
from lms.db import reading, take_turns, write
from lms.errors import BadInput, Problem
from lms.publish import rules
from lms.publish.specs import FOLDERS, SHAPES, TAUGHT
from lms.surveys.queries import Weakened, list_weakened
from lms.surveys.rules import core_faults
from lms.surveys.specs import SurveySpec
from lms.tracks.queries.versions import plan_of
from lms.tracks.rules import is_alone, key_alone
from lms.tracks.rules.versions import Choices, Fault, Kind, Plan
from lms.tracks.service.versions import apply_plan, plan_held


@dataclass(frozen=True)
class Intent:
    """What somebody wants to publish, and how.

    `retire` names the tracks and modules that may disappear, None any. `choices` says by kind and key how a change is
    labelled and what happens to whom. `mark` is that of the plan that was looked at.
    """

    retire: Collection[str] | None = None
    choices: Mapping[tuple[Kind, str], Choices] = field(default_factory=dict)
    mark: str = ""
    by: int | None = None


@dataclass(frozen=True)
class Prospect:
    """What publishing would do, and to whom.

    It cannot be done while there are `faults`, `gone` things are kept, or surveys are `weakened`.
    """

    published: Published
    plan: Plan
    faults: tuple[Fault, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    #: Surveys that would be read from fewer people than those who answered were promised.
    weakened: tuple[Weakened, ...] = ()


def shown(directory: Path) -> str:
    """Return how problems call a folder."""
    return os.path.relpath(directory) if directory.resolve().is_relative_to(Path.cwd()) else str(directory)


def check_directory(directory: Path) -> tuple[Folder, Checked]:
    """Return what stands in `directory` and what is wrong with it. Needs no database."""
    folder = read_folder(directory, SHAPES, shown(directory))
    checked, found = check_folder(folder), list(_core_faults(folder))
    problems = sorted({*checked.problems, *(each for each, is_warning in found if not is_warning)})
    warnings = sorted({*checked.warnings, *(each for each, is_warning in found if is_warning)})
    return folder, Checked(tuple(problems), tuple(warnings))


def _core_faults(folder: Folder) -> Iterator[tuple[Problem, bool]]:
    """Yield what is wrong with the core set of surveys, and whether it is only a warning."""
    files = {key: made.files.get(f"{key}.yml") for (kind, key), made in folder.objects.items() if kind == "survey"}
    surveys = {key: file.spec for key, file in files.items() if file and isinstance(file.spec, SurveySpec)}
    heads = (made.files.get("module.yml") for made in folder.objects.values())
    ends = {getattr(file.spec, "survey", None) for file in heads if file}
    for each in core_faults(surveys, {key for key in ends if key}):
        file = files[each.key]
        assert file is not None  # noqa: S101 -- its spec was read
        yield file.problem(each.path, each.message), each.is_warning


def read_drafts(directory: Path) -> tuple[Draft, ...]:
    """Return what a folder would publish; raise `BadInput` with every problem."""
    folder, checked = check_directory(directory)
    if checked.problems:
        raise BadInput(checked.problems)
    drafts = tuple(service.drafts_of(folder))
    return (*drafts, *alone_tracks(drafts))


def alone_tracks(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """Yield a track for each module, so that it can be asked for alone; its words are the module's."""
    for each in drafts:
        if each.kind != "module":
            continue
        key = key_alone(each.key)
        if each.locale == SOURCE_LOCALE:
            told = each.body["files"]["module.yml"]
            track = {"key": key, "alone": True, "title": told["title"], "summary": told["summary"], "level": "entry"}
            items = [{"id": each.key, "module": each.key}]
            body = {"derived": True, "files": {f"{key}.yml": {**track, "items": items}}}
        else:
            words = each.body["words"]
            places = {f"{key}.yml:{name}": f"module.yml:{name}" for name in ("title", "summary")}
            body = {"words": {ours: words[theirs] for ours, theirs in places.items() if theirs in words}}
        yield service.draft("track", key, each.locale, body)


def look(drafts: Sequence[Draft], intent: Intent, *, at: datetime) -> Prospect:
    """Return what publishing would do now. Writes nothing."""
    return _look(reading(), drafts, intent, at=at, is_held=False)


def _look(session: Session, drafts: Sequence[Draft], intent: Intent, *, at: datetime, is_held: bool) -> Prospect:
    published = service.compare(session, drafts)
    old = current(session)
    new = service.upcoming(session, old, drafts)
    find = plan_held if is_held else plan_of
    plan, faults = find(session, old, new, intent.choices, content=service.sha256_of(drafts), at=at)
    return Prospect(published, plan, faults, _gone(published, intent), list_weakened(session, old, new))


def _gone(published: Published, intent: Intent) -> tuple[tuple[str, str], ...]:
    """Return kind and key of what would be retired though nobody said so."""
    retired = (each for each in sorted(published.changes) if each.what == "retired" and each.locale == SOURCE_LOCALE)
    taught = ((each.kind, each.key) for each in retired if each.kind in TAUGHT and not is_alone(each.key))
    return tuple(each for each in taught if intent.retire is not None and each[1] not in intent.retire)


def refuse(directory: Path, prospect: Prospect, mark: str | None) -> None:
    """Raise `BadInput` with all that keeps from publishing; `mark` None asks for no plan that was looked at."""
    places = {kind: f"{shown(directory)}/{folder}" for kind, folder in FOLDERS.items()}
    said = [(f"{places[kind]}/{key}", rules.gone(kind, key)) for kind, key in prospect.gone]
    said += [(f"{places[each.kind]}/{each.key}", rules.fault(each)) for each in prospect.faults]
    said += [(f"{places['survey']}/{each.key}.yml", rules.weakened(each.was)) for each in prospect.weakened]
    is_other = mark is not None and mark != prospect.plan.mark
    if not said and is_other and (mark or prospect.plan.effects):
        said.append((shown(directory), rules.unseen(prospect.plan, mark or "")))
    if said:
        raise BadInput(Problem(path, 1, 1, message) for path, message in said)


def publish_drafts(
    directory: Path, drafts: Sequence[Draft], intent: Intent, *, at: datetime, data_dir: Path | None = None
) -> Prospect:
    """Publish `drafts` of `directory`, do to people what the plan says, and return what was done.

    Their readings are stored under `data_dir` before; None is for drafts that have none.
    Raises `BadInput` when something is wrong, was not said, or the plan is not the one that was looked at; then nothing
    is written.
    """
    attempts = count()
    if data_dir is not None:
        service.keep_sounds(data_dir, drafts)

    def publish(session: Session) -> Prospect:
        if next(attempts):
            forget()  # the attempt before was rolled back
        take_turns(session, "publish")
        prospect = _look(session, drafts, intent, at=at, is_held=True)
        refuse(directory, prospect, intent.mark)
        if prospect.published.is_new:
            _publish(session, drafts, prospect, intent, at=at)
        return prospect

    try:
        return write(publish)
    except BaseException:
        forget()
        raise


def _publish(session: Session, drafts: Sequence[Draft], prospect: Prospect, intent: Intent, *, at: datetime) -> None:
    published = service.publish(session, drafts, intent.by, at=at)
    subject = str(published.number)
    audit.record(session, intent.by, "content.published", "publication", subject, at=at)
    library = current(session)
    assert library.publication_id is not None  # noqa: S101 -- it was published just now
    apply_plan(session, library, prospect.plan, library.publication_id, by=intent.by, at=at)


def publish_directory(
    directory: Path,
    *,
    at: datetime,
    actor_account_id: int | None = None,
    dry_run: bool = False,
    retire: Collection[str] | None = None,
    data_dir: Path | None = None,
) -> Published:
    """Publish `directory` where that touches nobody, and return what changed; with `dry_run` nothing is written.

    `retire` is as in `Intent`. Raises `BadInput` with every problem, and then nothing is written either.
    """
    drafts, intent = read_drafts(directory), Intent(retire, by=actor_account_id)
    if not dry_run:
        return publish_drafts(directory, drafts, intent, at=at, data_dir=data_dir).published
    prospect = look(drafts, intent, at=at)
    refuse(directory, prospect, None)
    return prospect.published
