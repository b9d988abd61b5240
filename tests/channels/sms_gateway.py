"""Owns the SMS gateway of the tests: a real HTTP server on loopback that takes what Apprise's json:// sends, or will not."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Sms:
    """What reached a telephone."""

    number: str
    text: str


class Telephones:
    """
    The gateway and all telephones behind it.

    Args:
        answers: status by number, 200 for all others.
    """

    def __init__(self, answers: dict[str, int] | None = None) -> None:
        self.answers = answers or {}
        self.shown: list[Sms] = []
        self.paths: list[str] = []
        """What was asked for, as it came over the line."""
        self.says = b"{}"
        self.holds = False
        """While true, whatever comes in gets no answer before release()."""
        self.most_at_once = 0
        self._inside = 0
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)
        self._go = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """As it stands in the settings."""
        return f"json://{self.address}/send/{{to}}"

    def of(self, number: str) -> list[str]:
        """What one telephone shows, from top to bottom."""
        return [sms.text for sms in self.shown if sms.number == number]

    def came(self, count: int) -> None:
        """Wait until that many requests have come in; to be called from a thread of its own."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.paths) >= count, 20), f"{len(self.paths)} of {count} came"

    def release(self) -> None:
        """Answer whatever was held, and from now on at once."""
        self.holds = False
        self._go.set()

    def close(self) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def takes(self, path: str, body: bytes) -> int:
        """One request; its status."""
        with self._came:
            self.paths.append(path)
            self._inside += 1
            self.most_at_once = max(self.most_at_once, self._inside)
            self._came.notify_all()
            held = self.holds
        if held:
            self._go.wait(30)
        said = json.loads(body)
        number = str(said.get("mobile") or unquote(path.rpartition("/")[2]))
        with self._lock:
            self._inside -= 1
            status = self.answers.get(number, 200)
            if status == 200:
                self.shown.append(Sms(number, said["message"]))
        return status


def _handler(telephones: Telephones) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = telephones.takes(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(telephones.says)))
                self.end_headers()
                self.wfile.write(telephones.says)
            except OSError:
                pass  # whoever asked has stopped waiting

        def log_message(self, format: str, *args: Any) -> None:
            """Not to the tests' output."""

    return Handler
