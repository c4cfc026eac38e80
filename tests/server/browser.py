"""Chromium without a window, told what to do by its own protocol through a pipe."""

from __future__ import annotations

import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

#: Its pipes have to have these numbers.
_START = """
import fcntl, os, sys
pipes = [fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3]]
for fd, pipe in zip((3, 4), pipes):
    os.dup2(pipe, fd)
os.execv(sys.argv[3], sys.argv[3:])
"""
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--disable-extensions", "--remote-debugging-pipe",
)  # fmt: skip
_PATIENCE = 30


def chromium() -> str | None:
    """The program, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


class Browser:
    """A browser with one tab. ``said`` has what it wrote to its console, and what it refused."""

    def __init__(self, program: str, folder: Path) -> None:
        commands, own_commands = os.pipe()
        own_events, events = os.pipe()
        self._process = subprocess.Popen(
            [
                sys.executable, "-c", _START, str(commands), str(events), program, *_OPTIONS,
                f"--user-data-dir={folder}", "about:blank",
            ],
            pass_fds=(commands, events),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(commands)
        os.close(events)
        self._out, self._in = own_commands, own_events
        self._numbers = itertools.count(1)
        self._rest = b""
        self._events: list[dict[str, Any]] = []
        self._session: str | None = None
        self.said: list[str] = []
        tab = self._tell("Target.createTarget", url="about:blank")["targetId"]
        attached = self._tell("Target.attachToTarget", targetId=tab, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._tell(f"{domain}.enable")

    def close(self) -> None:
        self._session = None
        self._tell("Browser.close")
        self._process.wait(_PATIENCE)
        os.close(self._out)
        os.close(self._in)

    def looks(
        self, width: int, height: int = 844, *, scripts: bool = True, dark: bool = False
    ) -> None:
        """The size of the window, whether pages may run scripts, and light or dark."""
        self._tell(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=844, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        self._tell("Emulation.setScriptExecutionDisabled", value=not scripts)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._tell("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        self._events.clear()
        self._tell("Page.navigate", url=url)
        self._loaded()

    def evaluate(self, expression: str) -> Any:
        """The value of an expression of JavaScript in the page."""
        found = self._tell("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def click(self, selector: str, text: str | None = None, *, leads: bool = True) -> None:
        """A click on the first element of that kind, with that text; it may lead to a page."""
        self._events.clear()
        x, y = self.evaluate(
            f"""(() => {{
              const all = [...document.querySelectorAll({json.dumps(selector)})];
              const text = {json.dumps(text)};
              const found = all.find((e) => text === null || e.textContent.trim() === text);
              found.scrollIntoView({{block: "center", behavior: "instant"}});
              const box = found.getClientRects()[0];
              return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"""
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._tell(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )  # fmt: skip
        if leads:
            self._loaded()

    def write(self, selector: str, text: str) -> None:
        """Text into a field, instead of what is in it."""
        self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.focus(); e.select(); })()"
        )
        self._tell("Input.insertText", text=text)

    def enter(self, *, control: bool = False) -> None:
        """The key Enter, which leads to another page."""
        self._events.clear()
        for kind in ("keyDown", "keyUp"):
            self._tell(
                "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r",
                windowsVirtualKeyCode=13, modifiers=2 if control else 0,
            )  # fmt: skip
        self._loaded()

    def _loaded(self) -> None:
        """Waits until the page has come."""
        end = time.monotonic() + _PATIENCE
        while not any(each["method"] == "Page.loadEventFired" for each in self._events):
            self._read(end)

    def _tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + _PATIENCE
        while True:
            answer = self._read(end)
            if answer is not None and answer["id"] == number:
                assert "error" not in answer, (method, answer)
                return dict(answer["result"])

    def _read(self, end: float) -> dict[str, Any] | None:
        """An answer, or None for an event, which is kept."""
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], max(0, end - time.monotonic()))
            assert ready, "Chromium does not answer"
            data = os.read(self._in, 1 << 20)
            assert data, "Chromium has ended"
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        if "id" in message:
            return message
        if message["method"] == "Log.entryAdded":
            self.said.append(message["params"]["entry"]["text"])
        elif message["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.said.append(json.dumps(message["params"]))
        elif message["method"] == "Page.javascriptDialogOpening":
            self.said.append(f"dialog: {message['params']['message']}")
        self._events.append(message)
        return None
