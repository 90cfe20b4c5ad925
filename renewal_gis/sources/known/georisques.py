"""Géorisques: layers of hazards as constraints, and the risks known for each commune."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from renewal_gis.errors import LayerReadError
from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.layers_of import read_shapes
from renewal_gis.sources.known.rows import Place, refused_kind, within_study
from renewal_gis.sources.opening import existing, nearest, reading
from renewal_gis.sources.text import as_text

__all__ = ["GEORISQUES", "LAYERS", "read_commune_risks"]

# Layer → kind of constraint. None says by itself whether one may build: the regulation does.
LAYERS = {
    "PPRN_ZONE_INOND": "flood",
    "LIMITETRI_FXX": "flood",
    "ALEARG": "other",
    "CAVITE_LOCALISEE": "other",
    "MVT_LOCALISE": "other",
    "INSTALLATIONS_CLASSEES_SIMPLIFIE": "pollution",
    "SIS_INTENSITE_MAXCOM": "pollution",
    "SSP_CLASSIF_SIS_GE": "pollution",
}
_FIELDS = (
    Field(name="nom", en="Name", also=("nom_ppr", "nom_etablissement", "libelle", "nom_site",
                                       "nomcavite", "lib_zone")),
    Field(name="id", en="Identifier", also=("gid", "identifiant", "num_cavite", "code_metier")),
)  # fmt: skip


def _read(asked: Asked) -> Given:
    """Read one layer; its rows inform, and a study gives levels to zones by `values`."""
    place = Place(asked)
    plain = _layer_of(asked)
    if plain is None:
        named = asked.part
        near = nearest(named, list(LAYERS))
        raise place.refusal(
            f"{named!r} is no layer of Géorisques that is known.{near} Write it as layer, or read the "
            "file as an ordinary one, with constants."
        )
    # In a file the layer says which it is; in a database the table does, and layer its shapes.
    asked_here = asked if asked.database is not None else replace(asked, layer=None)
    frame, findings = read_shapes(asked_here, _FIELDS, plain)
    frame = within_study(frame, asked, findings)
    if "id" in frame:
        ids = as_text(frame["id"])
        # An identifier of a plan covers several zones: the rank within it tells them apart.
        rank = ids.groupby(ids, dropna=False).cumcount()
        ids = ids.where(rank == 0, ids.astype(str) + "-" + (rank + 1).astype(str))
        frame = frame.assign(id=ids)
    frame = frame.assign(kind=LAYERS[plain], level="information", source="Géorisques")
    if "nom" in frame:
        frame = frame.assign(name=as_text(frame["nom"]))
    told = (
        f"The layer {plain} says where, not what is forbidden: its zones are for information. Give "
        "them a level by values once the regulation was read."
    )
    if len(frame):
        findings.append(place.note("level-not-said", told, column="level"))
    return Given(frame=frame, findings=tuple(findings))


def _layer_of(asked: Asked) -> str | None:
    named = asked.part.rpartition(":")[2].casefold()
    return next((name for name in LAYERS if name.casefold() in named), None)


def read_commune_risks(path: Path) -> pd.DataFrame:
    """Read what `gaspar/risques` answers for communes.

    Parameters
    ----------
    path
        The JSON: `data`, one entry per commune with `code_insee` and `risques_detail`.

    Returns
    -------
    DataFrame
        One row per commune and risk: `commune`, `risk` (code), `name`. A commune without a row is not
        without risk: none is recorded there.

    Raises
    ------
    LayerReadError
        When the file is no such answer.
    """
    asked = Asked(path=existing(path, layer="risks"), table="risks")
    refused_kind(path, asked)
    with reading(path, layer="risks", advice="Fetch it again."):
        content = json.loads(path.read_bytes())
    entries = content.get("data") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise LayerReadError(f"risks ({path.name}): the answer has no list data. Fetch it again.")
    rows: list[dict[str, Any]] = [
        {
            "commune": str(entry.get("code_insee")),
            "risk": str(risk.get("num_risque")),
            "name": risk.get("libelle_risque_long"),
        }
        for entry in entries
        for risk in entry.get("risques_detail") or []
    ]
    return pd.DataFrame(rows, columns=["commune", "risk", "name"])


GEORISQUES = KnownSource(
    name="georisques",
    title="Géorisques",
    producer="BRGM, MTE",
    page="https://www.georisques.gouv.fr",
    licence="Licence Ouverte 2.0",
    attribution="BRGM/MTE – Géorisques {vintage}",
    tables=("constraints",),
    columns=_FIELDS,
    read=_read,
)
