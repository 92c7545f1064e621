"""What tests of accounts share: people who sign in, programs with keys, tokens of a forger, sockets, and a memory of secrets."""

import base64
import hashlib
import hmac
import http.client
import json
import re
import sqlite3
import struct
import time
import unittest

from candlewick import Answer, PATIENCE, Server, run, unchecked_tls
from websocket import WebSocket

COOKIE = "__Host-candlewick_refresh"
PASSWORD = "quiet harbour 1729 lantern"
# Tests ask far more than people do; what is held here is not how often one may ask.
NO_LIMITS = tuple(part for name in ("requests", "write_requests", "auth_requests")
                  for part in ("--set", f"server.{name}_per_second=100000",
                               "--set", f"server.{name[:-1]}_burst=100000"))
PROXIED = ("--set", "server.trusted_proxies=127.0.0.1")


class Secrets:
    """Every secret that was used, so that a test can look for them where they must not be."""

    def __init__(self):
        self.known = {PASSWORD}

    def add(self, *secrets):
        self.known.update(secret for secret in secrets if secret and len(secret) >= 8)

    def found_in(self, text):
        """Those that `text` holds, shortened."""
        text = text if isinstance(text, bytes) else text.encode()
        return [secret[:6] + "…" + secret[-4:] for secret in self.known if secret.encode() in text]


SECRETS = Secrets()
REFUSALS = []  # the body and fields of every answer of 400 and more
_TOKENS = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+|cw_[a-z0-9]+_[\w-]{20,}")


def ask(server, method, path, *, token=None, body=None, cookie=None, headers=()):
    """One request on a connection of its own; `headers` are pairs, so that one may be sent twice."""
    fields = [*headers]
    if token is not None:
        fields.append(("Authorization", f"Bearer {token}"))
    if cookie is not None:
        fields.append(("Cookie", f"{COOKIE}={cookie}"))
    data = None
    if body is not None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields.append(("Content-Type", "application/json"))
    make = http.client.HTTPSConnection if server.scheme == "https" else http.client.HTTPConnection
    tls = {"context": unchecked_tls()} if server.scheme == "https" else {}
    connection = make("127.0.0.1", server.port, timeout=60 * PATIENCE, **tls)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in fields:
            connection.putheader(name, value)
        if data is not None or method in ("POST", "PUT"):
            connection.putheader("Content-Length", str(len(data or b"")))
        try:
            connection.endheaders(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it may refuse before it has read everything
        answer = connection.getresponse()
        answer = Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
    if answer.status >= 400:
        REFUSALS.append(answer.body + str(answer.headers).encode())
    else:
        SECRETS.add(*_TOKENS.findall(answer.body.decode(errors="replace")))
    SECRETS.add(*_TOKENS.findall(answer.headers.get("Set-Cookie", "")))
    return answer


def code(answer):
    """The problem's code; of an answer that is none, its status."""
    kind = (answer.headers["Content-Type"] or "").split(";")[0]
    return answer.json()["code"] if kind == "application/problem+json" else answer.status


class Person:
    """Somebody with an e-mail address and a password: signs in, keeps cookie and access token, asks."""

    def __init__(self, server, email, password=PASSWORD, headers=()):
        self.server, self.email, self.password, self.headers = server, email, password, tuple(headers)
        self.access = self.cookie = self.user = self.seed = None
        SECRETS.add(password)

    def take(self, answer):
        """Keeps what an answer that signs in gives."""
        if answer.status in (200, 201):
            self.access = answer.json()["access_token"]
            self.user = answer.json()["user"]
            found = re.match(rf"{COOKIE}=([^;]+);", answer.headers["Set-Cookie"] or "")
            if found:
                self.cookie = found[1]
        return answer

    def try_sign_in(self, password=None, totp=None, headers=None):
        body = {"email": self.email, "password": self.password if password is None else password}
        if totp is not None:
            body["totp"] = totp
        return self.take(ask(self.server, "POST", "/api/auth/login", body=body,
                             headers=self.headers if headers is None else headers))

    def sign_in(self, totp=None):
        answer = self.try_sign_in(totp=totp)
        assert answer.status == 200, answer.body
        return self

    def refresh(self, cookie=None, headers=()):
        return self.take(ask(self.server, "POST", "/api/auth/refresh", cookie=cookie or self.cookie,
                             headers=(*self.headers, *headers)))

    def ask(self, method, path, body=None, **more):
        return ask(self.server, method, path, token=self.access, body=body, headers=self.headers, **more)

    def get(self, path):
        return self.ask("GET", path)

    def session(self):
        """The id of this very session."""
        return next(one["id"] for one in self.get("/api/auth/sessions").json()["items"] if one["current"])

    def key(self, *scopes, name="robot"):
        """A new API key: (its id, its text)."""
        answer = self.ask("POST", "/api/auth/keys", {"name": name, "scopes": list(scopes)})
        assert answer.status == 201, answer.body
        return answer.json()["id"], answer.json()["key"]

    def ticket(self):
        answer = self.ask("POST", "/api/ws/ticket")
        assert answer.status == 201, answer.body
        return answer.json()["ticket"]

    def turn_on_two_factor(self):
        """Answers the recovery codes; the seed is kept."""
        begun = self.ask("POST", "/api/auth/totp", {"password": self.password}).json()
        self.seed = begun["secret"]
        answer = self.ask("POST", "/api/auth/totp/confirm", {"totp": totp(self.seed)})
        assert answer.status == 200, answer.body
        codes = answer.json()["recovery_codes"]
        SECRETS.add(self.seed, *codes)
        return codes


def totp(seed, steps=0, at=None):
    """The six digits of an authenticator app (RFC 6238), `steps` of 30 s from now."""
    counter = int((time.time() if at is None else at) // 30) + steps
    digest = hmac.new(base64.b32decode(seed + "=" * (-len(seed) % 8)), struct.pack(">Q", counter), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06d}"


def command(server_or_folder, *arguments, stdin=b""):
    """One command beside a server, or on a folder without one; its output once it has ended with 0."""
    folder = server_or_folder.data_dir if isinstance(server_or_folder, Server) else server_or_folder
    result = run(*arguments, data_dir=folder, stdin=stdin)
    SECRETS.add(*_TOKENS.findall(result.stdout.decode()))
    assert result.returncode == 0, (arguments, result.stderr)
    return result.stdout.decode()


def add_user(server_or_folder, email, role="user", password=PASSWORD):
    """By the command line; the password goes through stdin, as in a script."""
    SECRETS.add(password)
    return command(server_or_folder, "user", "add", "--email", email, "--role", role, "--password", "-",
                   stdin=password.encode() + b"\n")


def person(server, email, role="user", headers=()):
    """A new account, signed in."""
    add_user(server, email, role)
    return Person(server, email, headers=headers).sign_in()


def link_token(text, page):
    """The token of a one-time link in what was printed or answered."""
    found = re.search(rf"/{page}#(\S+?)[\"\s]", text + "\n")
    assert found, text
    SECRETS.add(found[1])
    return found[1]


# --- tokens of one's own making

def base64url(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else data.encode()).rstrip(b"=").decode()


def unbase64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


HEADER = '{"alg":"HS256","typ":"JWT"}'
KINDS = ("access", "refresh", "ws-ticket", "set-up", "invitation", "reset")


def hkdf(key, salt, info):
    """RFC 5869 with SHA-256, of 32 bytes."""
    extracted = hmac.new(salt, key, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


class Forger:
    """Whoever holds a data folder's secret.key: signs whatever he likes, as src/accounts/token.h says."""

    def __init__(self, folder, sample):
        self.master = bytes.fromhex((folder / "secret.key").read_text().strip())
        SECRETS.add(self.master.hex())
        self.claims = json.loads(unbase64url(sample.split(".")[1]))

    def key(self, kind):
        return hkdf(self.master, b"candlewick master key", b"token " + kind.encode())

    def payload(self, kind="access", **changes):
        now = int(time.time())
        claims = {**self.claims, "typ": kind, "iat": now, "nbf": now, "exp": now + 600, **changes}
        names = ("typ", "aud", "sub", "sid", "jti", "num", "iat", "nbf", "exp")
        return json.dumps({name: claims[name] for name in names}, separators=(",", ":"))

    def sign(self, payload, header=HEADER, key=None, digest=hashlib.sha256):
        """A token of exactly this header and payload."""
        told = f"{base64url(header)}.{base64url(payload)}"
        mac = hmac.new(key or self.key(json.loads(payload)["typ"]), told.encode(), digest).digest()
        token = f"{told}.{base64url(mac)}"
        SECRETS.add(token)
        return token

    def token(self, kind="access", **changes):
        return self.sign(self.payload(kind, **changes))


# --- sockets

class Socket(WebSocket):
    """The WebSocket with a header, a ticket, or neither; `code` is the problem's where it was refused."""

    def __init__(self, server, *, token=None, ticket=None, headers=(), origin=None):
        self._fields = [*headers]
        if token is not None:
            self._fields.append(("Authorization", f"Bearer {token}"))
        if ticket is not None:
            self._fields.append(("Sec-WebSocket-Protocol", f"candlewick.v1, ticket.{ticket}"))
        import socket as sockets  # the name is taken by the base class' member
        self.socket = sockets.create_connection(("127.0.0.1", server.port), timeout=30 * PATIENCE)
        if server.scheme == "https":
            self.socket = unchecked_tls().wrap_socket(self.socket)
        fields = [("Host", f"127.0.0.1:{server.port}"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                  ("Sec-WebSocket-Key", base64.b64encode(b"sixteen bytes ok").decode()), ("Sec-WebSocket-Version", "13"),
                  *([("Origin", origin)] if origin else []), *self._fields]
        self.socket.sendall(("GET /api/ws HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields) + "\r\n").encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                raise EOFError
            head += byte
        self.status = int(head.split()[1])
        self.head = head.decode()
        self.code = None
        if self.status != 101:
            size = int(re.search(r"(?i)\r\ncontent-length: (\d+)", self.head)[1])
            body = self._read(size)
            REFUSALS.append(head + body)
            self.code = json.loads(body)["code"]
            self.close()

    def authenticate(self, token):
        """By the first message: what came back until it was clear, `{"type": "welcome"}` or `{"close": code}`."""
        assert self.receive()["type"] == "auth_required"
        self.send({"type": "auth", "token": token})
        said = []
        while not said or not ({"close"} & said[-1].keys() or said[-1]["type"] in ("welcome", "authenticated")):
            said.append(self.receive())
        return said

    def seconds_to_close(self, patience=30):
        """(close code, seconds from now until it came); what else comes is passed over."""
        began = time.monotonic()
        self.socket.settimeout(patience * PATIENCE)
        while True:
            try:
                message = self.receive()
            except EOFError:
                return 1006, time.monotonic() - began
            if "close" in message:
                return message["close"], time.monotonic() - began

    def is_open(self):
        """Whether it still answers."""
        try:
            return self.ask({"type": "ping", "id": 99}).get("type") == "pong"
        except (EOFError, OSError):
            return False


def core(folder):
    """`core.db` of a folder that nobody holds."""
    return sqlite3.connect(folder / "core.db")


class WhatWasAnswered(unittest.TestCase):
    """For the end of a file (a class of a name behind all others): what its tests were refused with."""

    def test_no_refusal_holds_a_secret(self):
        self.assertGreater(len(REFUSALS), 1)
        for refusal in REFUSALS:
            self.assertEqual(SECRETS.found_in(refusal), [], refusal[:300])
