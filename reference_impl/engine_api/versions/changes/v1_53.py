"""What v1.53 changed in behaviour."""

from __future__ import annotations

from engine_api.versions.change import Change


class SendEventsAsJsonLines(Change):
    """`Accept: application/jsonl` is understood for events, too."""

    version = "1.53"
    operations = ("SystemEvents",)
    kind = "header"
    why = "without it nothing changes"
    path = "Accept"
