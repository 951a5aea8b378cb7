"""What a quiz gets wrong beyond its form: credit that its module does not give, and passing by guessing."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lms.assessments.items import ItemSpec, rules_of
from lms.assessments.items.kinds import FILE
from lms.assessments.specs.quiz import QuizSpec, placed
from lms.content.shapes import Fault


def quiz_faults(quiz: QuizSpec, credited: Collection[str]) -> Iterator[Fault]:
    """Yield what a quiz gets wrong beyond its form; `credited` are the competencies that its module credits."""
    for path, item in placed(quiz.items):
        if item.type == "multiple" and len(getattr(item, "key", ())) == len(getattr(item, "options", ())):
            yield Fault(FILE, (*path, "key"), "every option is right; give at least one that is not")
        if isinstance(item, ItemSpec):
            yield from item.faults_at(path)
            for about in item.references_at(path):
                if about.name not in credited:
                    yield Fault(FILE, about.path, f"the module gives no credit for {about.name!r}")
    for place, item_id in enumerate(quiz.linked):
        linked = quiz.item(item_id)
        if linked is not None and rules_of(linked).grade(linked, rules_of(linked).perfect(linked, "en")) is None:
            yield Fault(FILE, ("linked", place), f"{item_id} needs an assessor, and cannot be asked before the module")
    yield from _guessable(quiz)


def _guessable(quiz: QuizSpec) -> Iterator[Fault]:
    """Yield patterns by which somebody passes who knows nothing."""
    single = [item for item in quiz.questions if item.type == "single"]
    longest = sum(_is_key_longest(item) for item in single)
    if len(single) > 1 and longest * 2 > len(single):
        message = f"the longest option is the right one in {longest} of {len(single)} single-choice questions"
        yield Fault(FILE, ("items",), message, is_warning=True)
    keys = [rules_of(item).perfect(item, "en") for item in quiz.questions if item.type == "true-false"]
    if len(keys) > 1 and len(set(keys)) == 1:
        yield Fault(FILE, ("items",), f"all {len(keys)} true-false questions have the same key", is_warning=True)


def _is_key_longest(item: ItemSpec) -> bool:
    lengths = {choice: len(item.sentences[choice]) for choice in item.choices}
    key = rules_of(item).perfect(item, "en")
    right = max(lengths[choice] for choice in key)
    return all(length < right for choice, length in lengths.items() if choice not in key)
