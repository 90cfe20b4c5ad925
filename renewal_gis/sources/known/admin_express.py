"""ADMIN EXPRESS: IGN's outlines of the communes; also what geo.api.gouv.fr answers."""

from __future__ import annotations

from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.layers_of import read_shapes
from renewal_gis.sources.known.rows import Place, numbers
from renewal_gis.sources.known.stock import aside
from renewal_gis.sources.postgis_cutting import listing
from renewal_gis.sources.text import as_text

__all__ = ["ADMIN_EXPRESS"]

_FIELDS = (
    Field(name="code_insee", en="INSEE code", needed=True, also=("INSEE_COM", "code", "insee")),
    Field(name="nom_officiel", en="Name", needed=True, also=("NOM", "nom", "NOM_COM")),
    Field(name="population", en="Residents", kind="number", also=("POPUL",)),
    Field(name="codes_siren_des_epci", en="EPCI (SIREN), several with a stroke between",
          also=("code_siren_de_l_epci", "SIREN_EPCI", "CODE_EPCI", "codeEpci", "epci_siren")),
)  # fmt: skip


def _read(asked: Asked) -> Given:
    """Read communes; `keep` on the EPCI takes one territory out of France."""
    wanted = [
        value
        for name, values in asked.keep.items()
        if name.casefold() in _epci_names()
        for value in values
    ]
    # Without communes there is no area yet: a server is asked for those of the EPCI.
    cut = listing((_FIELDS[-1].name, *_FIELDS[-1].also), wanted)
    frame, findings = read_shapes(asked, _FIELDS, "commune", cut=cut)
    place = Place(asked)
    if "codes_siren_des_epci" in frame:
        epci = as_text(frame["codes_siren_des_epci"]).map(lambda text: _one_of(text, wanted))
        frame = frame.assign(epci=epci, codes_siren_des_epci=epci)
        if wanted:
            told = f"communes are not of the EPCI {', '.join(wanted)}"
            frame = aside(frame, epci.isin(wanted), "other-epci", findings, asked, told)
            if not len(frame):
                raise place.refusal(
                    f"no commune is of the EPCI {', '.join(wanted)}. Check its SIREN and the year of "
                    "the file: EPCI merge."
                )
    frame = frame.assign(id=as_text(frame["code_insee"]), name=as_text(frame["nom_officiel"]))
    if "population" in frame:
        frame = frame.assign(population=numbers(frame["population"]))
    return Given(frame=frame, findings=tuple(findings))


def _one_of(text: str | None, wanted: list[str]) -> str | None:
    """Return the EPCI asked for, else the first: communes of Greater Paris list two."""
    if text is None or text == "NR":
        return None
    codes = [one.strip() for one in text.split("/")]
    return next((one for one in codes if one in wanted), codes[0])


def _epci_names() -> set[str]:
    field = _FIELDS[-1]
    return {name.casefold() for name in (field.name, *field.also)}


ADMIN_EXPRESS = KnownSource(
    name="admin_express",
    title="ADMIN EXPRESS COG",
    producer="IGN",
    page="https://geoservices.ign.fr/adminexpress",
    licence="Licence Ouverte 2.0",
    attribution="IGN – ADMIN EXPRESS {vintage}",
    tables=("communes",),
    columns=_FIELDS,
    read=_read,
)
