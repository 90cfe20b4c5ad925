"""Fetching, proved against a server that answers as the documentation says, and as bad days do."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from dataclasses import replace
from urllib.parse import urlsplit

import geopandas as gpd
import openpyxl
import pytest
from click.testing import CliRunner
from shapely import box
from shapely.geometry import mapping
from small_fetching import BOX, HERE, Time, X, Y, asks, forget_environment, one, wfs
from small_server import Reply, as_json, ranged, serving

from renewal_gis.cli import main
from renewal_gis.config import read_study_file
from renewal_gis.errors import DataError, UsageError
from renewal_gis.fetching import Way, begin_study, fetch_study
from renewal_gis.files import sha256_of
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs
from renewal_gis.sources.fetching import Fetcher, read_manifest
from renewal_gis.sources.fetching_checks import Where
from renewal_gis.sources.fetching_client import Client, shown
from renewal_gis.sources.fetching_endpoints import endpoint, read_endpoints
from renewal_gis.sources.starting import read_territory


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    forget_environment(monkeypatch)


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def fetcher(tmp_path, clock):
    return Fetcher(data=tmp_path / "data", cache=tmp_path / "cache", client=clock.client())


def squares(count, *, at=(X, Y), swap=False):
    shapes = [box(at[0] + 20 * n, at[1], at[0] + 20 * n + 10, at[1] + 10) for n in range(count)]
    features = [
        {"type": "Feature", "id": f"b.{n}", "properties": {"cleabs": f"B{n}", "nombre_de_logements": 2},
         "geometry": mapping(shape)}
        for n, shape in enumerate(shapes)
    ]  # fmt: skip
    if swap:
        for one in features:
            rings = one["geometry"]["coordinates"]
            one["geometry"]["coordinates"] = [[(y, x) for x, y in ring] for ring in rings]
    return features


def paged(features, **more):
    def answer(request):
        start, count = int(request.query["STARTINDEX"]), int(request.query["COUNT"])
        some = features[start : start + count]
        return as_json(
            {"type": "FeatureCollection", "numberMatched": len(features), "features": some, **more}
        )

    return answer


# ---- Pages -----------------------------------------------------------------------------------------------


def test_a_wfs_is_asked_in_lambert_93_page_by_page(fetcher, tmp_path):
    with serving(paged(squares(5))) as (url, seen):
        told = one(fetcher.fetch(wfs(url), HERE))
    assert told.fault == ""
    assert [request.query["STARTINDEX"] for request in seen] == ["0", "2", "4"]
    assert seen[0].query["BBOX"] == "735000.0,7030000.0,736000.0,7031000.0,EPSG:2154"
    assert seen[0].query["SRSNAME"] == "EPSG:2154"
    path = tmp_path / "data" / "b.geojson"
    assert told.sha256 == sha256_of(path)
    assert told.date == "2026-03-10"
    loaded = read_layer(
        [LayerSpec(path=path, source="bdtopo")], table="stock", crs=study_crs("EPSG:2154")
    )
    assert len(loaded.table) == 5


def test_pages_end_though_the_last_one_is_full(fetcher):
    with serving(paged(squares(4))) as (url, seen):
        assert one(fetcher.fetch(wfs(url), HERE)).fault == ""
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda r: Reply(b"<!DOCTYPE html><html>Bienvenue</html>"), "a web page instead of data"),
        (
            lambda r: Reply(b'<?xml version="1.0"?><ows:Exception>no layer</ows:Exception>'),
            "no layer",
        ),
        (lambda r: Reply(b'{"type": "FeatureCollection", "features": [{"ty'), "cut short"),
        (lambda r: as_json({"hello": 1}), "no list of features"),
        (lambda r: as_json({"features": [], "numberMatched": 0}), "zero features"),
        (
            lambda r: as_json(
                {"features": squares(1 - min(1, int(r.query["STARTINDEX"]))), "numberMatched": 7}
            ),
            "announces 7 features and gave 1",
        ),
        (paged(squares(3, swap=True)), "exchanged x and y"),
        (paged(squares(3, at=(X + 90_000, Y))), "lie elsewhere than asked"),
    ],
)
def test_an_answer_that_is_none_is_told_and_nothing_is_kept(fetcher, tmp_path, answer, told):
    with serving(answer) as (url, _):
        found = one(fetcher.fetch(wfs(url), HERE))
    assert told in found.fault
    assert found.file == ""
    assert not list((tmp_path / "data").glob("*")) if (tmp_path / "data").exists() else True
    assert not list((tmp_path / "cache").rglob("*.geojson"))


def test_zero_features_are_an_answer_where_a_territory_may_have_none(fetcher):
    with serving(lambda r: as_json({"features": [], "numberMatched": 0})) as (url, _):
        assert one(fetcher.fetch(wfs(url, may_be_empty=True), HERE)).fault == ""


def test_a_server_that_repeats_features_has_forgotten_others(fetcher):
    twice = [*squares(2), *squares(2)]
    with serving(paged(twice)) as (url, _):
        assert "repeats features" in one(fetcher.fetch(wfs(url), HERE)).fault


def test_degrees_given_for_metres_are_seen_and_stated(fetcher, tmp_path):
    held = gpd.GeoSeries([box(X, Y, X + 10, Y + 10)], crs=2154).to_crs(4326)
    feature = {"type": "Feature", "id": "a", "properties": {}, "geometry": mapping(held.iloc[0])}
    with serving(lambda r: as_json({"features": [feature]})) as (url, _):
        assert one(fetcher.fetch(wfs(url), HERE)).fault == ""
    assert gpd.read_file(tmp_path / "data" / "b.geojson").crs.to_epsg() == 4326


def test_an_outline_far_wider_than_the_box_touches_it(fetcher):
    wide = box(X - 200_000, Y - 200_000, X + 300_000, Y + 100_000)
    feature = {"type": "Feature", "id": "59", "properties": {}, "geometry": mapping(wide)}
    with serving(lambda r: as_json({"features": [feature]})) as (url, _):
        assert one(fetcher.fetch(wfs(url), HERE)).fault == ""


@pytest.mark.parametrize("geometry", ["POINT (1 2)", {"type": "Point", "coordinates": ["a", "b"]},
                                      {"type": "Point"}, 3])  # fmt: skip
def test_shapes_that_cannot_be_read_are_told(fetcher, geometry):
    feature = {"type": "Feature", "id": "a", "properties": {}, "geometry": geometry}
    with serving(lambda r: as_json({"features": [feature]})) as (url, _):
        assert "no feature has a shape" in one(fetcher.fetch(wfs(url), HERE)).fault


def test_linked_pages_are_followed_on_their_own_host_only(fetcher):
    features = squares(3)

    def answer(request):
        if request.query.get("page") == "2":
            return as_json({"count": 3, "next": None, "features": features[2:]})
        following = f"http://{request.headers['host']}/geofriches/?code_insee=x&page=2"
        return as_json({"count": 3, "next": following, "results": {"features": features[:2]}})

    with serving(answer) as (url, seen):
        held = asks(
            f"{url}/geofriches/?code_insee={{commune}}",
            kind="pages",
            each="commune",
            file="f.geojson",
        )
        assert one(fetcher.fetch(held, HERE)).fault == ""
    assert [request.query["code_insee"] for request in seen] == ["59112", "x", "59160", "x"]
    elsewhere = {"next": "http://127.0.0.2/x", "features": features}
    with serving(lambda r: as_json(elsewhere)) as (url, _):
        held = asks(f"{url}/?c={{commune}}", kind="pages", each="commune", file="g.geojson")
        assert "on another host" in one(fetcher.fetch(held, HERE)).fault


def test_dido_is_asked_by_batches_of_communes_with_the_latest_vintage(fetcher, tmp_path):
    def answer(request):
        if "/datasets/" in request.path:
            return as_json(
                {"datafiles": [{"rid": "abc", "millesimes": [{"millesime": "2026-02"}]}]}
            )
        code = request.query["COMM"].removeprefix("in:")
        return Reply(f"COMM;NUM_DAU\r\n{code};PC{code}\r\n".encode("utf-8-sig"))

    with serving(answer) as (url, seen):
        held = asks(
            f"{url}/dido/api/v1/datasets/6513", kind="dido", latest=True, commune_column="COMM",
            page_size=1, file="s.csv",
        )  # fmt: skip
        told = one(fetcher.fetch(held, HERE))
    assert told.vintage == "2026-02"
    assert seen[1].path == "/dido/api/v1/datafiles/abc/csv"
    assert (
        tmp_path / "data" / "s.csv"
    ).read_text() == "COMM;NUM_DAU\n59112;PC59112\n59160;PC59160\n"


@pytest.mark.parametrize(
    ("body", "told"),
    [(b"<html>", "no table"), (b"DEPCOM;X\n", "no row for 2 communes"), (b'{"e": 1}', "no table")],
)
def test_dido_answers_that_are_none(fetcher, body, told):
    with serving(lambda r: Reply(body)) as (url, _):
        held = asks(url, kind="dido", commune_column="DEPCOM", vintage="2025-01", page_size=60)
        assert told in one(fetcher.fetch(held, HERE)).fault


# ---- Patience --------------------------------------------------------------------------------------------


def test_429_waits_as_long_as_the_server_asks(fetcher, clock):
    replies = [Reply(status=429, headers={"Retry-After": "7"}), Reply(b"a;b\n")]
    with serving(lambda r: replies.pop(0)) as (url, _):
        assert one(fetcher.fetch(asks(url), HERE)).fault == ""
    assert 7.0 in clock.slept


def test_a_date_to_come_back_is_understood(fetcher, clock):
    later = {"Retry-After": "Tue, 10 Mar 2026 07:00:30 GMT"}
    replies = [Reply(status=503, headers=later), Reply(b"a;b\n")]
    with serving(lambda r: replies.pop(0)) as (url, _):
        assert one(fetcher.fetch(asks(url), HERE)).fault == ""
    assert 30.0 in clock.slept


def test_an_hour_is_not_waited(fetcher, clock):
    with serving(lambda r: Reply(status=429, headers={"Retry-After": "3600"})) as (url, seen):
        assert "come back in 3600 s" in one(fetcher.fetch(asks(url), HERE)).fault
        again = one(fetcher.fetch(asks(f"{url}/other"), HERE)).fault
        assert "was not called: its host asks to come back in 3600 s" in again
    assert len(seen) == 1


def test_a_host_that_is_down_is_not_called_for_every_commune(fetcher, clock):
    many = replace(HERE, communes=tuple(f"59{n:03}" for n in range(40)))
    with (
        serving(lambda r: Reply(status=503)) as (url, seen),
        serving(lambda r: Reply(b"a;b\n")) as (other, _),
    ):
        held = asks(f"{url}/{{commune}}", each="commune", file="x-{commune}.csv")
        faults = [told.fault for told in fetcher.fetch(held, many)]
        assert one(fetcher.fetch(asks(other), HERE)).fault == ""
    assert len(seen) == 3 * 5
    assert all("did not answer: it answers 503" in fault for fault in faults[:3])
    assert all("was not called: its host failed 3 downloads" in fault for fault in faults[3:])
    assert sum(clock.slept) < 60


def test_a_host_that_answers_in_between_is_called_on(fetcher):
    many = replace(HERE, communes=tuple(f"59{n:03}" for n in range(8)))
    with serving(lambda r: Reply(status=200 if r.path[-1] in "25" else 503, body=b"a;b\n")) as (
        url,
        _,
    ):
        held = asks(f"{url}/{{commune}}", each="commune", file="x-{commune}.csv")
        came = [told.file for told in fetcher.fetch(held, many) if not told.fault]
    assert came == ["x-59002.csv", "x-59005.csv"]


@pytest.mark.parametrize("told", ["²", "-1", "soon", "1.5"])
def test_a_wait_that_is_no_number_is_passed_over(fetcher, told):
    replies = [Reply(status=503, headers={"Retry-After": told}), Reply(b"a;b\n")]
    with serving(lambda r: replies.pop(0)) as (url, _):
        assert one(fetcher.fetch(asks(url), HERE)).fault == ""


def test_503_is_tried_again_longer_and_longer_then_told(fetcher, clock):
    with serving(lambda r: Reply(status=503)) as (url, seen):
        fault = one(fetcher.fetch(asks(url), HERE)).fault
    assert "it answers 503" in fault
    assert len(seen) == 5
    waits = [slept for slept in clock.slept if slept >= 1]
    assert waits == sorted(waits)
    assert len(waits) == 4


@pytest.mark.parametrize(
    ("status", "told"), [(404, "has nothing there"), (403, "refuses"), (401, "password")]
)
def test_what_trying_again_cannot_help_is_told_at_once(fetcher, status, told):
    with serving(lambda r: Reply(status=status)) as (url, seen):
        assert told in one(fetcher.fetch(asks(url), HERE)).fault
    assert len(seen) == 1


def test_so_many_requests_a_second(clock, tmp_path):
    with serving(lambda r: Reply(b"x")) as (url, _):
        client = clock.client()
        for number in range(4):
            client.download(url, tmp_path / str(number), per_s=5)
    assert clock.moment == pytest.approx(0.6)


def test_a_transfer_cut_short_goes_on_from_where_it_was(fetcher, tmp_path):
    body = bytes(range(256)) * 4000
    cuts = [300_000, 200_000, None]

    with serving(lambda r: ranged(body, r, cut=cuts.pop(0))) as (url, seen):
        told = one(fetcher.fetch(asks(url, file="x.bin"), HERE))
    assert told.fault == ""
    assert (tmp_path / "data" / "x.bin").read_bytes() == body
    starts = [request.headers.get("range") for request in seen]
    assert starts[0] is None
    assert starts[1].startswith("bytes=")
    assert starts[2] > starts[1]


def test_a_file_that_changed_meanwhile_is_begun_again(fetcher, tmp_path):
    old, new = b"a" * 400_000, b"b" * 400_000
    replies = [(old, '"v1"', 300_000), (new, '"v2"', None)]

    def answer(request):
        body, mark, cut = replies.pop(0)
        return ranged(body, request, mark=mark, cut=cut)

    with serving(answer) as (url, _):
        assert one(fetcher.fetch(asks(url, file="x.bin"), HERE)).fault == ""
    assert (tmp_path / "data" / "x.bin").read_bytes() == new


def test_a_cut_transfer_is_resumed_by_the_next_call(tmp_path, clock):
    body = b"c" * 500_000

    def fetcher():
        return Fetcher(data=tmp_path / "data", cache=tmp_path / "cache", client=clock.client())

    days = {"bad": True}

    def answer(request):
        return ranged(body, request, cut=100_000 if days["bad"] else None)

    with serving(answer) as (url, seen):
        assert "cut" in one(fetcher().fetch(asks(url, file="x.bin"), HERE)).fault
        assert not (tmp_path / "data").exists()
        days["bad"] = False
        assert one(fetcher().fetch(asks(url, file="x.bin"), HERE)).fault == ""
    assert "range" in seen[-1].headers
    assert (tmp_path / "data" / "x.bin").read_bytes() == body


# ---- Files -----------------------------------------------------------------------------------------------


def zipped(content=b"x" * 5000):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.csv", content)
    return held.getvalue()


def marked(method, *, flag=0):
    """Return a zip whose one file is said to be packed another way, or to have a password."""
    content = bytearray(zipped())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(sign) + at
        content[start] |= flag
        content[start + 2] = method
    return bytes(content)


@pytest.mark.parametrize(
    ("file", "body", "told"),
    [
        ("q.zip", zipped()[:2000], "truncated"),
        ("q.zip", zipped().replace(b"x" * 100, b"y" * 100, 1), "damaged at a.csv"),
        ("q.zip", marked(9), "packed in a way only other programs unpack"),
        ("q.zip", marked(8, flag=1), "has a password"),
        ("b.parquet", b"PAR1abcd", "cut short"),
        ("b.parquet", b"abcdPAR1", "no Parquet file"),
        ("b.gpkg", b"PK\x03\x04", "no GeoPackage"),
        ("b.7z", b"PK\x03\x04", "no 7z archive"),
        ("b.geojson", b'{"features": [{"ty', "no JSON, or was cut short"),
        ("a.csv", b'{"error": "unknown vintage"}', "a message of the service and no table"),
        ("a.csv", b'<?xml version="1.0"?><Error/>', "a message of the service and no table"),
        ("c.json.gz", b"\x1f\x8b\x08\x00abc", "truncated"),
        ("o.osm.pbf", b"nothing of the kind", "no OpenStreetMap extract"),
        ("a.csv", b"<html><body>403</body></html>", "a web page instead of a file"),
        ("a.csv", b"", "an empty file"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(fetcher, tmp_path, file, body, told):
    with serving(lambda r: Reply(body)) as (url, _):
        assert told in one(fetcher.fetch(asks(url, file=file), HERE)).fault
    assert not list((tmp_path / "cache").rglob(f"*{file}"))


def test_one_file_for_each_commune_and_one_that_fails_loses_no_other(fetcher, tmp_path):
    def answer(request):
        return Reply(status=404) if "59160" in request.path else as_json({"data": []})

    with serving(answer) as (url, _):
        held = asks(
            f"{url}/{{department}}/{{commune}}",
            kind="json",
            each="commune",
            file="r-{commune}.json",
        )
        good, bad = fetcher.fetch(held, HERE)
    assert good.file == "r-59112.json"
    assert "nothing there" in bad.fault
    assert (tmp_path / "data" / "r-59112.json").exists()


# ---- Cache, offline, mirror ------------------------------------------------------------------------------


def test_what_was_fetched_is_not_fetched_again(fetcher, tmp_path):
    with serving(lambda r: Reply(b"a;b\n1;2\n")) as (url, seen):
        first = one(fetcher.fetch(asks(url), HERE))
        again = one(fetcher.fetch(asks(url), HERE))
        assert len(seen) == 1
        assert one(replace(fetcher, refresh=True).fetch(asks(url), HERE)).origin == "network"
        assert len(seen) == 2
    assert (first.origin, again.origin) == ("network", "cache")
    offline = replace(fetcher, client=None)
    assert one(offline.fetch(asks(url), HERE)).sha256 == first.sha256
    assert "does not hold it" in one(offline.fetch(asks(f"{url}/other"), HERE)).fault


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({}, {"communes": ("59606",)}),
        ({}, {"where": Where(box=(X, Y, X + 5, Y + 5))}),
        ({"columns": ("A", "B")}, {}),
        ({"vintage": "2026-01"}, {}),
        ({"commune_column": "COMM"}, {}),
    ],
)
def test_another_question_has_another_answer(fetcher, asked, place):
    with serving(lambda r: Reply(b"DEPCOM;A\n59112;1\n")) as (url, seen):
        usual = {"kind": "dido", "commune_column": "DEPCOM", "vintage": "2025-01"}
        fetcher.fetch(asks(url, **usual), HERE)
        assert one(fetcher.fetch(asks(url, **usual), HERE)).origin == "cache"
        other = one(fetcher.fetch(asks(url, **{**usual, **asked}), replace(HERE, **place)))
    assert other.origin == "network"
    assert len(seen) == 2


def test_a_file_of_the_whole_country_is_not_fetched_again_for_one_commune_more(fetcher):
    more = replace(HERE, communes=(*HERE.communes, "59606"))
    with serving(lambda r: Reply(b"a;b\n")) as (url, seen):
        fetcher.fetch(asks(url), HERE)
        assert one(fetcher.fetch(asks(url), more)).origin == "cache"
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"box": (X, Y, X, Y + 1)}, "has no extent"),
        ({"box": (X + 1, Y, X, Y + 1)}, "has no extent"),
        ({"box": (X, Y, float("nan"), Y + 1)}, "has no extent"),
        ({"crs": "IGNF:LAMB93"}, "is no EPSG code"),
        ({"crs": "EPSG:99999"}, "is no EPSG code"),
        ({"crs": "2154"}, "is no EPSG code"),
    ],
)
def test_a_territory_at_fault(held, told):
    with pytest.raises(DataError, match=told):
        Where(**{"box": BOX, **held})


def test_codes_of_a_territory_lead_nowhere_else(fetcher, tmp_path):
    odd = replace(HERE, communes=("../../x",))
    held = asks("http://127.0.0.1:1/{commune}", each="commune", file="r-{commune}.csv")
    assert "no name of a file" in one(fetcher.fetch(held, odd)).fault


def test_a_kept_file_that_was_changed_is_not_trusted(fetcher, tmp_path):
    with serving(lambda r: Reply(b"a;b\n")) as (url, _):
        fetcher.fetch(asks(url), HERE)
        next((tmp_path / "cache").rglob("x.csv")).write_text("changed")
        assert "changed since" in one(replace(fetcher, client=None).fetch(asks(url), HERE)).fault
        assert one(fetcher.fetch(asks(url), HERE)).origin == "network"
    assert (tmp_path / "data" / "x.csv").read_bytes() == b"a;b\n"


def test_a_mirror_stands_for_the_network(tmp_path):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "x.csv").write_text("a;b\n")
    held = Fetcher(data=tmp_path / "data", cache=tmp_path / "cache", mirror=mirror)
    assert one(held.fetch(asks("https://example.org/x"), HERE)).origin == "mirror"
    assert (
        "holds no file 'y.csv'" in one(held.fetch(asks("https://e.org", file="y.csv"), HERE)).fault
    )


def test_secrets_never_show(fetcher):
    secret = "https://moi:s3cret@127.0.0.1:1/x?apikey=s3cret"
    found = one(fetcher.fetch(asks(secret), HERE))
    assert found.fault
    assert "s3cret" not in json.dumps(found.__dict__)
    assert shown("https://h/x?token=s3cret&a=1") == "https://h/x?token=…&a=1"


@pytest.mark.parametrize(
    "url",
    [
        "https://me:s3cret@h/x",
        "https://me:half@s3cret@h/x",
        "https://me:1/s3cret@h/x",
        "https://me:1?s3cret@h/x",
        "https://me:1#s3cret@h/x",
        "https://me:s3cret/x",
        "https://h/x?a=1&access_token=s3cret",
        "https://h/x?client_secret=s3cret&a=1",
        "https://h/x?X-Amz-Signature=s3cret",
        "https://h/x?sv=2&sig=s3cret",
        "https://h/x?Ocp-Apim-Subscription-Key=s3cret",
    ],
)
def test_no_secret_of_an_address_is_ever_shown(url):
    assert "s3cret" not in shown(url)
    assert shown(url).startswith("https://")


@pytest.mark.parametrize(
    "url",
    [
        "https://h/a@2/b?SERVICE=WFS&TYPENAMES=L:x",
        "https://[::1]:8080/x?design=1",
        "nowhere",
        "http://h/x?code=59112&fields=nom,code",
    ],
)
def test_what_is_no_secret_is_shown_as_it_is(url):
    assert shown(url) == url


def test_certificates_that_are_not_there(tmp_path):
    client = Client(certificates=tmp_path / "none.pem")
    with pytest.raises(DataError, match="no such file of certificates"):
        client.download("https://127.0.0.1:1/x", tmp_path / "x", per_s=1)


# ---- Addresses -------------------------------------------------------------------------------------------


def test_every_address_says_where_it_comes_from():
    for held in read_endpoints():
        assert held.use
        assert held.licence
        assert held.attribution
        assert held.page.startswith("https://")
        assert held.url.startswith("https://")
        # None could be called from where this was written; the day one is, this line changes.
        assert not held.verified


def test_a_study_names_only_what_comes_without_being_named():
    for held in read_endpoints():
        assert not held.table or held.called == "always"


def test_files_of_two_addresses_never_overwrite_one_another():
    files = [held.file for held in read_endpoints() if held.file]
    assert len(set(files)) == len(files)


def any_file(name):
    """Return the least a file of this name may hold."""
    held = {
        ".zip": zipped(), ".xlsx": zipped(), ".parquet": b"PAR1....PAR1", ".gz": gzip.compress(b"{}"),
        ".pbf": b"\x00\x00\x00\x0d\x0a\tOSMHeader",
    }  # fmt: skip
    return held.get("." + name.rpartition(".")[2], b"a;b\n1;2\n")


@pytest.mark.parametrize(
    "held",
    [held for held in read_endpoints() if held.called != "by hand"],
    ids=lambda held: held.id,
)
def test_every_address_that_is_called_is_called_as_it_says(fetcher, held):
    """Each is asked of a server that answers as documented for its kind, here instead of there."""

    def answer(request):
        if held.kind == "wfs":
            return paged(squares(3))(request)
        if held.kind == "pages":
            return as_json({"features": squares(2), "next": None})
        if held.kind == "json":
            return as_json({"data": []})
        if "/datasets/" in request.path and held.kind == "dido":
            title = f"Liste des permis {held.datafile}"
            file = {"rid": "r", "title": title, "millesimes": [{"millesime": "2026-01"}]}
            return as_json({"datafiles": [file]})
        if held.kind == "dido":
            return Reply(f"{held.commune_column};X\n59112;1\n".encode())
        return Reply(any_file(request.path if "." in request.path else held.file))

    host = urlsplit(held.url).netloc
    with serving(answer) as (url, seen):
        here = replace(held, url=held.url.replace(f"https://{host}", url))
        found = fetcher.fetch(here, HERE)
    assert [one.fault for one in found] == [""] * (2 if held.each and held.kind != "pages" else 1)
    assert all((fetcher.data / one.file).exists() for one in found)
    asked = [request.path + json.dumps(request.query) for request in seen]
    assert not any("{commune}" in one or "{epci}" in one or "{department}" in one for one in asked)
    if held.each:
        assert any("59112" in one for one in asked)
        assert any("59160" in one for one in asked)


@pytest.mark.parametrize(("name", "words"), [
    ("isochrones", "is asked by hand, at https://"),
    ("risk_maps", "Pictures cannot be measured"),
    ("isochrone", "The nearest is 'isochrones'"),
])  # fmt: skip
def test_what_is_asked_by_hand_names_its_page(name, words):
    with pytest.raises(UsageError, match=words):
        endpoint(name, read_endpoints())


GOOD = {
    "id": "a", "title": "A", "use": "u", "kind": "file", "url": "https://h/x", "file": "x", "page": "https://h",
    "licence": "LO", "attribution": "A", "verified": False,
}  # fmt: skip


def written(path, **changes):
    held = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    lines = [f"{key} = {json.dumps(value)}" for key, value in held.items()]
    path.write_text("[[endpoint]]\n" + "\n".join(lines))
    return path


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"use": None}, "use is needed"),
        ({"file": None}, "file is needed"),
        ({"urll": "b"}, "The nearest is 'url'"),
        ({"kind": "ftp"}, "kind must be one of wfs"),
        ({"called": "often"}, "called must be one of always"),
        ({"kind": "wms"}, 'only for called = "by hand"'),
        ({"url": 3}, "url must be a text"),
        ({"verified": 1}, "verified must be true or false"),
        ({"per_s": 0}, "per_s must be a number above 0"),
        ({"page_size": 2.5}, "page_size must be a whole number above 0"),
        ({"columns": "X"}, "columns must be a list of texts"),
        ({"url": "https://h/{code}"}, "{code} is not filled in"),
        ({"url": "https://h/{"}, "is not filled in"),
        ({"url": "https://h/{commune}"}, "goes with each"),
        ({"each": "commune"}, "goes with each"),
        ({"file": "../x"}, "must be a plain name"),
        ({"file": ".."}, "must be a plain name"),
        ({"file": ""}, "must be a plain name"),
        ({"file": "fetched.json"}, "must be a plain name"),
        ({"url": "https://h/{department}"}, "{department} goes with each"),
        ({"url": "https://h/{commune}", "each": "commune"}, "a file with {commune} goes with each"),
        ({"file": "x-{commune}"}, "a file with {commune} goes with each"),
    ],
)
def test_an_address_at_fault(tmp_path, changes, told):
    with pytest.raises(DataError, match=re.escape(told)):
        read_endpoints(written(tmp_path / "e.toml", **changes))


def test_two_addresses_never_write_one_file(tmp_path):
    path = written(tmp_path / "e.toml")
    first = path.read_text()
    path.write_text(f"{first}\n{written(path, id='b').read_text()}")
    with pytest.raises(DataError, match="two addresses write the file 'x'"):
        read_endpoints(path)


def test_an_address_asked_by_hand_needs_no_file(tmp_path):
    path = written(
        tmp_path / "e.toml", kind="api", called="by hand", file=None, url="https://h/{lon}"
    )
    assert read_endpoints(path)[0].file == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "no address"), ("[[endpoint]]\nid='a'", "is needed"), ("x = [", "cannot be read")],
)
def test_a_file_of_addresses_at_fault(tmp_path, text, told):
    path = tmp_path / "e.toml"
    path.write_text(text)
    with pytest.raises(DataError, match=told):
        read_endpoints(path)


# ---- From an EPCI code to a study ------------------------------------------------------------------------


def outlines(codes):
    shape = [box(X + 500 * n, Y, X + 500 * n + 500, Y + 800) for n in range(len(codes))]
    held = gpd.GeoDataFrame(
        {"code": codes, "nom": [f'Ville "{code}"' for code in codes], "population": 10},
        geometry=shape,
        crs=2154,
    )
    return json.loads(held.to_crs(4326).to_json())


def country(request):
    """Answer as the addresses of the package would, for two communes and a neighbour."""
    if request.path == "/communes":
        return as_json(
            outlines(["59112", "59160"] if request.query["codeEpci"] == "245901160" else [])
        )
    if request.path == "/wfs":
        layer = request.query["TYPENAMES"]
        if layer.endswith(":commune"):
            shapes = [box(X + 500 * n, Y, X + 500 * n + 500, Y + 800) for n in range(3)]
            rows = [("59112", "245901160"), ("59160", "245901160"), ("59207", "200042190")]
            features = [
                {"type": "Feature", "id": code, "geometry": mapping(shape),
                 "properties": {"code_insee": code, "nom_officiel": f"Ville {code}", "population": 10,
                                "codes_siren_des_epci": epci}}
                for (code, epci), shape in zip(rows, shapes, strict=True)
            ]  # fmt: skip
            return as_json({"features": features, "numberMatched": 3})
        return paged(squares(3))(request)
    return Reply(status=404)


@pytest.fixture
def addresses(tmp_path):
    def write(url):
        text = f"""
[[endpoint]]
id = "outlines"
title = "Outlines"
use = "tests"
kind = "json"
url = "{url}/communes?codeEpci={{epci}}"
file = "outlines.geojson"
page = "https://geo.api.gouv.fr"
licence = "LO"
attribution = "IGN"
verified = false
[[endpoint]]
id = "communes"
title = "Communes"
use = "tests"
kind = "wfs"
layer = "AE:commune"
url = "{url}/wfs"
file = "communes.geojson"
table = "communes"
source = "admin_express"
page = "https://geoservices.ign.fr"
licence = "LO"
attribution = "IGN – ADMIN EXPRESS"
verified = false
[[endpoint]]
id = "buildings"
title = "Buildings"
use = "tests"
kind = "wfs"
layer = "BDTOPO_V3:batiment"
url = "{url}/wfs"
file = "batiments.geojson"
table = "stock"
source = "bdtopo"
page = "https://geoservices.ign.fr"
licence = "LO"
attribution = "IGN – BD TOPO"
verified = false
[[endpoint]]
id = "gone"
title = "An address that moved"
use = "tests"
kind = "file"
url = "{url}/gone"
file = "gone.csv"
page = "https://example.org"
licence = "LO"
attribution = "X"
verified = false
"""
        path = tmp_path / "addresses.toml"
        path.write_text(text)
        return path

    return write


def told(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_an_epci_code_becomes_a_study_that_loads(tmp_path, addresses):
    folder = tmp_path / "study"
    with serving(country) as (url, _):
        endpoints = addresses(url)
        done = told("new", folder, "--epci", "245901160", "--endpoints", endpoints)
        assert done.exit_code == 0, done.output
        brought = told("fetch", folder / "study.toml", "--endpoints", endpoints)
    assert brought.exit_code == 1
    assert "An address that moved" in brought.output
    place = read_territory(folder / "territory.toml")
    assert place.communes == {"59112": 'Ville "59112"', "59160": 'Ville "59160"'}
    assert place.neighbours == {"59207": "Ville 59207"}
    assert place.date == "2026-03-10"
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) == [
        "data", "programme.xlsx", "sites.gpkg", "study.toml", "territory.toml"
    ]  # fmt: skip
    manifest = read_manifest(folder / "data" / "fetched.json")
    assert [one.id for one in manifest] == ["buildings", "communes", "outlines"]
    assert all(one.sha256 == sha256_of(folder / "data" / one.file) for one in manifest)
    checked = told("check", folder / "study.toml")
    assert checked.exit_code == 0, checked.output
    assert "batiments.geojson" in checked.output
    # Away from the network, the same files come again from what was kept.
    offline = told("fetch", folder, "--offline", "--endpoints", endpoints, "--only", "buildings")
    assert offline.exit_code == 0, offline.output


def test_the_study_of_the_packages_own_addresses_reads_and_names_every_layer(tmp_path):
    from renewal_gis.sources.starting import Place, study_text

    place = Place(
        epci="245901160", communes={"59112": 'Bruay "x"'}, neighbours={"59207": "Escautpont"},
        box=BOX, crs="EPSG:2154", date="2026-03-10",
    )  # fmt: skip
    path = tmp_path / "study.toml"
    path.write_text(study_text(place, "EPCI", read_endpoints()), encoding="utf-8")
    settings = read_study_file(path)
    assert set(settings.layers) == {
        "communes",
        "stock",
        "streets",
        "backdrop",
        "services",
        "constraints",
        "sites",
        "social_dwellings",
    }
    assert settings.layers["services"][0].source == "bpe"
    assert len(settings.layers["backdrop"]) == 2


def test_the_empty_tables_are_the_same_bytes_every_time(tmp_path, addresses):
    with serving(country) as (url, _):
        way = Way(endpoints=addresses(url))
        for name in ("a", "b"):
            begin_study("245901160", tmp_path / name, way)
    for file in ("sites.gpkg", "programme.xlsx", "study.toml", "territory.toml"):
        assert sha256_of(tmp_path / "a" / file) == sha256_of(tmp_path / "b" / file)
    book = openpyxl.load_workbook(tmp_path / "a" / "programme.xlsx")
    assert book.sheetnames == ["operations", "milestones", "codes"]
    assert [cell.value for cell in book["operations"][1]][:3] == ["id", "family", "name"]


def test_the_empty_sites_have_the_declared_columns(tmp_path):
    import pyogrio

    from renewal_gis.sources.starting import empty_sites

    empty_sites(tmp_path / "sites.gpkg", crs="EPSG:2154")
    told_of = pyogrio.read_info(tmp_path / "sites.gpkg", layer="sites")
    assert list(told_of["fields"]) == ["id", "name", "commune", "capacity", "scenario"]
    assert told_of["geometry_type"] == "Polygon"
    assert told_of["features"] == 0


@pytest.mark.parametrize(("code", "status", "words"), [
    ("245901161", 2, "last digit"),
    ("24590", 2, "nine digits"),
    ("200042190", 1, "no EPCI has this SIREN"),
])  # fmt: skip
def test_an_epci_that_does_not_exist(tmp_path, addresses, code, status, words):
    with serving(country) as (url, _):
        done = told("new", tmp_path / "s", "--epci", code, "--endpoints", addresses(url))
    assert done.exit_code == status
    assert words in done.output
    assert not (tmp_path / "s" / "study.toml").exists()


def test_tables_somebody_filled_are_never_replaced(tmp_path, addresses):
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "sites.gpkg").write_text("mine")
    with serving(country) as (url, _):
        way = Way(endpoints=addresses(url))
        begin_study("245901160", folder, way)
        with pytest.raises(UsageError, match="--force"):
            begin_study("245901160", folder, way)
        begin_study("245901160", folder, way, force=True)
    assert (folder / "sites.gpkg").read_text() == "mine"


def test_fetch_needs_a_territory_and_known_names(tmp_path, addresses):
    with pytest.raises(UsageError, match="renewal-gis new FOLDER --epci"):
        fetch_study(tmp_path, Way())
    with serving(country) as (url, _):
        way = Way(endpoints=addresses(url))
        begin_study("245901160", tmp_path / "s", way)
        with pytest.raises(UsageError, match="The nearest is 'buildings'"):
            fetch_study(tmp_path / "s", way, only=["building"])
    with pytest.raises(UsageError, match="exclude each other"):
        fetch_study(tmp_path / "s", Way(offline=True, mirror=tmp_path))
    (tmp_path / "s" / "territory.toml").write_text("epci = 1")
    with pytest.raises(DataError, match="no territory of a study"):
        fetch_study(tmp_path / "s", Way())


def test_the_list_of_addresses_calls_none():
    done = told("fetch", "--list", "--json")
    assert done.exit_code == 0
    listed = json.loads(done.output)
    assert {"wfs", "dido", "file", "json", "pages", "wms", "api"} == {
        held["kind"] for held in listed
    }
    assert {"always", "named", "by hand"} == {held["called"] for held in listed}
