"""The codes a column may hold, with their labels in English and French."""

from __future__ import annotations

__all__ = [
    "CONDITIONS",
    "COURSES",
    "DESTINATIONS",
    "FAMILIES",
    "FATES",
    "HAZARDS",
    "LEVELS",
    "METHODS",
    "MODES",
    "PRODUCTS",
    "QUALITIES",
    "SECTORS",
    "STEPS",
    "TENURES",
    "Codes",
]

Codes = dict[str, tuple[str, str]]

SECTORS: Codes = {
    "corridor": ("Mining corridor", "Corridor minier"),
    "south": ("Southern communes", "Communes du sud"),
    "other": ("Rest of the territory", "Reste du territoire"),
}
TENURES: Codes = {
    "social": ("Social rental", "Locatif social"),
    "mining": ("Mining estate", "Parc minier"),
    "private_rental": ("Private rental", "Locatif privé"),
    "owner": ("Owner-occupied", "Propriétaire occupant"),
}
CONDITIONS: Codes = {
    "sound": ("Sound", "Bon état"),
    "degraded": ("Degraded", "Dégradé"),
    "insalubrious": ("Insalubrious", "Insalubre"),
}
FATES: Codes = {
    "keep": ("Kept", "Conservé"),
    "rehabilitate": ("Rehabilitated", "Réhabilité"),
    "demolish": ("Demolished", "Démoli"),
}
METHODS: Codes = {
    "counted": ("Counted by the source", "Compté par la source"),
    "estimated": ("Estimated from footprint and storeys", "Estimé par l’emprise et les étages"),
    "cell": ("Counted by 200 m cell", "Compté par carreau de 200 m"),
}
QUALITIES: Codes = {
    "surveyed": ("Surveyed outline", "Contour levé"),
    "schematic": ("Schematic outline", "Contour schématique"),
}
LEVELS: Codes = {
    "veto": ("Veto", "Veto"),
    "derogation": ("Needs a derogation", "Dérogation nécessaire"),
    "information": ("For information", "Pour information"),
}
HAZARDS: Codes = {
    "mining": ("Mine workings", "Aléa minier"),
    "flood": ("Flood", "Inondation"),
    "heritage": ("Heritage", "Patrimoine"),
    "QPV": ("Priority neighbourhood (QPV)", "Quartier prioritaire (QPV)"),
    "noise": ("Noise", "Bruit"),
    "pollution": ("Pollution", "Pollution"),
    "other": ("Other", "Autre"),
}
# Named destinations whose travel times people ask for; a study may have any of them.
DESTINATIONS: Codes = {
    "hospital": ("Hospital", "Hôpital"),
    "station": ("Railway station", "Gare"),
    "university": ("University", "Université"),
    "employment": ("Employment zone", "Zone d’emploi"),
    "centre": ("Town centre", "Centre-ville"),
    "administration": ("Public administration", "Administration"),
}
COURSES: Codes = {
    "published": ("As published", "Tel que publié"),
    "partly": ("Published in part", "Publié en partie"),
    "straight": ("Straight from stop to stop", "Droit d’un arrêt à l’autre"),
}
MODES: Codes = {
    "tram": ("Tram", "Tram"),
    "metro": ("Metro", "Métro"),
    "rail": ("Train", "Train"),
    "bus": ("Bus", "Bus"),
    "on_demand": ("On demand", "À la demande"),
    "other": ("Other", "Autre"),
}
# The first four families are quoted from the PNRU’s documents; the others are not verified.
FAMILIES: Codes = {
    "01": ("Demolition of social dwellings", "Démolition de logements sociaux"),
    "02": ("Production of social dwellings", "Production de logements sociaux"),
    "03": ("Change of use of social dwellings", "Changement d’usage de logements sociaux"),
    "04": ("Requalification", "Requalification"),
    "05": ("Residentialisation", "Résidentialisation"),
    "06": ("Service quality", "Amélioration de la qualité de service"),
    "07": ("Degraded private housing", "Intervention sur l’habitat privé dégradé"),
    "08": ("Public space", "Aménagement et espaces publics"),
    "09": ("Public facilities", "Équipements et locaux associatifs"),
    "10": ("Commercial space", "Espaces commerciaux et artisanaux"),
    "11": ("Engineering and project management", "Ingénierie et conduite de projet"),
    "12": ("Unfit private housing", "Intervention sur l’habitat privé indigne"),
}
PRODUCTS: Codes = {
    "plai": ("PLAI", "PLAI"),
    "plus": ("PLUS", "PLUS"),
    "pls": ("PLS", "PLS"),
    "intermediate": ("Intermediate rental", "Locatif intermédiaire"),
    "free": ("Free-market", "Libre"),
}
STEPS: Codes = {
    "decided": ("Decided", "Décidé"),
    "engaged": ("Engaged", "Engagé"),
    "rehoused": ("Households rehoused", "Ménages relogés"),
    "permit": ("Permit", "Permis"),
    "works_ordered": ("Works ordered", "Ordre de service"),
    "demolished": ("Demolished", "Démoli"),
    "delivered": ("Delivered", "Livré"),
    "closed": ("Closed", "Soldé"),
}
