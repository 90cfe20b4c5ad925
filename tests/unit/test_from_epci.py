"""From an EPCI's code to a map: new, fetch, check, run, with a mirror in the network's place."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely import box
from small_mirror import CODES, EPCI, X, Y, write_mirror

from renewal_gis.cli import main
from renewal_gis.files import sha256_of


def told(*words: object) -> str:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.output


def begun(folder: Path, mirror: Path) -> Path:
    """Return the study file of the EPCI, its data fetched."""
    told("new", folder, "--epci", EPCI, "--mirror", mirror, "--quiet")
    told("fetch", folder / "study.toml", "--mirror", mirror, "--quiet")
    return folder / "study.toml"


def draw_sites(path: Path) -> None:
    """Draw two sites into the empty GeoPackage, as somebody would in QGIS."""
    held = gpd.read_file(path)
    assert len(held) == 0
    drawn = gpd.GeoDataFrame(
        {"id": ["S1", "S2"], "name": ["Carreau", "Champ"], "capacity": [30, 20]},
        geometry=[
            box(X + 120, Y + 220, X + 160, Y + 260), box(X + 620, Y - 380, X + 680, Y - 320)
        ],
        crs=held.crs,
    )  # fmt: skip
    drawn.to_file(path, layer="sites", driver="GPKG")


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    return write_mirror(tmp_path_factory.mktemp("mirror"))


@pytest.fixture(scope="module")
def study(tmp_path_factory, mirror):
    return begun(tmp_path_factory.mktemp("epci") / "study", mirror)


def test_a_fetched_study_is_checked_without_a_word_edited(study, tmp_path):
    report = tmp_path / "check"
    output = told("check", study, "--report", report)
    table = pd.read_csv(report / "check.csv")
    assert set(table["weight"]) == {"look", "fine"}
    looked = table[table["weight"] == "look"].set_index(["layer", "check"])["count"]
    assert looked["stock", "estimated"] == 20
    assert ("sites", "absent") in looked.index
    assert "None of its 1 rows lies in the study" in output  # the only QPV is elsewhere
    page = (report / "check.html").read_text(encoding="utf-8")
    assert "20 buildings, 33% of all, are estimated" in page
    assert "batiments.geojson" in page


def test_the_two_communes_are_kept_and_all_else_is_cut_to_them(study):
    from renewal_gis.loading import load

    loaded = load(study)
    tables = loaded.tables
    assert tables["communes"].index.tolist() == list(CODES)
    assert len(tables["stock"]) == 60  # six of 66 stand in the neighbour
    assert "75101" not in "".join(tables["services"].index)
    assert len(tables["services"]) == 13
    assert tables["stock"]["social_dwellings"].sum() == 2
    assert "constraints" not in tables
    origins = {one.file: one for one in loaded.provenance}
    ours = {"sites.gpkg", "programme.xlsx"}
    assert all(one.licence and one.attribution for one in origins.values() if one.file not in ours)
    assert origins["qpv_2024.zip"].rows_kept == 0


def test_sites_drawn_by_hand_are_all_it_takes_to_a_map(mirror, tmp_path):
    study = begun(tmp_path / "study", mirror)
    words = study.read_bytes()
    draw_sites(tmp_path / "study" / "sites.gpkg")
    output = told("run", study, "--output", tmp_path / "out")
    assert study.read_bytes() == words
    assert "Carreau" in output
    assert "were estimated from footprint and storeys" in output
    sites = pd.read_csv(tmp_path / "out" / "sites.csv").set_index("site")
    assert sites["rank"].to_dict() == {"S1": 1, "S2": 2}
    assert sites["walk_min:ecole"].notna().all()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    inputs = {row["file"]: row for row in manifest["inputs"]}
    for name in ("BPE25.parquet", "batiments.geojson", "rpls.csv", "qpv_2024.zip"):
        assert inputs[name]["sha256"] == sha256_of(mirror / name)
        assert inputs[name]["fetched_from"].startswith("https://")
    assert (tmp_path / "out" / "map.html").stat().st_size > 100_000


def test_an_operation_written_into_the_workbook_is_planned(mirror, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    study = begun(tmp_path / "study", mirror)
    path = tmp_path / "study" / "programme.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["operations"]
    header = [cell.value for cell in sheet[1]]
    row = {"id": "OP1", "family": "01", "name": "Tour A", "dwellings": 14}
    sheet.append([row.get(name) for name in header])
    book.save(path)
    told("plan", study, "--output", tmp_path / "plan", "--quiet")
    from renewal_gis.loading import load

    held = load(study).tables
    assert held["operations"]["dwellings"].to_dict() == {"OP1": 14}
    assert "milestones" not in held


def test_the_same_mirror_gives_the_same_bytes(mirror, tmp_path):
    for name in ("a", "b"):
        study = begun(tmp_path / name, mirror)
        draw_sites(study.parent / "sites.gpkg")
    held = [
        {
            path.relative_to(tmp_path / name): sha256_of(path)
            for path in sorted((tmp_path / name).rglob("*"))
            if path.is_file() and path.name != "sites.gpkg"
        }
        for name in ("a", "b")
    ]
    assert held[0] == held[1]
    assert len(held[0]) > 15


def test_a_mirror_made_of_another_study_keeps_its_dates(mirror, study, tmp_path):
    """The folder `data` of a colleague who has the network is a mirror, days and vintages included."""
    copy = tmp_path / "mirror"
    copy.mkdir()
    for path in (study.parent / "data").iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    listed = json.loads((copy / "fetched.json").read_text(encoding="utf-8"))
    for row in listed["fetched"]:
        row["date"] = "2026-03-10"
        row["vintage"] = row["vintage"] or "2026-03-10"
    (copy / "fetched.json").write_text(json.dumps(listed), encoding="utf-8")
    output = told(
        "check", begun(tmp_path / "study", copy), "--quiet", "--report", tmp_path / "check"
    )
    assert "2026-03-10" in output
    table = pd.read_csv(tmp_path / "check" / "check.csv")
    # Every layer that was fetched is dated; the sites are drawn later.
    assert "vintage" not in set(table["check"])


def test_a_source_that_is_not_there_is_named_and_the_others_are_brought(mirror, tmp_path):
    import shutil

    short = tmp_path / "mirror"
    shutil.copytree(mirror, short)
    (short / "qpv_2024.zip").unlink()
    told("new", tmp_path / "s", "--epci", EPCI, "--mirror", short, "--quiet")
    done = CliRunner().invoke(
        main, ["fetch", str(tmp_path / "s"), "--mirror", str(short), "--quiet"]
    )
    assert done.exit_code == 1
    assert "qpv_2024.zip" in done.output
    assert (tmp_path / "s" / "data" / "BPE25.parquet").exists()
    checked = CliRunner().invoke(main, ["check", str(tmp_path / "s" / "study.toml"), "--quiet"])
    assert checked.exit_code == 1
    told_so = "constraints (qpv_2024.zip): no such file in the folder 'data': it was not fetched."
    assert f"{told_so} Bring it with: renewal-gis fetch\n" in checked.output


def test_a_file_fetched_only_by_name_is_told_with_its_name(study, tmp_path):
    import shutil

    copy = tmp_path / "study"
    shutil.copytree(study.parent, copy)
    text = (copy / "study.toml").read_text(encoding="utf-8")
    old = '"data/batiments.geojson", source = "bdtopo"'
    assert old in text
    new = '"data/cadastre-59112-batiments.json.gz", source = "cadastre"'
    (copy / "study.toml").write_text(text.replace(old, new), encoding="utf-8")
    checked = CliRunner().invoke(main, ["check", str(copy), "--quiet"])
    assert checked.exit_code == 1
    assert "Bring it with: renewal-gis fetch --only cadastre\n" in checked.output
    # A file of one's own that is misspelt is none fetch brings.
    (copy / "study.toml").write_text(text.replace("sites.gpkg", "site.gpkg"), encoding="utf-8")
    checked = CliRunner().invoke(main, ["check", str(copy), "--quiet"])
    assert "The nearest is 'sites.gpkg'. Correct the path" in checked.output


@pytest.mark.parametrize(
    ("content", "told_so"),
    [
        ({"features": [{"type": "Feature", "properties": {"code": "75056", "nom": "Paris",
          "codeEpci": "200054781"}, "geometry": {"type": "Point", "coordinates": [2.3, 48.8]}}]},
         "lists communes of the EPCI 200054781, not of 245901160"),
        ({"features": [{"type": "Feature", "properties": {"insee": "59112"},
          "geometry": {"type": "Point", "coordinates": [3.5, 50.3]}}]},
         "lists no communes: the column 'code' is not there"),
        ({"features": []}, "no EPCI has this SIREN today"),
        ([1], "outlines.geojson): the file cannot be read"),
    ],
)  # fmt: skip
def test_a_mirror_of_another_territory_or_of_none_begins_no_study(
    mirror, tmp_path, content, told_so
):
    import shutil

    other = tmp_path / "mirror"
    shutil.copytree(mirror, other)
    if isinstance(content, dict):
        content = {"type": "FeatureCollection", **content}
    (other / "outlines.geojson").write_text(json.dumps(content), encoding="utf-8")
    done = CliRunner().invoke(
        main, ["new", str(tmp_path / "s"), "--epci", EPCI, "--mirror", str(other), "--quiet"]
    )
    assert done.exit_code == 1
    assert told_so in done.output
    assert not (tmp_path / "s" / "study.toml").exists()


def test_a_territory_saved_with_a_byte_order_mark_is_read(study, mirror, tmp_path):
    from renewal_gis.sources.starting import read_territory

    path = tmp_path / "territory.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (study.parent / "territory.toml").read_bytes())
    assert read_territory(path) == read_territory(study.parent / "territory.toml")


def test_insee_s_types_of_proximity_are_measured_on_its_own_file(mirror, tmp_path):
    study = begun(tmp_path / "study", mirror)
    draw_sites(tmp_path / "study" / "sites.gpkg")
    text = study.read_text(encoding="utf-8")
    old = 'source = "bpe"'
    assert old in text
    text = text.replace(old, 'source = "bpe", layer = "insee-proximite"')
    study.write_text(text + '\n[[criteria]]\nset = "insee-proximite"\n', encoding="utf-8")
    told("run", study, "--output", tmp_path / "out", "--quiet")
    sites = pd.read_csv(tmp_path / "out" / "sites.csv").set_index("site")
    for group in ("coiffure", "kinesitherapeute", "generaliste", "boulangerie"):
        assert sites[f"walk_min:{group}"].notna().all(), group
    assert "walk_min:college" not in sites
    assert sites["score"].notna().all()


def test_a_siren_may_be_written_in_groups_of_three(mirror, tmp_path):
    told("new", tmp_path / "s", "--epci", "245 901 160", "--mirror", mirror, "--quiet")
    assert f'epci = "{EPCI}"' in (tmp_path / "s" / "territory.toml").read_text(encoding="utf-8")


def test_options_of_fetching_go_with_an_epci(mirror, tmp_path):
    done = CliRunner().invoke(main, ["new", str(tmp_path / "s"), "--mirror", str(mirror)])
    assert done.exit_code == 2
    assert "--mirror goes with --epci" in done.output
    assert not (tmp_path / "s").exists()
