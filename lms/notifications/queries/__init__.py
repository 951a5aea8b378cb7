"""Reads of letters: what one says now, who is reminded of what, how readers want them, and the outbox in lists."""

from __future__ import annotations

from lms.notifications.queries.choices import (
    Agreement,
    BounceRow,
    bounces_of,
    contacts_of,
    find_bounces,
    find_wish,
    has_stopped,
    is_overtaken,
    knows_address,
    list_agreed_people,
    list_agreements,
    list_numbers,
    may_ask_for_texts,
    numbers_of,
)
from lms.notifications.queries.digest import News, NewsLine, TeamNews, TeamNewsOf, list_readers
from lms.notifications.queries.facts import KINDS, Claimed, Facts, Moment, get_facts, has_due
from lms.notifications.queries.fieldwork_news import session_prefix
from lms.notifications.queries.items import Item
from lms.notifications.queries.news import NEWS
from lms.notifications.queries.outbox import (
    PAGE_SIZE,
    OutboxRow,
    SentRow,
    count_outbox,
    count_sent,
    find_sort,
    list_outbox,
    list_sent,
)
from lms.notifications.queries.reminders import list_items

__all__ = [
    "KINDS",
    "NEWS",
    "PAGE_SIZE",
    "Agreement",
    "BounceRow",
    "Claimed",
    "Facts",
    "Item",
    "Moment",
    "News",
    "NewsLine",
    "OutboxRow",
    "SentRow",
    "TeamNews",
    "TeamNewsOf",
    "bounces_of",
    "contacts_of",
    "count_outbox",
    "count_sent",
    "find_bounces",
    "find_sort",
    "find_wish",
    "get_facts",
    "has_due",
    "has_stopped",
    "is_overtaken",
    "knows_address",
    "list_agreed_people",
    "list_agreements",
    "list_items",
    "list_numbers",
    "list_outbox",
    "list_readers",
    "list_sent",
    "may_ask_for_texts",
    "numbers_of",
    "session_prefix",
]
