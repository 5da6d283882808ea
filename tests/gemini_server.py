"""A server on this machine that speaks the Gemini API's wire format, for test_gemini.py and test_teacher.py."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

KEY = "AIza-test-key-0123456789"
Reply = tuple[int, dict[str, str], Any]


def answer(rows: Any, reason: str = "STOP") -> Reply:
    text = rows if isinstance(rows, str) else json.dumps({"rows": rows})
    content = {"role": "model", "parts": [{"text": "let me think", "thought": True}, {"text": text}]}
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 9, "totalTokenCount": 18}
    return 200, {}, {"candidates": [{"content": content, "finishReason": reason, "index": 0}], "usageMetadata": usage}


def refusal(code: int, message: str = "no", status: str = "X", details: Any = (), **headers: str) -> Reply:
    return code, headers, {"error": {"code": code, "message": message, "status": status, "details": list(details)}}


def wait_info(delay: str) -> list[dict[str, str]]:
    return [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]


def fresh(number: int, start: int) -> list[dict[str, str]]:
    words = [f"zeb{place:03d}" for place in range(start, start + number)]
    return [{"user": f"Please explain the {word} beside the {word}x", "assistant": f"The {word} is a thing."} for word in words]


class Server:
    """Gives the replies in turn, then as many fresh rows as are asked for. A reply may be a function to call first."""

    def __init__(self) -> None:
        self.replies: list[Reply | Callable[[], Reply]] = []
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.made = 0
        owner = self

        class Talk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status, headers, data = owner.reply(self.path, self.headers["x-goog-api-key"] or "", body)
                raw = data.encode() if isinstance(data, str) else json.dumps(data).encode()
                self.send_response(status)
                for name, value in ({"content-type": "application/json", "content-length": str(len(raw))} | headers).items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Talk)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def reply(self, path: str, key: str, body: dict[str, Any]) -> Reply:
        self.asked.append((path, key, body))
        if self.replies:
            given = self.replies.pop(0)
            return given() if callable(given) else given
        size = self.sizes[-1]
        self.made += size
        return answer(fresh(size, self.made - size))

    @property
    def prompts(self) -> list[str]:
        return [body["contents"][0]["parts"][0]["text"] for _, _, body in self.asked]

    @property
    def sizes(self) -> list[int]:
        return [int(re.findall(r"Number of rows: (\d+)", prompt)[0]) for prompt in self.prompts]


@contextmanager
def serving() -> Iterator[Server]:
    """A server while it runs."""
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()


def only_this_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, proxy or other setting of the machine's, and this key."""
    for name in [name for name in os.environ if name.startswith(("GOOGLE_", "GEMINI_")) or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
