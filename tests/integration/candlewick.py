"""Runs the real binary: one command, or a server on a folder and port of its own."""

import json
import os
import re
import select
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

BINARY = os.environ.get("CW_BINARY", "build/release/bin/candlewick")
# A build that checks itself is slow, and a busy machine too: waits for what must happen are that many times longer.
PATIENCE = float(os.environ.get("CW_PATIENCE", "1"))
START_SECONDS = 60 * PATIENCE


def clean_environment():
    """The environment without settings of whoever runs the test."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CANDLEWICK_")}


def run(*arguments, data_dir=None, environment=None, stdin=b"", timeout=60):
    """Runs one command to its end."""
    command = [BINARY, *map(str, arguments)]
    if data_dir is not None:
        command += ["--data-dir", str(data_dir)]
    return subprocess.run(command, env={**clean_environment(), **(environment or {})}, input=stdin, capture_output=True,
                          timeout=timeout * PATIENCE, check=False)


class Exchange:
    """`candlewick practice`: a local exchange on a free port, for a server that takes it for the real one."""

    def __init__(self, *flags):
        self._folder = tempfile.TemporaryDirectory(prefix="cw-")
        self.process = subprocess.Popen([BINARY, "practice", "--port", "0", "--data-dir", self._folder.name, *flags],
                                        env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = int(re.search(rb"://\S+:(\d+)", self.process.stdout.readline())[1])

    def flags(self):
        return ("--set", f"binance.rest_url=http://127.0.0.1:{self.port}", "--set", f"binance.ws_url=ws://127.0.0.1:{self.port}")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.process.stdout.close()
        self._folder.cleanup()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Server:
    """`candlewick serve` on the practice market (unless told otherwise), on a free port."""

    def __init__(self, data_dir=None, *flags, market="practice"):
        self._own = tempfile.TemporaryDirectory(prefix="cw-") if data_dir is None else None
        self.data_dir = Path(self._own.name if self._own else data_dir)
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [BINARY, "serve", "--port", "0", "--market", market, "--data-dir", str(self.data_dir), *flags],
            env=clean_environment(), stdout=subprocess.PIPE, stderr=self.errors)
        self.port = self._wait_for_address()

    def _wait_for_address(self):
        deadline = time.monotonic() + START_SECONDS
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            byte = os.read(self.process.stdout.fileno(), 1) if ready else b""
            if not byte:
                self.process.kill()
                raise AssertionError(f"the server did not start: {self.log()[-2000:]}")
            line += byte
        return int(re.search(rb"http://\S+:(\d+)", line)[1])

    def log(self):
        self.errors.seek(0)
        return self.errors.read().decode()

    def get(self, path, headers=None, method="GET"):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30 * PATIENCE) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, answer.headers, answer.read())

    def wait_for(self, what, condition, seconds=60):
        """Asks again and again, without guessing how long it takes, until `condition()` holds."""
        seconds *= PATIENCE
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = condition()
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{what} did not happen in {seconds} s")

    def stop(self):
        """SIGTERM; answers the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60 * PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=60 * PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        self.process.stdout.close()
        said = self.log()
        self.errors.close()
        if "Sanitizer" in said:  # also of a server that was killed, whose exit code does not tell
            raise AssertionError(said[said.index("Sanitizer") - 100:][:5000])
        if self._own:
            self._own.cleanup()
