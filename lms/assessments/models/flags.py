"""Tables of what answers tell of quizzes. They are written anew every night, and name nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of


class QuizAnalysis(Base):
    """The figures of one version of a quiz in one language, of eleven people or more."""

    __tablename__ = "quiz_analyses"
    __table_args__ = (UniqueConstraint("module_key", "version", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_key: Mapped[str] = mapped_column(String(80))
    #: Stands for the words, options, keys and points of all its questions.
    version: Mapped[str] = mapped_column(String(32))
    locale: Mapped[str] = mapped_column(String(5))
    #: The newest revision of the module with that version.
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    #: How many first attempts, a multiple of eleven.
    people: Mapped[int]
    #: The mean share of points, from 0 to 1.
    score: Mapped[float]
    #: Cronbach's alpha; NULL where it has no meaning.
    alpha: Mapped[float | None]
    #: The median from start to handing in, breaks included; NULL where fewer than eleven took it here.
    seconds: Mapped[int | None]
    computed_at: Mapped[datetime]


class ItemAnalysis(Base):
    """The figures of one wording of one version of a question, of eleven answers or more."""

    __tablename__ = "item_analyses"
    __table_args__ = (
        UniqueConstraint("module_key", "item_id", "version", "locale", "wording"),
        one_of("effect", ("A", "B", "C")),
        one_of("verdict", ("differs", "alike", "too_few")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    module_key: Mapped[str] = mapped_column(String(80))
    item_id: Mapped[str] = mapped_column(String(80))
    #: Stands for the English words, the options, the key and the points.
    version: Mapped[str] = mapped_column(String(32))
    locale: Mapped[str] = mapped_column(String(5))
    #: Stands for the translated words; "" in English.
    wording: Mapped[str] = mapped_column(String(32))
    #: The newest revisions of the module, and of its translation, with these words.
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    locale_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    #: How many answers, a multiple of eleven, and how many of them were read with English beneath.
    answers: Mapped[int]
    with_english: Mapped[int]
    #: The mean share of points, from 0 to 1, with its 95 percent interval.
    facility: Mapped[float]
    facility_low: Mapped[float]
    facility_high: Mapped[float]
    #: The corrected point-biserial correlation, from -1 to 1; NULL where it has no meaning.
    discrimination: Mapped[float | None]
    #: Who chose what: [{"value", "share", "rest", "thirds"}].
    options: Mapped[list[Any]]
    #: How it compares with English: NULL in English itself.
    verdict: Mapped[str | None] = mapped_column(String(10))
    #: Class of the Educational Testing Service; NULL where nobody can tell yet.
    effect: Mapped[str | None] = mapped_column(String(1))
    #: The natural logarithm of the common odds ratio (above 0: English readers do better), with its interval.
    log_odds: Mapped[float | None]
    log_odds_low: Mapped[float | None]
    log_odds_high: Mapped[float | None]
    #: The same, drawn towards the other questions of the quiz.
    shrunken: Mapped[float | None]
    #: How likely the difference is by chance alone, corrected for the number of questions.
    chance: Mapped[float | None]
    computed_at: Mapped[datetime]
