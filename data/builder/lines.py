"""The public transport lines: where they go and how often; headways are plausible, not real."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BUSES", "T1_STOPS", "T2_STOPS", "TRUNK_STOPS", "BusLine", "bands"]

# Names of the tram stations, in order; their places are schematic.
TRUNK_STOPS = (
    "Université", "Mont Houy", "Aulnoy Petit Bruxelles", "Aulnoy Centre", "Marly Vignoble",
    "Marly Briquette", "Nungesser", "Sous-Préfecture", "Hôtel de Ville", "Porte de Tournai",
    "Gare", "Pont Jacob", "Anzin Hôtel de Ville",
)  # fmt: skip
T1_STOPS = (
    "Saint-Waast", "Bellevue", "Dutemple", "Chemin Vert", "La Sentinelle Mairie",
    "La Sentinelle Ouest", "Hérin Est", "Hérin Mairie", "Hérin Fosse", "Taffin", "Solange Tonini",
    "Denain Turenne", "Denain Jaurès", "Denain Villars", "Espace Villars",
)  # fmt: skip
T2_STOPS = (
    "Parc Lebret", "Carpeaux", "Les Agglomérés", "Bruay Écluse", "Bruay Place", "Bruay Mairie",
    "Bruay Nord", "Thiers", "Escautpont Sud", "Escautpont Mairie", "Brunehaut", "Fresnes Verrerie",
    "Fresnes Mairie", "Soult", "Pont du Jard", "Condé Place Verte", "La Chaussée", "Le Rieu",
    "Vieux-Condé Mairie", "Le Boulon",
)  # fmt: skip


@dataclass(frozen=True)
class BusLine:
    """A bus line: route number, name, what it goes through, minutes between buses.

    Headways are (peak, off-peak, school holidays, Saturday, Sunday); zero means no service.
    """

    number: str
    name: str
    via: tuple[str | tuple[float, float], ...]
    headways: tuple[int, int, int, int, int]
    feeds: tuple[str, ...] = ("2009", "today")


_BUS = "59606"
BUSES: tuple[BusLine, ...] = (
    BusLine("1", "Valenciennes – Onnaing – Quiévrechain",
            ((736.97, 29.62), _BUS, "59544", "59447", "59479", "59484"), (15, 20, 20, 30, 60)),
    BusLine("2", "Valenciennes – Anzin – Beuvrages – Bruay",
            (_BUS, "59014", (736.0, 30.62), "59079", (736.6, 32.5), "59112"), (12, 20, 20, 25, 60)),
    BusLine("3", "Valenciennes – Petite-Forêt – Aubry-du-Hainaut",
            (_BUS, "59014", "59459", "59027"), (20, 30, 30, 40, 90)),
    BusLine("4", "Valenciennes – Marly – Saultain",
            ((736.97, 29.62), _BUS, "59383", (739.45, 28.45), "59557"), (20, 30, 30, 40, 120)),
    BusLine("5", "Chasse Royale – Valenciennes – Saint-Saulve – Bruay",
            ((736.7, 28.0), _BUS, (737.95, 29.95), "59544", "59112"), (15, 20, 20, 30, 60)),
    BusLine("6", "Valenciennes – Aulnoy – Famars",
            (_BUS, "59032", (738.35, 26.4), "59221"), (30, 60, 60, 60, 0)),
    BusLine("12", "Condé – Vieux-Condé – Hergnies",
            ("59153", (742.6, 40.3), "59616", "59301"), (30, 60, 60, 60, 0)),
    BusLine("13", "Fresnes – Odomez – Vieux-Condé",
            ("59253", (740.5, 37.7), "59444", "59616"), (60, 120, 120, 180, 0)),
    BusLine("14", "Condé – Saint-Aybert – Crespin – Quiévrechain",
            ("59153", "59591", "59530", "59160", "59484"), (45, 90, 90, 120, 0)),
    BusLine("15", "Valenciennes – Maing – Prouvy – Rouvignies",
            (_BUS, (737.3, 27.6), "59369", "59475", "59515"), (60, 120, 120, 180, 0)),
    BusLine("16", "Marly – Estreux – Sebourg",
            ("59383", "59215", (743.9, 28.8), "59559"), (60, 120, 120, 0, 0)),
    BusLine("17", "Bruay – Escautpont – Fresnes (rives)",
            ("59112", (738.95, 34.8), "59207", (739.5, 36.85), "59253", (741.5, 36.9)),
            (40, 60, 60, 60, 0)),
    BusLine("30", "Valenciennes – Bruay – Condé – Vieux-Condé",
            (_BUS, "59112", "59207", "59253", "59153", "59616", (740.3, 41.3)),
            (20, 30, 30, 30, 60), ("2009",)),
)  # fmt: skip

Bands = list[tuple[int, int, float]]


def bands(service: str, headways: tuple[int, int, int, int, int], *, late: bool) -> Bands:
    """Return (from, until, headway), in minutes after midnight, of a kind of day."""
    peak, off, holiday, saturday, sunday = headways
    end = 24 * 60 if late else 20 * 60 + 30
    first = 5 * 60 if late else 6 * 60
    evening = 21 * 60 if late else end
    night: Bands = [(evening, end, 20)] if late else []
    if service == "SCO":
        day = [(first, 390, off), (390, 540, peak), (540, 960, off), (960, 1110, peak)]
        return [*day, (1110, evening, off), *night]
    if service == "VAC":
        return [(first, evening, holiday), *night]
    if service == "SAM":
        return [(first, evening, saturday), *night]
    return [(420 if late else 510, 1320 if late else 1170, sunday)]
