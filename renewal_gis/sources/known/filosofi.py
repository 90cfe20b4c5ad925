"""Filosofi: INSEE's 200 m grid of residents, households and incomes; its shapes come from its ids."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from renewal_gis.schema import Finding
from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.rows import Place, number_column, read_rows
from renewal_gis.sources.postgis_cutting import Cut, Written, in_bounds
from renewal_gis.sources.text import as_text

__all__ = ["FILOSOFI", "inspire_squares", "read_filosofi"]

_LAEA = "EPSG:3035"
_CELL = 200.0  # m
_ID = r"CRS3035RES(?P<size>\d+)mN(?P<north>\d+)E(?P<east>\d+)"
# The same as a server reads it: one part of it in brackets. What is no id is told, so it is sent.
_EAST, _NORTH = (
    rf"^\s*CRS3035RES[0-9]+m{part}\s*$" for part in ("N[0-9]+E([0-9]+)", "N([0-9]+)E[0-9]+")
)
_HOMES = ("Log_av45", "Log_45_70", "Log_70_90", "Log_ap90", "Log_inc")
_FIELDS = (
    Field(name="Idcar_200m", en="INSPIRE id of the cell", needed=True, also=("IdINSPIRE", "id_car")),
    Field(name="I_est_200", en="1: values imputed, for statistical secrecy", kind="number",
          also=("i_est_1km",)),
    Field(name="lcog_geo", en="Communes of the cell, codes written one after the other",
          also=("Depcom",)),
    Field(name="Ind", en="Residents", kind="number", needed=True),
    Field(name="Men", en="Households", kind="number", needed=True),
    Field(name="Men_pauv", en="Poor households", kind="number"),
    Field(name="Ind_snv", en="Sum of the standards of living of the residents", kind="number"),
    *(Field(name=name, en="Dwellings by year built", kind="number") for name in _HOMES),
    Field(name="Log_soc", en="Social dwellings", kind="number"),
)  # fmt: skip


def inspire_squares(ids: pd.Series) -> gpd.GeoSeries:
    """Return the squares of a grid from their INSPIRE ids; None where a text is no such id.

    Parameters
    ----------
    ids
        Texts such as `CRS3035RES200mN2940600E3844600`: the size of the cell in metres, then the
        north and the east of its south-west corner.

    Returns
    -------
    GeoSeries
        In ETRS89-LAEA (EPSG:3035): elsewhere the squares turn, and are no longer 40 000 m².

    Examples
    --------
    >>> squares = inspire_squares(pd.Series(["CRS3035RES200mN2940600E3844600"]))
    >>> squares.iloc[0].bounds
    (3844600.0, 2940600.0, 3844800.0, 2940800.0)
    """
    parts = ids.astype("string").str.extract(rf"^{_ID}$").astype("Float64")
    size, north, east = (parts[name].to_numpy(dtype=float, na_value=np.nan) for name in parts)
    known = ~np.isnan(size)
    shapes = np.full(len(ids), None, dtype=object)
    shapes[known] = shapely.box(
        east[known], north[known], (east + size)[known], (north + size)[known]
    )
    return gpd.GeoSeries(shapes, index=ids.index, crs=_LAEA)


def read_filosofi(path: Path, *, communes: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Read the grid with all it says.

    Parameters
    ----------
    path
        `Filosofi2015_carreaux_200m_metropole.csv`, `carreaux_200m_met.gpkg`, … of 2015 to 2021,
        in a zip or not.
    communes
        Only the cells that touch these are read.

    Returns
    -------
    GeoDataFrame
        Indexed by the id; `residents`, `households`, `poor_households`, `living_standard_eur` (mean,
        EUR a year: the sum divided by the residents), `dwellings`, `social_dwellings`, `imputed`
        (flag: the values were put there for statistical secrecy; NA: the file does not say), then
        the square, in EPSG:3035. NaN: the file does not say. Only inhabited cells are in the file.

    Raises
    ------
    LayerReadError
        When the file is of no vintage that is known.
    """
    given = _cells(Asked(path=path, table="stock", communes=communes))
    wanted = ["residents", "households", "poor_households", "living_standard_eur",
              "homes", "social_dwellings", "imputed", "geometry"]  # fmt: skip
    held = given.frame.set_index("id")[wanted].rename(columns={"homes": "dwellings"})
    return gpd.GeoDataFrame(held.rename_axis("cell"), geometry="geometry", crs=_LAEA)


def _cells(asked: Asked) -> Given:
    place = Place(asked)
    frame, findings = read_rows(asked, _FIELDS, layer=asked.layer, cut=_cut(asked))
    ids = as_text(frame["Idcar_200m"])
    squares = inspire_squares(ids)
    lost = squares.isna()
    for row in frame.index[lost]:
        told = f"{ids[row]!r} is no INSPIRE id of a cell, so it has no shape; the row was left out."
        findings.append(place.dropped("no-inspire-id", told, row=str(row), column="Idcar_200m"))
    frame, ids, squares = frame[~lost], ids[~lost], squares[~lost]
    near = _near(squares, asked, findings, place)
    frame, ids, squares = frame[near], ids[near], squares[near]
    value = {
        name: number_column(frame, name)
        for name in ("Ind", "Men", "Men_pauv", "Ind_snv", "Log_soc")
    }
    homes = sum((number_column(frame, name) for name in _HOMES), pd.Series(0.0, index=frame.index))
    imputed = number_column(frame, "I_est_200")
    given = frame.assign(
        id=ids, residents=value["Ind"], households=value["Men"], poor_households=value["Men_pauv"],
        living_standard_eur=value["Ind_snv"] / value["Ind"].where(value["Ind"] > 0),
        homes=homes, social_dwellings=value["Log_soc"],
        imputed=(imputed == 1).astype("boolean").mask(imputed.isna()),
    )  # fmt: skip
    hidden = int((imputed == 1).sum())
    if hidden:
        words = (
            f"The values of {hidden} of {len(given)} cells were imputed for statistical secrecy: read "
            "them added up, and publish no single cell as a fact."
        )
        findings.append(place.note("imputed-cells", words, column="I_est_200"))
    cells = gpd.GeoDataFrame(given, geometry=squares, crs=_LAEA)
    return Given(frame=cells, findings=tuple(findings), vintage=_vintage(asked.path))


def _read(asked: Asked) -> Given:
    """Read the cells as homes: the dwellings of each, where no building is known."""
    given = _cells(asked)
    place, findings = Place(asked), list(given.findings)
    cells = given.frame
    whole = cells["homes"].where(cells["homes"] > 0, cells["households"]).fillna(0)
    cells = cells.assign(
        dwellings=whole.round().astype("int64"), dwellings_method="cell",
        social_dwellings=cells["social_dwellings"].round(),
    )  # fmt: skip
    drift = float(cells["dwellings"].sum() - whole.sum())
    findings.append(
        place.note(
            "homes-by-cell",
            f"Homes stand in {len(cells)} cells of 200 m and not in buildings: a walk starts from "
            f"the middle of a cell. Whole numbers move the total by {drift:+.0f} dwellings.",
        )
    )
    if "lcog_geo" in cells:
        codes = as_text(cells["lcog_geo"])
        several = codes.map(lambda text: text is not None and len(text) > 5)
        cells = cells.assign(commune=codes.where(~several, None))
        if several.any():
            told = f"{int(several.sum())} cells lie in several communes; they are given none."
            findings.append(place.note("several-communes", told, column="lcog_geo"))
    return Given(frame=cells, findings=tuple(findings), vintage=given.vintage)


def _box(asked: Asked) -> tuple[float, float, float, float]:
    """Return the bounds of the study and its margin, on the grid."""
    assert asked.communes is not None
    moved = pyproj.Transformer.from_crs(asked.communes.crs, _LAEA, always_xy=True)
    west, south, east, north = map(float, asked.communes.total_bounds)
    margin = asked.margin_m
    return moved.transform_bounds(west - margin, south - margin, east + margin, north + margin)


def _cut(asked: Asked) -> Cut | None:
    """Return a cut of the corners the ids tell, a cell wider than the study."""
    if asked.communes is None:
        return None
    names = (_FIELDS[0].name, *_FIELDS[0].also)
    west, south, east, north = _box(asked)
    return in_bounds(
        x=Written(names=names, pattern=_EAST), y=Written(names=names, pattern=_NORTH),
        bounds=(west - _CELL, south - _CELL, east, north), codes=(), unreadable=True,
    )  # fmt: skip


def _near(squares: gpd.GeoSeries, asked: Asked, findings: list[Finding], place: Place) -> pd.Series:
    if asked.communes is None or not len(squares):
        return pd.Series(True, index=squares.index)
    box = _box(asked)
    held = squares.bounds
    near = held["maxx"].ge(box[0]) & held["minx"].le(box[2])
    near &= held["maxy"].ge(box[1]) & held["miny"].le(box[3])
    outline = asked.communes.geometry.union_all().buffer(asked.margin_m)
    around = gpd.GeoSeries([outline], crs=asked.communes.crs).to_crs(_LAEA).iloc[0]
    near[near] = squares[near].intersects(around)
    count = int((~near).sum())
    if count:
        told = f"{count} cells lie beyond the study; they were set aside."
        findings.append(place.note("not-read", told, count=count))
    return near


def _vintage(path: Path) -> str:
    """Return the year the published file name tells, else nothing."""
    for year in ("2015", "2017", "2019", "2021"):
        if year in path.name:
            return year
    return ""


FILOSOFI = KnownSource(
    name="filosofi",
    title="Filosofi, revenus et pauvreté, carreaux de 200 m",
    producer="INSEE",
    page="https://www.insee.fr/fr/statistiques/7655475?sommaire=7655515",
    licence="Licence Ouverte 2.0",
    attribution="INSEE – Filosofi {vintage}",
    tables=("stock",),
    columns=_FIELDS,
    read=_read,
)
