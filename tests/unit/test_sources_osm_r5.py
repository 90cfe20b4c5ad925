"""Streets of an extract by the rules of R5: what is open, where it is cut, what is joined to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from renewal_gis.schema import LayerSpec
from renewal_gis.sources import asking, osm_libosmium, osm_ways, read_layer, study_crs
from renewal_gis.sources.osm_rules import (
    WALK_RULES,
    linked_as_r5,
    open_as_r5,
    open_to_walkers,
)

osmium = pytest.importorskip("osmium")
LAMBERT = study_crs("EPSG:2154")
R5 = WALK_RULES["streets_r5"]


def written(path, nodes, ways):
    """Write an extract by hand: nodes {id: (lon, lat, tags)}, ways {id: (nodes, tags)}."""
    make = osmium.osm.mutable
    with osmium.SimpleWriter(str(path)) as writer:
        for node, (lon, lat, tags) in nodes.items():
            writer.add_node(make.Node(id=node, location=(lon, lat), tags=tags, version=1))
        for way, (refs, tags) in ways.items():
            writer.add_way(make.Way(id=way, nodes=refs, tags=tags, version=1))
    return path


def load(path, layer="streets_r5", **asked):
    spec = LayerSpec(path=path, source="osm", layer=layer)
    return read_layer([spec], table="streets", crs=LAMBERT, **asked)


def same(one, other):
    """Tell whether two readers gave the same arrays, to the bit."""
    for name in one.__dataclass_fields__:
        left, right = getattr(one, name), getattr(other, name)
        assert left.dtype == right.dtype
        assert len(left) == len(right)
        if left.dtype == object:
            assert left.tolist() == right.tolist()
        else:
            assert left.tobytes() == right.tobytes()


# highway=*: alone, with access=private, with access=yes, with foot=no, with foot=yes.
BY_HIGHWAY = {
    "motorway": (False, False, False, False, True),
    "motorway_link": (False, False, False, False, True),
    "trunk": (True, False, True, False, True),
    "primary_link": (True, False, True, False, True),
    "residential": (True, False, True, False, True),
    "service": (True, False, True, False, True),
    "track": (True, False, True, False, True),
    "busway": (True, False, True, False, True),
    "elevator": (True, False, True, False, True),
    "no_such_street": (True, False, True, False, True),
    " Footway ": (True, True, True, False, True),
    "footway": (True, True, True, False, True),
    "path": (True, True, True, False, True),
    "steps": (True, True, True, False, True),
    "pedestrian": (True, True, True, False, True),
    "corridor": (True, True, True, False, True),
    "platform": (True, True, True, False, True),
    "cycleway": (True, True, True, False, True),
    "bridleway": (True, True, True, False, True),
    "services": (False, False, False, False, False),
    "rest_area": (False, False, False, False, False),
    "raceway": (False, False, False, False, False),
    "construction": (False, False, False, False, False),
    "proposed": (False, False, False, False, False),
    "abandoned": (False, False, False, False, False),
}


@pytest.mark.parametrize(("highway", "expected"), BY_HIGHWAY.items())
def test_each_kind_of_way(highway, expected):
    with_tags = ({}, {"access": "private"}, {"access": "yes"}, {"foot": "no"}, {"foot": "yes"})
    found = tuple(open_as_r5({"highway": highway, **more}) for more in with_tags)
    assert found == expected


# A value of access, or of foot: what a road (open by itself) and a motorway (closed) become.
LABELS = {
    "yes": (True, True), "1": (True, True), "official": (True, True), "unknown": (True, True),
    "public": (True, True), "permissive": (True, True), "designated": (True, True),
    "designated;no": (True, True), " Yes": (True, True), "crossing": (True, True),
    "no": (False, False), "no;yes": (False, False), "license": (False, False),
    "restricted": (False, False), "emergency": (False, False), "use_sidepath": (False, False),
    "dismount": (False, False), "limited": (False, False), "destination": (False, False),
    "customers": (False, False), "delivery": (False, False), "residents": (False, False),
    "forestry": (False, False), "agricultural": (False, False), "private": (False, False),
    "permit": (True, False), "military": (True, False), "discouraged": (True, False),
    "": (True, False), ";": (True, False),
}  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), LABELS.items())
def test_each_value_of_foot_and_access(value, expected):
    road, motorway = expected
    assert open_as_r5({"highway": "service", "foot": value}) is road
    assert open_as_r5({"highway": "motorway", "foot": value}) is motorway
    # On a road access says the same; it never opens a motorway, nor closes a footway.
    assert open_as_r5({"highway": "service", "access": value}) is road
    assert open_as_r5({"highway": "motorway", "access": value}) is False
    assert open_as_r5({"highway": "footway", "access": value}) is True


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "motorway", "sidewalk": "left"}, True),
        ({"highway": "trunk", "foot": "no", "sidewalk": "Both"}, True),
        ({"highway": "trunk", "foot": "no", "sidewalk": "yes"}, False),
        ({"highway": "trunk", "foot": "no", "sidewalk": "separate"}, False),
        ({"highway": "service", "access": "private", "sidewalk": "right"}, True),
        ({"highway": "service", "access": "no", "foot": "permissive"}, True),
        ({"highway": "service", "access": "yes", "foot": "private"}, False),
        ({"highway": "trunk", "motorroad": "yes"}, True),
        ({"route": "ferry", "foot": "yes"}, False),
        ({"railway": "rail"}, False),
        ({"railway": "platform"}, True),
        ({"railway": "platform", "usage": "tourism"}, False),
        ({"public_transport": "platform", "usage": "tourism"}, True),
        ({"railway": "platform", "foot": "no"}, False),
        ({"railway": "platform", "access": "no"}, True),
        ({"public_transport": "stop_position"}, False),
        ({"highway": "services", "public_transport": "platform"}, True),
        ({"highway": "residential", "construction": "minor"}, False),
        ({"highway": "residential", "proposed": "no"}, False),
        ({"highway": "residential", "cycleway": "construction"}, False),
        ({"highway": "residential", "cycleway": "lane"}, True),
        ({"landuse": "forest"}, False),
        ({}, False),
    ],
)
def test_what_else_opens_and_closes(tags, expected):
    assert open_as_r5(tags) is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "footway"}, True),
        ({"highway": "footway", "tunnel": "yes"}, False),
        ({"highway": "footway", "tunnel": "building_passage"}, True),
        ({"highway": "footway", "covered": "yes"}, False),
        ({"highway": "footway", "covered": "no"}, True),
        ({"highway": "motorway", "sidewalk": "both"}, False),
        ({"highway": "motorway_link", "sidewalk": "both"}, True),
    ],
)
def test_what_places_are_joined_to(tags, expected):
    assert linked_as_r5(tags) is expected


@pytest.fixture
def town(tmp_path):
    #   1 --- 2 --- 3 --- 4 --- 5   a street; a fence stands at 2, a building at 3, a gate at 4
    #   |                       |
    #   6 -------- 7 ---------- 8   an underpass, and a platform from 7
    gate = {"barrier": "gate", "access": "private"}
    nodes = {
        **{place: (3.5 + place * 0.001, 50.3, {}) for place in (1, 2, 3, 5)},
        4: (3.504, 50.3, gate),
        6: (3.501, 50.299, {}), 7: (3.503, 50.299, {}), 8: (3.505, 50.299, {}),
        9: (3.503, 50.298, {"highway": "crossing"}), 10: (3.502, 50.301, {}),
    }  # fmt: skip
    ways = {
        1: ([1, 2, 3, 4, 5], {"highway": "residential", "bridge": "yes", "name": "Rue"}),
        2: ([1, 6], {"highway": "service", "access": "destination"}),
        3: ([1, 6, 7, 8, 5], {"highway": "cycleway", "tunnel": "yes"}),
        4: ([7, 9], {"railway": "platform"}),
        5: ([2, 10], {"barrier": "fence"}),
        6: ([3, 10], {"building": "yes"}),
        7: ([10, 10], {"landuse": "grass"}),
        8: ([9, 10], {"route": "ferry", "foot": "yes"}),
    }
    return written(tmp_path / "town.osm.pbf", nodes, ways)


def test_streets_by_both_rules(town):
    table = load(town).table
    ends = dict(zip(table.index, zip(table["u"], table["v"], strict=True), strict=True))
    assert ends == {
        # Cut by the fence; neither by the building nor by the gate.
        "1/1": ("1", "2"), "1/2": ("2", "5"),
        # Cut at 6 by a way that is closed, at 7 by the platform.
        "3/1": ("1", "6"), "3/2": ("6", "7"), "3/3": ("7", "5"),
        "4/1": ("7", "9"),
    }  # fmt: skip
    assert table["linkable"].tolist() == [True, True, False, False, False, True]
    assert table["linkable"].dtype == "boolean"
    assert table["kind"].tolist() == ["residential"] * 2 + ["cycleway"] * 3 + ["platform"]
    assert table["bridge"].tolist() == [True, True, False, False, False, False]
    ours = load(town, "streets").table
    assert "linkable" not in ours.columns
    assert ours.index.tolist() == ["1/1", "1/2", "2/1", "8/1"]


def test_what_is_left_out_is_told(town):
    (found,) = load(town).findings
    assert found.message == "1 ways are not open to walkers and were not read: service 1."


@pytest.mark.parametrize("suffix", ["osm", "osm.bz2"])
def test_other_formats_give_the_same(tmp_path, town, suffix):
    path = tmp_path / f"town.{suffix}"
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(town)):
            writer.add(thing)
    pd.testing.assert_frame_equal(load(path).table, load(town).table)


def test_both_readers_agree(town, tmp_path):
    same(
        osm_ways.read_ways(town, layer="streets", rules=R5),
        osm_libosmium.read_ways(town, rules=R5),
    )
    # Nothing to read, and ways without nodes.
    nodes = {1: (3.5, 50.3, {}), 2: (3.6, 50.3, {"highway": "crossing", "barrier": "gate"})}
    for name, ways in {
        "none": {},
        "odd": {
            7: ([], {"highway": "path"}),
            8: ([1, 2, 2, 77], {"public_transport": "platform", "building": "yes"}),
            9: ([1, 2, 1], {"name": "Größe \u2603"}),
        },
    }.items():
        path = written(tmp_path / f"{name}.osm.pbf", nodes, ways)
        same(
            osm_ways.read_ways(path, layer="streets", rules=R5),
            osm_libosmium.read_ways(path, rules=R5),
        )


def test_both_readers_agree_on_newport(shared, monkeypatch):
    path = shared / "pair_newport" / "newport-2023-06-13.osm.pbf"
    own = osm_ways.read_ways(path, layer="streets", rules=R5)
    same(own, osm_libosmium.read_ways(path, rules=R5))
    monkeypatch.setattr(osm_ways, "_HELD_BYTES", 0)
    same(own, osm_ways.read_ways(path, layer="streets", rules=R5))
    # More ways than ours, some of ours left out, some not to be joined to.
    ours = osm_ways.read_ways(path, layer="streets")
    assert len(np.setdiff1d(own.way_id, ours.way_id)) > 100
    assert len(np.setdiff1d(ours.way_id, own.way_id)) > 10
    assert 0 < (~own.linked).sum() < 200
    assert ours.linked.all()
    assert not ours.cut.any()


def test_each_rule_is_kept_apart(town, tmp_path, monkeypatch):
    folder = tmp_path / "kept"
    first = load(town, "streets_r5", cache=folder)
    other = load(town, "streets", cache=folder)

    def refuse(*rest):
        raise AssertionError("the file was read again")

    monkeypatch.setattr(asking, "raw_table", refuse)
    pd.testing.assert_frame_equal(load(town, "streets_r5", cache=folder).table, first.table)
    pd.testing.assert_frame_equal(load(town, "streets", cache=folder).table, other.table)


class Watched(dict):
    """Tags that tell which keys were asked for."""

    def __init__(self, tags, asked):
        super().__init__(tags)
        self.asked = asked

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)

    def __contains__(self, key):
        self.asked.add(key)
        return super().__contains__(key)


@pytest.mark.parametrize(
    ("layer", "rule"),
    [
        ("streets_r5", open_as_r5),
        ("streets_r5", linked_as_r5),
        ("streets", open_to_walkers),
    ],
)
def test_rules_read_no_other_keys_than_they_say(layer, rule):
    asked: set[str] = set()
    for highway in ({}, *({"highway": one} for one in BY_HIGHWAY)):
        for more in ({}, {"railway": "platform"}, {"route": "ferry"}, {"access": "no"}):
            rule(Watched({**highway, **more}, asked))
    assert asked
    assert asked <= set(WALK_RULES[layer].way_keys)
