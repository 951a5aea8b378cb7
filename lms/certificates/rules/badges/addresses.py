"""Every address of a certificate, its keys and its lists, from the issuer's address `url`."""

from __future__ import annotations

import uuid
from functools import lru_cache
from urllib.parse import quote, urlsplit


@lru_cache(maxsize=64)
def did_of(url: str) -> str:
    """Return the did:web of an address: a port after %3A, the segments of the path after colons."""
    parts = urlsplit(url)
    return ":".join(["did:web", parts.netloc.replace(":", "%3A"), *filter(None, parts.path.split("/"))])


def method_of(url: str, key_id: str) -> str:
    """Return the verification method that names a key of the issuer."""
    return f"{did_of(url)}#{key_id}"


def key_url(url: str, key_id: str) -> str:
    """Return the address of one public key as a JWK."""
    return f"{url}/credentials/keys/{key_id}"


def credential_id(url: str, serial: str) -> str:
    """Return the name of a credential, the same for all editions: a newer one replaces an older one."""
    return f"{url}/verify/{serial}"


def subject_id(url: str, serial: str) -> str:
    """Return the name of a credential's subject. It is this award's alone, so that no two can be linked by it."""
    return uuid.uuid5(uuid.NAMESPACE_URL, credential_id(url, serial)).urn


def achievement_id(url: str, track: str, revision: str) -> str:
    """Return the name of what was achieved: a track under the rules of one revision."""
    return f"{url}/credentials/tracks/{part_of(track)}/{revision[:16]}"


def framework_url(url: str, framework: str) -> str:
    """Return the address of a framework of competencies."""
    return f"{url}/credentials/frameworks/{part_of(framework)}"


def competency_url(url: str, framework: str, code: str) -> str:
    """Return the address of one competency inside its framework."""
    return f"{framework_url(url, framework)}#{part_of(code)}"


def status_url(url: str, number: int) -> str:
    """Return the address of a status list."""
    return f"{url}/credentials/status/{number}"


def entry_id(url: str, number: int, index: int) -> str:
    """Return the name of one place in a status list."""
    return f"{status_url(url, number)}#{index}"


def qr_address(url: str, serial: str, edition: int) -> str:
    """Return what the QR code of an edition opens, upper case where that changes nothing."""
    parts = urlsplit(url)
    return f"{parts.scheme.upper()}://{parts.netloc.upper()}{parts.path}/V/{serial}/{edition}"


@lru_cache(maxsize=1024)
def part_of(key: str) -> str:
    """Return a key as one part of an address."""
    return quote(key, safe="")
