"""Where an order is to be posted, in the words of those who read conversations."""

from runner.planning.postings import Order
from runner.sources.adapter import ThreadRequest


def thread_of(order: Order) -> ThreadRequest:
    """Return the customer's message that is answered."""
    return ThreadRequest(order.url, order.native_id, order.thread_url)
