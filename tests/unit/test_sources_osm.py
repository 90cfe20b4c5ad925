"""OpenStreetMap extracts: a hand-made one whose answers can be read off, and Newport."""

from __future__ import annotations

import sys

import pytest
from shapely import LineString

from renewal_gis.errors import LayerReadError, MissingExtraError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import extract_reader_is_compiled, read_layer, study_crs
from renewal_gis.sources.osm_areas import groups_of
from renewal_gis.sources.osm_streets import open_to_walkers

osmium = pytest.importorskip("osmium")
LAMBERT = study_crs("EPSG:2154")

#   6
#   |           way 12 crosses way 10 on a bridge: no shared node, no junction
# 1-+-2---3---4 way 10, residential
#   |  \   \   \
#   7   5   8   9      11 footway, 13 private service, 14 cycleway open to walkers
NODES = {
    1: (3.500, 50.300), 2: (3.502, 50.300), 3: (3.504, 50.300), 4: (3.506, 50.300),
    5: (3.503, 50.299), 6: (3.501, 50.301), 7: (3.501, 50.299), 8: (3.505, 50.299),
    9: (3.507, 50.299), 20: (3.5035, 50.2985), 21: (3.5025, 50.2985), 22: (3.508, 50.299),
    30: (3.510, 50.300), 31: (3.511, 50.300), 32: (3.511, 50.301), 33: (3.510, 50.301),
}  # fmt: skip
WAYS = {
    10: ([1, 2, 3, 4], {"highway": "residential", "name": "Rue du Jard"}),
    11: ([2, 5], {"highway": "footway"}),
    12: ([6, 7], {"highway": "tertiary", "bridge": "yes"}),
    13: ([3, 8], {"highway": "service", "access": "private"}),
    14: ([4, 9], {"highway": "cycleway", "foot": "designated"}),
    15: ([9, 1], {"highway": "cycleway"}),
    16: ([5, 20, 21, 5], {"highway": "pedestrian", "area": "yes"}),
    17: ([9, 22], {"route": "ferry", "foot": "yes"}),
    18: ([22, 1], {"route": "ferry"}),
    19: ([1, 22], {"highway": "motorway"}),
    23: ([8, 9, 999, 22], {"highway": "path"}),
    40: ([30, 31, 32, 33, 30], {"building": "apartments", "building:flats": "12", "name": "Tour"}),
    41: ([30, 31, 32, 33], {"building": "yes"}),
    42: ([30, 31, 32, 33, 30], {"landuse": "brownfield"}),
    43: ([30, 31, 32, 33, 30], {"amenity": "school", "name": "École Joliot"}),
}
PLACES = {
    50: ((3.5, 50.3), {"shop": "convenience", "amenity": "post_office", "name": "Chez Léa"}),
    51: ((3.501, 50.3), {"amenity": "pharmacy", "disused": "yes"}),
    52: ((3.502, 50.3), {"amenity": "bench"}),
}


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    path = tmp_path_factory.mktemp("osm") / "small.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for node, place in NODES.items():
            writer.add_node(osmium.osm.mutable.Node(id=node, location=place, version=1))
        for node, (place, tags) in PLACES.items():
            writer.add_node(osmium.osm.mutable.Node(id=node, location=place, tags=tags, version=1))
        for way, (nodes, tags) in WAYS.items():
            writer.add_way(osmium.osm.mutable.Way(id=way, nodes=nodes, tags=tags, version=1))
    return path


def load(path, layer, table, **asked):
    return read_layer(
        [LayerSpec(path=path, source="osm", layer=layer, **asked)], table=table, crs=LAMBERT
    )


def test_streets_are_cut_where_two_walkable_ways_share_a_node(extract):
    table = load(extract, "streets", "streets").table
    pairs = {row: (u, v) for row, u, v in zip(table.index, table["u"], table["v"], strict=True)}
    assert pairs == {
        "10/1": ("1", "2"),
        "10/2": ("2", "4"),  # node 3 leads only to a private way: it is no junction
        "11/1": ("2", "5"),
        "12/1": ("6", "7"),
        "14/1": ("4", "9"),
        "16/1": ("5", "5"),
        "17/1": ("9", "22"),
        "23/1": ("8", "9"),
    }
    assert table.loc["12/1", "bridge"]
    assert table["bridge"].sum() == 1
    assert table["walkable"].all()
    assert table.loc["17/1", "kind"] == "ferry"
    assert table["name"].dropna().tolist() == ["Rue du Jard"] * 2


def test_lengths_are_those_of_the_lines_in_the_study_system(extract):
    table = load(extract, "streets", "streets").table
    assert table["length_m"].tolist() == pytest.approx(table.geometry.length.tolist())
    assert table.loc["10/2", "length_m"] == pytest.approx(285.1, abs=0.5)
    assert table.loc["10/2"].geometry.equals(LineString(table.loc["10/2"].geometry.coords))
    assert len(table.loc["10/2"].geometry.coords) == 3


def test_ways_left_unread_are_counted(extract):
    found = {finding.code: finding for finding in load(extract, "streets", "streets").findings}
    assert found["not-walkable"].count == 3
    assert found["cut-by-extract"].count == 1


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "primary", "foot": "no"}, False),
        ({"highway": "path", "access": "no", "foot": "permissive"}, True),
        ({"highway": "track", "access": "private"}, False),
        ({"highway": "footway", "foot": "private"}, False),
        ({"highway": "service", "access": "customers"}, True),
        ({"highway": "trunk"}, True),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "motorway", "foot": "yes"}, False),
        ({"highway": "construction"}, False),
        ({"highway": "cycleway", "foot": "yes"}, True),
        ({"highway": "cycleway"}, False),
        ({"highway": "secondary", "foot": "use_sidepath"}, False),
        ({"highway": "pedestrian", "area": "yes"}, True),
        ({"route": "ferry"}, False),
        ({"route": "bus", "foot": "yes"}, False),
    ],
)
def test_open_to_walkers(tags, expected):
    assert open_to_walkers(tags) is expected


def test_services_from_nodes_and_outlines(extract):
    table = load(extract, "services", "services").table
    assert table["group"].to_dict() == {
        "node/50": "courses",
        "node/50#poste": "poste",
        "way/43": "ecole",
    }
    assert table.loc["way/43", "name"] == "École Joliot"
    assert table.loc["way/43", "source_code"] == "amenity=school"
    centre = table.geometry.to_crs("EPSG:4326")["way/43"]
    assert (centre.x, centre.y) == pytest.approx((3.5105, 50.3005))


def test_several_values_of_one_key_are_read():
    assert groups_of({"shop": "bakery; convenience"}) == [
        ("courses", "shop=convenience"),
        ("boulangerie", "shop=bakery"),
    ]
    assert groups_of({"amenity": "school", "abandoned": "yes"}) == []


def test_buildings_and_the_outline_that_is_not_closed(extract):
    loaded = load(
        extract,
        "buildings",
        "stock",
        rename={"flats": "dwellings"},
        keep={"building": ("apartments",)},
    )
    assert loaded.table["dwellings"].to_dict() == {"way/40": 12}
    assert loaded.table.geom_type.tolist() == ["Polygon"]
    assert [(f.severity, f.code, f.row) for f in loaded.findings] == [
        ("dropped", "open-outline", "way/41")
    ]
    assert (loaded.provenance[0].rows_in, loaded.provenance[0].rows_kept) == (2, 1)


def test_land_use_has_a_label_even_without_a_name(extract):
    loaded = load(extract, "landuse", "sites", rename={"label": "name"}, constants={"capacity": 60})
    assert loaded.table["name"].tolist() == ["brownfield way/42"]


def test_an_unknown_layer_names_the_nearest(extract):
    with pytest.raises(LayerReadError, match="The nearest is 'streets'"):
        load(extract, "street", "streets")


def test_without_the_library_the_extra_is_named(extract, monkeypatch):
    monkeypatch.setitem(sys.modules, "osmium", None)
    assert len(load(extract, "streets", "streets").table) == 8
    with pytest.raises(MissingExtraError, match=r"renewal-gis\[osm\]"):
        load(extract, "services", "services")
    xml = extract.with_name("small.osm")
    xml.write_text("<osm version='0.6'/>", encoding="utf-8")
    with pytest.raises(MissingExtraError, match="this kind of OpenStreetMap extract"):
        load(xml, "streets", "streets")


def test_newport(shared):
    path = shared / "pair_newport" / "newport-2023-06-13.osm.pbf"
    spec = LayerSpec(path=path, source="osm", layer="streets")
    crs = study_crs("EPSG:27700")
    streets = read_layer([spec], table="streets", crs=crs)
    table = streets.table
    assert len(table) == 16_938
    assert table["length_m"].sum() == pytest.approx(899_841, abs=1)
    assert (table["length_m"] > 0).all()
    spec = LayerSpec(path=path, source="osm", layer="services")
    services = read_layer([spec], table="services", crs=crs).table
    assert services["group"].value_counts()[["ecole", "courses", "gare"]].tolist() == [49, 96, 3]


def test_the_reader_is_compiled_once_streets_were_read(extract):
    load(extract, "streets", "streets")
    assert extract_reader_is_compiled()
