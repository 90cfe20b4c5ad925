"""Schedules kept between runs: the same values, and no fault of the cache is ever felt."""

from __future__ import annotations

import pytest
from small_feed import FILES, feed, more, read, same, spoilt

from renewal_gis.sources import gtfs, study_crs


@pytest.fixture
def full(tmp_path):
    """A feed with something in every table, a stop without a place and findings."""
    changes = {
        **more("stop_times.txt", "zz,07:00:00,07:00:00,A,1,,"),
        **spoilt("stops.txt", "50.410,3.500", ","),
        "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nt1b,06:00:00,09:00:00,600\n",
        "transfers.txt": "from_stop_id,to_stop_id,transfer_type\nA,B,0\n",
        "pathways.txt": "from_stop_id,to_stop_id,traversal_time\nS1,S2,30\n",
    }
    return feed(tmp_path, changes)


def untouched(monkeypatch):
    """Make any reading of a feed an error."""
    monkeypatch.setattr(gtfs, "read_part", lambda *_: pytest.fail("the feed was read again"))


def equal(one, other):
    assert same(one, other)
    assert one.findings == other.findings
    assert one.provenance == other.provenance
    assert one.rows.equals(other.rows)
    for name in ("stops", "trips", "headways", "transfers", "pathways"):
        before, after = getattr(one.schedule, name), getattr(other.schedule, name)
        assert before.dtypes.equals(after.dtypes)
        assert before.index.name == after.index.name
    assert one.schedule.stops.crs == other.schedule.stops.crs
    for name in ("stop", "arrival_s", "pickup", "runs", "first_call"):
        assert getattr(one.schedule, name).dtype == getattr(other.schedule, name).dtype


def test_what_is_kept_is_what_was_read(tmp_path, full, monkeypatch):
    cache = tmp_path / "cache"
    first = read(full, cache=cache)
    assert {one.code for one in first.findings} == {"undefined", "stop-unplaced"}
    equal(first, read(full))
    untouched(monkeypatch)
    equal(first, read(full, cache=cache))


def test_the_same_feed_is_kept_as_the_same_bytes(tmp_path, full):
    kept = []
    for name in ("one", "two"):
        read(full, cache=tmp_path / name)
        kept.append([(path.name, path.read_bytes()) for path in (tmp_path / name).iterdir()])
    assert kept[0] == kept[1]
    assert len(kept[0]) == 1


@pytest.mark.parametrize("damage", ["cut", "other", "empty", "renamed"])
def test_a_damaged_file_is_made_again(tmp_path, full, damage):
    cache = tmp_path / "cache"
    first = read(full, cache=cache)
    path = next(cache.iterdir())
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "other":
        path.write_bytes(content.replace(b"Beuvrages", b"BEUVRAGES"))
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.rename(path.with_name(path.name.replace("schedule-", "schedule-0")))
    equal(first, read(full, cache=cache))


def test_a_changed_feed_or_system_is_read_again(tmp_path, full):
    cache = tmp_path / "cache"
    read(full, cache=cache)
    read(full, cache=cache, crs=study_crs("EPSG:32631"))
    feed(tmp_path, spoilt("stops.txt", "Anzin", "Autre"))
    assert read(full, cache=cache).schedule.stops.loc["A", "name"] == "Autre"
    assert len(list(cache.iterdir())) == 3


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path, full):
    busy = tmp_path / "busy"
    busy.write_text("a file stands where the folder should")
    equal(read(full, cache=busy), read(full))


def test_folders_are_kept_by_content_too(tmp_path, monkeypatch):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content)
    first = read(folder, cache=tmp_path / "cache")
    (folder / "notes.md").write_text("not part of the timetable")
    untouched(monkeypatch)
    equal(first, read(folder, cache=tmp_path / "cache"))
