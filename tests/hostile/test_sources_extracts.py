"""Bad extracts: cut, changed, doubled, empty of streets. One sentence each, and never other rows."""

from __future__ import annotations

import random
import zlib
from contextlib import suppress

import pytest

from renewal_gis.errors import DataError, LayerReadError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import osm_blocks, read_layer, study_crs

osmium = pytest.importorskip("osmium")
LAMBERT = study_crs("EPSG:2154")


def written(path, ways, *, asked="pbf", nodes=(1, 2, 3, 4)):
    make = osmium.osm.mutable
    with osmium.SimpleWriter(osmium.io.File(str(path), asked)) as writer:
        for node in nodes:
            place = (3.5 + node / 1000, 50.3)
            writer.add_node(make.Node(id=node, location=place, tags={"barrier": "gate"}, version=1))
        for way, refs, tags in ways:
            writer.add_way(make.Way(id=way, nodes=refs, tags=tags, version=1))
    return path


def read(path):
    spec = LayerSpec(path=path, source="osm", layer="streets")
    return read_layer([spec], table="streets", crs=LAMBERT).table


def refused(path):
    with pytest.raises(LayerReadError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"streets ({path.name}): ")
    assert str(path.parent) not in message
    assert "\n" not in message
    return message


STREETS = [(1, [1, 2, 3], {"highway": "residential"}), (2, [3, 4], {"highway": "footway"})]


def test_an_extract_cut_anywhere(tmp_path):
    content = written(tmp_path / "whole.osm.pbf", STREETS).read_bytes()
    path = tmp_path / "cut.osm.pbf"
    whole = 0
    for size in range(1, len(content)):
        path.write_bytes(content[:size])
        message = refused(path)
        whole += "truncated" not in message
    # Between two blocks nothing is missing but the streets themselves.
    assert whole == 2


def test_an_extract_without_a_way_open_to_walkers(tmp_path):
    ways = [(1, [1, 2], {"highway": "motorway"}), (2, [2, 3], {"highway": "motorway"})]
    message = refused(written(tmp_path / "n.osm.pbf", ways))
    assert "holds no street open to walkers; closed to them are motorway 2" in message
    message = refused(written(tmp_path / "m.osm.pbf", [(3, [1, 2], {"waterway": "river"})]))
    assert "holds no street open to walkers. Take" in message


def test_streets_whose_nodes_are_elsewhere(tmp_path):
    path = written(tmp_path / "n.osm.pbf", [(1, [7, 8, 9], {"highway": "path"})])
    assert "holds no street open to walkers" in refused(path)


def test_a_way_that_stands_twice(tmp_path):
    message = refused(written(tmp_path / "n.osm.pbf", [*STREETS, STREETS[0]]))
    assert "the way 1 stands in the extract several times (1 repeats)" in message


def test_an_extract_with_its_history(tmp_path):
    path = written(tmp_path / "n.osm.pbf", STREETS, asked="pbf,history=true")
    assert "the history of its objects" in refused(path)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("packed", ["none", "zlib"])
def test_an_extract_with_changed_bytes(tmp_path, packed, seed):
    """Nothing but a sentence comes out, and where blocks carry a check sum nothing gets past it."""
    dice = random.Random(seed)
    path = written(tmp_path / "n.osm.pbf", STREETS, asked=f"pbf,pbf_compression={packed}")
    content, right = path.read_bytes(), read(path)
    for _ in range(150):
        changed = bytearray(content)
        for _ in range(dice.choice((1, 1, 2, 8))):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        path.write_bytes(changed)
        got = None
        with suppress(DataError):
            got = read(path)
        assert got is None or packed == "none" or got.equals(right)


def test_a_block_that_unpacks_to_more_than_it_says(tmp_path):
    bomb = zlib.compress(b"\0" * 40_000_000)

    def number(value):
        out = b""
        while value > 127:
            out += bytes([value & 127 | 128])
            value >>= 7
        return out + bytes([value])

    def field(tag, value):
        if isinstance(value, int):
            return number(tag << 3) + number(value)
        return number(tag << 3 | 2) + number(len(value)) + value

    def blob(kind, raw_size, squeezed):
        body = field(2, raw_size) + field(3, squeezed)
        head = field(1, kind) + field(3, len(body))
        return len(head).to_bytes(4, "big") + head + body

    header = field(4, b"OsmSchema-V0.6")
    first = blob(b"OSMHeader", len(header), zlib.compress(header))
    path = tmp_path / "n.osm.pbf"
    path.write_bytes(first + blob(b"OSMData", 100, bomb))
    assert "does not unpack to the size it announces" in refused(path)
    path.write_bytes(first + blob(b"OSMData", 40_000_000, bomb))
    assert "more than the format allows" in refused(path)


def test_an_extract_larger_than_memory(tmp_path, monkeypatch):
    path = written(tmp_path / "n.osm.pbf", STREETS)

    def full(*rest):
        raise MemoryError

    monkeypatch.setattr(osm_blocks, "decoded_ways", full)
    assert "needs more memory than this machine has" in refused(path)
