"""Known sources: French open data read as it is published, one small module each."""

from __future__ import annotations

from renewal_gis.sources.known.admin_express import ADMIN_EXPRESS
from renewal_gis.sources.known.bdnb import BDNB
from renewal_gis.sources.known.bdtopo import BDTOPO
from renewal_gis.sources.known.bpe import BPE
from renewal_gis.sources.known.bpe_codes import (
    CROSSWALK,
    crosswalk_differences,
    modern,
    nomenclatures_of,
    read_crosswalk,
)
from renewal_gis.sources.known.bpe_ranges import proximity_differences, read_ranges
from renewal_gis.sources.known.cadastre import CADASTRE
from renewal_gis.sources.known.cartofriches import CARTOFRICHES
from renewal_gis.sources.known.commune_events import read_commune_events
from renewal_gis.sources.known.completing import completed_stock
from renewal_gis.sources.known.declaring import Asked, Field, Given, KnownSource
from renewal_gis.sources.known.dwellings import Estimate, estimated_dwellings, settled_dwellings
from renewal_gis.sources.known.filosofi import FILOSOFI, inspire_squares, read_filosofi
from renewal_gis.sources.known.georisques import GEORISQUES, read_commune_risks
from renewal_gis.sources.known.joining import with_estates, with_social_dwellings
from renewal_gis.sources.known.qpv import QPV
from renewal_gis.sources.known.rpls import RPLS
from renewal_gis.sources.known.sitadel import SITADEL, parcel_key, read_permits

__all__ = [
    "CROSSWALK",
    "KNOWN",
    "Asked",
    "Estimate",
    "Field",
    "Given",
    "KnownSource",
    "completed_stock",
    "crosswalk_differences",
    "estimated_dwellings",
    "inspire_squares",
    "modern",
    "nomenclatures_of",
    "parcel_key",
    "proximity_differences",
    "read_commune_events",
    "read_commune_risks",
    "read_crosswalk",
    "read_filosofi",
    "read_permits",
    "read_ranges",
    "settled_dwellings",
    "with_estates",
    "with_social_dwellings",
]

KNOWN: dict[str, KnownSource] = {
    one.name: one
    for one in (
        BPE, RPLS, BDNB, BDTOPO, CADASTRE, ADMIN_EXPRESS, QPV, FILOSOFI, SITADEL, CARTOFRICHES,
        GEORISQUES,
    )
}  # fmt: skip
