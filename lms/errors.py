"""The few ways in which a request can be refused. Services raise them; `web/` and `cli` translate them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class NotFound(Exception):
    """The thing does not exist, or the reader may not know that it does."""


class NotAllowed(Exception):
    """The actor may not do this. Shown exactly like `NotFound`."""


class RuleBroken(Exception):
    """A rule of the field says no. `code` names the sentence in the feature's `messages.py`."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in an input file: where it is and what to do. Lines and columns count from 1."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True, order=True)
class RowProblem:
    """One fault in a table: its row, counted from 1 with the headers as row 1, and what to do."""

    row: int
    message: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.message}"


class BadInput(Exception):
    """An input file has problems; nothing was written. `problems` is never empty."""

    def __init__(self, problems: Iterable[Problem | RowProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
