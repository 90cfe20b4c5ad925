"""Fetching through what stands between: certificates, proxies, cut connections, a program that stops."""

from __future__ import annotations

import errno
import gzip
import json
import socket
import zlib
from dataclasses import replace

import pytest
from shapely import box
from shapely.geometry import mapping
from small_authority import authority, missing
from small_fetching import HERE, Time, X, Y, asks, forget_environment, one, wfs
from small_proxy import carrying
from small_server import Reply, as_json, ranged, serving

from renewal_gis.errors import DataError
from renewal_gis.files import sha256_of
from renewal_gis.sources.fetching import Fetcher

HOST = "opendata.test"
FILE = b"a;b\n1;2\n"


@pytest.fixture
def clock():
    return Time()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    forget_environment(monkeypatch)


@pytest.fixture(scope="module")
def trust(tmp_path_factory):
    if missing():
        pytest.skip(missing())
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def shown(trust):
    return trust.server("IP:127.0.0.1", f"DNS:{HOST}")


@pytest.fixture
def fetcher(tmp_path, clock):
    return Fetcher(data=tmp_path / "data", cache=tmp_path / "cache", client=clock.client())


def page(request, count=6):
    features = [
        {"type": "Feature", "id": f"b.{n}", "properties": {},
         "geometry": mapping(box(X + 20 * n, Y, X + 20 * n + 10, Y + 10))}
        for n in range(count)
    ]  # fmt: skip
    start, asked = int(request.query["STARTINDEX"]), int(request.query["COUNT"])
    return as_json({"numberMatched": count, "features": features[start : start + asked]})


def kept(fetcher):
    """Return the files of the cache and of the data that are not parts of a transfer cut short."""
    held = [*fetcher.cache.rglob("*"), *fetcher.data.rglob("*")]
    return sorted(
        path.name for path in held if path.is_file() and not path.name.startswith("part-")
    )


# ---- Certificates ----------------------------------------------------------------------------------------


def test_the_authority_of_an_administration_is_trusted_when_it_is_given(
    fetcher, clock, trust, shown
):
    trusting = replace(fetcher, client=clock.client(certificates=trust.certificate))
    with serving(lambda r: Reply(FILE), tls=shown) as (url, _):
        assert url.startswith("https://")
        assert one(trusting.fetch(asks(url), HERE)).fault == ""
    assert (fetcher.data / "x.csv").read_bytes() == FILE


def test_an_unknown_authority_is_refused_once_and_its_cure_told(fetcher, clock, shown):
    with serving(lambda r: Reply(FILE), tls=shown) as (url, seen):
        fault = one(fetcher.fetch(asks(url), HERE)).fault
    assert "give your administration's authority with --certificates" in fault
    assert seen == []
    assert clock.slept == []
    assert kept(fetcher) == []


def test_the_authorities_of_the_system_are_trusted_without_a_word(
    fetcher, trust, shown, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(trust.certificate))
    with serving(lambda r: Reply(FILE), tls=shown) as (url, _):
        assert one(fetcher.fetch(asks(url), HERE)).fault == ""


def test_the_authority_that_is_given_holds_whatever_the_environment_says(
    fetcher, clock, trust, shown, monkeypatch, tmp_path
):
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority(other).certificate))
    trusting = replace(fetcher, client=clock.client(certificates=trust.certificate))
    with serving(lambda r: Reply(FILE), tls=shown) as (url, _):
        assert one(trusting.fetch(asks(url), HERE)).fault == ""


@pytest.mark.parametrize(
    ("names", "days", "told"),
    [(("DNS:elsewhere.test",), 2, "is for another host"), (("IP:127.0.0.1",), -1, "has expired")],
)
def test_a_certificate_of_another_host_or_of_the_past(fetcher, clock, trust, names, days, told):
    trusting = replace(fetcher, client=clock.client(certificates=trust.certificate))
    with serving(lambda r: Reply(FILE), tls=trust.server(*names, days=days)) as (url, seen):
        assert told in one(trusting.fetch(asks(url), HERE)).fault
    assert seen == []


@pytest.mark.parametrize("content", ["", "no certificate\n", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_that_holds_no_certificate(clock, tmp_path, content):
    path = tmp_path / "authority.pem"
    path.write_text(content)
    with pytest.raises(DataError, match="no certificate in it"):
        clock.client(certificates=path).download("https://127.0.0.1:1", tmp_path / "x", per_s=1)


@pytest.mark.parametrize("and_back", [False, True])
def test_https_never_leads_to_http(fetcher, clock, trust, shown, and_back):
    trusting = replace(fetcher, client=clock.client(certificates=trust.certificate))
    places = {}

    def secure(request):
        leads = Reply(status=302, headers={"Location": places["plain"]})
        return Reply(FILE) if request.path == "/end" else leads

    def insecure(request):
        leads = Reply(status=302, headers={"Location": f"{places['secure']}/end"})
        return leads if and_back else Reply(FILE)

    with serving(insecure) as (places["plain"], _), serving(secure, tls=shown) as (url, _):
        places["secure"] = url
        assert "not https; refused" in one(trusting.fetch(asks(url), HERE)).fault
    assert kept(fetcher) == []


def test_a_secure_transfer_cut_short_goes_on_from_where_it_was(fetcher, clock, trust, shown):
    trusting = replace(fetcher, client=clock.client(certificates=trust.certificate))
    body, cuts = bytes(range(256)) * 2000, [200_000, None]
    with serving(lambda r: ranged(body, r, cut=cuts.pop(0)), tls=shown) as (url, seen):
        assert one(trusting.fetch(asks(url, file="x.bin"), HERE)).fault == ""
    assert "range" in seen[1].headers
    assert (fetcher.data / "x.bin").read_bytes() == body


# ---- Proxies ---------------------------------------------------------------------------------------------


def test_a_proxy_with_a_password_carries_to_a_host_only_it_can_find(
    fetcher, clock, trust, shown, monkeypatch
):
    trusting = replace(fetcher, client=clock.client(certificates=trust.certificate))
    with (
        serving(lambda r: Reply(FILE), tls=shown) as (url, _),
        carrying(url, password="s3cret") as (proxy, asked),
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://agent:s3cret@{proxy}")
        told = one(trusting.fetch(asks(f"https://{HOST}/x"), HERE))
    assert told.fault == ""
    assert asked.hosts == [f"{HOST}:443"]
    assert asked.users == ["agent:s3cret"]
    written = [path.read_bytes() for path in fetcher.cache.rglob("*") if path.is_file()]
    assert not any(b"s3cret" in content for content in written)


def test_a_proxy_that_opens_what_is_encrypted_needs_its_authority(
    fetcher, clock, shown, monkeypatch
):
    with serving(lambda r: Reply(FILE), tls=shown) as (url, _), carrying(url) as (proxy, asked):
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy}")
        fault = one(fetcher.fetch(asks(f"https://{HOST}/x"), HERE)).fault
    assert "--certificates" in fault
    assert len(asked.hosts) == 1


def test_hosts_of_no_proxy_are_called_without_it(fetcher, clock, trust, shown, monkeypatch):
    trusting = replace(fetcher, client=clock.client(certificates=trust.certificate))
    with serving(lambda r: Reply(FILE), tls=shown) as (url, seen), carrying(url) as (proxy, asked):
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy}")
        assert one(trusting.fetch(asks(url), HERE)).fault == ""
        assert len(asked.hosts) == 1
        monkeypatch.setenv("NO_PROXY", "intranet.test,127.0.0.1")
        assert one(replace(trusting, refresh=True).fetch(asks(url), HERE)).fault == ""
    assert len(asked.hosts) == 1
    assert len(seen) == 2


def test_a_wrong_password_is_told_once_and_never_shown(fetcher, clock, shown, monkeypatch):
    with (
        serving(lambda r: Reply(FILE), tls=shown) as (url, seen),
        carrying(url, password="right") as (proxy, asked),
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://agent:s3cret@{proxy}")
        fault = one(fetcher.fetch(asks(url), HERE)).fault
    assert "the proxy refuses or cannot be reached; check HTTPS_PROXY" in fault
    assert "s3cret" not in fault
    assert len(asked.hosts) == 1
    assert seen == []


def test_a_proxy_that_is_not_there(fetcher, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    fault = one(fetcher.fetch(asks(f"https://{HOST}/x"), HERE)).fault
    assert "check HTTPS_PROXY" in fault


# ---- Connections that are cut ----------------------------------------------------------------------------


def cut_once(reply):
    """Answer with the cut reply once, then whole."""
    replies = [reply, replace(reply, cut=None)]
    return lambda request: replies.pop(0)


@pytest.mark.parametrize("chunked", [True, False])
def test_half_an_answer_is_asked_again(fetcher, chunked):
    content = json.dumps({"data": list(range(1000))}).encode()
    with serving(cut_once(Reply(content, chunked=chunked, cut=700))) as (url, seen):
        assert one(fetcher.fetch(asks(url, kind="json", file="x.json"), HERE)).fault == ""
    assert len(seen) == 2
    assert (fetcher.data / "x.json").read_bytes() == content


def test_half_a_page_is_asked_again_and_those_before_it_are_kept(fetcher):
    cuts = [None, 40, None, None]

    def answer(request):
        body = gzip.compress(page(request).body, mtime=0)
        return Reply(body, headers={"Content-Encoding": "gzip"}, cut=cuts.pop(0))

    with serving(answer) as (url, seen):
        assert one(fetcher.fetch(wfs(url), HERE)).fault == ""
    assert [request.query["STARTINDEX"] for request in seen] == ["0", "2", "2", "4"]
    assert len(json.loads((fetcher.data / "b.geojson").read_text())["features"]) == 6


@pytest.mark.parametrize("more", [{}, {"chunked": True}, {"unmeasured": True}])
def test_a_server_that_always_answers_half_leaves_nothing(fetcher, more):
    def answer(request):
        return replace(page(request), cut=100, **more)

    with serving(answer) as (url, _):
        fault = one(fetcher.fetch(wfs(url), HERE)).fault
    assert "cut" in fault
    assert kept(fetcher) == []


def test_a_page_that_fails_in_the_middle_loses_no_page(fetcher, clock):
    replies = [None, Reply(status=503, headers={"Retry-After": "9"}), None, Reply(status=429), None]

    def answer(request):
        return replies.pop(0) or page(request)

    with serving(answer) as (url, seen):
        assert one(fetcher.fetch(wfs(url), HERE)).fault == ""
    assert [request.query["STARTINDEX"] for request in seen] == ["0", "2", "2", "4", "4"]
    assert 9.0 in clock.slept


def test_a_zip_cut_where_no_length_is_told_is_refused(fetcher):
    body = b"PK\x03\x04" + bytes(5000)
    with serving(lambda r: Reply(body, unmeasured=True, cut=2000)) as (url, _):
        assert "truncated" in one(fetcher.fetch(asks(url, file="q.zip"), HERE)).fault
    assert kept(fetcher) == []


def test_a_compressed_answer_that_is_damaged_is_asked_again_then_told(fetcher):
    damaged = zlib.compress(FILE)[:-6] + b"xxxxxx"
    reply = Reply(damaged, headers={"Content-Encoding": "deflate"})
    with serving(lambda r: reply) as (url, seen):
        assert "the connection failed or was cut" in one(fetcher.fetch(wfs(url), HERE)).fault
    assert len(seen) == 5
    assert kept(fetcher) == []


def test_an_address_that_leads_in_circles(fetcher, clock):
    with serving(lambda r: Reply(status=302, headers={"Location": "/again"})) as (url, _):
        assert "without end" in one(fetcher.fetch(asks(url), HERE)).fault
    assert [slept for slept in clock.slept if slept >= 1] == []


def test_without_a_network_nobody_waits(fetcher, clock, monkeypatch):
    def unknown(*parts, **named):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    fault = one(fetcher.fetch(asks(f"https://{HOST}/x"), HERE)).fault
    assert "its host is not found; look at the network" in fault
    assert clock.slept == []


@pytest.mark.parametrize(
    "url",
    ["nowhere", "https://a..b/x", f"https://{'a' * 70}.fr/x", "http://[::1", "http://h:99999/x"],
)
def test_an_address_that_is_none(fetcher, url):
    assert "no address that can be called" in one(fetcher.fetch(asks(url), HERE)).fault


def test_a_server_that_goes_on_from_another_place_is_asked_for_the_whole(fetcher):
    body = bytes(range(256)) * 2000

    def answer(request):
        if "range" in request.headers:
            told = {"ETag": '"v1"', "Content-Range": f"bytes 0-99/{len(body)}"}
            return Reply(body[:100], status=206, headers=told)
        return Reply(body, headers={"ETag": '"v1"'}, cut=100_000 if len(seen) == 1 else None)

    with serving(answer) as (url, seen):
        assert one(fetcher.fetch(asks(url, file="x.bin"), HERE)).fault == ""
    assert len(seen) == 3
    assert (fetcher.data / "x.bin").read_bytes() == body


def test_a_full_disk_is_no_fault_of_the_server(fetcher, clock):
    def full(done, total):
        raise OSError(errno.ENOSPC, "No space left on device")

    with serving(lambda r: Reply(FILE)) as (url, seen):
        fault = one(replace(fetcher, progress=full).fetch(asks(url), HERE)).fault
    assert fault == "No space left on device."
    assert len(seen) == 1
    assert clock.slept == []


# ---- A program that stops, and the cache -----------------------------------------------------------------


class Stopped(BaseException):
    """What a program that is killed raises."""


@pytest.mark.parametrize("at", ["transfer", "swap", "telling"])
def test_a_program_stopped_at_any_moment_leaves_no_half_file(fetcher, at):
    import renewal_gis.sources.fetching as module

    def stop(*parts, **named):
        raise Stopped

    stopped = pytest.MonkeyPatch()
    body = bytes(range(256)) * 2000
    stopping = fetcher
    if at == "transfer":
        stopping = replace(fetcher, progress=lambda done, total: stop() if done > 100_000 else None)
    elif at == "swap":
        stopped.setattr(module, "checked_file", stop)
    else:
        stopped.setattr(module, "write_text", stop)
    with serving(lambda r: ranged(body, r)) as (url, seen):
        held = asks(url, file="x.bin")
        with pytest.raises(Stopped):
            stopping.fetch(held, HERE)
        assert not (fetcher.data / "x.bin").exists()
        offline = one(replace(fetcher, client=None).fetch(held, HERE))
        assert "the cache does not hold it" in offline.fault
        stopped.undo()
        assert one(fetcher.fetch(held, HERE)).fault == ""
        if at == "transfer":
            assert "range" in seen[-1].headers
    assert (fetcher.data / "x.bin").read_bytes() == body


def test_a_refresh_that_fails_keeps_what_was_there(fetcher):
    replies = [Reply(FILE), Reply(status=404)]
    with serving(lambda r: replies.pop(0)) as (url, _):
        first = one(fetcher.fetch(asks(url), HERE))
        assert "nothing there" in one(replace(fetcher, refresh=True).fetch(asks(url), HERE)).fault
        again = one(replace(fetcher, client=None).fetch(asks(url), HERE))
    assert again.sha256 == first.sha256 == sha256_of(fetcher.data / "x.csv")


@pytest.mark.parametrize("content", ["", "{", '{"colour": "blue"}', "[]"])
def test_a_cache_of_another_version_is_fetched_again(fetcher, content):
    with serving(lambda r: Reply(FILE)) as (url, _):
        fetcher.fetch(asks(url), HERE)
        next(fetcher.cache.rglob("told.json")).write_text(content)
        assert "Fetch it once" in one(replace(fetcher, client=None).fetch(asks(url), HERE)).fault
        assert one(fetcher.fetch(asks(url), HERE)).origin == "network"


# ---- The pace --------------------------------------------------------------------------------------------


def test_pages_and_tries_keep_the_pace_a_source_allows(fetcher, clock):
    with serving(page) as (url, seen):
        assert one(fetcher.fetch(wfs(url, per_s=4.0), HERE)).fault == ""
    assert len(seen) == 3
    assert clock.slept == [0.25, 0.25]


def test_one_source_does_not_wait_for_another(fetcher, clock):
    with serving(lambda r: Reply(FILE)) as (first, _), serving(lambda r: Reply(FILE)) as (last, _):
        fetcher.fetch(asks(first, per_s=0.1), HERE)
        fetcher.fetch(asks(last, per_s=0.1), HERE)
        assert clock.slept == []
        fetcher.fetch(asks(f"{first}/y", per_s=0.1), HERE)
    assert clock.slept == [10.0]
