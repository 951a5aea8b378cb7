"""What a standing rule would change: whom it newly asks, and what becomes of those whom it no longer means."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lms.tracks.rules.sorting import sort_people


@dataclass(frozen=True)
class RulePlan:
    """The difference between whom a rule means and who is asked, as ids of people.

    `new` are asked now; `already` and `finished` had been asked by the organization, and nothing changes for them.
    `again` were meant before, have completed the track, and are asked for the renewal that is open to them now.
    `back` are no longer meant and have not begun: it is taken back. `kept` have begun, and stay asked. `left` do not
    work there any more: what was asked then stays as it was. `freed` are no longer meant, and the rule asks nothing of
    them. `waived` are meant, and somebody took back what was asked of them, or their renewal: that is not asked again.
    `unworded` fit, and wait until the words in their language are approved, where the track asks for that.
    """

    new: tuple[int, ...] = ()
    already: tuple[int, ...] = ()
    finished: tuple[int, ...] = ()
    back: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    freed: tuple[int, ...] = ()
    waived: tuple[int, ...] = ()
    again: tuple[int, ...] = ()
    unworded: tuple[int, ...] = ()

    @property
    def asks(self) -> tuple[int, ...]:
        """Return whom the rule asks now."""
        return self.new + self.again

    @property
    def mark(self) -> str:
        """Return what tells who gains and who loses by it from every other plan: twelve letters and digits."""
        said = [sorted(each) for each in (self.new, self.again, self.back)]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]

    @property
    def joining(self) -> tuple[int, ...]:
        """Return whom the rule means from now on."""
        return self.new + self.already + self.finished

    @property
    def leaving(self) -> tuple[int, ...]:
        """Return whom the rule does not mean any more."""
        return self.back + self.kept + self.left + self.freed


@dataclass(frozen=True)
class Asking:
    """How the people whom a rule means or meant stand to its organization and track.

    `staff` work there today; `asked` are asked for the track by the organization, `by_rule` by this rule; `finished`
    have completed what is asked of them; `begun` have worked at it since the rule was made. Of those to whom a renewal
    is open now, `renewing` are asked for it neither now nor since the rule means them; of `spared` it was taken back.
    """

    staff: Collection[int]
    asked: Collection[int]
    by_rule: Collection[int]
    finished: Collection[int]
    begun: Collection[int]
    renewing: Collection[int] = ()
    spared: Collection[int] = ()


def plan_rule(meant: Sequence[int], members: Sequence[int], asking: Asking) -> RulePlan:
    """Return what changes when a rule means `meant`, in their order, and had meant `members`.

    It asks only those whom it newly means, so that it cannot ask again whom a person let go; and for a renewal those
    whom the organization asks for the track, once in each cycle.
    """
    sorting = sort_people([each for each in meant if each not in set(members)], asking.asked, asking.finished)
    stay = [each for each in meant if each in set(members)]
    gone = [each for each in members if each not in set(meant)]
    there = [each for each in gone if each in asking.staff]
    ours = [each for each in there if each in asking.by_rule]
    started = set(asking.begun) | set(asking.finished)
    return RulePlan(
        new=sorting.new,
        already=sorting.already,
        finished=sorting.finished,
        back=tuple(each for each in ours if each not in started),
        kept=tuple(each for each in ours if each in started),
        left=tuple(each for each in gone if each not in asking.staff),
        freed=tuple(each for each in there if each not in asking.by_rule),
        waived=tuple(each for each in stay if each not in asking.asked or each in asking.spared),
        again=tuple(each for each in stay if each in asking.asked and each in asking.renewing),
    )
