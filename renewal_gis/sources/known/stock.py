"""What every source of buildings shares: residential rows, counts where they are, estimates elsewhere."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from renewal_gis.schema import Finding
from renewal_gis.sources.known.declaring import Asked
from renewal_gis.sources.known.dwellings import Estimate, estimated_dwellings
from renewal_gis.sources.known.rows import Place, numbers

__all__ = [
    "aside",
    "commune_of",
    "located",
    "of_stock",
    "with_dwellings",
    "with_estimates",
    "year_of",
]


def aside(
    frame: gpd.GeoDataFrame,
    kept: pd.Series,
    code: str,
    findings: list[Finding],
    asked: Asked,
    words: str,
) -> gpd.GeoDataFrame:
    """Keep rows; count the others in one note that starts with `words`."""
    count = int((~kept).sum())
    if count:
        told = f"{count} {words}; they were set aside."
        findings.append(Place(asked).note(code, told, count=count))
    return frame[kept]


def of_stock(code: str, message: str, count: int) -> Finding:
    """Return a note about the whole stock, that no one file gave."""
    return Finding(layer="stock", severity="note", code=code, message=message, count=count)


def with_dwellings(
    frame: gpd.GeoDataFrame, asked: Asked, findings: list[Finding]
) -> gpd.GeoDataFrame:
    """Fill the missing dwellings of residential buildings and say how, and how well.

    Parameters
    ----------
    frame
        Buildings with `counted` (dwellings, NaN where the source does not say), `storeys`,
        `height_m`, and outlines. A column `commune` is used where it is there.
    asked, findings
        The request; receives the notes.

    Returns
    -------
    GeoDataFrame
        With `dwellings` and `dwellings_method` (`counted`, `estimated`), without those too small to
        be a home, which are counted in a note.
    """
    metric = frame.geometry
    if frame.crs is None or frame.crs.is_geographic:
        metric = frame.geometry.to_crs(asked.communes.crs if asked.communes is not None else 2154)
    if "commune" not in frame:
        frame = frame.assign(commune=commune_of(frame.geometry, asked))
    held = pd.DataFrame(
        {
            "footprint_m2": shapely.area(metric.to_numpy()),
            "storeys": frame.get("storeys", np.nan),
            "height_m": frame.get("height_m", np.nan),
            "dwellings": frame["counted"],
            "commune": frame["commune"],
        },
        index=frame.index,
    )
    estimate = estimated_dwellings(held)
    result = frame.assign(dwellings=estimate.dwellings, dwellings_method=estimate.method)
    result = aside(result, estimate.method != "none", "too-small", findings, asked,
                   "buildings are too small to be homes")  # fmt: skip
    guessed = int((estimate.method == "estimated").sum())
    if guessed:
        findings.append(Place(asked).note("dwellings-estimated", _told(estimate, guessed)))
    return result


def with_estimates(
    frame: gpd.GeoDataFrame, asked: Asked, findings: list[Finding]
) -> gpd.GeoDataFrame:
    """Estimate the dwellings nobody counted in a file of one's own; see `with_dwellings`.

    Only outlines whose `storeys` or `height_m` the study names are estimated: a column of dwellings
    that was forgotten is a fault, and stays one.
    """
    blank = pd.Series(np.nan, index=frame.index)
    shaped = [name for name in ("storeys", "height_m") if name in frame]
    counted = numbers(frame.get("dwellings", blank))
    flat = shapely.area(frame.geometry.to_numpy()) > 0
    # Identifiers that repeat are told, with all the rest, by the check that follows.
    if not shaped or counted.notna().all() or not flat.any() or not frame.index.is_unique:
        return frame
    held = {name: numbers(frame[name]) for name in shaped}
    return with_dwellings(frame.assign(**held, counted=counted), asked, findings)


def _told(estimate: Estimate, guessed: int) -> str:
    total = int(estimate.dwellings[estimate.method == "estimated"].sum())
    area = ", ".join(
        f"{value:.0f} m² in a {kind}" for kind, value in estimate.floor_area_m2.items()
    )
    told = (
        f"The file counts no dwellings for {guessed} buildings: {total} dwellings were estimated from "
        f"footprint and storeys ({area} a dwelling)."
    )
    if not len(estimate.error):
        return f"{told} No building is counted, so the error is not known."
    error = estimate.error
    worst = error["error_pct"].abs().max()
    mean = (error["mean_error"] * error["buildings"]).sum() / error["buildings"].sum()
    return (
        f"{told} Where both are known ({int(error['buildings'].sum())} buildings of {len(error)} "
        f"communes, each estimated from the others), the totals are wrong by {worst:.0f} % at most, a "
        f"building by {mean:.1f} dwellings on average."
    )


def commune_of(shapes: gpd.GeoSeries, asked: Asked) -> pd.Series:
    """Return the commune of each shape, by a point within it; None outside the study's communes."""
    if asked.communes is None or not len(shapes):
        return pd.Series([None] * len(shapes), index=shapes.index, dtype=object)
    inside = shapes.representative_point().to_crs(asked.communes.crs)
    return located(inside.to_numpy(), asked.communes, shapes.index)


def located(
    points: npt.NDArray[np.object_], communes: gpd.GeoDataFrame, index: pd.Index
) -> pd.Series:
    """Return the commune each point lies in, on the index given; None outside all of them."""
    found = pd.Series([None] * len(points), index=index, dtype=object)
    rows, held = shapely.STRtree(communes.geometry.to_numpy()).query(points, predicate="within")
    first = ~pd.Series(rows).duplicated().to_numpy()
    found.iloc[rows[first]] = communes.index.to_numpy()[held[first]]
    return found


def year_of(values: pd.Series) -> pd.Series:
    """Return years between 1000 and 2100 out of dates, texts or numbers; NaN for the rest.

    Examples
    --------
    >>> year_of(pd.Series(["1962-05-01", "1978.0", 0, None])).tolist()
    [1962.0, 1978.0, nan, nan]
    """
    text = values.astype("string").str.extract(r"^\s*(\d{4})", expand=False)
    years = pd.to_numeric(text, errors="coerce").astype("float64")
    return years.where(years.between(1000, 2100))
