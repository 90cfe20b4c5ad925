"""The demonstration territory keeps the promises of its README."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from renewal_gis.schema.basket import BASKET
from renewal_gis.schema.tables import table

DATA = Path(__file__).resolve().parents[2] / "data"
DEMO = DATA / "demo"
LAYERS = ("communes", "backdrop", "streets", "stock", "perimeters", "services", "constraints",
          "sites")  # fmt: skip
FEEDS = {"today": date(2026, 3, 10), "2009": date(2009, 3, 10)}
UNSERVED = ["59019", "59166", "59407", "59471", "59480", "59505", "59610", "59613"]
CORRIDOR = ["59112", "59153", "59160", "59207", "59253", "59484", "59616"]

Layers = dict[str, gpd.GeoDataFrame]
Feed = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def layers() -> Layers:
    return {name: gpd.read_parquet(DEMO / f"{name}.parquet") for name in LAYERS}


@pytest.fixture(scope="module")
def operations() -> pd.DataFrame:
    return pd.read_csv(DEMO / "operations.csv", dtype={"family": str, "commune": str})


@pytest.fixture(scope="module")
def feeds() -> dict[str, Feed]:
    found: dict[str, Feed] = {}
    for name in FEEDS:
        with zipfile.ZipFile(DEMO / f"transit-{name}.zip") as archive:
            found[name] = {
                entry: pd.read_csv(io.BytesIO(archive.read(entry)), dtype=str)
                for entry in archive.namelist()
            }
    return found


def _services_on(feed: Feed, day: date) -> set[str]:
    """Return the services that run on a day: the calendar, then its exceptions."""
    text, name = day.strftime("%Y%m%d"), day.strftime("%A").lower()
    weekly = feed["calendar.txt"]
    on = (weekly[name] == "1") & (weekly["start_date"] <= text) & (weekly["end_date"] >= text)
    running = set(weekly.loc[on, "service_id"])
    for row in feed["calendar_dates.txt"].query("date == @text").itertuples():
        (running.add if row.exception_type == "1" else running.discard)(row.service_id)
    return running


def _stop_points(feed: Feed) -> gpd.GeoDataFrame:
    stops = feed["stops.txt"]
    points = gpd.points_from_xy(stops["stop_lon"].astype(float), stops["stop_lat"].astype(float))
    return gpd.GeoDataFrame(stops, geometry=points, crs="EPSG:4326").to_crs("EPSG:2154")


# --- Files


def test_size_budget() -> None:
    assert sum(p.stat().st_size for p in DEMO.iterdir()) < 12_000_000
    for name in FEEDS:
        assert (DEMO / f"transit-{name}.zip").stat().st_size < 700_000


def test_checksums_agree_with_files_and_readme() -> None:
    listed = dict(
        reversed(line.split("  ")) for line in (DEMO / "SHA256SUMS").read_text().splitlines()
    )
    files = {p.name for p in DEMO.iterdir()} - {"SHA256SUMS"}
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert set(listed) == files
    for name, digest in listed.items():
        assert hashlib.sha256((DEMO / name).read_bytes()).hexdigest() == digest, name
        assert f"`demo/{name}`" in readme, name
        assert digest in readme, name


def test_files_do_not_name_the_machine_they_were_made_on() -> None:
    for path in [DATA / "README.md", *DEMO.glob("*.toml"), *DEMO.glob("*.csv")]:
        text = path.read_text(encoding="utf-8")
        assert str(DATA.parent) not in text, path.name
        assert str(Path.home()) not in text, path.name


# --- Layers


@pytest.mark.parametrize("name", LAYERS)
def test_layer_satisfies_its_declaration(layers: Layers, name: str) -> None:
    frame, declared = layers[name], table(name)
    assert frame.crs is not None
    assert frame.crs.to_epsg() == 2154
    assert frame["id"].is_unique
    assert frame["id"].notna().all()
    assert frame.geometry.is_valid.all()
    assert not frame.geometry.is_empty.any()
    families = {kind.removeprefix("Multi").lower() for kind in frame.geom_type.unique()}
    assert {f.replace("linestring", "line") for f in families} <= set(declared.geometry)
    for column in declared.columns:
        if column.name not in frame:
            assert not column.required, column.name
            continue
        values = frame[column.name].dropna()
        assert column.missing or len(values) == len(frame), column.name
        if column.codes:
            assert set(values) <= set(column.codes), column.name
        if column.low is not None:
            assert (values >= column.low).all(), column.name


@pytest.mark.parametrize("name", ["operations", "milestones"])
def test_ledger_satisfies_its_declaration(name: str) -> None:
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    assert len({row["id"] for row in rows}) == len(rows)
    for column in table(name).columns:
        if column.name not in rows[0]:
            assert not column.required
            continue
        values = [row[column.name] for row in rows]
        assert column.missing or all(values), column.name
        if column.codes:
            assert {v for v in values if v} <= set(column.codes), column.name
        if column.kind == "date":
            years = {date.fromisoformat(v).year for v in values if v}
            assert min(years) >= 2006
            assert max(years) <= 2016


def test_communes_are_the_agglomeration_and_its_neighbour(layers: Layers) -> None:
    communes = layers["communes"].set_index("id")
    assert len(communes) == 36
    assert Counter(communes["epci"]) == {"245901160": 35, "200042190": 1}
    assert communes.loc["59207", "epci"] == "200042190"
    assert "sector" not in communes


def test_dwellings_follow_population_in_each_commune(layers: Layers) -> None:
    stock = layers["stock"].groupby("commune")[["dwellings", "vacant"]].sum()
    for row in layers["communes"].itertuples():
        occupied = round(row.population / 2.25)
        assert stock.loc[row.id, "dwellings"] == round(occupied / 0.93), row.name
        assert stock.loc[row.id, "dwellings"] - stock.loc[row.id, "vacant"] == occupied, row.name


def test_no_building_has_more_vacant_dwellings_than_dwellings(layers: Layers) -> None:
    stock = layers["stock"]
    assert (stock["vacant"] <= stock["dwellings"]).all()
    assert (stock["dwellings"] > 0).all()
    assert 65_000 <= len(stock) <= 85_000


def test_buildings_stand_clear_of_barriers_streets_and_sites(layers: Layers) -> None:
    shapes = layers["stock"].geometry.array
    backdrop = layers["backdrop"]
    wet = backdrop[backdrop["kind"].isin(["water", "rail"])].geometry.array
    tree = shapely.STRtree(shapes)
    for name, others in (
        ("water or rail", wet),
        ("street", layers["streets"].geometry.array),
        ("site", layers["sites"].geometry.array),
    ):
        assert tree.query(others, predicate="intersects").shape[1] == 0, name


def test_buildings_hardly_overlap(layers: Layers) -> None:
    shapes = np.asarray(layers["stock"].geometry.array)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pair = first < second
    shared = shapely.area(shapely.intersection(shapes[first[pair]], shapes[second[pair]]))
    assert shared.max() < 12.0
    assert (shared > 1.0).sum() < 40


def test_buildings_lie_in_their_commune_and_perimeter(layers: Layers) -> None:
    stock = layers["stock"]
    points = stock.geometry.centroid
    communes = layers["communes"].set_index("id").geometry
    assert points.within(communes.loc[stock["commune"]].set_axis(stock.index)).all()
    held = stock["perimeter"].notna()
    outlines = layers["perimeters"].set_index("id").geometry
    assert points[held].within(outlines.loc[stock.loc[held, "perimeter"]].set_axis(
        stock.index[held])).all()  # fmt: skip


# --- Streets


def test_streets_are_one_component(layers: Layers) -> None:
    streets = layers["streets"]
    nodes, codes = np.unique(streets[["u", "v"]].to_numpy().astype(str), return_inverse=True)
    ends = codes.reshape(-1, 2)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), (len(nodes), len(nodes)))
    assert connected_components(graph, directed=False)[0] == 1
    assert 20_000 <= len(streets) <= 35_000
    assert not pd.DataFrame(np.sort(ends, axis=1)).duplicated().any()


def test_node_ids_are_places(layers: Layers) -> None:
    streets = layers["streets"]
    ends = pd.concat(
        [
            pd.DataFrame({"node": streets[side],
                          "x": shapely.get_x(shapely.get_point(streets.geometry.array, k)),
                          "y": shapely.get_y(shapely.get_point(streets.geometry.array, k))})
            for side, k in (("u", 0), ("v", -1))
        ]
    ).drop_duplicates()  # fmt: skip
    assert ends["node"].is_unique
    assert not ends.duplicated(["x", "y"]).any()
    lengths = streets.geometry.length
    assert np.allclose(streets["length_m"], lengths, atol=0.06)


def test_edges_meet_only_at_nodes(layers: Layers) -> None:
    lines = np.asarray(layers["streets"].geometry.array)
    first, second = shapely.STRtree(lines).query(lines, predicate="crosses")
    assert (first < second).sum() == 0


def test_barriers_are_crossed_only_at_bridges(layers: Layers) -> None:
    streets, backdrop = layers["streets"], layers["backdrop"]
    escaut = backdrop.loc[backdrop["name"] == "L'Escaut"].geometry.iloc[0]
    rails = backdrop[backdrop["kind"] == "rail"].geometry
    over_water = streets.geometry.intersects(escaut)
    over_rail = streets.geometry.intersects(shapely.union_all(rails.array))
    assert (streets["bridge"] == (over_water | over_rail)).all()
    assert 4 <= over_water.sum() <= 12
    assert 8 <= over_rail.sum() <= 30
    assert set(streets.loc[streets["bridge"], "kind"]) <= {"primary", "secondary"}


# --- Programme


def test_programme_totals(layers: Layers, operations: pd.DataFrame) -> None:
    sums = operations.groupby("family")[["dwellings", "beds", "mining"]].sum()
    assert sums.loc["01", "dwellings"] == 1400
    assert sums.loc["02", "dwellings"] == 1265
    assert sums.loc["01", "mining"] == 172
    assert sums.loc["01", "beds"] == 214
    stock = layers["stock"]
    gone = stock[stock["fate"] == "demolish"]
    assert gone["dwellings"].sum() == 1400
    assert gone["perimeter"].notna().all()
    mining = gone[gone["tenure"] == "mining"]
    assert mining["dwellings"].sum() == 172
    assert set(mining["commune"]) == {"59079"}


def test_stock_and_ledger_agree_by_perimeter_and_commune(
    layers: Layers, operations: pd.DataFrame
) -> None:
    for fate, family in (("demolish", "01"), ("rehabilitate", "04")):
        stock = layers["stock"].query("fate == @fate")
        counted = stock.groupby(["perimeter", "commune"])["dwellings"].sum()
        told = operations[(operations["family"] == family) & (operations["dwellings"] > 0)]
        assert counted.to_dict() == told.groupby(["perimeter", "commune"])[
            "dwellings"].sum().to_dict(), fate  # fmt: skip


def test_products_sum_to_dwellings(operations: pd.DataFrame) -> None:
    built = operations[operations["family"] == "02"]
    products = built[["plai", "plus", "pls", "intermediate", "free"]]
    assert (products.sum(axis=1) == built["dwellings"]).all()


def test_quoted_conventions(operations: pd.DataFrame) -> None:
    built = operations[operations["family"] == "02"].groupby("project").sum(numeric_only=True)
    gone = operations[operations["family"] == "01"].groupby("project").sum(numeric_only=True)
    social = built[["plai", "plus", "pls"]].sum(axis=1)
    assert gone.loc["Beuvrages", "dwellings"] == 450
    assert social["Beuvrages"] == 291
    assert built.loc["Beuvrages", "intermediate"] == 150
    assert gone.loc["Anzin", "dwellings"] == 173
    assert gone.loc["Anzin", "beds"] == 214
    assert built.loc["Anzin", "plus"] == 168
    assert built.loc["Anzin", "free"] == 31


def test_ledger_references_exist(layers: Layers, operations: pd.DataFrame) -> None:
    milestones = pd.read_csv(DEMO / "milestones.csv", dtype=str)
    assert set(milestones["operation"]) == set(operations["id"])
    assert set(operations["perimeter"].dropna()) == set(layers["perimeters"]["id"])
    assert set(operations["site"].dropna()) <= set(layers["sites"]["id"])
    assert set(operations["commune"].dropna()) <= set(layers["communes"]["id"])


def test_nothing_is_demolished_before_its_households_are_rehoused() -> None:
    milestones = pd.read_csv(DEMO / "milestones.csv", dtype=str)
    for column in ("planned_before", "planned_now", "actual"):
        wide = milestones.pivot(index="operation", columns="step", values=column)
        both = wide[["rehoused", "demolished"]].dropna()
        assert len(both) > 0
        assert (both["rehoused"] < both["demolished"]).all(), column


def test_nine_schematic_perimeters_two_of_them_straddling(layers: Layers) -> None:
    perimeters, communes = layers["perimeters"], layers["communes"].set_index("id")
    assert len(perimeters) == 9
    assert set(perimeters["programme"]) == {"PNRU"}
    assert set(perimeters["geometry_quality"]) == {"schematic"}
    assert Counter(perimeters["convention"])["Corridor minier 2008"] == 5
    outlines = perimeters.set_index("name").geometry
    for name, pair in (("Quartier Thiers", ("59112", "59207")),
                       ("Blanc-Misseron", ("59160", "59484"))):  # fmt: skip
        for code in pair:
            shared = outlines[name].intersection(communes.geometry[code]).area
            assert shared > 0.15 * outlines[name].area, (name, code)


# --- Sites and services


def test_scenarios_hold_the_same_dwellings(layers: Layers) -> None:
    sites = layers["sites"]
    assert sites.groupby("scenario")["capacity"].sum().to_dict() == {
        "corridor": 1265,
        "south": 1265,
    }
    study = tomllib.loads((DEMO / "study.toml").read_text(encoding="utf-8"))
    for scenario, codes in study["sectors"].items():
        if scenario != "date":
            mine = sites[sites["scenario"] == scenario]
            assert set(mine["commune"]) <= set(codes)
    assert study["sectors"]["corridor"] == CORRIDOR
    hectares = sites.geometry.area / 10_000
    assert hectares.between(0.5, 4.0).all()


def test_sites_lie_in_their_commune_beside_a_street(layers: Layers) -> None:
    sites = layers["sites"]
    communes = layers["communes"].set_index("id").geometry
    assert sites.within(communes.loc[sites["commune"]].set_axis(sites.index)).all()
    streets = shapely.STRtree(layers["streets"].geometry.array)
    near = streets.query(sites.geometry.array, predicate="dwithin", distance=12)[0]
    assert set(near) == set(range(len(sites)))


def test_some_sites_meet_a_veto_and_most_do_not(layers: Layers) -> None:
    constraints = layers["constraints"]
    veto = shapely.union_all(constraints[constraints["level"] == "veto"].geometry.array)
    hit = layers["sites"].geometry.intersects(veto).sum()
    assert 2 <= hit <= 8


def test_services_cover_the_basket(layers: Layers) -> None:
    services = layers["services"]
    codes = {group.id: set(group.bpe) for group in BASKET}
    assert set(services["group"]) == set(codes)
    for row in services.itertuples():
        assert row.source_code in codes[row.group]
    inside = services.sjoin(layers["communes"][["id", "geometry"]], rsuffix="commune")
    halls = inside[inside["source_code"] == "A129"]
    assert sorted(halls["id_commune"]) == sorted(layers["communes"]["id"])
    per_commune = inside.groupby("id_commune")["group"].nunique()
    assert per_commune["59606"] == len(codes)
    assert per_commune["59530"] <= 4


# --- Timetables


@pytest.mark.parametrize("name", FEEDS)
def test_feed_is_whole(feeds: dict[str, Feed], name: str) -> None:
    feed = feeds[name]
    trips, times, stops = feed["trips.txt"], feed["stop_times.txt"], feed["stops.txt"]
    assert trips["trip_id"].is_unique
    assert stops["stop_id"].is_unique
    assert set(trips["route_id"]) == set(feed["routes.txt"]["route_id"])
    assert set(trips["service_id"]) <= set(feed["calendar.txt"]["service_id"])
    assert set(times["trip_id"]) == set(trips["trip_id"])
    platforms = stops[stops["location_type"] == "0"]
    assert set(times["stop_id"]) == set(platforms["stop_id"])
    assert set(stops["parent_station"].dropna()) <= set(stops["stop_id"])
    assert not times.duplicated(["trip_id", "stop_sequence"]).any()
    clock = times["departure_time"].str.split(":", expand=True).astype(int)
    minutes = clock[0] * 60 + clock[1]
    same_trip = times["trip_id"].eq(times["trip_id"].shift())
    assert (minutes.diff()[same_trip] >= 0).all()
    assert feed["feed_info.txt"]["feed_publisher_name"].str.contains("SYNTHETIC").all()


@pytest.mark.parametrize("name", FEEDS)
def test_feed_runs_on_its_day_and_rests_on_others(feeds: dict[str, Feed], name: str) -> None:
    feed, day = feeds[name], FEEDS[name]
    assert day.weekday() == 1
    assert _services_on(feed, day) == {"SCO"}
    assert _services_on(feed, day.replace(day=14 if name == "2009" else 7)) == {"SAM"}
    assert _services_on(feed, date(day.year, 2, 17)) == {"VAC"}
    assert _services_on(feed, date(day.year, 5, 1)) == set()
    assert _services_on(feed, date(day.year, 5, 8)) == {"DIM"}


def test_second_tram_line_runs_today_only(feeds: dict[str, Feed]) -> None:
    for name, trams in (("today", {"T1", "T2"}), ("2009", {"T1"})):
        routes = feeds[name]["routes.txt"]
        assert set(routes.loc[routes["route_type"] == "0", "route_id"]) == trams


@pytest.mark.parametrize("name", FEEDS)
def test_eight_communes_have_no_stop_and_the_others_have_one(
    layers: Layers, feeds: dict[str, Feed], name: str
) -> None:
    stops = _stop_points(feeds[name])
    found = stops.sjoin(layers["communes"][["id", "geometry"]])["id"]
    assert set(layers["communes"]["id"]) - set(found) == set(UNSERVED)


def test_first_tram_line_keeps_its_headways(feeds: dict[str, Feed]) -> None:
    feed = feeds["today"]
    trips = feed["trips.txt"].query("route_id == 'T1' and service_id == 'SCO'")
    out = trips[trips["direction_id"] == "0"]["trip_id"]
    starts = feed["stop_times.txt"].query("stop_sequence == '1'").set_index("trip_id")
    times = starts.loc[out, "departure_time"].str.slice(0, 5)
    gaps = np.diff(sorted(int(t[:2]) * 60 + int(t[3:]) for t in times))
    assert Counter(gaps.tolist()).most_common(2)[0][0] in (6, 10)
    assert {6, 10} <= set(gaps.tolist())


# --- Grids and study files


def test_grids(layers: Layers) -> None:
    for name in ("elevation", "hazard", "population"):
        with rasterio.open(DEMO / f"{name}.tif") as grid:
            assert grid.crs.to_epsg() == 2154
            assert grid.nodata is not None
            assert grid.tags()["nature"] == "synthetic"
            values = grid.read(1, masked=True)
        if name == "elevation":
            assert values.min() > 8
            assert values.max() < 130
        elif name == "hazard":
            assert set(np.unique(values.compressed())) == {0, 1, 2, 3}
        else:
            stock = layers["stock"]
            lived = (stock["dwellings"] - stock["vacant"]).sum() * 2.25
            assert abs(float(values.sum()) - lived) < 5.0


@pytest.mark.parametrize("name", ["study.toml", "study-2009.toml"])
def test_study_files_point_at_files(name: str) -> None:
    study = tomllib.loads((DEMO / name).read_text(encoding="utf-8"))
    grids = study["layers"].pop("grids")
    listed = [*study["layers"].values(), *grids.values(), *study["transit"]["feeds"]]
    for layer in listed:
        assert (DEMO / layer["path"]).is_file(), layer
    assert study["study"]["crs"] == "EPSG:2154"
    year = 2009 if "2009" in name else 2026
    assert study["transit"]["date"] == date(year, 3, 10)
    groups = {group.id for group in BASKET} | {"stop"}
    assert len(study["criteria"]) == 10
    for criterion in study["criteria"]:
        assert criterion["measure"].split(":")[1] in groups
        assert criterion["best"] != criterion["worst"]
