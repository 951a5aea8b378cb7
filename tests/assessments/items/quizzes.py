"""A quiz with a question of every type, published in every language, and a worker who takes it."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lms.assessments import service
from lms.assessments.items import TYPES
from lms.assessments.service import Shown
from lms.assessments.specs import QuizSpec
from lms.content.service import Draft
from lms.db import write
from lms.i18n import TAGS
from tests.assessments.items import module_of
from tests.conftest import AT
from tests.factories import MadePerson
from tests.factories.learning import FRAMEWORK, SURVEY, actor_of, module, publish_drafts, words

QUIZ_URL = "/modules/every/quiz"
KINDS = sorted(TYPES)
SAMPLES = tuple(module_of(kind).SAMPLE for kind in KINDS)
OTHERS = tuple(module_of(kind).OTHER for kind in KINDS)
KEPT = {key: value for key, value in module_of("reflection").SAMPLE.items() if key != "rubric"} | {"points": 0}
#: Those that are graded at once, with a reflection that is only kept: a quiz that is passed without an assessor.
AT_ONCE = (*(each for each in SAMPLES if "rubric" not in each), KEPT)


def quiz_of(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a quiz, with a story about the first two."""
    case = {"id": "story", "type": "scenario", "prompt": "A short story.", "items": list(items[:2])}
    return {"pass_mark": 80, "items": [case, *items[2:]]}


def publish_every(items: Sequence[Mapping[str, Any]] = SAMPLES, *, translated: bool = True) -> QuizSpec:
    """Publish the module `every`, with a draft translation of all its quiz where asked; return the quiz."""
    quiz = quiz_of(items)
    spec = QuizSpec.read(quiz)
    credits_ = {"skills/talk": 5, "skills/walk": 5}
    drafts = [FRAMEWORK, SURVEY, module("every", quiz=quiz, survey=None, credits=credits_)]
    publish_drafts([*drafts, *(_translated(spec, locale) for locale in TAGS if translated and locale != "en")])
    return spec


def _translated(spec: QuizSpec, locale: str) -> Draft:
    """Return the words of a quiz in a language, each marked as of that language."""
    told = {f"quiz.yml:{each.address}": each.english for each in spec.told()}
    made = {address: (english, f"[{locale}] {english}", "draft") for address, english in told.items()}
    return words("module", "every", locale, made)


def begin(person: MadePerson, seed: int = 1) -> str:
    """Begin the attempt of somebody; return its public id."""
    actor, chance = actor_of(person), random.Random(seed)
    return write(lambda s: service.start_attempt(s, actor, "every", shown=Shown("en"), at=AT, chance=chance))


def fields_of(samples: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return {field: values} of a right answer to each of these samples, as its page sends it."""
    found: dict[str, list[str]] = {}
    for sample in samples:
        for part, values in module_of(sample["type"]).WALK.items():
            name = f"a-{sample['id']}.{part}" if part else f"a-{sample['id']}"
            found[name] = [values] if isinstance(values, str) else list(values)
    return found


def filled(page: str, fields: Mapping[str, Sequence[str]], do: str = "submit") -> dict[str, Any]:
    """Return the form of `page` with answers, as a browser would send it."""
    made: dict[str, Any] = {"action": do, **fields}
    for name in ("client_id", "attempt", "seen"):
        match = re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page)
        assert match, name
        made[name] = match[1]
    return made
