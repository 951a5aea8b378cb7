"""Commands of tracks: assigning to many people at once."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from lms.clock import local_date, now
from lms.content.library import current
from lms.db import chunks, reading, write
from lms.errors import BadInput, NotFound, RowProblem, RuleBroken
from lms.i18n import TAGS
from lms.organizations.queries import ids_of_words, names_of
from lms.organizations.rules import read_grid, write_table
from lms.people.queries import known_as
from lms.people.rules import search_key
from lms.people.service import lock
from lms.tracks import messages, rules, service
from lms.tracks.rules import Asked, Due, FileRow, Meant, Routes
from lms.tracks.service import FileDone, Foresight
from lms.tracks.specs import TrackSpec

group = AppGroup("tracks", help="Career pathways: assign one to many people.")
CHUNK = 1000


@group.command("assign")
@click.option("--track", "track_key", required=True, help="The key of the track.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="The last local date; none without it.")
@click.option("--organization", help="The key or name of the one that asks all of them.")
@click.option(
    "--route",
    "ways",
    multiple=True,
    metavar="LANGUAGE=WAY",
    help=f"How those learn whose language has no approved words: {', '.join(rules.CHOICES)}, such as sm=oral.",
)
@click.option("--dry-run", is_flag=True, help="Only print what would happen.")
@click.option("--valid-rows-only", is_flag=True, help="Ask those whom the file names well, and pass over the rest.")
@click.option("--plan", "table", type=click.Path(dir_okay=False, path_type=Path), help="Write who is touched, as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def assign(
    track_key: str,
    file: Path,
    due: datetime | None,
    organization: str | None,
    table: Path | None,
    ways: tuple[str, ...],
    *,
    dry_run: bool,
    valid_rows_only: bool,
    as_json: bool,
) -> None:
    """Ask the people of a CSV or Excel FILE to do a track, each for the organization where she works.

    Columns, in any order: email, phone or person (her id), with --organization also her name, and organization (key or
    name), which may be missing where she works at one place. Whoever was asked before is left as she is, so that the
    same file twice changes nothing. All of it is done in one transaction, or nothing. A date that leaves somebody too
    little time is warned of. Where the track asks for approved words, a row whose language has none cannot be done
    without --route.
    """
    began, at, wish = time.monotonic(), now(), rules.as_due(due.date() if due else None)
    _check_options(track_key, wish, local_date(at))
    places, routes = _places(organization), _routes(ways)
    meant = _worded(track_key, _judge(places, track_key, _read(file), at, quiet=as_json), routes, local_date(at))
    good = [each for each in meant if each.fault is None]
    faults = [each for each in meant if each.fault is not None]
    if faults and not valid_rows_only:
        raise BadInput(_problem(each) for each in faults)
    plan = _look(track_key, wish, good, at)
    done = FileDone((), *plan.counts)
    read = time.monotonic()
    if not dry_run and good:
        done = _apply(places, track_key, wish, [_asked(each) for each in good], routes, at)
    spent = {"reading": round(read - began, 2), "writing": round(time.monotonic() - read, 2)}
    for problem in [*map(_problem, faults), *plan.warnings()]:
        click.echo(str(problem), err=True)
    if table is not None:
        table.write_bytes(b"".join(write_table(plan.table())))
    said = Result(plan, done, faults, is_dry=dry_run)
    click.echo(said.as_json(spent) if as_json else said.as_text())


def _check_options(track_key: str, due: Due, today: date) -> None:
    """End with status 2 when there is no such track, or the date cannot be."""
    try:
        current(reading()).spec(TrackSpec, "track", track_key)
    except NotFound:
        raise click.BadParameter(f"there is no track {track_key!r}", param_hint="--track") from None
    if (fault := rules.due_fault(due, today)) is not None:
        raise click.BadParameter(messages.fault_sentence(fault), param_hint="--due")


def _routes(ways: Sequence[str]) -> Routes:
    """Return what `--route` says; end with status 2 for what is no language or no way."""
    pairs = dict(each.partition("=")[::2] for each in ways)
    for tag, way in pairs.items():
        if tag not in TAGS or way not in rules.CHOICES:
            raise click.BadParameter(f"write LANGUAGE=WAY, not {tag}={way}", param_hint="--route")
    return Routes(pairs)


def _worded(track_key: str, meant: list[Meant], routes: Routes, today: date) -> list[Meant]:
    """Return the rows with a fault for each who would newly be asked, and of whose language nothing is said."""
    good = [_asked(each) for each in meant if each.fault is None]
    new = {each.person_id for each in service.sort_rows(reading(), track_key, good, today).new} if good else set()
    blocked = service.find_blocked(reading(), current(reading()), track_key, new)
    return rules.without_wording(meant, rules.route_people(blocked, routes).undecided)


def _places(organization: str | None) -> list[int] | None:
    """Return the organization that asks; None where each row's own does."""
    if organization is None:
        return None
    found = ids_of_words(reading(), None).get(search_key(organization))
    if found is None:
        raise click.BadParameter(f"there is no organization {organization!r}", param_hint="--organization")
    return [found]


def _read(file: Path) -> list[FileRow]:
    rows = rules.read_people(read_grid(file.read_bytes()))
    if rows is None:
        raise BadInput([RowProblem(1, f"no column says who is meant; use {', '.join(rules.COLUMNS)}")])
    if not rows:
        raise BadInput([RowProblem(1, "the file names nobody")])
    return rows


def _judge(
    places: Collection[int] | None, track_key: str, rows: Sequence[FileRow], at: datetime, *, quiet: bool
) -> list[Meant]:
    """Return whom the rows mean, with a bar on a terminal and counts elsewhere (none with `quiet`)."""
    judge = service.Judging(reading(), places, track_key, at=at)
    found: list[Meant] = []
    shows_bar = sys.stderr.isatty() and not quiet
    with click.progressbar(length=len(rows), label="Reading", file=sys.stderr, hidden=not shows_bar) as bar:
        for chunk in chunks(rows, CHUNK):
            found += judge(chunk)
            bar.update(len(chunk))
            if not shows_bar and not quiet:
                click.echo(f"{len(found)} of {len(rows)} rows read", err=True)
    return rules.without_repeats(found)


def _asked(meant: Meant) -> Asked:
    return Asked(meant.person_id or 0, meant.organization_id or 0)


@dataclass(frozen=True)
class Look:
    """What doing a file would lead to, with public id and name of each person, and names of organizations."""

    foresight: Foresight
    people: dict[int, tuple[str, str]]
    places: dict[int, str]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Return how many would be asked, were asked before, and have finished."""
        sorting = self.foresight.sorting
        return len(sorting.new), len(sorting.already), len(sorting.finished)

    def table(self) -> Iterator[Sequence[str]]:
        """Yield what would become of each person, after the headers."""
        return messages.plan_table(current(reading()), self.foresight.lines(), self.people, self.places)

    def warnings(self) -> Iterator[str]:
        """Yield whose date leaves too little time, and a day that would do."""
        early = self.foresight.early
        if early:
            names = ", ".join(self.people[each.person_id][1] for each in early)
            work, day = messages.work_words(self.foresight.work), self.foresight.comfortable
            yield f"warning: too little time for {len(early)}, at least {work} are left: {names}"
            yield f"warning: {day} would be comfortable"

    def as_json(self) -> list[dict[str, object]]:
        """Return what would become of each person."""
        return [
            {
                "person": self.people[each.asked.person_id][0],
                "name": self.people[each.asked.person_id][1],
                "organization": self.places[each.asked.organization_id],
                "outcome": each.outcome,
                "due_on": each.due_on.isoformat() if each.due_on else None,
                "too_little_time": each.is_early,
                "application_opens": each.applies,
                "also_completes": list(each.beyond),
            }
            for each in self.foresight.lines()
        ]


def _look(track_key: str, due: Due, good: Sequence[Meant], at: datetime) -> Look:
    """Return what doing these rows would lead to."""
    began = {_asked(each): each.began_on or local_date(at) for each in good}
    sorting = service.sort_rows(reading(), track_key, list(began), local_date(at))
    foresight = service.foresee(reading(), track_key, due, sorting, began, at=at)
    people = known_as(reading(), {each.person_id for each in began})
    return Look(foresight, people, names_of(reading(), {each.organization_id for each in began}))


def _apply(
    places: Collection[int] | None, track_key: str, due: Due, wanted: Sequence[Asked], routes: Routes, at: datetime
) -> FileDone:
    def fn(session: Any) -> FileDone:
        lock(session, [each.person_id for each in wanted])
        return service.ask_rows(session, places, track_key, due, wanted, made_by=None, at=at, routes=routes)

    try:
        return write(fn)
    except RuleBroken as error:  # somebody left between reading and writing
        raise BadInput([RowProblem(1, messages.sentence(error))]) from error


def _problem(meant: Meant) -> RowProblem:
    return RowProblem(meant.row.number, messages.row_sentence(meant.fault or ""))


@dataclass(frozen=True)
class Result:
    """What the command says: what was looked at, what was done, and the rows that cannot be."""

    look: Look
    done: FileDone
    faults: Sequence[Meant]
    is_dry: bool

    def as_text(self) -> str:
        """Return the counts; of a dry run first everybody by name."""
        done, verb = self.done, "would be asked" if self.is_dry else "asked"
        said = f"{done.assigned} {verb}, {done.already} asked before, {done.finished} finished"
        said = f"{said}, {len(self.faults)} rows passed over" if self.faults else said
        rows = list(self.look.table())[1:] if self.is_dry else []
        lines = [f"  {row[0]} ({row[1]}), {row[2]}: {'; '.join(filter(None, row[3:]))}" for row in rows]
        return "\n".join([*lines, said])

    def as_json(self, spent: dict[str, float]) -> str:
        """Return all of it as JSON, with the seconds that were spent."""
        refused = [
            {"row": each.row.number, "code": each.fault, "reason": _problem(each).message} for each in self.faults
        ]
        counts = {"assigned": self.done.assigned, "already": self.done.already, "finished": self.done.finished}
        more = {"batches": list(self.done.batches), "people": self.look.as_json(), "refused": refused, "seconds": spent}
        return json.dumps({"dry_run": self.is_dry, **counts, **more}, ensure_ascii=False, indent=2)
