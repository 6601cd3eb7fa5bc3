"""A headless Chromium, driven over HTTP by its own driver (the W3C's WebDriver protocol)."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars",
)  # fmt: skip


class Browser:
    """An open browser."""

    def __init__(self, address: str) -> None:
        self._address = address

    def call(self, path: str, body: Any = None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        head = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._address + path, data, head, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def tell(self, command: str, **params: Any) -> Any:
        """A command of the DevTools protocol."""
        return self.call("/goog/cdp/execute", {"cmd": command, "params": params})

    def open(self, page: Path, width: int) -> None:
        """A page, in a window of that width; a narrow one is a phone."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=2 if width < 500 else 1, mobile=width < 500,
        )  # fmt: skip
        # What was asked for before is not of this page.
        self.requests()
        self.call("/url", {"url": page.as_uri()})

    def run(self, script: str) -> Any:
        """What a script returns; the page itself has none."""
        return self.call("/execute/sync", {"script": script, "args": []})

    def console(self) -> list[str]:
        """Errors and warnings of the page."""
        return [entry["message"] for entry in self.call("/se/log", {"type": "browser"})]

    def requests(self) -> list[str]:
        """What was asked for since the last call."""
        events = self.call("/se/log", {"type": "performance"})
        found = [json.loads(event["message"])["message"] for event in events]
        return [
            event["params"]["request"]["url"]
            for event in found
            if event["method"] == "Network.requestWillBeSent"
        ]

    def picture(self, to: Path) -> None:
        """The whole page as a PNG."""
        size = self.tell("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.tell("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        to.write_bytes(base64.b64decode(shot["data"]))


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A browser with an empty profile; AssertionError where there is none."""
    for name in ("chromium", "chromedriver"):
        assert shutil.which(name), f"{name} is missing: apt-get install chromium chromium-driver"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    profile = tempfile.mkdtemp()
    port = f"--port={address.rpartition(':')[2]}"
    with subprocess.Popen(
        ["chromedriver", port], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as driver:
        try:
            _wait(Browser(address))
            options = {"args": [*FLAGS, f"--user-data-dir={profile}"]}
            wanted = {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }
            session = Browser(address).call("/session", {"capabilities": {"alwaysMatch": wanted}})
            opened = Browser(f"{address}/session/{session['sessionId']}")
            try:
                yield opened
            finally:
                opened.call("", method="DELETE")
        finally:
            driver.terminate()
            shutil.rmtree(profile, ignore_errors=True)


def _wait(driver: Browser) -> None:
    for _ in range(200):
        try:
            driver.call("/status")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("chromedriver does not answer")
