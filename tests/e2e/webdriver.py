"""Headless Chromium over the WebDriver protocol: the standard library and Debian's chromedriver.

One process each, on loopback only: every name resolves to nothing, so a page that asks another
host fails here and is listed by `requests_sent`.
"""

import base64
import json
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004"}


def missing_parts():
    """What has to be installed first, as words; empty if nothing."""
    return [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]


def wait_until(condition, what, seconds=30.0):
    """The first truthy value of `condition()`; AssertionError saying `what` (or what it returns) after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} s still not: {what() if callable(what) else what}")
        time.sleep(0.05)


class LineReader:
    """Lines of a pipe as they come; keeps reading, so that the writer never blocks."""

    def __init__(self, stream):
        self.seen = []
        self._lines = queue.Queue()
        threading.Thread(target=self._run, args=(stream,), daemon=True).start()

    def _run(self, stream):
        for line in stream:
            self.seen.append(line)
            self._lines.put(line)
        self._lines.put(None)

    def find(self, pattern, seconds=30.0):
        """The first match of a line that comes within `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"no line like {pattern!r}; there was: {''.join(self.seen)[-2000:]}")
            if match := re.search(pattern, line):
                return match


class Browser:
    """One browser with one window. Close it; it ends only what it started."""

    def __init__(self, dark=False, width=1440, height=1000):
        self._profile = tempfile.TemporaryDirectory(prefix="wardhive-browser-", ignore_cleanup_errors=True)
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._session = None
        try:
            port = LineReader(self._driver.stdout).find(r"started successfully on port (\d+)").group(1)
            self._base = f"http://127.0.0.1:{port}"
            arguments = ["--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
                         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                         f"--window-size={width},{height}", f"--user-data-dir={self._profile.name}"]
            if os.geteuid() == 0:
                arguments.append("--no-sandbox")  # Chromium refuses to run as root with it
            capabilities = {"goog:chromeOptions": {"args": arguments}, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
            answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}}, timeout=90)
            self._session = f"/session/{answer['sessionId']}"
            self.prefer("dark" if dark else "light")
        except BaseException:
            self.close()
            raise

    def close(self):
        if self._session:
            self._call("DELETE", self._session)
            self._session = None
        self._driver.terminate()
        self._driver.wait(timeout=20)
        self._driver.stdout.close()
        self._profile.cleanup()

    def _call(self, method, path, body=None, timeout=60):
        data = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self._base + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()[:1000]}") from None

    def _post(self, path, body=None):
        return self._call("POST", self._session + path, body)

    def open(self, url):
        self._post("/url", {"url": url})

    def url(self):
        return self._call("GET", self._session + "/url")

    def run(self, script, *arguments):
        """The value of a script's `return`."""
        return self._post("/execute/sync", {"script": script, "args": list(arguments)})

    def text(self, selector):
        """What a person sees of the first match; "" if there is none."""
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def wait_text(self, selector, wanted, seconds=30.0):
        wait_until(lambda: wanted in self.text(selector),
                   lambda: f"{selector} says {wanted!r}; it says {self.text(selector)!r}, the page: {self.text('body')[:2000]!r}", seconds)

    def click(self, selector):
        """Clicks the first match; one that was redrawn between finding and clicking is found again."""
        def clicked():
            found = self._post("/element", {"using": "css selector", "value": selector})
            try:
                self._post(f"/element/{found[ELEMENT]}/click")
                return True
            except AssertionError as error:
                if "stale element reference" not in str(error):
                    raise
                return False
        wait_until(clicked, f"{selector} stands still to be clicked")

    def keys(self, *names):
        """Presses and lets go each key, wherever the focus is."""
        presses = [{"type": kind, "value": KEYS.get(name, name)} for name in names for kind in ("keyDown", "keyUp")]
        self._post("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": presses}]})

    def alert_open(self):
        try:
            self._call("GET", self._session + "/alert/text")
            return True
        except AssertionError:
            return False

    def prefer(self, scheme):
        """"light" or "dark"."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._post("/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}})

    def width(self, pixels):
        """Of the page, however wide the window; 0: as wide as that."""
        self._post("/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {"width": pixels, "height": 0, "deviceScaleFactor": 0, "mobile": False}})

    def forget_cookies(self):
        self._call("DELETE", self._session + "/cookie")

    def console(self):
        """What the console got since the last call: [{level, message}]."""
        return self._post("/se/log", {"type": "browser"})

    def requests_sent(self):
        """URLs that were asked for since the last call, by the page or behind its back."""
        events = [json.loads(entry["message"])["message"] for entry in self._post("/se/log", {"type": "performance"})]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self._call("GET", self._session + "/screenshot")))
