"""The demonstration's content as it was published first; what is shipped came later, as an answer to what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lms.config import Config
from lms.content.library import SOURCE_LOCALE
from lms.content.service import Draft, draft
from lms.publish.service import Intent, publish_drafts

#: The exercise at the end of a lesson, which the first edition did not have.
MODULE, LESSON, EXERCISE = "communication", "lessons/notes-and-team.md", "\n## Mend a poor note\n"
#: A choice that was right too, in the words of the first edition.
QUIZ_OF, QUESTION, CHOICE, OLD_WORDS = "outreach", "q-dog", "c", "Say that you will come back on another day"


def first_edition(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts as they were at first: without that exercise, with that choice in other words."""
    return [_earlier(each) for each in drafts]


def publish(config: Config, drafts: Sequence[Draft], *, at: datetime, by: int | None = None) -> int:
    """Publish an edition of the folder that the settings name, and return its number."""
    folder, data_dir = config.content_dir, config.data_dir
    return publish_drafts(folder, drafts, Intent(by=by), at=at, data_dir=data_dir).published.number


def _earlier(each: Draft) -> Draft:
    """Return one draft as it was at first."""
    if (each.kind, each.locale) != ("module", SOURCE_LOCALE) or each.key not in (MODULE, QUIZ_OF):
        return each
    files = dict(each.body["files"])
    if each.key == MODULE:
        lesson = files[LESSON]
        files[LESSON] = {**lesson, "markdown": lesson["markdown"].partition(EXERCISE)[0]}
    else:
        files["quiz.yml"] = _reworded(files["quiz.yml"])
    return draft(each.kind, each.key, each.locale, {**each.body, "files": files}, each.sounds)


def _reworded(quiz: Mapping[str, Any]) -> dict[str, Any]:
    """Return a quiz with the old words of the one choice."""
    return {**quiz, "items": [_with_old_words(each) if each["id"] == QUESTION else each for each in quiz["items"]]}


def _with_old_words(item: Mapping[str, Any]) -> dict[str, Any]:
    options = [{**each, "text": OLD_WORDS} if each["id"] == CHOICE else each for each in item["options"]]
    return {**item, "options": options}
