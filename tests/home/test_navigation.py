"""The pages in the header: two side by side, the rest folded on a phone, the work of staff first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from lms.app import NavItem, navigation
from tests.factories import Make
from tests.factories.learning import actor_of

OWN = ["/learn", "/record", "/sessions", "/account"]


def pages(app: Flask, make: Make, *roles: str, at: str = "/learn") -> list[NavItem]:
    actor = replace(actor_of(make.person()), roles=frozenset({"worker", *roles}))
    with app.test_request_context(at):
        return navigation(actor)


def test_a_worker_sees_what_she_learns_and_her_record(app: Flask, make: Make) -> None:
    seen = pages(app, make)
    assert [each.href for each in seen] == OWN
    assert [each.href for each in seen if each.folded] == ["/sessions", "/account"]
    assert [each.href for each in seen if each.current] == ["/learn"]


@pytest.mark.parametrize(
    ("roles", "shown"),
    [
        (("certifier",), ["/learn", "/certify"]),
        (("trainer",), ["/learn", "/assess"]),
        (("administrator",), ["/learn", "/admin"]),
        (("analyst",), ["/learn", "/reports"]),
    ],
)
def test_of_staff_what_they_are_there_for_stands_first(
    app: Flask, make: Make, roles: tuple[str, ...], shown: list[str]
) -> None:
    seen = pages(app, make, *roles)
    assert [each.href for each in seen if not each.folded] == shown
    assert seen[-1].href == "/account", "and their own pages last"
    assert {each.href for each in seen} >= set(OWN)
    assert len({each.href for each in seen}) == len(seen)


def test_who_is_not_known_has_none(app: Flask) -> None:
    assert navigation(None) == []
