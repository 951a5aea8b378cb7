"""The roof: builds the application, connects features to the facts they hear, and finds out who is asking."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_login import LoginManager
from flask_migrate import Migrate
from markupsafe import Markup

from lms import db as database
from lms import i18n
from lms.actor import Actor
from lms.assessments import views as assessments_views
from lms.assessments.policy import READERS as QUIZ_READERS
from lms.audit import models as _audit_models  # noqa: F401
from lms.certificates import handlers as certificates_handlers
from lms.certificates import views as certificates_views
from lms.certificates.specs import CertificateSpec
from lms.clock import local_date, now, use_zone
from lms.competencies import handlers as competencies_handlers
from lms.config import ROOT, Config
from lms.content import models as _content_models  # noqa: F401
from lms.content.library import current
from lms.courses import handlers as courses_handlers
from lms.courses import queries as courses_queries
from lms.courses import views as courses_views
from lms.db import db, reading
from lms.fieldwork import views as fieldwork_views
from lms.fieldwork.policy import sign_offs as sign_off_policy
from lms.fieldwork.views import ahead as fieldwork_ahead
from lms.home import views as home_views
from lms.home.queries import team_news
from lms.home.queries.office import JOBS
from lms.i18n import gettext as _
from lms.mail import open_senders
from lms.merging import views as merging_views
from lms.notifications import handlers as notifications_handlers
from lms.notifications import jobs as notifications_jobs
from lms.notifications import views as notifications_views
from lms.organizations import queries as organizations_queries
from lms.organizations import views as organizations_views
from lms.people import queries as people_queries
from lms.people import views as people_views
from lms.publish import views as publish_views
from lms.reports import views as reports_views
from lms.scheduler import service as scheduler_service
from lms.scheduler import views as scheduler_views
from lms.scheduler.messages import next_run_of
from lms.surveys import policy as surveys_policy
from lms.surveys import views as surveys_views
from lms.tracks import handlers as tracks_handlers
from lms.tracks import queries as tracks_queries
from lms.tracks import views as tracks_views
from lms.tracks.messages import wording as tracks_wording
from lms.tracks.views.foreseeing import foresee_fieldwork
from lms.training import views as training_views
from lms.translating import views as translating_views
from lms.translating.queries import know_spec
from lms.web import access, arrival, classes, health, rounds, shell, showing
from lms.web.access import SignedIn, find_actor

VIEWS = (
    people_views,
    organizations_views,
    assessments_views,
    surveys_views,
    courses_views,
    fieldwork_views,
    training_views,
    tracks_views,
    translating_views,
    certificates_views,
    notifications_views,
    home_views,
    reports_views,
    scheduler_views,
    publish_views,
    merging_views,
)
#: Lower features announce, higher ones hear: each handler runs inside the announcing transaction.
HANDLERS = (
    courses_handlers,
    competencies_handlers,
    tracks_handlers,
    certificates_handlers,
    notifications_handlers,
)


def create_app(config: Config) -> Flask:
    """Return the application for `config`. Nothing is connected or started yet."""
    app = Flask("lms", root_path=str(ROOT / "lms"), static_folder=None)
    app.config["LMS"] = config
    app.config["TESTING"] = config.env == "test"
    use_zone(config.timezone)
    open_senders(config)  # refuses settings that cannot send
    database.init_app(app, config)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    arrival.init_app(app)
    _init_login(app)
    i18n.init_app(app, _language_of_reader)
    shell.init_app(app, config)
    access.init_app(app)
    classes.init_app(app, sign_off_policy.in_class_of)
    rounds.init_app(app, lambda person_id, key: courses_queries.round_of(reading(), person_id, key))
    showing.init_app(app, _reads_english, _told_wording)
    health.init_app(app, lambda session: scheduler_service.beat(session, at=now()))
    for module in VIEWS:
        app.register_blueprint(module.bp)
    for module in HANDLERS:
        module.connect()
    app.extensions[notifications_jobs.EXTENSION] = team_news
    app.extensions[JOBS] = next_run_of
    know_spec("certificate", CertificateSpec)
    app.extensions[fieldwork_ahead.EXTENSION] = foresee_fieldwork
    app.context_processor(lambda: {"nav": navigation(find_actor())})
    return app


def _language_of_reader() -> str | None:
    actor = find_actor()
    return actor.language if actor else None


def _reads_english(person_id: int, module_key: str) -> bool:
    return tracks_queries.reads_english(reading(), current(reading()), person_id, module_key, i18n.language())


def _told_wording(person_id: int, module_key: str) -> str | Markup:
    return tracks_wording.module_words(reading(), current(reading()), person_id, module_key)


def _init_login(app: Flask) -> None:
    """Set up Flask-Login: who a session or a remembered phone belongs to."""
    login = LoginManager(app)
    login.session_protection = None  # phones change networks between visits

    @login.user_loader  # type: ignore[untyped-decorator]
    def load(session_id: str) -> SignedIn | None:
        who = _signed_in(session_id)
        if who and people_views.keep_session(is_staff=who.actor.is_staff, at=now()):
            return who
        people_views.drop_session()
        return None

    @login.request_loader  # type: ignore[untyped-decorator]
    def load_remembered(_request: object) -> SignedIn | None:
        session_id = people_views.remembered_session_id()
        who = _signed_in(session_id) if session_id else None
        if who is None or who.actor.is_staff:
            return None  # staff roles are never remembered
        people_views.resume_session(who.session_id)
        return who

    def actor_of(account_id: int) -> Actor | None:
        session_id = people_queries.find_session_id(reading(), account_id)
        who = _signed_in(session_id) if session_id else None
        return who.actor if who else None

    people_views.init_app(app, people_views.Roof(actor_of, _oversees, _departments))


def _departments() -> list[tuple[int, str, str]]:
    """Return id, public id and name of each department that is open today."""
    found = organizations_queries.list_departments(reading(), local_date(now()))
    return [(choice.id, choice.public_id, choice.name) for choice in found]


def _oversees(actor: Actor, person_id: int) -> set[int]:
    """Return the organizations where a person works today and `actor` supervises."""
    ties = organizations_queries.ties_of(reading(), person_id, actor.today)
    return {span.organization_id for span in ties.employments if span.covers(actor.today)} & set(actor.supervises)


def _signed_in(session_id: str) -> SignedIn | None:
    """Return who `session_id` stands for, with one actor for the whole request; None when it has ended."""
    today = local_date(now())
    known = organizations_queries.find_known(reading(), session_id, today)
    if known is None:
        return None
    identity, ties = known
    roles = identity.roles | {"worker"} | ({"supervisor"} if ties.supervises else set())
    actor = Actor(
        account_id=identity.account_id,
        person_id=identity.person_id,
        public_id=identity.person_public_id,
        name=identity.name,
        language=identity.language,
        today=today,
        roles=frozenset(roles),
        employments=ties.employments,
        supervises=ties.supervises,
        views=identity.views,
        translates=identity.translates,
        listens=identity.listens,
    )
    return SignedIn(actor, session_id)


@dataclass(frozen=True)
class NavItem:
    """One entry of the page's navigation; on a phone a `folded` one is seen once somebody asks for more."""

    href: str
    label: str
    current: bool
    folded: bool = False


#: Entries that stand in one row of a phone beside the languages; with more than one beyond them, the rest is folded.
_IN_A_ROW = 2


def navigation(actor: Actor | None) -> list[NavItem]:
    """Return the pages that `actor` uses most, in her language: for staff their work before their own pages."""
    if actor is None:
        return []
    own = [("home.record", _("My record")), ("fieldwork.sessions", _("Sessions")), ("people.account", _("My account"))]
    work = _work(actor)
    entries = [("home.learn", _("Learn")), *work, *(each for each in own if each not in work)]
    is_long = len(entries) > _IN_A_ROW + 1
    return [
        NavItem(url_for(endpoint), label, request.endpoint == endpoint, is_long and place >= _IN_A_ROW)
        for place, (endpoint, label) in enumerate(entries)
    ]


def _work(actor: Actor) -> list[tuple[str, str]]:
    """Return the pages of staff, what somebody is there for before what she also reads."""
    entries = [
        ("home.team", _("My team"), actor.has("supervisor")),
        ("certificates.queue", _("Certify"), actor.has("certifier")),
        ("assessments.queue", _("Assess"), actor.has("trainer", "certifier")),
        ("fieldwork.sessions", _("Sessions"), actor.has("trainer")),
        ("home.admin", _("Administration"), actor.has("administrator")),
        ("translating.overview", _("Content"), actor.has("translator", "administrator")),
        ("surveys.answers_to_clear", _("Answers to translate"), bool(surveys_policy.languages_to_clear(actor))),
        ("reports.index", _("Reports"), actor.has("supervisor", "analyst", "viewer", "certifier", "administrator")),
        ("assessments.quiz_list", _("Quizzes"), actor.has(*QUIZ_READERS)),
        ("surveys.feedback", _("Feedback"), actor.has(*surveys_policy.READERS)),
    ]
    return [(endpoint, label) for endpoint, label, is_shown in entries if is_shown]
