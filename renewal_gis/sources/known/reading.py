"""The reading of a known source for a layer: which one, for which table, with its licence."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from renewal_gis.errors import LayerReadError
from renewal_gis.sources.known import KNOWN
from renewal_gis.sources.known.declaring import Asked, Given, KnownSource
from renewal_gis.sources.known.rows import there
from renewal_gis.sources.opening import nearest

__all__ = ["read_known"]


def read_known(name: str, asked: Asked) -> Given:
    """Read a file of a known source.

    Parameters
    ----------
    name
        As written in the study: `source = "bpe"`.
    asked
        The file, or the table of a database, and the table wanted.

    Returns
    -------
    Given
        With the licence and the credit of the source.

    Raises
    ------
    LayerReadError
        When the source is not known, cannot fill the table, or the file is not of it.
    """
    place = f"{asked.table} ({asked.path.name})"
    source = KNOWN.get(name)
    if source is None:
        near = nearest(name, ["osm", *KNOWN])
        raise LayerReadError(
            f"{place}: the source {name!r} is not known.{near} Leave it out for an ordinary file."
        )
    if asked.table not in source.tables:
        fits = " or ".join(source.tables) or "no layer of a study; read it from Python"
        raise LayerReadError(
            f"{place}: {source.title} cannot fill the table {asked.table}: it fills {fits}."
        )
    there(asked)
    given = source.read(asked)
    frame = _as_the_study_says(given.frame, asked, source)
    sha256 = "" if asked.database is None else asked.database.sha256
    return replace(
        given, frame=frame, licence=source.licence, credit=source.attribution, sha256=sha256
    )


def _as_the_study_says(frame: pd.DataFrame, asked: Asked, source: KnownSource) -> pd.DataFrame:
    """Give columns again the name of the file's own vintage, which the study may use."""
    names: dict[str, str] = {}
    for field in source.columns:
        for name in (field.name, *field.also):
            if field.name in frame:
                names.setdefault(name.casefold(), field.name)
    wanted = [name for name in (*asked.columns, *asked.keep) if name not in frame]
    added = {name: frame[names[name.casefold()]] for name in wanted if name.casefold() in names}
    return frame.assign(**added) if added else frame
