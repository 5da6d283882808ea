"""Alerts: what is sent over which channel, that it holds nothing that was said, and that a failure fails nothing."""

from __future__ import annotations

import json
import stat
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sleeper import Sleeper, exchange

from circadian import alerts, config
from circadian.config import Alerts


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An http server on this machine, and the JSON that it was sent."""
    got: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200 if self.path == "/" else 500)
            self.end_headers()

        def log_message(self, *given: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", got
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def teller(tmp_path: Path) -> tuple[str, Path]:
    """A command that writes what it was told, and the file."""
    told, script = tmp_path / "told", tmp_path / "tell it.py"
    script.write_text(
        f"import os\nopen({str(told)!r}, 'a').write(os.environ['CIRCADIAN_ALERT_KIND'] + ': ' + os.environ['CIRCADIAN_ALERT'] + '\\n')\n"
    )
    return f"{sys.executable} '{script}'", told


def test_a_line_goes_over_every_channel_that_is_set(
    hook: tuple[str, list[dict[str, Any]]], teller: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown = tmp_path / "shown"
    notify = tmp_path / "notify-send"
    notify.write_text(f"#!/bin/sh\nprintf '%s|%s' \"$1\" \"$2\" > '{shown}'\n")
    notify.chmod(notify.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(alerts, "notifier", lambda: (str(notify),))
    alerts.alert(Alerts(True, hook[0], teller[0]), "done", "the night\nis done")
    assert hook[1] == [{"kind": "done", "text": "Circadian: the night is done"}]
    assert teller[1].read_text() == "done: the night is done\n" and shown.read_text() == "Circadian|the night is done"
    alerts.alert(Alerts(False, "", teller[0], only_trouble=True), "done", "x")
    alerts.alert(Alerts(False, "", teller[0], only_trouble=True), "refused", "y")
    assert teller[1].read_text().splitlines()[1:] == ["refused: y"]
    monkeypatch.setenv("CIRCADIAN_WEBHOOK", hook[0])
    alerts.alert(Alerts(False), "failed", "z")
    assert hook[1][1:] == [{"kind": "failed", "text": "Circadian: z"}]


def test_without_a_desktop_nobody_is_notified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert alerts.notifier() == () and alerts.channels(Alerts()) == {}


@pytest.mark.parametrize(
    "broken",
    [
        Alerts(False, "http://127.0.0.1:9/secret"), Alerts(False, "file:///etc/passwd"), Alerts(False, "", "no-such-program"),
        Alerts(False, "", "false"), Alerts(False, "", "'"), Alerts(False, "http://["),
    ],
)  # fmt: skip
def test_an_alert_that_cannot_be_sent_fails_nothing(broken: Alerts, capsys: pytest.CaptureFixture[str]) -> None:
    alerts.alert(broken, "failed", "the night failed")
    said = capsys.readouterr().err
    assert "could not be sent" in said and said.count("\n") == 1 and "secret" not in said


def test_a_server_that_says_no_fails_nothing(
    hook: tuple[str, list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    alerts.alert(Alerts(False, hook[0] + "no"), "done", "x")
    assert "the alert over webhook could not be sent" in capsys.readouterr().err


def test_where_alerts_go_is_in_no_record(tmp_path: Path) -> None:
    settings = config.load(home=str(tmp_path), alerts__webhook="https://example.org/T0KEN", alerts__command="send --key T0KEN")
    assert "T0KEN" not in json.dumps(settings.to_dict()) and settings.to_dict()["alerts"]["webhook"] == "(set)"


def test_a_night_that_could_not_begin_is_told_so(sleeper: Sleeper, teller: tuple[str, Path]) -> None:
    sleeper.settings.write_text(f"{sleeper.settings.read_text()}[alerts]\ncommand = {json.dumps(teller[0])}\n")
    assert sleeper.run("run_cycle.py").returncode == 1
    assert teller[1].read_text().strip() == "failed: the night could not begin; python run_cycle.py says why"


def test_a_night_that_fails_is_told_without_what_was_said(sleeper: Sleeper, teller: tuple[str, Path]) -> None:
    sleeper.settings.write_text(f"{sleeper.settings.read_text()}[alerts]\ncommand = {json.dumps(teller[0])}\n")
    sleeper.prompts.write_text("no task\n")
    sleeper.remember(exchange("My dog is called Biscuit.", ""))
    done = sleeper.run("run_cycle.py", lora="ok")
    assert done.returncode == 1
    (line,) = teller[1].read_text().splitlines()
    assert line.startswith("failed: the night failed at measure before") and "Biscuit" not in line
