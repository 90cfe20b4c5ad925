"""The rows of a BPE file near the study: of 160 MB of Parquet only these are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from renewal_gis.schema import Finding
from renewal_gis.schema.communes import codes_of
from renewal_gis.sources.known.declaring import Asked, Field
from renewal_gis.sources.known.overseas import study_bounds, study_system, systems_of
from renewal_gis.sources.known.rows import (
    Place,
    numbers,
    published,
    read_rows,
    refused_kind,
    there,
)
from renewal_gis.sources.opening import reading
from renewal_gis.sources.postgis_cutting import Bounds, Cut, Written, in_bounds
from renewal_gis.sources.text import as_text

__all__ = ["own_systems", "read_bpe_rows"]


def own_systems(frame: pd.DataFrame, asked: Asked) -> pd.Series:
    """Return the EPSG code of each row: the one it says, else that of the commune it names."""
    named = systems_of(as_text(frame["DEPCOM"]), otherwise=study_system(asked))
    return numbers(frame["EPSG"]).fillna(named).astype("int64") if "EPSG" in frame else named


def read_bpe_rows(asked: Asked, fields: Sequence[Field]) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the facilities of the study's communes and those within the margin around them.

    Parameters
    ----------
    asked
        The request; its communes, or its `keep`, say what is wanted.
    fields
        Columns to read.

    Returns
    -------
    tuple
        Rows numbered in the order of the file, and notes, one of which counts the rows left out.
    """
    path = there(asked)
    # Numbers in another system mean another place.
    system = study_system(asked)
    box = study_bounds(asked, system)
    if asked.database is None and path.suffix.lower() in {".parquet", ".pq"}:
        return _pushed_down(asked, fields, box, system)
    frame, notes = read_rows(asked, fields, cut=_cut(asked, fields, box))
    near = _asked_for(frame, asked, fields)
    if box is not None:
        near &= _near(frame, asked, box, system)
    notes += _aside(len(frame) - int(near.sum()), asked)
    return frame[near], notes


def _asked_for(frame: pd.DataFrame, asked: Asked, fields: Sequence[Field]) -> pd.Series:
    """Tell the rows `keep` asks for, its columns named as any vintage does."""
    held = {str(name).strip().casefold(): str(name) for name in frame.columns}
    for field in fields:
        held |= {one.casefold(): field.name for one in field.also if field.name in frame}
    wanted = pd.Series(True, index=frame.index)
    for name, values in asked.keep.items():
        if name.casefold() in held:
            wanted &= as_text(frame[held[name.casefold()]]).isin(list(values))
    return wanted


def _cut(asked: Asked, fields: Sequence[Field], box: Bounds | None) -> Cut | None:
    """Return what a server may leave out; what it keeps is looked at again, system by system."""
    if box is None or asked.communes is None:
        return None
    names = {one.name: (one.name, *one.also) for one in fields}
    return in_bounds(
        x=Written(names=names["LAMBERT_X"]), y=Written(names=names["LAMBERT_Y"]), bounds=box,
        codes=codes_of(asked.communes), named=names["DEPCOM"],
    )  # fmt: skip


def _near(frame: pd.DataFrame, asked: Asked, box: Bounds, system: int) -> pd.Series:
    x, y = numbers(frame["LAMBERT_X"]), numbers(frame["LAMBERT_Y"])
    near = x.between(box[0], box[2]) & y.between(box[1], box[3])
    near &= own_systems(frame, asked) == system
    ours = [] if asked.communes is None else codes_of(asked.communes)
    return near | as_text(frame["DEPCOM"]).isin(ours)


def _pushed_down(
    asked: Asked, fields: Sequence[Field], box: Bounds | None, system: int
) -> tuple[pd.DataFrame, list[Finding]]:
    place = Place(asked)
    refused_kind(asked.path, asked)
    with reading(asked.path, layer=asked.table):
        import pyarrow.parquet

        source = pyarrow.parquet.ParquetFile(asked.path)
        held = {name.casefold(): name for name in source.schema_arrow.names}
    names = _names(fields, held)
    # Refuses a file of no known vintage before a row is read.
    published(pd.DataFrame(columns=list(held.values())), fields, place)
    wanted = [*names.values(), *_named(asked.columns, held), *_named(asked.keep, held)]
    with reading(asked.path, layer=asked.table):
        import pyarrow.dataset

        data = pyarrow.dataset.dataset(asked.path, format="parquet")
        scanner = data.scanner(
            columns=list(dict.fromkeys(wanted)),
            filter=_filter(asked, names, held, box, system, data.schema),
            batch_size=1 << 16, batch_readahead=2, fragment_readahead=1,
        )  # fmt: skip
        frame = scanner.to_table().to_pandas()
    total = source.metadata.num_rows
    frame = published(frame, fields, place)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame, _aside(total - len(frame), asked)


def _names(fields: Sequence[Field], held: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields:
        for name in (field.name, *field.also):
            if name.casefold() in held:
                found.setdefault(field.name, held[name.casefold()])
    return found


def _named(asked: Any, held: Mapping[str, str]) -> list[str]:
    return [held[name.casefold()] for name in asked if name.casefold() in held]


def _filter(
    asked: Asked,
    names: Mapping[str, str],
    held: Mapping[str, str],
    box: Bounds | None,
    system: int,
    schema: Any,
) -> Any:
    import pyarrow
    import pyarrow.compute as pc

    def number(name: str) -> Any:
        # A cast hides the statistics that let whole row groups be skipped: only where needed.
        plain = pyarrow.types.is_floating(schema.field(name).type)
        return pc.field(name) if plain else pc.field(name).cast("double")

    def text(name: str) -> Any:
        plain = pyarrow.types.is_string(schema.field(name).type)
        return pc.field(name) if plain else pc.field(name).cast("string")

    wanted: Any = None
    if box is not None and asked.communes is not None:
        x, y = number(names["LAMBERT_X"]), number(names["LAMBERT_Y"])
        near = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
        if "EPSG" in names:
            # Where it is not said, the commune tells it: later, row by row.
            said = text(names["EPSG"])
            near &= (said == str(system)) | said.is_null()
        wanted = near | text(names["DEPCOM"]).isin(codes_of(asked.communes))
    for name, values in asked.keep.items():
        if name.casefold() in held:
            one = text(held[name.casefold()]).isin(list(values))
            wanted = one if wanted is None else wanted & one
    return wanted


def _aside(count: int, asked: Asked) -> list[Finding]:
    if not count:
        return []
    place = Place(asked)
    told = f"{count} rows of the {place.what} lie beyond the study or were not asked for"
    return [place.note("not-read", f"{told}; they were set aside.", count=count)]
