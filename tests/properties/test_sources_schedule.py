"""What holds of any timetable, however spoilt: nothing lost, nothing out of order, nothing by chance."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from small_feed import FILES, calls_of, feed, read, same

from renewal_gis.errors import DataError
from renewal_gis.sources.gtfs_order import in_order, repeats
from renewal_gis.sources.gtfs_times import mended, seconds_of, spread

CALLS = "stop_times.txt"
few = settings(max_examples=40, deadline=None)
many = settings(max_examples=100, deadline=None)
texts = st.sampled_from(
    ["", "07:00:00", "7:10:00", "23:50:00", "00:10:00", "25:00:00", "x", "-1", "3", "1.0", "A", "t1a", "wk",
     "20260310", "50,4", '"', "\0", "é", "\n", " ", ",", "99999999999999999999"]
)  # fmt: skip


@few
@given(data=st.data())
def test_cells_changed_at_random_are_listed_or_refused(data):
    changes = {}
    for name in data.draw(
        st.lists(st.sampled_from(sorted(FILES)), min_size=1, max_size=3, unique=True)
    ):
        head, *lines = [line.split(",") for line in FILES[name].splitlines()]
        for _ in range(data.draw(st.integers(1, 4))):
            line = data.draw(st.integers(0, len(lines) - 1))
            lines[line][data.draw(st.integers(0, len(lines[line]) - 1))] = data.draw(texts)
        changes[name] = "".join(",".join(line) + "\n" for line in [head, *lines])
    with tempfile.TemporaryDirectory() as folder:
        path = feed(Path(folder), changes)
        message = "stops (feed.zip)"
        try:
            read(path)  # checks that nothing is lost and that every place is in range
        except DataError as error:
            message = str(error)
    assert message.startswith("stops (feed.zip)")


@few
@given(order=st.permutations(range(10)))
def test_the_order_of_lines_is_nothing(order):
    head, *lines = FILES[CALLS].splitlines()
    with tempfile.TemporaryDirectory() as folder:
        mixed = "\n".join([head, *(lines[place] for place in order)])
        one = read(feed(Path(folder), {CALLS: mixed}))
        assert same(one, read(feed(Path(folder), name="good.zip")))


@few
@given(hidden=st.sets(st.integers(1, 2)))
def test_hiding_times_moves_no_other(hidden):
    head, *lines = FILES[CALLS].splitlines()
    for place in hidden:
        cells = lines[6 + place].split(",")
        lines[6 + place] = ",".join([cells[0], "", "", *cells[3:]])
    with tempfile.TemporaryDirectory() as folder:
        loaded = read(feed(Path(folder), {CALLS: "\n".join([head, *lines])}))
        whole = read(feed(Path(folder), name="good.zip"))
    for place, (now, before) in enumerate(
        zip(calls_of(loaded, "b10a"), calls_of(whole, "b10a"), strict=True)
    ):
        assert place in hidden or now == before


@many
@given(st.integers(0, 999), st.integers(0, 59), st.integers(0, 59))
def test_times_are_read_as_they_are_written(hours, minutes, seconds):
    written = [f"{hours:02}:{minutes:02}:{seconds:02}", f"{hours}:{minutes:02}:{seconds:02}"]
    expected = hours * 3600 + minutes * 60 + seconds
    assert seconds_of(np.array(written, dtype=object)).tolist() == [expected] * 2


@many
@given(st.lists(st.text(max_size=9), max_size=20))
def test_any_text_is_a_time_or_none(written):
    read_times = seconds_of(np.array([*written, ""], dtype=object)[:-1])
    assert len(read_times) == len(written)
    for text, value in zip(written, read_times, strict=True):
        parts = text.split(":")
        sane = len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts)
        sane = sane and 1 <= len(parts[0]) <= 3 and len(parts[1]) == len(parts[2]) == 2
        sane = sane and max(int(parts[1]), int(parts[2])) < 60
        assert (value >= 0) == sane


@many
@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=8).map(sorted), st.data())
def test_a_trip_across_midnight_is_mended_to_what_it_was(times, data):
    steps = np.diff(times)
    kept = [times[0], *(times[0] + np.cumsum(np.minimum(steps, 3 * 3600))).tolist()]
    clock = np.array([one % 86_400 for one in kept], dtype=np.int32)
    if (np.diff(clock) >= 0).all():
        return
    start = kept[0] - clock[0]
    arrival, departure, call = mended(clock, clock)
    assert call == -1
    assert arrival.tolist() == departure.tolist() == [one - start for one in kept]


@many
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 3), st.booleans()), max_size=30))
def test_order_is_that_of_a_plain_sort(rows):
    trip, rank = (np.array([row[side] for row in rows], dtype=np.int32) for side in (0, 1))
    out = np.array([row[2] for row in rows], dtype=bool)
    chosen = np.arange(len(rows))[in_order(trip, rank, out)]
    held = [place for place in range(len(rows)) if not out[place]]
    assert chosen.tolist() == sorted(held, key=lambda place: (trip[place], rank[place]))
    seen: set[tuple[int, int]] = set()
    expected = []
    for place in held:
        if (trip[place], rank[place]) in seen:
            expected.append(place)
        seen.add((trip[place], rank[place]))
    assert repeats(trip, rank, in_order(trip, rank, out)).tolist() == expected


@many
@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 900), st.floats(0, 1000)), min_size=3, max_size=12
    )
)
def test_spread_times_stay_between_the_timed_ones(calls):
    timed = np.array([one[0] for one in calls])
    timed[[0, -1]] = True
    times = np.cumsum([one[1] for one in calls]).astype(np.int32)
    given_times = np.where(timed, times, -1).astype(np.int32)
    along = np.cumsum([one[2] for one in calls])
    filled = spread(timed, given_times, given_times, (along, np.arange(len(calls), dtype=float)))
    assert (filled[timed] == times[timed]).all()
    assert (np.diff(filled) >= 0).all()
