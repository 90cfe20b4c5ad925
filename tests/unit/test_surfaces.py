"""Surfaces, isochrones and profiles through a study: files, labels, values."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from shapely import box
from small_study import write_small_study

from renewal_gis.access import square_grid
from renewal_gis.edition import publish
from renewal_gis.errors import DataError, UsageError
from renewal_gis.publishing.surfaces import write_surface
from renewal_gis.study import run

ASKED = """
[surface]
cell_m = 20

[isochrones]
of = ["sites", "stops"]
minutes = [1, 2]
"""


def widened(study, *, walk="", more=ASKED):
    text = study.read_text().replace("[sectors]", f"[walk]\n{walk}\n\n[sectors]", 1)
    study.write_text(text + more)
    return study


def test_a_run_writes_the_surface_and_the_isochrones(tmp_path):
    results = run(widened(write_small_study(tmp_path / "in")))
    publish(results, tmp_path / "out")
    with rasterio.open(tmp_path / "out" / "surface.tif") as surface:
        assert surface.crs.to_epsg() == 2154
        assert surface.res == (20, 20)
        assert surface.tags()["data_nature"] == "synthetic"
        assert surface.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        number = surface.descriptions.index("walk_min:ecole") + 1
        cell = results.surface.iloc[40]
        centre = cell.geometry.centroid
        found = next(surface.sample([(centre.x, centre.y)], indexes=number))[0]
        assert found == pytest.approx(cell["walk_min:ecole"], rel=1e-6)
    drawn = gpd.read_parquet(tmp_path / "out" / "isochrones.parquet")
    assert sorted(set(drawn["layer"])) == ["sites", "stops"]
    assert drawn["place"].tolist()[:2] == ["north", "north"]
    assert drawn.is_valid.all()


def test_the_surface_says_what_it_says_twice(tmp_path):
    results = run(widened(write_small_study(tmp_path / "in")))
    for name in ("one", "two"):
        publish(results, tmp_path / name)
    one, two = ((tmp_path / n / "surface.tif").read_bytes() for n in ("one", "two"))
    assert one == two


def test_the_map_says_the_isochrones_are_as_synthetic_as_the_streets(tmp_path):
    study = widened(write_small_study(tmp_path))
    text = study.read_text().replace(
        '"streets.gpkg"', '{ path = "streets.gpkg", nature = "synthetic" }'
    )
    study.write_text(text)
    from renewal_gis.edition import map_content

    content = map_content(run(study))
    assert content.notices["isochrones"] == "synthetic"
    assert content.layers["isochrones"]["minutes"].tolist() == [2, 2, 1, 1]


def test_a_child_is_slower_than_an_adult(tmp_path):
    adult = run(widened(write_small_study(tmp_path / "a"), more="")).sites["walk_min:ecole"]
    child = run(widened(write_small_study(tmp_path / "c"), walk='profile = "child"', more=""))
    assert (child.sites["walk_min:ecole"] / adult).tolist() == pytest.approx([4.8 / 3.6] * 2)


def test_gravity_and_shared_capacity_can_be_criteria(tmp_path):
    study = write_small_study(tmp_path)
    services = (tmp_path / "services.csv").read_text().splitlines()
    (tmp_path / "services.csv").write_text(f"{services[0]},capacity\n{services[1]},18\n")
    more = (
        '[[criteria]]\nname = "g"\nmeasure = "gravity:ecole"\nbest = 1\nworst = 0\n'
        '[[criteria]]\nname = "f"\nmeasure = "floating:ecole"\nbest = 2\nworst = 0\n'
    )
    walk = 'decay = { function = "step", limit_min = 5 }'
    sites = run(widened(study, walk=walk, more=more)).sites
    assert sites["gravity:ecole"].tolist() == [1, 1]
    # 18 places among the nine dwellings that are all within five minutes.
    assert sites["floating:ecole"].tolist() == [2, 2]


@pytest.mark.parametrize(
    ("capacity", "code"), [("", "criterion-not-measured"), ("18", "capacity-unknown")]
)
def test_an_unknown_capacity_is_never_none_in_silence(tmp_path, capacity, code):
    study = write_small_study(tmp_path)
    head, row = (tmp_path / "services.csv").read_text().splitlines()
    other = row.replace("school", "annex", 1)
    text = f"{head},capacity\n{row},{capacity}\n{other},\nshop,courses,{row.split(',', 2)[2]},5\n"
    (tmp_path / "services.csv").write_text(text)
    more = '[[criteria]]\nname = "f"\nmeasure = "floating:ecole"\nbest = 2\nworst = 0\n'
    results = run(widened(study, more=more))
    assert code in set(results.findings["code"])
    assert ("floating:ecole" in results.sites.columns) == (code == "capacity-unknown")


def test_streets_without_elevation_are_told(tmp_path):
    study = write_small_study(tmp_path)
    streets = gpd.read_file(tmp_path / "streets.gpkg")
    streets["ascent_m"] = [np.nan, 99.0] + [0.0] * (len(streets) - 2)
    streets.to_file(tmp_path / "streets.gpkg")
    found = run(widened(study, walk='slope = "ascent_m"', more="")).findings.set_index("code")
    assert found.at["slope-unknown", "count"] == 1
    assert found.at["slope-too-steep", "count"] == 1


def test_isochrones_of_an_absent_layer_are_told(tmp_path):
    study = widened(write_small_study(tmp_path), more='[isochrones]\nof = ["stops"]\n')
    text = study.read_text()
    study.write_text(text[: text.index("[transit]")] + text[text.index("[[criteria]]") :])
    assert "isochrones-of-nothing" in set(run(study).findings["code"])


def test_shared_capacity_without_capacities_is_told(tmp_path):
    more = '[[criteria]]\nname = "f"\nmeasure = "floating:ecole"\nbest = 2\nworst = 0\n'
    with pytest.raises(DataError, match="column capacity in services"):
        run(widened(write_small_study(tmp_path), more=more))


def test_slopes_without_their_column_are_told(tmp_path):
    with pytest.raises(DataError, match="no column ascent_m"):
        run(widened(write_small_study(tmp_path), walk='slope = "ascent_m"', more=""))


def test_cells_outside_and_missing_values_are_no_data(tmp_path):
    area = gpd.GeoSeries([box(0, 0, 40, 20), box(60, 0, 80, 20)], crs=2154)
    cells = square_grid(area, cell_m=20).assign(minutes=[1.0, np.nan, 3.0])
    write_surface(cells, tmp_path / "s.tif", cell_m=20, nature="real")
    with rasterio.open(tmp_path / "s.tif") as surface:
        assert surface.read(1).tolist() == [[1.0, -9999.0, -9999.0, 3.0]]
        assert surface.bounds == (0, 0, 80, 20)


def test_a_surface_of_nothing_is_refused(tmp_path):
    cells = square_grid(gpd.GeoSeries([box(0, 0, 40, 20)], crs=2154), cell_m=20)
    with pytest.raises(UsageError, match="one measure"):
        write_surface(cells, tmp_path / "s.tif", cell_m=20, nature="real")


@pytest.mark.parametrize(
    ("walk", "more", "told"),
    [
        ('profile = "runner"', "", "walk.profile: must be one of adult, child, older"),
        ('slope = "hills"', "", "walk.slope: must be ascent_m or the name of a grid"),
        ('decay = { function = "gaussian" }', "", "the function gaussian needs beta"),
        ('decay = { function = "linear", limit_min = -3 }', "", "must be above 0"),
        ('decay = "linear"', "", "walk.decay: must be a table"),
        ("", "[surface]\ncell_m = 0\n", "surface.cell_m: must be above 0"),
        ("", "[surface]\ncell_m = 1e9\n", "surface.cell_m: must be at most"),
        ("", '[isochrones]\nof = [["sites"]]\n', "isochrones.of: must be a list among"),
        ("", "[isochrones]\nminutes = [5, 5]\n", "isochrones.minutes: must be a list of different"),
        ("thresholds_min = [10, 10]", "", "walk.thresholds_min: must be a list of different"),
        ("thresholds_min = [2000]", "", "a day at most"),
        ("speed_km_h = 1e9", "", "walk.speed_km_h: must be at most 50"),
        ("margin_m = -0.5", "", "walk.margin_m: must be metres from 0 on"),
        (
            'decay = { function = "gaussian", beta = "x", limit_min = 5 }',
            "",
            "walk.decay.beta: must be",
        ),
        (
            'decay = { function = "linear", beta = 1, limit_min = 5 }',
            "",
            "is not used by the function linear",
        ),
        (
            'decay = { function = "bands", limits_min = 5, weights = [1] }',
            "",
            "must be a list of numbers",
        ),
        ("", '[isochrones]\nof = ["homes"]\n', "isochrones.of: must be a list among"),
        ("", "[isochrones]\nminutes = [0]\n", "isochrones.minutes"),
    ],
)
def test_bad_settings_are_told(tmp_path, walk, more, told):
    from renewal_gis.config import read_study_file
    from renewal_gis.errors import StudyFileError

    with pytest.raises(StudyFileError) as caught:
        read_study_file(widened(write_small_study(tmp_path), walk=walk, more=more))
    assert told in str(caught.value)
