"""What the tests of publishing share: small content made of plain data, and people who are somewhere on its tracks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from lms.clock import local_date
from lms.content.folder import read_folder
from lms.content.library import current
from lms.content.service import Draft, draft, drafts_of
from lms.courses.models import ModuleCompletion
from lms.db import reading, write
from lms.ids import new_public_id
from lms.publish.service import Intent, Prospect, look, publish_drafts
from lms.publish.specs import SHAPES
from lms.tracks import service
from lms.tracks.events import content_changed
from lms.tracks.rules.versions import Choices
from lms.tracks.specs import TrackSpec
from tests.conftest import AT
from tests.content.sample import write_sample

MODULES = ("a", "b", "c", "d", "e")
FOLDER = Path("content")
LATER = AT + timedelta(days=30)
RENEWAL = {"valid_months": 24, "renewal": {"from": "completion"}}


@pytest.fixture(scope="session", autouse=True)
def _frame(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Read once what every small content has: a framework, a survey and a certificate."""
    folder = write_sample(tmp_path_factory.mktemp("frame"))
    frame.cache_clear()
    frame(folder)
    frame.folder = folder  # type: ignore[attr-defined] -- remembered for `content`


@cache
def frame(folder: Path) -> tuple[Draft, ...]:
    """Return the drafts of the sample that are no track."""
    return tuple(each for each in drafts_of(read_folder(folder, SHAPES)) if each.kind != "track")


def module(key: str, *, title: str = "", lessons: Sequence[str] = ("one",)) -> Draft:
    """Return a module of short lessons, without a quiz or a survey."""
    head = {"key": key, "title": title or f"Module {key}", "summary": "Short.", "minutes": 5, "lessons": list(lessons)}
    text = {"title": "One", "minutes": 5, "objectives": ["Begin."], "markdown": "Begin."}
    return draft("module", key, "en", {"files": {"module.yml": head, **{f"lessons/{x}.md": text for x in lessons}}})


def track(key: str = "t", *items: str, title: str = "Track", **more: Any) -> Draft:
    """Return a track of these modules; `more` are further fields of its file."""
    listed = {"items": [{"id": each, "module": each} for each in items]} if items else {}
    data = {"key": key, "title": title, "summary": "Short.", "level": "entry", "certificate": "done", **listed, **more}
    TrackSpec.read(data)
    return draft("track", key, "en", {"files": {f"{key}.yml": data}})


def content(*drafts: Draft, without: Collection[str] = ()) -> tuple[Draft, ...]:
    """Return the whole content: the frame, modules a to e but for those given here, and these."""
    given = {each.address for each in drafts}
    usual = [module(key) for key in MODULES if ("module", key, "en") not in given and key not in without]
    return (*frame(frame.folder), *usual, *drafts)  # type: ignore[attr-defined]


def publish(drafts: tuple[Draft, ...], *, at: datetime = AT, mark: str | None = None, **choices: Choices) -> Prospect:
    """Publish with choices by the key of a track (`module_a` for a module); without a mark look first."""
    said = {_address(name): each for name, each in choices.items()}
    if mark is None:
        mark = look(drafts, Intent(None, said), at=at).plan.mark
        reading().rollback()
    return publish_drafts(FOLDER, drafts, Intent(None, said, mark), at=at)


def outlook(drafts: tuple[Draft, ...], *, at: datetime = LATER, **choices: Choices) -> Prospect:
    """Return what publishing would do."""
    found = look(drafts, Intent((), {_address(name): each for name, each in choices.items()}), at=at)
    reading().rollback()
    return found


def _address(name: str) -> Any:
    return ("module", name.removeprefix("module_")) if name.startswith("module_") else ("track", name)


def did(person_ids: Collection[int], *modules: str, at: datetime = AT, round_number: int = 1) -> None:
    """Let people complete modules, and whatever follows from it."""

    def fn(session: Any) -> None:
        library = current(session)
        rows = [
            {
                "public_id": new_public_id(),
                "person_id": person_id,
                "module_key": key,
                "round": round_number,
                "completed_at": at,
                "completed_on": local_date(at),
                "minutes": 5,
                "revision_id": library.get("module", key).revision_id,
                "language": "en",
            }
            for person_id in person_ids
            for key in modules
        ]
        if rows:
            session.execute(insert(ModuleCompletion), rows)
        service.refresh(session, library, person_ids, at=at)

    write(fn)


def enrol(person_ids: Collection[int], key: str = "t", *, at: datetime = AT) -> None:
    """Put people on a track."""
    write(lambda session: service.enrol(session, person_ids, key, at=at))


def rows(model: Any, *columns: str) -> list[tuple[Any, ...]]:
    """Return columns of every row of a table, all of them where none is named, in the order of ids."""
    wanted = [getattr(model, name) for name in columns or [each.name for each in model.__table__.columns]]
    found = [tuple(row) for row in reading().execute(select(*wanted).order_by(model.id))]
    reading().rollback()
    return found


@pytest.fixture
def told() -> Iterator[list[Any]]:
    """Return whom `content_changed` names during the test."""
    subjects: list[Any] = []

    def hear(fact: Any, **_more: Any) -> None:
        subjects.extend(fact.subjects)

    with content_changed.connected_to(hear):
        yield subjects
