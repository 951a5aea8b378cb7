"""What of a quiz can be read aloud: each question with what may be answered, and the story of a case."""

from __future__ import annotations

from lms.assessments.items.kinds import FILE
from lms.assessments.specs.quiz import QuizSpec
from lms.content.readings import Parts


def question_parts(quiz: QuizSpec) -> dict[str, Parts]:
    """Return the sentences that are read while answering, by the address of their question or case."""
    cases = {f"{FILE}:{case.id}": ((f"{FILE}:{case.id}.prompt", case.prompt),) for case in quiz.cases.values()}
    return cases | {
        f"{FILE}:{item.id}": tuple(
            (f"{FILE}:{item.id}.{suffix}", english) for suffix, english in item.sentences.items()
        )
        for item in quiz.questions
    }
