"""Columns that several tables share."""

from __future__ import annotations

from renewal_gis.schema.columns import column, optional

__all__ = ["COMMUNE", "NAME", "VINTAGE"]

COMMUNE = optional(
    "commune", "text", "Commune (INSEE code)", "Commune (code INSEE)", refers_to="communes"
)
NAME = column("name", "text", "Name", "Nom")
VINTAGE = optional("vintage", "text", "Vintage of the source", "Millésime de la source")
