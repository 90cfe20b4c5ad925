"""One table of the demonstration territory, read as a study reads it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs

DEMO = Path(__file__).resolve().parent.parent / "data" / "demo"


def demo(name: str) -> pd.DataFrame:
    """Return the table of this name."""
    kind = "csv" if name in {"operations", "milestones"} else "parquet"
    spec = LayerSpec(path=DEMO / f"{name}.{kind}")
    return read_layer([spec], table=name, crs=study_crs("EPSG:2154")).table
