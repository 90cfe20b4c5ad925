"""The way to a PostGIS database: no password in the study, and sentences when it does not open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from renewal_gis.errors import LayerReadError, MissingExtraError, UsageError

__all__ = ["connected", "is_database", "quoted", "rows_of", "told_place"]

_SCHEMES = ("postgis", "postgresql", "postgres")
_CURE = "put it into ~/.pgpass (or a service file) and take it out of the study"


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


def _conninfo(text: str) -> str:
    """Return what libpq understands, after refusing a password.

    Raises
    ------
    UsageError
        A password in the text, or a text that names no database.
    """
    text = text.strip()
    if not is_database(text):
        raise UsageError(
            f"{told_place(text)!r} names no database. Write postgis://user@host/name or service=name."
        )
    if text.casefold().startswith("service="):
        if re.search(r"(?i)\bpassword\s*=", text):
            raise UsageError(f"{told_place(text)}: the password does not belong here: {_CURE}.")
        return text
    parts = urlsplit(text)
    if parts.password is not None or "password" in {
        one.casefold() for one in parse_qs(parts.query)
    }:
        raise UsageError(f"{told_place(text)}: the password does not belong here: {_CURE}.")
    return f"postgresql://{text.partition('://')[2]}"


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
    parts = urlsplit(text.strip())
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
        The server cannot be reached, refuses the password, or breaks off.
    MissingExtraError
        The driver is not installed.
    UsageError
        A password in the text.
    """
    info = _conninfo(database)
    try:
        driver = import_module("adbc_driver_postgresql.dbapi")
    except ImportError as error:
        raise MissingExtraError(
            library="adbc_driver_postgresql", extra="postgis", purpose="Using a PostGIS database"
        ) from error
    where = f"{place} ({told_place(database)})"
    try:
        connection = driver.connect(info)
    except driver.Error as error:
        raise LayerReadError(f"{where}: {_refusal(error)}") from None
    try:
        yield connection
        connection.commit()
    except driver.Error as error:
        raise LayerReadError(f"{where}: the database refuses: {_first_line(error)}.") from None
    finally:
        # Closing undoes what was not kept.
        connection.close()


def _refusal(error: Exception) -> str:
    text = str(error)
    folded = text.casefold()
    if "password" in folded or "authentification" in folded or "authentication" in folded:
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
    text = next(
        (one for one in lines if "FATAL" in one or "ERROR" in one), lines[0] if lines else ""
    )
    text = re.sub(r"^.*?(?:FATAL|ERROR):\s*", "", text)
    return re.sub(r"(?i)password=\S+", "password=…", text).rstrip(". ")[:300]


def rows_of(connection: Any, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]


def quoted(name: str) -> str:
    """Return a name as SQL writes it, whatever is in it.

    Examples
    --------
    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""').replace("\0", "") + '"'
