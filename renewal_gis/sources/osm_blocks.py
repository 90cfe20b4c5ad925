"""The blocks of an extract decoded to arrays: strings, nodes and ways, compiled by numba.

A block is a protocol-buffer message of about 8 000 nodes or ways (OpenStreetMap wiki, "PBF Format").
Every read is checked against the end of what holds it: a damaged block raises and reads nothing
beyond. The functions release the interpreter, so that blocks are decoded side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["decoded_nodes", "decoded_ways", "surveyed"]

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Settings of a block: nanodegrees per unit of its coordinates, and what is added to them.
_GRANULARITY, _LAT_OFFSET, _LON_OFFSET = 0, 1, 2
# Coordinates are kept as libosmium keeps them, in units of 100 nanodegrees.
_UNIT = 100


def _compiled(function: _Function) -> _Function:
    return cast(_Function, njit(cache=True, nogil=True)(function))


@_compiled
def _varint(data: Bytes, pos: int, end: int) -> tuple[int, int]:
    value = np.uint64(0)
    shift = np.uint64(0)
    while pos < end and shift < 70:
        byte = data[pos]
        pos += 1
        value |= np.uint64(byte & 0x7F) << shift
        if byte < 0x80:
            return int(np.int64(value)), pos
        shift += np.uint64(7)
    raise ValueError("a number of the block is cut short")


@_compiled
def _signed(data: Bytes, pos: int, end: int) -> tuple[int, int]:
    value, pos = _varint(data, pos, end)
    return ((value >> 1) & 0x7FFFFFFFFFFFFFFF) ^ -(value & 1), pos


@_compiled
def _field(data: Bytes, pos: int, end: int) -> tuple[int, int, int, int]:
    """Return number, kind, value (or first byte) and end of the field at `pos`."""
    tag, pos = _varint(data, pos, end)
    wire = tag & 7
    value = pos
    if wire == 0:
        value, pos = _varint(data, pos, end)
    elif wire == 2:
        size, value = _varint(data, pos, end)
        if size < 0 or size > end - value:
            raise ValueError("a field of the block runs past its end")
        pos = value + size
    elif wire in {1, 5}:
        pos += 8 if wire == 1 else 4
        if pos > end:
            raise ValueError("a field of the block runs past its end")
    else:
        raise ValueError("a field of the block is of no known kind")
    return tag >> 3, wire, value, pos


@_compiled
def _numbers_in(data: Bytes, pos: int, end: int) -> int:
    """Count the packed numbers between two places: each ends on a byte below 128."""
    count = 0
    while pos < end:
        count += data[pos] < 0x80
        pos += 1
    return count


@_compiled
def surveyed(
    data: Bytes, keys: Bytes, key_ends: Integers
) -> tuple[Integers, Codes, Integers, Integers]:
    """Find the parts of a block.

    Parameters
    ----------
    data
        The block, unpacked.
    keys, key_ends
        The wanted tag keys end to end, and where each ends.

    Returns
    -------
    tuple
        First and last byte of each string; number of the wanted key that each string is, or -1;
        first and last byte of each group; the settings of the block.
    """
    settings = np.array([100, 0, 0], dtype=np.int64)
    table, table_end = 0, 0
    pos = 0
    while pos < len(data):
        number, wire, value, pos = _field(data, pos, len(data))
        if wire == 2 and number == 1:
            table, table_end = value, pos
        elif wire == 0 and number == 17:
            settings[_GRANULARITY] = value
        elif wire == 0 and number == 19:
            settings[_LAT_OFFSET] = value
        elif wire == 0 and number == 20:
            settings[_LON_OFFSET] = value
    groups = _parts(data, 0, len(data), 2)
    strings = _parts(data, table, table_end, 1)
    key_of = np.full(len(strings), -1, dtype=np.int32)
    start = 0
    for key, stop in enumerate(key_ends):
        for rank in range(len(strings)):
            if _equal(data, strings[rank], keys[start:stop]):
                key_of[rank] = key
        start = stop
    return strings, key_of, groups, settings


@_compiled
def _parts(data: Bytes, start: int, end: int, wanted: int) -> Integers:
    """Return first and last byte of each part of a message that has this number."""
    count = 0
    pos = start
    while pos < end:
        number, wire, _, pos = _field(data, pos, end)
        count += wire == 2 and number == wanted
    parts = np.empty((count, 2), dtype=np.int64)
    rank = 0
    pos = start
    while pos < end:
        number, wire, value, pos = _field(data, pos, end)
        if wire == 2 and number == wanted:
            parts[rank, 0], parts[rank, 1] = value, pos
            rank += 1
    return parts


@_compiled
def _equal(data: Bytes, part: Integers, text: Bytes) -> bool:
    same = part[1] - part[0] == len(text)
    for offset in range(len(text) if same else 0):
        same = same and data[part[0] + offset] == text[offset]
    return bool(same)


@_compiled
def _tagged(
    data: Bytes, spans: Integers, key_of: Codes, values: Codes, wanted: npt.NDArray[np.bool_]
) -> bool:
    """Write the value of each wanted key of one element; tell whether it has a key that counts."""
    found = False
    # Keys stand under number 2, values under 3.
    key_at, value_at = spans[2, 0], spans[3, 0]
    while key_at < spans[2, 1]:
        key, key_at = _varint(data, key_at, spans[2, 1])
        value, value_at = _varint(data, value_at, spans[3, 1])
        if key < 0 or key >= len(key_of) or value < 0 or value >= len(key_of):
            raise ValueError("a tag of the block names a string it does not hold")
        column = key_of[key]
        if column >= 0:
            values[column] = value
            found |= wanted[column]
    return found


@_compiled
def decoded_ways(
    data: Bytes,
    groups: Integers,
    key_of: Codes,
    wanted: npt.NDArray[np.bool_],
    every: bool,
) -> tuple[Integers, Codes, Integers, Integers]:
    """Read the ways that have at least one of the keys that count.

    Parameters
    ----------
    data, groups, key_of
        A block and its parts, from `surveyed`.
    wanted
        Which of the keys count.
    every
        Read every way, those without such a key too.

    Returns
    -------
    tuple
        Identifiers; string of each wanted key, or -1, shape (ways, keys); number of nodes of each
        way; the nodes of all ways end to end.
    """
    count = 0
    size = 0
    for group in range(len(groups)):
        for part in _parts(data, groups[group, 0], groups[group, 1], 3):
            count += 1
            size += part[1] - part[0]
    ids = np.empty(count, dtype=np.int64)
    values = np.empty((count, len(wanted)), dtype=np.int32)
    sizes = np.empty(count, dtype=np.int64)
    # A node takes at least one byte: never more nodes than bytes.
    refs = np.empty(size, dtype=np.int64)
    rank = 0
    filled = 0
    spans = np.zeros((11, 2), dtype=np.int64)
    for group in range(len(groups)):
        for part in _parts(data, groups[group, 0], groups[group, 1], 3):
            way = _element(data, part[0], part[1], spans)
            values[rank] = -1
            found = _tagged(data, spans, key_of, values[rank], wanted)
            if not found and not every:
                continue
            ids[rank] = way
            before = filled
            node = 0
            at = spans[8, 0]
            while at < spans[8, 1]:
                step, at = _signed(data, at, spans[8, 1])
                node += step
                refs[filled] = node
                filled += 1
            sizes[rank] = filled - before
            rank += 1
    return ids[:rank].copy(), values[:rank].copy(), sizes[:rank].copy(), refs[:filled].copy()


@_compiled
def _element(data: Bytes, at: int, end: int, spans: Integers) -> int:
    """Find the lists of a way or a dense group, first and last byte under their number.

    Returns the identifier of a way.
    """
    spans[:] = 0
    way = 0
    while at < end:
        part, kind, value, at = _field(data, at, end)
        if part == 1 and kind == 0:
            way = value
        elif kind == 2 and part < len(spans):
            spans[part, 0], spans[part, 1] = value, at
        elif part in {2, 3, 8}:
            raise ValueError("a list of the block is not packed")
    return way


@_compiled
def decoded_nodes(
    data: Bytes,
    groups: Integers,
    settings: Integers,
    key_of: Codes,
    wanted: npt.NDArray[np.bool_],
) -> tuple[Integers, Integers, Integers, Integers, Codes]:
    """Read every node, and the tags of those that have at least one of the keys that count.

    Returns
    -------
    tuple
        Identifiers; longitudes and latitudes in units of 100 nanodegrees; place of each tagged
        node; string of each wanted key of a tagged node, or -1, shape (tagged nodes, keys).
    """
    count = 0
    for group in range(len(groups)):
        pos = groups[group, 0]
        while pos < groups[group, 1]:
            number, wire, at, pos = _field(data, pos, groups[group, 1])
            if wire == 2 and number == 1:
                count += 1
            elif wire == 2 and number == 2:
                for part in _parts(data, at, pos, 1):
                    count += _numbers_in(data, part[0], part[1])
    ids = np.empty(count, dtype=np.int64)
    lon = np.empty(count, dtype=np.int64)
    lat = np.empty(count, dtype=np.int64)
    tagged = np.empty(count, dtype=np.int64)
    values = np.empty((count, len(wanted)), dtype=np.int32)
    rank, tags = 0, 0
    for group in range(len(groups)):
        pos = groups[group, 0]
        while pos < groups[group, 1]:
            number, wire, at, pos = _field(data, pos, groups[group, 1])
            if wire == 2 and number == 1:
                values[tags] = -1
                ids[rank], lon[rank], lat[rank], found = _plain_node(
                    data, at, pos, key_of, values[tags], wanted
                )
                if found:
                    tagged[tags] = rank
                    tags += 1
                rank += 1
            elif wire == 2 and number == 2:
                rank, tags = _dense_nodes(
                    data, at, pos, key_of, wanted, ids, lon, lat, tagged, values, rank, tags
                )
    for place in range(rank):
        # Division that truncates, as in C++, so that both readers give the same coordinates.
        east = settings[_GRANULARITY] * lon[place] + settings[_LON_OFFSET]
        north = settings[_GRANULARITY] * lat[place] + settings[_LAT_OFFSET]
        lon[place] = east // _UNIT if east >= 0 else -(-east // _UNIT)
        lat[place] = north // _UNIT if north >= 0 else -(-north // _UNIT)
    return ids[:rank], lon[:rank], lat[:rank], tagged[:tags].copy(), values[:tags].copy()


@_compiled
def _plain_node(
    data: Bytes,
    at: int,
    end: int,
    key_of: Codes,
    values: Codes,
    wanted: npt.NDArray[np.bool_],
) -> tuple[int, int, int, bool]:
    spans = np.zeros((11, 2), dtype=np.int64)
    place = np.zeros(11, dtype=np.int64)
    while at < end:
        start = at
        part, kind, value, at = _field(data, at, end)
        if kind == 2 and part < len(spans):
            spans[part, 0], spans[part, 1] = value, at
        elif kind == 0 and part < len(place):
            # A signed number, read again as such.
            _, first = _varint(data, start, end)
            place[part], _ = _signed(data, first, end)
    return place[1], place[9], place[8], _tagged(data, spans, key_of, values, wanted)


@_compiled
def _dense_nodes(
    data: Bytes,
    at: int,
    end: int,
    key_of: Codes,
    wanted: npt.NDArray[np.bool_],
    ids: Integers,
    lon: Integers,
    lat: Integers,
    tagged: Integers,
    values: Codes,
    rank: int,
    tags: int,
) -> tuple[int, int]:
    """Write the nodes of one dense group; return how many nodes and tagged nodes stand now."""
    spans = np.zeros((11, 2), dtype=np.int64)
    _element(data, at, end, spans)
    id_at, lat_at, lon_at, tag_at = spans[1, 0], spans[8, 0], spans[9, 0], spans[10, 0]
    node, north, east = 0, 0, 0
    while id_at < spans[1, 1]:
        step, id_at = _signed(data, id_at, spans[1, 1])
        node += step
        step, lat_at = _signed(data, lat_at, spans[8, 1])
        north += step
        step, lon_at = _signed(data, lon_at, spans[9, 1])
        east += step
        ids[rank], lon[rank], lat[rank] = node, east, north
        if tag_at < spans[10, 1]:
            found = False
            values[tags] = -1
            while True:
                key, tag_at = _varint(data, tag_at, spans[10, 1])
                if key == 0:
                    break
                value, tag_at = _varint(data, tag_at, spans[10, 1])
                if key < 0 or key >= len(key_of) or value < 0 or value >= len(key_of):
                    raise ValueError("a tag of the block names a string it does not hold")
                column = key_of[key]
                if column >= 0:
                    values[tags, column] = value
                    found |= wanted[column]
            if found:
                tagged[tags] = rank
                tags += 1
        rank += 1
    return rank, tags
