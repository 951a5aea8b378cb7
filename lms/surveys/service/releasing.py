"""Answers leave the pool: opened, put together in cells that are large enough, and written in no order."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import RowMapping, Table, delete, insert
from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import Library, current
from lms.db import take_turns
from lms.errors import NotFound
from lms.ids import new_public_id
from lms.surveys import queries, rules
from lms.surveys.models import SurveyAnswer, SurveyWords
from lms.surveys.rules import Cell, Labels, Waiting
from lms.surveys.service.sealing import POOL, put, sealed

_SHEETS, _WORDS = cast("Table", SurveyAnswer.__table__), cast("Table", SurveyWords.__table__)


def release_answers(session: Session, *, secret_key: str, at: datetime) -> tuple[int, int]:
    """Release what stands in cells that are large enough; return how many sheets left, and how many wait.

    What the installation's `secret_key` does not open waits on. All that waits is sealed anew under other ids and
    written in another order, so that neither a copy of yesterday's database nor PostgreSQL's number of the transaction
    tells which box came when.
    """
    take_turns(session, "release answers")
    key, today = rules.key_of(secret_key), local_date(at)
    taken = session.execute(delete(POOL).returning(*POOL.columns)).mappings().all()
    sheets, texts, closed = _open(key, taken)
    sheets += _former(session, current(session))
    cells, wait = rules.part(sheets, rules.SHEETS, today)
    month = rules.first_of_month(today)
    answers: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for cell in cells:
        head = _head(cell, month)
        answers += [{"id": secrets.token_hex(16), **head, "answers": row.content["answers"]} for row in cell.rows]
        if cell.labels.language is None:
            texts += [text for row in cell.rows for text in _texts(row)]
        else:
            words += [_word(text, head) for row in cell.rows for text in _texts(row)]
    text_cells, texts = rules.part(texts, rules.TEXTS, today)
    for cell in text_cells:
        head = _head(cell, month)
        words += [_word(text, head) for text in cell.rows]
    for table, rows in ((_SHEETS, answers), (_WORDS, words)):
        if rows:
            session.execute(insert(table), sorted(rows, key=lambda row: str(row["id"])))
    again = [_again(key, kind, each) for kind, rows in (("sheet", wait), ("words", texts)) for each in rows]
    put(session, [*closed, *again])
    return len(answers), len(wait) + len(closed)


def _open(key: bytes, rows: Iterable[RowMapping]) -> tuple[list[Waiting], list[Waiting], list[dict[str, Any]]]:
    """Return waiting sheets, waiting texts, and the rows that `key` does not open."""
    sheets: list[Waiting] = []
    texts: list[Waiting] = []
    closed = []
    for row in rows:
        content = rules.unseal(key, row["box"])
        if content is None:
            closed.append({**row, "id": secrets.token_hex(16)})
        else:
            waiting = _waiting(row["survey_key"], content)
            (texts if waiting.question else sheets).append(waiting)
    return sheets, texts, closed


def _waiting(survey_key: str, content: Mapping[str, Any]) -> Waiting:
    labels = Labels(
        survey_key,
        content["subject"],
        content["round"],
        content["revision"],
        content["subject_revision"],
        content["language"],
    )
    month = date.fromisoformat(content["month"])
    return Waiting(labels, month, content["group"], content, content.get("question", ""))


def _former(session: Session, library: Library) -> list[Waiting]:
    """Take the sheets from before there were cells out of their table, and return them as waiting ones."""
    former = session.execute(delete(_SHEETS).where(_SHEETS.c.batch == "").returning(*_SHEETS.columns)).mappings()
    return [_waiting(row["survey_key"], _content_of(row, library)) for row in former]


def _content_of(row: RowMapping, library: Library) -> dict[str, Any]:
    try:
        specs = queries.whole_survey(library, row["survey_key"]).specs
    except NotFound:
        specs = ()
    chosen = {each.id for each in specs if each.type != "text"}
    words = {key for key, value in row["answers"].items() if isinstance(value, str) and key not in chosen}
    return {
        "subject": row["subject_key"],
        "round": 1,
        "revision": row["revision_id"],
        "subject_revision": row["subject_revision_id"],
        "language": row["language"],
        "month": row["month"].isoformat(),
        "group": rules.MINIMUM_GROUP,
        "room": rules.room_for(specs),
        "answers": {key: value for key, value in row["answers"].items() if key not in words},
        "words": {key: value for key, value in row["answers"].items() if key in words},
    }


def _texts(sheet: Waiting) -> list[Waiting]:
    """Return the free texts of a sheet, each as an answer of its own."""
    shared = {key: value for key, value in sheet.content.items() if key not in {"answers", "words"}}
    return [
        Waiting(sheet.labels, sheet.month, sheet.group, {**shared, "question": key, "text": text}, key)
        for key, text in sheet.content["words"].items()
    ]


def _head(cell: Cell, month: date) -> dict[str, Any]:
    """Return what all rows of a cell say alike."""
    labels = cell.labels
    return {
        "batch": new_public_id(),
        "survey_key": labels.survey,
        "subject_key": labels.subject,
        "revision_id": labels.revision,
        "subject_revision_id": labels.subject_revision,
        "language": labels.language,
        "month": month,
    }


def _word(text: Waiting, head: Mapping[str, Any]) -> dict[str, Any]:
    said = {"question_id": text.question, "text": text.content["text"]}
    return {"id": secrets.token_hex(16), **head, **said}


def _again(key: bytes, kind: str, row: Waiting) -> dict[str, Any]:
    return sealed(key, row.labels.survey, kind, row.content, row.content["room"])
