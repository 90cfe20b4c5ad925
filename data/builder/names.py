"""Street names that sound right; none is taken from a register."""

from __future__ import annotations

import numpy as np

from builder.network import Edges

__all__ = ["name_streets"]

_TYPES = ("Rue", "Rue", "Rue", "Rue", "Rue", "Avenue", "Allée", "Allée")
_OF = (
    "Jean Jaurès", "Victor Hugo", "Émile Zola", "Pasteur", "Gambetta", "Jules Guesde",
    "Henri Barbusse", "Roger Salengro", "Anatole France", "Louise Michel", "Paul Vaillant",
    "Marie Curie", "Jules Ferry", "Pierre Curie", "Voltaire", "Jean-Jacques Rousseau",
    "Léon Gambetta", "Ferdinand Fabre", "Édouard Vaillant", "Camille Desmoulins", "Watteau",
    "Carpeaux", "Froissart", "Lamartine", "Molière", "Racine", "Ronsard", "Diderot", "Descartes",
    "Jean Moulin", "Léo Lagrange", "Jacques Brel", "Georges Brassens", "Paul Éluard",
    "Jules Verne", "Charles Péguy", "Albert Camus", "Simone Veil", "Rosa Parks", "Ambroise Croizat",
    "Marcel Sembat", "Benoît Malon", "Alfred de Musset", "Arthur Rimbaud", "Paul Verlaine",
    "Colette", "George Sand", "Olympe de Gouges", "Lucie Aubrac", "Germaine Tillion",
)  # fmt: skip
_THINGS = (
    "de l'Église", "du Moulin", "de la Fontaine", "des Écoles", "du Château", "de la Chapelle",
    "du Marais", "des Prés", "de la Verrerie", "du Rivage", "des Mineurs", "de la Fosse",
    "Sainte-Barbe", "du Terril", "des Houilleurs", "de la Paix", "de la Liberté", "du 8 Mai 1945",
    "du 11 Novembre", "de la République", "des Tilleuls", "des Peupliers", "des Acacias",
    "des Lilas", "des Roses", "du Calvaire", "de la Couture", "des Hirondelles", "du Stade",
    "de l'Abbaye", "des Bleuets", "des Coquelicots", "du Vieux Pont", "de la Brasserie",
    "de la Sucrerie", "du Bac", "des Tanneurs", "du Rempart", "de la Halle", "des Fusillés",
    "de la Gare", "du Cimetière", "de la Cavée", "du Bois", "des Jardins", "de la Ferme",
)  # fmt: skip
_FIELDS = ("Chemin du Moulin", "Chemin des Prés", "Chemin de la Cavée", "Chemin du Bois",
           "Chemin d'Hainaut", "Chemin des Postes", "Chemin de la Couture", "Vieux Chemin",
           "Chemin du Marais", "Chemin des Vaches")  # fmt: skip


def _invent(kind: str, rng: np.random.Generator) -> str:
    if kind in ("track", "path"):
        return _FIELDS[int(rng.integers(len(_FIELDS)))] if rng.random() < 0.35 else ""
    start = _TYPES[int(rng.integers(len(_TYPES)))]
    if rng.random() < 0.55:
        return f"{start} {_OF[int(rng.integers(len(_OF)))]}"
    return f"{start} {_THINGS[int(rng.integers(len(_THINGS)))]}"


def name_streets(edges: Edges, rng: np.random.Generator) -> list[str | None]:
    """Return the name of each edge: one name for each street drawn."""
    invented: dict[int, str] = {}
    names: list[str | None] = []
    for origin, kind, given in zip(edges.origin, edges.kind, edges.name, strict=True):
        if kind in ("primary", "secondary"):
            names.append(given)
            continue
        key = int(origin)
        if key not in invented:
            invented[key] = _invent(kind, rng)
        names.append(invented[key] or None)
    return names
