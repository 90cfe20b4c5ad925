"""INSEE's types of proximity: the other grouping of services, that nobody here has chosen."""

from __future__ import annotations

from dataclasses import dataclass

from renewal_gis.schema.basket import BASKET

__all__ = ["PROXIMITY", "PROXIMITY_SOURCE", "SERVICE_GROUPS", "InseeType"]


@dataclass(frozen=True, kw_only=True)
class InseeType:
    """One of INSEE's types of proximity, or a group of types counted as one.

    Parameters
    ----------
    id
        Group of services, and the criterion it is measured on (`walk_min:<id>`).
    en, fr
        Label.
    bpe
        INSEE BPE type codes (2024 nomenclature and later); matched to the list by this project.
    """

    id: str
    en: str
    fr: str
    bpe: tuple[str, ...]


def _type(id: str, en: str, fr: str, bpe: str) -> InseeType:
    return InseeType(id=id, en=en, fr=fr, bpe=tuple(bpe.split()))


# INSEE, BPE 2025, "gamme de proximité": 26 types or groups of types. An `id` of the basket stands where the
# basket counts the very same types; the others are groups of services of their own.
PROXIMITY_SOURCE = "INSEE, BPE 2025, gamme de proximité (BPE_gammes_equipements_2025.xlsx)"
PROXIMITY: tuple[InseeType, ...] = (
    _type("boulangerie", "Bakery", "Boulangerie", "B207"),
    _type("epicerie", "Convenience store or grocer", "Supérette ou épicerie", "B201 B202"),
    _type("ecole", "Primary school", "École", "C107 C108 C109"),
    _type("generaliste", "General practitioner", "Médecin généraliste", "D265"),
    _type("pharmacie", "Pharmacy", "Pharmacie", "D307"),
    _type("infirmier", "Nurse", "Infirmier", "D281"),
    _type("kinesitherapeute", "Physiotherapist", "Masseur-kinésithérapeute", "D279"),
    _type("coiffure", "Hairdresser", "Coiffure", "A501"),
    _type("restaurant", "Restaurant", "Restaurant, restauration rapide", "A504"),
    _type("poste", "Post office", "Poste", "A206 A207 A208"),
    _type("bibliotheque", "Library", "Bibliothèque", "F307"),
    _type("tennis", "Tennis court", "Tennis", "F103"),
    _type("boulodrome", "Boules ground", "Boulodrome", "F102"),
    _type("grands_jeux", "Playing field", "Terrain de grands jeux", "F113"),
    _type("plateau", "Outdoor court or gymnasium", "Plateau extérieur ou gymnase", "F111 F121"),
    _type("immobilier", "Estate agent", "Agence immobilière", "A505"),
    _type("beaute", "Beauty salon", "Institut de beauté", "A507"),
    _type("recharge", "Electric charging station", "Station de recharge électrique", "B326"),
    _type("taxi", "Taxi", "Taxi, VTC", "E101"),
    _type("loisirs", "Children’s leisure centre", "Accueil de loisirs", "D505"),
    _type("macon", "Mason", "Maçon", "A401"),
    _type("platrier", "Plasterer, painter", "Plâtrier, peintre", "A402"),
    _type("menuisier", "Joiner", "Menuisier, charpentier, serrurier", "A403"),
    _type("plombier", "Plumber", "Plombier, couvreur, chauffagiste", "A404"),
    _type("electricien", "Electrician", "Électricien", "A405"),
    _type("automobile", "Car repair", "Réparation automobile", "A301"),
)

# Every group a service may be of: those of the basket, then those only INSEE counts.
_BASKET = {group.id: (group.en, group.fr) for group in BASKET}
SERVICE_GROUPS: dict[str, tuple[str, str]] = {
    **_BASKET,
    **{held.id: (held.en, held.fr) for held in PROXIMITY if held.id not in _BASKET},
}
