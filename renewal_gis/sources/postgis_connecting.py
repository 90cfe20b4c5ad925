"""The way to a PostGIS database: no password in the study, and sentences when it does not open."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from renewal_gis.errors import LayerReadError, UsageError, needed

__all__ = [
    "connected",
    "database_fault",
    "is_database",
    "literal",
    "quoted",
    "rows_of",
    "told_place",
]

_SCHEMES = ("postgis", "postgresql", "postgres")
_SECRET = "the password does not belong here: put it into ~/.pgpass or a service file"
_SECRETS = frozenset({"password", "sslpassword"})
_NO_ADDRESS = (
    "it is no address: write postgis://user@host/name or service=name, the password in ~/.pgpass"
)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]*\]|[^\[\]:@]*)(:\d*)?")
_SAID = re.compile(r"^.*?(?:FATAL|ERROR|ERREUR)\s*:\s*")
_WHO = re.compile(r"(?i)\b(user|role|utilisateur|rôle)\s+(?:\"[^\"]*\"|«[^»]*»)")
_PATIENCE_S = 20  # to connect; a host that swallows calls would hold the run for minutes
_LOCK_S = 30  # for a table somebody else holds
# What the server's code of a fault means for the reader, whatever language its words are in.
_CURES = {
    "55P03": "Somebody holds the table, such as an edit begun in QGIS. Have it ended, then try again.",
    "2BP01": "Drop what depends on it, or choose another schema.",
    "42P01": "Is PostGIS in this database (CREATE EXTENSION postgis), and on your search path?",
    "42883": "Is PostGIS in this database (CREATE EXTENSION postgis), and on your search path?",
    "42501": "Ask the database's owner for the right to do it.",
}


def is_database(text: str) -> bool:
    """Tell whether a path of a study names a database.

    Examples
    --------
    >>> is_database("postgis://sig@base.example/agence"), is_database("service=agence")
    (True, True)
    >>> is_database("data/communes.gpkg")
    False
    """
    start = text.strip().casefold()
    return start.startswith("service=") or start.partition("://")[0] in _SCHEMES


def database_fault(text: str) -> str:
    """Return what is wrong with the name of a database; empty when nothing is.

    Examples
    --------
    >>> database_fault("postgis://sig@base.example/agence")
    ''
    >>> database_fault("postgis://sig:secret@base.example/agence")
    'the password does not belong here: put it into ~/.pgpass or a service file'
    """
    text = text.strip()
    if not is_database(text):
        return "it names no database: write postgis://user@host/name or service=name"
    if text.casefold().startswith("service="):
        # The name of a database may be an address again, with all an address can hold.
        return _SECRET if re.search(r"(?i)password\s*=|://", text) else ""
    parts = _parts(text)
    if parts is None:
        return _NO_ADDRESS
    asked = parse_qs(parts.query, keep_blank_values=True)
    nested = any("://" in one for values in asked.values() for one in values)
    named = {one.casefold() for one in asked} & _SECRETS
    return _SECRET if parts.password is not None or named or nested else ""


def _parts(text: str) -> SplitResult | None:
    """Return the parts of an address; None when it is none.

    A password with / ? # or @ in it would be taken for a part that is shown: none of these may stand
    where an address does not have them.
    """
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None
    hosts = parts.netloc.rpartition("@")[2].split(",")
    stray = "@" in f"{parts.path}{parts.query}" or "#" in text
    return parts if all(map(_HOST.fullmatch, hosts)) and not stray else None


def _conninfo(text: str) -> str:
    """Return what libpq understands, after refusing a password.

    Raises
    ------
    UsageError
        A password in the text, or a text that names no database.
    """
    fault = database_fault(text)
    if fault:
        raise UsageError(f"{told_place(text)!r}: {fault}.")
    text = text.strip()
    service = text.casefold().startswith("service=")
    info = text if service else f"postgresql://{text.partition('://')[2]}"
    if "connect_timeout" in info or "PGCONNECT_TIMEOUT" in os.environ:
        return info
    joint = " " if service else "&" if "?" in info else "?"
    return f"{info}{joint}connect_timeout={_PATIENCE_S}"


def told_place(text: str) -> str:
    """Return a database's name without user, password and options, for messages and manifests.

    Examples
    --------
    >>> told_place("postgis://sig:secret@base.example:5433/agence?sslmode=require")
    'postgis://base.example:5433/agence'
    >>> told_place("service=agence password=secret")
    'service=agence'
    """
    if text.strip().casefold().startswith("service="):
        return text.split(maxsplit=1)[0]
    parts = _parts(text)
    if parts is None:
        return "the database"
    host = parts.netloc.rpartition("@")[2]
    return f"postgis://{host}{unquote(parts.path)}" if host or parts.path else "the database"


@contextmanager
def connected(database: str, *, place: str) -> Iterator[Any]:
    """Open a database for one transaction; it is kept when the block ends, undone when it raises.

    Parameters
    ----------
    database
        `postgis://user@host:port/name` or `service=name`; the password comes from `.pgpass` or from
        the service file, as for any program of PostgreSQL.
    place
        Named in messages: the layer, or what is written.

    Raises
    ------
    LayerReadError
        The server cannot be reached, refuses the password, breaks off, or somebody holds a table for
        long.
    MissingExtraError
        The driver is not installed.
    UsageError
        A password in the text.
    """
    info = _conninfo(database)
    driver = needed(
        "adbc_driver_postgresql.dbapi", extra="postgis", purpose="Using a PostGIS database"
    )
    where = f"{place} ({told_place(database)})"
    try:
        connection = driver.connect(info)
    except driver.Error as error:
        raise LayerReadError(f"{where}: {_refusal(error)}") from None
    try:
        rows_of(connection, f"SET LOCAL lock_timeout = '{_LOCK_S}s'")
        yield connection
        connection.commit()
    except driver.Error as error:
        cure = _CURES.get(str(getattr(error, "sqlstate", "")), "")
        told = f"{where}: the database refuses: {_first_line(error)}. {cure}"
        raise LayerReadError(told.rstrip()) from None
    finally:
        # Closing undoes what was not kept.
        connection.close()


def _refusal(error: Exception) -> str:
    text = str(error)
    folded = text.casefold()
    signs = ("password", "mot de passe", "authentication", "authentification")
    if any(sign in folded for sign in signs):
        return (
            "the server refuses the password, or none was given. Check ~/.pgpass (its rights must be "
            "0600) or your service file."
        )
    if "service" in folded and "not found" in folded:
        return "no such service in your service file (~/.pg_service.conf). Check its name."
    if "does not exist" in folded or "n'existe pas" in folded:
        return f"{_first_line(error)}. Check the name of the database and of the user."
    return (
        f"the server cannot be reached: {_first_line(error)}. Check the host and the port, and that "
        "your machine may call them."
    )


def _first_line(error: Exception) -> str:
    lines = [one.strip() for one in str(error).splitlines() if one.strip()]
    # The driver puts its own words and codes around those of the server.
    text = next((one for one in lines if _SAID.search(one)), lines[0] if lines else "")
    text = re.sub(r"(?i)password=\S+", "password=…", _SAID.sub("", text))
    return _WHO.sub(r"\1", text).rstrip(". ")[:300]


def rows_of(connection: Any, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]


def literal(text: str) -> str:
    """Return a text as SQL writes it, whatever is in it.

    Examples
    --------
    >>> literal("l'Escaut")
    "'l''Escaut'"
    """
    return "'" + text.replace("\0", "").replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Return a name as SQL writes it, whatever is in it.

    Examples
    --------
    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""').replace("\0", "") + '"'
