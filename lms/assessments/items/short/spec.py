"""A short-answer question as `quiz.yml` says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from lms.assessments.items.kinds import FILE, ItemSpec
from lms.assessments.items.typed import Accepted, has_english, weak_spots
from lms.content.shapes import Fault, Path, Spec


class PartlySpec(Spec):
    """Words that earn a part of the points."""

    #: Percent of the points.
    share: Annotated[int, Field(ge=1, le=99)]
    words: Accepted


class Item(ItemSpec):
    """`type: short`: `accepted` names the right words by language, `partly` those that are nearly right."""

    type: Literal["short"]
    accepted: Annotated[Accepted, AfterValidator(has_english)]
    partly: PartlySpec | None = None

    def faults_at(self, path: Path) -> Iterator[Fault]:
        """Warn of words that say nothing new, and of languages without words."""
        for where, message in weak_spots(self.accepted):
            yield Fault(FILE, (*path, "accepted", *where), message, is_warning=True)
