"""How long judging takes: a ranking put to the test, then a whole territory compared.

The last line is one JSON object: `smaa_s`, `comparison_s`.
"""

from __future__ import annotations

import json

import score_smaa
import territories


def main() -> None:
    """Print what was measured."""
    found = score_smaa.figures()
    print()
    found |= territories.figures()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
