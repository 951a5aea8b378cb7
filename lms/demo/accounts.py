"""The demonstration's accounts and their one passphrase, as `make demo` prints them."""

from __future__ import annotations

from dataclasses import dataclass

PASSPHRASE = "a road we walk together"  # noqa: S105 -- printed for everyone, in the demonstration only


@dataclass(frozen=True)
class Named:
    """An account with an address of its own. `works_at` is a CBO's or department's key."""

    email: str
    name: str
    language: str
    role: str
    works_at: str | None = None


ACCOUNTS = (
    Named("worker-en@demo.example", "Odessa Fairweather", "en", "worker", "seventh-street"),
    Named("worker-es@demo.example", "Xóchitl Guadalupe Peñaloza Villaseñor", "es", "worker", "puente-hills"),
    Named("worker-to@demo.example", "ʻIlaisaane Halaʻevalu Mafileʻo", "to", "worker", "kainga-lelei"),
    Named("worker-sm@demo.example", "Faʻamanu Leʻaupepe", "sm", "worker", "fale-ola"),
    Named("supervisor-a@demo.example", "Rochelle Pennywell", "en", "supervisor", "kainga-lelei"),
    Named("supervisor-b@demo.example", "Araceli Montoya Urrutia", "es", "supervisor", "puente-hills"),
    Named("trainer@demo.example", "Silas Eastlake", "en", "trainer"),
    Named("translator@demo.example", "Sēini Kauʻuhila", "to", "translator"),
    Named("translator-two@demo.example", "Melenaite Fonohema", "to", "translator"),
    Named("certifier@demo.example", "Noor Rosemont", "en", "certifier"),
    Named("certifier-two@demo.example", "Delfina Jáuregui Huízar", "es", "certifier"),
    Named("analyst@demo.example", "Quinn Northgate", "en", "analyst"),
    Named("viewer@demo.example", "Wesley Greenhollow", "en", "viewer", "public-health"),
    Named("administrator@demo.example", "Keisha Juniper", "en", "administrator"),
)
