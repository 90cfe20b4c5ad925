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
    assert len(settings.criteria) == 22


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
        ('["06:30", "9:00"]', '["06:30", "48:00"]', "transit.window: must be two times"),
        ('["06:30", "9:00"]', '["06:30", 9]', "transit.window: must be two times"),
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


JUDGED = (
    GOOD
    + """
group = "services"

[[criteria]]
name = "buses"
measure = "departures_day:stop"
anchors = [[72, 40], [144, 70], [360, 100]]
group = "transit"

[robustness]
before = [["transit", "services"]]
draws = 500
seed = 7
top = 3

[scenarios.south]
en = "The south"
fr = "Le sud"
dwellings = { S01 = 40, S02 = 25 }
flows.P01 = { S01 = 30 }
"""
)


def test_value_functions_weightings_and_scenarios_are_read(tmp_path):
    settings = read_study_file(written(tmp_path, JUDGED))
    school, buses = settings.criteria
    assert (school.group, school.curve) == ("services", ((5.0, 100.0), (20.0, 0.0)))
    assert buses.anchors == ((72.0, 40.0), (144.0, 70.0), (360.0, 100.0))
    asked = settings.robustness
    assert (asked.before, asked.draws, asked.seed, asked.top) == (
        (("transit", "services"),), 500, 7, 3,
    )  # fmt: skip
    (south,) = settings.scenarios
    assert (south.name, south.label("fr"), south.total) == ("south", "Le sud", 65)
    assert south.flows == {"P01": {"S01": 30.0}}


def test_a_set_stands_for_its_criteria_and_others_may_follow(tmp_path):
    text = GOOD.split("[[criteria]]", maxsplit=1)[0]
    text += '[[criteria]]\nset = "insee-proximite"\n'
    text += '[[criteria]]\nmeasure = "percentile:walk_min:ecole"\nbest = 90\nworst = 10\n'
    held = read_study_file(written(tmp_path, text)).criteria
    assert len(held) == 27
    assert held[-1].name == "percentile:walk_min:ecole"
    assert held[-1].unit == "of 100"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("anchors = [[72, 40]", "best = 1\nanchors = [[72, 40]", "anchors or best, not both"),
        ("[144, 70]", "[60, 70]", "the values of the anchors must only rise or only fall"),
        ("[144, 70]", "[144, 30]", "the points of the anchors must only fall or only rise"),
        (
            "[[72, 40], [144, 70], [360, 100]]",
            "[[72, 40]]",
            "criteria[1].anchors: must be two or more",
        ),
        ("[144, 70]", "[144]", "criteria[1].anchors: must be two or more"),
        ('group = "transit"', 'group = "transport"', "Did you mean 'transit'?"),
        ('group = "transit"', 'grup = "transit"', "did you mean 'group'?"),
        ('[["transit", "services"]]', '[["transit", "service"]]', "did you mean 'services'?"),
        ('[["transit", "services"]]', '["transit"]', "robustness.before: must be pairs of names"),
        (
            '[["transit", "services"]]',
            '[["transit", "services"], ["services", "transit"]]',
            "robustness.before: ",
        ),
        ("draws = 500", "draws = 0", "robustness.draws: must be a whole number from 1"),
        ("draws = 500", "draws = 5.5", "robustness.draws: must be a whole number from 1"),
        ("top = 3", "first = 3", "robustness.first: unknown key"),
        ("[robustness]", "robustness = 3\n[other]", "unknown key"),
        ("S02 = 25", "S02 = 0", "scenarios.south.dwellings.S02: must be a whole number above 0"),
        ("S02 = 25", "S02 = 2.5", "scenarios.south.dwellings.S02: must be a whole number above 0"),
        ("dwellings = { S01 = 40, S02 = 25 }", "", "scenarios.south.dwellings: is needed"),
        ("flows.P01 = { S01 = 30 }", "flows.P01 = { S01 = -1 }", "flows.P01.S01: must be a number"),
        ('en = "The south"', 'english = "x"', "scenarios.south.english: unknown key"),
    ],
)
def test_each_fault_of_judging_has_its_sentence(tmp_path, old, new, told):
    assert old in JUDGED
    assert told in faults(tmp_path, JUDGED.replace(old, new, 1))


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ('set = "panier"', "Did you mean 'panier-relogement'?"),
        ('set = "panier-relogement"\nweight = 2', "a set stands alone; remove weight"),
        (
            'measure = "percentile:walk_min:ecol"\nbest = 1\nworst = 0',
            "nearest is 'walk_min:ecole'",
        ),
    ],
)
def test_each_fault_of_a_set_or_a_percentile_has_its_sentence(tmp_path, entry, told):
    text = GOOD.split("[[criteria]]", maxsplit=1)[0] + f"[[criteria]]\n{entry}\n"
    assert told in faults(tmp_path, text)


def test_faults_of_criteria_weightings_and_scenarios_come_in_one_message(tmp_path):
    text = JUDGED.replace("weight = 2", "weight = -1").replace("draws = 500", "draws = -5")
    told = faults(tmp_path, text.replace("S02 = 25", 'S02 = "many"'))
    assert "3 fault(s)" in told


@pytest.mark.parametrize(
    "place",
    [
        "PG:host=base dbname=a user=u password=SECRET",
        "host=base user=u password = SECRET",
        "https://u:SECRET@example.org/data/communes.geojson",
        "jdbc:postgresql://base/a?user=u&password=SECRET",
        "/vsicurl/https://u:SECRET@example.org/communes.gpkg",
    ],
)
@pytest.mark.parametrize("key", ["communes", "services", "grids.hazard"])
def test_a_connection_is_no_file_and_its_password_is_not_shown(tmp_path, place, key):
    path = tmp_path / "study.toml"
    communes = "" if key == "communes" else 'communes = "communes.gpkg"\n'
    path.write_text(f'[layers]\n{communes}{key} = {{ path = "{place}" }}\n', encoding="utf-8")
    with pytest.raises(StudyFileError, match=rf"layers\.{key}\.path: is no file") as held:
        read_study_file(path)
    assert "SECRET" not in str(held.value)


@pytest.mark.parametrize(
    "place", ["BDTOPO_V3:batiment.geojson", "a=b.csv", "C:/donnees/stock.gpkg"]
)
def test_unusual_names_of_files_are_names_of_files(tmp_path, place):
    path = tmp_path / "study.toml"
    path.write_text(f'[layers]\ncommunes = "{place}"\n', encoding="utf-8")
    (spec,) = read_study_file(path).layers["communes"]
    assert spec.path.name == place.rpartition("/")[2]


def test_a_study_without_a_name_has_that_of_its_folder(tmp_path, monkeypatch):
    folder = tmp_path / "Denain"
    folder.mkdir()
    (folder / "study.toml").write_text('[layers]\ncommunes = "c.gpkg"\n', encoding="utf-8")
    monkeypatch.chdir(folder)
    assert read_study_file("study.toml").name == "Denain"
    assert read_study_file(".").name == "Denain"


def test_a_programme_file_that_is_not_there_is_told_as_such(tmp_path):
    told = faults(tmp_path, GOOD + '\n[programme]\nfile = "programm.toml"\n')
    assert "1 fault(s)" in told
    assert (
        "programme.file: there is no 'programm.toml' beside the study file: correct the name"
        in told
    )
