"""The clock of a timetable: the time zone of its agencies, and how far it is from the study's."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import numpy as np

from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_files import Feed
from renewal_gis.sources.gtfs_rows import read_rows
from renewal_gis.sources.gtfs_services import Services

__all__ = ["ASSUMED_ZONE", "read_zone", "shift_s"]

ASSUMED_ZONE = "Europe/Paris"


def read_zone(feed: Feed, account: Account) -> str:
    """Return the time zone of the first agency; empty when there is no agency that tells a good one."""
    file = "agency.txt"
    rows = read_rows(feed, file, {"agency_id": False, "agency_timezone": False}, account)
    column = rows["agency_timezone"]
    good = [text for text in column.texts if _is_zone(text)]
    bad = np.flatnonzero(~column.is_in(tuple(good)))
    if not good:
        said = f"says {column.texts[0]!r}" if len(column.texts) else "is missing or tells none"
        account.note("timezone", f"{file} {said}: the time zone {ASSUMED_ZONE} is assumed.")
        return ""
    zone = column.at(int(np.flatnonzero(column.is_in(tuple(good)))[0]))
    reason = f"its agency_timezone is no known time zone; {zone} is used"
    account.repair(file, "timezone", rows.lines[bad], reason)
    others = [one for one in good if one != zone]
    if others:
        account.note(
            "timezone",
            f"{file} names several time zones ({', '.join([zone, *others])}), which is not allowed; "
            f"all times were read in {zone}.",
        )
    return zone


def _is_zone(name: str) -> bool:
    # A name of a folder, or one that leaves it, raises errors of its own.
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def shift_s(zone: str, study_zone: str, services: Services, account: Account) -> int:
    """Return the seconds to add to times in a zone to have them on the study's clock.

    Service days start at noon minus twelve hours in either zone; the shift is between the two noons
    on the first day of the timetable, and a note says when it is another on other days.
    """
    if zone == study_zone or services.runs.shape[1] == 0:
        return 0
    day, steps = services.first_day, services.runs.shape[1]
    # Clocks change on Sundays, some weeks apart: one look a week sees every change.
    days = [day + datetime.timedelta(days=one) for one in range(0, steps, 7)]
    shifts = [_between_noons(one, zone, study_zone) for one in days]
    varies = " (other on some of its days, when one of the two clocks has changed)"
    account.note(
        "timezone",
        f"Its times are in {zone}; {shifts[0] / 3600:+g} h were added to have them in {study_zone}"
        f"{varies if len(set(shifts)) > 1 else ''}.",
    )
    return shifts[0]


def _between_noons(day: datetime.date, zone: str, study_zone: str) -> int:
    noons = [
        datetime.datetime.combine(day, datetime.time(12), ZoneInfo(one)).timestamp()
        for one in (zone, study_zone)
    ]
    return round(noons[0] - noons[1])
