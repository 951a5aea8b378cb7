"""Whom a file names as the translator of words neither reviews nor approves them at the desk."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

from lms.content.library import current
from lms.db import reading
from lms.errors import RuleBroken
from lms.translating import queries, rules
from lms.translating.rules import Filed, Standing, Version
from tests.factories import Make
from tests.translating.desk import LESSON, QUIZ, Desk, as_translator, file_says, translator
from tests.translating.test_desk_views import Desks, desks
from tests.translating.test_proposing import desk
from tests.translating.test_taking import TITLE, Files, files, put_entry

__all__ = ["desk", "desks", "files"]
ENGLISH, ANA, BEA = "Wash your hands.", 1, 2


def standing(state: str, translator: str, *versions: Version) -> Standing:
    return rules.standing_of(ENGLISH, Filed("Fufulu.", state, ENGLISH, translator), versions)


@pytest.mark.parametrize("step", ["reviewed", "approved"])
@pytest.mark.parametrize("signs", ["Bea Vea", "bea  VEA "])
def test_the_rule(step: str, signs: str) -> None:
    reviewed = Version(1, "p" * 20, ENGLISH, "Fufulu.", "Fufulu.", "reviewed", None, reviewed_by=ANA)
    seen = standing("draft", "Bea Vea") if step == "reviewed" else standing("draft", "Bea Vea", reviewed)
    with pytest.raises(RuleBroken, match="own_in_file"):
        rules.check_step(step, seen, BEA, is_critical=False, signs=signs)
    assert step not in rules.steps_for(seen, BEA, is_critical=False, knows=True, signs=signs)
    for other in ("Bea Vea (2)", "Clara", ""):
        rules.check_step(step, seen, BEA, is_critical=False, signs=other)
    rules.check_step(step, replace(seen, translator=""), BEA, is_critical=False, signs="")


def test_sending_is_hers_and_other_words_are_nobodys() -> None:
    rules.check_step("in review", standing("draft", "Bea"), BEA, is_critical=False, signs="Bea")
    other = Version(1, "p" * 20, ENGLISH, "Fufulu ho nima.", "Fufulu.", "in review", ANA)
    seen = standing("draft", "Bea", other)
    assert (seen.text, seen.translator) == ("Fufulu ho nima.", "")
    rules.check_step("approved", seen, BEA, is_critical=False, signs="Bea")


@pytest.mark.parametrize("address", [LESSON, QUIZ])
def test_the_desk_refuses_it_and_the_queue_does_not_offer_it(desk: Desk, address: str) -> None:
    assert desk.place(address) in desk.waiting(desk.bea)
    file_says(address, translator="bea", state="in review")
    assert desk.place(address) not in desk.waiting(desk.bea)
    with pytest.raises(RuleBroken, match="own_in_file"):
        desk.step(desk.bea, "reviewed", address)
    desk.step(desk.clara, "reviewed", address)
    assert desk.place(address) in desk.waiting(desk.ana)
    assert desk.place(address) not in desk.waiting(desk.bea)
    with pytest.raises(RuleBroken, match="own_in_file"):
        desk.step(desk.bea, "approved", address)
    desk.step(desk.ana, "approved", address)
    assert desk.state(address) == "approved"


def test_a_certifier_whom_the_file_names_does_not_approve_either(desk: Desk) -> None:
    file_says(translator="Noor")
    desk.step(desk.clara, "reviewed")
    with pytest.raises(RuleBroken, match="own_in_file"):
        desk.step(desk.certifier, "approved")
    assert desk.place() not in desk.waiting(desk.certifier)


def test_her_own_new_words_are_another_matter(desk: Desk) -> None:
    file_says(translator="Bea")
    desk.write(desk.ana, "Lea fo\u02bbou")
    desk.step(desk.bea, "approved")
    assert desk.state() == "approved"


def test_two_of_one_name_are_told_apart_as_the_files_do(desk: Desk, make: Make) -> None:
    desk.write(desk.bea, "Lea", QUIZ)
    namesake = as_translator(translator(make, "Bea"))
    file_says(translator="Bea")
    assert queries.signs_as(reading(), namesake, ["Bea"]) == "Bea (2)", "as she would be named once she has begun"
    assert queries.signs_as(reading(), desk.bea, ["Bea"]) == "Bea"
    assert queries.signs_as(reading(), namesake, ["Ana", ""]) == "Bea"
    desk.step(desk.clara, "reviewed")
    with pytest.raises(RuleBroken, match="own_in_file"):
        desk.step(desk.bea, "approved")
    desk.step(namesake, "approved")


def test_what_the_desk_lets_pass_is_taken(files: Files) -> None:
    put_entry(files, TITLE, translated_by="Bea")
    files.publish()
    place = files.place(TITLE)
    files.desk.step(files.clara, "reviewed", place=place)
    with pytest.raises(RuleBroken, match="own_in_file"):
        files.desk.step(files.bea, "approved", place=place)
    files.desk.step(files.ana, "approved", place=place)
    assert "1 sentences were taken into 1 files; 0 conflicts." in files.run()
    entry = files.entry(TITLE)
    assert (entry.state, entry.by, entry.translated_by) == ("approved", "Ana \u02bbOtu", "Bea")
    files.publish()
    filed = queries.get_seen(reading(), current(reading()), place).filed
    assert (filed.translator, filed.by, filed.on) == ("Bea", entry.by, entry.on)


def test_her_page_says_why(desks: Desks) -> None:
    file_says(translator="Bea")
    page = desks.be("Bea").get(desks.at())
    assert "The files name you as the translator of these words." in page
    assert "Approve</button>" not in page
    assert "I have reviewed it</button>" not in page
    answer = desks.step("reviewed", status=400)
    assert "The files name you as the translator of these words." in html.unescape(answer.text)
    page = desks.be("Ana").get(desks.at())
    assert "Translator, as the files say:" in page
    assert "I have reviewed it</button>" in page
