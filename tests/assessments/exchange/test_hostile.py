"""Files that mean harm, or mean nothing: refused in words, in bounded time and memory, never with another error."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.assessments.rules.exchange.exporting import export_quiz
from lms.assessments.rules.exchange.files import FORMATS, MAX_BYTES, read_questions
from lms.assessments.rules.exchange.planning import Terms, plan_import
from tests.assessments.exchange.reading import CASES
from tests.assessments.items.quizzes import SAMPLES

TERMS = Terms(("skills/talking",), feedback="Look again.")
FULL = MAX_BYTES - 1_000
HEAD = b'<?xml version="1.0"?>\n'


def question(inside: bytes, kind: bytes = b"essay", text: bytes = b"Which?") -> bytes:
    """Return one question of Moodle XML around other elements."""
    words = b"<questiontext format='html'><text>" + text + b"</text></questiontext>"
    return HEAD + b"<quiz><question type='" + kind + b"'>" + words + inside + b"</question></quiz>"


def laughs(levels: int) -> bytes:
    """Return a document whose last entity would be ten to the power of `levels` letters long."""
    lines = [b'<!ENTITY a0 "a">']
    lines += [b'<!ENTITY a%d "%s">' % (each, b"&a%d;" % (each - 1) * 10) for each in range(1, levels)]
    return HEAD + b"<!DOCTYPE quiz [" + b"\n".join(lines) + b"]><quiz>&a%d;</quiz>" % (levels - 1)


def fill(piece: bytes) -> bytes:
    """Return a piece again and again, up to the largest file that is read."""
    return piece * (FULL // len(piece))


#: Name: format, file, and what the first problem says ("" when there is none).
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "billion laughs": ("moodle-xml", lambda: laughs(10), "a DOCTYPE is refused"),
    "external entity": (
        "moodle-xml",
        lambda: HEAD + b'<!DOCTYPE quiz [<!ENTITY f SYSTEM "file:///etc/passwd">]><quiz>&f;</quiz>',
        "a DOCTYPE is refused",
    ),
    "parameter entity": (
        "moodle-xml",
        lambda: HEAD + b'<!DOCTYPE quiz [<!ENTITY % f SYSTEM "http://127.0.0.1/x"> %f;]><quiz/>',
        "a DOCTYPE is refused",
    ),
    "depth 100,000": ("moodle-xml", lambda: b"<quiz>" + b"<a>" * 100_000, "more than 20 levels"),
    "many elements": ("moodle-xml", lambda: b"<quiz>" + fill(b"<a/>") + b"</quiz>", "more than 100000 elements"),
    "many attributes": (
        "moodle-xml",
        lambda: b"<quiz " + b" ".join(b"a%d='1'" % each for each in range(200_000)) + b"/>",
        "",
    ),
    "long name": ("moodle-xml", lambda: b"<" + b"q" * FULL + b"/>", "this is <qqq"),
    "long text": ("moodle-xml", lambda: question(b"", text=b"x" * (FULL - 200)), ""),
    "many tags in text": ("moodle-xml", lambda: question(b"", text=b"&lt;b" * 3_900), ""),
    "open comments in text": ("moodle-xml", lambda: question(b"", text=b"&lt;!--" * 2_800), ""),
    "numbers of letters in text": ("moodle-xml", lambda: question(b"", text=b"&amp;#9999999999999999" * 900), ""),
    "a letter with 19,000 digits": ("moodle-xml", lambda: question(b"", text=b"&amp;#" + b"9" * 19_000), ""),
    "many holes": ("moodle-xml", lambda: question(b"", b"cloze", b"{1:SA:=" * 2_800), ""),
    "holes everywhere": ("moodle-xml", lambda: question(b"", b"cloze", b"{1:SA:=a}" * 2_000), ""),
    "many questions": (
        "moodle-xml",
        lambda: b"<quiz>" + b"<question type='essay'/>" * 90_000 + b"</quiz>",
        "more than 2000 things",
    ),
    "instructions": ("moodle-xml", lambda: HEAD + b"<quiz>" + b"<?php system('id') ?>" * 9 + b"</quiz>", ""),
    "entity in an attribute": ("moodle-xml", lambda: b"<quiz a='&b;'/>", "broken XML: undefined entity"),
    "forbidden number": ("moodle-xml", lambda: b"<quiz>&#0;</quiz>", "broken XML: reference to invalid character"),
    "another namespace": ("moodle-xml", lambda: b"<x:quiz xmlns:x='urn:x'/>", "this is <x:quiz>"),
    "two roots": ("moodle-xml", lambda: b"<quiz/><quiz/>", "broken XML: junk after document element"),
    "only blanks": ("moodle-xml", lambda: b" \n " * 1_000, "broken XML: no element found"),
    "empty": ("moodle-xml", lambda: b"", "broken XML: no element found"),
    "surrogates in UTF-8": ("gift", lambda: b"::a::\xed\xa0\x80?{T}", "not UTF-8"),
    "overlong UTF-8": ("gift", lambda: b"::a::\xc0\xaf?{T}", "not UTF-8"),
    "UTF-32": ("gift", lambda: "One?{T}".encode("utf-32"), "this is UTF-16"),
    "UTF-16 without a mark": ("gift", lambda: "One?{T}".encode("utf-16-le"), "control characters"),
    "escape sequences": ("gift", lambda: b"\x1b[2J::a::One?{T}", "control characters"),
    "one long line": ("gift", lambda: b"x" * FULL, "a question of more than 100000 characters"),
    "one long block": ("gift", lambda: fill(b"x\n"), "a question of more than 100000 characters"),
    "many open braces": ("gift", lambda: fill(b"{"), "a question of more than 100000 characters"),
    "many questions in GIFT": ("gift", lambda: fill(b"a{T}\n\n"), "more than 500 questions"),
    "many blank lines": ("gift", lambda: fill(b"\n"), ""),
    "many comments": ("gift", lambda: fill(b"// [id:[id:[id:[id:\n"), "a question of more than 100000 characters"),
    "brackets in a comment": ("gift", lambda: b"// " + b"[id:" * 24_000 + b"\nOne?{T}", ""),
    "backslashes": ("gift", lambda: fill((b"\\" * 99_000) + b"\n\n"), ""),
    "many answers": ("gift", lambda: fill(b"One?{" + b"~a" * 40_000 + b"}\n\n"), ""),
    "many hashes": ("gift", lambda: fill(b"One?{T" + b"#" * 90_000 + b"}\n\n"), ""),
    "many percents": ("gift", lambda: fill(b"One?{=" + b"%1" * 40_000 + b"}\n\n"), ""),
    "many arrows": ("gift", lambda: fill(b"One?{=a" + b"->" * 40_000 + b"}\n\n"), ""),
    "titles without end": ("gift", lambda: fill(b"::" + b"a:" * 40_000 + b"\n\n"), "the title is not ended"),
    "tags in GIFT": ("gift", lambda: fill(b"One " + b"<b " * 6_000 + b"{T}\n\n"), ""),
    "numbers without end": ("gift", lambda: fill(b"One?{#" + b"9" * 90_000 + b"}\n\n"), ""),
    "blanks": ("gift", lambda: fill(b"One?" + b" " * 19_000 + b"{T}\n\n"), ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(name: str) -> None:
    form, make, message = HOSTILE[name]
    data = make()
    assert len(data) <= MAX_BYTES
    begun = time.process_time()
    read = read_questions(data, form)
    plan = plan_import(read, {}, TERMS)
    assert time.process_time() - begun < 10
    said = [str(fault) for fault in plan.faults]
    assert len(said) <= 1 or message
    assert message in "".join(said[:1])
    assert bool(message) == bool(said)


def test_memory_stays_small() -> None:
    """At most 256 MB (reliability.md P28) for the worst of the files, a fresh copy of its text among it."""
    for name in ("many elements", "many questions", "one long block", "many answers"):
        form, make, _ = HOSTILE[name]
        data = make()
        tracemalloc.start()
        plan_import(read_questions(data, form), {}, TERMS)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 256_000_000, name


def test_a_hundred_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.gift"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    with path.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    assert [str(fault) for fault in read_questions(data, "gift").faults] == ["larger than 5 MB"]


PIECES = [
    *(b"{", b"}", b"~", b"=", b"#", b"####", b"->", b"::", b"\\", b"%50%", b"TRUE", b"1..5", b"3:1", b"\n", b"\n\n"),
    *(b"// ", b"// lms: {", b"// [id:a]", b"[html]", b"<b>", b"</b>", b"&amp;", b"$CATEGORY:", b">2 ALL\n", b"a", b" "),
    *(b"<quiz>", b"</quiz>", b"<question type='", b"multichoice'>", b"<answer fraction='100'>", b"<text>", b"</text>"),
    *(
        b"<![CDATA[",
        b"]]>",
        b"<!--lms: ",
        b"-->",
        b"{1:SA:=",
        b"\xc4\x81",
        b"\xff",
        b"\x00",
        b"&#",
        b";",
        b"\xef\xbb\xbf",
    ),
]


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=500)
@given(data=st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)))
def test_any_bytes_give_questions_or_problems(form: str, data: bytes) -> None:
    plan_import(read_questions(data, form), {}, TERMS)


SEEDS = {
    form: [
        *(path.read_bytes() for path in sorted(CASES.glob(f"*{end}"))),
        *(export_quiz({"items": [sample]}, form).text.encode() for sample in SAMPLES),
    ]
    for form, end in (("gift", ".gift"), ("moodle-xml", ".xml"))
}


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=300)
@given(data=st.data())
def test_a_spoiled_case_gives_questions_or_problems(form: str, data: st.DataObject) -> None:
    """A case, or an export of ours, with a piece cut out and another put in."""
    case = data.draw(st.sampled_from(SEEDS[form]))
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(case)), st.integers(0, len(case)))))
    piece = data.draw(st.sampled_from(PIECES))
    plan_import(read_questions(case[:start] + piece + case[end:], form), {"items": SAMPLES}, TERMS)
