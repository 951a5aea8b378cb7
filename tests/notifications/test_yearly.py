"""Yearly hours: who is reminded of them and when, of how much, until they are there; one line for her supervisor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from lms.content.library import current
from lms.courses.models import ModuleCompletion
from lms.db import reading, write
from lms.home.queries.news import team_news
from lms.i18n import TAGS
from lms.notifications import messages
from lms.notifications.queries import Facts
from lms.notifications.rules import NoLongerTrue
from lms.organizations.models import Employment, EmploymentTerms
from lms.training import service
from tests.conftest import AT
from tests.factories import Make
from tests.notifications.conftest import letters, steps
from tests.notifications.test_planning import noon, plan, told
from tests.training.conftest import Scene, scene
from tests.training.conftest import told as training

__all__ = ["scene"]
YEAR = AT.year
LAST, OCTOBER = date(YEAR, 12, 31), date(YEAR, 10, 2)
WITHIN = date(YEAR, 2, 1)


def accept(scene: Scene, minutes: int, learned_on: date = WITHIN) -> None:
    """Let her supervising provider accept training from elsewhere."""
    share = scene.share(scene.add(training(f"Course {minutes} {learned_on}", learned_on=learned_on)))
    write(lambda s: service.settle_share(s, scene.chief, share, minutes=minutes, at=AT))


def finish(scene: Scene, minutes: int, on: date = WITHIN, number: int = 1) -> None:
    """Write that she completed a module here."""
    revision = current(reading()).get("module", "outreach").revision_id
    reading().rollback()
    row = {"person_id": scene.worker.person_id, "module_key": "outreach", "round": number, "minutes": minutes}
    dated = {"completed_at": noon(on), "completed_on": on, "revision_id": revision, "language": "to"}
    write(lambda s: s.execute(insert(ModuleCompletion).values(public_id=f"m{number:019d}", **row, **dated)) and None)


def test_she_is_reminded_three_times_before_the_year_ends(scene: Scene) -> None:
    days = [LAST + timedelta(days=n) for n in range(-120, 20)]
    wrote = {(day - LAST).days: plan(day) for day in days}
    assert {n: count for n, count in wrote.items() if count} == {-90: 1, -30: 1, -14: 1}
    assert steps()[0] == (scene.worker.person_id, "yearly", f"{YEAR}:{scene.place}", LAST, -90)
    assert [each.person_id for each in letters("reminder")] == 3 * [scene.worker.person_id]


def test_the_letter_says_how_much_is_there_and_why(scene: Scene) -> None:
    accept(scene, 90)
    finish(scene, 75)
    plan(OCTOBER)
    (item,) = told(OCTOBER).values["items"]
    assert (item.title, item.day) == ("Fale Ola", LAST)
    assert item.values == {"asked": 360, "here": 75, "accepted": 90, "left": 195}


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_it_is_told_in_every_language(scene: Scene, content_app: Flask, tag: str, channel: str) -> None:
    accept(scene, 90)
    plan(OCTOBER)
    items = told(OCTOBER).values["items"]
    facts = Facts("Ana", tag, channel, "ana@test.example", {"items": items, "today": OCTOBER})
    words = messages.render("reminder", facts, content_app.config["LMS"], letter_id="k" * 20).text
    assert "4 h 30 min" in words
    if channel == "email":
        assert "Medi-Cal" in words
        assert "Fale Ola" in words
        assert words.count("/record\n") == 1


@pytest.mark.parametrize(
    ("accepted", "here", "is_met"),
    [(359, 0, False), (360, 0, True), (0, 360, True), (180, 180, True), (179, 180, False)],
)
def test_it_ends_once_the_hours_are_there_wherever_they_were_learned(
    scene: Scene, accepted: int, here: int, is_met: bool
) -> None:
    plan(OCTOBER)
    if accepted:
        accept(scene, accepted)
    if here:
        finish(scene, here)
    if is_met:
        with pytest.raises(NoLongerTrue):
            told(OCTOBER)
    else:
        assert told(OCTOBER).values["items"]
    assert plan(LAST - timedelta(days=30)) == (not is_met)


def test_hours_of_another_year_or_that_wait_or_were_declined_do_not_count(scene: Scene) -> None:
    accept(scene, 360, date(YEAR - 1, 12, 31))
    finish(scene, 360, date(YEAR - 1, 12, 31))
    scene.share(scene.add(training("Waits", learned_on=WITHIN)))
    declined = scene.share(scene.add(training("No", learned_on=WITHIN)))
    write(lambda s: service.settle_share(s, scene.chief, declined, reason_code="not-related", at=AT))
    assert plan(OCTOBER) == 1
    assert told(OCTOBER).values["items"][0].values["left"] == 360


@pytest.mark.parametrize("fate", ["left", "no provider", "another provider", "from next year"])
def test_it_concerns_only_who_has_the_provider_still(scene: Scene, make: Make, fate: str) -> None:
    plan(OCTOBER)

    def end(session: Any) -> None:
        if fate == "left":
            session.execute(update(Employment).where(Employment.id == scene.employment).values(ended_on=OCTOBER))
        elif fate == "from next year":
            session.execute(update(EmploymentTerms).values(since=date(YEAR + 1, 1, 1)))

    if fate in {"no provider", "another provider"}:
        scene.name_provider(make.organization("Other") if fate == "another provider" else None)
    write(end)
    with pytest.raises(NoLongerTrue):
        told(OCTOBER + timedelta(days=1))
    december = LAST - timedelta(days=30)
    assert plan(december) == (fate == "another provider")


def test_whoever_has_two_spells_under_one_provider_is_reminded_once(scene: Scene, make: Make) -> None:
    second = make.employment(scene.worker, make.organization("Clínica"))
    terms = update(EmploymentTerms).where(EmploymentTerms.employment_id == second)
    write(lambda s: s.execute(terms.values(supervising_provider_id=scene.place)) and None)
    assert plan(OCTOBER) == 1
    assert len(steps()) == 1


def test_who_came_after_a_step_waits_for_the_next(scene: Scene) -> None:
    write(lambda s: s.execute(update(EmploymentTerms).values(since=OCTOBER + timedelta(days=3))) and None)
    days = [OCTOBER + timedelta(days=n) for n in range(91)]
    assert [(LAST - day).days for day in days if plan(day)] == [30, 14]


def test_her_supervisor_reads_one_line_in_the_weekly_letter_and_no_letter_of_her_own(scene: Scene, make: Make) -> None:
    other = make.person("Sione")
    spell = make.employment(other, scene.place)
    terms = update(EmploymentTerms).where(EmploymentTerms.employment_id == spell)
    write(lambda s: s.execute(terms.values(supervising_provider_id=scene.place)) and None)
    boss = scene.boss.person_id

    def line(day: date, reader: int = boss, place: int = scene.place) -> list[tuple[int, int]]:
        news = team_news(reading(), [place], day, "en", reader)
        reading().rollback()
        return [(each.count, len(each.lines)) for each in news.parts if each.key == "yearly"]

    assert line(OCTOBER - timedelta(days=1)) == [], "before, it would be said of everybody"
    assert line(OCTOBER) == [(2, 0)]
    assert line(LAST) == [(2, 0)]
    assert line(OCTOBER, scene.worker.person_id) == [(1, 0)], "never of herself"
    assert line(OCTOBER, place=make.organization("Other")) == []
    accept(scene, 360)
    assert line(OCTOBER) == [(1, 0)]
    plan(OCTOBER)
    assert boss not in {each.person_id for each in letters("reminder")}


def test_before_the_rule_nothing_is_asked(scene: Scene) -> None:
    assert plan(date(2021, 10, 2)) == 0
    news = team_news(reading(), [scene.place], date(2021, 12, 1), "en", scene.boss.person_id)
    assert "yearly" not in {each.key for each in news.parts}
