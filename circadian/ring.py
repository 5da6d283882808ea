"""One program in several processes, joined into a ring of mlx.distributed on this machine.

    python -m circadian.ring 2 logs/nights/20261121-033000-77/ring.json -m circadian.distill -c lora.json

On a CPU two processes of one thread train faster than one of two: a second thread helps the BLAS alone. The file says
where the members meet. Only the first one's stdout is passed on; when one fails, all are ended, and so is this.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from circadian.files import write_atomic
from circadian.process import die_with_parent

LOCAL = "127.0.0.1"
LOOK = 0.05  # seconds between two looks at the members


def free_ports(number: int) -> list[int]:
    """So many ports of this machine that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind((LOCAL, 0))
        return [one.getsockname()[1] for one in sockets]


def run(number: int, hosts: Path, command: Sequence[str]) -> int:
    """Run `number` members and return 0, or the status of the first that failed, negative for a signal."""
    try:
        write_atomic(hosts, json.dumps([[f"{LOCAL}:{port}"] for port in free_ports(number)]))
    except OSError as error:
        print(f"one process instead of {number}: {error}", file=sys.stderr, flush=True)
        number = 1
    members: list[subprocess.Popen[bytes]] = []
    try:
        for rank in range(number):
            members.append(
                subprocess.Popen(
                    list(command),
                    env=os.environ | {"MLX_RANK": str(rank)} | ({"MLX_HOSTFILE": str(hosts)} if number > 1 else {}),
                    stdout=subprocess.DEVNULL if rank else None,
                    preexec_fn=die_with_parent if sys.platform == "linux" else None,
                )
            )
        while True:
            ended = [member.poll() for member in members]
            failed = [code for code in ended if code]
            if failed or None not in ended:
                return failed[0] if failed else 0
            time.sleep(LOOK)
    finally:
        _end(members)


def _end(members: Sequence[subprocess.Popen[bytes]]) -> None:
    """Politely, then for good after five seconds."""
    for member in members:
        member.terminate()
    for member in members:
        try:
            member.wait(5.0)
        except subprocess.TimeoutExpired:
            member.kill()
            member.wait()


def main(argv: Sequence[str]) -> int:
    code = run(int(argv[0]), Path(argv[1]), [sys.executable, *argv[2:]])
    if code < 0:  # so that whoever waits for this one sees the same
        signal.signal(-code, signal.SIG_DFL) if -code != signal.SIGKILL else None
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
