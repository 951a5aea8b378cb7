"""What people were promised who answered a survey stays; and surveys have one core set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.content.library import current
from lms.content.service import Draft, publish
from lms.db import reading, write
from lms.errors import BadInput
from lms.publish.service import Intent, Prospect, check_directory, publish_drafts
from lms.surveys.models import SurveyReceipt
from lms.surveys.queries import list_weakened
from tests.conftest import AT
from tests.content.sample import write_sample
from tests.factories import Make, sign_in
from tests.factories.learning import SURVEY, draft, standard

FOLDER = Path("content")


def survey(group: int | None, key: str = "feedback") -> Draft:
    data = {**SURVEY.body["files"]["feedback.yml"], "key": key, **({"group": group} if group else {})}
    return draft("survey", key, "en", {"files": {f"{key}.yml": data}})


def with_survey(*surveys: Draft) -> list[Draft]:
    return [*surveys, *(each for each in standard() if each.kind != "survey")]


def put(*surveys: Draft) -> Prospect:
    found = publish_drafts(FOLDER, with_survey(*surveys), Intent(), at=AT)
    reading().rollback()
    return found


def answered(make: Make, key: str = "feedback") -> None:
    row = {"survey_key": key, "subject_key": "module:alpha", "round": 1, "answered_on": AT.date()}
    person_id = make.person().person_id
    write(lambda s: s.add(SurveyReceipt(person_id=person_id, **row)))


def test_what_was_promised_to_who_answered_is_not_lowered(app: Flask, make: Make) -> None:
    put(survey(20))
    put(survey(15))  # nobody has answered yet
    answered(make)
    for fewer in (survey(None), survey(14)):
        with pytest.raises(BadInput, match=r"content/surveys/feedback.yml.*promised a group of at least 15"):
            put(fewer)
    assert put(survey(15)).published.is_new is False
    assert put(survey(30)).published.is_new is True


def test_nor_by_retiring_it_first(app: Flask, make: Make) -> None:
    put(survey(None), survey(20, "more"))
    answered(make, "more")
    put(survey(None))
    with pytest.raises(BadInput, match="promised a group of at least 20"):
        put(survey(None), survey(19, "more"))
    put(survey(None), survey(20, "more"))
    answered(make, "never-published")
    reading().rollback()
    library = current(reading())
    write(lambda s: publish(s, with_survey(survey(None), survey(11, "never-published")), None, at=AT) and None)
    reading().rollback()
    assert list_weakened(reading(), library, current(reading())) == ()


def test_the_page_says_so_and_publishes_nothing(
    app: Flask, make: Make, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(survey(20))
    answered(make)
    monkeypatch.setattr("lms.publish.views.read_drafts", lambda _directory: tuple(with_survey(survey(None))))
    sign_in(client, make.person(roles=("administrator",)))
    html = client.get("/admin/publish?look=1").text
    assert "were promised that at least 20 people stand together" in html
    assert client.post("/admin/publish", data={"mark": "0" * 12}).status_code == 400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_sample(tmp_path / "content")


def write_core(folder: Path, **more: Any) -> None:
    (folder / "surveys" / "first.yml").write_text(
        "key: first\ntitle: First\nintro: Two.\nthanks: Thanks.\nquestions:\n"
        "  - {id: felt, type: text, level: reaction, prompt: How was it?}\n",
        encoding="utf-8",
    )


def test_a_survey_at_the_end_of_a_module_is_warned_of_without_the_core(folder: Path) -> None:
    write_core(folder)
    _folder, checked = check_directory(folder)
    assert (checked.problems, checked.warnings) == ((), ())
    (folder / "surveys" / "other.yml").write_text(
        (folder / "surveys" / "first.yml").read_text(encoding="utf-8").replace("key: first", "key: other\ncore: first"),
        encoding="utf-8",
    )
    _folder, checked = check_directory(folder)
    assert [each.message for each in checked.warnings] == [
        "it stands at the end of a module and has no core; add core: first"
    ]
    assert [(each.line, each.message) for each in checked.problems] == [
        (7, "the core has a question 'felt' too; give another id, or leave it out")
    ]
