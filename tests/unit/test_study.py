"""The whole way on a study small enough to check by hand."""

from __future__ import annotations

import hashlib
import json

import geopandas as gpd
import pandas as pd
import pytest
from shapely.affinity import translate
from small_study import write_small_study

from renewal_gis.digest import summary
from renewal_gis.edition import map_content, publish
from renewal_gis.errors import DataError
from renewal_gis.study import load, run


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run(write_small_study(tmp_path_factory.mktemp("small")))


def test_the_minutes_are_those_of_the_drawing(results):
    # The school stands at the north-west corner; b1 is 50 m east of it.
    assert results.stock.loc["b1", "walk_min:ecole"] == pytest.approx(50 / 80, abs=0.01)
    # b3, on the south side, goes west and north: 50 + 20 + 20 m.
    assert results.stock.loc["b3", "walk_min:ecole"] == pytest.approx(90 / 80, abs=0.01)


def test_the_last_stop_of_a_trip_is_no_departure(results):
    assert results.study.tables["stops"].index.tolist() == ["n"]
    assert results.sites["departures_day:stop"].tolist() == [2, 2]
    assert results.sites["departures_h:stop"].tolist() == [0.5, 0.5]


def test_the_scores_are_those_of_the_anchors(results):
    north = results.sites.loc["north"]
    # 150 m to school is 1.875 min: (4 − 1.875) / 3; two departures of four.
    assert north["score"] == pytest.approx((100 * (4 - 1.875) / 3 + 50) / 2, abs=0.1)
    assert results.sites["rank"].tolist() == [1, 2]


def test_the_veto_stands_beside_the_score(results):
    assert results.sites["veto"].tolist() == ["", "flood"]
    assert results.sites.loc["south", "score"] > 0


def test_sites_and_homes_have_their_sector(results):
    assert results.sites["sector"].tolist() == ["corridor", "south"]
    assert results.stock["sector"].tolist() == ["corridor", "south", "south", "south"]


def test_sectors_are_weighted_by_dwellings(results):
    table = results.comparison.set_index(["sector", "measure"])
    assert table.loc[("south", "walk_min:ecole"), "dwellings"] == 5


def test_the_programme_is_added_up(results):
    total = results.programme.loc["total"]
    assert (total["demolished"], total["rebuilt"]) == (14, 12)


def test_the_weakest_nature_is_the_study_s(results):
    assert results.study.nature == "synthetic"
    assert map_content(results).notices == {"stock": "synthetic"}


def test_explanations_come_in_the_study_s_language(results):
    assert results.explain("north")[0].startswith("Site north (Site nord) scores")
    assert results.explain("north", language="fr")[0].startswith("Le site north")
    with pytest.raises(DataError, match="No site called 'x'"):
        results.explain("x")


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def test_two_runs_give_the_same_bytes(tmp_path):
    study = write_small_study(tmp_path / "in")
    publish(run(study), tmp_path / "one")
    publish(run(study), tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert {"map.html", "sites.csv", "findings.csv", "manifest.json", "stock.parquet"} <= set(
        digests(tmp_path / "one")
    )


def test_every_output_says_the_data_is_synthetic(results, tmp_path):
    publish(results, tmp_path)
    rests_on_no_data = {"assumptions.csv", "criteria.csv", "findings.csv", "sources.csv"}
    for path in tmp_path.glob("*.csv"):
        if path.name not in rests_on_no_data:
            table = pd.read_csv(path)
            assert (table["data_nature"] == "synthetic").all(), path.name
            assert (table["timetable_date"] == "2026-03-10").all(), path.name
    assert "synthetic" in set(pd.read_csv(tmp_path / "sources.csv")["nature"])
    assert "synthetic data" in " ".join(results.explain("north"))
    for path in tmp_path.glob("*.parquet"):
        assert (pd.read_parquet(path)["data_nature"] == "synthetic").all()
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert "synthetic" in manifest["notice"]
    assert "synth" in (tmp_path / "map.html").read_text(encoding="utf-8")


def test_the_manifest_names_every_input_and_output(results, tmp_path):
    publish(results, tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    on_disk = digests(tmp_path)
    on_disk.pop("manifest.json")
    assert manifest["outputs"] == on_disk
    assert {held["layer"] for held in manifest["inputs"]} >= {"communes", "stock", "stops"}
    assert manifest["parameters"]["timetable_date"] == "2026-03-10"


def test_a_value_is_never_evaluated_as_a_template(results, tmp_path):
    publish(results, tmp_path)
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "Site 49" not in page


def test_all_layers_at_fault_are_told_in_one_message(tmp_path):
    study = write_small_study(tmp_path)
    (tmp_path / "stock.parquet").write_bytes(b"PAR1 cut short")
    (tmp_path / "sites.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(DataError) as caught:
        load(study)
    assert "stock" in str(caught.value)
    assert "sites" in str(caught.value)


def test_a_failed_run_leaves_earlier_outputs_intact(results, tmp_path, monkeypatch):
    publish(results, tmp_path / "out")
    before = digests(tmp_path / "out")

    def broken(*_args, **_rest):
        raise OSError("disk full")

    monkeypatch.setattr("renewal_gis.edition.write_manifest", broken)
    with pytest.raises(OSError, match="disk full"):
        publish(results, tmp_path / "out")
    assert digests(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_an_earlier_run_wrote_and_this_one_does_not_goes_away(tmp_path):
    study = write_small_study(tmp_path / "in")
    publish(run(study), tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    study.write_text(study.read_text().replace('operations = "operations.csv"\n', ""))
    publish(run(study), str(tmp_path / "out"))
    assert not (tmp_path / "out" / "programme.csv").exists()
    assert (tmp_path / "out" / "notes.txt").exists()


def test_a_map_drawn_anew_leaves_no_manifest_that_lies(tmp_path):
    study = write_small_study(tmp_path / "in")
    publish(run(study), tmp_path / "out")
    publish(run(study), tmp_path / "out", only_map=True)
    assert (tmp_path / "out" / "manifest.json").exists()
    study.write_text(study.read_text().replace("Petite ville", "Autre ville"))
    publish(run(study), tmp_path / "out", only_map=True)
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert (tmp_path / "out" / "sites.csv").exists()


def test_homes_outside_every_commune_are_told(tmp_path):
    study = write_small_study(tmp_path)
    stock = gpd.read_parquet(tmp_path / "stock.parquet")
    stock.loc["b1", "geometry"] = stock.geometry["b1"].buffer(1).centroid.buffer(3)
    stock["commune"] = ["N", "S", "N", "00000"]
    stock.geometry = [translate(g, 0, 30_000 * (n == 1)) for n, g in enumerate(stock.geometry)]
    stock.to_parquet(tmp_path / "stock.parquet")
    results = run(study)
    found = results.findings.set_index(["code", "row"])["message"]
    assert ("unknown-reference", "b4") in found.index
    assert ("commune-differs", "b3") in found.index
    assert results.stock["sector"].tolist() == ["corridor", "south", "corridor", "south"]
    del stock["commune"]
    stock.to_parquet(tmp_path / "stock.parquet")
    results = run(study)
    assert ("outside-communes", "b2") in set(
        zip(results.findings["code"], results.findings["row"], strict=True)
    )


def test_a_layer_of_another_place_is_refused(tmp_path):
    study = write_small_study(tmp_path)
    sites = gpd.read_file(tmp_path / "sites.geojson")
    sites.geometry = [translate(g, 2, 0) for g in sites.geometry]
    sites.to_file(tmp_path / "sites.geojson")
    with pytest.raises(DataError, match="None of the 2 rows touches a commune"):
        load(study)


def test_one_more_site_changes_no_other_score(tmp_path):
    study = write_small_study(tmp_path)
    before = run(study).sites["score"]
    sites = gpd.read_file(tmp_path / "sites.geojson")
    more = sites.iloc[[0]].assign(id="third", name="Third")
    gpd.GeoDataFrame(pd.concat([sites, more])).to_file(tmp_path / "sites.geojson")
    after = run(study).sites["score"]
    assert after[before.index].tolist() == before.tolist()


def test_a_study_of_communes_alone_runs_and_says_what_is_missing(tmp_path):
    write_small_study(tmp_path)
    (tmp_path / "bare.toml").write_text('[layers]\ncommunes = "communes.gpkg"\n')
    results = run(tmp_path / "bare.toml")
    absent = results.findings[results.findings["code"] == "layer-absent"]
    assert set(absent["layer"]) == {"streets", "services", "stops", "sites", "stock"}
    publish(results, tmp_path / "out")
    assert (tmp_path / "out" / "map.html").exists()


def test_a_site_far_from_any_street_is_told_and_has_an_interval(tmp_path):
    study = write_small_study(tmp_path)
    text = study.read_text().replace("[sectors]", "[walk]\njoin_limit_m = 4\n\n[sectors]")
    study.write_text(text.replace("departures_day:stop", "constraint_share:flood"))
    results = run(study)
    # A site's inner point lies on its street here, so the limit of 4 m still joins it.
    assert results.sites["walk_min:ecole"].notna().all()
    moved = pd.read_json(tmp_path / "sites.geojson", typ="series")
    moved["features"][0]["geometry"]["coordinates"] = [
        [[x, y + 0.003] for x, y in ring]
        for ring in moved["features"][0]["geometry"]["coordinates"]
    ]
    (tmp_path / "sites.geojson").write_text(json.dumps(dict(moved)))
    results = run(study)
    assert results.sites["walk_min:ecole"].isna().tolist() == [True, False]
    far = results.findings[results.findings["code"] == "far-from-street"]
    assert far["row"].tolist() == ["north"]
    north = results.sites.loc["north"]
    assert pd.isna(north["rank"])
    assert north["score_low"] < north["score_high"]


def test_the_summary_is_plain(results):
    text = json.dumps(summary(results))
    assert json.loads(text)["sites"]["north"]["rank"] == 1


def test_a_folder_that_holds_a_pack_is_refused_and_left_alone(tmp_path):
    results = run(write_small_study(tmp_path / "in"))
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "dossier.pdf").write_text("the dossier")
    (pack / "manifest.json").write_text('{"kind": "pack", "outputs": {"dossier.pdf": "0"}}')
    with pytest.raises(DataError, match=r"pack holds what another command wrote \(pack\)"):
        publish(results, pack)
    assert sorted(path.name for path in pack.iterdir()) == ["dossier.pdf", "manifest.json"]
