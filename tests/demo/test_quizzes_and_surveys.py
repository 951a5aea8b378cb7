"""Quizzes and surveys in the demonstration: something true stands on each of their pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lms.clock import now
from lms.demo.editions import OLD_WORDS, first_edition
from lms.publish.service import read_drafts
from tests.demo.conftest import Demo

pytestmark = pytest.mark.timeout(600)  # the first test waits for the loading


def test_assessors_have_something_to_do(demo: Demo) -> None:
    waiting = "SELECT count(*) FROM attempts WHERE submitted_at IS NOT NULL AND passed IS NULL"
    assert demo.one(waiting) >= 3
    assert demo.one(f"{waiting} AND id IN (SELECT attempt_id FROM attempt_scorings WHERE wants_second)") == 1
    assert demo.one("SELECT count(DISTINCT a.id) FROM attempts a JOIN attempt_scorings s ON s.attempt_id = a.id") >= 8
    for email in ("trainer@demo.example", "certifier@demo.example"):
        page = demo.reader(email).get("/assess")
        assert len([href for href, _ in page.links if re.fullmatch(r"/assess/[0-9a-z]{20}", href)]) >= 3


def test_limits_are_met(demo: Demo) -> None:
    """Somebody waits, somebody has no try left, and one was given a further one."""
    failed = """SELECT count(*) FROM (SELECT person_id FROM attempts WHERE module_key = 'public-health'
                AND NOT passed GROUP BY person_id HAVING count(*) = 3)"""
    assert demo.one(failed) == 2
    assert demo.one("SELECT count(*) FROM attempt_grants") == 1
    assert demo.one("SELECT count(*) FROM attempts WHERE deadline_at IS NOT NULL AND submitted_at > deadline_at") == 0
    today = demo.rows(
        """SELECT submitted_at FROM attempts WHERE module_key = 'public-health' AND NOT passed
                         AND submitted_at > :since""",
        since=now() - timedelta(hours=24),
    )
    assert today


def test_accommodations(demo: Demo) -> None:
    assert demo.one("SELECT count(*) FROM accommodations WHERE time_percent > 100") == 1
    assert demo.one("SELECT count(*) FROM accommodations WHERE bilingual") == 2
    assert demo.one("SELECT count(*) FROM accommodation_wishes WHERE settled_at IS NULL") == 2


def test_wordings_and_the_correction(demo: Demo) -> None:
    states = dict(map(tuple, demo.rows("SELECT state, count(*) FROM wording_reports GROUP BY state")))
    assert states == {"confirmed": 1, "not-wrong": 1, "new": 1}
    assert demo.one("SELECT restored FROM wording_reports WHERE state = 'confirmed'") >= 1
    assert demo.one("SELECT state FROM regrades") == "applied"
    assert demo.one("SELECT count(*) FROM regrade_changes WHERE effect IN ('better', 'passes')") >= 3


def test_figures_of_questions(demo: Demo) -> None:
    """Every language has figures; one question is found to differ from English, and others cannot be told."""
    reader = demo.reader("analyst@demo.example")
    for language in ("en", "es", "to", "sm"):
        assert "0." in reader.get(f"/content/quizzes/communication?language={language}").text
    page = reader.get("/content/quizzes/communication?language=es").text
    assert "No question is known to differ." not in page
    assert "Not enough answers yet to tell." in page


def test_the_loop_is_closed(demo: Demo) -> None:
    """What workers said of the first edition is answered by the second, with answers from both."""
    assert demo.one("SELECT count(*) FROM publications") == 2
    states = dict(map(tuple, demo.rows("SELECT state, count(*) FROM change_notes GROUP BY state")))
    assert states == {"answered": 1, "open": 1}
    changes = demo.reader("worker-en@demo.example").get("/changes").text
    counts = [int(each) for each in re.findall(r"\((\d+) answers\)", changes)]
    assert len(counts) == 2
    assert min(counts) >= 11


def test_the_first_edition_differs_in_words_alone(demo: Demo) -> None:
    drafts = {each.address: each for each in read_drafts(demo.config.content_dir)}
    first = {each.address: each for each in first_edition(list(drafts.values()))}
    changed = {address for address, each in first.items() if each.sha256 != drafts[address].sha256}
    assert changed == {("module", "communication", "en"), ("module", "outreach", "en")}
    quiz = first["module", "outreach", "en"].body["files"]["quiz.yml"]
    assert OLD_WORDS in str(quiz)
    assert OLD_WORDS not in str(drafts["module", "outreach", "en"].body)


def test_two_translators_work_at_the_desk(demo: Demo) -> None:
    """What one reviewed the other one may approve; a wording waits for her, with marks and a comment beside it."""
    steps = dict(map(tuple, demo.rows("SELECT step, count(*) FROM proposal_steps GROUP BY step")))
    assert steps == {"in review": 1, "reviewed": 8, "approved": 4}
    assert demo.one("SELECT count(*) FROM wording_ratings") == 2
    page = demo.reader("translator@demo.example").get("/content/to/queue")
    assert any("show=queue" in href for href, _ in page.links)
    title = "/content/module/communication/to/sentence?at=lessons/listening.md:title"
    assert "ʻUluaki fanongo" in demo.reader("translator-two@demo.example").get(title).text
