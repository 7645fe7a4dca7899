"""Checks a commit message: a subject under 72 characters, an empty line, and a body that says why.

python scripts/check_message.py FILE
"""

from __future__ import annotations

import sys
from pathlib import Path

LONGEST = 72


def problem(message: str) -> str | None:
    """Return what is wrong with a message, or None."""
    lines = [line for line in message.splitlines() if not line.startswith("#")]
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines or not lines[0].strip():
        return "the message has no subject"
    if len(lines[0]) >= LONGEST:
        return f"the subject has {len(lines[0])} characters; it must have fewer than {LONGEST}"
    if lines[0].endswith("."):
        return "the subject ends with a full stop"
    if lines[0].startswith(("Merge ", "Revert ", "fixup! ", "squash! ")):
        return None
    if len(lines) < 3 or lines[1].strip():
        return "after the subject, leave a line empty and say why"
    return None


def main() -> int:
    """Check the message in a file."""
    found = problem(Path(sys.argv[1]).read_text("utf-8"))
    if found is not None:
        print(found, file=sys.stderr)
    return int(found is not None)


if __name__ == "__main__":
    sys.exit(main())
