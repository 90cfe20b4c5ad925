"""The lines of a study on the courses its timetable publishes: in the run, on the map, in the findings."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
import shapely
from small_study import write_small_study

from renewal_gis import sources
from renewal_gis.edition import map_content, publish
from renewal_gis.loading import load
from renewal_gis.publishing.document import page_data
from renewal_gis.study import run
from renewal_gis.transit import drawn_lines, riding
from renewal_gis.walking import walking

HEAD = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"


def rewritten(path: Path, changes) -> None:
    """Write a timetable again; a change is given what stands in the file."""
    with zipfile.ZipFile(path) as feed:
        held = {name: feed.read(name).decode() for name in feed.namelist()}
    held |= {name: change(held) if callable(change) else change for name, change in changes.items()}
    with zipfile.ZipFile(path, "w") as feed:
        for name, text in held.items():
            feed.writestr(name, text)


def bent(aside: float, *, more: str = ""):
    """Return shapes.txt: from one stop to the other with a bend in the middle, `aside` degrees east."""

    def text(held: dict[str, str]) -> str:
        stops = csv.DictReader(io.StringIO(held["stops.txt"]))
        n, s = ((float(row["stop_lat"]), float(row["stop_lon"])) for row in stops)
        middle = ((n[0] + s[0]) / 2, (n[1] + s[1]) / 2 + aside)
        rows = [(*s, 3), (*middle, 2), (*n, 1)]
        return HEAD + "".join(f"c,{lat},{lon},{rank}\n" for lat, lon, rank in rows) + more

    return text


def study(folder: Path, aside: float, *, more: str = "", shape: str = "c") -> Path:
    path = write_small_study(folder)
    named = f"route_id,service_id,trip_id,shape_id\nR,W,t1,{shape}\nR,W,t2,{shape}\n"
    rewritten(folder / "gtfs.zip", {"trips.txt": named, "shapes.txt": bent(aside, more=more)})
    return path


def told(drawn):
    return [(one.severity, one.code, one.count) for one in drawn.findings]


BEND = 0.0006  # about 43 m


def test_a_run_draws_its_lines_on_their_courses_and_lists_bad_points(tmp_path):
    results = run(study(tmp_path / "bent", BEND, more="c,0,0,7\nc,95,3.5,8\n"))
    assert results.lines["course"].tolist() == ["published"]
    assert shapely.get_num_coordinates(results.lines.geometry.iloc[0]) == 3
    [finding] = results.findings[results.findings["code"] == "bad-place"].itertuples()
    assert (finding.layer, finding.severity, finding.count) == ("stops", "dropped", 2)
    content = map_content(results)
    assert content.layers["lines"].equals(results.lines)
    packed = gzip.decompress(base64.b64decode(page_data(content).blocks["small"]))
    [record] = json.loads(packed)["lines"]
    assert record["values"]["course"] == "published"
    assert len(record["shape"][1]) == 6
    publish(results, tmp_path / "out")
    assert "bad-place" in (tmp_path / "out" / "findings.csv").read_text()


def test_what_the_searches_read_holds_no_course(tmp_path, monkeypatch):
    path = study(tmp_path / "one", BEND)
    monkeypatch.setattr(sources, "read_shapes", lambda *a, **k: pytest.fail("courses were read"))
    loaded = load(path)
    assert riding(loaded, walking(loaded)) is not None


def test_a_run_without_homes_draws_the_same_lines(tmp_path):
    path = study(tmp_path / "one", BEND, more="c,0,0,7\n")
    results = run(path, homes=False)
    assert results.lines.equals(run(path).lines)
    assert map_content(results).layers["lines"].equals(results.lines)
    assert "bad-place" in set(results.findings["code"])


def test_a_line_is_longer_on_its_course_and_goes_straight_without(tmp_path):
    plain = drawn_lines(load(write_small_study(tmp_path / "plain")))
    bend = drawn_lines(load(study(tmp_path / "bent", BEND)))
    lost = drawn_lines(load(study(tmp_path / "lost", BEND, shape="gone")))
    assert plain.table["course"].tolist() == lost.table["course"].tolist() == ["straight"]
    assert plain.table.equals(lost.table)
    assert bend.table.length.iloc[0] > plain.table.length.iloc[0]
    assert told(plain) == told(bend) == []
    assert told(lost) == [("note", "undefined-shape", 2)]


def test_a_course_elsewhere_is_told(tmp_path):
    path = write_small_study(tmp_path / "far")
    rows = "".join(f"c,50.{k},3.{k},{k}\n" for k in range(5, 8))
    named = "route_id,service_id,trip_id,shape_id\nR,W,t1,c\nR,W,t2,c\n"
    rewritten(tmp_path / "far" / "gtfs.zip", {"trips.txt": named, "shapes.txt": HEAD + rows})
    drawn = drawn_lines(load(path))
    assert drawn.table["course"].tolist() == ["straight"]
    assert told(drawn) == [("note", "course-far", 1)]


def test_an_earlier_timetable_and_lines_that_are_tried_leave_the_lines_of_today(tmp_path):
    path = study(tmp_path / "one", BEND)
    alone = drawn_lines(load(path)).table
    folder = tmp_path / "one"
    (folder / "old.zip").write_bytes((folder / "gtfs.zip").read_bytes())
    rewritten(folder / "old.zip", {"shapes.txt": bent(-BEND)})
    tried = (
        '[transit.before]\nfeeds = ["old.zip"]\ndate = 2026-03-11\n\n'
        '[[transit.lines]]\nname = "Navette"\nstops = ["n", "s"]\nheadway_min = 15\nminutes = [5]\n\n'
    )
    path.write_text(path.read_text().replace("[[criteria]]", tried + "[[criteria]]", 1))
    both = load(path)
    assert both.schedule_before is not None
    assert both.settings.transit.changes
    assert drawn_lines(both).table.equals(alone)


def test_a_study_without_a_timetable_has_no_lines(tmp_path):
    path = write_small_study(tmp_path)
    text = path.read_text()
    a, b = text.index("[transit]"), text.index("[[criteria]]")
    path.write_text(text[:a] + text[b:])
    assert drawn_lines(load(path)) is None
