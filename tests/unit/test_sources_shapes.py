"""The courses of trips (shapes.txt): right answers on a small timetable, and what becomes of bad rows."""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from small_feed import FILES, LAMBERT, feed

from renewal_gis.schema import LayerSpec
from renewal_gis.sources import gtfs_rows, read_schedule, read_shapes

HEAD = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence,shape_dist_traveled\n"
# From the platform west along one street, then north along another.
OUT = [
    "out,50.361,3.520,1,0",
    "out,50.361,3.500,2,1.4",
    "out,50.370,3.500,5,",
    "out,50.380,3.500,9,3.5",
]
BUS = ["bus,50.361,3.521,0,", "bus,50.410,3.500,1,"]
NAMED = {"t1a": "out", "t1b": "out", "b10a": "bus"}


def trips(named: dict[str, str] = NAMED) -> str:
    head, *rows = FILES["trips.txt"].splitlines()
    told = [f"{row},{named.get(row.split(',')[2], '')}" for row in rows]
    return "\n".join([f"{head},shape_id", *told, ""])


def shaped(folder, *rows, named=NAMED, name="feed.zip", head=HEAD):
    content = head + "".join(f"{row}\n" for row in rows)
    return feed(folder, {"trips.txt": trips(named), "shapes.txt": content}, name=name)


def shapes(*paths, wanted=None, crs=LAMBERT):
    """Read the courses of some trips, by default of all, and check that no row is lost."""
    specs = [LayerSpec(path=path) for path in paths]
    feeds = read_schedule(specs, crs=crs).schedule.trips["feed"]
    loaded = read_shapes(specs, trips=feeds if wanted is None else feeds.loc[wanted], crs=crs)
    dropped = sum(one.count for one in loaded.findings if one.severity == "dropped")
    assert loaded.rows["rows_in"].sum() == loaded.rows["rows_kept"].sum() + dropped
    assert loaded.courses.crs == crs
    assert loaded.courses.index.is_unique
    return loaded


def found(loaded):
    return [(one.severity, one.code, one.count) for one in loaded.findings]


def metres(*degrees):
    to = pyproj.Transformer.from_crs(4326, LAMBERT, always_xy=True)
    return np.array([to.transform(lon, lat) for lat, lon in degrees])


def points(loaded, trip):
    return shapely.get_coordinates(loaded.courses[trip])


def test_each_trip_has_the_points_of_its_shape_in_the_system_of_the_study(tmp_path):
    loaded = shapes(shaped(tmp_path, *OUT, *BUS))
    assert loaded.courses.index.tolist() == ["t1a", "t1b", "b10a"]
    told = metres((50.361, 3.52), (50.361, 3.5), (50.37, 3.5), (50.38, 3.5))
    assert points(loaded, "t1a") == pytest.approx(told, abs=1e-6)
    assert loaded.courses["t1a"] == loaded.courses["t1b"]
    assert points(loaded, "b10a") == pytest.approx(metres((50.361, 3.521), (50.41, 3.5)), abs=1e-6)
    assert loaded.findings == ()
    assert loaded.rows.to_numpy().tolist() == [["feed.zip", "shapes.txt", 6, 6]]


def test_only_the_shapes_of_the_trips_that_are_wanted_are_read(tmp_path):
    path = shaped(tmp_path, *OUT, *BUS, "bus,nowhere,3.5,2,")
    loaded = shapes(path, wanted=["t1b"])
    assert loaded.courses.index.tolist() == ["t1b"]
    assert loaded.rows[["rows_in", "rows_kept"]].to_numpy().tolist() == [[4, 4]]
    assert loaded.findings == ()


def test_a_timetable_without_shapes_has_no_courses_and_nothing_to_tell(tmp_path):
    for path in (feed(tmp_path), shaped(tmp_path, *OUT, named={}, name="unnamed.zip")):
        loaded = shapes(path)
        assert len(loaded.courses) == 0
        assert loaded.findings == ()
        assert len(loaded.rows) == 0


def test_no_timetable_and_no_trip_have_no_courses(tmp_path):
    none = read_shapes([], trips=pd.Series(dtype=int), crs=LAMBERT)
    assert len(none.courses) == len(none.rows) == 0
    assert none.courses.crs == LAMBERT
    assert len(shapes(shaped(tmp_path, *OUT), wanted=[]).courses) == 0


def test_trips_of_several_timetables_keep_their_own_shapes(tmp_path):
    moved = [row.replace("3.5", "3.6") for row in OUT]
    paths = [shaped(tmp_path, *OUT, name="a.zip"), shaped(tmp_path, *moved, name="b.zip")]
    loaded = shapes(*paths, feed(tmp_path, name="c.zip"))
    assert loaded.courses.index.tolist() == ["a:t1a", "a:t1b", "b:t1a", "b:t1b"]
    assert points(loaded, "a:t1a")[1] == pytest.approx(metres((50.361, 3.5))[0])
    assert points(loaded, "b:t1a")[1] == pytest.approx(metres((50.361, 3.6))[0])
    assert [one.file for one in loaded.findings] == [
        "a.zip",
        "b.zip",
    ]  # the bus names no shape there


def test_shapes_in_a_folder_of_files_are_read_alike(tmp_path):
    path = shaped(tmp_path, *OUT, *BUS)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "folder")
    assert shapes(tmp_path / "folder").courses.equals(shapes(path).courses)


@pytest.fixture(scope="module")
def in_order(tmp_path_factory):
    return shapes(shaped(tmp_path_factory.mktemp("order"), *OUT, *BUS)).courses


@settings(deadline=None, max_examples=20)
@given(rows=st.permutations([*OUT, *BUS]))
def test_the_order_of_the_rows_does_not_matter(tmp_path_factory, in_order, rows):
    path = shaped(tmp_path_factory.mktemp("any"), *rows)
    assert shapes(path, wanted=["t1a", "t1b", "b10a"]).courses.equals(in_order)


BAD = {
    "missing-value": (",50.365,3.500,3,", "it has no shape_id"),
    "bad-place": ("out,fifty,3.500,3,", "shape_pt_lat and shape_pt_lon"),
    "bad-sequence": ("out,50.365,3.500,1.5,", "no whole number"),
    "point-outside": ("out,10.0,100.0,3,", "outside the area"),
    "repeated-row": ("out,50.375,3.500,5,", "repeats a shape_pt_sequence"),
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_point_is_left_out_and_listed(tmp_path, code):
    row, said = BAD[code]
    good = shapes(shaped(tmp_path, *OUT, *BUS, name="good.zip"))
    loaded = shapes(shaped(tmp_path, *OUT[:3], row, OUT[3], *BUS))
    assert found(loaded) == [("dropped", code, 1)]
    assert said in loaded.findings[0].message
    assert "1 row was left out" in loaded.findings[0].message
    assert "line 5" in loaded.findings[0].message
    assert loaded.courses.equals(good.courses)


@pytest.mark.parametrize(
    "place",
    ["0,0", "0.0,-0.0", "91,3.5", "50.365,181", "nan,3.5", "inf,3.5", ",3.5", "5_0,3.5", "٥٠,3.5"],
)
def test_impossible_places_are_no_points(tmp_path, place):
    loaded = shapes(shaped(tmp_path, *OUT, f"out,{place},3,", *BUS))
    assert found(loaded) == [("dropped", "bad-place", 1)]
    assert len(points(loaded, "t1a")) == 4


def test_a_kind_of_fault_is_one_finding_with_its_count(tmp_path):
    bad = [f"out,0,0,{number}," for number in range(100, 160)]
    loaded = shapes(shaped(tmp_path, *OUT, *bad, *BUS))
    assert found(loaded) == [("dropped", "bad-place", 60)]
    assert "60 rows were left out" in loaded.findings[0].message


def test_decimal_commas_are_read_as_points(tmp_path):
    commas = ['out,"50,361","3,520",1,', 'out,"50,380","3,500",2,']
    loaded = shapes(shaped(tmp_path, *commas, *BUS))
    assert found(loaded) == [("repaired", "decimal-comma", 2)]
    assert points(loaded, "t1a") == pytest.approx(metres((50.361, 3.52), (50.38, 3.5)))


@pytest.mark.parametrize(
    "rows",
    [["out,50.361,3.52,1,"], ["out,50.361,3.52,1,", "out,50.361,3.52,2,"], ["out,0,0,1,"], []],
)
def test_a_shape_needs_two_places(tmp_path, rows):
    loaded = shapes(shaped(tmp_path, *rows, *BUS))
    assert loaded.courses.index.tolist() == ["b10a"]
    assert found(loaded)[-1] == ("note", "undefined-shape", 2)
    assert "'out'" in loaded.findings[-1].message
    assert [code for _, code, _ in found(loaded)[:-1]] == (
        ["bad-place"] if rows == ["out,0,0,1,"] else ["short-shape"] if rows else []
    )


def test_a_point_told_twice_in_a_row_is_kept(tmp_path):
    loaded = shapes(shaped(tmp_path, *OUT, "out,50.380,3.500,10,", *BUS))
    assert loaded.findings == ()
    assert len(points(loaded, "t1a")) == 5


def test_negative_ranks_keep_their_order(tmp_path):
    loaded = shapes(shaped(tmp_path, *OUT, "out,50.361,3.53,-1,", *BUS))
    assert points(loaded, "t1a")[0] == pytest.approx(metres((50.361, 3.53))[0])


@pytest.mark.parametrize(
    "content",
    ["shape_id,shape_pt_lat,shape_pt_lon\nout,50.3,3.5\n", "", "\n\n", b"\xff\xfe", '"'],
    ids=["no sequence", "empty", "blank", "torn", "quote"],
)
def test_a_file_that_cannot_be_read_stops_nothing(tmp_path, content):
    path = feed(tmp_path, {"trips.txt": trips(), "shapes.txt": content})
    loaded = shapes(path)
    assert len(loaded.courses) == 0
    assert loaded.findings[-1].code == "shapes-unread"
    assert "straight from stop to stop" in loaded.findings[-1].message


def test_a_damaged_file_stops_nothing(tmp_path):
    path = shaped(tmp_path, *OUT, *BUS)
    held = LayerSpec(path=path)
    feeds = read_schedule([held], crs=LAMBERT).schedule.trips["feed"]
    content = path.read_bytes()
    at = content.index(b"shapes.txt") + 10
    path.write_bytes(content[:at] + bytes(40) + content[at + 40 :])
    loaded = read_shapes([held], trips=feeds, crs=LAMBERT)
    assert [one.code for one in loaded.findings] == ["shapes-unread"]
    path.unlink()
    loaded = read_shapes([held], trips=feeds, crs=LAMBERT)
    assert [one.code for one in loaded.findings] == ["shapes-unread"]


def test_rows_with_too_few_cells_are_listed(tmp_path):
    loaded = shapes(shaped(tmp_path, *OUT, "out,50.4", *BUS))
    assert found(loaded) == [("dropped", "torn-line", 1)]
    assert len(points(loaded, "t1a")) == 4


def test_a_large_file_flows_and_gives_the_same(tmp_path, monkeypatch):
    rows = [*BUS, *(f"other,50.{k:04d},3.5,{k}," for k in range(500)), "bus,0,0,7,", *OUT]
    path = shaped(tmp_path, *rows)
    small = shapes(path)
    monkeypatch.setattr(gtfs_rows, "_LARGE_BYTES", 10)
    large = shapes(path)
    assert large.courses.equals(small.courses)
    assert large.findings == small.findings
    assert "line 504" in large.findings[0].message
    pd.testing.assert_frame_equal(large.rows, small.rows)


HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "{{7*7}}",
    "=1+1",
    "\u202eout",
    "x" * 10_000,
    "out:1",
    "NaN",
]


@pytest.mark.parametrize("name", HOSTILE, ids=map(str, range(len(HOSTILE))))
def test_a_name_of_a_shape_is_only_a_name(tmp_path, name):
    rows = [row.replace("out,", f"{name},") for row in OUT]
    loaded = shapes(shaped(tmp_path, *rows, *BUS, named={"t1a": name, "b10a": "bus"}))
    assert loaded.courses.index.tolist() == ["t1a", "b10a"]
    assert loaded.findings == ()
