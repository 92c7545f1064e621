"""Runs the real binary: one command, or a server on a folder and port of its own."""

import http.client
import json
import os
import re
import select
import signal
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

from websocket import WebSocket

BINARY = os.environ.get("CW_BINARY", "build/release/bin/candlewick")
# A build that checks itself is slow, and a busy machine too: waits for what must happen are that many times longer.
PATIENCE = float(os.environ.get("CW_PATIENCE", "1"))
START_SECONDS = 60 * PATIENCE
# The administrator of a test's server. Its token is renewed well before its 15 minutes are over.
EMAIL, PASSWORD = "ada@example.org", "the long sentence of these tests"
TOKEN_SECONDS = 600


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


def unchecked_tls():
    """For a client that believes any certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Server:
    """`candlewick serve` on the practice market (unless told otherwise), on a free port.

    What it is asked under /api/, it is asked by an administrator, whom `candlewick user add` makes beside it when the first
    such question comes; `anonymous=True` asks as a stranger.
    """

    def __init__(self, data_dir=None, *flags, market="practice"):
        self._own = tempfile.TemporaryDirectory(prefix="cw-") if data_dir is None else None
        self.data_dir = Path(self._own.name if self._own else data_dir)
        self.errors = tempfile.TemporaryFile()
        self._token, self._token_until = None, 0.0
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
        scheme, port = re.search(rb"(https?)://\S+:(\d+)", line).groups()
        self.scheme = scheme.decode()
        return int(port)

    def log(self):
        self.errors.seek(0)
        return self.errors.read().decode()

    def get(self, path, headers=None, method="GET", anonymous=False, body=None):
        """Asks, as the administrator unless `anonymous` or by an `Authorization` of its own. `body`: bytes as they are, or
        what is sent as JSON."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        if not anonymous and path.startswith("/api/") and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.token()}"
        connection = self.connect()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def post(self, path, body=None, **how):
        return self.get(path, method="POST", body=body, **how)

    def connect(self):
        """A connection of http.client, for what `get` cannot ask."""
        if self.scheme == "https":
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30 * PATIENCE, context=unchecked_tls())
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30 * PATIENCE)

    def token(self):
        """An access token of the administrator, good for five minutes at least."""
        if time.monotonic() < self._token_until:
            return self._token
        if self._token is None:
            made = self.command("user", "add", "--email", EMAIL, "--role", "admin", "--password", "-", stdin=PASSWORD.encode())
            # A folder that another server had before has the account already.
            if made.returncode != 0 and b"there is an account" not in made.stderr:
                raise AssertionError(made.stderr.decode())
        answer = self.sign_in(EMAIL, PASSWORD)
        if answer.status != 200:
            raise AssertionError(f"no sign-in: {answer.body}")
        self._token, self._token_until = answer.json()["access_token"], time.monotonic() + TOKEN_SECONDS
        return self._token

    def sign_in(self, email, password, **more):
        return self.post("/api/auth/login", {"email": email, "password": password, **more}, anonymous=True)

    def socket(self, anonymous=False, **how):
        """A WebSocket of the administrator, or of somebody who has shown nothing yet."""
        if self.scheme == "https":
            how.setdefault("tls", unchecked_tls())
        if not anonymous:
            how.setdefault("token", self.token())
        return WebSocket(self.port, **how)

    def command(self, *arguments, **how):
        """Runs a command on this server's folder."""
        return run(*arguments, data_dir=self.data_dir, **how)

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
