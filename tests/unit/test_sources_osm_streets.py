"""Streets of an extract: two readers, one answer; and what a walker meets on the way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from renewal_gis.access import street_network
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import osm_libosmium, osm_ways, read_layer, study_crs
from renewal_gis.sources.osm_pbf import UnusualExtract
from renewal_gis.sources.osm_rules import stops_walkers
from renewal_gis.sources.osm_streets import streets

osmium = pytest.importorskip("osmium")
LAMBERT = study_crs("EPSG:2154")

# A row of nodes 100 m apart, and a second one below:
#
#   1 --2-- 3 --4-- 5 --6-- 7          10: residential, its sidewalk drawn apart
#   |               |                  20: footway; 21: steps
#  11 --12- 13 -14- 15                 12 and 14 are crossings, 13 a locked gate
CROSSING = {"highway": "crossing"}
GATE = {"barrier": "gate", "access": "private"}


def written(path, nodes, ways, *, asked="pbf", **stated):
    """Write an extract by hand: nodes {id: (lon, lat, tags)}, ways {id: (nodes, tags)}."""
    make = osmium.osm.mutable
    with osmium.SimpleWriter(osmium.io.File(str(path), asked), **stated) as writer:
        for node, (lon, lat, tags) in nodes.items():
            writer.add_node(make.Node(id=node, location=(lon, lat), tags=tags, version=1))
        for way, (refs, tags) in ways.items():
            writer.add_way(make.Way(id=way, nodes=refs, tags=tags, version=1))
    return path


def row(first, count, lat, **tags):
    """Return `count` nodes in a row; tags by node number."""
    return {
        first + step: (3.5 + step * 0.0014, lat, tags.get(f"n{first + step}", {}))
        for step in range(count)
    }


def load(path, **asked):
    spec = LayerSpec(path=path, source="osm", layer="streets")
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


@pytest.fixture
def block(tmp_path):
    nodes = {
        **row(1, 7, 50.300),
        **row(11, 5, 50.299, n12=CROSSING, n13=GATE, n14=CROSSING, n15=CROSSING),
    }
    ways = {
        10: ([1, 2, 3, 4, 5, 6, 7], {"highway": "residential", "sidewalk": "separate"}),
        20: ([1, 11, 12, 13, 14, 15], {"highway": "footway", "footway": "sidewalk"}),
        21: ([15, 5], {"highway": "steps"}),
    }
    return written(tmp_path / "block.osm.pbf", nodes, ways)


def test_a_closed_gate_gives_each_side_an_end_of_its_own(block):
    loaded = load(block)
    table = loaded.table
    ends = dict(zip(table.index, zip(table["u"], table["v"], strict=True), strict=True))
    assert ends == {
        "10/1": ("1", "5"),
        "10/2": ("5", "7"),
        "20/1": ("1", "13#1"),
        "20/2": ("13#2", "15"),
        "21/1": ("15", "5"),
    }
    assert table.loc["20/1"].geometry.coords[-1] == table.loc["20/2"].geometry.coords[0]
    found = {one.code: one.count for one in loaded.findings}
    assert found == {"closed-barrier": 1}
    network = street_network(table)
    assert len(network.component_share) == 1
    places = dict(zip(network.node_ids, network.node_xy, strict=True))
    assert (places["13#1"] == places["13#2"]).all()


def test_crossings_are_charged_to_footways_and_shared_where_two_meet(block):
    table = load(block).table
    # Way 10 is a carriageway: who walks along it crosses nothing. Node 15 is where two footways meet.
    assert table["crossings"].to_dict() == {
        "10/1": 0, "10/2": 0, "20/1": 1, "20/2": 1.5, "21/1": 0.5,
    }  # fmt: skip
    assert table["crossings"].dtype == "float64"
    assert table.loc["21/1", "kind"] == "steps"


def test_a_street_whose_sidewalk_is_drawn_apart_is_one_row_and_open(block):
    table = load(block).table
    assert (table["kind"] == "residential").sum() == 2
    assert table["walkable"].all()


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, False),
        ({"barrier": "lift_gate", "foot": "no"}, True),
        ({"barrier": "gate", "locked": "yes"}, True),
        ({"barrier": "bollard", "access": "no"}, False),
        ({"barrier": "bollard", "foot": "no"}, True),
        ({"barrier": "no", "access": "no"}, False),
        ({"highway": "crossing", "access": "no"}, False),
    ],
)
def test_barriers_that_stop_walkers(tags, expected):
    assert stops_walkers(tags) is expected


def test_a_square_is_walked_along_its_outline(tmp_path):
    nodes = {
        1: (3.500, 50.300, {}), 2: (3.501, 50.300, {}), 3: (3.501, 50.301, {}),
        4: (3.500, 50.301, {}), 5: (3.499, 50.300, {}), 6: (3.502, 50.301, {}),
    }  # fmt: skip
    ways = {
        1: ([1, 2, 3, 4, 1], {"highway": "pedestrian", "area": "yes"}),
        2: ([5, 1], {"highway": "residential"}),
        3: ([3, 6], {"highway": "cycleway", "foot": "designated"}),
    }
    table = load(written(tmp_path / "s.osm.pbf", nodes, ways)).table
    assert list(zip(table["u"], table["v"], strict=True)) == [
        ("1", "3"), ("3", "1"), ("5", "1"), ("3", "6"),
    ]  # fmt: skip
    assert len(street_network(table).component_share) == 1


def test_a_bridge_meets_nothing_it_crosses(tmp_path):
    nodes = {
        1: (3.500, 50.300, {}), 2: (3.502, 50.300, {}),
        3: (3.501, 50.299, {}), 4: (3.501, 50.301, {}),
    }  # fmt: skip
    ways = {
        1: ([1, 2], {"highway": "residential"}),
        2: ([3, 4], {"highway": "footway", "bridge": "yes", "layer": "1"}),
    }
    table = load(written(tmp_path / "s.osm.pbf", nodes, ways)).table
    assert table["bridge"].tolist() == [False, True]
    assert len(street_network(table).component_share) == 2


def test_a_way_goes_on_after_the_nodes_the_extract_lacks(tmp_path):
    nodes = row(1, 6, 50.3)
    nodes[7] = (200.0, 50.3, {})  # no such place on Earth
    ways = {1: ([1, 2, 99, 3, 3, 4, 7, 5, 99, 6], {"highway": "path"})}
    loaded = load(written(tmp_path / "s.osm.pbf", nodes, ways))
    ends = list(zip(loaded.table["u"], loaded.table["v"], strict=True))
    assert ends == [("1", "2"), ("3", "4")]
    assert [one.code for one in loaded.findings] == ["cut-by-extract"]


@pytest.mark.parametrize(
    "asked",
    [
        "pbf",
        "pbf,pbf_dense_nodes=false",
        "pbf,pbf_compression=none",
        "pbf,add_metadata=false",
        "pbf,pbf_dense_nodes=false,pbf_compression=none,add_metadata=false",
    ],
)
def test_both_readers_agree_on_newport(tmp_path, shared, asked):
    path = tmp_path / "n.osm.pbf"
    source = shared / "pair_newport" / "newport-2023-06-13.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(path), asked)) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    own = osm_ways.read_ways(path, layer="streets")
    same(own, osm_libosmium.read_ways(path))
    same(own, osm_ways.read_ways(source, layer="streets"))


def test_both_readers_agree_on_odd_tags_and_nodes(tmp_path):
    nodes = {
        **row(1, 5, -50.3, n2=GATE, n3={"highway": "crossing", **GATE}, n4={"name": "Café"}),
        2**40: (-179.9999999, 89.9999999, {"highway": "crossing"}),
    }
    ways = {
        -3: ([1, 2, 3], {"highway": "footway", "name": "Größe \u2603", "bridge": "no"}),
        2**35: ([3, 2**40, 4, 4, 77], {"highway": "residential", "bridge": "viaduct"}),
        7: ([], {"highway": "path"}),
        8: ([1, 5], {"route": "ferry", "foot": "yes"}),
        9: ([1, 5], {"route": "bus"}),
        10: ([1, 5], {"highway": "footway", "access": "private"}),
    }
    path = written(tmp_path / "s.osm.pbf", nodes, ways)
    same(osm_ways.read_ways(path, layer="streets"), osm_libosmium.read_ways(path))


def test_a_large_extract_is_unpacked_twice_and_gives_the_same(shared, monkeypatch):
    path = shared / "pair_newport" / "newport-2023-06-13.osm.pbf"
    once = osm_ways.read_ways(path, layer="streets")
    monkeypatch.setattr(osm_ways, "_HELD_BYTES", 0)
    same(once, osm_ways.read_ways(path, layer="streets"))


def test_the_number_of_threads_changes_nothing(shared, monkeypatch):
    path = shared / "pair_newport" / "newport-2023-06-13.osm.pbf"
    many, _ = streets(path, "streets")
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    one, _ = streets(path, "streets")
    pd.testing.assert_frame_equal(many, one)
    assert many.geometry.to_wkb().equals(one.geometry.to_wkb())


@pytest.mark.parametrize("asked", ["pbf,pbf_compression=lz4", "pbf,locations_on_ways=true"])
def test_what_the_own_reader_does_not_know_is_left_to_libosmium(tmp_path, block, asked):
    path = tmp_path / "other.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(path), asked)) as writer:
        for thing in osmium.FileProcessor(str(block)):
            writer.add(thing)
    with pytest.raises(UnusualExtract):
        osm_ways.read_ways(path, layer="streets")
    pd.testing.assert_frame_equal(load(path).table, load(block).table)


@pytest.mark.parametrize("suffix", ["osm", "osm.bz2"])
def test_other_formats_of_openstreetmap_are_left_to_libosmium(tmp_path, block, suffix):
    path = tmp_path / f"block.{suffix}"
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(block)):
            writer.add(thing)
    pd.testing.assert_frame_equal(load(path).table, load(block).table)


def test_lengths_on_newport_are_those_of_the_lines(shared):
    path = shared / "pair_newport" / "newport-2023-06-13.osm.pbf"
    spec = LayerSpec(path=path, source="osm")
    table = read_layer([spec], table="streets", crs=study_crs("EPSG:27700")).table
    assert np.array_equal(table["length_m"], table.geometry.length)
    assert table["crossings"].sum() == 166
    assert (table["kind"] == "steps").sum() > 50
