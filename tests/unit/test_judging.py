"""The judgement of a study from end to end: robustness, territories, scenarios, percentiles, the chart."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box
from small_study import write_small_study

from renewal_gis.digest import summary
from renewal_gis.edition import publish
from renewal_gis.errors import DataError
from renewal_gis.publishing.charts import two_axes_chart
from renewal_gis.study import load, require, run
from renewal_gis.territories import built_up_distance

SCENARIOS = """
[robustness]
draws = 2000
top = 1

[scenarios.there]
en = "In the south"
dwellings = { south = 12 }

[scenarios.here]
en = "In the north"
dwellings = { north = 10, south = 2 }
"""


def write_judged_study(folder, more=SCENARIOS):
    """Write the small study with demolished homes, known places at school, and scenarios."""
    study = write_small_study(folder)
    stock = gpd.read_parquet(folder / "stock.parquet")
    stock["tenure"] = ["social", "owner", "social", "owner"]
    stock["fate"] = ["demolish", "keep", "keep", "keep"]
    stock["perimeter"] = None
    stock.to_parquet(folder / "stock.parquet")
    services = (folder / "services.csv").read_text().replace("x,y\n", "x,y,capacity\n", 1)
    (folder / "services.csv").write_text(services.rstrip("\n") + ",36\n")
    study.write_text(study.read_text() + more)
    return study


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run(write_judged_study(tmp_path_factory.mktemp("judged")))


def test_the_only_site_better_on_everything_is_always_first(results):
    shares = results.robustness.acceptability.shares
    assert (results.ranking.points.loc["north"] >= results.ranking.points.loc["south"]).all()
    assert shares["first"].to_dict() == {"north": 1.0, "south": 0.0}
    assert results.opinions["pareto"].to_dict() == {"north": True, "south": False}
    assert results.opinions["dominated_by"]["south"] == "north"
    assert set(results.agreement["opinion"]) == {"geometric", "topsis", "promethee"}


def test_minutes_lost_are_those_of_the_drawing(results):
    # Who leaves b1, 50 m from the school, goes to a site's own walk, weighted by its dwellings.
    walk = results.sites["walk_min:ecole"]
    table = results.scenarios.rehousing.set_index(["scenario", "perimeter", "measure"])
    there = table.loc[("there", "all", "walk_min:ecole")]
    here = table.loc[("here", "all", "walk_min:ecole")]
    assert there["today"] == pytest.approx(50 / 80, abs=0.01)
    assert there["there"] == pytest.approx(walk["south"])
    assert here["there"] == pytest.approx((10 * walk["north"] + 2 * walk["south"]) / 12)
    assert there["households"] == 4


def test_places_at_school_are_shared_by_who_comes_and_no_more_by_who_leaves(results):
    table = results.scenarios.capacity.set_index(["scenario", "group"])
    held = table.loc[("there", "ecole")]
    # All nine dwellings walk to the school today; four are demolished, twelve come.
    assert (held["dwellings_before"], held["dwellings_after"]) == (9, 17)
    assert held["per_dwelling_before"] == pytest.approx(36 / 9)
    assert held["per_dwelling_after"] == pytest.approx(36 / 17)


def test_hazards_and_social_housing_of_the_scenarios(results):
    exposure = results.scenarios.exposure.set_index(["scenario", "kind"])
    share = results.sites.loc["south", "constraint_share:flood"]
    assert exposure.loc[("there", "flood"), "on_it"] == pytest.approx(12 * share)
    social = results.scenarios.social.set_index(["scenario", "commune"])
    # S holds b2 (owner, 1), b3 (social, 3) and b4 (owner, 1); twelve social dwellings come.
    assert social.loc[("there", "S"), "share_before"] == pytest.approx(3 / 5)
    assert social.loc[("there", "S"), "share_after"] == pytest.approx(15 / 17)


def test_percentiles_are_among_residents(results):
    homes = results.stock["walk_min:ecole"]
    # 60 residents of N live in the four dwellings of b1, 20 of S in five others.
    people = pd.Series({"b1": 60.0, "b2": 4.0, "b3": 12.0, "b4": 4.0})
    value = results.sites.loc["north", "walk_min:ecole"]
    worse, same = people[homes > value].sum(), people[np.isclose(homes, value)].sum()
    expected = 100 * (worse + same / 2) / people.sum()
    assert results.percentiles.loc["north", "walk_min:ecole"] == pytest.approx(expected)


def test_the_territory_adds_up(results):
    bands = results.territory.bands
    for name in ("dwellings", "residents"):
        totals = bands.groupby(["level", "measure"])[name].sum().groupby("measure")
        assert (totals.max() - totals.min()).abs().max() < 1e-9
    assert bands.query("level == 'territory' and measure == 'walk_min:ecole'")[
        "residents"
    ].sum() == (pytest.approx(80))
    assert (results.territory.effects["caution"] == "too-few-clusters").all()


def test_ten_lines_name_the_scenarios_in_both_languages(results):
    ((title, lines),) = results.ten_lines()
    assert title == "In the south against In the north"
    assert len(lines) == 10
    assert "“In the south” rebuilds 12 dwellings on one site; " in lines[0]
    ((_, french),) = results.ten_lines(language="fr")
    assert "reconstruit 12 logements" in french[0]
    assert summary(results)["scenarios"][title]["1"] == lines[0]


def test_explanations_say_how_often_a_site_is_first(results):
    told = " ".join(results.explain("north", language="en"))
    assert "Site north: first in all of the weightings." in told
    assert "none of the weightings" in " ".join(results.explain("south", language="en"))


def test_every_table_says_what_it_rests_on(results, tmp_path):
    publish(results, tmp_path)
    names = {
        "robustness", "rank_acceptability", "central_weights", "pairwise_wins", "weight_intervals",
        "anchor_changes", "leave_one_out", "second_opinions", "agreement", "subtotals", "percentiles",
        "two_axes", "territory", "access_bands", "within_reach", "transit_classes", "effects",
        "inequality", "scenarios", "scenario_access", "scenario_rehousing", "scenario_exposure",
        "scenario_social_housing", "scenario_capacity", "scenario_differences",
    }  # fmt: skip
    for name in names:
        table = pd.read_csv(tmp_path / f"{name}.csv")
        assert len(table), name
        assert (table["data_nature"] == "synthetic").all(), name
        assert (table["timetable_date"] == "2026-03-10").all(), name
    effects = pd.read_csv(tmp_path / "effects.csv")
    assert effects["caution_label"].str.contains("too narrow").all()
    page = (tmp_path / "scenarios.md").read_text(encoding="utf-8")
    assert page.index("In the south against In the north") < page.index("contre")
    assert "synthetic data" in page
    assert "2026-03-10" in page
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert {"scenarios.md", "two_axes.svg"} <= set(manifest["outputs"])
    assert manifest["parameters"]["scenarios"]["there"]["dwellings"] == {"south": 12}


def test_judged_twice_the_bytes_are_the_same(tmp_path):
    study = write_judged_study(tmp_path / "in")
    for name in ("one", "two"):
        publish(run(study), tmp_path / name)
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two


def test_a_percentile_can_be_a_criterion_and_needs_no_more_to_be_explained(tmp_path):
    study = write_judged_study(tmp_path)
    text = '\n[[criteria]]\nmeasure = "percentile:walk_min:ecole"\nbest = 100\nworst = 0\n'
    study.write_text(study.read_text().replace("[robustness]", text + "\n[robustness]"))
    whole = run(study)
    points = whole.ranking.points["percentile:walk_min:ecole"]
    np.testing.assert_allclose(points, whole.percentiles["walk_min:ecole"])
    only_sites = run(study, homes=False)
    pd.testing.assert_frame_equal(only_sites.ranking.summary, whole.ranking.summary)


def test_statements_on_what_is_not_measured_are_left_out_and_told(tmp_path):
    study = write_judged_study(tmp_path)
    more = '\n[[criteria]]\nname = "crèche"\nmeasure = "walk_min:creche"\nbest = 1\nworst = 9\n'
    text = study.read_text().replace(
        "[robustness]", more + '\n[robustness]\nbefore = [["crèche", "school"]]'
    )
    study.write_text(text)
    results = run(study, homes=False)
    assert "statement-not-used" in set(results.findings["code"])
    assert results.robustness.acceptability.statements == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("south = 12", "south = 13", "13 dwellings on a site that holds 12"),
        ("south = 12", "suth = 12", "no site is called 'suth'. Did you mean 'south'?"),
        (
            "south = 12 }",
            "south = 12 }\nflows.P9 = { south = 4 }",
            "flows.P9: no demolished dwelling",
        ),
    ],
)
def test_a_scenario_that_cannot_be_stops_before_anything_is_computed(
    tmp_path, old, new, told, monkeypatch
):
    study = write_judged_study(tmp_path, SCENARIOS.replace(old, new, 1))
    monkeypatch.setattr("renewal_gis.study.walking", lambda study: pytest.fail("computed"))
    with pytest.raises(DataError) as caught:
        run(study)
    assert told in str(caught.value)


def test_an_empty_sector_and_an_impossible_scenario_are_told_together(tmp_path):
    study = write_judged_study(tmp_path, SCENARIOS.replace("south = 12", "south = 99"))
    stock = gpd.read_parquet(tmp_path / "stock.parquet")
    stock[stock.index.isin(["b1"])].to_parquet(tmp_path / "stock.parquet")
    with pytest.raises(DataError) as caught:
        require(load(study))
    assert "sectors.south: it is empty" in str(caught.value)
    assert "99 dwellings on a site that holds 12" in str(caught.value)


def test_scenarios_without_anyone_to_move_are_told_and_not_compared(tmp_path):
    study = write_judged_study(tmp_path)
    stock = gpd.read_parquet(tmp_path / "stock.parquet")
    stock.assign(fate="keep").to_parquet(tmp_path / "stock.parquet")
    results = run(study)
    assert results.scenarios is None
    assert results.ten_lines() == []
    found = results.findings.set_index("code")["message"]
    assert "nobody moves" in found["scenarios-not-compared"]
    publish(results, tmp_path / "out")
    assert not (tmp_path / "out" / "scenarios.md").exists()


def test_the_built_up_area_is_where_enough_dwellings_stand():
    site = gpd.GeoDataFrame(geometry=[box(0, 0, 10, 10)], index=["A"], crs=2154)
    homes = gpd.GeoDataFrame(
        {"dwellings": [1, 30, 20]}, geometry=[Point(12, 5), Point(60, 5), Point(5, 3010)], crs=2154
    )
    # A lone house is no town; 31 dwellings are not 50; the third, 3 km away, makes it.
    assert built_up_distance(site, homes).tolist() == [3000.0]
    assert built_up_distance(site, homes, dwellings=31).tolist() == [50.0]
    assert built_up_distance(site, homes, dwellings=1).tolist() == [2.0]
    assert built_up_distance(site, homes, dwellings=52).isna().all()


def test_the_chart_places_each_site_and_counts_those_it_cannot():
    axes = pd.DataFrame(
        {"access": [100.0, 0.0, np.nan], "constraint": [0.0, 1.0, 0.5], "access_line": 50.0,
         "constraint_line": 0.25},
        index=["A", "B", "C"],
    )  # fmt: skip
    sites = pd.DataFrame(
        {"name": ["<b>Fosse</b>\x00", "Le Jard", "?"], "sector": ["corridor", "south", "other"],
         "veto": ["", "mining", ""]},
        index=["A", "B", "C"],
    )  # fmt: skip
    told = two_axes_chart(axes, sites, language="en", notes=["Timetable of 2026-03-10."])
    root = ET.fromstring(told)
    space = {"s": "http://www.w3.org/2000/svg"}
    titles = [held.text for held in root.findall("s:g/s:title", space)]
    assert titles == [
        "<b>Fosse</b>: score 100, 0 % under constraint", "Le Jard: score 0, 100 % under constraint",
    ]  # fmt: skip
    disc = root.find("s:g/s:circle", space)
    cross = root.find("s:g/s:path", space)
    width, height = map(float, root.get("viewBox").split()[2:])
    assert float(disc.get("cx")) == width - 20
    assert float(disc.get("cy")) == height - 92
    assert cross.get("d").startswith("M59 95")
    words = "".join(root.itertext())
    assert "Sites not placed, one of the two axes not being measured: 1." in words
    assert "Timetable of 2026-03-10." in words
    assert told == two_axes_chart(axes, sites, language="en", notes=["Timetable of 2026-03-10."])


def test_words_of_the_chart_hide_no_mark_and_no_other_words():
    # Eight sites within a hair of one another on an axis, as served sites without constraint are.
    names = [f"S{place:02d}" for place in range(8)]
    axes = pd.DataFrame(
        {"access": np.linspace(40, 43, 8), "constraint": 0.0, "access_line": 50.0,
         "constraint_line": 0.25},
        index=names,
    )  # fmt: skip
    sites = pd.DataFrame({"name": names, "sector": "south", "veto": ""}, index=names)
    root = ET.fromstring(two_axes_chart(axes, sites, language="en"))
    space = {"s": "http://www.w3.org/2000/svg"}
    held = {text.text: text for text in root.findall("s:text", space) if text.text in names}
    spots = {name: (float(text.get("x")), float(text.get("y"))) for name, text in held.items()}
    assert set(spots) == set(names)
    discs = [
        (float(disc.get("cx")), float(disc.get("cy")))
        for disc in root.findall("s:g/s:circle", space)
    ]
    for name, (x, y) in spots.items():
        for other, (left, base) in spots.items():
            assert name == other or abs(x - left) >= 18 or abs(y - base) >= 10, (name, other)
        for cx, cy in discs:
            assert not (x < cx < x + 18 and y - 9 < cy < y), name
