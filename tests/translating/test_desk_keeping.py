"""The desk loses nothing that was typed, and says in the reader's language what cannot be kept."""

from __future__ import annotations

import html
import re
from typing import get_args

import pytest
from flask import Flask
from flask_babel import force_locale

from lms.content.po import Entry
from lms.content.translations import find_faults
from lms.content.word_faults import Code, WordFault
from lms.translating import messages
from tests.factories.learning import publish_drafts, standard, words
from tests.translating.desk import LESSON
from tests.translating.test_desk_views import LIST, MARKS, Desks, desks

__all__ = ["desks"]


class TestNothingTypedIsLost:
    def test_a_refused_form_does_not_hide_what_somebody_else_saved(self, desks: Desks) -> None:
        before = desks.be("Ana").fields()
        desks.be("Bea").write("Lea ʻa Bea")
        desks.be("Ana")
        refused = desks.browser.post(desks.at(), data={**before, "text": "Fo'ou"})
        page = html.unescape(refused.text)
        assert refused.status_code == 400
        assert "Something has changed here while you wrote." in page
        assert "Lea ʻa Bea" in page
        assert "Fo'ou</textarea>" in page
        again = desks.browser.post(desks.at(), data={**before, "text": "Half", "_language": "en"})
        assert "Something has changed here while you wrote." in again.text
        same = desks.browser.post(desks.at(), data={**desks.fields(), "text": "Fo'ou"})
        assert "Something has changed here while you wrote." not in same.text

    def test_approve_with_other_words_in_the_field(self, desks: Desks) -> None:
        desks.be("Ana").write("Lea foʻou")
        page = desks.be("Bea").get(desks.at())
        assert re.search(r'name="step-step" value="approved" form="write" formaction="[^"]*/sentence/step\?', page)
        assert re.search(r'form="write"[^>]*name="step-mark"', page)
        both = {**desks.fields(), "text": "Lea lelei"}
        refused = html.unescape(desks.step("approved", status=400, **both).text)
        assert "You have changed the words and not saved them." in refused
        assert "Lea lelei</textarea>" in refused
        desks.step("approved", **{**both, "text": "Lea foʻou"})

    def test_the_field_is_of_the_language(self, desks: Desks) -> None:
        page = desks.be("Ana").get(desks.at())
        (field,) = re.findall(r"<textarea[^>]*name=\"text\"[^>]*>", page)
        for said in ('lang="to"', 'spellcheck="false"', 'autocapitalize="off"'):
            assert said in field

    def test_the_words_of_the_files_are_offered(self, desks: Desks) -> None:
        desks.be("Ana").write("Lea foʻou")
        drafts = [each for each in standard() if (each.key, each.locale) != ("alpha", "to")]
        entries = {LESSON: ("Words of first.", "Lea kehe", "draft")}
        publish_drafts([*drafts, words("module", "alpha", "to", entries)])
        page = desks.get(desks.at())
        assert "The files have other words by now:" in page
        assert "Lea kehe</textarea>" in desks.get(desks.at(use="files"))


def test_comments_on_former_words_are_not_counted(desks: Desks) -> None:
    desks.be("Ana").rate(comment="Lelei")
    assert "Comments: 1" in desks.get(f"{LIST}?show=comments")
    desks.write("Lea foʻou")
    assert "Nothing here" in desks.get(f"{LIST}?show=comments")
    page = desks.get(desks.at())
    assert "The words have changed since." in page
    assert "trainers, analysts, certifiers and administrators" in page
    assert desks.rate(wording="0" * 64).status_code == 400
    path = desks.at().replace("sentence?", "sentence/rating?")
    refused = html.unescape(desks.browser.post(path, data={**MARKS, "comment": "Mine", "wording": "0" * 64}).text)
    assert "The words have changed while you read." in refused
    assert "Mine</textarea>" in refused


#: For each fault that `find_faults` knows: English, translation.
FAULTY = [
    ("One.", " One."),
    ("One.", "One.\x07"),
    ("One.", "One\ntwo."),
    ("One {name}.", "One."),
    ("One.", "One {name}."),
    ("One.", "One <b>two</b>."),
    ("One.", "![One](https://a.example/b.png)"),
    ("[One](https://a.example)", "[One](http://a.example)"),
    ("[One](https://a.example)", "[](https://a.example)"),
    ("One.", "[One](https://a.example)"),
    ("[One](https://a.example)", "One."),
    ("Call 988.", "Call."),
    ("Call.", "Call 988."),
    ("Call 988.", "Call 989."),
    ("One.", "Fo'ou"),
]


def faults_told() -> list[WordFault]:
    """Return every fault that `find_faults` finds in these."""
    return [
        fault for english, text in FAULTY for fault in find_faults(Entry("lessons/a.md:intro.1", english, text), "to")
    ]


def test_every_fault_is_known_by_its_code() -> None:
    told = faults_told()
    assert {each.code for each in told} == set(get_args(Code)), "one of each is tried here"
    assert {*messages.FAULTY, "numbers"} == set(get_args(Code))
    by_code = {each.code: each for each in told}
    assert by_code["placeholders"].values == ("{name}",)
    assert by_code["links"].values == ("https://a.example",)
    assert by_code["link_scheme"].values == ("'http://a.example'",)
    assert [each.values for each in told if each.code == "numbers"] == [("988", ""), ("", "988"), ("988", "989")]


def test_what_a_fault_is_about_is_no_pattern(app: Flask) -> None:
    """Words of the translation or the English may look like any sentence of the check."""
    odd = WordFault("links", "said otherwise by now", ("https://a.example/lacks-5: its numbers differ",))
    with app.test_request_context(), force_locale("en"):
        assert messages.faulty(odd) == "Please keep the same links: https://a.example/lacks-5: its numbers differ"
        several = WordFault("numbers", "said otherwise by now", ("5 and adds 6", ""))
        assert messages.faulty(several) == "These numbers of the English are missing: 5 and adds 6."


@pytest.mark.parametrize("tag", ["es", "to", "sm"])
def test_every_fault_is_told_in_the_language_of_the_reader(app: Flask, tag: str) -> None:
    told = faults_told()
    assert len(told) >= len(FAULTY) - 1
    with app.test_request_context():
        with force_locale("en"):
            english = {fault: messages.faulty(fault) for fault in told}
        with force_locale(tag):
            for fault, said in english.items():
                assert said != fault.message, f"no sentence for {fault.code}"
                assert messages.faulty(fault) != said
                assert " none" not in messages.faulty(fault)
