"""The walkable ways of an extract, as arrays: what both readers give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.sources.osm_pbf import blobs, checked_header, each_block
from renewal_gis.sources.osm_rules import WALK_RULES, Rule, WalkRules

__all__ = ["DEGREE", "Ways", "read_ways", "twice"]

# Units of a coordinate in one degree, as libosmium keeps them.
DEGREE = 10_000_000

# Below this the nodes of the whole file are held (some 24 bytes each) and the file is unpacked
# once; above, it is unpacked twice, and only the nodes of walkable ways are held.
_HELD_BYTES = 64 * 1024 * 1024

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
# Of each way: its number, its tags, how many nodes; the nodes of all of them.
_Found = tuple[Integers, Codes, Integers, Integers]
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The walkable ways of an extract in the order of the file, their nodes laid end to end.

    Parameters
    ----------
    way_id, kind, name, bridge, size
        One per way: its number; `highway=*`, or `ferry` or `platform` without; its name or None;
        whether it is a bridge; how many nodes it has.
    linked
        One per way: whether places may be joined to it.
    node, lon, lat
        One per node of each way: its number; its place in degrees, NaN when the extract lacks it.
    crossing, stop
        One per node of each way: a pedestrian crossing; a barrier that walkers may not pass.
    cut
        One per node of each way: the way is cut there, whether an open way meets it there or not.
    closed
        `highway=*` of each way that is not open to walkers.
    """

    way_id: Integers
    kind: Texts
    name: Texts
    bridge: Mask
    linked: Mask
    size: Integers
    node: Integers
    lon: Floats
    lat: Floats
    crossing: Mask
    stop: Mask
    cut: Mask
    closed: Texts


class _Nodes(NamedTuple):
    id: Integers
    lon: Integers
    lat: Integers
    tagged: Integers
    values: Codes


class _Block(NamedTuple):
    """What one block gave; the strings its values name, still to be read."""

    ways: _Found
    nodes: _Nodes | None
    content: bytes
    strings: Integers


def read_ways(path: Path, *, layer: str, rules: WalkRules = WALK_RULES["streets"]) -> Ways:
    """Read the walkable ways of an `.osm.pbf` file.

    Parameters
    ----------
    path
        The file.
    layer
        Name of the layer in the study, for messages.
    rules
        Which ways are walkable, which nodes stop walkers.

    Raises
    ------
    LayerReadError
        When the file is not an extract, is truncated, or holds several versions of its objects.
    UnusualExtract
        When the file uses a part of the format that only libosmium reads.
    ValueError
        When a block is damaged.
    """
    found = blobs(path, layer=layer)
    checked_header(path, found[0], layer=layer)
    small = path.stat().st_size <= _HELD_BYTES
    texts = _Texts()
    parts: list[_Found] = [_no_ways(rules)]
    held: list[_Nodes] = []
    for block in each_block(path, found, _decoder(rules, ways=True, nodes=small)):
        ids, values, sizes, refs = block.ways
        parts.append((ids, texts.codes(block, values), sizes, refs))
        if block.nodes is not None:
            held.append(texts.named(block, block.nodes))
    way_id, sizes, refs = (np.concatenate([part[place] for part in parts]) for place in (0, 2, 3))
    values = np.concatenate([part[1] for part in parts])
    usable = _judged(values, rules, rules.way_keys, rules.open_to, texts)
    highway = texts.of(values[:, rules.keys.index("highway")])
    closed = highway[~usable]
    used = np.repeat(usable, sizes)
    node = refs[used]
    places = _Places(node, rules)
    if small:
        places.fill(held, texts)
    else:
        for block in each_block(path, found, _decoder(rules, ways=False, nodes=True)):
            if block.nodes is not None:
                places.fill([texts.named(block, block.nodes)], texts)
    counted = _counted(values, sizes, rules)
    values = values[usable]
    bridge = texts.of(values[:, rules.keys.index("bridge")])
    kind = highway[usable]
    kind[kind == None] = rules.without_highway  # noqa: E711
    return Ways(
        way_id=way_id[usable],
        kind=kind,
        name=texts.of(values[:, rules.keys.index("name")]),
        bridge=(bridge != None) & (bridge != "no"),  # noqa: E711
        linked=_judged(values, rules, rules.way_keys, rules.linked, texts),
        size=sizes[usable],
        node=node,
        lon=places.lon[places.code],
        lat=places.lat[places.code],
        crossing=places.crossing[places.code],
        stop=places.stop[places.code],
        cut=np.zeros(len(node), dtype=bool) if counted is None else twice(refs, counted)[used],
        closed=closed[closed != None],  # noqa: E711
    )


def twice(refs: Integers, counted: Mask) -> Mask:
    """Tell which references are to nodes that stand at least twice among the counted ones.

    Examples
    --------
    >>> twice(np.array([7, 8, 9, 8, 9]), np.array([True, True, True, True, False])).tolist()
    [False, True, False, True, False]
    """
    code, unique = pd.factorize(refs)
    return np.asarray((np.bincount(code[counted], minlength=len(unique)) > 1)[code])


def _counted(values: Codes, sizes: Integers, rules: WalkRules) -> Mask | None:
    """Return the references to nodes that cut streets: those of all but buildings; None: of none."""
    if not rules.cut_by_all:
        return None
    return np.repeat(values[:, rules.keys.index("building")] < 0, sizes)


def _no_ways(rules: WalkRules) -> _Found:
    return _NONE, np.zeros((0, len(rules.keys)), dtype=np.int32), _NONE, _NONE


class _Texts:
    """The strings of all blocks that a wanted key has for value, each with one number."""

    def __init__(self) -> None:
        self._code: dict[str, int] = {}
        self._table: Texts = np.array([None], dtype=object)

    def codes(self, block: _Block, values: Codes) -> Codes:
        """Turn numbers of strings of a block into numbers of this list; -1 stays."""
        # The last place stands for -1.
        used = np.zeros(len(block.strings) + 1, dtype=bool)
        used[values] = True
        code = np.full(len(used), -1, dtype=np.int32)
        places = np.flatnonzero(used[:-1])
        code[places] = [
            self._code.setdefault(block.content[start:stop].decode(), len(self._code))
            for start, stop in block.strings[places].tolist()
        ]
        return code[values]

    def named(self, block: _Block, nodes: _Nodes) -> _Nodes:
        """Return the nodes of a block with values of this list."""
        return nodes._replace(values=self.codes(block, nodes.values))

    def of(self, codes: Codes) -> Texts:
        """Return the strings of these numbers, None for -1."""
        if len(self._table) != len(self._code) + 1:
            self._table = np.array([*self._code, None], dtype=object)
        return self._table[codes]


class _Places:
    """The places of the nodes of the walkable ways, filled from the blocks that hold nodes."""

    def __init__(self, node: Integers, rules: WalkRules) -> None:
        self._rules = rules
        self.code, unique = pd.factorize(node)
        self._index = pd.Index(unique)
        self.lon = np.full(len(unique), np.nan)
        self.lat = np.full(len(unique), np.nan)
        self.crossing = np.zeros(len(unique), dtype=bool)
        self.stop = np.zeros(len(unique), dtype=bool)

    def fill(self, blocks: list[_Nodes], texts: _Texts) -> None:
        """Take what is known of the wanted nodes from some blocks."""
        if not blocks:
            return
        ids, lon, lat, _, values = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        place = self._index.get_indexer(ids)
        known = np.flatnonzero(place >= 0)
        target, lon, lat = place[known], lon[known], lat[known]
        # A place that is not on Earth is no place, as for libosmium.
        sane = (np.abs(lon) <= 180 * DEGREE) & (np.abs(lat) <= 90 * DEGREE)
        self.lon[target] = np.where(sane, lon / DEGREE, np.nan)
        self.lat[target] = np.where(sane, lat / DEGREE, np.nan)
        before = np.cumsum([0, *(len(block.id) for block in blocks[:-1])])
        tagged = [block.tagged + start for block, start in zip(blocks, before, strict=True)]
        target = place[np.concatenate(tagged)]
        values, target = values[target >= 0], target[target >= 0]
        rules = self._rules
        self.crossing[target] = texts.of(values[:, rules.keys.index("highway")]) == "crossing"
        if rules.stops is not None:
            self.stop[target] = _judged(values, rules, rules.node_keys, rules.stops, texts)


def _decoder(rules: WalkRules, *, ways: bool, nodes: bool) -> Callable[[bytes], _Block]:
    from renewal_gis.sources.osm_blocks import decoded_nodes, decoded_ways, surveyed

    keys = np.frombuffer("".join(rules.keys).encode(), dtype=np.uint8)
    key_ends = np.cumsum([len(key) for key in rules.keys])
    of_way = np.array([key in rules.any_of for key in rules.keys])
    of_node = np.array([key in {"highway", "barrier"} for key in rules.keys])
    every, none = rules.cut_by_all, _no_ways(rules)

    def decode(content: bytes) -> _Block:
        data = np.frombuffer(content, dtype=np.uint8)
        strings, key_of, groups, settings = surveyed(data, keys, key_ends)
        points = _Nodes(*decoded_nodes(data, groups, settings, key_of, of_node)) if nodes else None
        return _Block(
            ways=decoded_ways(data, groups, key_of, of_way, every) if ways else none,
            nodes=points if points is not None and len(points.id) else None,
            content=content,
            strings=strings,
        )

    return decode


def _judged(
    values: Codes, rules: WalkRules, keys: tuple[str, ...], rule: Rule | None, texts: _Texts
) -> Mask:
    """Ask the rule once for each combination of values that occurs; no rule holds of all."""
    if rule is None:
        return np.ones(len(values), dtype=bool)
    columns = [rules.keys.index(key) for key in keys]
    group = np.zeros(len(values), dtype=np.int64)
    for column in columns:
        one = values[:, column].astype(np.int64) + 1
        group, _ = pd.factorize(group * (int(one.max(initial=0)) + 1) + one)
    _, first = np.unique(group, return_index=True)
    answers = np.zeros(len(first), dtype=bool)
    for place, row in enumerate(first):
        found: dict[str, Any] = dict(zip(keys, texts.of(values[row, columns]), strict=True))
        answers[place] = rule({key: value for key, value in found.items() if value is not None})
    return answers[group]
