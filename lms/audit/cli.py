"""Commands of the audit trail: checking that it still is what was chained."""

from __future__ import annotations

import re
import sys

import click
from flask.cli import AppGroup

from lms.audit import queries
from lms.db import reading

group = AppGroup("audit", help="The audit trail: who did what to what, when.")


class _Head(click.ParamType[tuple[int, str]]):
    """A hash that was kept elsewhere, with the id of its event."""

    name = "id:hash"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, str]:
        """Return id and hash; refuse anything else."""
        match = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", value)
        if match is None:
            self.fail("write it as the job `audit-chain` prints it: 120:3f2a... with 64 letters and digits", param, ctx)
        return int(match[1]), match[2]


@group.command("verify")
@click.option("--head", "heads", type=_Head(), multiple=True, help="What the job printed once, kept elsewhere.")
def verify(heads: tuple[tuple[int, str], ...]) -> None:
    """Check every event against its hash; exit 1 when one was changed, removed or put in between.

    Without --head, events cut off at the end and a trail that was hashed anew cannot be told.
    """
    found = queries.verify(reading(), dict(heads))
    click.echo(f"{found.checked} events checked, {found.waiting} not chained yet; head {found.last or 0}:{found.head}")
    if found.first_bad is not None:
        click.echo(found.fault, err=True)
        sys.exit(1)
