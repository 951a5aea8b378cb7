"""What must not happen with earlier training, on both databases: yearly hours accepted by who stands in for her."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from lms.db import write
from lms.errors import NotFound
from lms.organizations.models import EmploymentTerms
from lms.training import service
from tests.conftest import AT
from tests.organizations.conftest import actor_of, stand_in
from tests.training.conftest import Scene


def test_who_stands_in_for_her_does_not_accept_her_yearly_hours(scene: Scene) -> None:
    provided = update(EmploymentTerms).values(supervising_provider_id=scene.place)
    write(lambda s: s.execute(provided) and None)
    public_id = scene.add(by=scene.chief, person=scene.boss)
    write(lambda s: service.share(s, scene.chief, public_id, scene.place, at=AT))
    share = scene.shares(public_id)[0].public_id
    stand_in(scene.boss, scene.place, scene.worker)
    with pytest.raises(NotFound):
        write(lambda s: service.settle_share(s, actor_of(scene.worker), share, minutes=60, at=AT))
    second = actor_of(scene.make.supervisor(scene.place, "Second"))
    write(lambda s: service.settle_share(s, second, share, minutes=60, at=AT))
    assert scene.shares(public_id)[0].outcome == "accepted"
