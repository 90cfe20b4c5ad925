"""What a server leaves out, as SQL: names of any case, texts that are no number, values with quotes."""

from __future__ import annotations

import math

import pytest

from renewal_gis.sources.postgis_cutting import Written, any_of, in_bounds, listing

X, Y = Written(names=("LAMBERT_X",)), Written(names=("LAMBERT_Y",))
HELD = {"lambert_x": "text", "LAMBERT_Y": "double precision", "depcom": "text"}


def test_a_box_reads_texts_as_numbers_and_keeps_the_communes_asked_for():
    cut = in_bounds(x=X, y=Y, bounds=(0, 1, 2.5, 3), codes=["59112"], named=("DEPCOM",))
    told = cut(HELD)
    assert 'THEN translate("lambert_x"::text, \', ' in told
    assert "', '.')::double precision END) BETWEEN 0.0 AND 2.5" in told
    assert '"LAMBERT_Y"::double precision BETWEEN 1.0 AND 3.0' in told
    assert '"depcom" IS NULL OR trim("depcom"::text) = \'\'' in told
    assert "= ANY (ARRAY['59112'])" in told


@pytest.mark.parametrize(
    ("held", "bounds"),
    [({"x": "text"}, (0, 0, 1, 1)), (HELD, (0, 0, math.inf, 1)), (HELD, (math.nan, 0, 1, 1))],
)
def test_what_tells_no_place_or_no_box_is_read_whole(held, bounds):
    assert in_bounds(x=X, y=Y, bounds=bounds, codes=[])(held) == ""
    assert listing(("epci",), [])({"epci": "text"}) == ""
    assert any_of(("code",), ["a"])(held) == ""


def test_values_stay_values_whatever_is_in_them():
    nasty = "x'); DROP TABLE a; --"
    assert any_of(("A b",), [nasty])({"a B": "text"}) == (
        "\"a B\"::text = ANY (ARRAY['x''); DROP TABLE a; --'])"
    )
    assert listing(("c",), [nasty])({'c"': "text", "C": "text"}) == (
        "(strpos(\"C\"::text, 'x''); DROP TABLE a; --') > 0)"
    )
    assert any_of(("c",), [])({"c": "text"}) == "false"
