"""The rows of a published file, whatever the format: text, Parquet, vector, alone or in a zip."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import geopandas as gpd
import pandas as pd
import shapely

from renewal_gis.errors import LayerReadError
from renewal_gis.schema import Finding
from renewal_gis.sources.archives import guarded
from renewal_gis.sources.encodings import readable_bytes
from renewal_gis.sources.known.declaring import Asked, Field
from renewal_gis.sources.opening import existing, nearest, reading
from renewal_gis.sources.postgis_cutting import Cut
from renewal_gis.sources.text import decimal_text
from renewal_gis.sources.wholeness import overlong_line, whole

__all__ = [
    "Place",
    "member_of",
    "number_column",
    "numbers",
    "published",
    "read_rows",
    "refused_kind",
    "there",
    "within_study",
]

_TEXTS = (".csv", ".tsv", ".txt")
_PARQUETS = (".parquet", ".geoparquet", ".pq")
_VECTORS = (".gpkg", ".geojson", ".json", ".shp", ".fgb")
_SEPARATORS = (";", ",", "\t", "|")
# What a file says by its first bytes, whatever its name says.
_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
)
_PAGES = (b"<!doctype html", b"<html")


class Place:
    """Names a layer and its file in messages."""

    def __init__(self, asked: Asked) -> None:
        self.layer = asked.table
        self.file = asked.path.name
        self.what = "file" if asked.database is None else "table"

    def refusal(self, message: str) -> LayerReadError:
        """Return an error that says the place first."""
        return LayerReadError(f"{self.layer} ({self.file}): {message}")

    def note(self, code: str, message: str, *, count: int = 1, column: str = "") -> Finding:
        """Return a note about the file, or rows set aside."""
        return Finding(
            layer=self.layer, severity="note", code=code, message=message, file=self.file,
            count=count, column=column,
        )  # fmt: skip

    def dropped(self, code: str, message: str, *, row: str, column: str = "") -> Finding:
        """Return the finding of a row left out."""
        return Finding(
            layer=self.layer, severity="dropped", code=code, message=message, file=self.file,
            row=row, column=column,
        )  # fmt: skip


def read_rows(
    asked: Asked,
    fields: Sequence[Field],
    *,
    member: str = "",
    layer: str | None = None,
    shapes: bool = False,
    cut: Cut | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the wanted columns of a file, or of a table of a database.

    Parameters
    ----------
    asked
        The request.
    fields
        Columns to read, renamed to their published name whatever the vintage calls them.
    member
        End of the name of the file to take out of a zip that holds several.
    layer
        Layer of a vector file; without it, the only one.
    shapes
        A vector file is read with its geometry.
    cut
        What the server of a database leaves out besides what lies beyond the study.

    Returns
    -------
    tuple
        Rows indexed 1, 2…; texts where the file is text; and notes on how it was read.

    Raises
    ------
    LayerReadError
        A file that is not what it says, or lacks a needed column.
    """
    path = there(asked)
    place = Place(asked)
    if asked.database is not None:
        frame, notes = asked.database.rows(
            asked, lambda names: _chosen(names, asked, fields, place), shapes=shapes, cut=cut
        )
        return published(frame, fields, place), notes
    notes = []
    featureless = False
    suffix = path.suffix.lower()
    if suffix == ".zip":
        inner = member_of(asked, (*_TEXTS, *_VECTORS, *_PARQUETS), ends=member)
        if inner.lower().endswith(_TEXTS):
            with reading(path, layer=asked.table), zipfile.ZipFile(path) as archive:
                content = archive.read(inner)
            frame = _text(content, asked, fields, notes)
        else:
            frame = _vector(asked, f"/vsizip/{path}/{inner}", layer, shapes=shapes)
            featureless = not len(frame)
    elif suffix in _PARQUETS:
        refused_kind(path, asked)
        with reading(path, layer=asked.table):
            frame = gpd.read_parquet(path) if shapes else pd.read_parquet(path)
    elif suffix in _TEXTS or path.name.lower().endswith(".csv.gz"):
        frame = _text(_bytes(path, asked), asked, fields, notes)
    else:
        refused_kind(path, asked)
        whole(path, layer=asked.table)
        frame = _vector(asked, _opened(path), layer, shapes=shapes)
        featureless = not len(frame)
    frame = published(frame, fields, place, featureless=featureless)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame, notes


def there(asked: Asked) -> Path:
    """Return the path of a file that must be there, or the name of a table the server looks for.

    Raises
    ------
    LayerReadError
        When the file is missing or empty.
    """
    return asked.path if asked.database is not None else existing(asked.path, layer=asked.table)


def _chosen(names: Sequence[str], asked: Asked, fields: Sequence[Field], place: Place) -> list[str]:
    """Return the columns to read; a table of something else is refused before a row is read."""
    published(pd.DataFrame(columns=list(names)), fields, place)
    wanted = _wanted(asked, fields)
    return [name for name in names if name.strip().casefold() in wanted]


def _wanted(asked: Asked, fields: Sequence[Field]) -> set[str]:
    wanted = {name.casefold() for field in fields for name in (field.name, *field.also)}
    return wanted | {name.casefold() for name in (*asked.columns, *asked.keep)}


def refused_kind(path: Path, asked: Asked) -> None:
    """Refuse a file whose first bytes belie its name: a workbook renamed CSV, a page saved as JSON.

    Raises
    ------
    LayerReadError
        Says what the file is.
    """
    if path.is_dir():
        return
    with reading(path, layer=asked.table), path.open("rb") as stream:
        head = stream.read(512)
    _refuse_head(head, Place(asked), archive=path.suffix.lower() in {".zip", ".xlsx"})


def _refuse_head(head: bytes, place: Place, *, archive: bool = False) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:64].lower()
    what = next((kind for mark, kind in _KINDS if head.startswith(mark)), "")
    if not what and head.startswith(b"PK\x03\x04") and not archive:
        what = "an Excel workbook or a zip under another name; open it and save it as CSV"
    if not what and start.startswith(_PAGES):
        what = "a web page, probably of an error; download the file again"
    if what:
        raise place.refusal(f"the file is {what}.")


def member_of(asked: Asked, suffixes: Sequence[str], *, ends: str = "") -> str:
    """Return the name of the one file to read in a zip.

    Raises
    ------
    LayerReadError
        When there is none, several, or only another zip.
    """
    names = [member.filename for member in guarded(asked.path, layer=asked.table)]
    fitting = [name for name in names if name.lower().endswith(tuple(suffixes))]
    fitting = [name for name in fitting if name.lower().endswith(ends.lower())] if ends else fitting
    # Beside the data INSEE puts a file that tells its codes.
    data = [one for one in fitting if not Path(one).name.lower().startswith(("varmod", "meta"))]
    if len(data) == 1:
        return data[0]
    place = Place(asked)
    if not data and any(name.lower().endswith(".zip") for name in names):
        raise place.refusal("the zip holds another zip. Unpack it once, and name the inner one.")
    if not data:
        wanted = ends or ", ".join(suffixes)
        raise place.refusal(f"the zip holds no file that ends in {wanted}.{nearest(ends, names)}")
    raise place.refusal(
        f"the zip holds {len(data)} files that could be meant ({', '.join(data[:4])}). "
        "Unpack it, and name the one to read."
    )


def _bytes(path: Path, asked: Asked) -> bytes:
    with reading(path, layer=asked.table):
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _opened(path: Path) -> str:
    return f"/vsigzip/{path}" if path.suffix.lower() == ".gz" else str(path)


def _text(
    content: bytes, asked: Asked, fields: Sequence[Field], notes: list[Finding]
) -> pd.DataFrame:
    place = Place(asked)
    _refuse_head(content[:512], place)
    content, encoding, told = readable_bytes(content, place=f"{place.layer} ({place.file})")
    if told:
        notes.append(place.note("encoding", told))
    head = content.partition(b"\n")[0].decode(encoding, errors="replace")
    separator = max(_SEPARATORS, key=head.count)
    overlong = overlong_line(content, separator)
    if overlong:
        raise place.refusal(overlong)
    wanted = _wanted(asked, fields)
    stream: IO[Any] = io.BytesIO(content)
    with reading(asked.path, layer=asked.table, advice="Check its separator and its last lines."):
        bare = pd.read_csv(io.BytesIO(content), sep=separator, encoding=encoding, nrows=0)
        # Of a file of something else no column would be read, and it would pass for an empty one.
        published(bare, fields, place)
        # All as text: a commune code such as 01001 must keep its zero.
        return pd.read_csv(
            stream, sep=separator, dtype=str, encoding=encoding, keep_default_na=False,
            na_values=[""], index_col=False, usecols=lambda name: name.strip().casefold() in wanted,
        )  # fmt: skip


def _vector(asked: Asked, source: str, layer: str | None, *, shapes: bool) -> pd.DataFrame:
    place = Place(asked)
    with reading(asked.path, layer=asked.table):
        import pyogrio

        names = [str(name) for name in pyogrio.list_layers(source)[:, 0]]
        if layer is not None and layer not in names:
            near = nearest(layer, names)
            raise place.refusal(f"there is no layer {layer!r} in the file.{near}")
        if layer is None and len(names) != 1:
            held = ", ".join(names)
            raise place.refusal(f'the file holds the layers {held}. Say which: layer = "…".')
        return pyogrio.read_dataframe(source, layer=layer or names[0], read_geometry=shapes)


def published(
    frame: pd.DataFrame, fields: Sequence[Field], place: Place, *, featureless: bool = False
) -> pd.DataFrame:
    """Return the columns under their published names; the others stay as they are.

    Parameters
    ----------
    frame
        Rows as read.
    fields
        Columns the source publishes.
    place
        Words the refusal.
    featureless
        A file of shapes that holds none: it may have no column either.

    Raises
    ------
    LayerReadError
        When a needed column is missing, or two columns differ only by their case.
    """
    held: dict[str, str] = {}
    for name in frame.columns:
        folded = str(name).strip().casefold()
        if folded in held:
            raise place.refusal(f"the columns {held[folded]!r} and {name!r} are the same name.")
        held[folded] = str(name)
    names: dict[str, str] = {}
    missing = []
    for field in fields:
        found = [one for one in (field.name, *field.also) if one.casefold() in held]
        if found:
            names[held[found[0].casefold()]] = field.name
        elif field.needed:
            missing.append(field.name)
    if missing and featureless and not set(held) - {"geometry", "id"}:
        # GeoJSON without a feature has no column either: the source has nothing here.
        return frame.assign(**dict.fromkeys([one.name for one in fields if one.name in missing]))
    if missing:
        near = nearest(missing[0], list(held.values()))
        raise place.refusal(
            f"the {place.what} lacks {', '.join(missing)}, so it is of no vintage that is known.{near} "
            f"Read it as an ordinary {place.what}, without source, or take a known vintage."
        )
    return frame.rename(columns=names)


def numbers(values: pd.Series) -> pd.Series:
    """Return numbers written with a point or a comma as floats; NaN for what is no number.

    Examples
    --------
    >>> numbers(pd.Series(["735012,5", "12.25", None, "x"])).tolist()
    [735012.5, 12.25, nan, nan]
    """
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("float64")
    text = decimal_text(values.astype(object).where(values.notna(), None))
    return pd.to_numeric(text, errors="coerce").astype("float64")


def number_column(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as `numbers` does; all NaN when the file has none of this name."""
    if name not in frame:
        return pd.Series(float("nan"), index=frame.index)
    return numbers(frame[name])


def within_study(
    frame: gpd.GeoDataFrame,
    asked: Asked,
    findings: list[Finding],
    *,
    always: pd.Series | None = None,
) -> gpd.GeoDataFrame:
    """Keep the shapes that touch the study's communes or the margin around them; count the others.

    Rows without a shape are kept: they are told later, one by one. So are those marked in `always`.
    """
    if asked.communes is None or not len(frame) or frame.crs is None:
        return frame
    around = asked.communes.geometry.union_all().buffer(asked.margin_m)
    wanted = gpd.GeoSeries([around], crs=asked.communes.crs).to_crs(frame.crs).iloc[0]
    shapely.prepare(wanted)
    shapes = frame.geometry.to_numpy()
    near = shapely.intersects(shapes, wanted) | shapely.is_missing(shapes)
    if always is not None:
        near |= always.to_numpy(dtype=bool)
    count = int((~near).sum())
    if count:
        place = Place(asked)
        told = f"{count} rows of the {place.what} lie beyond the study; they were set aside."
        findings.append(place.note("not-read", told, count=count))
    return frame[near]
