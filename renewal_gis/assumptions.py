"""Every planning constant: value, unit, meaning, source and date.

A constant whose source was not read is marked `verified=False`, and every page that prints it says so.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ASSUMPTIONS", "Assumption", "assumption"]


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """One constant the results rest on.

    Parameters
    ----------
    name
        Stable name.
    value, unit
        Value and its unit.
    en, fr
        Meaning.
    source
        Where the value comes from.
    date
        Year of the source, or of the decision when the value is this project’s own choice.
    verified
        The passage that gives the value was read.
    """

    name: str
    value: float
    unit: str
    en: str
    fr: str
    source: str
    date: str
    verified: bool


_OWN = "choice of this project, to be argued with users"

ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption(
        name="walk_speed",
        value=4.8,
        unit="km/h",
        en="Walking speed of an adult on the flat",
        fr="Vitesse de marche d’un adulte sur le plat",
        source="Transport for London, PTAL: 80 m a minute",
        date="2015",
        verified=True,
    ),
    Assumption(
        name="join_limit",
        value=250.0,
        unit="m",
        en="Farthest a point may lie from the street it is joined to",
        fr="Distance maximale d’un point à la rue qui le dessert",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="island_share",
        value=0.02,
        unit="share of the network’s length",
        en="Smallest connected part of the street network that points are joined to",
        fr="Plus petite partie connexe du réseau à laquelle un point est rattaché",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="near_threshold",
        value=10.0,
        unit="min",
        en="A short walk",
        fr="Une courte marche",
        source="800 m at 80 m a minute; LEED v4 Access to Quality Transit uses 800 m for rail",
        date="2013",
        verified=True,
    ),
    Assumption(
        name="quarter_hour",
        value=15.0,
        unit="min",
        en="The quarter-hour city",
        fr="La ville du quart d’heure",
        source="no official French metric was found; usual form in the literature",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="far_threshold",
        value=20.0,
        unit="min",
        en="A long walk",
        fr="Une longue marche",
        source="no official French metric was found; usual form in the literature",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="child_speed",
        value=3.6,
        unit="km/h",
        en="Walking speed of a child",
        fr="Vitesse de marche d’un enfant",
        source="professional use, 3 to 3.6 km/h; no source read",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="older_speed",
        value=3.0,
        unit="km/h",
        en="Walking speed of an older adult",
        fr="Vitesse de marche d’une personne âgée",
        source="professional use, 3 to 3.6 km/h; no source read",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="steps_factor",
        value=2.0,
        unit="times the flat",
        en="Slowness of steps, in the profiles that count them",
        fr="Lenteur des marches, dans les profils qui en tiennent compte",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="crossing_wait",
        value=10.0,
        unit="s",
        en="Wait at a road crossing, in the profiles that count it",
        fr="Attente à une traversée, dans les profils qui en tiennent compte",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="slope_decay",
        value=3.5,
        unit="per unit of slope",
        en="Decay of Tobler’s walking speed with slope",
        fr="Décroissance de la vitesse de Tobler avec la pente",
        source="Tobler (1993), Three presentations on geographical analysis and modeling",
        date="1993",
        verified=False,
    ),
    Assumption(
        name="slope_ease",
        value=0.05,
        unit="m per m",
        en="Descent at which walking is fastest, Tobler’s function",
        fr="Descente où la marche est la plus rapide, fonction de Tobler",
        source="Tobler (1993), Three presentations on geographical analysis and modeling",
        date="1993",
        verified=False,
    ),
    Assumption(
        name="slope_limit",
        value=0.4,
        unit="m per m",
        en="Steepest slope believed; steeper ones are errors of the elevation grid",
        fr="Pente maximale retenue ; au-delà, la grille d’altitude se trompe",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="isochrone_width",
        value=25.0,
        unit="m",
        en="Width drawn on each side of a reached street",
        fr="Largeur dessinée de chaque côté d’une rue atteinte",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="isochrone_hole",
        value=10000.0,
        unit="m²",
        en="Holes of an isochrone smaller than this are filled",
        fr="Les trous d’une isochrone plus petits sont comblés",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="street_margin",
        value=2000.0,
        unit="m",
        en="Streets kept beyond the study area, so that its border cuts nobody’s way",
        fr="Rues gardées au-delà du territoire, pour que sa limite ne coupe aucun chemin",
        source="a 20-minute walk and a fifth more, rounded",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="smaa_draws",
        value=10_000.0,
        unit="weightings",
        en="Weightings drawn to test a ranking",
        fr="Pondérations tirées pour éprouver un classement",
        source=_OWN + "; a share is then known within 1 point, 19 times out of 20",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="anchor_change",
        value=0.25,
        unit="share of the span",
        en="How much the span between anchors is widened and narrowed to test a ranking",
        fr="Élargissement et resserrement des bornes pour éprouver un classement",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="promethee_indifference",
        value=5.0,
        unit="points",
        en="Gap in points below which PROMETHEE prefers neither site",
        fr="Écart de points en deçà duquel PROMETHEE ne préfère aucun site",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="promethee_preference",
        value=25.0,
        unit="points",
        en="Gap in points from which PROMETHEE prefers a site fully",
        fr="Écart de points à partir duquel PROMETHEE préfère pleinement un site",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="beds_per_dwelling",
        value=1.0,
        unit="beds",
        en="Hostel beds that count as one dwelling, in the definition of one-for-one that counts beds",
        fr="Lits de foyer qui comptent pour un logement, dans la définition qui compte les lits",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="small_count",
        value=11.0,
        unit="households",
        en="Smallest count of households that is published",
        fr="Plus petit nombre de ménages publié",
        source="professional use in France for household counts; no source read",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="transit_walk",
        value=20.0,
        unit="min",
        en="Longest walk to the first stop, from the last one, or all the way",
        fr="Marche maximale jusqu’au premier arrêt, depuis le dernier, ou sur tout le trajet",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="transfer_walk",
        value=1_000.0,
        unit="m",
        en="Longest walk between two stops in a transfer",
        fr="Marche maximale entre deux arrêts lors d’une correspondance",
        source="conveyal/r5, TransferFinder: 1 000 m along the streets",
        date="2026",
        verified=True,
    ),
    Assumption(
        name="transit_rides",
        value=4.0,
        unit="vehicles",
        en="Vehicles boarded at most in one journey",
        fr="Nombre maximal de véhicules empruntés dans un trajet",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="boarding_slack",
        value=60.0,
        unit="s",
        en="Time a rider is at the stop before boarding",
        fr="Avance du voyageur à l’arrêt avant de monter",
        source="conveyal/r5, MINIMUM_BOARD_WAIT_SEC",
        date="2026",
        verified=True,
    ),
    Assumption(
        name="transit_longest",
        value=120.0,
        unit="min",
        en="Longest journey by transit that is counted",
        fr="Durée maximale d’un trajet en transport compté",
        source="conveyal/r5 and ipeaGIT/r5r, max_trip_duration",
        date="2026",
        verified=True,
    ),
    Assumption(
        name="bootstrap_draws",
        value=1000.0,
        unit="draws",
        en="Draws of a bootstrap interval",
        fr="Tirages d’un intervalle par rééchantillonnage",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="clusters_least",
        value=5.0,
        unit="communes in a sector",
        en="With fewer, buildings are drawn instead of communes",
        fr="En deçà, les tirages portent sur les bâtiments et non sur les communes",
        source="Cameron, Gelbach and Miller (2008): few clusters are five to thirty",
        date="2008",
        verified=True,
    ),
    Assumption(
        name="clusters_enough",
        value=30.0,
        unit="communes in a sector",
        en="With fewer, an interval drawn by commune is told to be too narrow",
        fr="En deçà, un intervalle tiré par commune est dit trop étroit",
        source="Cameron, Gelbach and Miller (2008): few clusters are five to thirty",
        date="2008",
        verified=True,
    ),
    Assumption(
        name="access_line",
        value=50.0,
        unit="points out of 100",
        en="A site with this score or more is well served, in the reading on two axes",
        fr="Un site de ce score ou plus est bien desservi, dans la lecture à deux axes",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="constraint_line",
        value=0.25,
        unit="share of the site’s area",
        en="A site with a larger share under one constraint is constrained, in the reading on two axes",
        fr="Un site dont une plus grande part est sous une contrainte est contraint, sur deux axes",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="morning_peak_start",
        value=7.0,
        unit="h",
        en="Start of the morning peak",
        fr="Début de la pointe du matin",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="morning_peak_end",
        value=9.0,
        unit="h",
        en="End of the morning peak",
        fr="Fin de la pointe du matin",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="evening_peak_start",
        value=16.0,
        unit="h",
        en="Start of the evening peak",
        fr="Début de la pointe du soir",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="evening_peak_end",
        value=19.0,
        unit="h",
        en="End of the evening peak; the evening starts",
        fr="Fin de la pointe du soir ; début de la soirée",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="evening_end",
        value=24.0,
        unit="h",
        en="End of the evening",
        fr="Fin de la soirée",
        source="OeVGK18 technical report: its evening ends at midnight",
        date="2018",
        verified=True,
    ),
    Assumption(
        name="oevgk18_speed",
        value=1.4,
        unit="m/s",
        en="Walking speed of OeVGK18",
        fr="Vitesse de marche d’OeVGK18",
        source="HSR Rapperswil, OeVGK18 technical report, specification.tex",
        date="2018",
        verified=True,
    ),
    Assumption(
        name="rail_node_directions",
        value=6.0,
        unit="stations",
        en="Stations reached by train without a stop from which OeVGK18 counts a rail node",
        fr="Gares atteintes en train sans arrêt à partir desquelles OeVGK18 compte un nœud ferroviaire",
        source="HSR Rapperswil, OeVGK18 technical report, specification.tex",
        date="2018",
        verified=True,
    ),
    Assumption(
        name="leed_walk_bus",
        value=400.0,
        unit="m",
        en="Longest walk to a bus or tram stop that LEED counts",
        fr="Marche la plus longue comptée par LEED jusqu’à un arrêt de bus ou de tram",
        source="US Green Building Council, LEED v4, Access to Quality Transit",
        date="2013",
        verified=True,
    ),
    Assumption(
        name="leed_walk_rail",
        value=800.0,
        unit="m",
        en="Longest walk to a train or metro station that LEED counts",
        fr="Marche la plus longue comptée par LEED jusqu’à une gare ou une station de métro",
        source="US Green Building Council, LEED v4, Access to Quality Transit",
        date="2013",
        verified=True,
    ),
    Assumption(
        name="station_step",
        value=0.75,
        unit="s",
        en="Time of a step of stairs inside a station, where the timetable tells no time",
        fr="Durée d’une marche d’escalier en station, si l’horaire ne donne aucune durée",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="station_way",
        value=30.0,
        unit="s",
        en="Time of a way inside a station of which the timetable tells neither time nor length",
        fr="Durée d’un passage en station dont l’horaire ne dit ni la durée ni la longueur",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="bus_speed",
        value=18.0,
        unit="km/h",
        en="Commercial speed of a bus that does not exist yet, stops included",
        fr="Vitesse commerciale d’un bus qui n’existe pas encore, arrêts compris",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="detour",
        value=1.3,
        unit="times the straight line",
        en="Length of a bus’s way over the straight line between its stops",
        fr="Longueur du trajet d’un bus rapportée à la ligne droite entre ses arrêts",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="plai_share",
        value=0.6,
        unit="share of PLAI + PLUS",
        en="Least share of PLAI among rebuilt social dwellings, NPNRU",
        fr="Part minimale de PLAI dans la reconstitution, NPNRU",
        source="APVF, 3 February 2016, on the conventions of the new programme; by convention: not read",
        date="2016",
        verified=True,
    ),
    Assumption(
        name="social_ceiling",
        value=0.5,
        unit="share of main residences",
        en="Share of social dwellings above which a commune takes no more",
        fr="Part de logements sociaux au-delà de laquelle une commune n’en reçoit plus",
        source="professional use, NPNRU; no source read",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="rehoused_to_demolished",
        value=90,
        unit="days",
        en="Shortest time from the last household rehoused to the demolition",
        fr="Délai minimal entre le dernier relogement et la démolition",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="permit_to_works",
        value=60,
        unit="days",
        en="Shortest time from the permit to the order of works",
        fr="Délai minimal entre le permis et l’ordre de service",
        source="two months of third-party appeal, professional knowledge; no source read",
        date="2026",
        verified=False,
    ),
    Assumption(
        name="works_to_delivery",
        value=365,
        unit="days",
        en="Shortest time from the order of works to the delivery",
        fr="Délai minimal entre l’ordre de service et la livraison",
        source=_OWN,
        date="2026",
        verified=False,
    ),
    Assumption(
        name="layover",
        value=4.0,
        unit="min",
        en="Time a vehicle waits at each end of a line that is tried",
        fr="Temps d’attente d’un véhicule à chaque bout d’une ligne à l’essai",
        source=_OWN,
        date="2026",
        verified=False,
    ),
)

_BY_NAME = {held.name: held for held in ASSUMPTIONS}


def assumption(name: str) -> Assumption:
    """Return the assumption with this name.

    Raises
    ------
    KeyError
        When there is none.

    Examples
    --------
    >>> assumption("walk_speed").value
    4.8
    """
    return _BY_NAME[name]
