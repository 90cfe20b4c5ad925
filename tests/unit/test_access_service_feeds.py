"""The stops of two real timetables: where vehicles call, and the service they get."""

from __future__ import annotations

import datetime

from renewal_gis.access import departures, served_stops, stop_categories, stop_facts
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_schedule, study_crs

FEEDS = {
    "montpellier": ("transit/montpellier_tam_gtfs_2025-10.zip", (2025, 11, 18), "EPSG:2154"),
    "newport": ("pair_newport/newport-20230613_gtfs.zip", (2023, 6, 13), "EPSG:27700"),
}
WINDOW = ("07:00", "09:00")


def feed(shared, name):
    path, day, crs = FEEDS[name]
    return LayerSpec(path=shared / path), datetime.date(*day), study_crs(crs)


def test_montpellier(shared):
    spec, date, crs = feed(shared, "montpellier")
    held = read_schedule([spec], crs=crs).schedule
    table, findings = served_stops(held, date=date, window=WINDOW)
    assert table["mode"].value_counts().to_dict() == {"bus": 500, "tram": 90, "on_demand": 70}
    assert table.loc["S5431", ["name", "lines", "departures_day"]].tolist() == [
        "Corum",
        "1, 2, 4",
        928,
    ]
    assert len(table) + sum(one.count for one in findings) == len(held.stops)
    categories = stop_categories(held, departures(held, date))
    # Three tram lines through the town's hinge, and what must be ordered has no class.
    assert categories.loc["S5431", "category:oevgk18"] == "II"
    ordered = categories.loc[table.index[table["mode"] == "on_demand"]]
    assert ordered.filter(like="category:").isna().all(axis=None)


def test_a_sunday_is_poorer_than_a_weekday(shared):
    spec, date, crs = feed(shared, "montpellier")
    held = read_schedule([spec], crs=crs).schedule
    days = {"weekday": date, "sunday": datetime.date(2025, 11, 23)}
    facts = stop_facts(held, days=days)
    corum = facts.loc["S5431"]
    assert corum.loc["weekday", "departures"] == 928
    assert 0 < corum.loc["sunday", "departures"] < 928
    table, _ = served_stops(held, date=date, window=WINDOW)
    told = facts.xs("weekday", level="day")[["departures", "on_demand"]].sum(axis=1)
    assert told[table.index].tolist() == table["departures_day"].tolist()
