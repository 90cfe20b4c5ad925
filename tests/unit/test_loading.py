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
