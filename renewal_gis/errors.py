"""The exceptions of the package.

::

    RenewalGisError                 everything this package raises on purpose
    ├── DataError (ValueError)      the data is at fault: exit status 1
    │   ├── CRSError                no coordinate system, or one that cannot serve
    │   ├── LayerReadError          a file that is missing, truncated or not what it says
    │   ├── SchemaError             a table breaks its schema; carries the findings
    │   └── StudyFileError          study.toml: every fault at once, each with its key path
    ├── UsageError (ValueError)     the command or the call is at fault: exit status 2
    └── MissingExtraError (ImportError)   an optional library is not installed

Each message says what was asked, what was found, where, and what to do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CRSError",
    "DataError",
    "LayerReadError",
    "MissingExtraError",
    "RenewalGisError",
    "SchemaError",
    "StudyFileError",
    "UsageError",
    "needed",
]


class RenewalGisError(Exception):
    """Base of every exception raised on purpose by this package."""

    exit_status = 1


class DataError(RenewalGisError, ValueError):
    """The data is at fault."""


class CRSError(DataError):
    """A layer has no coordinate reference system, or one that cannot serve."""


class LayerReadError(DataError):
    """A file is missing, truncated, or not what it says it is."""


class SchemaError(DataError):
    """A table breaks its schema.

    Attributes
    ----------
    findings
        The table of findings, one row per fault.
    """

    def __init__(self, message: str, findings: pd.DataFrame) -> None:
        super().__init__(message)
        self.findings = findings


class StudyFileError(DataError):
    """The study file is at fault; the message lists every fault with its key path."""


class UsageError(RenewalGisError, ValueError):
    """The command, or the call, is at fault."""

    exit_status = 2


class MissingExtraError(RenewalGisError, ImportError):
    """An optional library is needed and not installed."""

    def __init__(self, *, library: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the library {library!r}, which is not installed. "
            f'Install it with: pip install "renewal-gis[{extra}]"'
        )


def needed(library: str, *, extra: str, purpose: str) -> Any:
    """Return an optional library, imported where it is used.

    Parameters
    ----------
    library
        Name of the module.
    extra
        The extra of this package that brings it.
    purpose
        What it is needed for, as the start of a sentence.

    Raises
    ------
    MissingExtraError
        When it is not installed.

    Examples
    --------
    >>> needed("nowhere.sheets", extra="sheets", purpose="Writing a workbook")
    Traceback (most recent call last):
    renewal_gis.errors.MissingExtraError: Writing a workbook needs the library 'nowhere', which is not \
installed. Install it with: pip install "renewal-gis[sheets]"
    """
    try:
        return import_module(library)
    except ImportError as error:
        name = library.partition(".")[0]
        raise MissingExtraError(library=name, extra=extra, purpose=purpose) from error
