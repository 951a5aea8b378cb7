"""What happens in the demonstration: who is invented, where they work, how far they come. No database here.

The same seed gives the same people and the same story; only dates move with today.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from lms.demo.accounts import ACCOUNTS, Named
from lms.demo.names import CBOS, TITLES, draw_name

SEED = 20261122
WORKERS = 600
#: Share of workers per language, as drawn.
LANGUAGES = (("es", 330), ("en", 150), ("to", 60), ("sm", 60))
#: How far a worker came, and how many of a hundred do.
ENDINGS = (
    ("invited", 6),
    ("enrolled", 12),
    ("reading", 16),
    ("failed", 5),
    ("one-module", 14),
    ("waiting", 7),
    ("asked", 1),
    ("refused", 1),
    ("certified", 38),
)
#: With 555-01xx behind them: numbers that are kept for stories.
AREA_CODES = ("213", "310", "323", "424", "562", "626", "661")
#: Homes of the two Pacific languages, so that small groups are small where they really would be.
PACIFIC = ("fale-ola", "kainga-lelei", "harbor-canoe", "compton-creek")


@dataclass(frozen=True)
class Spell:
    """One employment in the plan."""

    organization: str
    title: str
    since: date
    until: date | None = None
    reason: str | None = None
    hours: int = 40
    kind: str = "employee"
    area: int = 1


@dataclass(frozen=True)
class Worker:
    """One invented worker and her story."""

    number: int
    name: str
    language: str
    contact: tuple[str, str]
    spells: tuple[Spell, ...]
    ending: str
    #: The day on which her supervisor assigned the short track to her.
    assigned_on: date
    due_on: date
    named: Named | None = None


@dataclass(frozen=True)
class Plan:
    """The whole story, for the local date `today`."""

    today: date
    workers: tuple[Worker, ...]
    supervisors: tuple[tuple[str, Named], ...] = field(default=())


def make_plan(today: date) -> Plan:
    """Return the story as of `today`. Deterministic but for the dates."""
    rng = Random(SEED)  # noqa: S311 -- a story, no secret
    languages = [tag for tag, count in LANGUAGES for _ in range(count)]
    rng.shuffle(languages)
    areas: dict[str, tuple[int, ...]] = {key: spas for key, _, spas, _, _ in CBOS}
    named = [account for account in ACCOUNTS if account.role == "worker"]
    workers = [_named_worker(n, account, areas, today) for n, account in enumerate(named, 1)]
    numbers = range(len(workers) + 1, WORKERS + 1)
    workers += [_worker(number, languages[number - 1], areas, today) for number in numbers]
    return Plan(today, tuple(workers), tuple(_supervisors(rng)))


def _supervisors(rng: Random) -> list[tuple[str, Named]]:
    """Return one supervisor for every CBO: the two with known addresses, and invented ones."""
    known = {account.works_at: account for account in ACCOUNTS if account.role == "supervisor"}
    return [
        (key, known.get(key) or Named(f"supervisor-{key}@demo.example", draw_name(rng, "en"), "en", "supervisor", key))
        for key, *_ in CBOS
    ]


def _named_worker(number: int, account: Named, areas: dict[str, tuple[int, ...]], today: date) -> Worker:
    """Return one of the four known workers: one quiz and one survey away from completing the short track."""
    works_at = account.works_at or CBOS[0][0]
    since = today - timedelta(days=240)
    spell = Spell(works_at, "Community health worker", since, area=areas[works_at][0])
    return Worker(
        number,
        account.name,
        account.language,
        ("email", account.email),
        (spell,),
        "nearly",
        today - timedelta(days=21),
        today + timedelta(days=14),
        account,
    )


def _worker(number: int, language: str, areas: dict[str, tuple[int, ...]], today: date) -> Worker:
    #: Her own, so that what the day changes for one changes nobody else.
    rng = Random(f"{SEED} {number}")  # noqa: S311 -- a story, no secret
    name = draw_name(rng, language)
    phone = f"+1{AREA_CODES[number // 100]}55501{number % 100:02d}"
    contact = ("phone", phone) if rng.random() < 0.8 else ("email", f"w{number}@demo.example")
    ending = rng.choices([name for name, _ in ENDINGS], [weight for _, weight in ENDINGS])[0]
    ago = rng.randint(20, 1000) if ending == "certified" else rng.randint(3, 300)
    assigned_on = (today - timedelta(days=ago)).replace(day=1)
    if ago > 120:  # long ago, tracks were assigned once a quarter
        assigned_on = assigned_on.replace(month=1 + (assigned_on.month - 1) // 3 * 3)
    spells = _spells(rng, language, areas, assigned_on, today)
    due_on = assigned_on + timedelta(days=rng.choice((30, 60, 90, 120)))
    return Worker(number, name, language, contact, spells, ending, assigned_on, due_on)


def _spells(
    rng: Random, language: str, areas: dict[str, tuple[int, ...]], assigned_on: date, today: date
) -> tuple[Spell, ...]:
    """Return a believable history: mostly one open spell; some moved, some hold two, some left."""
    pool = PACIFIC if language in ("to", "sm") and rng.random() < 0.85 else tuple(areas)
    first = rng.choice(pool)
    since = assigned_on - timedelta(days=rng.randint(5, 500))
    kind = rng.choices(("employee", "contractor", "volunteer"), (80, 8, 12))[0]

    def spell(key: str, begin: date, end: date | None = None, reason: str | None = None) -> Spell:
        hours = rng.choice((12, 20, 30, 40))
        return Spell(key, rng.choice(TITLES), begin, end, reason, hours, kind, rng.choice(areas[key]))

    turn = rng.random()
    left_on = assigned_on + timedelta(days=rng.randint(2, 400))
    reason = rng.choice(("voluntary", "funding-ended", "not-renewed", "moved", "other", "undisclosed"))
    if turn > 0.80 and left_on < today - timedelta(days=10):
        old = spell(first, since, left_on, reason)
        if turn > 0.93:
            return (old,)
        second = rng.choice([key for key in areas if key != first])
        return (old, spell(second, left_on + timedelta(days=rng.randint(1, 9))))
    if turn > 0.74 and turn <= 0.80:
        second = rng.choice([key for key in areas if key != first])
        return (spell(first, since), spell(second, assigned_on))
    return (spell(first, since),)
