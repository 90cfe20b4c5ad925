"""Text files of every encoding people save: Excel's "Unicode text", Windows, and what says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewal_gis.errors import LayerReadError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs
from renewal_gis.sources.encodings import readable_bytes

LAMBERT = study_crs("EPSG:2154")
TEXT = "id\tgroup\tname\tx\ty\r\n1\tgare\tPréseau\t735000,5\t7030000\r\n"


def load(path, **asked):
    spec = LayerSpec(path=path, x="x", y="y", crs="EPSG:2154", **asked)
    return read_layer([spec], table="services", crs=LAMBERT)


@pytest.mark.parametrize(
    ("encoding", "notes"),
    [("utf-16", 1), ("utf-8", 0), ("utf-8-sig", 0), ("cp1252", 1)],
)
@pytest.mark.parametrize("name", ["s.csv", "s.txt", "s.tsv"])
def test_an_ordinary_table_is_read_by_its_mark(tmp_path, encoding, notes, name):
    path = tmp_path / name
    path.write_bytes(TEXT.encode(encoding))
    loaded = load(path)
    assert loaded.table["name"].tolist() == ["Préseau"]
    assert loaded.table.geometry.x.tolist() == [735000.5]
    assert [one.code for one in loaded.findings] == ["encoding"] * notes


def test_big_endian_with_its_mark(tmp_path):
    path = tmp_path / "s.csv"
    path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    loaded = load(path)
    assert loaded.table["name"].tolist() == ["Préseau"]
    assert loaded.findings[0].message == "The file is UTF-16; it was read as such."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (TEXT.encode("utf-16-le"), r"looks like UTF-16 \(little-endian\) without the mark .* Save it as CSV in"),
        (TEXT.encode("utf-16-be"), r"looks like UTF-16 \(big-endian\) without the mark"),
        (TEXT.encode("utf-32"), "is UTF-32"),
        (TEXT.encode("utf-16")[:-1], "bytes that are none, as one cut short does"),
        (b"id;name\n1;\0\0\0\n", "holds bytes of zero, which no text has"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_said_in_one_sentence(tmp_path, content, told):
    path = tmp_path / "s.csv"
    path.write_bytes(content)
    with pytest.raises(LayerReadError, match=told) as fault:
        load(path)
    assert str(fault.value).startswith("services (s.csv): the file ")
    assert "\n" not in str(fault.value)


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=1))
def test_utf_8_and_marked_utf_16_give_the_same_text(text):
    one = readable_bytes(text.encode(), place="p")
    two = readable_bytes(text.encode("utf-16"), place="p")
    assert one[0].decode(one[1]) == two[0].decode(two[1]) == text
