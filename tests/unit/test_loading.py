"""What loading announces: the first extract on a machine takes longer, and that is told."""

from __future__ import annotations

import pytest
from small_study import write_small_study

from renewal_gis import sources
from renewal_gis.errors import DataError
from renewal_gis.loading import load


@pytest.mark.parametrize("compiled", [False, True])
def test_the_compiling_of_the_extract_reader_is_announced(tmp_path, monkeypatch, compiled):
    path = write_small_study(tmp_path)
    (tmp_path / "streets.osm.pbf").write_bytes(b"no extract")
    text = path.read_text().replace(
        'streets = "streets.gpkg"', 'streets = { path = "streets.osm.pbf", source = "osm" }'
    )
    path.write_text(text)
    monkeypatch.setattr(sources, "extract_reader_is_compiled", lambda: compiled)
    steps: list[str] = []
    with pytest.raises(DataError, match="streets"):
        load(path, report=steps.append)
    (told,) = [step for step in steps if step.startswith("streets")]
    assert ("compile the reader of extracts" in told) != compiled


def test_plain_layers_are_announced_by_their_name(tmp_path):
    steps: list[str] = []
    load(write_small_study(tmp_path), report=steps.append)
    assert steps[0] == "communes"
    assert "streets" in steps


def test_two_coordinate_systems_in_one_file_are_told_with_the_row(tmp_path):
    path = write_small_study(tmp_path)
    with (tmp_path / "services.csv").open("a") as stream:
        stream.write("degrees,ecole,3.5,50.36\n")
    with pytest.raises(
        DataError, match=r"services \(services.csv\), rows degrees: 1 of 2 rows lie"
    ):
        load(path)


def test_each_layer_is_read_with_its_own_margin_around_the_communes(tmp_path, monkeypatch):
    """What is asked of the reader of each layer: the margin of streets, none around homes."""
    path = write_small_study(tmp_path)
    asked = {}
    real = sources.read_layer

    def spy(specs, *, table, **rest):
        asked[table] = (rest["margin_m"], rest["communes"] is not None, rest["area"] is not None)
        return real(specs, table=table, **rest)

    monkeypatch.setattr(sources, "read_layer", spy)
    load(path)
    assert asked["communes"] == (2000.0, False, False)
    assert asked["stock"] == asked["sites"] == (0, True, False)
    assert asked["services"] == (2000.0, True, False)
    assert asked["streets"] == (2000.0, True, True)


def test_national_files_are_not_read_whole_when_the_communes_are_at_fault(tmp_path):
    path = write_small_study(tmp_path)
    (tmp_path / "communes.gpkg").write_bytes(b"no geopackage")
    (tmp_path / "BPE25.parquet").write_bytes(b"no parquet")
    path.write_text(
        path.read_text().replace(
            'services = { path = "services.csv", x = "x", y = "y", crs = "EPSG:2154" }',
            'services = { path = "BPE25.parquet", source = "bpe" }',
        )
    )
    steps: list[str] = []
    with pytest.raises(DataError, match="communes") as fault:
        load(path, report=steps.append)
    assert "BPE25" not in str(fault.value)
    assert "services" not in steps
    assert "streets" in steps
