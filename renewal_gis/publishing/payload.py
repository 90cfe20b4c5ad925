"""The compact form of a large layer: quantised, ordered in space, delta-coded, columnar, compressed.

Layout of the uncompressed bytes, section after section (their lengths are in the description):

1. rings per feature, then vertices per ring: variable-length integers;
2. `x` of each ring's first vertex, as the difference from the ring before; then `y`;
3. `x` of the other vertices, as the difference from the vertex before; then `y`;
4. for each column: one bit per feature that has no value (only when there is one), then the values as
   differences from the feature before.

Coordinates are Web-Mercator pixels of a world `2 ** GRID_BITS` wide (a step of 0.1 m at 50° north), so that
the page places them without projecting anything. Features follow a Morton curve: neighbours on the
ground are neighbours in the bytes, which makes the differences small and lets the page find features
by blocks. A point is a ring of one vertex; lines are rings too; a hole turns against its outline.
"""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from renewal_gis.errors import CRSError, DataError

__all__ = ["FORMAT_VERSION", "GRID_BITS", "PackedColumn", "PackedLayer", "compressed", "pack"]

FORMAT_VERSION = 1
GRID_BITS = 28
_HALF_WORLD_M = 20037508.342789244  # half the Web-Mercator world, in its metres
_LARGEST = 2**31 - 1

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class PackedColumn:
    """One column, as whole numbers on the layer's rows.

    Parameters
    ----------
    name
        Name the page asks for.
    values
        Whole numbers; whatever stands where `missing` is true is ignored.
    missing
        Rows that have no value.
    decimals
        The value shown is `values / 10 ** decimals`.
    labels
        Texts the values index, when the column is a text.
    """

    name: str
    values: Integers
    missing: Flags
    decimals: int = 0
    labels: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class PackedLayer:
    """A layer ready for the page: a description (small, JSON) and a text (base64 of gzip)."""

    description: dict[str, Any]
    text: str


def pack(
    frame: gpd.GeoDataFrame, *, name: str, columns: Sequence[PackedColumn] = ()
) -> PackedLayer:
    """Pack the geometry of `frame` and some columns.

    Parameters
    ----------
    frame
        Points, lines or polygons, in any CRS; rows without a geometry keep their values and are counted
        under `unplaced`.
    name
        Name of the layer, for messages.
    columns
        Columns on the rows of `frame`.

    Raises
    ------
    CRSError
        When the layer has no CRS.
    DataError
        When a value does not fit 32 bits.

    Examples
    --------
    >>> from shapely import Point
    >>> stops = gpd.GeoDataFrame(geometry=[Point(3.5, 50.3), Point(3.6, 50.4)], crs=4326)
    >>> packed = pack(stops, name="stops")
    >>> packed.description["features"], packed.description["vertices"]
    (2, 2)
    """
    outline = _in_space_order(_outline(frame, name=name), features=len(frame))
    per_feature = np.bincount(outline.row, minlength=len(frame))[outline.order]
    per_ring = np.bincount(outline.ring, minlength=len(outline.row))
    sections = [_varint(per_feature), _varint(per_ring)]
    sections += _coordinate_sections(outline.xy, per_ring)
    described = []
    for column in columns:
        parts = _column_sections(column, outline.order, layer=name)
        described.append(_described(column, nulls=len(parts) == 2))
        sections += parts
    raw = b"".join(sections)
    description = {
        "format": FORMAT_VERSION,
        "gridBits": GRID_BITS,
        "features": len(frame),
        "rings": len(per_ring),
        "vertices": len(outline.xy),
        "unplaced": int((per_feature == 0).sum()),
        "columns": described,
        "lengths": [len(section) for section in sections],
        "crc32": zlib.crc32(raw),
    }
    return PackedLayer(description=description, text=compressed(raw))


def compressed(raw: bytes) -> str:
    """Return the base64 text of the gzip of `raw`; the same bytes give the same text."""
    return base64.b64encode(gzip.compress(raw, 9, mtime=0)).decode("ascii")


@dataclass(frozen=True, kw_only=True)
class _Outline:
    """Vertices (`xy`, and the `ring` of each) and rings (the `row` of each), and the order of the rows."""

    xy: Integers
    ring: Integers
    row: Integers
    order: Integers


def _outline(frame: gpd.GeoDataFrame, *, name: str) -> _Outline:
    if frame.crs is None:
        raise CRSError(f"{name}: the layer has no CRS, so it cannot be placed on the map. Set one.")
    shapes = np.asarray(frame.geometry.to_crs(3857).array, dtype=object)
    parts, part_row = shapely.get_parts(shapes, return_index=True)
    is_polygon = shapely.get_dimensions(parts) == 2
    # Holes turn against their outline: filled by winding, overlapping neighbours leave no gap.
    turned = shapely.orient_polygons(parts[is_polygon])
    outlines, outline_part = shapely.get_rings(turned, return_index=True)
    others = np.flatnonzero(~is_polygon)
    part = np.concatenate([np.flatnonzero(is_polygon)[outline_part], others])
    closed = np.repeat([True, False], [len(outlines), len(others)])
    in_order = np.argsort(part, kind="stable")
    rings = np.concatenate([outlines, parts[others]])[in_order]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    # The last vertex of a closed ring repeats the first.
    last = np.append(ring[1:] != ring[:-1], True)[: len(ring)]
    keep = ~(last & closed[in_order][ring]) & np.isfinite(xy).all(axis=1)
    kept, dense = np.unique(ring[keep], return_inverse=True)
    return _Outline(
        xy=_quantised(xy[keep]),
        ring=dense.astype(np.int64),
        row=part_row[part[in_order][kept]].astype(np.int64),
        order=np.arange(len(frame)),
    )


def _quantised(metres: npt.NDArray[np.float64]) -> Integers:
    """Turn Web-Mercator metres into pixels of the world, `y` downwards."""
    step = 2**GRID_BITS / (2 * _HALF_WORLD_M)
    flipped = (metres * (1, -1) + _HALF_WORLD_M) * step
    placed: Integers = np.clip(np.rint(flipped), 0, 2**GRID_BITS - 1).astype(np.int64)
    return placed


def _in_space_order(outline: _Outline, *, features: int) -> _Outline:
    """Put features along a Morton curve of their first vertex; those without a place come last."""
    first_vertex = np.unique(outline.ring, return_index=True)[1]
    row, first_ring = np.unique(outline.row, return_index=True)
    start = outline.xy[first_vertex[first_ring]]
    curve = np.full(features, np.iinfo(np.int64).max)
    curve[row] = _spread(start[:, 0]) | (_spread(start[:, 1]) << 1)
    order = np.argsort(curve, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(features)
    rings = np.argsort(rank[outline.row], kind="stable")
    place = np.empty_like(rings)
    place[rings] = np.arange(len(rings))
    vertices = np.argsort(place[outline.ring], kind="stable")
    return _Outline(
        xy=outline.xy[vertices],
        ring=place[outline.ring][vertices],
        row=outline.row[rings],
        order=order,
    )


def _spread(values: Integers) -> Integers:
    """Put a zero bit after each of the low 31 bits."""
    spread = values & 0x7FFFFFFF
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        spread = (spread | (spread << shift)) & mask
    return spread


def _coordinate_sections(xy: Integers, per_ring: Integers) -> list[bytes]:
    starts = np.cumsum(per_ring) - per_ring
    inside = np.ones(len(xy), bool)
    inside[starts] = False
    steps = np.diff(xy, axis=0, prepend=xy[:1])
    first = np.diff(xy[starts], axis=0, prepend=np.zeros((1, 2), np.int64))
    return [_varint(_zigzag(part)) for part in (*first.T, *steps[inside].T)]


def _column_sections(column: PackedColumn, order: Integers, *, layer: str) -> list[bytes]:
    missing = column.missing[order]
    values = np.where(missing, 0, column.values[order])
    if len(values) and int(np.abs(values).max()) > _LARGEST:
        raise DataError(
            f"{layer}: column {column.name!r} holds {np.abs(values).max()}, too large to be drawn; "
            f"the limit is {_LARGEST}. Give it a larger unit."
        )
    # A missing value repeats the one before, so that it costs one bit and a zero difference.
    filled = values[np.maximum.accumulate(np.where(missing, 0, np.arange(len(values))))]
    deltas = _varint(_zigzag(np.diff(filled, prepend=0)))
    nulls = [np.packbits(missing, bitorder="little").tobytes()] if missing.any() else []
    return [*nulls, deltas]


def _described(column: PackedColumn, *, nulls: bool) -> dict[str, Any]:
    described = {"name": column.name, "decimals": column.decimals, "nulls": nulls}
    if column.labels is not None:
        described["labels"] = list(column.labels)
    return described


def _zigzag(values: Integers) -> Integers:
    return (values << 1) ^ (values >> 63)


def _varint(values: Integers) -> bytes:
    """Write whole numbers seven bits at a time, low bits first; the high bit says that more follow."""
    size = np.ones(len(values), np.int64)
    for bits in range(7, 63, 7):
        size += values >= (1 << bits)
    written = np.zeros(int(size.sum()), np.uint8)
    start = np.cumsum(size) - size
    for place in range(int(size.max(initial=0))):
        has = size > place
        low = (values[has] >> (7 * place)) & 0x7F
        written[start[has] + place] = low | np.where(size[has] > place + 1, 0x80, 0)
    return written.tobytes()
