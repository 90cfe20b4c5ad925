"""Level of service: every published table cell by cell, intervals and PTAL worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from renewal_gis.access.level_tables import (
    GRADES,
    LEED_LADDERS,
    OEVGK18_WINDOWS_MIN,
    PTAL_MODES,
    PTAL_WINDOW_MIN,
    SWISS_WINDOW_MIN,
)
from renewal_gis.access.levels import (
    leed_step,
    mean_interval,
    quality_class,
    robust_interval,
    stop_category,
)
from renewal_gis.access.ptal import ptal, ptal_band, ptal_table
from renewal_gis.errors import UsageError
from renewal_gis.schema.codes import MODES

# The tables as the publication prints them; beside each row, minutes that are in it (its two ends
# and one between).
CATEGORIES = {
    "swiss": (
        ("rail_node", "rail_line", "tram_bus", "minibus"),
        {
            (0, 3, 4.99): "I I II III",
            (5, 7, 9, 9.5, 9.99): "I II III IV",
            (10, 15, 19, 19.99): "II III IV V",
            (20, 30, 39, 39.99): "III IV V V",
            (40, 50, 60): "IV V V –",
            (60.01, 90, 240, math.inf): "– – – –",
        },
    ),
    "austrian": (
        ("long_distance", "s_bahn", "tram", "bus"),
        {
            (0, 3, 4.99): "I I II III",
            (5, 7, 9, 9.99): "I II III III",
            (10, 15, 19, 19.99): "II III IV IV",
            (20, 30, 39, 39.99): "III IV V V",
            (40, 50, 60): "IV V VI VI",
            (60.01, 90, 120): "V VI VII VII",
            (120.01, 121, 160, 210): "– VII VIII VIII",
            (210.01, 400, math.inf): "– – – –",
        },
    ),
    "oevgk18": (
        ("A", "B", "C"),
        {
            (0, 3, 5): "I I II",
            (5.01, 7, 10): "I II III",
            (10.01, 15, 20): "II III IV",
            (20.01, 30, 40): "III IV V",
            (40.01, 50, 60): "IV V VI",
            (60.01, 90, 800): "– VII VII",
            (math.inf,): "– – –",
        },
    ),
}
CLASSES = {
    "swiss": (
        "distance_m",
        (
            (0, 150, 299.9),
            (300, 400, 500),
            (500.1, 501, 750),
            (750.1, 751, 1000),
            (1000.1, math.inf),
        ),
        {
            "I": "A A B C –",
            "II": "A B C D –",
            "III": "B C D – –",
            "IV": "C D – – –",
            "V": "D – – – –",
        },
    ),
    "austrian": (
        "distance_m",
        (
            (0, 300, 300.9),
            (301, 400, 500),
            (500.1, 501, 750),
            (750.1, 751, 1000),
            (1000.1, 1001, 1250),
            (1250.1, math.inf),
        ),
        {
            "I": "A A B C D –",
            "II": "A B C D E –",
            "III": "B C D E F –",
            "IV": "C D E F G –",
            "V": "D E F G G –",
            "VI": "E F G – – –",
            "VII": "F G G – – –",
            "VIII": "G G – – – –",
        },
    ),
    "oevgk18": (
        "walk_s",
        ((0, 200, 300), (300.1, 400, 450), (450.1, 500, 600), (600.1, 800, 900), (900.1, math.inf)),
        {
            "I": "A A B C –",
            "II": "A B C D –",
            "III": "B C D E –",
            "IV": "C D E – –",
            "V": "D E – – –",
            "VI": "E – – – –",
            "VII": "F – – – –",
        },
    ),
}


def cells(printed):
    return [None if cell == "–" else cell for cell in printed.split()]


CATEGORY_CELLS = [
    pytest.param(variant, column, minutes, cell, id=f"{variant}-{column}-{minutes:g}")
    for variant, (columns, rows) in CATEGORIES.items()
    for within, printed in rows.items()
    for column, cell in zip(columns, cells(printed), strict=True)
    for minutes in within
]
CLASS_CELLS = [
    pytest.param(variant, category, {unit: way}, cell, id=f"{variant}-{category}-{way:g}")
    for variant, (unit, bands, rows) in CLASSES.items()
    for category, printed in rows.items()
    for within, cell in zip(bands, cells(printed), strict=True)
    for way in within
]


@pytest.mark.parametrize(("variant", "column", "minutes", "category"), CATEGORY_CELLS)
def test_category_as_printed(variant, column, minutes, category):
    assert stop_category(variant, minutes, "bus", column=column) == category


@pytest.mark.parametrize(("variant", "category", "way", "grade"), CLASS_CELLS)
def test_class_as_printed(variant, category, way, grade):
    assert quality_class(variant, category, **way) == grade


@pytest.mark.parametrize("variant", GRADES)
def test_tables_have_no_cell_that_is_not_tested(variant):
    grades = GRADES[variant]
    columns, rows = CATEGORIES[variant]
    unit, bands, classes = CLASSES[variant]
    assert grades.columns == columns
    assert grades.walk == unit
    assert len(grades.categories) == len(grades.intervals_min)
    assert len(grades.categories) in (len(rows), len(rows) - 1)
    assert {len(row) for row in grades.categories} == {len(columns)}
    assert set(grades.classes) == set(classes)
    assert {len(row) for row in grades.classes.values()} == {len(bands) - 1} == {len(grades.walks)}
    named = {cell for row in grades.categories for cell in row if cell}
    assert named == set(classes)


@pytest.mark.parametrize(
    ("variant", "mode", "column"),
    [
        ("swiss", "tram", "tram_bus"),
        ("swiss", "metro", "rail_line"),
        ("swiss", "rail", "rail_line"),
        ("swiss", "bus", "tram_bus"),
        ("swiss", "other", "tram_bus"),
        ("austrian", "tram", "tram"),
        ("austrian", "metro", "s_bahn"),
        ("austrian", "rail", "s_bahn"),
        ("austrian", "bus", "bus"),
        ("austrian", "other", "bus"),
        ("oevgk18", "tram", "C"),
        ("oevgk18", "metro", "B"),
        ("oevgk18", "rail", "B"),
        ("oevgk18", "bus", "C"),
        ("oevgk18", "other", "C"),
    ],
)
def test_each_mode_takes_its_column(variant, mode, column):
    for minutes in (3, 7, 15, 30, 50, 100, 150, 300):
        assert stop_category(variant, minutes, mode) == stop_category(
            variant, minutes, "bus", column=column
        )


@pytest.mark.parametrize("variant", GRADES)
def test_what_must_be_ordered_has_no_category(variant):
    for column in (None, *GRADES[variant].columns):
        assert stop_category(variant, 5, "on_demand", column=column) is None


def test_every_mode_of_the_schema_is_mapped():
    for grades in GRADES.values():
        assert set(grades.modes) == set(MODES)
    assert set(PTAL_MODES) == set(MODES)


def test_tables_cannot_be_written_to():
    with pytest.raises(TypeError):
        GRADES["own"] = GRADES["swiss"]
    with pytest.raises(TypeError):
        GRADES["swiss"].classes["I"] = ("A",) * 4
    with pytest.raises(AttributeError):
        GRADES["swiss"].walk = "walk_s"


def test_a_stop_without_category_gives_no_class():
    assert quality_class("oevgk18", None, walk_s=10) is None
    assert quality_class("swiss", stop_category("swiss", math.inf, "bus"), distance_m=0) is None


def test_a_limit_met_within_a_rounding_error_is_met():
    assert stop_category("oevgk18", np.nextafter(10, 11), "bus") == "III"
    assert stop_category("swiss", np.nextafter(10, 9), "bus") == "IV"
    assert quality_class("oevgk18", "I", walk_s=np.nextafter(450, 451)) == "A"


def test_windows():
    assert OEVGK18_WINDOWS_MIN == {
        "weekday_day": (6 * 60, 20 * 60),
        "weekday_evening": (20 * 60, 24 * 60),
        "saturday_day": (6 * 60, 20 * 60),
        "saturday_night": (60, 4 * 60),
        "sunday_day": (6 * 60, 20 * 60),
        "sunday_night": (60, 4 * 60),
    }
    assert SWISS_WINDOW_MIN == (6 * 60, 20 * 60)
    assert PTAL_WINDOW_MIN == (8 * 60 + 15, 9 * 60 + 15)


@pytest.mark.parametrize(
    ("departures", "window", "mean", "robust"),
    [
        (range(360, 1200, 30), (360, 1200), 30, 30),
        (range(375, 1300, 30), (360, 1200), 30, 30),
        (range(7, 1300, 30), (360, 1200), 30, 30),
        # The publication's own example: 09:01, 09:02, 10:01, 10:02… is every 58 minutes, not 30.
        ([h * 60 + m for h in range(6, 20) for m in (1, 2)], (360, 1200), 30, (1 + 59 * 59) / 60),
        # One departure in the middle: it comes back a window later.
        ([90], (60, 120), 60, (30**2 + 60**2 - 30**2) / 60),
        # One departure, and one scheduled 10 minutes after the end.
        ([90, 130], (60, 120), 60, (30**2 + 40**2 - 10**2) / 60),
        # The next one leaves at the very end: it is not in the window, and ends the last wait.
        ([90, 120], (60, 120), 60, (30**2 + 30**2) / 60),
        # At the start: in the window.
        ([60], (60, 120), 60, 60),
        # Two at the same minute are one, to a person who waits.
        ([60, 60], (60, 120), 30, 60),
        # After midnight.
        ([1430, 1460], (1420, 1480), 30, (10**2 + 30**2 + 30**2 - 10**2) / 60),
        # What left before the window is of no use.
        ([10, 59.9, 90], (60, 120), 60, 60),
        ([], (60, 120), math.inf, math.inf),
        ([10, 130], (60, 120), math.inf, math.inf),
    ],
)
def test_intervals(departures, window, mean, robust):
    start, end = window
    assert mean_interval(departures, start, end) == mean
    assert robust_interval(departures, start_min=start, end_min=end) == pytest.approx(
        robust, rel=1e-14
    )
    turned = list(departures)[::-1]
    assert robust_interval(turned, start_min=start, end_min=end) == pytest.approx(robust, rel=1e-14)


def test_bunched_departures_come_close_to_the_long_gap():
    bunched = [h * 60 + m for h in range(6, 21) for m in (0, 0.5)]
    assert mean_interval(bunched, 360, 1200) == 30
    assert 59 < robust_interval(bunched, start_min=360, end_min=1200) < 60


def test_intervals_leave_what_they_are_given_alone():
    given = np.array([500.0, 400.0])
    assert isinstance(robust_interval(given, start_min=360, end_min=1200), float)
    assert isinstance(mean_interval(pd.Series(given), 360, 1200), float)
    assert given.tolist() == [500, 400]


LADDER = {"v4": [(72, 40), (144, 108), (360, 216)]}
LADDER["v4.1"] = [(72, 30), (100, 70), (144, 108), (250, 160), (360, 216)]


@pytest.mark.parametrize("version", LADDER)
def test_each_step_of_leed_needs_both_days(version):
    steps = LADDER[version]
    assert [tuple(step) for step in LEED_LADDERS[version]] == steps
    names = [None, *(f"{weekday}/{weekend}" for weekday, weekend in steps)]
    for place, (weekday, weekend) in enumerate(steps):
        assert leed_step(weekday, weekend, version=version) == names[place + 1]
        assert leed_step(weekday - 1, 999, version=version) == names[place]
        assert leed_step(999, weekend - 1, version=version) == names[place]
    assert leed_step(0, 0, version=version) is None


def test_leed_is_read_in_its_last_version_unless_told():
    assert leed_step(80, 35) == "72/30"
    assert leed_step(80, 35, version="v4") is None


def routes(*rows):
    return pd.DataFrame(list(rows), columns=["route", "mode", "walk_min", "departures_h"])


def test_ptal_worked_out_by_hand():
    found = ptal(routes(("1", "bus", 320 / 80, 6)))
    row = found.routes.iloc[0]
    assert (row["walk_min"], row["swt_min"], row["awt_min"], row["tat_min"]) == (4, 5, 7, 11)
    assert round(row["edf"], 2) == round(found.index, 2) == 2.73
    assert (row["weight"], found.band) == (1, "1b")
    assert pd.isna(row["left_out"])


def test_a_second_route_of_the_mode_adds_half_and_of_another_mode_the_whole():
    one = ptal(routes(("1", "bus", 4, 6)))
    same = ptal(routes(("1", "bus", 4, 6), ("2", "bus", 4, 6)))
    tram = ptal(routes(("1", "bus", 4, 6), ("T", "tram", 4, 6)))
    assert same.index == pytest.approx(1.5 * one.index, rel=1e-15)
    assert tram.index == pytest.approx(2 * one.index, rel=1e-15)


@pytest.mark.parametrize(
    ("mode", "limit_m", "lost_min"),
    [("bus", 640, 2), ("tram", 960, 2), ("metro", 960, 0.75), ("rail", 960, 0.75)],
)
def test_catchment_and_reliability_of_each_mode(mode, limit_m, lost_min):
    at = ptal(routes(("1", mode, limit_m / 80, 10)))
    assert at.index == pytest.approx(30 / (limit_m / 80 + 3 + lost_min), rel=1e-15)
    beyond = ptal(routes(("1", mode, (limit_m + 0.1) / 80, 10)))
    assert (beyond.index, beyond.band, beyond.routes["left_out"].tolist()) == (0, "0", ["too_far"])


def test_a_route_counts_once_at_its_nearest_stop_that_is_served():
    table = routes(
        ("1", "bus", 2, 0),
        ("1", "bus", 5, 6),
        ("1", "bus", 4, 3),
        ("1", "bus", 4, 6),
        ("T", "tram", 3, 6),
    )
    table.index = list("vwxyz")
    before = table.copy()
    found = ptal(table)
    pd.testing.assert_frame_equal(table, before)
    assert found.routes.index.tolist() == list("vwxyz")
    assert found.routes["left_out"].where(found.routes["left_out"].notna(), "").tolist() == [
        "no_departure", "nearer_stop", "nearer_stop", "", "",
    ]  # fmt: skip
    assert found.routes["weight"].tolist() == [0, 0, 0, 1, 1]
    assert found.index == pytest.approx(30 / 11 + 30 / 10, rel=1e-15)


def test_a_tram_and_a_bus_of_one_number_are_two_routes():
    assert ptal(routes(("1", "bus", 4, 6), ("1", "tram", 4, 6))).routes["weight"].tolist() == [1, 1]


def test_ptal_does_not_count_what_london_does_not():
    found = ptal(routes(("1", "on_demand", 1, 6), ("2", "other", 1, 6)))
    assert (found.index, found.band) == (0, "0")
    assert found.routes["left_out"].tolist() == ["mode", "mode"]


def test_ptal_of_a_place_that_reaches_nothing():
    for table in (routes(), routes(("1", "bus", np.inf, 6))):
        assert (ptal(table).index, ptal(table).band) == (0, "0")


@pytest.mark.parametrize(
    ("band", "low", "high"),
    [
        ("0", 0, 0),
        ("1a", 0.01, 2.50),
        ("1b", 2.51, 5),
        ("2", 5.01, 10),
        ("3", 10.01, 15),
        ("4", 15.01, 20),
        ("5", 20.01, 25),
        ("6a", 25.01, 40),
        ("6b", 40.01, 1000),
    ],
)
def test_bands_as_printed(band, low, high):
    assert [ptal_band(index) for index in (low, (low + high) / 2, high)] == [band] * 3
    assert ptal_band(high + 0.004) == band
    assert ptal_band(max(low - 0.004, 0)) == band


def test_many_places_at_once_are_each_place_alone():
    rng = np.random.default_rng(7)
    table = pd.DataFrame(
        {
            "from_id": rng.integers(0, 12, 200),
            "route": rng.integers(0, 9, 200).astype(str),
            "mode": rng.choice(list(MODES), 200),
            "walk_min": rng.uniform(0, 14, 200).round(1),
            "departures_h": rng.integers(0, 12, 200),
        }
    )
    places = pd.Index([*range(11, -1, -1), 99], name="home")
    found = ptal_table(table, places)
    assert found.index.equals(places)
    assert found.loc[99].tolist() == [0, "0"]
    for place in range(12):
        alone = ptal(table[table["from_id"] == place])
        assert found.loc[place, "ptal_index"] == pytest.approx(alone.index, rel=1e-12)
        assert found.loc[place, "ptal_band"] == alone.band
    kinds = table.astype({"mode": "category", "route": "category", "from_id": "category"})
    pd.testing.assert_frame_equal(ptal_table(kinds, places), found)


DAY = {"start_min": 360, "end_min": 1200}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: mean_interval([-1], 0, 60), "from 0 on"),
        (lambda: robust_interval([400, math.nan], **DAY), "finite"),
        (lambda: robust_interval([400, math.inf], **DAY), "finite"),
        (lambda: robust_interval(["half past six"], **DAY), "minutes from midnight"),
        (lambda: robust_interval([[400, 500]], **DAY), "a list"),
        (lambda: robust_interval(400, **DAY), "a list"),
        (lambda: robust_interval([400], start_min=60, end_min=60), "end after it starts"),
        (lambda: robust_interval([400], start_min=-5, end_min=60), "start_min"),
        (lambda: mean_interval([400], 0, math.nan), "end_min"),
        (lambda: mean_interval([400], 0, math.inf), "end_min"),
        (lambda: stop_category("swis", 10, "bus"), "did you mean 'swiss'"),
        (lambda: stop_category("german", 10, "bus"), "variant"),
        (lambda: stop_category("swiss", 10, "trams"), "did you mean 'tram'"),
        (
            lambda: stop_category("swiss", 10, "rail", column="rail_nodes"),
            "did you mean 'rail_node'",
        ),
        (lambda: stop_category("swiss", -1, "bus"), "interval_min"),
        (lambda: stop_category("swiss", math.nan, "bus"), "interval_min"),
        (lambda: stop_category("swiss", None, "bus"), "interval_min"),
        (lambda: stop_category("swiss", True, "bus"), "interval_min"),
        (lambda: quality_class("oevgk19", "I", walk_s=1), "did you mean 'oevgk18'"),
        (lambda: quality_class("swiss", "VI", distance_m=1), "category of swiss"),
        (lambda: quality_class("swiss", "I", walk_s=1), "distance_m"),
        (lambda: quality_class("oevgk18", "I", distance_m=1), "walk_s"),
        (lambda: quality_class("oevgk18", "I"), "walk_s"),
        (lambda: quality_class("oevgk18", "I", walk_s=1, distance_m=1), "walk_s"),
        (lambda: quality_class("oevgk18", "I", walk_s=-1), "walk_s"),
        (lambda: quality_class("swiss", None, distance_m=math.nan), "distance_m"),
        (lambda: leed_step(-1, 40), "trips_weekday"),
        (lambda: leed_step(72, math.nan), "trips_weekend"),
        (lambda: leed_step(72, 40, version="v4.2"), "did you mean 'v4"),
        (lambda: ptal_band(-0.1), "index"),
        (lambda: ptal_band(math.nan), "index"),
        (lambda: ptal(routes(("1", "buss", 4, 6))), "did you mean 'bus'"),
        (lambda: ptal(routes(("1", "bus", -4, 6))), "walk_min"),
        (lambda: ptal(routes(("1", "bus", math.nan, 6))), "walk_min"),
        (lambda: ptal(routes(("1", "bus", pd.NA, 6))), "walk_min"),
        (lambda: ptal(routes(("1", "bus", "near", 6))), "'near'"),
        (lambda: ptal(routes(("1", "bus", 4, -6))), "departures_h"),
        (lambda: ptal(routes(("1", "bus", 4, math.inf))), "departures_h"),
        (lambda: ptal(routes((None, "bus", 4, 6))), "route is missing"),
        (lambda: ptal(routes(("1", None, 4, 6))), "mode is missing"),
        (lambda: ptal(routes(("1", "bus", 4, 6)).drop(columns="route")), "missing: ['route']"),
        (lambda: ptal_table(routes(("1", "bus", 4, 6)), pd.Index([])), "missing: ['from_id']"),
        (
            lambda: ptal_table(routes(("1", "bus", 4, 6)).assign(from_id="z"), pd.Index(["a"])),
            "'z' is not one of the places",
        ),
    ],
)
def test_bad_input_is_refused_in_a_sentence(call, said):
    with pytest.raises(UsageError) as refused:
        call()
    assert said in str(refused.value)
