"""Whose completions a reader's reports are about."""

from __future__ import annotations

from datetime import date

import pytest

from lms.actor import Actor
from lms.errors import NotAllowed
from lms.reports.policy import ALL, EVERYTHING, PROGRAMS, STAFF, Scope, can_read, scopes_of, visible_spells


def actor(*roles: str, supervises: tuple[int, ...] = (), views: tuple[int, ...] = ()) -> Actor:
    return Actor(1, 1, "p", "Ana", "en", date(2026, 3, 2), frozenset(roles), (), supervises, views)


@pytest.mark.parametrize("role", ["analyst", "certifier", "administrator"])
def test_trusted_staff_sees_everybody(role: str) -> None:
    assert scopes_of(actor("worker", role, "viewer", supervises=(3,), views=(4,))) == (EVERYTHING,)


@pytest.mark.parametrize("role", ["worker", "trainer", "translator"])
def test_others_see_no_reports(role: str) -> None:
    assert scopes_of(actor("worker", role, views=(4,))) == ()
    assert not can_read(actor("worker", role))


def test_a_supervisor_and_viewer_has_two_scopes() -> None:
    assert scopes_of(actor("supervisor", "viewer", supervises=(9, 3, 3), views=(4,)), [(4,)]) == (
        Scope(STAFF, (3, 9)),
        Scope(PROGRAMS, (4,)),
    )
    assert scopes_of(actor("supervisor")) == ()
    assert scopes_of(actor("viewer")) == (Scope(PROGRAMS, ()),)
    assert can_read(actor("viewer"))


def test_a_viewer_reads_each_program_of_her_departments_by_itself() -> None:
    programs = [(4, 6), (4,), (5,), (6,), (5, 6)]
    assert [scope.ids for scope in scopes_of(actor("viewer", views=(4,)), programs)] == [(4,), (4, 6)]
    assert [scope.ids for scope in scopes_of(actor("viewer", views=(5, 4)), programs)] == [(4,), (5,), (4, 6), (5, 6)]
    assert [scope.ids for scope in scopes_of(actor("viewer", views=(8, 7)), programs)] == [(7,)], "nothing is out"


def test_exact_numbers_are_for_those_who_are_trusted_with_them() -> None:
    assert Scope(ALL).is_exact
    assert Scope(STAFF, (1,)).is_exact
    assert not Scope(PROGRAMS, (1,)).is_exact
    with pytest.raises(NotAllowed):
        visible_spells(Scope(PROGRAMS, (1,)))
