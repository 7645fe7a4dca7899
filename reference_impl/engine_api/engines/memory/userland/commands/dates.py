"""Times as `date` and `touch` take them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

__all__ = ["parse_moment"]

_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y%m%d%H%M.%S", "%Y%m%d%H%M")


def parse_moment(text: str, *, now: float) -> float | None:
    """Return the Unix time of a text: `@SECONDS`, a date, or a time of today; None if it has another form.

    Args:
        text: the text, whose time is UTC; days after the end of a month are those of the next one.
        now: the Unix time that it is.
    """
    if re.fullmatch(r"@\d+", text):
        return float(text[1:])
    today = datetime.fromtimestamp(now, UTC)
    if match := re.fullmatch(r"(\d\d?):(\d\d)(?::(\d\d))?", text):
        hour, minute, second = (int(part or 0) for part in match.groups())
        return today.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() + hour * 3600 + minute * 60 + second
    late = re.fullmatch(r"(\d{4}-\d\d-)(29|3[01])(.*)", text)
    days = int(late[2]) - 28 if late else 0
    text = f"{late[1]}28{late[3]}" if late else text
    for form in _FORMS:
        try:
            return (datetime.strptime(text, form).replace(tzinfo=UTC) + timedelta(days=days)).timestamp()
        except ValueError:
            continue
    return None
