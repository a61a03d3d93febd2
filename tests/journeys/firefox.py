"""What a person does with Firefox, and what a test may ask of it: real, headless Firefox ESR."""

import base64
import json
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from tests.journeys.firefox_process import DEFAULTS, FirefoxProcess
from tests.journeys.firefox_scripts import FREE_WINDOW, RELOADED, SET_PREFERENCES, SWITCH_OFFLINE
from tests.journeys.marionette import Marionette, MarionetteError

LOAD_SECONDS = 30.0
POLL_SECONDS = 0.05

# What a click may meet while the page is still moving; anything else is a fault at once.
NOT_YET = {
    "no such element",
    "stale element reference",
    "element not interactable",
    "element click intercepted",
}


class Firefox:
    """`with Firefox(folder) as browser:`. The same folder again is the same person's next visit."""

    def __init__(self, profile: Path, preferences: Mapping[str, object] = {}) -> None:
        self._profile = profile.resolve()  # it becomes a HOME too
        self._preferences = {**DEFAULTS, **preferences}
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as ends:  # a start that fails half-way leaves no browser behind either
            self._process = FirefoxProcess(self._profile, self._preferences)
            ends.callback(self._process.kill)
            self._marionette = Marionette(self._process.wait_for_port())
            ends.callback(self._marionette.close)
            ends.callback(self._quit)
            self.command("WebDriver:NewSession", LOAD_SECONDS)
            self.command("WebDriver:SetTimeouts", pageLoad=round(LOAD_SECONDS * 1000))
            # Again, for remote control has set some its own way: no push connection, say.
            self.run_privileged(SET_PREFERENCES, self._preferences)
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def _quit(self) -> None:
        """Ask first, for it writes down its databases then. Crashed or stuck, kill() is enough."""
        with suppress(Exception):
            self.command("Marionette:Quit", flags=["eForceQuit"])
            self._process.wait()

    def command(self, name: str, seconds: float = 0, /, **parameters: Any) -> Any:
        """Any command of Marionette, those without a method here too: tabs, keys, permissions."""
        return self._marionette.command(name, seconds, **parameters)

    def open(self, url: str) -> None:
        """Go there and wait for the load event. Firefox's own error pages raise."""
        self.command("WebDriver:Navigate", LOAD_SECONDS, url=url)

    def reload(self) -> None:
        """Reload as a person does: WebDriver's own refresh goes round the service worker."""
        before = self.run("return performance.timeOrigin")
        self.run("location.reload()")
        address = self.wait_for(RELOADED % before, LOAD_SECONDS)
        if address.startswith("about:"):
            raise MarionetteError("unknown error", f"Reached error page: {address}")

    def back(self) -> None:
        self.command("WebDriver:Back", LOAD_SECONDS)

    def click(self, css: str, seconds: float = 5) -> None:
        """Click it with a mouse, as soon as it is there and nothing covers it."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                found = self.command("WebDriver:FindElement", using="css selector", value=css)
                self.command("WebDriver:ElementClick", LOAD_SECONDS, id=found.popitem()[1])
            except MarionetteError as error:
                if error.kind not in NOT_YET or time.monotonic() > deadline:
                    raise
                time.sleep(POLL_SECONDS)
            else:
                return

    def run(self, script: str, *args: object) -> Any:
        """Run `script`, the body of an async function, in the page; return what it returns."""
        return self._marionette.run(script, args)

    def run_privileged(self, script: str, *args: object) -> Any:
        """The same in the browser's own window, where `Services` and `gBrowser` are."""
        self.command("Marionette:SetContext", value="chrome")
        try:
            return self.run(script, *args)
        finally:
            self.command("Marionette:SetContext", value="content")

    def wait_for(self, script: str, seconds: float = 20) -> Any:
        """Poll `script` until it returns something true, and return that.

        What it raises means "not yet", since pages come and go meanwhile; it is told at the end.
        """
        deadline = time.monotonic() + seconds
        last: object = None
        while (left := deadline - time.monotonic()) > 0:
            try:
                if last := self._marionette.run(script, seconds=left):
                    return last
            except MarionetteError as error:
                if error.kind == "javascript error" and "SyntaxError" in str(error):
                    raise  # it does not parse, and never will
                last = error
            time.sleep(POLL_SECONDS)
        raise TimeoutError(f"not within {seconds} s: {script}\nat last: {last!r}")

    def offline(self, on: bool) -> None:
        """Cut the network off for pages and service workers, or bring it back."""
        self.run_privileged(SWITCH_OFFLINE, on)
        self.wait_for(f"return navigator.onLine === {json.dumps(not on)}")

    def resize(self, width: int, height: int) -> None:
        """Give the page a viewport of this size."""
        toolbars = self.run_privileged(FREE_WINDOW)
        self.command("WebDriver:SetWindowRect", width=width, height=height + toolbars)
        self.wait_for(f"return innerWidth === {width} && innerHeight === {height}")

    def screenshot(self, path: Path, whole_page: bool = False) -> None:
        png = self.command("WebDriver:TakeScreenshot", LOAD_SECONDS, full=whole_page)
        path.write_bytes(base64.b64decode(png))

    @property
    def title(self) -> str:
        return str(self.command("WebDriver:GetTitle"))

    @property
    def source(self) -> str:
        """The document as it stands now, not as it was sent."""
        return str(self.command("WebDriver:GetPageSource"))

    @property
    def url(self) -> str:
        return str(self.command("WebDriver:GetCurrentURL"))
