"""What is wrong with a translation, what is published of it, and how a PO file follows its source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms.content.po import Entry, read_po, write_po
from lms.content.translations import find_faults, follow, is_copy, published_words


def entry(context="a.yml:one", english="One house", text="Fale ʻe taha", **more) -> Entry:
    return Entry(context, english, text, **more)


def test_a_good_translation_has_no_faults():
    assert list(find_faults(entry(), "to")) == []


@pytest.mark.parametrize(
    ("english", "text", "words"),
    [
        ("A {date}", "He {dato}", "{date}"),
        ("A %(name)s", "Ko e", "%(name)s"),
        ("A", "Ko {date}", "none"),
        ("A", " Ko", "blanks"),
        ("A", "Ko\nia", "line break"),
        ("A", "Ko\x0bia", "control characters"),
        ("A", "fa'a", "U+02BB"),
        ("A", "’otu", "U+02BB"),
        ("A", "lea (‘ofa)", "U+02BB"),
    ],
)
def test_faults(english, text, words):
    (fault,) = find_faults(entry(english=english, text=text), "to")
    assert words in fault.message


@pytest.mark.parametrize(
    ("english", "text", "words"),
    [
        ("[a](https://a.b)", "[a](https://a.c)", "links"),
        ("a", "[a](https://a.c)", "none"),
        ("a", "<b>a</b>", "HTML"),
    ],
)
def test_faults_of_lesson_text(english, text, words):
    assert words in next(find_faults(entry("lessons/x.md:intro.1", english, text), "es")).message


def test_titles_of_lessons_are_not_markdown():
    assert list(find_faults(entry("lessons/x.md:title", "a", "<b>a</b>"), "es")) == []
    assert list(find_faults(entry("lessons/x.md:objectives.1", "a", "[a](b)"), "es")) == []


@pytest.mark.parametrize("text", ["O'Brien", "D'Angelo", "it's", "ʻofa", '"ala"'])
def test_apostrophes_that_are_right(text):
    assert list(find_faults(entry(text=text), "sm")) == []


def test_spanish_may_use_apostrophes():
    assert list(find_faults(entry(text="l'ala 'a'"), "es")) == []


def test_a_fuzzy_entry_is_judged_by_the_english_it_was_made_from():
    fuzzy = entry(english="New", text="Ko {date}", is_fuzzy=True, previous="Old {date}")
    assert list(find_faults(fuzzy, "to")) == []
    assert list(find_faults(replace(fuzzy, previous=None), "to")) == []
    assert list(find_faults(replace(fuzzy, previous="Old"), "to"))


def test_copies():
    assert is_copy(entry(english="Say it in plain words", text="Say it in plain words"))
    assert not is_copy(entry(english="Santa Monica, Culver City", text="Santa Monica, Culver City"))
    assert not is_copy(entry(english="Say it in plain words", text="Tala"))


SENTENCES = {"a.yml:one": "One house", "a.yml:two": "Two {n} houses", "a.yml:three": "Three"}


def test_published_words():
    words = published_words(
        SENTENCES,
        [
            entry(state="approved"),
            entry("a.yml:two", "2 {n} houses", "Fale {n} ʻe ua", state="approved"),
            entry("a.yml:three", "Three", ""),
            entry("a.yml:gone", "Gone", "Mole"),
        ],
    )
    assert words == {
        "a.yml:one": {"text": "Fale ʻe taha", "state": "approved", "source": "One house"},
        "a.yml:two": {"text": "Fale {n} ʻe ua", "state": "stale", "source": "2 {n} houses"},
    }


def test_published_words_name_the_translator_and_who_answers_for_a_state():
    made = entry(state="approved", by="Bea", on="2026-11-22", translated_by="Ana")
    said = published_words(SENTENCES, [made])["a.yml:one"]
    assert {name: said[name] for name in ("translator", "by", "on")} == {
        "translator": "Ana",
        "by": "Bea",
        "on": "2026-11-22",
    }
    draft = published_words(SENTENCES, [replace(made, state="draft")])["a.yml:one"]
    assert (draft["translator"], "by" in draft, "on" in draft) == ("Ana", False, False)
    stale = published_words(SENTENCES, [replace(made, is_fuzzy=True, previous="A house")])["a.yml:one"]
    assert (stale["state"], stale["translator"], "by" in stale) == ("stale", "Ana", False)


def test_fuzzy_words_are_stale_and_former_ones_are_not_published():
    words = published_words(SENTENCES, [entry(is_fuzzy=True, previous="A house"), entry("a.yml:three", is_former=True)])
    assert words == {"a.yml:one": {"text": "Fale ʻe taha", "state": "stale", "source": "A house"}}
    assert published_words(SENTENCES, [entry(is_fuzzy=True)])["a.yml:one"]["source"] == ""


def test_words_whose_placeholders_no_longer_fit_are_left_out():
    assert published_words(SENTENCES, [entry("a.yml:two", "Two houses", "Fale ʻe ua")]) == {}


def test_a_new_sentence_gets_an_empty_entry_in_reading_order():
    made = follow(SENTENCES, [entry("a.yml:three", "Three", "Tolu")])
    assert [(each.context, each.text) for each in made] == [
        ("a.yml:one", ""),
        ("a.yml:two", ""),
        ("a.yml:three", "Tolu"),
    ]


def test_a_changed_sentence_keeps_its_translation_as_fuzzy():
    (made,) = follow({"a.yml:one": "Utterly different"}, [entry(state="approved", by="Ana", on="2026-01-01")])
    assert (made.english, made.text, made.previous) == ("Utterly different", "Fale ʻe taha", "One house")
    assert (made.is_fuzzy, made.state, made.by) == (True, "draft", "Ana")


def test_changed_again_the_previous_stays_the_one_it_was_made_from():
    (made,) = follow({"a.yml:one": "Third"}, [entry(english="Second", is_fuzzy=True, previous="First")])
    assert (made.english, made.previous) == ("Third", "First")


def test_a_change_taken_back_makes_the_translation_good_again():
    (made,) = follow({"a.yml:one": "First"}, [entry(english="Second", is_fuzzy=True, previous="First")])
    assert (made.is_fuzzy, made.previous, made.english) == (False, None, "First")


def test_a_moved_sentence_takes_its_translation_and_state_along():
    old = [entry("x.md:intro.1", "Alpha beta", "A", state="reviewed"), entry("x.md:intro.2", "Gamma delta", "G")]
    made = follow({"x.md:intro.1": "Brand new words", "x.md:intro.2": "Alpha beta", "x.md:intro.3": "Gamma delta"}, old)
    assert [(each.text, each.state, each.is_fuzzy) for each in made] == [
        ("", "draft", False), ("A", "reviewed", False), ("G", "draft", False),
    ]  # fmt: skip


def test_moved_and_changed():
    old = [entry("x.md:intro.1", "Say who you are at the door", "A"), entry("x.md:intro.2", "Gamma delta", "G")]
    made = follow({"x.md:start.1": "Gamma delta", "x.md:start.2": "Say who you are at each door"}, old)
    assert [(each.text, each.is_fuzzy) for each in made] == [("G", False), ("A", True)]


def test_another_sentence_at_the_same_position_does_not_inherit():
    made = follow({"x.md:intro.1": "Call 911 at once"}, [entry("x.md:intro.1", "Bring your own flyers", "F")])
    assert [(each.text, each.is_former) for each in made] == [("", False), ("F", True)]


def test_the_nearest_of_equal_sentences_is_taken():
    old = [entry("b.md:title", "Same", "far"), entry("a.md:old", "Same", "near"), entry("c.md:x", "Same", "far too")]
    made = follow({"a.md:new": "Same"}, old)
    assert made[0].text == "near"


def test_what_is_gone_is_kept_and_comes_back():
    gone = follow({}, [entry(state="reviewed"), entry("a.yml:empty", "Empty", "")])
    assert [(each.text, each.is_former) for each in gone] == [("Fale ʻe taha", True)]
    (back,) = follow({"a.yml:one": "One house"}, gone)
    assert (back.text, back.state, back.is_former) == ("Fale ʻe taha", "reviewed", False)


def test_following_twice_changes_nothing():
    old = [
        entry(),
        entry("a.yml:two", "Too {n}", "Ua {n}"),
        entry("a.yml:gone", "Gone", "Mole"),
        entry("a.yml:three", "Three", "", notes=("ask",)),
    ]
    once = write_po("to", follow(SENTENCES, old))
    assert write_po("to", follow(SENTENCES, read_po(once).entries)) == once
    assert "# ask" in once


def test_no_translation_is_ever_lost():
    old = [entry(f"x.md:s.{n}", f"Sentence number {n} of many", f"text {n}") for n in range(30)]
    texts = {each.text for each in old}
    sentences = {f"x.md:t.{n}": f"Sentence number {n * 2} of many" for n in range(20)}
    for _ in range(3):
        old = follow(sentences, old)
        assert {each.text for each in old if each.text} == texts
        sentences = {context: english + "!" for context, english in list(sentences.items())[2:]}


def test_stale_since_the_day_on_which_it_became_so():
    (made,) = follow({"a.yml:one": "A home"}, [entry(checked="numbers")], "2026-11-29")
    assert (made.is_fuzzy, made.stale_since, made.checked) == (True, "2026-11-29", "")
    (again,) = follow({"a.yml:one": "A hut"}, [made], "2026-12-24")
    assert again.stale_since == "2026-11-29"
    (back,) = follow({"a.yml:one": "One house"}, [again], "2026-12-24")
    assert (back.is_fuzzy, back.stale_since) == (False, "")
    (unknown,) = follow({"a.yml:one": "A hut"}, [entry(is_fuzzy=True, previous="Hut")], "2026-12-24")
    assert unknown.stale_since == ""


def test_published_words_say_since_when_they_are_stale():
    stale = entry(is_fuzzy=True, previous="A house", stale_since="2026-11-20")
    assert published_words(SENTENCES, [stale])["a.yml:one"]["since"] == "2026-11-20"
    assert "since" not in published_words(SENTENCES, [entry()])["a.yml:one"]
