"""Begins a new version of the API: a row in the table of engine releases, its page of changes, its module of changes.

    python scripts/new_version.py 1.57 "Docker 29.10"
    python scripts/new_version.py 1.57 "Docker 29.10" --date 2026-11 --minimum 1.40

Everything else follows from these: the list of versions, `engine_api.v1_57`, the site, the OpenAPI document, the
differences. What is left for a person is printed.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RELEASES = "reference_impl/engine_api/api/releases.py"
ROW = re.compile(r'    Release\("Docker [^"]*", "[^"]*", "(?P<minimum>1\.\d+)", "1\.(?P<newest>\d+)"\),\n')
NEXT = """\
{files}
Left to do:
  1. Types: `Since("{version}")` on each field and parameter that came, `Until` on each that went.
  2. {module}: a class for each change that no field can say.
  3. {page}: an entry for each change, with an example before and after; the pages of spec/latest.
  4. The reference engine, if it behaves differently.
Then: engine-api diff {before} {version}, and the tests in tests/versions, tests/diff and spec.
"""


def begin(root: Path, version: str, release: str, date: str, minimum: str | None) -> str:
    """Write the files of a new version.

    Args:
        root: the repository.
        version: the new version; the one after the newest.
        release: the first engine release that serves it.
        date: when that came out, as year and month; empty if it is not known.
        minimum: the oldest version that the release serves; None for that of the release before.

    Returns:
        What is left to do.

    Raises:
        ValueError: the version is not the one after the newest.
    """
    table = root / RELEASES
    source = table.read_text("utf-8")
    rows = list(ROW.finditer(source))
    last = rows[-1]
    newest = max(int(row["newest"]) for row in rows)
    if version != f"1.{newest + 1}":
        raise ValueError(f"v{version} is not the version after v1.{newest}")
    row = f'    Release("{release}", "{date}", "{minimum or last["minimum"]}", "{version}"),\n'
    page = Path(f"spec/v{version}/changes.md")
    module = Path(f"reference_impl/engine_api/versions/changes/v{version.replace('.', '_')}.py")
    (root / page.parent).mkdir(parents=True)
    (root / page).write_text(f"# What v{version} changed\n", "utf-8")
    (root / module).write_text(f'"""What v{version} changed in behaviour."""\n', "utf-8")
    table.write_text(source[: last.end()] + row + source[last.end() :], "utf-8")
    return NEXT.format(
        files="".join(f"{path}\n" for path in (RELEASES, page, module)),
        version=version,
        before=f"1.{newest}",
        module=module,
        page=page,
    )


def main() -> int:
    """Write the files, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", help="the new version, such as 1.57")
    parser.add_argument("release", help='the first engine release that serves it, such as "Docker 29.10"')
    parser.add_argument("--date", default="", metavar="YYYY-MM", help="when that came out")
    parser.add_argument("--minimum", metavar="V", help="the oldest version that it serves; default: as its predecessor")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    options = parser.parse_args()
    try:
        print(begin(options.root, options.version, options.release, options.date, options.minimum), end="")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
