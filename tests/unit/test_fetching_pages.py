"""Answers that come in pieces: no feature lost, repeated or garbled, whatever the size and order of pages."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner
from small_fetching import HERE, Time, X, Y, asks, forget_environment, one, wfs
from small_server import Reply, as_json, serving

from renewal_gis.cli import fetching as command
from renewal_gis.cli import main
from renewal_gis.sources.fetching import Fetched, Fetcher
from renewal_gis.sources.fetching_client import Answer


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    forget_environment(monkeypatch)


@pytest.fixture
def fetcher(tmp_path):
    return Fetcher(data=tmp_path / "data", cache=tmp_path / "cache", client=Time().client())


def point(name, *, at=0, **properties):
    place = {"type": "Point", "coordinates": [X + at, Y]}
    return {"type": "Feature", "id": name, "geometry": place, "properties": properties}


POINTS = [point(f"p.{n}", at=n) for n in range(7)]


def came(fetcher, file):
    return [one["id"] for one in json.loads((fetcher.data / file).read_text())["features"]]


# ---- A WFS -----------------------------------------------------------------------------------------------


def test_a_server_of_smaller_pages_than_asked_loses_nothing(fetcher):
    def answer(request):
        start = int(request.query["STARTINDEX"])
        return as_json({"numberMatched": 7, "features": POINTS[start : start + 3]})

    with serving(answer) as (url, seen):
        assert one(fetcher.fetch(asks(url, kind="wfs", file="b.geojson"), HERE)).fault == ""
    assert came(fetcher, "b.geojson") == [one["id"] for one in POINTS]
    assert [request.query["STARTINDEX"] for request in seen] == ["0", "3", "6"]


def test_a_server_that_does_not_know_pages_is_no_endless_work(fetcher):
    with serving(lambda r: as_json({"numberMatched": 7, "features": POINTS[:2]})) as (url, seen):
        assert "announces 7" in one(fetcher.fetch(wfs(url), HERE)).fault
    assert len(seen) == 4


def test_a_server_that_announces_nothing_ends_with_a_page_that_is_not_full(fetcher):
    def answer(request):
        start = int(request.query["STARTINDEX"])
        return as_json({"numberMatched": "unknown", "features": POINTS[start : start + 2]})

    with serving(answer) as (url, _):
        assert one(fetcher.fetch(wfs(url), HERE)).fault == ""
    assert len(came(fetcher, "b.geojson")) == 7


@pytest.mark.parametrize("value", ['"\\ud800"', "1e999"])
def test_values_that_cannot_be_written_are_told(fetcher, value):
    body = json.dumps({"features": [point("p", a="HERE")]}).replace('"HERE"', value)
    with serving(lambda r: Reply(body.encode())) as (url, _):
        assert "cannot be written" in one(fetcher.fetch(wfs(url), HERE)).fault
    assert list(fetcher.cache.rglob("*.geojson")) == []


# ---- Pages that name the next ----------------------------------------------------------------------------


def linked(url, **rest):
    return asks(f"{url}/f/?c={{commune}}", kind="pages", each="commune", file="f.geojson", **rest)


@pytest.mark.parametrize(
    "following", ["/f/?c={c}&page=2", "?c={c}&page=2", "http://{host}/f/?c={c}&page=2"]
)
def test_the_next_page_may_be_named_in_short(fetcher, following):
    def answer(request):
        code = request.query["c"]
        told = following.format(c=code, host=request.headers["host"])
        first = "page" not in request.query
        some = [point(f"{code}.{1 if first else 2}", at=int(code[-1]))]
        return as_json({"count": 2, "next": told if first else None, "features": some})

    with serving(answer) as (url, _):
        assert one(fetcher.fetch(linked(url), HERE)).fault == ""
    assert came(fetcher, "f.geojson") == ["59112.1", "59112.2", "59160.1", "59160.2"]


def test_the_way_to_the_next_page_is_as_safe_as_the_first(fetcher):
    asked = []

    class Caller:
        def download(self, url, path, **rest):
            asked.append(url)
            content = {"features": [point(url)], "next": "http://open.test/f/?page=2"}
            path.write_text(json.dumps(content if len(asked) == 1 else {"features": []}))
            return Answer(date="", modified="", kind="")

    held = linked("https://me:s3cret@open.test")
    told = one(replace(fetcher, client=Caller()).fetch(held, replace(HERE, communes=("59112",))))
    assert told.fault == ""
    assert asked[1] == "https://me:s3cret@open.test/f/?page=2"
    assert "s3cret" not in told.url


@pytest.mark.parametrize("following", [3, ["x"], "http://[::1", "http://h:port/"])
def test_a_next_page_that_is_no_address(fetcher, following):
    with serving(lambda r: as_json({"features": POINTS, "next": following})) as (url, _):
        assert "names no address as the next one" in one(fetcher.fetch(linked(url), HERE)).fault


def test_things_of_two_communes_that_share_a_number_are_both_kept(fetcher):
    def answer(request):
        return as_json({"features": [point(1, commune=request.query["c"]), point("all")]})

    with serving(answer) as (url, _):
        assert one(fetcher.fetch(linked(url), HERE)).fault == ""
    assert came(fetcher, "f.geojson") == [1, "all", 1]


@pytest.mark.parametrize(
    ("count", "features", "told"),
    [(3, POINTS[:2], "announces 3 features and gave 2"), (2, [POINTS[0]] * 2, "repeats features")],
)
def test_pages_that_do_not_add_up(fetcher, count, features, told):
    with serving(lambda r: as_json({"count": count, "features": features})) as (url, _):
        assert told in one(fetcher.fetch(linked(url), HERE)).fault


# ---- The State's statistics ------------------------------------------------------------------------------


def test_letters_that_are_not_utf_8_are_told_and_not_garbled(fetcher):
    with serving(lambda r: Reply("DEPCOM;NOM\n59112;Éric\n".encode("latin-1"))) as (url, _):
        held = asks(url, kind="dido", commune_column="DEPCOM", vintage="2025-01")
        assert "no text in UTF-8" in one(fetcher.fetch(held, HERE)).fault


def test_the_latest_vintage_is_the_latest_wherever_it_stands(fetcher):
    def answer(request):
        if "/datasets/" in request.path:
            held = [{"millesime": one} for one in ("2025-11", "2026-02", "2026-01")]
            return as_json({"datafiles": [{"rid": "abc", "millesimes": held}]})
        return Reply(b"COMM;A\n59112;1\n")

    with serving(answer) as (url, seen):
        held = asks(f"{url}/datasets/1", kind="dido", latest=True, commune_column="COMM")
        assert one(fetcher.fetch(held, HERE)).vintage == "2026-02"
    assert seen[1].query["millesime"] == "2026-02"


# ---- The command -----------------------------------------------------------------------------------------


def test_the_list_of_addresses_shows_no_key(tmp_path):
    path = tmp_path / "e.toml"
    path.write_text(
        '[[endpoint]]\nid = "a"\ntitle = "A"\nuse = "u"\nkind = "file"\nfile = "x"\npage = "p"\n'
        'licence = "L"\nattribution = "A"\nverified = false\nurl = "https://me:s3cret@h/x?apikey=s3cret"\n'
    )
    done = CliRunner().invoke(main, ["fetch", "--list", "--json", "--endpoints", str(path)])
    assert done.exit_code == 0
    assert "s3cret" not in done.output
    assert json.loads(done.output)[0]["url"] == "https://h/x?apikey=…"


def test_an_address_that_fails_for_every_commune_is_told_in_few_lines(tmp_path, monkeypatch):
    failed = [
        Fetched(id="r", title="Risks", url="u", licence="L", attribution="A", fault=f"{n} is down.")
        for n in range(40)
    ]
    monkeypatch.setattr("renewal_gis.fetching.fetch_study", lambda *parts, **named: failed)
    done = CliRunner().invoke(main, ["fetch", str(tmp_path), "--quiet"])
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        *(f"Error: Risks: {n} is down." for n in range(3)),
        "Error: Risks: 37 more failed; --json lists them.",
    ]
    listed = CliRunner().invoke(main, ["fetch", str(tmp_path), "--quiet", "--json"])
    assert len(json.loads(listed.stdout)) == 40


def test_the_bar_of_a_file_forgets_the_size_of_the_one_before(monkeypatch):
    import rich.progress

    bars = []

    class Bar(rich.progress.Progress):
        def __init__(self, *parts, **named):
            super().__init__(*parts, **named)
            bars.append(self)

    monkeypatch.setattr(rich.progress, "Progress", Bar)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with command.brought(quiet=False) as way:
        way.report("A file [of one]")
        way.progress(10, 100)
        assert [(one.completed, one.total) for one in bars[0].tasks] == [(10, 100)]
        way.report("Pages")
        way.progress(3, None)
        (task,) = bars[0].tasks
    assert (task.description, task.completed, task.total) == ("Pages", 3, None)
