"""Teams and standing rules of the demonstration, so that their pages have something to show."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from lms.clock import local_date, now
from lms.demo.accounts import ACCOUNTS
from lms.demo.learning import TRACK
from lms.demo.people import Cast
from lms.ids import new_client_id
from lms.organizations.queries import count_titles, list_staff
from lms.organizations.rules import Criteria
from lms.organizations.service import change_team, make_team
from lms.tracks.rules import Due
from lms.tracks.service import Statement, make_rule, plan_statement

_TEAMS = ("Home visits", "Outreach van")


def load_teams_and_rules(session: Session, cast: Cast) -> None:
    """Give the organizations of the supervisors' accounts two teams each, and a rule for their most frequent title."""
    for key in (each.works_at for each in ACCOUNTS if each.role == "supervisor" and each.works_at):
        actor, place, at = cast.supervisors[key], cast.organization_ids[key], now() - timedelta(minutes=5)
        staff = list_staff(session, [place], local_date(at))
        for number, name in enumerate(_TEAMS):
            team = make_team(session, actor, place, name, client_id=new_client_id(), at=at)
            people = [row.employment_public_id for row in staff[number::3]]
            change_team(session, actor, team, name, employments=people, shown=people, at=at)
        title = count_titles(session, place, local_date(at))[0][0]
        said = Statement(place, TRACK, Criteria(titles=(title,)), Due("asked", days=60, eased=True))
        expected = plan_statement(session, actor, said, at=at).new
        make_rule(session, actor, said, expected=expected, client_id=new_client_id(), at=at)
