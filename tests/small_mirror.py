"""A folder that stands for the network: small files of a made-up territory, in their published shapes.

Two communes of an EPCI of two, a neighbour; streets, buildings, facilities, social dwellings; no water, no
railway, and the only priority neighbourhood lies in another town. Shapes as in the readers' own tests: IGN's
WFS in Lambert-93, BPE 2025, RPLS as DiDo answers, QPV 2024 in its zip, Géorisques, Cartofriches.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import LineString, Point, box
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

X, Y = 735_000.0, 7_030_000.0
EPCI = "245901160"
CODES = ("59112", "59160")
_STEP = 100.0  # a street every 100 m; each commune is 1 000 m by 500 m
_L93 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}


def write_mirror(folder: Path) -> Path:
    """Write every file `renewal-gis new --epci` and `renewal-gis fetch` ask for."""
    folder.mkdir(parents=True, exist_ok=True)
    _communes(folder)
    _collection(folder / "batiments.geojson", _buildings())
    _collection(folder / "routes.geojson", _roads())
    for name in ("eau", "voies_ferrees", "SSP_CLASSIF_SIS_GE", "cartofriches"):
        _collection(folder / f"{name}.geojson", [])
    pd.DataFrame(_facilities()).to_parquet(folder / "BPE25.parquet")
    (folder / "BPE24_table_passage.csv").write_text("TYPEQU_2021;TYPEQU_2024\nD201;D265\n")
    book = pd.DataFrame([("D265", "Médecin généraliste", "Gamme de proximité")])
    book.columns = ["TYPEQU", "LIBELLE_TYPEQU", "GAMME"]
    book.to_excel(folder / "BPE_gammes_equipements_2025.xlsx", index=False)
    (folder / "rpls.csv").write_text(
        "\ufeffDEPCOM;CONSTRUCT;DPEENERGIE;X;Y\n"
        + "".join(f"59112;1962;D;{X + 25};{Y + 15}\n" for _ in range(2)),
        encoding="utf-8",
    )
    (folder / "sitadel.csv").write_text("COMM;NUM_DAU;TYPE_DAU;ETAT_DAU\n59112;PC1;PC;2\n")
    for code in CODES:
        risks = {"data": [{"code_insee": code, "risques_detail": []}]}
        (folder / f"risques-{code}.json").write_text(json.dumps(risks))
    with zipfile.ZipFile(folder / "qpv_2024.zip", "w") as archive:
        archive.writestr("GEOJSON/QP2024_France_Hexagonale_Outre_Mer_WGS84.geojson", _qpv())
    return folder


def _collection(path: Path, rows: list[tuple[BaseGeometry, dict[str, Any]]]) -> None:
    features = [
        {"type": "Feature", "geometry": mapping(shape), "properties": held} for shape, held in rows
    ]
    content = {"type": "FeatureCollection", "crs": _L93, "features": features}
    path.write_text(json.dumps(content), encoding="utf-8")


def _communes(folder: Path) -> None:
    north, south = box(X, Y, X + 1000, Y + 500), box(X, Y - 500, X + 1000, Y)
    beside = box(X + 1000, Y - 500, X + 1500, Y + 500)
    ours = gpd.GeoDataFrame(
        {"code": CODES, "nom": ["Fosse-le-Nord", "Prés-du-Sud"], "population": [900, 300]},
        geometry=[north, south], crs=2154,
    )  # fmt: skip
    (folder / "outlines.geojson").write_text(ours.to_crs(4326).to_json(), encoding="utf-8")
    rows = [
        (north, "59112", "Fosse-le-Nord", 900, EPCI),
        (south, "59160", "Prés-du-Sud", 300, EPCI),
        (beside, "59207", "À-Côté", 100, "200042190"),
    ]
    _collection(folder / "communes.geojson", [
        (shape, {"cleabs": f"C{code}", "code_insee": code, "nom_officiel": name, "population": count,
                 "codes_siren_des_epci": epci})
        for shape, code, name, count, epci in rows
    ])  # fmt: skip


def _buildings() -> list[tuple[BaseGeometry, dict[str, Any]]]:
    """Return houses along the streets, the first counted, every third not; and two of the neighbour."""
    rows = []
    for number in range(66):
        east, north = 20 + _STEP * (number % 11), 10 + _STEP * (number // 11 - 3)
        shape = box(X + east, Y + north, X + east + 15, Y + north + 10)
        held = {
            "cleabs": f"B{number:02}", "usage_1": "Résidentiel", "hauteur": 6.0, "nombre_d_etages": 2,
            "nombre_de_logements": None if number % 3 == 2 else 2, "etat_de_l_objet": "En service",
            "date_d_apparition": "1932-01-01",
        }  # fmt: skip
        rows.append((shape, held))
    return rows


def _roads() -> list[tuple[BaseGeometry, dict[str, Any]]]:
    xs = [X + _STEP * step for step in range(11)]
    ys = [Y + _STEP * step for step in range(-5, 6)]
    across = [((x, y), (x + _STEP, y)) for x in xs[:-1] for y in ys]
    along = [((x, y), (x, y + _STEP)) for x in xs for y in ys[:-1]]
    return [
        (LineString(ends), {"cleabs": f"R{n}", "nature": "Route à 1 chaussée",
                            "etat_de_l_objet": "En service", "position_par_rapport_au_sol": "0"})
        for n, ends in enumerate([*across, *along])
    ]  # fmt: skip


def _facilities() -> list[dict[str, Any]]:
    """Return types of the basket and two only INSEE counts in the north, a baker south, one in Paris."""
    types = [
        "C108",
        "C107",
        "C201",
        "D265",
        "D307",
        "B207",
        "B105",
        "A206",
        "F307",
        "F121",
        "D502",
        "A129",
        "A501",
        "D279",
    ]
    places = [(code, X + 65 * n + 30, Y + 210, CODES[0]) for n, code in enumerate(types)]
    places += [("B207", X + 110, Y - 190, CODES[1]), ("C108", 652_000.0, 6_862_000.0, "75101")]
    return [
        {"AN": "2025", "NOMRS": "", "DEPCOM": commune, "EPCI": EPCI, "LAMBERT_X": x, "LAMBERT_Y": y,
         "EPSG": "2154", "QUALITE_XY": "B", "TYPE": "", "TYPEQU": code}
        for code, x, y, commune in places
    ]  # fmt: skip


def _qpv() -> str:
    feature = {
        "type": "Feature", "geometry": mapping(Point(3.06, 50.62).buffer(0.01)),
        "properties": {"code_qp": "QN05901M", "lib_qp": "Ailleurs", "lib_com": "Lille",
                       "insee_com": "59350", "insee_dep": "59", "insee_reg": "32"},
    }  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": [feature]})
