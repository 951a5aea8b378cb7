"""Tables of organizations: departments and CBOs, where they serve, who works there, since when and until when."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.organizations.rules import OUTCOMES

KINDS = ("department", "cbo")
EMPLOYMENT_KINDS = ("employee", "contractor", "volunteer")
IMPORT_STATES = ("ready", "applying", "done", "withdrawn")
END_REASONS = ("voluntary", "funding-ended", "not-renewed", "moved", "other", "undisclosed")
GEOGRAPHIES = ("south-la", "southeast-la", "northeast-san-fernando-valley", "antelope-valley")
POPULATIONS = (
    "pacific-islanders",
    "american-indian-alaska-native",
    "immigrants",
    "lgbtq",
    "people-with-disabilities",
)


class Organization(Base):
    """A county department or a community-based organization (CBO)."""

    __tablename__ = "organizations"
    __table_args__ = (one_of("kind", KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: Stable short key for files and imports.
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    search_key: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    closed_on: Mapped[date | None]


class OrganizationArea(Base):
    """A service planning area that an organization serves, under the boundaries of a year."""

    __tablename__ = "organization_areas"
    __table_args__ = (
        UniqueConstraint("organization_id", "spa", "boundary_year"),
        CheckConstraint("spa BETWEEN 1 AND 8", name="spa_exists"),
        CheckConstraint("boundary_year IN (2002, 2012, 2022)", name="boundary_year_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    spa: Mapped[int]
    boundary_year: Mapped[int] = mapped_column(default=2022)


class OrganizationGeography(Base):
    """A priority geography that an organization serves: apart from, and crossing, the planning areas."""

    __tablename__ = "organization_geographies"
    __table_args__ = (UniqueConstraint("organization_id", "geography"), one_of("geography", GEOGRAPHIES))

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    geography: Mapped[str] = mapped_column(String(40))


class OrganizationPopulation(Base):
    """A priority population that an organization says it serves."""

    __tablename__ = "organization_populations"
    __table_args__ = (UniqueConstraint("organization_id", "population"), one_of("population", POPULATIONS))

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    population: Mapped[str] = mapped_column(String(40))


class Employment(Base):
    """A dated spell of a person at an organization. It bounds what the organization may see."""

    __tablename__ = "employments"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
        one_of("end_reason", END_REASONS),
        UniqueConstraint("person_id", "organization_id", "started_on"),
        Index("ix_employments_organization_id_ended_on", "organization_id", "ended_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    started_on: Mapped[date]
    #: The last day; None while it goes on.
    ended_on: Mapped[date | None]
    #: Seen by this organization, the worker and the consortium, never by another employer.
    end_reason: Mapped[str | None] = mapped_column(String(20))
    #: The key of the form that began it, so that a double tap employs once.
    client_id: Mapped[str | None] = mapped_column(String(32), unique=True)


class EmploymentTerms(Base):
    """Title, hours, kind, supervising provider and work area, from a day on, until the next row's day."""

    __tablename__ = "employment_terms"
    __table_args__ = (
        UniqueConstraint("employment_id", "since"),
        one_of("kind", EMPLOYMENT_KINDS),
        CheckConstraint("hours_per_week IS NULL OR hours_per_week BETWEEN 0 AND 80", name="hours_plausible"),
        CheckConstraint("work_area IS NULL OR work_area BETWEEN 1 AND 8", name="work_area_exists"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employment_id: Mapped[int] = mapped_column(ForeignKey("employments.id"))
    since: Mapped[date]
    title: Mapped[str] = mapped_column(String(120))
    hours_per_week: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    kind: Mapped[str] = mapped_column(String(12), default="employee")
    #: The Medi-Cal supervising provider, an organization; None where none applies.
    supervising_provider_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    #: The service planning area where she mostly works.
    work_area: Mapped[int | None]


class Supervision(Base):
    """An employment whose holder answers for the staff of an organization, for a time."""

    __tablename__ = "supervisions"
    __table_args__ = (
        UniqueConstraint("employment_id", "organization_id", "started_on"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employment_id: Mapped[int] = mapped_column(ForeignKey("employments.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    #: The supervision whose holder lets her do it in her stead; None for one that an administrator gave.
    delegated_from_id: Mapped[int | None] = mapped_column(ForeignKey("supervisions.id"), index=True)


class Contract(Base):
    """A dated contract of a department with a CBO, under a program."""

    __tablename__ = "contracts"
    __table_args__ = (
        UniqueConstraint("department_id", "organization_id", "program", "started_on"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    department_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    program: Mapped[str] = mapped_column(String(120))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]


class ContractEmployment(Base):
    """An employment that is paid under a contract, for a time."""

    __tablename__ = "contract_employments"
    __table_args__ = (UniqueConstraint("contract_id", "employment_id", "started_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"))
    employment_id: Mapped[int] = mapped_column(ForeignKey("employments.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]


class StaffImport(Base):
    """A list of staff that somebody brought: its rows wait to be looked at, then they are applied, part by part."""

    __tablename__ = "staff_imports"
    __table_args__ = (
        one_of("state", IMPORT_STATES),
        Index("ix_staff_imports_account_id_created_at", "account_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: Who brought it; None for the command.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    #: The key of the form that brought it, so that a double tap brings it once.
    client_id: Mapped[str] = mapped_column(String(32), unique=True)
    #: The name of the file; empty for pasted lines.
    file_name: Mapped[str] = mapped_column(String(200))
    #: Columns of the file that nobody asked for and that were not kept.
    left_out: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(10), default="ready")
    #: Whether those who are new get an invitation.
    invites: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    #: When the last row was applied, or the list was withdrawn.
    done_at: Mapped[datetime | None]


class StaffImportRow(Base):
    """One row of such a list, what it says, and what becomes or became of it. Forgotten with its list after a while."""

    __tablename__ = "staff_import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        one_of("what", OUTCOMES),
        Index("ix_staff_import_rows_import_id_what", "import_id", "what"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("staff_imports.id"))
    #: As a spreadsheet shows it: headers are row 1.
    number: Mapped[int]
    #: The cells as they came, by column: the file of refused rows is written from them.
    cells: Mapped[dict[str, Any]]
    #: What they say, as `rules.Entry.as_json` writes it.
    entry: Mapped[dict[str, Any]]
    what: Mapped[str] = mapped_column(String(10))
    #: The question ("" for none), those who may be meant, and the faults, as codes.
    said: Mapped[dict[str, Any]]
    #: The earlier row that is the same person.
    same_as: Mapped[int | None]
    #: Who is meant, as the uploader said: one of the candidates, or somebody new.
    answer: Mapped[str] = mapped_column(String(30), default="")
    #: Whom it was found to be, once applied.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    applied_at: Mapped[datetime | None]


class Team(Base):
    """A named group of an organization's staff, such as a site or a project. Ended, never deleted."""

    __tablename__ = "teams"
    __table_args__ = (
        Index(
            "uq_teams_open",
            "organization_id",
            "search_key",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(80))
    search_key: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    #: The key of the form that made it, so that a double tap makes one.
    client_id: Mapped[str | None] = mapped_column(String(32), unique=True)


class TeamMember(Base):
    """An employment belongs to a team, for a time."""

    __tablename__ = "team_members"
    __table_args__ = (
        Index(
            "uq_team_members_open",
            "team_id",
            "employment_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    employment_id: Mapped[int] = mapped_column(ForeignKey("employments.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
