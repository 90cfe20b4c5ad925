"""The tables of a run as a workbook names them, in both languages."""

from __future__ import annotations

from typing import Final

import pandas as pd

from renewal_gis.publishing.pack.content import PackTable

__all__ = ["named_tables"]

# Tables in the order a reader looks for them; those not named here follow, under their own name.
_NAMES: Final[dict[str, tuple[str, str]]] = {
    "sites": ("Sites", "Sites"),
    "breakdown": ("Score by criterion", "Note par critère"),
    "subtotals": ("Score by group", "Note par groupe"),
    "two_axes": ("Access and constraint", "Accès et contrainte"),
    "constraints_on_sites": ("Constraints on the sites", "Contraintes sur les sites"),
    "percentiles": ("Sites among all dwellings", "Sites parmi les logements"),
    "robustness": ("How well ranks hold", "Solidité des rangs"),
    "rank_acceptability": ("Ranks under all weightings", "Rangs selon les pondérations"),
    "central_weights": ("Weights that favour a site", "Poids favorables à un site"),
    "pairwise_wins": ("Site against site", "Site contre site"),
    "weight_intervals": ("Weights within which it holds", "Poids sans changement"),
    "anchor_changes": ("Other anchors", "Autres bornes"),
    "leave_one_out": ("Without each criterion", "Sans chaque critère"),
    "second_opinions": ("Second opinions", "Seconds avis"),
    "agreement": ("Agreement of opinions", "Accord des avis"),
    "comparison": ("Sectors compared", "Secteurs comparés"),
    "distribution": ("Dwellings by class", "Logements par classe"),
    "territory": ("Sectors and communes", "Secteurs et communes"),
    "access_bands": ("Access bands", "Tranches d’accès"),
    "within_reach": ("Within reach", "À portée"),
    "transit_classes": ("Classes of transit", "Classes de desserte"),
    "effects": ("Effects", "Effets"),
    "inequality": ("Inequality", "Inégalités"),
    "inventory": ("Inventory", "Inventaire"),
    "programme": ("Programme", "Programme"),
    "programme_progress": ("State of progress", "État d’avancement"),
    "programme_totals": ("Programme, every cut", "Programme, détail"),
    "programme_one_for_one": ("One for one", "Un pour un"),
    "programme_gap": ("Gap over time", "Écart dans le temps"),
    "programme_flows": ("Flows", "Flux"),
    "programme_origins": ("What each perimeter loses", "Ce que perd chaque périmètre"),
    "programme_reconciliation": ("Totals that agree", "Totaux qui concordent"),
    "programme_rules": ("Rules", "Règles"),
    "programme_alerts": ("Alerts", "Alertes"),
    "programme_calendar": ("Calendar", "Calendrier"),
    "programme_critical_paths": ("Critical paths", "Chemins critiques"),
    "programme_deadlines": ("Deadlines", "Échéances"),
    "programme_stock_balance": ("Stock of dwellings", "Stock de logements"),
    "scenarios": ("Scenarios", "Scénarios"),
    "scenario_access": ("Scenarios, access", "Scénarios, accès"),
    "scenario_rehousing": ("Scenarios, rehousing", "Scénarios, relogement"),
    "scenario_exposure": ("Scenarios, exposure", "Scénarios, exposition"),
    "scenario_social_housing": ("Scenarios, social housing", "Scénarios, logement social"),
    "scenario_capacity": ("Scenarios, capacity", "Scénarios, capacités"),
    "scenario_differences": ("Scenarios, differences", "Scénarios, différences"),
    "transit_changes": ("Transit then and now", "Transport avant et après"),
    "calendar": ("Days of the timetable", "Jours de l’horaire"),
    "stop_facts": ("Stops", "Arrêts"),
    "operations": ("Operations", "Opérations"),
    "milestones": ("Milestones", "Jalons"),
}


def named_tables(tables: dict[str, pd.DataFrame]) -> list[PackTable]:
    """Return the tables under the names a workbook gives them, the known ones in their order.

    Examples
    --------
    >>> held = named_tables({"other": pd.DataFrame({"a": [1]}), "sites": pd.DataFrame({"b": [1]})})
    >>> [table.fr for table in held]
    ['Sites', 'other']
    """
    order = [name for name in _NAMES if name in tables]
    order += [name for name in tables if name not in _NAMES]
    return [
        PackTable(
            name=name,
            en=_NAMES.get(name, (name, name))[0],
            fr=_NAMES.get(name, (name, name))[1],
            frame=tables[name],
        )
        for name in order
    ]
