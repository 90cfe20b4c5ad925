"""What happened to every row of a timetable: kept, or listed with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.schema import Finding
from renewal_gis.schema.findings import Severity
from renewal_gis.sources.gtfs_files import LAYER

__all__ = ["ROW_COLUMNS", "TOLD", "Account"]

# Rows told one by one for each reason; the others are counted in one line.
TOLD = 20
ROW_COLUMNS = ("feed", "file", "rows_in", "rows_kept")
_DONE: dict[Severity, str] = {"dropped": "left out", "repaired": "repaired", "note": "noted"}

Places = npt.NDArray[np.int64]


class Account:
    """The rows of one timetable: how many came in, and the findings on those that did not stay.

    Parameters
    ----------
    feed
        Name of the zip or folder, as quoted in findings.
    """

    def __init__(self, feed: str) -> None:
        self.feed = feed
        self.findings: list[Finding] = []
        self._rows_in: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._told: Counter[tuple[str, str]] = Counter()

    def came_in(self, file: str, count: int) -> None:
        """Count rows read from a file."""
        self._rows_in[file] += count

    def rows(self) -> pd.DataFrame:
        """Return feed, file, rows_in and rows_kept, one row per file read."""
        told = [
            (self.feed, file, count, count - self._left_out[file])
            for file, count in self._rows_in.items()
        ]
        return pd.DataFrame(told, columns=list(ROW_COLUMNS))

    def leave_out(
        self,
        file: str,
        code: str,
        lines: Sequence[int] | npt.NDArray[np.integer],
        reason: str,
        *,
        detail: Callable[[int], str] | None = None,
        each: bool = True,
    ) -> None:
        """List rows that were left out: some one by one, then the rest in one line.

        Parameters
        ----------
        file
            File of the timetable.
        code
            Short stable name of the fault.
        lines
            Line of each row.
        reason
            What is wrong, beginning with a small letter.
        detail
            From the place of a row in `lines`, what it says; shown after the reason.
        each
            Tell some rows one by one; without it one line counts them all.
        """
        self._left_out[file] += len(lines)
        self._tell("dropped", file, code, lines, reason, detail, each=each)

    def repair(
        self,
        file: str,
        code: str,
        lines: Sequence[int] | npt.NDArray[np.integer],
        reason: str,
        *,
        detail: Callable[[int], str] | None = None,
        each: bool = True,
    ) -> None:
        """List rows that were kept and changed."""
        self._tell("repaired", file, code, lines, reason, detail, each=each)

    def remark(
        self,
        file: str,
        code: str,
        lines: Sequence[int] | npt.NDArray[np.integer],
        reason: str,
        *,
        detail: Callable[[int], str] | None = None,
    ) -> None:
        """List rows that were kept as they stand, and that a reader should know."""
        self._tell("note", file, code, lines, reason, detail)

    def leave_out_by_value(
        self, file: str, code: str, lines: npt.NDArray[np.integer], values: Sequence[str], what: str
    ) -> None:
        """List rows left out because of what they name, one line for each name.

        Parameters
        ----------
        file, code
            As for `leave_out`.
        lines
            Line of each row.
        values
            The name each row gives; empty for none.
        what
            What is wrong with the name: `the stop … is not in stops.txt` is written around it.
        """
        self._left_out[file] += len(lines)
        counts: Counter[str] = Counter(values)
        told = list(counts.items())[: self._room(file, code, len(counts))]
        for value, count in told:
            message = f"{file}: {_rows(count)} left out: {what} ({value!r})."
            self._add("dropped", code, message, value, count)
        rest = len(lines) - sum(count for _, count in told)
        if rest:
            message = (
                f"{file}: {rest} more rows were left out for {len(counts) - len(told)} other names: "
                f"{what}."
            )
            self._add("dropped", code, message, "", rest)

    def note(self, code: str, message: str, *, count: int = 1) -> None:
        """Say something about the timetable as a whole."""
        self._add("note", code, message, "", count)

    def _room(self, file: str, code: str, wanted: int) -> int:
        left = max(TOLD - self._told[file, code], 0)
        # One more line is as short as one that counts it.
        room = wanted if wanted <= left + 1 and left else left
        self._told[file, code] += min(room, wanted)
        return room

    def _tell(
        self,
        severity: Severity,
        file: str,
        code: str,
        lines: Sequence[int] | npt.NDArray[np.integer],
        reason: str,
        detail: Callable[[int], str] | None,
        *,
        each: bool = True,
    ) -> None:
        done = _DONE[severity]
        told = min(self._room(file, code, len(lines)), len(lines)) if each else 0
        for place in range(told):
            line = int(lines[place])
            more = f" ({detail(place)})" if detail else ""
            self._add(
                severity, code, f"{file}: line {line} was {done}: {reason}{more}.", str(line), 1
            )
        rest = len(lines) - told
        if rest:
            rows = f"{rest} more rows were" if each else _rows(rest)
            message = f"{file}: {rows} {done}: {reason}; the first is line {int(lines[told])}."
            self._add(severity, code, message, "", rest)

    def _add(self, severity: Severity, code: str, message: str, row: str, count: int) -> None:
        self.findings.append(
            Finding(
                layer=LAYER,
                severity=severity,
                code=code,
                message=message,
                row=row,
                file=self.feed,
                count=count,
            )
        )


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count} rows were"
