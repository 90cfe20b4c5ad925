"""Whatever a server answers, fetching ends in data or in one sentence; no other exception escapes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_fetching import HERE, X, Y, asks, wfs

from renewal_gis.errors import DataError
from renewal_gis.sources.fetching_pages import dido_table, linked_features, wfs_features

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
POINT = st.fixed_dictionaries(
    {"type": st.just("Point"), "coordinates": st.just([X + 1, Y + 1]) | VALUES}
)
FEATURE = st.fixed_dictionaries(
    {}, optional={"id": VALUES, "geometry": POINT | VALUES, "properties": VALUES}
)
ANSWER = VALUES | st.fixed_dictionaries(
    {},
    optional={
        "features": st.lists(FEATURE | VALUES, max_size=4) | VALUES,
        "results": st.lists(FEATURE, max_size=3) | VALUES,
        "numberMatched": st.integers(0, 4) | VALUES,
        "next": st.just("https://example.org/2") | VALUES,
        "datafiles": st.lists(VALUES, max_size=2) | VALUES,
    },
)
BODY = st.binary(max_size=60) | st.lists(ANSWER, min_size=1, max_size=3)


def ends_in_data_or_a_sentence(call, body):
    """Call with a server that answers these bodies in turn, the last one for ever."""
    bodies = [body] if isinstance(body, bytes) else [json.dumps(one).encode() for one in body]

    def get(url):
        assert isinstance(url, str)
        return bodies.pop(0) if len(bodies) > 1 else bodies[0]

    told = ""
    try:
        call(get)
    except DataError as fault:
        told = str(fault)
    assert told == "" or told.endswith(".") or "a message instead of data: " in told
    assert "\n" not in told


@settings(max_examples=150)
@given(BODY)
def test_pages_of_a_wfs(body):
    held = wfs("https://example.org/wfs", may_be_empty=True)
    ends_in_data_or_a_sentence(lambda get: wfs_features(held, HERE.where, get), body)


@settings(max_examples=150)
@given(BODY)
def test_pages_that_name_the_next(body):
    held = asks("https://example.org/1", kind="pages", file="p.geojson", may_be_empty=True)
    ends_in_data_or_a_sentence(
        lambda get: linked_features(held, ["https://example.org/1"], HERE.where, get), body
    )


@settings(max_examples=100)
@given(BODY | st.text('ab;1\n\r"<é', max_size=40).map(str.encode), st.booleans())
def test_tables_of_the_states_statistics(body, latest):
    held = asks("https://example.org/datasets/1", kind="dido", latest=latest, commune_column="COMM")
    ends_in_data_or_a_sentence(lambda get: dido_table(held, HERE.communes, get), body)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_every_feature_comes_once_whatever_the_size_of_the_pages(count, size):
    features = [
        {"id": f"f{n}", "properties": {}, "geometry": {"type": "Point", "coordinates": [X + n, Y]}}
        for n in range(count)
    ]

    def get(url):
        start = int(url.rpartition("STARTINDEX=")[2])
        return json.dumps({"features": features[start : start + size]}).encode()

    held = wfs("https://example.org/wfs", may_be_empty=True)
    found = json.loads(wfs_features(_paged(held, size), HERE.where, get))
    assert [one["id"] for one in found["features"]] == [f"f{n}" for n in range(count)]


def _paged(held, size):
    from dataclasses import replace

    return replace(held, page_size=size)
