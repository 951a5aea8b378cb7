"""Segments, rendering in a reader's language, and what a lesson may not hold."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.content.lessons import _PARSER, find_faults, find_run_faults, links_in, parse_run, render, segments, slug_of
from lms.content.library import Words
from tests.content.sample import FILES

TEXT = FILES["modules/visits/lessons/arriving.md"].split("---\n", 2)[2]


def translated(**texts: str) -> Words:
    english = {segment.id: segment.english for segment in segments(TEXT)}
    entries = {
        f"lessons/x.md:{id_.replace('_', '-').replace('--', '.')}": {
            "text": text,
            "state": "draft",
            "source": english[id_.replace("_", "-").replace("--", ".")],
        }
        for id_, text in texts.items()
    }
    return Words("to", 1, repr(texts), entries)


def by_id(blocks):
    return {block.id: block for block in blocks}


PIECES = [*"\n\r\0\\`*_[]!<>&:;#$%+-=@^{}~()'\" \tā.1h", "https://x.y", "word", "&amp;", "![a](b)", "[a](b)", "**"]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
@example("")
@example("  plain words  ")
def test_a_run_is_what_the_parser_finds(text: str) -> None:
    """Plain words do not go through the parser, and come out as if they had."""
    whole = _PARSER.parseInline(text)[0].children or []
    assert [each.as_dict() for each in parse_run(text)] == [each.as_dict() for each in whole]


def test_segments_are_numbered_within_their_section():
    assert [(each.id, each.english) for each in segments(TEXT)] == [
        ("intro.1", "Before the first heading."),
        ("who-is-there.1", "Who is there?"),
        ("who-is-there.2", "Say **who** you are. See [the list](https://example.org/list)."),
        ("who-is-there.3", "One"),
        ("who-is-there.4", "Two"),
        ("who-is-there.5", "Say"),
        ("who-is-there.6", "Not"),
        ("who-is-there.7", "Hello"),
        ("who-is-there.8", "Hey"),
        ("who-is-there.9", "Ana opens the door. What do you say?"),
        ("who-is-there-2.1", "Who is there?"),
        ("who-is-there-2.2", "The same heading again."),
    ]


def test_an_edit_in_one_section_leaves_the_ids_of_the_others():
    changed = TEXT.replace("Before the first heading.", "One more.\n\nBefore the first heading.")
    before = {each.id for each in segments(TEXT) if not each.id.startswith("intro")}
    assert before <= {each.id for each in segments(changed)}


def test_lines_of_segments():
    assert TEXT.split("\n")[segments(TEXT)[2].line - 1].startswith("Say **who**")


@pytest.mark.parametrize(
    ("heading", "slug"),
    [("Don’t wait!", "dont-wait"), ("Años *y* más", "anos-y-mas"), ("¿?", "section"), ("A [b](https://c.d)", "a-b")],
)
def test_slugs(heading, slug):
    assert slug_of(heading) == slug


def test_english_blocks():
    blocks = render(TEXT, Words("en"), "x")
    assert [block.kind for block in blocks] == [
        "paragraph", "heading", "paragraph", "list", "table", "scenario", "heading", "paragraph",
    ]  # fmt: skip
    assert {block.state for block in blocks} == {"source"}
    assert {block.lang for block in blocks} == {"en"}
    paragraph = blocks[2].html
    assert paragraph == (
        '<p>Say <strong>who</strong> you are. See <a href="https://example.org/list" rel="noreferrer">the list</a>.</p>'
    )
    assert blocks[5].html == "<p>Ana opens the door. What do you say?</p>"
    assert '<th scope="col">Say</th>' in blocks[4].html


def test_a_translated_block():
    words = translated(who_is_there__2="Tala **ko hai**. [Lisi](https://example.org/list)")
    block = by_id(render(TEXT, words, "x"))["who-is-there.2"]
    assert block.html.startswith("<p>Tala <strong>ko hai</strong>.")
    assert block.html_en.startswith("<p>Say <strong>who</strong>")
    assert (block.state, block.lang) == ("draft", "to")


def test_a_missing_block_is_english_and_says_so():
    block = by_id(render(TEXT, translated(), "x"))["intro.1"]
    assert block.html == block.html_en == "<p>Before the first heading.</p>"
    assert (block.state, block.lang) == ("missing", "en")


def test_a_list_translated_in_part_marks_the_english_items():
    block = by_id(render(TEXT, translated(who_is_there__3="Taha"), "x"))["who-is-there.3"]
    assert "<li>Taha</li>" in block.html
    assert '<li><span lang="en">Two</span></li>' in block.html
    assert (block.state, block.lang) == ("partly", "to")
    assert "span" not in block.html_en


def test_older_english_makes_a_block_stale():
    words = Words("to", 1, "z", {"lessons/x.md:intro.1": {"text": "Muʻa", "state": "approved", "source": "Older."}})
    block = by_id(render(TEXT, words, "x"))["intro.1"]
    assert (block.html, block.state) == ("<p>Muʻa</p>", "stale")


def test_rendering_happens_once():
    words = translated(intro__1="Muʻa")
    assert render(TEXT, words, "x") is render(TEXT, words, "x")
    assert render(TEXT, words, "x") is not render(TEXT, translated(intro__1="Kimuʻa"), "x")


def test_a_telephone_number_can_be_called():
    text = "Call **1-800-540-4000** or 800-540-4000, not 2026-11-29, 12-800-540-4000 or [800-540-4000](https://a.example/800-540-4000)."
    (block,) = render(text, Words("en"), "x")
    assert block.html == (
        '<p>Call <strong><a href="tel:+18005404000">1-800-540-4000</a></strong> or '
        '<a href="tel:+18005404000">800-540-4000</a>, not 2026-11-29, 12-800-540-4000 or '
        '<a href="https://a.example/800-540-4000" rel="noreferrer">800-540-4000</a>.</p>'
    )


def test_the_cells_of_a_wide_table_carry_their_headings():
    (wide,) = render("| Sign | *Weak* | Strong |\n|---|---|---|\n| a | b | c |", Words("en"), "x")
    assert '<td role="cell" data-label="Weak">b</td>' in wide.html
    assert wide.html.startswith('<table role="table">')
    (narrow,) = render("| Weak | Strong |\n|---|---|\n| a | b |", Words("en"), "x")
    assert "<td>a</td>" in narrow.html


def test_what_slips_past_the_check_is_harmless_on_the_page():
    bad = (
        "<script>alert(1)</script>\n\nA <img src=x onerror=alert(1)> ![i](https://a.b/c.png)\n\n"
        "[x](javascript:alert(1)) [y](data:text/html,x) [z](http://a.b)\n\n| a |\n|:-:|\n| b |\n"
    )
    html = "".join(block.html for block in render(bad, Words("en"), "bad"))
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html
    assert "style" not in html
    words = Words(
        "to", 1, "evil", {"lessons/bad.md:intro.1": {"text": "<b onclick=x>q</b>", "state": "draft", "source": "a"}}
    )
    assert "<b" not in render("a", words, "bad")[0].html


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a <b>c</b>", (1, 3), "HTML"),
        ("<div>\nx\n</div>", (1, 1), "HTML"),
        ("<!-- hidden -->", (1, 1), "HTML"),
        ("a ![x](https://a.b/c.png)", (1, 3), "images"),
        ("a\nb [x](http://a.b)", (2, 7), "https://"),
        ("[x](/modules/a)", (1, 5), "https://"),
        ("[x](javascript:alert)", (1, 5), "https://"),
        ("# One", (1, 1), "##"),
        ("#### Four", (1, 1), "##"),
        ("Title\n---", (1, 1), "##"),
        ("- ## In a list", (1, 1), "inside"),
        ("```\ncode\n```", (1, 1), "code"),
        ("text\n\n    code", (3, 5), "indented"),
        ("[a][b]\n\n[b]: https://a.b", (3, 1), "inside the link"),
        ("fact[^1]", (1, 5), "footnotes"),
        (":::warning\nx\n:::", (1, 4), "unknown block"),
        (":::note extra\nx\n:::", (1, 4), "unknown block"),
        (":::note\nx\n", (1, 1), "not closed"),
        (":::note\nx\n\n:::scenario\ny\n:::", (1, 1), "not closed"),
        ("x\n\n:::", (3, 1), "no block is open"),
        ("- a\n  :::note\n", (2, 3), "beginning of the line"),
        ("::::note\nx\n::::", (1, 1), "three colons"),
    ],
)
def test_not_allowed(text, place, words):
    line, column, message = find_faults(text)[0]
    assert (line, column) == place
    assert words in message


def test_every_fault_of_a_lesson_is_found():
    assert len(find_faults("# A\n\n<b>x</b>\n\n![i](https://a)\n\n:::foo\n:::\n\n:::note")) == 6


def test_the_sample_has_no_faults():
    assert find_faults(TEXT) == []


def test_faults_and_links_of_a_translated_run():
    assert find_run_faults("fine **words** [a](https://b.c)") == []
    assert len(find_run_faults("<i>x</i> [a](http://b.c)")) == 3
    assert links_in("[a](https://z.z) and [b](https://a.a)") == ["https://a.a", "https://z.z"]
