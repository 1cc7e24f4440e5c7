"""What can be counted of `make bench`: the page's weight, the signals of a pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from bench.samples import MOST_SIGNALS, signals
from bench.sides import Product
from bench.weight import MOST, weigh
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.alone


@pytest.fixture
def own_browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """The bench closes every context of its browser."""
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def product(owner: Visitor) -> Product:
    return Product(owner.url, owner)


def test_the_call_page_stays_light(own_browser: Browser, product: Product) -> None:
    found = weigh(own_browser, product)
    assert 0 < found.requests <= MOST.requests, found
    assert 0 < found.depth <= MOST.depth, found
    assert 0 < found.script_bytes <= MOST.script_bytes, found
    assert found.script_bytes < found.bytes <= MOST.bytes, found


def test_a_pair_is_introduced_in_few_words(
    own_browser: Browser, product: Product
) -> None:
    found = signals(own_browser, product)
    # Less than an offer and an answer introduces nobody.
    assert 2 <= found.messages <= MOST_SIGNALS, found
