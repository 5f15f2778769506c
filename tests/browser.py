"""A real browser for tests: headless Chromium, driven through chromedriver.

Pages are opened from files or by their addresses. A test asks for the console's messages, the addresses that were
requested, the tree that a screen reader reads out (the accessibility tree), the order of Tab, and a picture.
"""

from __future__ import annotations

import base64
import json
import shutil
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

from tests.without import do_without

if TYPE_CHECKING:
    from pathlib import Path

#: Names that the browser has on one system or another.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: No sandbox: tests may run as root, in a container. What else it asks the network for by itself is off.
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)


class Node(NamedTuple):
    """What the accessibility tree holds of one thing: its role ("heading", "image", "link") and its name."""

    role: str
    name: str


class Browser:
    """A browser with one window. A test says how wide it is, and whether its user likes it dark."""

    def __init__(self) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = _found(*BROWSERS)
        for option in _OPTIONS:
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self._driver = webdriver.Chrome(options=options, service=Service(_found("chromedriver")))

    def close(self) -> None:
        self._driver.quit()

    def open(self, page: Path | str, *, width: int = 1280, dark: bool = False) -> None:
        """Open a file or an address; messages and requests of earlier pages are dropped."""
        self.size(width, dark=dark)
        self.console()
        self.requests()
        self._driver.get(page if isinstance(page, str) else page.resolve().as_uri())

    def size(self, width: int, *, dark: bool) -> None:
        """Have the window so wide, for a user who likes it dark or not; the page stays as it is."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._command("Emulation.setEmulatedMedia", features=features)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self._command("Emulation.setDeviceMetricsOverride", **size)

    def console(self) -> list[str]:
        """The console's messages since the last call."""
        return [entry["message"] for entry in self._driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that were requested since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self._driver.get_log("performance")]
        sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        return [params["request"]["url"] for params in sent]

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        return self._driver.execute_script(f"return {expression}")

    def press(self, key: str) -> None:
        """Press a key in whatever has the focus."""
        self._driver.switch_to.active_element.send_keys(key)

    def fill(self, field: str, text: str) -> None:
        """Type into the field that a selector finds; of a field for files, the path of one."""
        self._driver.find_element("css selector", field).send_keys(text)

    def click(self, thing: str) -> None:
        """Click on what a selector finds."""
        self._driver.find_element("css selector", thing).click()

    def wait(self, expression: str, seconds: float = 60) -> None:
        """Wait until a JavaScript expression is true."""
        end = time.monotonic() + seconds
        while not self.ask(expression):
            assert time.monotonic() < end, f"{expression}: it did not come true"
            time.sleep(0.1)

    def tab_stops(self) -> list[str]:
        """Press Tab until the focus comes round: the text, or else the label, of all that it reaches."""
        stops = []
        while True:
            self.press(Keys.TAB)
            element = self._driver.switch_to.active_element
            if element.tag_name == "body" or len(stops) > 1000:
                return stops
            stops.append(element.get_attribute("aria-label") or element.text or element.get_attribute("textContent"))

    def tree(self) -> list[Node]:
        """The accessibility tree, in the order in which it is read out."""
        self._command("Accessibility.enable")
        nodes = {node["nodeId"]: node for node in self._command("Accessibility.getFullAXTree")["nodes"]}
        waiting = [next(iter(nodes))]
        read_out = []
        while waiting:
            node = nodes[waiting.pop()]
            waiting += reversed([child for child in node.get("childIds", []) if child in nodes])
            if not node["ignored"]:
                read_out.append(Node(node["role"]["value"], node.get("name", {}).get("value", "")))
        return read_out

    def picture(self, path: Path) -> None:
        """Write a picture of the whole page, as PNG."""
        width, height = self.ask("[innerWidth, Math.min(document.documentElement.scrollHeight, 8000)]")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = self._command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _command(self, name: str, **parameters: object) -> Any:
        return self._driver.execute_cdp_cmd(name, parameters)


def _found(*names: str) -> str:
    """The path of the first of these programs that is installed; without any, skips the test, or fails it in CI."""
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    do_without(f"no {names[0]} here; install it (on Debian: apt install chromium chromium-driver)")
