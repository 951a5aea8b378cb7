"""What the address of a correction asks: a module, whose attempts, and what is decided about its questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from flask import request, url_for

from lms.assessments import messages, queries, rules
from lms.assessments.rules import proposals as wanted
from lms.assessments.rules.proposals import Proposal
from lms.assessments.specs import FILE, QuizSpec
from lms.content.library import Library, Text, current, source_of, spec_of
from lms.db import reading
from lms.errors import NotFound, RuleBroken
from lms.i18n import TAGS, format_date, language
from lms.i18n import gettext as _


@dataclass(frozen=True)
class Asked:
    """What stands in the address."""

    key: str
    item: str
    locale: str
    version: str
    decisions: tuple[str, ...]
    library: Library

    @property
    def single(self) -> dict[str, str]:
        """Return all but the decisions, by name."""
        return {"key": self.key, "item": self.item, "locale": self.locale, "version": self.version}

    @property
    def query(self) -> dict[str, object]:
        """Return what an address needs to ask the same."""
        return {**{name: value for name, value in self.single.items() if value}, "d": list(self.decisions)}

    @cached_property
    def versions(self) -> Sequence[queries.Answered]:
        """Return the revisions at which the quiz was answered, the one in force among them."""
        source = self.library.get("module", self.key)
        return queries.list_answered(reading(), self.key, source.revision_id if FILE in source.files else None)

    @property
    def version_choices(self) -> list[tuple[str, str]]:
        """Return the revisions as choices of a form."""
        return [(str(each.revision_id), version_words(each)) for each in self.versions]

    @cached_property
    def quiz(self) -> QuizSpec:
        """Return the quiz of the revision asked for, else the one in force; raise `NotFound`."""
        if not self.version:
            return self.library.spec(QuizSpec, "module", self.key)
        source = source_of(reading(), _number(self.version))
        if (source.kind, source.key) != ("module", self.key):
            raise NotFound("a revision of something else")
        return spec_of(QuizSpec, source)


def read_asked() -> Asked:
    """Return what the address asks; raise `NotFound` without such a module, language or version."""
    said = {name: request.args.get(name, "") for name in ("key", "item", "locale", "version")}
    decisions = tuple(dict.fromkeys(filter(None, request.args.getlist("d"))))
    asked = Asked(**said, decisions=decisions, library=current(reading()))
    if asked.locale and asked.locale not in TAGS:
        raise NotFound(f"no language {asked.locale!r}")
    asked.library.get("module", asked.key)
    return asked


def proposal_of(asked: Asked, taken: dict[str, str]) -> Proposal:
    """Return what is proposed; raise `RuleBroken("unknown_decision")` for what its quiz does not offer."""
    decisions = wanted.parse_decisions(asked.decisions)
    known = {str(each.revision_id) for each in asked.versions}
    for each in decisions:
        item = asked.quiz.item(each.item_id)
        is_choice = each.how != "accept" or (item is not None and each.value in rules.acceptable(item))
        if item is None or not is_choice or (each.how == "version" and each.value not in known):
            raise RuleBroken("unknown_decision")
    revision_id = _number(asked.version) if asked.version else None
    return Proposal(asked.key, decisions, asked.locale or None, revision_id, taken)


def _number(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise NotFound("no such revision")
    return int(said)


def decided_of(asked: Asked) -> list[tuple[str, str, str]]:
    """Return the decisions as (question, what is decided, the address without it); unknown ones are left out."""
    found = []
    for each in asked.decisions:
        others = {**asked.query, "d": [other for other in asked.decisions if other != each]}
        href = f"{url_for('assessments.new_regrade')}?{urlencode(others, doseq=True)}"
        try:
            (decision,) = wanted.parse_decisions([each])
        except RuleBroken:
            continue
        found.append((prompt_of(asked.quiz, decision.item_id), decision_words(asked.quiz, decision), href))
    return found


def prompt_of(quiz: QuizSpec, item_id: str) -> str:
    """Return a question in English, its id where the quiz has it no more."""
    item = quiz.item(item_id)
    return item.prompt if item else item_id


def decision_words(quiz: QuizSpec, decision: rules.Amendment) -> str:
    """Return what was decided, with a choice in its own words."""
    item = quiz.item(decision.item_id)
    text = item.sentences.get(decision.value, decision.value) if item else decision.value
    return messages.decided(decision, text)


def offered_of(asked: Asked) -> list[tuple[str, str]]:
    """Return what can be decided about the question that is being looked at, as choices of a form."""
    item = asked.quiz.item(asked.item)
    if item is None:
        return []
    decisions = [f"{item.id}:everyone", f"{item.id}:drop"]
    decisions += [f"{item.id}:accept:{each}" for each in rules.acceptable(item)]
    offered = [(said, decision_words(asked.quiz, wanted.parse_decisions([said])[0])) for said in decisions]
    for each in asked.versions:
        later = spec_of(QuizSpec, source_of(reading(), each.revision_id)).item(item.id)
        if later is not None and later.scheme != item.scheme and rules.is_replaceable(item, later):
            said = f"{item.id}:version:{each.revision_id}"
            offered.append((said, _("The key of %(version)s counts", version=version_words(each))))
    return offered


def version_words(each: queries.Answered) -> str:
    """Return a revision as the publication it came with."""
    if each.version is None:
        return str(each.revision_id)
    day = format_date(each.version.published_on)
    return _("version %(number)s of %(date)s", number=each.version.number, date=day)


def title_of(library: Library, module_key: str) -> Text:
    """Return the title of a module in the reader's language, its key where it is not taught any more."""
    source = library.find("module", module_key)
    if source is None:
        return Text(module_key, "source", module_key)
    words = library.words("module", module_key, language())
    return words.text("module.yml:title", source.file("module.yml")["title"])
