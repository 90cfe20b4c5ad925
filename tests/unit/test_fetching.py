"""Fetching, proved against a server that answers as the documentation says, and as bad days do."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import geopandas as gpd
import openpyxl
import pytest
from click.testing import CliRunner
from shapely import box
from shapely.geometry import mapping
from small_server import Reply, as_json, ranged, serving

from renewal_gis.cli import main
from renewal_gis.config import read_study_file
from renewal_gis.errors import DataError, UsageError
from renewal_gis.fetching import Way, begin_study, fetch_study
from renewal_gis.files import sha256_of
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs
from renewal_gis.sources.fetching import Fetcher, Territory, read_manifest
from renewal_gis.sources.fetching_checks import Where
from renewal_gis.sources.fetching_client import Client, shown
from renewal_gis.sources.fetching_endpoints import Endpoint, read_endpoints
from renewal_gis.sources.starting import read_territory

X, Y = 735_000.0, 7_030_000.0
BOX = (X, Y, X + 1000, Y + 1000)
HERE = Territory(epci="245901160", communes=("59112", "59160"), where=Where(box=BOX))


class Time:
    """Time that passes only when somebody sleeps."""

    def __init__(self):
        self.moment, self.slept = 0.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.moment += seconds

    def client(self):
        return Client(sleep=self.sleep, now=lambda: self.moment)


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def fetcher(tmp_path, clock):
    return Fetcher(data=tmp_path / "data", cache=tmp_path / "cache", client=clock.client())


def asks(url, **rest):
    usual = {"id": "x", "title": "X", "kind": "file", "file": "x.csv", "page": "https://example.org",
             "licence": "LO", "attribution": "A", "verified": False}  # fmt: skip
    return Endpoint(**{**usual, "url": url, **rest})


def wfs(url, **rest):
    return asks(url, kind="wfs", layer="L:batiment", file="b.geojson", page_size=2, **rest)


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


def one(found):
    assert len(found) == 1
    return found[0]


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
            lambda r: as_json({"features": squares(1), "numberMatched": 7}),
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
    assert len(seen) == 1


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


@pytest.mark.parametrize(
    ("file", "body", "told"),
    [
        ("q.zip", zipped()[:2000], "truncated"),
        ("q.zip", zipped().replace(b"x" * 100, b"y" * 100, 1), "damaged at a.csv"),
        ("b.parquet", b"PAR1abcd", "no Parquet file, or was cut short"),
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
    other = replace(HERE, communes=("59606",))
    assert "the cache does not hold it" in one(offline.fetch(asks(url), other)).fault


def test_a_kept_file_that_was_changed_is_not_trusted(fetcher, tmp_path):
    with serving(lambda r: Reply(b"a;b\n")) as (url, _):
        fetcher.fetch(asks(url), HERE)
        next((tmp_path / "cache").rglob("x.csv")).write_text("changed")
        assert "changed since" in one(replace(fetcher, client=None).fetch(asks(url), HERE)).fault


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


def test_certificates_that_are_not_there(tmp_path):
    client = Client(certificates=tmp_path / "none.pem")
    with pytest.raises(DataError, match="no such file of certificates"):
        client.download("https://127.0.0.1:1/x", tmp_path / "x", per_s=1)


# ---- Addresses -------------------------------------------------------------------------------------------


def test_every_address_says_where_it_comes_from():
    for held in read_endpoints():
        assert held.licence
        assert held.attribution
        assert held.page.startswith("https://")
        assert held.url.startswith("https://")
        # None could be called from where this was written; the day one is, this line changes.
        assert not held.verified


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no address"),
        ("[[endpoint]]\nid='a'", "is needed"),
        ("[[endpoint]]\nid='a'\nurll='b'", "The nearest is 'url'"),
        ("x = [", "cannot be read"),
    ],
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
    assert {"wfs", "dido", "file", "json", "pages"} == {
        held["kind"] for held in json.loads(done.output)
    }
