"""Cadastre: the buildings of DGFiP as Etalab publishes them, commune by commune."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.layers_of import read_shapes
from renewal_gis.sources.known.rows import Place, within_study
from renewal_gis.sources.known.stock import aside, with_dwellings
from renewal_gis.sources.text import as_text

__all__ = ["CADASTRE"]

_FIELDS = (
    Field(name="type", en="01 hard building, 02 light building", needed=True),
    Field(name="commune", en="Commune (INSEE code)", needed=True),
    Field(name="nom", en="Name"),
    Field(name="created", en="Date of creation"),
    Field(name="updated", en="Date of update"),
)


def _read(asked: Asked) -> Given:
    """Read hard buildings; the cadastre tells neither use, height nor dwellings."""
    frame, findings = read_shapes(asked, _FIELDS, "batiments")
    dates = as_text(frame["updated"]).dropna() if "updated" in frame else None
    vintage = max(dates) if dates is not None and len(dates) else ""
    frame = within_study(frame, asked, findings)
    hard = as_text(frame["type"]) != "02"
    frame = aside(frame, hard, "light-building", findings, asked, "buildings are light (type 02)")
    place = Place(asked)
    findings.append(
        place.note(
            "no-use",
            "The cadastre tells no use and no height: sheds, factories and churches are taken for "
            "homes of one storey. Prefer BD TOPO or BDNB, or join them.",
        )
    )
    frame = frame.assign(id=_ids(frame), commune=as_text(frame["commune"]), counted=np.nan)
    return Given(
        frame=with_dwellings(frame, asked, findings), findings=tuple(findings), vintage=vintage
    )


def _ids(frame: gpd.GeoDataFrame) -> list[str]:
    """Name each building by its commune and its rank there: the file numbers nothing."""
    rank = frame.groupby("commune", dropna=False).cumcount() + 1
    return [f"{code}-{number}" for code, number in zip(frame["commune"], rank, strict=True)]


CADASTRE = KnownSource(
    name="cadastre",
    title="Cadastre Etalab, bâtiments",
    producer="DGFiP, Etalab",
    page="https://cadastre.data.gouv.fr/datasets/cadastre-etalab",
    licence="Licence Ouverte 2.0",
    attribution="DGFiP/Etalab – cadastre {vintage}",
    tables=("stock",),
    columns=_FIELDS,
    read=_read,
)
