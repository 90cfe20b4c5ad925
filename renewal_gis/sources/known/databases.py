"""A known source in a database: its tables as they were loaded, their columns as published."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from renewal_gis.schema import Finding

if TYPE_CHECKING:
    from renewal_gis.sources.known.declaring import Asked
    from renewal_gis.sources.postgis import Chosen
    from renewal_gis.sources.postgis_cutting import Cut

__all__ = ["Database"]


class Database:
    """A database, and the fingerprints of what one layer read of it.

    Parameters
    ----------
    place
        `postgis://user@host/name` or `service=name`.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        self._prints: list[str] = []

    @property
    def sha256(self) -> str:
        """Fingerprint of all rows read: that of the one table, or of those of several in order."""
        if len(self._prints) == 1:
            return self._prints[0]
        return hashlib.sha256("\n".join(self._prints).encode()).hexdigest()

    def rows(
        self, asked: Asked, chosen: Chosen, *, shapes: bool, cut: Cut | None
    ) -> tuple[pd.DataFrame, list[Finding]]:
        """Read a table, cut by the server to the study where the table tells its places.

        Raises
        ------
        CRSError, LayerReadError
            As `read_postgis`.
        """
        # Here and not at the top: the driver of databases is heavy, and few studies need it.
        from renewal_gis.sources.postgis import read_postgis

        given = read_postgis(asked, database=self.place, spatial=shapes, chosen=chosen, cut=cut)
        self._prints.append(given.sha256)
        return given.frame, list(given.findings)

    def beside(self, asked: Asked, table: str) -> Asked | None:
        """Return the request for another table of the same schema; None when there is none."""
        from renewal_gis.sources.postgis import holds_table

        schema, dot, _ = asked.path.name.rpartition(".")
        other = replace(asked, path=Path(f"{schema}{dot}{table}"), layer=None, id=None)
        return other if holds_table(other, database=self.place) else None
