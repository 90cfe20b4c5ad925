"""Lines clipped to the study area and its margin, and lines without node names."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, MultiPolygon, Point, Polygon, box

from renewal_gis.access import street_network
from renewal_gis.errors import SchemaError, UsageError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs

LAMBERT = study_crs("EPSG:2154")
X, Y = 735_000.0, 7_030_000.0
AREA = box(X, Y, X + 100, Y + 100)


def line(*pairs):
    return LineString([(X + x, Y + y) for x, y in pairs])


@pytest.fixture
def lines(tmp_path):
    """Return lines at 0, 10 and 50 m from the area, one that crosses it, one far away."""
    shapes = [
        line((10, 10), (20, 20)),
        line((110, 0), (110, 90)),
        line((150, 0), (150, 90)),
        line((-500, 50), (500, 50)),
        line((5000, 0), (5000, 90)),
    ]
    names = ["inside", "near", "off", "through", "far"]
    path = tmp_path / "streets.gpkg"
    gpd.GeoDataFrame({"id": names}, geometry=shapes, crs=2154).to_file(path)
    return LayerSpec(path=path)


def read(spec, **asked):
    return read_layer([spec], table="streets", crs=LAMBERT, **asked)


@pytest.mark.parametrize(
    ("margin", "kept"),
    [
        (0, ["inside", "through"]),
        (9.99, ["inside", "through"]),
        (10, ["inside", "near", "through"]),
        (1600, ["inside", "near", "off", "through"]),
    ],
)
def test_lines_that_touch_the_margin_are_kept_whole(lines, margin, kept):
    loaded = read(lines, area=AREA, margin_m=margin)
    assert list(loaded.table.index) == kept
    assert loaded.table.geometry["through"].length == 1000
    note = loaded.findings[-1]
    assert (note.code, note.severity, note.count) == ("beyond-margin", "note", 5 - len(kept))
    assert f"{5 - len(kept)} of 5 lines do not touch" in note.message
    assert f"margin of {margin:g} m" in note.message
    assert (loaded.provenance[0].rows_in, loaded.provenance[0].rows_kept) == (5, len(kept))


def test_without_an_area_nothing_is_left_out(lines):
    assert len(read(lines, margin_m=5).table) == 5
    everything = read(lines, area=box(X - 1e4, Y - 1e4, X + 1e4, Y + 1e4))
    assert (len(everything.table), everything.findings) == (5, ())


def test_an_area_in_several_parts(lines):
    parts = MultiPolygon([AREA, box(X + 4990, Y, X + 5010, Y + 10)])
    assert list(read(lines, area=parts).table.index) == ["inside", "through", "far"]


def test_an_area_that_no_line_touches_is_told(lines):
    with pytest.raises(SchemaError, match="None of the 5 lines touches the study area and its m"):
        read(lines, area=box(0, 0, 1, 1), margin_m=800)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"area": Point(0, 0)}, "area is a Point"),
        ({"area": Polygon()}, "area is empty"),
        ({"area": Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])}, "area is invalid"),
        ({"area": AREA, "margin_m": -1}, "not a length"),
        ({"area": AREA, "margin_m": float("nan")}, "not a length"),
        ({"area": AREA, "margin_m": float("inf")}, "not a length"),
    ],
)
def test_an_area_or_margin_that_cannot_be(lines, asked, message):
    with pytest.raises(UsageError, match=message):
        read(lines, **asked)


def test_tables_of_points_are_read_whole(tmp_path):
    path = tmp_path / "services.gpkg"
    shapes = [Point(X, Y), Point(X + 9e4, Y)]
    gpd.GeoDataFrame({"group": ["ecole", "gare"]}, geometry=shapes, crs=2154).to_file(path)
    spec = [LayerSpec(path=path)]
    assert len(read_layer(spec, table="services", crs=LAMBERT, area=AREA).table) == 2


def test_an_extract_is_clipped_and_keeps_its_names(shared):
    path = shared / "pair_newport" / "newport-2023-06-13.osm.pbf"
    crs = study_crs("EPSG:27700")
    spec = [LayerSpec(path=path, source="osm")]
    whole = read_layer(spec, table="streets", crs=crs).table
    area = Point(331_000, 188_000).buffer(500)
    clipped = read_layer(spec, table="streets", crs=crs, area=area, margin_m=1000)
    wanted = whole[whole.geometry.distance(area) <= 1000]
    # The buffer's arc is drawn with straight pieces: a few lines at its very edge may differ.
    missed = wanted.index.difference(clipped.table.index)
    assert (whole.loc[missed].geometry.distance(area) > 990).all()
    assert clipped.table.index.isin(wanted.index).all()
    assert clipped.findings[-1].count == len(whole) - len(clipped.table)
    held = whole.loc[clipped.table.index]
    assert held.equals(clipped.table)


def test_lines_of_bd_topo_meet_where_they_share_ends(tmp_path):
    """`troncon_de_route` names no node: lines meet at equal ends, not where they cross."""
    #        d
    #        |            bridge "pont" passes over "rue 1" without meeting it
    #  a --- b ===== c    "escalier" leaves b; heights differ, places do not
    #        |
    #        e
    shapes = [
        LineString([(X, Y, 20), (X + 100, Y, 21)]),
        LineString([(X + 100, Y, 21), (X + 150, Y + 5, 22), (X + 200, Y, 23)]),
        LineString([(X + 100, Y, 21.4), (X + 100, Y + 80, 25)]),
        LineString([(X + 100, Y, 21), (X + 100, Y - 60, 19)]),
        LineString([(X + 50, Y - 50, 30), (X + 50, Y + 50, 30)]),
        LineString([(X + 200, Y, 23), (X + 900, Y, 23)]),
    ]
    frame = gpd.GeoDataFrame(
        {
            "cleabs": [f"TRONROUT{n}" for n in range(6)],
            "nature": ["Route à 1 chaussée"] * 2
            + ["Escalier", "Sentier", "Route à 1 chaussée", "Type autoroutier"],
            "position_par_rapport_au_sol": ["0", "0", "0", "0", "1", "0"],
        },
        geometry=shapes,
        crs=2154,
    )
    path = tmp_path / "bdtopo.gpkg"
    frame.to_file(path, layer="troncon_de_route")
    spec = LayerSpec(
        path=path,
        layer="troncon_de_route",
        id="cleabs",
        rename={"nature": "kind", "position_par_rapport_au_sol": "bridge"},
        keep={"nature": ("Route à 1 chaussée", "Escalier", "Sentier")},
    )
    table = read(spec).table
    assert table["bridge"].tolist() == [False, False, False, False, True]
    network = street_network(table)
    assert len(network.lines) == 5
    # Nodes a, b, c, d, e and both ends of the bridge.
    assert len(network.node_xy) == 7
    assert sorted(np.bincount(network.ends.ravel()).tolist()) == [1] * 6 + [4]
    assert np.bincount(network.component).tolist() == [4, 1]
