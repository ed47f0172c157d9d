"""What the tests of sources share."""

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from loopback_site import NOW, Site


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server for the length of a test."""
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def now() -> datetime:
    """When the tests play."""
    return NOW
