"""What is too large for one page is left out and said, or refused with a sentence."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browser.scenes import CRS, X, Y, scene, stock
from shapely import box

from renewal_gis.errors import DataError
from renewal_gis.publishing import limits
from renewal_gis.publishing.content import MapContent
from renewal_gis.publishing.document import page_data
from renewal_gis.publishing.webmap import draw


def scattered(count: int) -> gpd.GeoDataFrame:
    """Return points whose coordinates and measure do not compress."""
    drawn = np.random.default_rng(3)
    points = gpd.points_from_xy(
        X + drawn.uniform(0, 9000, count), Y + drawn.uniform(0, 9000, count)
    )
    values = drawn.integers(0, 2**30, count)
    return gpd.GeoDataFrame(
        {"dwellings": values, "built_year": values[::-1], "walk_min:ecole": values // 2},
        geometry=points,
        crs=CRS,
    )


def test_a_page_above_the_limit_is_refused_with_its_heaviest_parts() -> None:
    with pytest.raises(DataError, match=r"the limit is 5 MB\. Heaviest: stock .* MB") as caught:
        page_data(replace(scene(), stock=scattered(290_000)))
    assert "Its heaviest columns: " in str(caught.value)
    assert "dwellings" in str(caught.value)
    assert "Show fewer measures" in str(caught.value)


def test_a_page_that_passes_is_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    written = len(draw(scene()).page().encode())
    # The page's own frame adds its markup, its policy and a few tags to what was counted.
    monkeypatch.setattr(limits, "MOST_BYTES", written)
    draw(scene())
    monkeypatch.setattr(limits, "MOST_BYTES", written - 3_000)
    with pytest.raises(DataError, match="The map would weigh"):
        draw(scene())


def test_long_tables_weigh_too(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(4).uniform(0, 60, 4000)
    table = pd.DataFrame({"sector": "south", "measure": "walk_min:ecole", "from_value": values})
    content = replace(scene(), distribution=table)
    monkeypatch.setattr(limits, "MOST_BYTES", len(draw(content).page().encode()) - 3_000)
    with pytest.raises(DataError, match=r"Heaviest: .*tables 0\.\d MB"):
        draw(content)


def test_layers_with_too_many_features_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SMALL", 1)
    monkeypatch.setattr(limits, "MOST_PACKED", 6)
    content, said = limits.without_the_largest(scene())
    left = {one["layer"]: one["features"] for one in said}
    assert left == {"constraints": 2, "backdrop": 4, "services": 2, "stops": 2, "lines": 2,
                    "flows": 2, "isochrones": 3, "stock": 7, "sites": 3}  # fmt: skip
    assert content.stock is None
    assert content.sites is None
    assert set(content.layers) == {"perimeters", "streets", "surface"}


def test_what_is_left_out_is_in_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_PACKED", 6)
    document = page_data(scene()).document
    assert document["leftOut"] == [{"layer": "stock", "features": 7, "most": 6}]
    assert "stock" not in document["packed"]


def test_a_study_within_the_limits_loses_nothing() -> None:
    content, said = limits.without_the_largest(scene())
    assert said == []
    assert content.stock is not None
    assert len(content.stock) == len(stock())


def test_no_data_is_in_the_policy_nor_in_the_address() -> None:
    page = draw(
        MapContent(title="'unsafe-eval'", language="fr", communes=gpd.GeoDataFrame(
            {"name": ["*"], "population": [1], "sector": ["south"]}, index=["1"],
            geometry=[box(X, Y, X + 10, Y + 10)], crs=CRS))
    ).page()  # fmt: skip
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert re.sub(r"'sha256-[\w+/=]+'", "S", policy[1]) == (
        "default-src 'none'; script-src S S S; style-src 'unsafe-inline'; "
        "img-src data: https://data.geopf.fr https://tile.openstreetmap.org; "
        "base-uri 'none'; form-action 'none'"
    )
    assert (
        json.loads(re.search(r'id="document">(.*?)</script>', page, re.DOTALL)[1])["title"]
        == "'unsafe-eval'"
    )  # type: ignore[index]
