"""Counting released cells once, and showing of them what is enough."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from lms.content.library import current
from lms.db import reading, write
from lms.differences import Difference
from lms.surveys.models import SurveyAnswer, SurveyCell, SurveyFigure, SurveyPart
from lms.surveys.queries.results.figures import counts_for, counts_of, list_overviews, sheets_in, surveys_uncounted
from lms.surveys.rules.results import Slice, add_up, narrow
from lms.surveys.service.results import count_cells
from lms.surveys.service.results.checking import recompute_results
from tests.surveys.results.conftest import MODULE, count, release, revision, sheets
from tests.surveys.test_service import publish_short


@pytest.fixture(autouse=True)
def published(app: Flask) -> None:
    publish_short()


def all_of(model: type) -> list[Any]:
    reading().rollback()
    return list(reading().execute(select(model)).scalars())


ALL = Slice()


def figures(through: Slice = ALL, subject: str | None = MODULE) -> dict[str, Any]:
    reading().rollback()
    return add_up(narrow(counts_of(reading(), "feedback", subject), through))


def test_a_cell_is_counted_once() -> None:
    release(sheets(11, length="short"))
    assert surveys_uncounted(reading()) == ["feedback"]
    assert (count(), count()) == (1, 0)
    assert surveys_uncounted(reading()) == []
    found = figures()
    assert (found["useful"].answered, found["useful"].counts) == (11, {"4": 11})
    assert found["length"].counts == {"short": 11}
    (cell,) = all_of(SurveyCell)
    assert (cell.sheets, cell.version_id, cell.language) == (11, revision(), "en")
    assert all_of(SurveyPart) == []


def test_a_question_that_most_leave_open_waits_for_the_next_cells() -> None:
    release([*sheets(9), *sheets(5, length="long")])
    count()
    assert "length" not in figures()
    assert sheets_in(counts_of(reading(), "feedback", MODULE)) == 14
    (part,) = all_of(SurveyPart)
    assert (part.question_id, part.answered, part.counts) == ("length", 5, {"long": 5})
    release([*sheets(6), *sheets(6, length="short")], language="es")
    count()
    assert "length" not in figures(), "other labels, other cells"
    release([*sheets(6), *sheets(6, length="short")])
    count()
    found = figures()
    assert (found["length"].answered, found["length"].counts) == (11, {"long": 5, "short": 6})
    assert (found["useful"].answered, sheets_in(counts_of(reading(), "feedback", MODULE))) == (38, 38)
    assert [part.answered for part in all_of(SurveyPart)] == [6]
    release(sheets(12, length="short"))
    count()
    assert figures()["length"].counts == {"long": 5, "short": 18}


def test_what_was_put_together_is_in_no_slice_of_its_parts() -> None:
    release(sheets(11))
    release(sheets(13), language=None, version=None)
    release(sheets(22, useful=2), subject=None, language=None, version=None)
    count()
    assert figures()["useful"].answered == 24
    assert figures(Slice("en"))["useful"].answered == 11
    assert figures(Slice(version=revision()))["useful"].answered == 11
    assert figures(subject=None)["useful"].answered == 46
    assert figures(subject="")["useful"].counts == {"2": 22}
    assert [(each.subject_key, each.sheets) for each in list_overviews(reading())] == [(MODULE, 24), (None, 22)]
    assert list_overviews(reading())[0].figures["useful"].answered == 24
    assert counts_for(reading(), set()) == {}
    wanted = ("feedback", MODULE), ("feedback", "module:beta")
    found = counts_for(reading(), set(wanted))
    assert add_up(found[wanted[0]])["useful"].answered == 24
    assert found[wanted[1]] == []
    crossed = counts_for(reading(), {("feedback", "module:beta"), ("gone", MODULE)})
    assert list(crossed.values()) == [[], []], "each survey with its own subjects"


def test_numbers_are_summed_and_kept_in_steps() -> None:
    library = current(reading())
    assert library.find("survey", "feedback")
    release([{"ways": ["a", "b"], "help": {"boss": 3}} for _ in range(11)])
    count()
    found = figures()
    assert found["ways"].counts == {"a": 11, "b": 11}
    assert found["help.boss"].answered == 11


def test_a_few_cells_at_a_time() -> None:
    for _ in range(3):
        release(sheets(11))
    reading().rollback()
    counted = [write(lambda s: count_cells(s, current(s), "feedback", most=2)) for _ in range(3)]
    assert counted == [2, 1, 0]
    assert figures()["useful"].answered == 33


def test_a_survey_that_is_gone_is_counted_with_the_smallest_group() -> None:
    release(sheets(11), survey="gone")
    count()
    reading().rollback()
    assert add_up(counts_of(reading(), "gone"))["useful"].answered == 11


def test_doctor_finds_figures_that_do_not_agree() -> None:
    batch = release(sheets(11))
    release(sheets(12), language="es")
    count()
    look = lambda: write(recompute_results)  # noqa: E731
    assert look() == []
    write(lambda s: s.execute(delete(SurveyAnswer).where(SurveyAnswer.batch == batch)) and None)
    assert look() == [Difference("survey feedback: 23 sheets counted, 12 there, 23 in figures", mendable=False)]
    write(lambda s: s.execute(delete(SurveyCell)) and None)
    assert [each.mendable for each in look()] == [False]


def test_a_cell_without_answers_counts_its_sheets() -> None:
    release([{} for _ in range(11)])
    count()
    assert [(each.kind, each.number) for each in all_of(SurveyFigure)] == [("sheets", 11)]
