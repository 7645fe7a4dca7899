"""`python -m engine_api`: the command line."""

from __future__ import annotations

import sys

from engine_api.cli import main

if __name__ == "__main__":
    sys.exit(main())
