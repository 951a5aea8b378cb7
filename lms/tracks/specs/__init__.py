"""A career-pathway track as its file says: sets of items, hours, sign-offs, level, certificate and renewal."""

from __future__ import annotations

from lms.tracks.specs.follow_ups import FollowUpSpec
from lms.tracks.specs.parts import HoursSpec, RenewalSpec, SetSpec, SignOffSpec, TrackItemSpec
from lms.tracks.specs.track import TrackSpec

__all__ = ["FollowUpSpec", "HoursSpec", "RenewalSpec", "SetSpec", "SignOffSpec", "TrackItemSpec", "TrackSpec"]
