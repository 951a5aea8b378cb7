"""Where the demonstration is not loaded: what a database holds already, said in one sentence, with nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import inspect, text

from lms.commands import cli
from lms.db import db
from lms.demo.load import NotEmptyError, holding, load
from tests.factories import Make


def said(app: Flask, command: str) -> Result:
    """Run a command of the demonstration."""
    return app.test_cli_runner().invoke(cli, ["demo", command])


def counted(app: Flask) -> dict[str, int]:
    """Return how many rows each table has."""
    with app.app_context(), db.engines["write"].connect() as connection:
        tables = inspect(connection).get_table_names()
        return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables}


def kept(folder: Path) -> set[str]:
    """Return the names of all files of an installation but the database's own."""
    return {str(each) for each in folder.rglob("*") if each.is_file() and "sqlite3" not in each.name}


def refused(result: Result, *words: str) -> None:
    """Check that a command ended with one sentence on standard error that says these words."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    (line,) = result.stderr.splitlines()
    for each in (*words, "nothing was changed", "LMS_DATABASE_URL"):
        assert each in line
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_content_that_is_published_is_no_place_for_the_demonstration(content_app: Flask) -> None:
    """It was a traceback half-way, with people and learning written already."""
    folder = content_app.config["LMS"].data_dir
    before, files = counted(content_app), kept(folder)
    assert before["publications"] == 1
    assert before["people"] == 0
    refused(said(content_app, "load"), "published content", "make demo-reset")
    assert (counted(content_app), kept(folder)) == (before, files)


def test_neither_is_it_loaded_on_the_way_to_serving(content_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.demo.cli.create_app", lambda _config: content_app)
    before = counted(content_app)
    refused(said(content_app, "serve"), "published content", "make demo-reset")
    assert counted(content_app) == before


def test_people_are_no_place_either(app: Flask, make: Make) -> None:
    make.person("Ana")
    before = counted(app)
    refused(said(app, "load"), "people")
    assert counted(app) == before


def test_what_calls_it_in_the_program_is_refused_too(content_app: Flask) -> None:
    before = counted(content_app)
    with pytest.raises(NotEmptyError) as raised:
        load(content_app, print)
    assert raised.value.holds == "content"
    assert counted(content_app) == before


def test_nothing_stands_in_the_way_where_nothing_is(app: Flask) -> None:
    assert holding(db.engines["write"]) is None


def test_a_database_of_an_older_form_is_not_brought_up_to_date(content_app: Flask) -> None:
    """Its tables are left as they are, too: to bring them up to date is a change."""
    with db.engines["write"].begin() as connection:
        connection.execute(text("DROP TABLE publication_items"))
        tables = set(inspect(connection).get_table_names())
    refused(said(content_app, "load"), "published content")
    with db.engines["write"].connect() as connection:
        assert set(inspect(connection).get_table_names()) == tables
