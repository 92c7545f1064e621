"""Starts the product by a command, checks that it answers, signs in as its first visitor does, and stops it as Ctrl-C does.

Usage: try_run.py PORT COMMAND…    Exit code 0 when it became ready, served its page, took its first administrator by the link
that it printed and stopped cleanly. The command's data folder must be new.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

_READY_SECONDS = 2400  # the command may build first
_STOP_SECONDS = 30


def get(port, path, token=None, body=None):
    """(status, content type, body) of a request to the product, or None while nobody answers. With a body it is a POST."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body and json.dumps(body).encode(), headers)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read()
    except OSError:
        return None


class Said:
    """What the command prints, passed on as it comes."""

    def __init__(self, stream):
        self.text = ""
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream):
        for line in stream:
            sys.stdout.write(line)
            sys.stdout.flush()
            self.text += line

    def set_up_token(self):
        deadline = time.monotonic() + 60
        while (found := re.search(r"/setup#(\S+)", self.text)) is None:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.1)
        return found[1]


def check(port, said):
    """What is wrong with a product that answers, or an empty string."""
    page = get(port, "/")
    if page is None or page[0] != 200 or page[1] != "text/html" or b"<script" not in page[2]:
        return f"/ is not the dashboard: {page and page[:2]}"
    deadline = time.monotonic() + 60
    while (ready := get(port, "/health/ready")) is None or ready[0] != 200:
        if time.monotonic() > deadline:
            return f"/health/ready stays {ready}"
        time.sleep(1)
    stranger = get(port, "/api/market/symbols")
    if stranger is None or stranger[0] != 401:
        return f"/api/market/symbols answered {stranger} to a stranger"
    account = {"email": "first@example.org", "password": "what a first visitor chooses"}
    made = get(port, "/api/auth/setup", body={"token": said.set_up_token(), **account})
    if made is None or made[0] != 201:
        return f"the link that it printed made no administrator: {made}"
    symbols = get(port, "/api/market/symbols", json.loads(made[2])["access_token"])
    if symbols is None or symbols[0] != 200 or b'"symbols"' not in symbols[2]:
        return f"/api/market/symbols answered {symbols}"
    return ""


def main(port, command):
    process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    said = Said(process.stdout)
    try:
        deadline = time.monotonic() + _READY_SECONDS
        while get(port, "/health/live") is None:
            if process.poll() is not None:
                print(f"it ended with exit code {process.returncode} before it answered")
                return 1
            if time.monotonic() > deadline:
                print(f"it does not answer after {_READY_SECONDS} s")
                return 1
            time.sleep(1)
        if wrong := check(port, said):
            print(wrong)
            return 1
        os.killpg(process.pid, signal.SIGINT)
        process.wait(_STOP_SECONDS)
        if get(port, "/health/live") is not None:
            print("it still answers after Ctrl-C")
            return 1
        print("it became ready, served its page, took its first administrator and stopped on Ctrl-C")
        return 0
    except subprocess.TimeoutExpired:
        print(f"it does not stop within {_STOP_SECONDS} s of Ctrl-C")
        return 1
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
