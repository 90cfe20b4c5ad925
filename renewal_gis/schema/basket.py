"""The service basket: the groups of services a rehoused family needs on foot.

The default "panier relogement" is a proposal of this project, to be argued with users; it is not an
official list. BPE codes follow INSEE’s nomenclature of 2024 and later.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BASKET", "BasketGroup", "group"]


@dataclass(frozen=True, kw_only=True)
class BasketGroup:
    """One group of the basket.

    Parameters
    ----------
    id
        Code used in the `services` table and in measure names (`walk_min:ecole`).
    en, fr
        Label.
    bpe
        INSEE BPE type codes (2024 nomenclature) that belong to the group.
    osm
        OpenStreetMap `key=value` tags that belong to the group.
    best_min, worst_min
        Walking minutes worth 100 and 0 points; a starting point to argue, not a norm.
    """

    id: str
    en: str
    fr: str
    bpe: tuple[str, ...]
    osm: tuple[str, ...]
    best_min: float
    worst_min: float


def _group(
    id: str, en: str, fr: str, bpe: str, osm: str, best_min: float, worst_min: float
) -> BasketGroup:
    return BasketGroup(
        id=id,
        en=en,
        fr=fr,
        bpe=tuple(bpe.split()),
        osm=tuple(osm.split()),
        best_min=best_min,
        worst_min=worst_min,
    )


# fmt: off
BASKET: tuple[BasketGroup, ...] = (
    _group("ecole", "Primary school", "École", "C107 C108 C109", "amenity=school", 5, 20),
    _group("college", "Lower secondary school", "Collège", "C201", "", 10, 30),
    _group("creche", "Nursery", "Crèche", "D502", "amenity=kindergarten amenity=childcare", 10, 30),
    _group("loisirs", "Children’s leisure centre", "Accueil de loisirs", "D505", "", 10, 30),
    _group("medecin", "General practitioner", "Médecin généraliste", "D265 D113 D108",
           "amenity=doctors healthcare=doctor amenity=clinic", 10, 30),
    _group("pharmacie", "Pharmacy", "Pharmacie", "D307", "amenity=pharmacy", 10, 30),
    _group("courses", "Food shop", "Courses alimentaires", "B104 B105 B201 B202",
           "shop=supermarket shop=convenience", 5, 20),
    _group("boulangerie", "Bakery", "Boulangerie", "B207", "shop=bakery", 5, 20),
    _group("poste", "Post office", "Poste", "A206 A207 A208", "amenity=post_office", 10, 30),
    _group("mairie", "Town hall or France Services", "Mairie ou France Services", "A129 A128",
           "amenity=townhall", 10, 30),
    _group("banque", "Bank", "Banque", "A203", "amenity=bank", 10, 30),
    _group("bibliotheque", "Library", "Bibliothèque", "F307", "amenity=library", 10, 30),
    _group("sport", "Sports ground", "Équipement sportif", "F111 F113 F121",
           "leisure=sports_centre leisure=pitch leisure=sports_hall", 5, 20),
    _group("social", "Community centre", "Centre social", "D506",
           "amenity=community_centre amenity=social_centre", 10, 30),
    _group("gare", "Railway station", "Gare", "E107 E108 E109",
           "railway=station railway=halt", 10, 30),
)
# fmt: on

_BY_ID = {group.id: group for group in BASKET}


def group(id: str) -> BasketGroup:
    """Return the basket group with this id.

    Raises
    ------
    KeyError
        When no group has this id.

    Examples
    --------
    >>> group("ecole").fr
    'École'
    """
    return _BY_ID[id]
