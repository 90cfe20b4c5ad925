"""What a study measures on its timetables, on one long street with two buses to the station."""

from __future__ import annotations

import numpy as np
import pytest
from long_street import write_long_street

from renewal_gis.errors import DataError
from renewal_gis.loading import load
from renewal_gis.schema import measure
from renewal_gis.study import journey
from renewal_gis.transit import ridden, riding, transit_isochrones
from renewal_gis.walking import walking

HEADER = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
NOW = HEADER + (
    "t1,07:30:00,07:30:00,s,1\nt1,07:40:00,07:40:00,n,2\n"
    "t2,08:30:00,08:30:00,s,1\nt2,08:40:00,08:40:00,n,2\n"
)
ASKED = """\
feeds = ["gtfs.zip"]
saturday = 2026-03-14
thresholds_min = [30, 45]
isochrones_min = [30]

[transit.before]
feeds = ["old.zip"]
date = 2026-03-10

[[transit.lines]]
name = "Navette"
stops = ["s", "n"]
headway_min = 15
minutes = [5]
"""
PLAIN = 'feeds = ["gtfs.zip"]\ndate = 2026-03-10\n'


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Load the street with a slower timetable before, and a faster line tried."""
    path = write_long_street(
        tmp_path_factory.mktemp("street"),
        stops={"n": 0, "s": 5000},
        feeds={"gtfs.zip": NOW, "old.zip": NOW.replace("07:40", "08:00").replace("08:40", "09:00")},
    )
    text = path.read_text()
    assert PLAIN in text
    path.write_text(text.replace(PLAIN, ASKED.replace("saturday", "date = 2026-03-10\nsaturday")))
    return load(path)


@pytest.fixture(scope="module")
def measured(study):
    held = walking(study)
    lines = riding(study, held)
    return {
        name: ridden(study, held, lines, name, opportunities=name == "sites")
        for name in ("sites", "stock")
    }


def test_every_number_is_a_declared_measure_and_every_text_a_class(measured):
    texts = {"quality_letter", "quality_letter_saturday", "ptal_band", "leed_name"}
    for table in measured.values():
        numbers = table.select_dtypes("number").columns
        assert [measure(key).key for key in numbers] == list(numbers)
        assert {key.partition(":")[0] for key in table.columns.difference(numbers)} == texts


def test_minutes_to_the_station_now_then_and_with_a_line_more(measured):
    site = measured["sites"].loc["far"]
    # Of 120 departures, 30 catch the bus of 07:30 and wait 1 to 30 min, 60 that of 08:30: the 60th
    # of all travel times is 40 min.
    assert site["transit_min:station"] == pytest.approx(40)
    # It took twenty minutes more; a shuttle every quarter of an hour takes 8 + 5 min.
    assert site["transit_change:station"] == pytest.approx(-20)
    assert site["transit_gain:station"] == pytest.approx(-27)
    homes = measured["stock"]["transit_min:station"]
    assert homes[["b1", "b4"]].tolist() == pytest.approx([5, 40], abs=0.05)
    assert measured["stock"].loc["b1", "transit_change:station"] == 0


def test_what_is_reached_within_the_minutes_asked_for(measured):
    site = measured["sites"].loc["far"]
    assert (site["transit_30_min:jobs"], site["transit_45_min:jobs"]) == (0, 30)
    # Its neighbour of three dwellings; those 400 m from the station are 5 min farther than it.
    assert (site["transit_30_min:dwellings"], site["transit_45_min:dwellings"]) == (3, 8)
    assert not [key for key in measured["stock"].columns if key.endswith(":jobs")]


def test_the_service_near_a_place(measured):
    homes = measured["stock"]
    assert homes["departures_day:near"].to_dict() == {"b1": 0, "b2": 0, "b3": 0, "b4": 2}
    assert homes["departures_saturday:near"].tolist() == [0, 0, 0, 0]
    assert homes["departures_h:near"]["b4"] == 1


def test_isochrones_are_drawn_when_asked_for(study):
    held = walking(study)
    drawn = transit_isochrones(study, held, riding(study, held))
    assert drawn[["place", "minutes", "layer", "mode"]].values.tolist() == [
        ["far", 30, "sites", "transit"]
    ]
    assert transit_isochrones(study, held, None) is None


def test_a_study_without_a_timetable_rides_nothing(study):
    assert riding(study, None) is None


def test_a_journey_is_told_by_names_or_identifiers(study):
    told = journey(study, "Loin", "gare", depart="07:10")
    assert told == journey(study, "far", "Gare", depart="07:10")
    assert told[0] == "Leave at 07:10, arrive at 07:40: 30 min, no transfer."
    assert any("bus" in line or "tram" in line for line in told)
    over = [line for line in told if line.startswith("Over 120 departures between 07:00 and 09:00")]
    assert len(over) == 1
    # After the last bus no way is left to tell: only the spread of the departures is.
    late = journey(study, "far", "gare", depart="08:35")
    assert late[0] == over[0]
    assert not any(line.startswith("Leave at") for line in late)


def test_a_journey_in_french(study):
    told = journey(study, "far", "gare", depart="07:10", language="fr")
    assert "07:40" in told[0]
    assert told[0] != journey(study, "far", "gare", depart="07:10")[0]


def test_a_place_no_one_knows_is_told(study):
    with pytest.raises(DataError, match="No place is called 'nowhere'"):
        journey(study, "far", "nowhere")


def test_nothing_is_missing_where_the_streets_lead(measured):
    assert np.isfinite(measured["stock"]["transit_min:station"]).all()


def test_a_layer_is_joined_to_the_streets_once(study):
    held = walking(study)
    homes = held.joined("stock")
    assert held.joined("stock") is homes
    assert held.joined("stock", limit_m=study.settings.walk.join_limit_m) is homes
    assert homes.index.equals(study.tables["stock"].index)
    assert homes.reached.all()
    near = held.joined("stock", limit_m=0.0)
    assert near is not homes
    assert near.reached.tolist() == (homes.distance_m == 0).tolist()
