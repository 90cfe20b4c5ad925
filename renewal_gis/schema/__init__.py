"""What every table looks like: columns, units, codes, and the check."""

from renewal_gis.schema.basket import BASKET, BasketGroup, group
from renewal_gis.schema.checking import check, require
from renewal_gis.schema.clock import clock_seconds
from renewal_gis.schema.codes import HAZARDS, PRODUCTS, STEPS
from renewal_gis.schema.columns import Column, Table
from renewal_gis.schema.communes import code_of_today, told_code
from renewal_gis.schema.findings import Finding, errors_in, findings_table, sentence
from renewal_gis.schema.layers import LayerSpec, Loaded, Nature, Provenance
from renewal_gis.schema.measures import UNITS, Measure, known_measures, measure
from renewal_gis.schema.places import inner_points
from renewal_gis.schema.proximity import PROXIMITY, PROXIMITY_SOURCE, SERVICE_GROUPS, InseeType
from renewal_gis.schema.references import unknown_references
from renewal_gis.schema.schedule import BOARDING, STOP_KINDS, Schedule
from renewal_gis.schema.tables import TABLES, table
from renewal_gis.schema.written import written_schedule

__all__ = [
    "BASKET",
    "BOARDING",
    "HAZARDS",
    "PRODUCTS",
    "PROXIMITY",
    "PROXIMITY_SOURCE",
    "SERVICE_GROUPS",
    "STEPS",
    "STOP_KINDS",
    "TABLES",
    "UNITS",
    "BasketGroup",
    "Column",
    "Finding",
    "InseeType",
    "LayerSpec",
    "Loaded",
    "Measure",
    "Nature",
    "Provenance",
    "Schedule",
    "Table",
    "check",
    "clock_seconds",
    "code_of_today",
    "errors_in",
    "findings_table",
    "group",
    "inner_points",
    "known_measures",
    "measure",
    "require",
    "sentence",
    "table",
    "told_code",
    "unknown_references",
    "written_schedule",
]
