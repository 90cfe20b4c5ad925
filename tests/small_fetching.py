"""What tests of fetching share: a territory, addresses, and time that passes only when somebody sleeps."""

from __future__ import annotations

from typing import Any

import pytest

from renewal_gis.sources.fetching import Territory
from renewal_gis.sources.fetching_checks import Where
from renewal_gis.sources.fetching_client import Client
from renewal_gis.sources.fetching_endpoints import Endpoint

X, Y = 735_000.0, 7_030_000.0
BOX = (X, Y, X + 1000, Y + 1000)
HERE = Territory(epci="245901160", communes=("59112", "59160"), where=Where(box=BOX))


class Time:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.moment, self.slept = 0.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += seconds

    def client(self, **rest: Any) -> Client:
        return Client(sleep=self.sleep, now=lambda: self.moment, **rest)


def asks(url: str, **rest: Any) -> Endpoint:
    usual = {"id": "x", "title": "X", "use": "u", "kind": "file", "file": "x.csv", "page": "https://example.org",
             "licence": "LO", "attribution": "A", "verified": False}  # fmt: skip
    return Endpoint(**{**usual, "url": url, **rest})


def wfs(url: str, **rest: Any) -> Endpoint:
    return asks(url, kind="wfs", layer="L:batiment", file="b.geojson", page_size=2, **rest)


def one(found: list[Any]) -> Any:
    assert len(found) == 1
    return found[0]


def forget_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the proxies and the certificates of the machine the tests run on."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
