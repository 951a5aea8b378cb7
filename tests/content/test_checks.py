"""`lms content check`: every mistake at its line, all in one run, and the real content without any."""

from __future__ import annotations

import shutil

import pytest

from lms.config import ROOT
from lms.content.po import Entry, write_po
from lms.publish import check_directory
from tests.content.sample import put, spoil, write_sample

MODULE = "modules/visits/module.yml"
QUIZ = "modules/visits/quiz.yml"
LEAVING = "modules/visits/lessons/leaving.md"
SURVEY = "surveys/opinion.yml"
TRACK = "tracks/start.yml"
SKILLS = "frameworks/skills.yml"
DONE = "certificates/done.yml"
HOURS_AND_SIGN_OFF = "hours: [{kind: class, minutes: 9, title: T}]\nsign_offs: [{id: class, title: S}]\nitems:\n"


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path / "content")


def problems(folder):
    return [
        (each.path.removeprefix(f"{folder}/"), each.line, each.message) for each in check_directory(folder)[1].problems
    ]


def warnings(folder):
    checked = check_directory(folder)[1]
    assert checked.problems == ()
    return [(each.path.removeprefix(f"{folder}/"), each.line, each.message) for each in checked.warnings]


def only(folder):
    found = problems(folder)
    assert len(found) == 1, found
    return found[0]


def po(context, english, text, **more):
    return write_po("to", [Entry(context, english, text, **more)])


def test_the_sample_is_right(folder):
    assert problems(folder) == []


def test_the_real_content_is_right():
    _, checked = check_directory(ROOT / "content")
    assert checked.problems == ()
    assert checked.warnings == ()


def test_ten_mistakes_in_one_run(folder):
    wanted = {
        (MODULE, spoil(folder, MODULE, "credits:", "credit:")): "did you mean 'credits'",
        (QUIZ, spoil(folder, QUIZ, "key: [a]\n", "key: [d]\n")): "d is not among the options (a, b, c)",
        (QUIZ, spoil(folder, QUIZ, "points: 1", "points: one")): "must be a whole number",
        (LEAVING, spoil(folder, LEAVING, "Say when", "Say <b>when</b>")): "HTML",
        (LEAVING, spoil(folder, LEAVING, "minutes: 8", "minutes: -8")): "at least 1",
        (SURVEY, spoil(folder, SURVEY, "thanks:", "key: x\nthanks:")): "stands twice",
        (
            TRACK,
            spoil(folder, TRACK, "certificate: done", "certificate: gone"),
        ): "no certificate",
        (TRACK, spoil(folder, TRACK, "module: visits", "module: visit")): "mean 'visits'",
        (DONE, spoil(folder, DONE, "Issued on {date}", "Issued {day}")): "{date}",
        ("frameworks/more.yml", 3): "broken YAML",
        ("tracks/start.to.po", 11): "no sentence is called",
        ("modules/visits/lessons/spare.md", 1): "front matter",
    }
    put(folder, "frameworks/more.yml", "key: more\ntitle: [broken\n")
    put(folder, "tracks/start.to.po", po("start.yml:nowhere", "x", "y"))
    put(folder, "modules/visits/lessons/spare.md", "Spare\n")
    found = problems(folder)
    assert {(path, line) for path, line, _ in found} == set(wanted)
    for path, line, message in found:
        assert wanted[path, line] in message


@pytest.mark.parametrize(
    ("name", "old", "new", "shift", "words"),
    [
        (MODULE, "competency: skills/talking", "competency: skills/walking", 0, "did you mean 'skills/talking'"),
        (MODULE, "survey: opinion", "survey: nothing-like-it", 0, "there is no survey"),
        (MODULE, "prerequisites: []", "prerequisites: [arrivals]", 0, "there is no module"),
        (MODULE, "prerequisites: []", "prerequisites: [visits]", 0, "would require itself"),
        (MODULE, "talking, minutes: 20", "talking, minutes: 21", -1, "credits add up to 21"),
        (MODULE, "minutes: 20\ncredits", "minutes: 25\ncredits", 0, "the quiz needs 1 to 4"),
        (MODULE, "key: visits", "key: calls", 0, "name of its file or folder is 'visits'"),
        (MODULE, "title: Home visits", "title: 2026", 0, "must be words"),
        (MODULE, "title: Home visits", "title: ''", 0, "write words"),
        (MODULE, "title: Home visits", "title: |\n  Home\n  visits", 0, "blanks at the ends"),
        (MODULE, "title: Home visits", 'title: "a\\nb"', 0, "line break"),
        (MODULE, "title: Home visits", 'title: "a\\u0000b"', 0, "control characters"),
        (MODULE, "title: Home visits", 'title: "e\\u0301"', 0, "NFC"),
        (MODULE, "title: Home visits", "title: " + "a" * 201, 0, "longer than 200"),
        (MODULE, "title: Home visits", "title: Home visits\ntitel: x", 1, "did you mean 'title'"),
        (MODULE, "minutes: 20\ncredits", "minutes: 0\ncredits", 0, "at least 1"),
        (MODULE, "https://example.org/a", "http://example.org/a", 0, "does not fit"),
        (MODULE, "sources:\n", "sources: no\nx-old:\n", 0, "must be a list"),
        (MODULE, "lessons: [arriving, leaving]", "lessons: [arriving, leaving, leaving]", 0, "used twice: leaving"),
        (QUIZ, "key: [a]\n", "key: []\n", 0, "needs at least 1"),
        (QUIZ, "key: [a, c]", "key: []", 0, "needs at least 1"),
        (QUIZ, "key: [a]\n", "key: [a, b]\n", 0, "one right answer"),
        (QUIZ, "key: [a]\n", "key: a\n", 0, "must be a list"),
        (QUIZ, "key: [a, c]", "key: [a, a]", 0, "used twice"),
        (QUIZ, "key: false", "key: maybe", 0, "must be true or false"),
        (QUIZ, "key: false", "key: [a]", 0, "must be true or false"),
        (QUIZ, "      - {id: c, text: A bill}\n", "", -3, "3 to 5 options"),
        (QUIZ, "{id: c, text: A bill}", "{id: a, text: A bill}", 0, "used twice: a"),
        (QUIZ, "{id: c, text: A bill}", "{id: prompt, text: A bill}", -3, "cannot be called prompt"),
        (QUIZ, "key: false", "options: [{id: a, text: b}]\n    key: false", 0, "unknown key"),
        (QUIZ, "id: q-three", "id: q-one", 0, "used twice: q-one"),
        (QUIZ, "draw: 2", "draw: 4", 0, "cannot draw 4 of 3"),
        (QUIZ, "pass_mark: 80", "pass_mark: 101", 0, "at most 100"),
        (QUIZ, "type: true-false", "type: riddle", 0, "items[2].type: must be one of "),
        (QUIZ, "critical: true", "critical: yes", 0, "true or false"),
        (SURVEY, ", Very much]", "]", 0, "give 5 labels, not 4"),
        (SURVEY, ", {id: fast, text: Fast}", "", 0, "at least two options"),
        (SURVEY, "id: fast", "id: prompt", 0, "cannot be called prompt"),
        (SURVEY, "prompt: What else?", "prompt: What else?, options: [{id: a, text: b}]", 0, "has no options"),
        (SURVEY, "id: more", "id: pace", 0, "used twice: pace"),
        (TRACK, "level: entry", "level: entree", 0, "there is no level"),
        (TRACK, ", module: visits", "", 0, "either a module or planned"),
        (TRACK, ", module: visits", ", module: visits, planned: true, title: X", 0, "either a module or planned"),
        (TRACK, ", module: visits", ", planned: true", 0, "needs a title"),
        (TRACK, "valid_months: 24", "certifier: false", 0, "must be True"),
        (TRACK, "items:\n", "items:\n  - {id: other, module: visits}\n", 2, "used twice: visits"),
        (TRACK, "items:\n", HOURS_AND_SIGN_OFF, 1, "give another id"),
        (SKILLS, "id: plain", "id: title", -1, "cannot be called title"),
        (SKILLS, "levels:\n", "levels:\n  - {id: talking, title: T}\n", 1, "change an id"),
        (SKILLS, "maps: [", "maps: [{from: talking, to: x, title: Y}, ", 0, "used twice: talking"),
        (SKILLS, "crosswalks:\n", "crosswalks:\n  - {framework: other, title: O, maps: []}\n", 2, "used twice: other"),
        (DONE, "heading: Certificate", "heading: Certificate {name}", 0, "no {name}"),
        (DONE, '"#000000"', "black", 0, "does not fit"),
        (LEAVING, "minutes: 8", "minutes: 8\nmarkdown: x", 1, "unknown key 'markdown'"),
        (QUIZ, "text: A bill", "text: a  form.", 0, "the options of q-one must differ"),
        (QUIZ, "key: [a, c]", "key: [a, b, c]", 0, "every option is right"),
        (QUIZ, "prompt: What helps?", "prompt: what comes FIRST?", 0, "the questions of this quiz must differ"),
        (QUIZ, "multiple\n    competency: skills/talking", "multiple\n    competency: skills/noting", 1, "no credit"),
        (SURVEY, "Somewhat, Mostly", "Mostly, Mostly", 0, "the labels of the scale must differ"),
        (SURVEY, "text: Fast", "text: Slow", 0, "the options of pace must differ"),
        (SKILLS, "from: talking", "from: walking", 0, "there is no competency 'skills/walking'"),
        (LEAVING, "Say when", "[](https://example.org/a) Say when", 0, "a link needs words"),
        (LEAVING, "Say when", "### Words\n\nSay when", 0, "begin with a heading ##"),
        (LEAVING, "[Say goodbye.]", "[]", 0, "needs at least 1"),
        (LEAVING, "Say when you come back.\n", "\n", 0, "no text below"),
        (LEAVING, "Say when", "Say e\u0301 when", 0, "NFC"),
        (LEAVING, "Say when", "Say \x07 when", 0, "control characters"),
        ("modules/visits/lessons/arriving.md", "- One", ":::tip\n- One", 0, "unknown block"),
    ],
)  # fmt: skip
def test_one_mistake(folder, name, old, new, shift, words):
    if "skills/noting" in new:  # a competency that exists, and that the module does not credit
        spoil(folder, SKILLS, "levels:\n", "  - {id: noting, title: Noting, summary: Note it.}\nlevels:\n")
    line = spoil(folder, name, old, new) + shift
    found = problems(folder)
    assert any((path, at) == (name, line) and words in message for path, at, message in found), (line, found)


def test_a_circle_of_prerequisites_is_named_at_each_step(folder):
    for key, other in (("a", "b"), ("b", "c"), ("c", "a")):
        put(
            folder,
            f"modules/{key}/module.yml",
            f"key: {key}\ntitle: T\nsummary: S\nminutes: 5\nlessons: [x]\nprerequisites: [{other}]\n",
        )
        put(folder, f"modules/{key}/lessons/x.md", "---\ntitle: T\nminutes: 5\nobjectives: [O]\n---\nText\n")
    assert [(path, line) for path, line, _ in problems(folder)] == [(f"modules/{key}/module.yml", 6) for key in "abc"]


def test_a_module_without_a_quiz_takes_as_long_as_its_lessons(folder):
    (folder / QUIZ).unlink()
    assert only(folder) == (MODULE, 4, "the lessons take 18 minutes, not 20")


def test_files_missing_and_not_used(folder):
    (folder / LEAVING).rename(folder / "modules/visits/lessons/going.md")
    put(folder, "modules/empty/notes.txt", "x")
    put(folder, "modules/loose.yml", "x")
    put(folder, "tracks/readme.txt", "x")
    put(folder, "films/a.yml", "key: a")
    put(folder, ".hidden", "x")
    put(folder, "tracks/Bad Name.yml", "key: x")
    assert {(path, message.split(";")[0]) for path, _, message in problems(folder)} == {
        (MODULE, "there is no file lessons/leaving.md"),
        ("modules/visits/lessons/going.md", "not used"),
        ("modules/empty/module.yml", "this file is missing"),
        ("modules/empty/notes.txt", "not used"),
        ("modules/loose.yml", "not used"),
        ("tracks/readme.txt", "not used"),
        ("films", "not used"),
        ("tracks/Bad Name.yml", "'Bad Name' cannot be a key: use a-z, 0-9 and single hyphens"),
    }


def test_bad_files_as_a_whole(folder):
    put(folder, "tracks/big.yml", b"key: big\n" + b"#" * 1_000_001)
    put(folder, "tracks/latin.yml", b"key: latin\ntitle: ni\xf1o\n")
    put(folder, "tracks/bom.yml", "\ufeffkey: bom\n")
    put(folder, "tracks/list.yml", "- a\n")
    put(folder, LEAVING, "No front matter\n---\n")
    (folder / "tracks/link.yml").symlink_to(folder / TRACK)
    found = {(path, line): message for path, line, message in problems(folder)}
    assert "1 MB" in found["tracks/big.yml", 1]
    assert "not UTF-8" in found["tracks/latin.yml", 2]
    assert "byte order mark" in found["tracks/bom.yml", 1] or "title" in found["tracks/bom.yml", 1]
    assert "must be keys and values" in found["tracks/list.yml", 1]
    assert "front matter" in found[LEAVING, 1]
    assert "links are not followed" in found["tracks/link.yml", 1]


def test_a_missing_folder(tmp_path):
    assert "no such folder" in check_directory(tmp_path / "nowhere")[1].problems[0].message


def test_an_empty_folder_lacks_every_kind(tmp_path):
    kinds = ("certificate", "framework", "module", "survey", "track")
    assert problems(tmp_path) == [
        (f"{kind}s", 1, f"no {kind} is in this folder; put at least one there") for kind in kinds
    ]


def test_a_kind_that_is_missing(folder):
    shutil.rmtree(folder / "surveys")
    assert ("surveys", 1, "no survey is in this folder; put at least one there") in problems(folder)


def test_windows_line_ends_are_read_as_ours(folder):
    path = folder / LEAVING
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    read, checked = check_directory(folder)
    assert checked.problems == ()
    assert "\r" not in str(read.objects["module", "visits"].body())


def test_what_a_broken_framework_offers_is_not_missed(folder):
    spoil(folder, SKILLS, "title: Skills", "titel: Skills")
    assert {path for path, _, _ in problems(folder)} == {SKILLS}


def test_translations(folder):
    cases = {
        "surveys/opinion.to.po": (po("opinion.yml:thanks", "Thank you.", "Malo 'aupito"), 13, "U+02BB"),
        "surveys/opinion.fr.po": ("", 1, "unknown language 'fr'"),
        "surveys/other.to.po": ("", 1, "no object of this key"),
        "surveys/opinion.es.po": ('msgctxt "x"\nmsgid "y"\nmsgstr "z\n', 3, "quotation"),
        "modules/visits/sm.po": (
            po("lessons/leaving.md:intro.1", "Say when you come back.", "<b>x</b>"),
            1,
            "Language: to",
        ),
        "modules/visits/en.po": ("", 1, "unknown language 'en'"),
        "certificates/done.to.po": (po("done.yml:words.verify", "Go to {url}.", "Alu {uri}."), 13, "{url}"),
        "tracks/start.to.po": (po("start.yml:title", "Start", "Kamata").replace("utf-8", "latin-1"), 1, "charset"),
        "modules/visits/to.po": (
            write_po(
                "to", [Entry("quiz.yml:q-one.a", "A greeting", "Tali"), Entry("quiz.yml:q-one.b", "A form", "tali")]
            ),
            18,
            "the options of q-one must differ; line 13 says the same",
        ),
    }
    for name, (text, _, _) in cases.items():
        put(folder, name, text)
    found = problems(folder)
    for name, (_, line, words) in cases.items():
        assert any((path, at) == (name, line) and words in message for path, at, message in found), (name, found)
    assert ("modules/visits/sm.po", 13, "HTML is not allowed") in found


def test_words_of_a_broken_file_are_not_called_unknown(folder):
    put(folder, "surveys/opinion.to.po", po("opinion.yml:thanks", "Thank you.", "Mālō"))
    spoil(folder, SURVEY, "title:", "titel:")
    assert {path for path, _, _ in problems(folder)} == {SURVEY}


def test_warnings(folder):
    put(
        folder, "surveys/opinion.to.po", po("opinion.yml:intro", "Some few more questions.", "Some few more questions.")
    )
    assert warnings(folder) == [
        ("surveys/opinion.to.po", 1, "1 translations are of older English; run `lms content extract`"),
        ("surveys/opinion.to.po", 13, "the translation is the same as the English"),
    ]


def test_minutes_that_the_words_do_not_fill(folder):
    assert warnings(folder) == []
    path = folder / "modules/visits/lessons/arriving.md"
    path.write_text(path.read_text().replace("Take your time. ", "", 100))
    assert warnings(folder) == [(MODULE, 4, "711 words with quiz and survey fill about 17 minutes, not 20")]


def test_a_quiz_that_can_be_guessed(folder):
    more = """\
  - id: q-four
    type: single
    competency: skills/talking
    prompt: What comes last?
    options: [{id: a, text: A bill}, {id: b, text: A long goodbye}, {id: c, text: A form}]
    key: [b]
    feedback: A goodbye.
  - {id: q-five, type: true-false, competency: skills/talking, prompt: May you stay?, key: false, feedback: Ask.}
"""
    put(folder, QUIZ, (folder / QUIZ).read_text() + more)
    assert warnings(folder) == [
        (QUIZ, 4, "all 2 true-false questions have the same key"),
        (QUIZ, 4, "the longest option is the right one in 2 of 2 single-choice questions"),
    ]
    spoil(folder, QUIZ, "text: A bill}, {id: b", "text: A bill that is long}, {id: b")
    spoil(folder, QUIZ, "May you stay?, key: false", "May you stay?, key: true")
    assert warnings(folder) == []
    assert problems(folder) == []


def test_broken_front_matter_and_bad_catalogs(folder):
    put(folder, LEAVING, "---\ntitle: [x\n---\nText\n")
    put(folder, "modules/visits/lessons/list.md", "---\n- x\n---\nText\n")
    put(folder, "modules/Visits/module.yml", "key: x\n")
    put(folder, "tracks/start.to.po", b"\xff")
    found = {(path, line) for path, line, _ in problems(folder)}
    assert {
        (LEAVING, 2),
        ("modules/visits/lessons/list.md", 2),
        ("modules/Visits", 1),
        ("tracks/start.to.po", 1),
    } <= found


def test_a_fault_without_a_place_of_its_own_is_put_where_its_block_begins(folder):
    line = spoil(folder, LEAVING, "Say when you come back.", "Say\nwhen you come <i\nclass='x'>back")
    found = [(at, message) for path, at, message in problems(folder) if path == LEAVING]
    assert (line, "HTML is not allowed") in found


def test_a_question_translated_in_part_is_warned_of(folder):
    put(folder, "modules/visits/to.po", po("quiz.yml:q-one.a", "A greeting", "Ha lea"))
    assert warnings(folder) == [("modules/visits/to.po", 1, "quiz.yml:q-one: 1 of 5 sentences have a translation")]
