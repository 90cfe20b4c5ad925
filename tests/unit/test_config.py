"""The study file: read right, and every fault told at once with its key path."""

from __future__ import annotations

import datetime as dt

import pytest

from renewal_gis.config import default_criteria, read_study_file
from renewal_gis.errors import StudyFileError

GOOD = """
[study]
name = "Petite ville"
language = "en"

[layers]
communes = { path = "communes.gpkg", rename = { nom = "name" }, nature = "schematic" }
services = ["a.csv", { path = "b.csv", keep = { open = "yes" }, values = { group = { C201 = "college" } } }]

[layers.grids]
hazard = { path = "hazard.tif", at_least = 2 }

[sectors]
date = "2026-01-01"
corridor = ["59153"]

[walk]
speed_km_h = 3.6
thresholds_min = [15, 5]

[transit]
feeds = ["gtfs.zip"]
date = 2026-03-10
window = ["06:30", "9:00"]

[[criteria]]
name = "school"
measure = "walk_min:ecole"
best = 5
worst = 20
weight = 2
"""


def written(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(tmp_path, text):
    with pytest.raises(StudyFileError) as caught:
        read_study_file(written(tmp_path, text))
    return str(caught.value)


def test_a_good_file_is_read(tmp_path):
    settings = read_study_file(written(tmp_path, GOOD))
    assert settings.name == "Petite ville"
    assert settings.crs == "EPSG:2154"
    assert settings.layers["communes"][0].path == tmp_path.resolve() / "communes.gpkg"
    assert settings.layers["communes"][0].nature == "schematic"
    assert [spec.path.name for spec in settings.layers["services"]] == ["a.csv", "b.csv"]
    assert settings.layers["services"][1].keep == {"open": ("yes",)}
    assert settings.grids["hazard"].at_least == 2
    assert settings.walk.profile.speed_km_h == 3.6
    assert settings.walk.thresholds_min == (5, 15)
    assert settings.transit.date == dt.date(2026, 3, 10)
    assert settings.criteria[0].unit == "min"


def test_without_criteria_the_default_basket_counts(tmp_path):
    settings = read_study_file(written(tmp_path, GOOD.split("[[criteria]]", maxsplit=1)[0]))
    assert settings.criteria == default_criteria()
    assert len(settings.criteria) == 17


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert read_study_file(path).name == "Petite ville"


def test_all_faults_are_told_at_once(tmp_path):
    told = faults(
        tmp_path,
        """
[study]
nam = "x"
language = "de"
[layers]
stok = "b.gpkg"
[walk]
speed_km_h = "fast"
""",
    )
    assert "5 fault(s)" in told
    assert "study.nam: unknown key; did you mean 'name'?" in told
    assert "layers.stok: unknown key; did you mean 'stock'?" in told
    assert "layers.communes: is needed" in told
    assert "walk.speed_km_h: must be a finite number, got 'fast'." in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('corridor = ["59153"]', "corridor = [59153]", "sectors.corridor: must be a list"),
        ('corridor = ["59153"]', "corridor = []", "sectors.corridor: is empty"),
        ('corridor = ["59153"]', 'corridor = ["1"]\nsouth = ["1"]', "1 stands in both"),
        ('date = "2026-01-01"', 'date = "January"', "sectors.date: must be a day"),
        ("date = 2026-03-10", 'date = "2026-03-10"', "transit.date: must be a day without quotes"),
        ('["06:30", "9:00"]', '["09:00", "07:00"]', "transit.window: must be two times"),
        ('["06:30", "9:00"]', '["7h", "9h"]', "transit.window: must be two times"),
        ('feeds = ["gtfs.zip"]', "feeds = []", "transit.feeds: must be a list"),
        ("best = 5", "best = 20", "two different numbers"),
        ("best = 5\n", "", "criteria[0].best: is needed"),
        ("weight = 2", "weight = -1", "the weight -1.0 is negative"),
        ("weight = 2", "weight = 0", "no criterion has a weight above 0"),
        ("best = 5", "best = nan", "criteria[0].best: must be a finite number"),
        ("walk_min:ecole", "walk_min:ecol", "the nearest is 'walk_min:ecole'"),
        ("thresholds_min = [15, 5]", "thresholds_min = [0]", "walk.thresholds_min"),
        ("speed_km_h = 3.6", "speed_km_h = 0", "walk.speed_km_h: must be above 0"),
        ('nature = "schematic"', 'nature = "rough"', "must be one of real, schematic, synthetic"),
        ('{ nom = "name" }', '"name"', "layers.communes.rename: must be a table"),
        ('path = "communes.gpkg"', 'file = "communes.gpkg"', "layers.communes.path: is needed"),
        ("at_least = 2", 'at_least = "2"', "layers.grids.hazard.at_least: must be a finite number"),
    ],
)
def test_each_fault_has_its_sentence(tmp_path, old, new, told):
    assert old in GOOD
    assert told in faults(tmp_path, GOOD.replace(old, new, 1))


def test_two_criteria_of_one_name_are_refused(tmp_path):
    twice = GOOD + '[[criteria]]\nname = "school"\nmeasure = "walk_min:stop"\nbest = 1\nworst = 2\n'
    assert "two criteria are called 'school'" in faults(tmp_path, twice)


def test_an_absent_file_tells_how_to_write_one(tmp_path):
    with pytest.raises(StudyFileError, match="renewal-gis new"):
        read_study_file(tmp_path / "study.toml")


def test_what_is_not_toml_is_told_with_its_line(tmp_path):
    assert "not valid TOML" in faults(tmp_path, "[study\n")


def test_what_is_not_text_is_told(tmp_path):
    path = tmp_path / "study.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StudyFileError, match="cannot be read as UTF-8"):
        read_study_file(path)
