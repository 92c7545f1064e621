"""Starts the product by a command, checks that it answers, and stops it as Ctrl-C does.

Usage: try_run.py PORT COMMAND…    Exit code 0 when it became ready, served its page and stopped cleanly.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

_READY_SECONDS = 2400  # the command may build first
_STOP_SECONDS = 30


def get(port, path):
    """(status, content type, body) of a request to the product, or None while nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read()
    except OSError:
        return None


def check(port):
    """What is wrong with a product that answers, or an empty string."""
    page = get(port, "/")
    if page is None or page[0] != 200 or page[1] != "text/html" or b"<script" not in page[2]:
        return f"/ is not the dashboard: {page and page[:2]}"
    deadline = time.monotonic() + 60
    while (ready := get(port, "/health/ready")) is None or ready[0] != 200:
        if time.monotonic() > deadline:
            return f"/health/ready stays {ready}"
        time.sleep(1)
    symbols = get(port, "/api/market/symbols")
    if symbols is None or symbols[0] != 200 or b'"symbols"' not in symbols[2]:
        return f"/api/market/symbols answered {symbols}"
    return ""


def main(port, command):
    process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)
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
        if wrong := check(port):
            print(wrong)
            return 1
        os.killpg(process.pid, signal.SIGINT)
        process.wait(_STOP_SECONDS)
        if get(port, "/health/live") is not None:
            print("it still answers after Ctrl-C")
            return 1
        print("it became ready, served its page and stopped on Ctrl-C")
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
