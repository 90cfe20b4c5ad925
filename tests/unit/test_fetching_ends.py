"""Files cut by a server that tells no length: what each format shows, and what nothing can show."""

from __future__ import annotations

import json
import struct

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point
from small_fetching import HERE, Time, asks, forget_environment, one, wfs
from small_server import Reply, as_json, serving

from renewal_gis.errors import DataError
from renewal_gis.sources.fetching import Fetcher
from renewal_gis.sources.fetching_ends import cut_short, refuse_cut_text

CSV = b'CODE;NOM;LOGEMENTS\r\n59112;"Bruay;\r\nsur l\'Escaut";10\r\n59160;Cond\xc3\xa9;12\r\n'


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    forget_environment(monkeypatch)


@pytest.fixture
def fetcher(tmp_path):
    return Fetcher(data=tmp_path / "data", cache=tmp_path / "cache", client=Time().client())


def kept(fetcher):
    return [one for one in fetcher.cache.rglob("*") if one.is_file()]


@pytest.mark.parametrize("more", [{}, {"unmeasured": True}, {"unmeasured": True, "chunked": True}])
def test_a_whole_table_comes_however_its_end_is_told(fetcher, more):
    with serving(lambda r: Reply(CSV, **more)) as (url, _):
        assert one(fetcher.fetch(asks(url, file="a.csv"), HERE)).fault == ""
    assert (fetcher.data / "a.csv").read_bytes() == CSV


@pytest.mark.parametrize(
    ("cut", "told"),
    [(-1, "no end and the server told no length"), (-4, "no end"), (-7, "fewer cells than those before"),
     (25, "fewer cells than those before")],
)  # fmt: skip
def test_a_table_cut_in_its_last_line_is_not_kept(fetcher, cut, told):
    body = CSV[:cut] if cut != -1 else CSV[:-2]
    with serving(lambda r: Reply(body, unmeasured=True)) as (url, _):
        fault = one(fetcher.fetch(asks(url, file="a.csv"), HERE)).fault
    assert told in fault
    assert "Fetch it again" in fault
    assert kept(fetcher) == []
    assert not (fetcher.data / "a.csv").exists()


def test_a_table_whose_length_is_told_may_end_without_a_line_end(fetcher):
    with serving(lambda r: Reply(CSV.rstrip())) as (url, _):
        assert one(fetcher.fetch(asks(url, file="a.csv"), HERE)).fault == ""
    # But not in the middle of a line: that server was cut itself.
    with serving(lambda r: Reply(CSV[:-7])) as (url, _):
        assert "fewer cells" in one(fetcher.fetch(asks(url, file="b.csv"), HERE)).fault


@pytest.mark.parametrize(
    "text",
    [
        "code\n59112\n59160\n",  # one column
        "a;b;\n1;2\n",  # a separator too many after the names
        "a;b\n1;2\n   \n",  # blanks at the end
        "Nom, prénom, né le;x\n1;2\n3;4\n",  # more commas in a name than separators
        "a;b;c\n1;2\n3;4\n",  # empty cells at the end are left out
        'a;b\n1;"x\ny ""q"" z\nw"\n',
    ],
)
def test_whole_tables_of_other_habits_are_kept(text):
    refuse_cut_text(text.encode(), "x", measured=False)
    refuse_cut_text(text.rstrip().encode(), "x", measured=True)


def test_a_table_cut_between_two_lines_looks_whole(fetcher):
    """What docs/sources.md says remains unseeable."""
    body = CSV[: CSV.index(b"59160")]
    with serving(lambda r: Reply(body, unmeasured=True)) as (url, _):
        assert one(fetcher.fetch(asks(url, file="a.csv"), HERE)).fault == ""


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.lists(st.text("ab;\"é ,'", max_size=5), min_size=3, max_size=3), min_size=1),
    st.data(),
)
def test_no_whole_table_is_refused_and_no_unended_one_is_kept(rows, data):
    quoted = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    content = ("A;B;C\n" + "\n".join(quoted) + "\n").encode()
    refuse_cut_text(content, "x", measured=False)
    refuse_cut_text(content.rstrip(b"\n"), "x", measured=True)
    at = data.draw(st.integers(len("A;B;C\n") + 1, len(content) - 1))
    if not content[:at].endswith(b"\n"):
        with pytest.raises(DataError, match="cut short"):
            refuse_cut_text(content[:at], "x", measured=False)


def test_dido_cut_without_a_length_is_refused(fetcher):
    body = b"DEPCOM;X;Y\n59112;735000;7030000\n59112;7351"
    with serving(lambda r: Reply(body, unmeasured=True)) as (url, _):
        held = asks(url, kind="dido", commune_column="DEPCOM", vintage="2025-01", page_size=60)
        assert "fewer cells" in one(fetcher.fetch(held, HERE)).fault
    assert kept(fetcher) == []


def test_a_page_of_features_with_fewer_than_it_says_is_refused(fetcher):
    feature = {"type": "Feature", "id": "a", "geometry": None, "properties": {}}
    page = {"numberReturned": 2, "features": [feature]}
    with serving(lambda r: as_json(page)) as (url, _):
        fault = one(fetcher.fetch(wfs(url), HERE)).fault
    assert "a page announces 2 features and holds 1" in fault


def test_json_that_only_looks_closed_is_refused(fetcher):
    body = json.dumps({"features": [{"a": {}}, {"b": {}}]}).encode()
    cut = body[: body.index(b"}") + 1]
    assert cut.endswith(b"}")
    with serving(lambda r: Reply(cut, unmeasured=True)) as (url, _):
        assert "cut short" in one(fetcher.fetch(asks(url, file="a.geojson"), HERE)).fault
    with serving(lambda r: Reply(body, unmeasured=True)) as (url, _):
        assert one(fetcher.fetch(asks(url, file="b.geojson"), HERE)).fault == ""


def test_geopackages_and_7z_say_how_long_they_are(tmp_path):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=2154).to_file(path)
    assert cut_short(path, measured=False) == ""
    path.write_bytes(path.read_bytes()[:-100])
    assert "cut short" in cut_short(path, measured=True)
    packed = tmp_path / "a.7z"
    start = b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(4) + struct.pack("<QQ", 100, 20) + bytes(4)
    packed.write_bytes(start + bytes(120))
    assert cut_short(packed, measured=False) == ""
    packed.write_bytes(start + bytes(119))
    assert cut_short(packed, measured=False) == "it was cut short"
