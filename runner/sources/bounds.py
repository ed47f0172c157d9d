"""What requests may cost."""

from dataclasses import dataclass
from datetime import timedelta

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one request may cost.

    Seconds hold for each hop of a redirect; waiting for one's turn is not counted.  The
    largest recorded feed has 0.2 MB; 10,000 short entries have 2 MB.  What was sent may take
    `computing_seconds` of a processor to read; those 10,000 entries take 7 at worst.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0
    wire_bytes: int = 5 * MEGABYTE
    body_bytes: int = 10 * MEGABYTE
    redirects: int = 5
    computing_seconds: float = 20.0
    concurrency: int = 64
    spacing: timedelta = timedelta(seconds=1)
