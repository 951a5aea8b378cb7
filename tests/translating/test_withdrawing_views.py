"""The page of a sentence lets one take a decision back with a reason, and shows it to all who read there."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, select

from lms.db import reading
from lms.translating.models import StepWithdrawal
from tests.assessments.test_views import counting
from tests.translating.desk import LESSON, QUIZ, file_says
from tests.translating.test_desk_views import LIST, ONE, Desks, desks

__all__ = ["desks"]
TAKE_BACK = "Take the approval back</button>"


def back(desks: Desks, why: str = "Hands, not feet.", address: str = LESSON, status: int = 302, **more: str) -> Any:
    data = {**desks.fields(address, "withdraw-"), "withdraw-why": why, **more}
    answer = desks.browser.post(desks.at(address).replace("sentence?", "sentence/withdraw?"), data=data)
    assert answer.status_code == status, answer.text[:800]
    return answer


def approve(desks: Desks) -> None:
    desks.be("Ana").write("Lea foʻou")
    desks.be("Bea").step("approved")


def count() -> int:
    reading().rollback()
    return reading().execute(select(func.count()).select_from(StepWithdrawal)).scalar_one()


def test_it_is_taken_back_with_a_reason_that_stands_there(desks: Desks) -> None:
    approve(desks)
    page = desks.get(desks.at())
    assert TAKE_BACK in page
    assert "Why?" in page
    answer = back(desks)
    assert answer.headers["Location"].partition("?")[0] == ONE
    page = desks.get(answer.headers["Location"])
    assert "Taken back. The reason stands with the words." in page
    assert "“Hands, not feet.”" in page
    (told,) = re.findall(r"<li>Approved: .*?</li>", page, re.DOTALL)
    assert re.sub("<[^>]*>", "", told).count("Bea, ") == 2
    assert "Taken back: " in told
    assert TAKE_BACK not in page
    assert "In review" in page
    page = desks.be("Clara").get(desks.at())
    assert "“Hands, not feet.”" in page
    assert "Approve</button>" in page
    assert "“Hands, not feet.”" in desks.be("analyst").get(desks.at())
    assert "Lea foʻou" in desks.get(f"{LIST}?show=open")


def test_it_needs_a_reason_and_keeps_what_was_typed(desks: Desks) -> None:
    approve(desks)
    page = html.unescape(back(desks, "", status=400).text)
    assert "Please write why." in page
    assert re.search(r"<details class=\"help\" open><summary>Take the approval back", page)
    page = back(desks, "x" * 1001, status=400).text
    assert "x" * 1001 in page
    old = desks.fields(LESSON, "withdraw-")
    back(desks, **old)
    desks.step("approved")
    page = html.unescape(back(desks, "Feet, not hands.", status=400, **old | {"withdraw-client_id": "f" * 32}).text)
    assert "Somebody wrote here a moment ago." in page
    assert "Feet, not hands.</textarea>" in page
    back(desks, **old)
    assert count() == 1, "the same form again changes nothing"


def test_who_may(desks: Desks) -> None:
    approve(desks)
    sent = desks.fields(LESSON, "withdraw-")
    for name in ("Sina", "analyst", "trainer", "worker"):
        desks.be(name)
        back(desks, status=404, **sent)
    desks.be("certifier")
    assert TAKE_BACK not in desks.get(desks.at())
    back(desks, status=404, **sent)
    desks.be("Ana")
    assert TAKE_BACK in desks.get(desks.at())
    back(desks)
    assert count() == 1
    desks.be("Bea").step("reviewed", QUIZ)
    assert "Take the review back</button>" in desks.get(desks.at(QUIZ))
    desks.be("certifier").step("approved", QUIZ)
    assert TAKE_BACK in desks.get(desks.at(QUIZ))
    back(desks, address=QUIZ)
    assert count() == 2


def test_nothing_is_offered_where_nobody_decided_at_the_desk(desks: Desks) -> None:
    file_says(state="approved", by="Mele", on="2026-01-01")
    page = desks.be("Bea").get(desks.at())
    assert "Approved" in page
    assert TAKE_BACK not in page
    back(desks, status=400, **{"withdraw-client_id": "a" * 32, "withdraw-mark": "x"})


def test_pages_need_few_statements_also_where_much_was_taken_back(desks: Desks) -> None:
    for address in (LESSON, QUIZ):
        desks.be("Ana").write("Lea foʻou", address)
        desks.be("Bea").step("reviewed", address)
        for _ in range(3):
            desks.be("Clara").step("approved", address)
            back(desks, address=address)
        desks.be("Clara").step("approved", address)
        desks.rate(address, comment="Lelei")
    file_says(text="Lea foʻou", state="approved", translator="Ana")
    pages = [f"{ONE}?at={quote(address, safe='')}" for address in (LESSON, QUIZ)]
    for path in (*pages, LIST, "/content/to/queue", "/content"):
        desks.get(path)
        with counting() as seen:
            desks.get(path)
        assert len(seen) <= 12, (path, seen)
