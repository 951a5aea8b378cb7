"""What is counted for whom, on both engines."""

from __future__ import annotations

from datetime import date

import pytest

from lms.db import reading, write
from lms.errors import NotAllowed
from lms.organizations.models import Employment
from lms.reports import queries
from lms.reports.policy import EVERYTHING, PROGRAMS, STAFF, Scope
from lms.reports.rules import CUSTOM, GROUPS, Period, Question, Report
from lms.tracks.models import Assignment
from tests.factories import MadePerson
from tests.reports.conftest import CORE, FIRST, NOON, County, counted_queries

pytestmark = pytest.mark.usefixtures("app")

YEAR = Period("2026", date(2026, 1, 1), date(2026, 12, 31))
MARCH = date(2026, 3, 2)


def ask(scope: Scope, group: str = "organization", track: str = "", period: Period = YEAR) -> Report:
    reading().rollback()
    report = queries.find_report(scope, reading(), Question(period, track, group))
    assert report is not None
    return report


def rows(report: Report) -> dict[str, tuple[int | None, int | None]]:
    return {row.key: (row.workers, row.completions) for row in report.rows}


# Everybody


def test_everybody_counts_once_in_the_total_and_once_in_each_row(county: County) -> None:
    one, two = county.cbo("One", 1, 2), county.cbo("Two", 2)
    both, single, nobody = county.worker(one, two), county.worker(one), county.worker()
    for person in (both, single, nobody):
        county.done(person, MARCH)
    county.done(both, MARCH, FIRST, language="to")
    report = ask(EVERYTHING)
    assert (report.workers, report.completions, report.organizations, report.are_cbos) == (3, 4, 2, True)
    assert rows(report) == {str(one): (2, 3), str(two): (1, 2), "": (1, 1)}
    assert report.adds_up is False
    assert rows(ask(EVERYTHING, "area")) == {"1": (2, 3), "2": (2, 3), "": (1, 1)}
    assert rows(ask(EVERYTHING, "track")) == {CORE: (3, 3), FIRST: (1, 1)}
    assert rows(ask(EVERYTHING, "language")) == {"en": (3, 3), "to": (1, 1)}
    assert rows(ask(EVERYTHING, "language", FIRST)) == {"to": (1, 1)}
    assert ask(EVERYTHING, "language", FIRST).adds_up is True


def test_only_the_employer_on_the_day_counts(county: County) -> None:
    before, then, after = county.cbo("Before", 1), county.cbo("Then", 2), county.cbo("After", 3)
    person = county.make.person()
    county.make.employment(person, before, since=date(2025, 1, 1), until=date(2026, 3, 1))
    county.make.employment(person, then, since=date(2026, 3, 2), until=date(2026, 3, 2))
    county.make.employment(person, after, since=date(2026, 3, 3))
    county.done(person, MARCH)
    assert rows(ask(EVERYTHING)) == {str(then): (1, 1)}
    assert rows(ask(EVERYTHING, "area")) == {"2": (1, 1)}


def test_two_spells_at_one_organization_count_once(county: County) -> None:
    one = county.cbo("One", 1)
    person = county.make.person()
    county.make.employment(person, one, since=date(2025, 1, 1))
    county.make.employment(person, one, since=date(2026, 1, 1))
    county.done(person, MARCH)
    assert rows(ask(EVERYTHING)) == {str(one): (1, 1)}
    assert ask(EVERYTHING).completions == 1


def test_the_newest_boundaries_decide_the_area(county: County) -> None:
    one = county.cbo("One", 1, year=2012)
    county.area(one, 2, 2022)
    county.area(one, 3, 2022)
    county.done(county.worker(one), MARCH)
    assert rows(ask(EVERYTHING, "area")) == {"2": (1, 1), "3": (1, 1)}


def test_an_organization_without_an_area_has_a_row_without_a_name(county: County) -> None:
    county.done(county.worker(county.cbo("One")), MARCH)
    assert rows(ask(EVERYTHING, "area")) == {"": (1, 1)}


def test_months_and_the_ends_of_a_period(county: County) -> None:
    one = county.cbo("One", 1)
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1), date(2026, 12, 31)]
    days += [date(2027, 1, 1)]
    for day in days:
        county.done(county.worker(one), day)
    assert rows(ask(EVERYTHING, "month")) == {"2026-01": (2, 2), "2026-02": (1, 1), "2026-12": (1, 1)}
    february = Period(CUSTOM, date(2026, 2, 1), date(2026, 2, 1))
    assert rows(ask(EVERYTHING, "month", period=february)) == {"2026-02": (1, 1)}


def test_a_department_among_employers_is_not_called_a_cbo(county: County) -> None:
    department = county.department("Public Health")
    county.done(county.worker(county.cbo("One")), MARCH)
    assert ask(EVERYTHING).are_cbos
    county.done(county.worker(department), MARCH)
    report = ask(EVERYTHING)
    assert (report.organizations, report.are_cbos) == (2, False)


def test_nothing_is_nothing() -> None:
    for group in GROUPS:
        report = ask(EVERYTHING, group)
        assert (report.workers, report.completions, report.organizations, report.rows) == (0, 0, 0, ())


# Supervisors


@pytest.fixture
def rivals(county: County) -> tuple[County, int, int, MadePerson]:
    """Two CBOs, A and B, with a worker who works at both and was asked by both for Core, by B alone for First steps."""
    a, b = county.cbo("A", 1), county.cbo("B", 2)
    both = county.worker(a, b)
    for organization in (a, b):
        county.assign(both, organization)
    county.assign(both, b, FIRST)
    county.done(both, MARCH)
    county.done(both, MARCH, FIRST, language="es")
    for organization, number in ((a, 2), (b, 3)):
        for _ in range(number):
            person = county.worker(organization)
            county.assign(person, organization)
            county.done(person, MARCH)
    return county, a, b, both


def test_a_supervisor_counts_her_own_staff_alone(rivals: tuple[County, int, int, MadePerson]) -> None:
    _, a, b, _ = rivals
    of_a = ask(Scope(STAFF, (a,)))
    assert (of_a.workers, of_a.completions, of_a.organizations) == (3, 3, 1)
    assert rows(of_a) == {str(a): (3, 3)}
    assert rows(ask(Scope(STAFF, (a,)), "track")) == {CORE: (3, 3)}
    assert rows(ask(Scope(STAFF, (a,)), "language")) == {"en": (3, 3)}
    assert rows(ask(Scope(STAFF, (a,)), "area")) == {"1": (3, 3)}
    assert rows(ask(Scope(STAFF, (b,)), "track")) == {CORE: (4, 4), FIRST: (1, 1)}
    assert ask(Scope(STAFF, (a,)), track=FIRST).workers == 0


def test_a_supervisor_of_two_sees_both_labelled(rivals: tuple[County, int, int, MadePerson]) -> None:
    _, a, b, _ = rivals
    report = ask(Scope(STAFF, (a, b)))
    assert (report.workers, report.completions) == (6, 7)
    assert rows(report) == {str(a): (3, 3), str(b): (4, 5)}
    assert report.adds_up is False


def test_what_nobody_assigned_or_was_undone_is_not_the_employers(rivals: tuple[County, int, int, MadePerson]) -> None:
    county, a, _, both = rivals
    person = county.worker(a)
    county.done(person, MARCH)
    assert ask(Scope(STAFF, (a,))).workers == 3
    undone = county.assign(person, a)
    assert ask(Scope(STAFF, (a,))).workers == 4
    write(lambda session: session.query(Assignment).filter_by(id=undone).update({"undone_at": NOON}) and None)
    assert ask(Scope(STAFF, (a,))).workers == 3
    county.assign(person, a, cycle=2)
    assert ask(Scope(STAFF, (a,))).workers == 3, "a renewal was asked for, not this cycle"
    assert both.person_id


def test_what_is_completed_after_she_left_is_not_the_employers(rivals: tuple[County, int, int, MadePerson]) -> None:
    _, a, b, both = rivals

    def leave(on: date) -> None:
        found = {"person_id": both.person_id, "organization_id": a}
        write(lambda session: session.query(Employment).filter_by(**found).update({"ended_on": on}) and None)

    leave(MARCH)
    assert ask(Scope(STAFF, (a,))).workers == 3
    leave(date(2026, 3, 1))
    assert ask(Scope(STAFF, (a,))).workers == 2
    assert ask(Scope(STAFF, (b,))).workers == 4


def test_a_supervisor_of_nothing_sees_nothing(rivals: tuple[County, int, int, MadePerson]) -> None:
    report = ask(Scope(STAFF, ()))
    assert (report.workers, report.rows) == (0, ())


# Viewers


def test_aggregates_are_never_counted_exactly(county: County) -> None:
    county.done(county.worker(county.cbo("One", 1)), MARCH)
    scope = Scope(PROGRAMS, (1,))
    assert queries.find_report(scope, reading(), Question(YEAR)) is None
    with pytest.raises(NotAllowed):
        queries._exact_report(scope, reading(), Question(YEAR))


def totals(period: Period) -> dict[tuple[int, ...], tuple[int, list[str]]]:
    """Return by program the completions of a period, and its organizations."""
    reading().rollback()
    found = {}
    for ids, kept in queries.plan_release(reading(), period, [CORE], ["en"]).items():
        employers = [c.label.key for c in kept.counts if c.label[:3] == (period.key, "", "organization")]
        found[ids] = next(c.completions for c in kept.counts if c.label == (period.key, "", "total", "")), employers
    return found


def test_programs_are_told_apart_by_who_pays_in_the_quarter(county: County) -> None:
    one, two, three, four = county.cbo("One", 1), county.cbo("Two", 2), county.cbo("Three"), county.cbo("Four")
    health = county.department("Health", one, three, since=date(2026, 1, 10), until=date(2026, 1, 20))
    parks = county.department("Parks", two, three)
    for organization, number in ((one, 2), (two, 3), (three, 4), (four, 5)):
        county.crowd(organization, number, date(2026, 1, 9))
    quarter = Period("2026-q1", date(2026, 1, 1), date(2026, 3, 31))
    assert totals(quarter) == {
        (health,): (2, [str(one)]),
        (parks,): (3, [str(two)]),
        (health, parks): (4, [str(three)]),
    }
    assert totals(Period("2026-q2", date(2026, 4, 1), date(2026, 6, 30))).keys() == {(parks,)}


def test_a_completion_counts_for_one_employer_the_longest_under_contract(county: County) -> None:
    outside, longest, newest = county.cbo("Outside"), county.cbo("Longest", 1), county.cbo("Newest", 1)
    program = county.department("Health", longest, newest)
    person = county.make.person()
    for organization, year in ((outside, 2019), (newest, 2025), (longest, 2024)):
        county.make.employment(person, organization, since=date(year, 1, 1))
    county.done(person, MARCH)
    county.done(person, MARCH, FIRST)
    quarter = Period("2026-q1", date(2026, 1, 1), date(2026, 3, 31))
    kept = queries.plan_release(reading(), quarter, [CORE], ["en"])[program,]
    assert kept.cells == {
        (longest, CORE, "en", "2026-03"): [person.person_id],
        (longest, FIRST, "en", "2026-03"): [person.person_id],
    }
    assert kept.program == {longest: frozenset({1}), newest: frozenset({1})}


def test_what_an_early_release_kept_counts_as_one_person() -> None:
    """It kept numbers alone: nothing large may be made of them."""
    assert (queries._people_of(3), queries._people_of([7, 8, 7])) == ([0, 0, 0], [7, 8, 7])


def test_what_is_due_comes_in_order(county: County) -> None:
    one = county.cbo("One", 1)
    assert queries.due_periods(reading(), MARCH) == []
    county.crowd(one, 1, date(2024, 11, 1))
    reading().rollback()
    assert queries.due_periods(reading(), date(2025, 5, 1)) == [], "nothing is under contract"
    county.department("Health", one, since=date(2024, 8, 1))
    reading().rollback()
    assert queries.due_periods(reading(), date(2025, 5, 1)) == ["2024-q3", "2024-q4", "2024", "2025-q1"]


# Names and costs


def test_names(county: County) -> None:
    one = county.cbo("ʻAhoʻeitu Community")
    assert queries.organization_names(EVERYTHING, reading(), [one])[one].name == "ʻAhoʻeitu Community"
    assert queries.organization_names(EVERYTHING, reading(), []) == {}


def test_the_number_of_queries_is_constant(county: County) -> None:
    one = county.cbo("One", 1, 2)

    def cost() -> list[int]:
        found = []
        for scope in (EVERYTHING, Scope(STAFF, (one,))):
            for group in GROUPS:
                with counted_queries() as said:
                    ask(scope, group)
                found.append(len([each for each in said if "SELECT" in each]))
        return found

    before = cost()
    for number in range(6):
        county.done(county.worker(one, county.cbo(f"CBO {number}", 3)), MARCH)
    assert cost() == before == [3] * 10
