"""The command that notes an address which bounced."""

from __future__ import annotations

from flask import Flask

from lms.commands import cli
from lms.db import reading, write
from lms.notifications import queries
from lms.notifications.jobs import send_letters
from lms.people import service as people
from tests.conftest import AT


def test_an_address_that_bounced_is_noted_once_and_a_strangers_never(app: Flask) -> None:
    write(lambda session: people.invite(session, None, name="Ana", language="en", email="a@test.example", at=AT))
    send_letters(app, at=AT)
    runner = app.test_cli_runner()

    def run(address: str) -> tuple[int, str]:
        done = runner.invoke(cli, ["letters", "bounced", address, "--reason", "full"])
        return done.exit_code, done.output.strip()

    assert run("A@test.example ") == (0, "noted")
    assert run("a@test.example") == (0, "known already")
    assert run("stranger@test.example") == (1, "Nothing was ever sent to this address.")
    assert run("nonsense")[0] == 2
    assert queries.find_bounces(reading(), ["a@test.example"])["a@test.example"].problem == "full"
