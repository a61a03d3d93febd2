import pytest
from tests.journeys.visits import move
from playwright.sync_api import Error
@pytest.mark.parametrize("n", range(25))
def test_rep(page, server, n):
    page.goto(server.url + "/guides/souffler/")
    move(page, ".footer a[href='/quitter/']", "/quitter/")
    page.locator("a[href='/reglages/#effacer']").click()
    try:
        page.wait_for_function("() => location.hash === '#effacer' && document.activeElement?.id === 'effacer'", timeout=4000)
    except Error:
        raise AssertionError(page.evaluate("[document.activeElement.outerHTML.slice(0,80), document.title, location.href, !!document.getElementById('effacer'), history.length, performance.getEntriesByType('navigation')[0].name, scrollY]"))
