"""The first files of a study: its territory, its study file, and empty tables to fill by hand."""

from __future__ import annotations

import json
import tomllib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from renewal_gis.errors import DataError, UsageError, needed
from renewal_gis.files import atomic_path
from renewal_gis.schema import table
from renewal_gis.sources.crs import LAMBERT_93, OVERSEAS
from renewal_gis.sources.fetching import Territory
from renewal_gis.sources.fetching_checks import Where
from renewal_gis.sources.fetching_endpoints import Endpoint
from renewal_gis.sources.opening import reading

__all__ = [
    "Place",
    "empty_sites",
    "programme_sheets",
    "read_outlines",
    "read_territory",
    "siren_fault",
    "study_text",
    "territory_text",
]

# Address → the table it fills and the source that reads it, where the list of addresses says none.
_ALSO = {
    "social_housing": ("social_dwellings", "rpls"),
    "polluted_land": ("constraints", "georisques"),
}
_EPCI = "codeEpci"
# Entries shown in a study file, on the one line TOML asks for.
_TOTALS = '{ path = "data/logements.csv", id = "CODGEO", rename = { P21_LOG = "dwellings" } }'
_PERIMETERS = (
    '{ path = "perimetres.gpkg", '
    'constants = { programme = "NPNRU", geometry_quality = "surveyed" } }'
)
_KINDS = {"integer": "Int64", "number": "float64", "text": "object", "flag": "boolean"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """The territory of a study.

    Parameters
    ----------
    epci
        SIREN.
    communes
        INSEE code → name.
    neighbours
        Communes around it, INSEE code → name; empty when they are not known.
    box
        West, south, east, north with the margin, in `crs`.
    crs
        Metric system of the place.
    date
        ISO day the membership was looked up; empty when it is not known.
    """

    epci: str
    communes: dict[str, str]
    neighbours: dict[str, str]
    box: tuple[float, float, float, float]
    crs: str
    date: str

    @property
    def territory(self) -> Territory:
        """What is fetched for it."""
        where = Where(box=self.box, crs=self.crs)
        return Territory(epci=self.epci, communes=tuple(self.communes), where=where)


def siren_fault(text: str) -> str:
    """Return what is wrong with a SIREN; empty when nothing is.

    Examples
    --------
    >>> siren_fault("245901160")
    ''
    >>> siren_fault("245901161")
    'its last digit does not agree with the others'
    """
    if len(text) != 9 or not (text.isascii() and text.isdigit()):
        return "a SIREN has nine digits"
    doubled = [int(one) * (2 if at % 2 else 1) for at, one in enumerate(reversed(text))]
    total = sum(one - 9 if one > 9 else one for one in doubled)
    return "" if total % 10 == 0 else "its last digit does not agree with the others"


def read_outlines(
    path: Path, *, epci: str, margin_m: float, around: Path | None = None, date: str = ""
) -> Place:
    """Read the communes of an EPCI as geo.api.gouv.fr answers them.

    Parameters
    ----------
    path
        GeoJSON with `code` and `nom`.
    epci
        SIREN asked for.
    margin_m
        Width around the communes that is fetched too, metres.
    around
        Communes of a wider box (ADMIN EXPRESS), to name the neighbours.
    date
        ISO day of the answer.

    Raises
    ------
    DataError
        No commune: no EPCI has this SIREN; or a file that lists none, or those of another EPCI.
    """
    with reading(path, layer="outlines", advice="Fetch it again with --refresh."):
        content = json.loads(path.read_text(encoding="utf-8"))
        empty = not content["features"]
    if empty:
        raise DataError(
            f"No commune is of the EPCI {epci}: no EPCI has this SIREN today. It may have merged with "
            "another: look for it on https://www.banatic.interieur.gouv.fr."
        )
    with reading(path, layer="outlines", advice="Fetch it again with --refresh."):
        held = gpd.read_file(path)
    _require_communes(held, epci, path)
    codes = held["code"].astype(str)
    system = {OVERSEAS.get(code[:3], LAMBERT_93) for code in codes}.pop()
    box = held.to_crs(system).total_bounds
    wide = (box[0] - margin_m, box[1] - margin_m, box[2] + margin_m, box[3] + margin_m)
    communes = dict(sorted(zip(codes, held["nom"].astype(str), strict=True)))
    return Place(
        epci=epci, communes=communes, crs=f"EPSG:{system}", date=date,
        neighbours=_neighbours(around, communes, held, system),
        box=tuple(round(float(one), 1) for one in wide),  # type: ignore[arg-type]
    )  # fmt: skip


def _require_communes(held: gpd.GeoDataFrame, epci: str, path: Path) -> None:
    """Refuse what lists no communes, and what a mirror made of another EPCI lists."""
    missing = [name for name in ("code", "nom") if name not in held]
    if missing:
        raise DataError(
            f"outlines ({path.name}): it lists no communes: the column {missing[0]!r} is not there. "
            "Fetch it again with --refresh, or mend the mirror."
        )
    others = set() if _EPCI not in held else set(held[_EPCI].dropna().astype(str)) - {epci}
    if others:
        raise DataError(
            f"outlines ({path.name}): it lists communes of the EPCI {', '.join(sorted(others))}, not of "
            f"{epci}: the mirror was made for another territory."
        )


def _neighbours(
    around: Path | None, communes: dict[str, str], outlines: gpd.GeoDataFrame, system: int
) -> dict[str, str]:
    if around is None or not around.exists():
        return {}
    with reading(around, layer="neighbours", advice="Fetch it again with --refresh."):
        wider = gpd.read_file(around).to_crs(system)
    names = {str(one).casefold(): str(one) for one in wider.columns}
    code = next((names[one] for one in ("code_insee", "insee_com", "code") if one in names), None)
    name = next((names[one] for one in ("nom_officiel", "nom") if one in names), None)
    if code is None or name is None:
        return {}
    # Simplified outlines leave slits between neighbours.
    near = outlines.to_crs(system).geometry.union_all().buffer(100)
    touching = wider[wider.intersects(near) & ~wider[code].astype(str).isin(list(communes))]
    return dict(sorted(zip(touching[code].astype(str), touching[name].astype(str), strict=True)))


def territory_text(place: Place) -> str:
    """Return the file that says what `renewal-gis fetch` brings."""
    lines = [
        "# The territory `renewal-gis fetch` brings data for. Written by renewal-gis new --epci.",
        f'epci = "{place.epci}"',
        f'date = "{place.date}"              # membership of an EPCI has a date',
        f'crs = "{place.crs}"',
        f"box = [{', '.join(map(repr, place.box))}]",
        "",
        "[communes]",
        *(f"{_quoted(code)} = {_quoted(name)}" for code, name in place.communes.items()),
        "",
        "[neighbours]",
        *(f"{_quoted(code)} = {_quoted(name)}" for code, name in place.neighbours.items()),
    ]
    return "\n".join([*lines, ""])


def read_territory(path: Path) -> Place:
    """Read that file.

    Raises
    ------
    UsageError
        When it is not there.
    DataError
        When it is not of this form.
    """
    if not path.exists():
        raise UsageError(
            f"There is no {path.name} beside the study: fetch needs a territory. Begin a study with: "
            "renewal-gis new FOLDER --epci SIREN"
        )
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        west, south, east, north = map(float, held["box"])
        return Place(
            epci=str(held["epci"]), communes=dict(held["communes"]), date=str(held["date"]),
            neighbours=dict(held.get("neighbours", {})), crs=str(held["crs"]),
            box=(west, south, east, north),
        )  # fmt: skip
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as fault:
        raise DataError(
            f"{path.name}: this is no territory of a study ({fault}). Write it again with: "
            "renewal-gis new FOLDER --epci SIREN --force (it replaces study.toml too)"
        ) from None


def study_text(
    place: Place, name: str, endpoints: Sequence[Endpoint], *, workbook: bool = False
) -> str:
    """Return a commented study file whose layers are the files `renewal-gis fetch` brings.

    Parameters
    ----------
    place
        The territory.
    name
        Name of the study.
    endpoints
        Addresses whose files become layers.
    workbook
        A workbook of the programme stands beside the study, to be filled.
    """
    mark = "" if workbook else "# "
    layers: dict[str, list[str]] = {}
    for one in endpoints:
        filled = one.table or _ALSO.get(one.id, ("", ""))[0]
        if filled and (not one.departments or _covers(one, place)):
            layers.setdefault(filled, []).append(_layer(one, place))
    lines = [
        f"# {name}: a study for renewal-gis. Paths are relative to this file.",
        "# Bring the data with:  renewal-gis fetch      Check it with:  renewal-gis check",
        "",
        "[study]",
        f"name = {_quoted(name)}",
        'language = "fr"',
        f'crs = "{place.crs}"',
        "",
        "[layers]",
    ]
    for table_name, held in layers.items():
        text = held[0] if len(held) == 1 else "[\n  " + ",\n  ".join(held) + ",\n]"
        lines.append(f"{table_name} = {text}")
    lines += [
        "# Draw the candidate sites in QGIS: each with an id, a name and the dwellings it can hold.",
        'sites = { path = "sites.gpkg", id = "id" }',
        "# Brownfield of the territory, to look at (its capacity is an assumption):",
        '# sites = { path = "data/cartofriches.geojson", source = "cartofriches" }',
        "# Where BD TOPO counts no dwellings they are estimated; totals of INSEE settle the estimate:",
        f"# commune_dwellings = {_TOTALS}",
        "# Outlines of miners’ estates flag their buildings:",
        '# estates = { path = "cites.gpkg", id = "id_lsm" }',
        "# Your own perimeters, with what each one is:",
        f"# perimeters = {_PERIMETERS}",
        "# Mining hazards have no national address: ask the DDTM, and map their zones to levels.",
        "# The programme: fill the sheets of programme.xlsx, then: renewal-gis plan",
        f'{mark}operations = "programme.xlsx"',
        f'{mark}milestones = "programme.xlsx"',
        "",
        "# Old codes of communes that merged: renewal-gis fetch --only commune_events, then",
        "# [communes]",
        '# events = "data/v_mvt_commune_2025.csv"',
        "",
        "# The communes, to be put in the two sides of the comparison.",
        *(f"#   {code}  {one}" for code, one in place.communes.items()),
        *([] if not place.neighbours else ["# Their neighbours:"]),
        *(f"#   {code}  {one}" for code, one in place.neighbours.items()),
        "# [sectors]",
        f'# date = "{place.date or "2026-01-01"}"',
        "# corridor = []",
        "# south = []",
        "",
        "# Timetables: download the feed of your network from https://transport.data.gouv.fr, read its",
        "# licence there, and say the day. The timetable’s date is printed wherever a transit number is.",
        "# [transit]",
        '# feeds = [{ path = "data/gtfs.zip", licence = "…", attribution = "…" }]',
        "# date = 2026-03-10",
        "",
    ]
    return "\n".join(lines)


def _covers(one: Endpoint, place: Place) -> bool:
    return any(code.startswith(one.departments) for code in place.communes)


def _layer(one: Endpoint, place: Place) -> str:
    source = one.source or _ALSO[one.id][1]
    parts = [f'path = "data/{one.file}"', f'source = "{source}"']
    if one.table == "communes":
        parts.append(f'keep = {{ codes_siren_des_epci = ["{place.epci}"] }}')
    if one.table == "backdrop":
        parts.append(f'layer = "{one.layer.rpartition(":")[2]}"')
    if one.vintage:
        parts.append(f'vintage = "{one.vintage}"')
    parts += [f'licence = "{one.licence}"', f'attribution = "{one.attribution}"']
    return f"{{ {', '.join(parts)} }}"


def _quoted(text: str) -> str:
    """Return a text as TOML writes it; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)


def empty_sites(path: Path, *, crs: str) -> None:
    """Write an empty GeoPackage with the declared columns of the sites, to be drawn in QGIS."""
    declared = table("sites")
    columns = {"id": pd.Series(dtype="object")} | {
        one.name: pd.Series(dtype=_KINDS[one.kind]) for one in declared.columns
    }
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=crs))
    import pyogrio

    held = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    # A GeoPackage notes when each layer was changed: the clock would change its bytes.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1980-01-01T00:00:00Z"})
    try:
        with atomic_path(path) as beside, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            beside.unlink()
            pyogrio.write_dataframe(
                frame, beside, layer="sites", driver="GPKG", geometry_type="Polygon"
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": held})


def programme_sheets(path: Path) -> None:
    """Write a workbook with empty sheets for the programme, and the codes its columns take.

    Raises
    ------
    MissingExtraError
        openpyxl is not installed.
    """
    openpyxl = needed("openpyxl", extra="sheets", purpose="Writing a workbook")
    book = openpyxl.Workbook()
    book.active.title = "operations"
    book.create_sheet("milestones")
    codes = book.create_sheet("codes")
    codes.append(["sheet", "column", "code", "english", "français"])
    for name in ("operations", "milestones"):
        for column in table(name).columns:
            for code, (english, french) in column.codes.items():
                codes.append([name, column.name, code, english, french])
    book.save(path)
