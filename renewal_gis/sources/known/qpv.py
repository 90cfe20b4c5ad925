"""QPV: priority neighbourhoods, of 2015 or of 2024, as constraints or as perimeters."""

from __future__ import annotations

from renewal_gis.sources.archives import guarded
from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.layers_of import read_shapes
from renewal_gis.sources.known.rows import Place, there, within_study
from renewal_gis.sources.text import as_text

__all__ = ["QPV"]

_FIELDS = (
    Field(name="code_qp", en="Code", needed=True, also=("CODE_QP", "code_qpv")),
    Field(name="lib_qp", en="Name", needed=True, also=("NOM_QP", "nom_qp", "lib_qpv")),
    Field(name="lib_com", en="Communes", also=("COMMUNE_QP", "commune_qp", "nom_com")),
    Field(name="insee_com", en="Communes (INSEE codes)", also=("code_com",)),
)
# First letters of the codes, each generation its own.
_GENERATIONS = {"QN": "2024", "QP": "2015"}


def _read(asked: Asked) -> Given:
    """Read the neighbourhoods; two generations in one file are refused."""
    place = Place(asked)
    member = ""
    if there(asked).suffix.lower() == ".zip":
        # The zip of 2024 holds the same outlines as GeoJSON and as shapefiles.
        names = [one.filename.lower() for one in guarded(asked.path, layer=asked.table)]
        member = ".geojson" if any(name.endswith(".geojson") for name in names) else ".shp"
    frame, findings = read_shapes(asked, _FIELDS, "qpvs", member=member)
    codes = as_text(frame["code_qp"])
    starts = sorted({str(code)[:2].upper() for code in codes.dropna()})
    unknown = [start for start in starts if start not in _GENERATIONS]
    if unknown:
        raise place.refusal(
            f"codes start with {unknown[0]!r}; QPV of 2024 start with QN, those of 2015 with QP. "
            "Read another zoning as an ordinary file, with constants."
        )
    if len(starts) > 1:
        raise place.refusal(
            "the file mixes QPV of 2015 and of 2024: a rule looks at one of them, that of the date of "
            "the convention. Split it."
        )
    year = _GENERATIONS[starts[0]] if starts else ""
    frame = within_study(frame, asked, findings)
    frame = frame.assign(
        id=as_text(frame["code_qp"]), name=as_text(frame["lib_qp"]),
        geometry_quality="surveyed", vintage=f"QPV {year}".strip(),
    )  # fmt: skip
    if asked.table == "perimeters":
        frame = frame.assign(programme="QPV")
    else:
        # Rebuilding in a QPV needs a derogation under the NPNRU; nothing forbids it outright.
        frame = frame.assign(kind="QPV", level="derogation", source="ANCT")
    return Given(frame=frame, findings=tuple(findings), vintage=year)


QPV = KnownSource(
    name="qpv",
    title="Quartiers prioritaires de la politique de la ville",
    producer="ANCT",
    page="https://www.data.gouv.fr/datasets/quartiers-prioritaires-de-la-politique-de-la-ville-qpv",
    licence="Licence Ouverte 2.0",
    attribution="ANCT – QPV {vintage}",
    tables=("constraints", "perimeters"),
    columns=_FIELDS,
    read=_read,
)
