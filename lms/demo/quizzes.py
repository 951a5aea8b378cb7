"""Takes quizzes for the demonstration's workers, as people do: some questions are harder, and some minutes pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries, rules
from lms.assessments.items import ItemSpec, rules_of
from lms.assessments.service import Sheet, Shown, start_attempt, submit_attempt
from lms.assessments.specs import QuizSpec
from lms.content.library import Library
from lms.courses.queries import round_of
from lms.demo.people import as_actor
from lms.demo.plan import SEED
from lms.ids import new_client_id

#: Types of which one choice is wrong or right; of the others a part may be.
CHOOSING, PAIRING = {"single", "multiple", "true-false"}, {"matching", "ordering"}
#: So many wrong answers fail whichever questions they are.
FAILING = 5
#: Questions that are missed more often, and by readers of which language ("": of every one).
HARDER = {("q-dog", ""): 6, ("q-door-privacy", "es"): 12}
#: The wrong choice that tempts most.
TEMPTING = {"q-dog": "c"}
#: What is written where nothing is to be chosen, by language.
WRITTEN = {
    "en": "I see why you worry. The CDC says that a flu shot cannot give you the flu. Shall we ask the nurse together?",
    "es": "Entiendo su preocupación. Los CDC dicen que la vacuna no puede dar gripe. ¿Le preguntamos a la enfermera?",
    "to": "ʻOku mahino kiate au hoʻo hohaʻá. ʻOku pehē ʻe he CDC ʻoku ʻikai ʻoatu ʻe he huhú ʻa e fulū.",
    "sm": "Ou te malamalama i lou popolega. E fai mai le CDC e lē maua le fulū i le tui.",
}


@dataclass
class Clock:
    """Hands out instants that grow evenly from the day of assignment, and never pass the end."""

    at: datetime
    step: timedelta

    def tick(self) -> datetime:
        """Return the next instant."""
        self.at += self.step
        return self.at


def take_quiz(
    session: Session,
    library: Library,
    actor: Actor,
    key: str,
    language: str,
    clock: Clock,
    *,
    wrong: int,
) -> None:
    """Take one attempt with `wrong` wrong answers, between two ticks of the clock and in less than half an hour.

    Critical questions are answered right while there are others, but in an attempt that fails anyhow.
    """
    quiz = library.spec(QuizSpec, "module", key)
    at = clock.tick()
    learner = as_actor(actor, "worker", at.date())
    shown = Shown(language, both=language != "en")
    number = round_of(session, actor.person_id, key)
    chance = Random(f"{SEED} quiz {actor.person_id} {key} {wrong}")  # noqa: S311 -- a story, no secret
    public_id = start_attempt(session, learner, key, shown=shown, at=at, round_number=number, chance=chance)
    attempt = queries.find_attempt(session, actor.person_id, key, number)
    if attempt is None:
        raise RuntimeError("the attempt that was just opened is not there")
    asked = [quiz.item(entry.item_id) for entry in attempt.form]
    chosen = _answers([item for item in asked if item], language, wrong, chance)
    sheet = Sheet(key, public_id, chosen, rules.digest(public_id, {}))
    handed_in = min(clock.tick(), at + timedelta(minutes=chance.randint(5, 28), seconds=chance.randint(0, 59)))
    submit_attempt(session, learner, sheet, client_id=new_client_id(), shown=shown, at=handed_in)


def _answers(items: Sequence[ItemSpec], language: str, wrong: int, chance: Random) -> Mapping[str, Sequence[str]]:
    """Return what is answered to each question, `wrong` of them wrongly."""
    kinds = CHOOSING | PAIRING if wrong == 1 else CHOOSING
    missable = [item for item in items if item.type in kinds]
    # The more often a question is missed, the nearer to 1 its draw (Efraimidis and Spirakis, 2006).
    draws = {item.id: chance.random() ** (1 / _hardness(item.id, language)) for item in missable}
    spares = wrong < FAILING
    missed = sorted(missable, key=lambda item: (item.critical and spares, -draws[item.id]))[:wrong]
    return {item.id: _wrong(item, chance) if item in missed else _right(item, language) for item in items}


def _hardness(item_id: str, language: str) -> int:
    """Return how many times as often as the easiest ones a question is missed."""
    own = Random(f"{SEED} hard {item_id}").choice((1, 1, 2, 3, 4))  # noqa: S311 -- a story, no secret
    return own * HARDER.get((item_id, ""), HARDER.get((item_id, language), 1))


def _right(item: ItemSpec, language: str) -> tuple[str, ...]:
    """Return the right answer, and some words where every answer is kept."""
    return (WRITTEN[language],) if item.type == "reflection" else tuple(rules_of(item).perfect(item, language))


def _wrong(item: ItemSpec, chance: Random) -> tuple[str, ...]:
    """Return a whole answer that is not right; of steps in an order the last two change places."""
    right = tuple(rules_of(item).perfect(item, "en"))
    if item.type in PAIRING:
        *rest, (one, _, ones), (other, _, others) = sorted(
            (each.partition("=") for each in right), key=lambda pair: pair[2]
        )
        return (*map("".join, rest), f"{one}={others}", f"{other}={ones}")
    wrong = [choice for choice in item.choices if choice not in right]
    if item.id in TEMPTING and chance.random() < 0.8:
        return (TEMPTING[item.id],)
    chosen = chance.choices(wrong, range(len(wrong), 0, -1))[0]
    return tuple(sorted({*right, chosen})) if item.type == "multiple" else (chosen,)
