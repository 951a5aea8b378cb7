"""Lesson text: Markdown taken apart into segments to translate, and put together again in a reader's language.

A segment is one run of words (a paragraph, heading, list item or table cell). Its id is the slug of the nearest
heading above ("intro" before the first) and its number within that section, so that an edit elsewhere leaves it.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.container import container_plugin

from lms.content.cache import Cache
from lms.content.library import SOURCE_LOCALE, Words, worst
from lms.content.word_faults import WordFault

CONTAINERS = ("note", "scenario", "reflection", "safety")
_KINDS = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "blockquote_open": "quote",
    "hr": "rule",
    **{f"container_{name}_open": name for name in CONTAINERS},
}
_TAGS = {
    "p", "h2", "h3", "ul", "ol", "li", "strong", "em", "code", "br", "hr", "a", "blockquote", "span",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
#: A telephone number of the United States; or a link or a tag, in which none is looked for.
_CALL = re.compile(r"<a\b.*?</a>|<[^>]*>|(?<![\w-])(?:1-)?(\d{3}-\d{3}-\d{4})(?![\w-])", re.DOTALL)
_ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "th": "columnheader", "td": "cell"}
_ATTRIBUTES = {
    "a": {"href"}, "span": {"lang"}, "ol": {"start"},
    **{tag: {"role"} for tag in _ROLES}, "th": {"role", "scope"}, "td": {"role", "data-label"},
}  # fmt: skip
#: What may begin anything but plain words; without any of it a run is one token, as the parser would find slowly.
_MARKED = re.compile(r"[\n\r\0\\`*_\[\]!<&]")
#: A table of so many columns becomes a list on a phone, and its cells carry their headings.
_MANY_COLUMNS = 3


class _LessonParser(MarkdownIt):
    """The one parser that checks, segments and renders lessons."""

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002 -- the library's name
        """Return True: a bad link is parsed, so that a check can name it; the sanitiser drops it."""
        return True


def _make_parser() -> MarkdownIt:
    parser = _LessonParser("commonmark").enable("table")
    for name in CONTAINERS:
        parser.use(container_plugin, name)
    for kind in ("html_block", "html_inline"):
        parser.add_render_rule(kind, _escaped)
    return parser


def _escaped(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return escape(tokens[index].content)


_PARSER = _make_parser()


@dataclass(frozen=True)
class Segment:
    """One run of words to translate, as Markdown, and the line (from 1) on which it stands."""

    id: str
    english: str
    line: int


@dataclass(frozen=True)
class Block:
    """One top-level piece of a lesson, safe to put on a page.

    `kind` is heading, paragraph, list, table, quote, rule, note, scenario, reflection or safety; the last four
    have no wrapping element of their own. `lang` is the language of `html` as a whole; English parts of a
    translated block carry their own `lang`. `state` is the worst of its segments.
    """

    id: str
    html: Markup
    html_en: Markup
    state: str
    kind: str
    lang: str


def parse(markdown: str) -> list[Token]:
    """Return the tokens of `markdown`; links and tags are as they were written, good or bad."""
    return _PARSER.parse(markdown)


@lru_cache(maxsize=4_000)
def parse_run(text: str) -> tuple[Token, ...]:
    """Return the tokens inside one segment; shared, never change them. A check asks for those of one text ten times."""
    if text and not _MARKED.search(text):
        return (Token("text", "", 0, content=text),)
    return tuple(_PARSER.parseInline(text)[0].children or [])


def slug_of(heading: str) -> str:
    """Return a heading's words as lowercase ASCII words joined by hyphens."""
    plain = "".join(token.content for token in parse_run(heading) if token.type in {"text", "code_inline"})
    ascii_text = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", ascii_text)).strip("-") or "section"


def count_words(markdown: str) -> int:
    """Return how many words a reader or translator would count, without Markdown's marks and addresses."""
    return len(re.findall(r"[^\W_]+(?:['’ʻ-][^\W_]+)*", re.sub(r"\]\([^)]*\)", "]", markdown)))


@lru_cache(maxsize=500)
def segments(markdown: str) -> tuple[Segment, ...]:
    """Return the segments of a lesson in reading order; a check asks for those of one text a dozen times."""
    return tuple(segment for _, segment in _numbered(parse(markdown)))


def segments_inside(markdown: str, container: str) -> frozenset[str]:
    """Return the ids of the segments that stand in blocks such as :::safety."""
    tokens = parse(markdown)
    inside, depth = set(), 0
    numbered = {index: segment.id for index, segment in _numbered(tokens)}
    for index, token in enumerate(tokens):
        if token.type in {f"container_{container}_open", f"container_{container}_close"}:
            depth += token.nesting
        elif depth and index in numbered:
            inside.add(numbered[index])
    return frozenset(inside)


def _numbered(tokens: Sequence[Token]) -> Iterator[tuple[int, Segment]]:
    """Yield each segment with the position of its token."""
    section, count, used = "intro", 0, {"intro"}
    for index, token in enumerate(tokens):
        if token.type != "inline" or not token.content.strip():
            continue
        if tokens[index - 1].type == "heading_open":
            section, count = _unused(slug_of(token.content), used), 0
        count += 1
        yield index, Segment(f"{section}.{count}", token.content, token.map[0] + 1 if token.map else 1)


def _unused(slug: str, used: set[str]) -> str:
    """Return `slug`, with a number when an earlier heading has it, and note it as used."""
    name, number = slug, 1
    while name in used:
        number += 1
        name = f"{slug}-{number}"
    used.add(name)
    return name


_rendered: Cache[tuple[Block, ...]] = Cache(1_000)


def render(markdown: str, words: Words, lesson_key: str) -> tuple[Block, ...]:
    """Return the lesson's blocks in the language of `words`, English where a segment is missing.

    Rendered once for each text and translation; the answer is shared, never change it.
    """
    address = (markdown, lesson_key, words.locale, words.sha256)
    return _rendered.get(address, lambda: _render(markdown, words, lesson_key))


def _render(markdown: str, words: Words, lesson_key: str) -> tuple[Block, ...]:
    if words.locale == SOURCE_LOCALE:
        return tuple(_english_blocks(markdown))
    tokens = parse(markdown)
    states: dict[int, str] = {}
    for index, segment in _numbered(tokens):
        text = words.text(f"lessons/{lesson_key}.md:{segment.id}", segment.english)
        states[index] = text.state
        tokens[index] = _in_english(tokens[index]) if text.is_english else _with_text(tokens[index], text.text)
    blocks = []
    for (start, end), plain in zip(_spans(tokens), render(markdown, Words(SOURCE_LOCALE), lesson_key), strict=True):
        found = [state for index, state in states.items() if start <= index < end]
        is_english = bool(found) and set(found) == {"missing"}
        html = plain.html if is_english else _html(tokens[start:end])
        lang = SOURCE_LOCALE if is_english else words.locale
        blocks.append(Block(plain.id, html, plain.html, worst(found), plain.kind, lang))
    return tuple(blocks)


def _english_blocks(markdown: str) -> Iterator[Block]:
    tokens = parse(markdown)
    ids = {index: segment.id for index, segment in _numbered(tokens)}
    for start, end in _spans(tokens):
        html = _html(tokens[start:end])
        first = next((ids[index] for index in range(start, end) if index in ids), "")
        kind = _KINDS.get(tokens[start].type, "paragraph")
        yield Block(first, html, html, "source", kind, SOURCE_LOCALE)


def _spans(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield where each top-level piece begins and ends."""
    start = 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            yield start, index + 1
            start = index + 1


def _html(tokens: Sequence[Token]) -> Markup:
    """Return one piece as HTML that holds nothing but allowed tags, classes none, links https, and numbers to call."""
    inner = tokens[1:-1] if tokens[0].type.startswith("container_") else tokens
    for token in inner:
        if token.type == "th_open":
            token.attrSet("scope", "col")
    opened = [at for at, token in enumerate(inner) if token.type == "table_open"]
    closed = [at for at, token in enumerate(inner) if token.type == "table_close"]
    for start, end in zip(opened, closed, strict=True):
        _label_cells(inner[start:end])
    html = _PARSER.renderer.render(inner, _PARSER.options, {})
    clean = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"https"}, link_rel="noreferrer")
    return Markup(_CALL.sub(_called, clean.strip()))  # noqa: S704 -- cleaned in the line above


def _label_cells(tokens: Sequence[Token]) -> None:
    """Give the cells of a table that is wide their column's heading, and each part the role that it keeps as a list."""
    headings = [_plain(tokens[at + 1]) for at, token in enumerate(tokens) if token.type == "th_open"]
    if len(headings) < _MANY_COLUMNS:
        return
    column = 0
    for token in tokens:
        if token.nesting == 1 and token.tag in _ROLES:
            token.attrSet("role", _ROLES[token.tag])
        if token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            token.attrSet("data-label", headings[column % len(headings)])
            column += 1


def _plain(run: Token) -> str:
    """Return the words of a run, without their marks."""
    return "".join(token.content for token in run.children or [])


def _called(found: re.Match[str]) -> str:
    """Return a telephone number as a link that calls it, and whatever else as it is."""
    return f'<a href="tel:+1{found[1].replace("-", "")}">{found[0]}</a>' if found[1] else found[0]


def _with_text(token: Token, text: str) -> Token:
    """Return the inline `token` with a translation in place of its words."""
    changed = copy.copy(token)
    changed.content, changed.children = text, list(parse_run(text))
    return changed


def _in_english(token: Token) -> Token:
    """Return the inline `token` marked as English inside a block of another language."""
    changed = copy.copy(token)
    opened = Token("lang_open", "span", 1, attrs={"lang": SOURCE_LOCALE})
    changed.children = [opened, *(token.children or []), Token("lang_close", "span", -1)]
    return changed


def find_faults(markdown: str) -> list[tuple[int, int, str]]:
    """Return what a lesson may not hold, each with line and column from 1."""
    lines = markdown.split("\n")
    env: dict[str, Any] = {}
    tokens = _PARSER.parse(markdown, env)
    faults = list(_container_faults(lines))
    for label, reference in env.get("references", {}).items():
        line = reference.get("map", [0])[0] + 1
        faults.append((line, 1, f"write the address of [{label.lower()}] inside the link: [words](https://...)"))
    for number, line in enumerate(lines, 1):
        if "[^" in line:
            faults.append((number, line.index("[^") + 1, "footnotes are not allowed"))
    first = next((token for token in tokens if token.type == "heading_open"), None)
    if first is not None and first.markup == "###" and first.map:
        faults.append((first.map[0] + 1, 1, "begin with a heading ##; ### stands below one"))
    for token in tokens:
        faults += _block_faults(token, lines)
        for fault, needle in _run_faults(token.children or []):
            faults.append((*_find(lines, token, needle), fault.message))
    return sorted(set(faults))


def find_run_faults(text: str) -> list[WordFault]:
    """Return what one translated segment may not hold."""
    return [fault for fault, _ in _run_faults(parse_run(text))]


def links_in(text: str) -> list[str]:
    """Return the addresses that one segment links to, sorted."""
    return sorted(str(token.attrGet("href")) for token in parse_run(text) if token.type == "link_open")


def marks_in(text: str) -> dict[str, int]:
    """Return how often one segment has **strong** and *emphasized* words and `code`, by the mark."""
    marks = {"strong_open": "**", "em_open": "*", "code_inline": "`"}
    found = dict.fromkeys(marks.values(), 0)
    for token in parse_run(text):
        if token.type in marks:
            found[marks[token.type]] += 1
    return found


def _find(lines: Sequence[str], token: Token, needle: str) -> tuple[int, int]:
    """Return the place of `needle` in the token's lines, or else where the token begins."""
    first, last = token.map or [0, 1]
    for number in range(first, min(last, len(lines))):
        if needle and needle in lines[number]:
            return number + 1, lines[number].index(needle) + 1
    return first + 1, 1


def _run_faults(run: Sequence[Token]) -> Iterator[tuple[WordFault, str]]:
    """Yield what is wrong with the tokens of a run, each with the text to look for."""
    for index, token in enumerate(run):
        if token.type == "html_inline":
            yield WordFault("html", "HTML is not allowed"), token.content
        elif token.type == "image":
            yield WordFault("images", "images are not allowed in this release"), "!["
        elif token.type == "link_open":
            address = str(token.attrGet("href"))
            if not re.match(r"https://[^/\s]+", address):
                message = f"a link must begin with https://, not {address[:60]!r}"
                yield WordFault("link_scheme", message, (repr(address[:60]),)), address
            if run[index + 1].type == "link_close":
                yield WordFault("link_words", "a link needs words: [words](https://...)"), "["


def _block_faults(token: Token, lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield what is wrong with a token between runs."""
    check: dict[str, Callable[[], str]] = {
        "html_block": lambda: "HTML is not allowed",
        "fence": lambda: "code blocks are not allowed",
        "code_block": lambda: "this line is indented, which makes it code; begin it further left",
        "heading_open": lambda: _heading_fault(token),
    }
    message = check[token.type]() if token.type in check else ""
    if message:
        line = token.map[0] if token.map else 0
        yield line + 1, len(lines[line]) - len(lines[line].lstrip()) + 1, message


def _heading_fault(token: Token) -> str:
    if token.markup not in {"##", "###"}:
        return "write headings with ## or ###"
    return "a heading cannot stand inside a list or block" if token.level else ""


def _container_faults(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield blocks that are unknown, nested, not closed, or closed without being open."""
    opened: tuple[int, str] | None = None
    for number, line in enumerate(lines, 1):
        match = re.match(r"(\s*):{3,}(.*)$", line)
        if not match:
            continue
        indent, name = match.groups()
        if indent or not line.startswith(":::") or line.startswith("::::"):
            yield number, len(indent) + 1, "write ::: at the beginning of the line, three colons"
        elif not name.strip():
            if opened is None:
                yield number, 1, "no block is open here"
            opened = None
        elif name not in CONTAINERS:
            yield number, 4, f"unknown block {name.strip()!r}; there are {', '.join(CONTAINERS)}"
            opened = (number, name)
        else:
            if opened is not None:
                yield opened[0], 1, f"the block :::{opened[1]} is not closed with :::"
            opened = (number, name)
    if opened is not None:
        yield opened[0], 1, f"the block :::{opened[1]} is not closed with :::"
