"""Reading and writing PO files."""

from __future__ import annotations

import pytest

from lms.content.po import Entry, read_po, same_person, write_po

HEAD = 'msgid ""\nmsgstr ""\n"Language: to\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def test_an_entry_with_everything():
    file = read_po(
        HEAD + "# Ask Sione.\n# state: in review\n# by: Ana\n# on: 2026-11-22\n#. for translators\n#: a.md:3\n"
        '#, fuzzy, markdown\n#| msgid "O"\n#| "ld"\nmsgctxt "a.md:intro.1"\nmsgid "New \\"words\\""\nmsgstr ""\n'
        '"Foʻou\\n"\n"\\\\ ngata"\n'
    )
    assert file.problems == []
    assert file.header["Language"] == "to"
    assert file.entries == [
        Entry(
            "a.md:intro.1", 'New "words"', "Foʻou\n\\ ngata", "in review", "Ana", "2026-11-22", ("Ask Sione.",),
            is_fuzzy=True, previous="Old", line=15, text_line=17,
        )
    ]  # fmt: skip
    assert file.entries[0].made_from == "Old"


def test_what_was_read_is_the_callers_own():
    """A text is parsed once in a process; the next reader finds it as it is, and the problems under his file's name."""
    text = HEAD + 'msgctxt "a"\nmsgid "x"\nmsgstr "1"\n\n"lost"\n'
    first = read_po(text, "one.po")
    first.entries.clear()
    first.header.clear()
    first.problems.clear()
    second = read_po(text, "two.po")
    assert [entry.text for entry in second.entries] == ["1"]
    assert second.header["Language"] == "to"
    assert [str(each) for each in second.problems] == ["two.po:10:1: a string without msgid or msgstr before it"]
    assert second.text == text


def test_former_entries():
    file = read_po(
        HEAD
        + '# state: reviewed\n# by: Ana\n# on: 2026-11-22\n#~ msgctxt "a:b"\n#~ msgid "One"\n#~ msgstr "Ta"\n#~ "ha"\n'
        '#~ msgctxt "a:b"\n#~ msgid "Two"\n#~ msgstr "Ua"\n'
    )
    assert [(each.english, each.text, each.state, each.is_former) for each in file.entries] == [
        ("One", "Taha", "reviewed", True),
        ("Two", "Ua", "draft", True),
    ]
    assert file.present == []


def test_entries_without_blank_lines_between():
    file = read_po(
        'msgctxt "a"\nmsgid "x"\nmsgstr "1"\n# state: approved\n# by: Ana\n# on: 2026-11-22\n'
        'msgctxt "b"\nmsgid "y"\nmsgstr "2"\nmsgctxt "c"\nmsgid "z"\nmsgstr ""\n'
    )
    assert [(each.context, each.state) for each in file.entries] == [("a", "draft"), ("b", "approved"), ("c", "draft")]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('msgctxt "a"\nmsgid "x\nmsgstr "y"\n', 2, "quotation marks"),
        ('msgctxt "a"\nmsgid "x"\nmsgstr "\\q"\n', 3, "quotation marks"),
        ('msgctxt "a"\nmsgid "x"\nmsgid_plural "xs"\nmsgstr[0] "y"\n', 3, "plural"),
        ('msgctxt "a"\nmsgid "x"\nnonsense\n', 3, "broken PO line"),
        ('msgctxt "a"\nmsgid "x"\n\nmsgctxt "b"\nmsgid "y"\nmsgstr ""\n', 1, "needs msgctxt"),
        ('msgid "x"\nmsgstr "y"\n', 1, "which sentence"),
        ('"lost"\n', 1, "without msgid"),
        ('# state: done\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n', 1, "unknown state"),
        ('# state: approved\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n', 1, "approved needs who and when"),
        ('# by: Ana\n# state: reviewed\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n', 2, "reviewed needs who and when"),
        ('# state: approved\n# on: 2026-11-22\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n', 1, "`# by: name`"),
        ('# state: approved\n# by: A\n# on: yesterday\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n', 3, "no date"),
        (
            '# state: approved\n# by: A  B\n# on: 2026-11-22\n# translated by: a b\nmsgctxt "a"\nmsgid ""\nmsgstr ""\n',
            2,
            "cannot",
        ),
        ('# made: elves\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n', 1, "machine, person"),
        ('# stale since: spring\n#, fuzzy\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n', 1, "no date"),
        ('# on: 20261122\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n', 1, "no date"),
        ('# on: 2026-02-30\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n', 1, "no date"),
        ('msgctxt "a"\nmsgid "x"\nmsgstr "y"\n\nmsgctxt "a"\nmsgid "x"\nmsgstr "z"\n', 6, "stands twice"),
    ],
)
def test_broken_files_name_the_line(text, line, words):
    problem = read_po(text, "to.po").problems[0]
    assert (problem.path, problem.line) == ("to.po", line)
    assert words in problem.message


def test_writing_and_reading_again_changes_nothing():
    entries = [
        Entry("a:1", "One\nline", 'Ta"ha', "approved", "Ana", "2026-01-02", ("note",)),
        Entry("a:2", "Two", "Ua", is_fuzzy=True, previous="Too"),
        Entry("a:3", "Three"),
        Entry("a:9", "Nine", "Hiva", is_former=True, is_fuzzy=True, previous="Nein"),
        Entry("a:0", "None", "Halaʻi", is_former=True),
    ]
    text = write_po("to", entries, {"Last-Translator": "Ana", "Plural-Forms": "wrong"})
    again = read_po(text)
    assert again.problems == []
    assert write_po("to", again.entries, again.header) == text
    assert again.header["Last-Translator"] == "Ana"
    assert "nplurals=1; plural=0;" in text
    assert text.index('"a:0"') < text.index('"a:9"')


@pytest.mark.parametrize(("locale", "forms"), [("es", "nplurals=2"), ("to", "nplurals=1"), ("sm", "nplurals=2")])
def test_plural_forms(locale, forms):
    assert forms in write_po(locale, [])


def test_stray_comments_of_former_entries_are_harmless():
    file = read_po('#~\n#| "lost"\n#| nothing\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n')
    assert file.problems == []
    assert len(file.entries) == 1


def test_who_translated_and_since_when_it_is_stale():
    text = HEAD + (
        "# ask the clinic\n# state: approved\n# by: Ana\n# on: 2026-11-22\n# translated by: Sione\n# made: machine\n"
        '# checked: numbers\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n\n'
        '# stale since: 2026-11-20\n#, fuzzy\nmsgctxt "b"\nmsgid "x"\nmsgstr "y"\n'
    )
    one, two = read_po(text).entries
    assert (one.translated_by, one.made, one.checked, one.notes) == ("Sione", "machine", "numbers", ("ask the clinic",))
    assert two.stale_since == "2026-11-20"
    assert write_po("to", [one, two]).endswith(text.removeprefix(HEAD).replace("# stale", "# state: draft\n# stale"))


def test_a_sentence_that_is_not_fuzzy_is_not_stale_since_a_day():
    (entry,) = read_po('# stale since: 2026-11-20\nmsgctxt "b"\nmsgid "x"\nmsgstr "y"\n').entries
    assert entry.stale_since == ""


@pytest.mark.parametrize(("one", "other", "same"), [("Ana", " ana ", True), ("", "", False), ("Ana", "Sione", False)])
def test_same_person(one, other, same):
    assert same_person(one, other) is same
