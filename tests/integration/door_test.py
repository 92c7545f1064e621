"""The door with a real server: what may be plain, certificates, browsers' defences, and who a proxy's visitor is."""

import hashlib
import http.client
import os
import re
import shutil
import socket
import ssl
import stat
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from candlewick import PATIENCE, Server, run, unchecked_tls

OPEN = ("--host", "0.0.0.0")


def fingerprint(port):
    """Of the certificate that a client is shown, as browsers write it."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
        with unchecked_tls().wrap_socket(plain) as tls:
            digest = hashlib.sha256(tls.getpeercert(binary_form=True)).hexdigest().upper()
    return ":".join(digest[i:i + 2] for i in range(0, len(digest), 2))


def identity(folder, name):
    """A certificate for `name` and its key, as an administrator makes them."""
    certificate, key = Path(folder) / f"{name}.pem", Path(folder) / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-out", certificate, "-keyout", key],
                   check=True, capture_output=True)
    return certificate, key


def own_address():
    """An address of this machine that is not loopback, or nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
            return probe.getsockname()[0]
        except OSError:
            return None


class BindRule(unittest.TestCase):
    def refused(self, *flags, words):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            data = Path(folder) / "data"
            result = run("serve", "--port", "0", "--market", "practice", *flags, data_dir=data)
            said = result.stderr.decode()
            self.assertEqual(result.returncode, 2, said)
            self.assertEqual(said.count("\n"), 1, said)
            for word in words:
                self.assertIn(word, said)
            self.assertFalse(data.exists(), "nothing was begun")

    def test_other_machines_are_let_in_only_with_tls_or_a_proxy(self):
        for host in ("0.0.0.0", "::", "192.168.1.5"):
            self.refused("--host", host, words=("flag --host: server.host", f"'{host}'", "--tls-self-signed", "--tls-cert",
                                                "server.trusted_proxies"))

    def test_a_certificate_that_cannot_be_used_is_named_before_the_start(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            certificate, key = identity(folder, "a")
            _, other = identity(folder, "b")
            self.refused(*OPEN, "--tls-cert", certificate, words=("server.tls_cert", "server.tls_key"))
            self.refused(*OPEN, "--tls-cert", certificate, "--tls-key", other, words=("server.tls_key", "is not the key"))
            self.refused(*OPEN, "--tls-cert", "none.pem", "--tls-key", key, words=("server.tls_cert", "none.pem"))
            self.refused("--tls-cert", certificate, "--tls-key", key, "--tls-self-signed", words=("server.tls_self_signed", "leave one"))

    def test_other_commands_do_not_mind(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            Path(folder, "candlewick.toml").write_text('[server]\nhost = "0.0.0.0"\n')
            self.assertEqual(run("candles", "list", data_dir=folder).returncode, 0)


class SelfSigned(unittest.TestCase):
    def start(self, folder, *flags):
        server = Server(folder, *OPEN, "--tls-self-signed", *flags)
        server.stdout = b""
        while b"\n  " not in server.stdout or not server.stdout.endswith(b"\n"):
            server.stdout += os.read(server.process.stdout.fileno(), 4096)
        return server, re.search(r"SHA-256.*\n  ([0-9A-F:]{95})\n", server.stdout.decode())[1]

    def test_the_fingerprint_that_is_printed_is_the_one_that_is_shown(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            server, printed = self.start(folder, "--set", "server.public_url=https://desk.example.org")
            with server:
                self.assertEqual(server.scheme, "https")
                self.assertEqual(fingerprint(server.port), printed)
                key, certificate = Path(folder) / "tls" / "key.pem", Path(folder) / "tls" / "cert.pem"
                self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
                self.assertEqual(stat.S_IMODE(key.parent.stat().st_mode), 0o700)
                # Whoever trusts the file needs no exception, by any of its names.
                trusting = ssl.create_default_context(cafile=certificate)
                for name in ("localhost", "127.0.0.1", "::1", "desk.example.org", socket.gethostname()):
                    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as plain, \
                            trusting.wrap_socket(plain, server_hostname=name) as tls:
                        self.assertIn(tls.version(), ("TLSv1.2", "TLSv1.3"))
                tls_check = [check for check in server.get("/health/ready").json()["checks"] if check["name"] == "tls"]
                self.assertEqual(tls_check[0]["status"], "pass")
                self.assertEqual(server.stop(), 0)
            server, again = self.start(folder, "--set", "server.public_url=https://desk.example.org")
            with server:
                self.assertEqual(again, printed, "it is kept over a restart")
                server.stop()
            server, renewed = self.start(folder, "--set", "server.public_url=https://other.example.org")
            with server:
                self.assertNotEqual(renewed, printed, "it lacked a name")

    def test_it_speaks_http_1_1_over_new_tls_alone(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            server, _ = self.start(folder)
            with server:
                def protocol(offered, **settings):
                    context = unchecked_tls()
                    context.set_alpn_protocols(offered)
                    for name, value in settings.items():
                        setattr(context, name, value)
                    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as plain, context.wrap_socket(plain) as tls:
                        return tls.selected_alpn_protocol(), tls.version(), tls.cipher()[0]

                self.assertEqual(protocol(["h2", "http/1.1"])[:2], ("http/1.1", "TLSv1.3"))
                agreed = protocol(["http/1.1"], maximum_version=ssl.TLSVersion.TLSv1_2)
                self.assertEqual(agreed[1], "TLSv1.2")
                self.assertRegex(agreed[2], "^ECDHE-.*(GCM|CHACHA20)")
                with self.assertRaises(ssl.SSLError):
                    protocol(["h2"])
                for suites in ("AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-SHA384"):  # no forward secrecy; no AEAD
                    context = unchecked_tls()
                    context.maximum_version = ssl.TLSVersion.TLSv1_2
                    context.set_ciphers(suites)
                    with self.assertRaises(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=30) as plain:
                        context.wrap_socket(plain).close()
                # Plain HTTP to the same port is no request at all.
                with socket.create_connection(("127.0.0.1", server.port), timeout=30) as plain:
                    plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    self.assertNotIn(b"HTTP/1.1", plain.recv(1000))


class Certificate(unittest.TestCase):
    def test_new_files_serve_the_next_connection_and_bad_ones_change_nothing(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            first, second = identity(folder, "a"), identity(folder, "b")
            live = [Path(folder) / "live.pem", Path(folder) / "live.key"]
            data = Path(folder) / "data"
            data.mkdir()

            def put(files):
                for source, target in zip(files, live):
                    shutil.copy(source, f"{target}.new")
                    os.replace(f"{target}.new", target)

            put(first)
            with Server(data, "--tls-cert", str(live[0]), "--tls-key", str(live[1])) as server:
                shown = fingerprint(server.port)
                kept = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=30 * PATIENCE, context=unchecked_tls())
                kept.request("GET", "/health/live")
                self.assertEqual(kept.getresponse().read(), b'{"status":"pass"}')
                opened = kept.sock

                live[0].write_text("rubbish")
                server.wait_for("an error in the log", lambda: "tls_not_reloaded" in server.log())
                self.assertEqual(fingerprint(server.port), shown)
                self.assertRegex(server.log(), "live.pem: no PEM certificate")
                check = [check for check in server.get("/health/ready").json()["checks"] if check["name"] == "tls"][0]
                self.assertEqual(check["status"], "warn")
                self.assertIn("live.pem", check["detail"])

                put(second)
                server.wait_for("the new certificate", lambda: fingerprint(server.port) != shown)
                server.wait_for("the log's line", lambda: "tls_reloaded" in server.log())
                kept.request("GET", "/health/live")
                self.assertEqual(kept.getresponse().read(), b'{"status":"pass"}')
                self.assertIs(kept.sock, opened, "the open connection went on")
                self.assertEqual(server.get("/health/ready").json()["checks"][-1]["status"], "pass")
                kept.close()


class Browser(unittest.TestCase):
    def test_hsts_is_of_tls_alone_and_the_rest_stands_always(self):
        with Server() as plain, Server(None, "--tls-self-signed") as secure:
            for server, hsts in ((plain, None), (secure, "max-age=31536000")):
                for path in ("/", "/api/docs", "/api/market/symbols", "/health/live", "/nothing.txt"):
                    answer = server.get(path)
                    self.assertEqual(answer.headers["Strict-Transport-Security"], hsts, path)
                    self.assertEqual(answer.headers["X-Frame-Options"], "DENY")
                    self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                    self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])
                page = server.get("/api/docs").headers
                self.assertIn("object-src 'none'", page["Content-Security-Policy"])
                self.assertNotIn("unsafe", page["Content-Security-Policy"])
                self.assertIn("camera=()", page["Permissions-Policy"])
                self.assertEqual(server.get("/api/nothing").headers["Cache-Control"], "no-store")

    def test_cors_answers_listed_origins_alone(self):
        with Server(None, "--set", "server.allowed_origins=https://tools.example") as server:
            listed = server.get("/api/market/symbols", {"Origin": "https://tools.example"})
            self.assertEqual(listed.headers["Access-Control-Allow-Origin"], "https://tools.example")
            self.assertIn("Origin", listed.headers.get_all("Vary"))
            self.assertIsNone(listed.headers["Access-Control-Allow-Credentials"])
            for origin in ("https://evil.example", "null", "https://tools.example.evil.example"):
                answer = server.get("/api/market/symbols", {"Origin": origin})
                self.assertEqual(answer.status, 200)
                self.assertIsNone(answer.headers["Access-Control-Allow-Origin"], origin)
            asks = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
            preflight = server.get("/api/market/symbols", {"Origin": "https://tools.example", **asks}, method="OPTIONS")
            self.assertEqual((preflight.status, preflight.body), (204, b""))
            self.assertEqual(preflight.headers["Access-Control-Allow-Headers"], "authorization, content-type")
            refused = server.get("/api/market/symbols", {"Origin": "https://evil.example", **asks}, method="OPTIONS")
            self.assertEqual(refused.status, 405)
            self.assertEqual(server.socket(origin="https://tools.example").status, 101)
            self.assertEqual(server.socket(origin="https://evil.example").status, 403)
        with Server() as server:
            answer = server.get("/api/market/symbols", {"Origin": "https://tools.example", **asks}, method="OPTIONS")
            self.assertEqual(answer.status, 405)
            self.assertFalse([name for name in answer.headers if name.lower().startswith("access-control")])


class Names(unittest.TestCase):
    def test_a_plain_server_of_this_machine_has_loopbacks_names_and_those_it_is_given(self):
        with Server(None, "--set", "server.public_url=https://desk.example.org", "--set", "server.hosts=desk.lan") as server:
            for host in ("localhost", "desk.example.org", "DESK.lan:8080"):
                self.assertEqual(server.get("/health/live", {"Host": host}).status, 200, host)
            for host in ("evil.example", "192.168.1.5", "desk.example.org.evil.example"):
                answer = server.get("/health/live", {"Host": host})
                self.assertEqual((answer.status, answer.json()["code"]), (403, "forbidden_host"), host)
                self.assertIn("server.hosts", answer.json()["detail"])
            self.assertEqual(server.socket(host="evil.example").status, 403)
            # The public page may open the socket, by whatever name a proxy asks.
            self.assertEqual(server.socket(origin="https://desk.example.org").status, 101)
        with Server(None, "--tls-self-signed") as server:
            self.assertEqual(server.get("/health/live", {"Host": "192.168.1.5:8080"}).status, 200)
            self.assertEqual(server.get("/health/live", {"Host": "evil.example"}).status, 403)
            own = f"127.0.0.1:{server.port}"
            self.assertEqual(server.socket(origin=f"http://{own}").status, 403, "of another scheme")
            opened = server.socket(origin=f"https://{own}")
            self.assertEqual(opened.status, 101)
            self.assertIn(b'"welcome"', opened.frame()[1])


class Proxy(unittest.TestCase):
    FEW = ("--set", "server.requests_per_second=1", "--set", "server.request_burst=3")

    def statuses(self, server, *chains):
        return [server.get("/health/live", {"X-Forwarded-For": chain} if chain else {}).status for chain in chains]

    def test_a_forged_chain_gives_no_new_allowance(self):
        # To be over before a second has given a new token.
        for _ in range(5):
            with Server(None, *self.FEW) as server:
                began = time.monotonic()
                statuses = self.statuses(server, *(f"198.51.100.{i}" for i in range(8)))
                if time.monotonic() - began < 1:
                    break
        self.assertEqual(statuses.count(200), 3, "nobody is a proxy here, so all came from one address")

    def test_a_trusted_proxys_visitors_have_one_each_and_cannot_forge_another(self):
        with Server(None, *self.FEW, "--set", "server.trusted_proxies=127.0.0.1") as server:
            self.assertEqual(self.statuses(server, *(f"198.51.100.{i}" for i in range(8))), [200] * 8)
            for visitor in range(200, 205):
                began = time.monotonic()
                statuses = self.statuses(server, *(f"203.0.113.{i}, 198.51.100.{visitor}" for i in range(8)))
                if time.monotonic() - began < 1:
                    break
            self.assertEqual(statuses.count(200), 3)
            secure = server.get("/health/live", {"X-Forwarded-For": "198.51.100.77", "X-Forwarded-Proto": "https"})
            self.assertEqual(secure.headers["Strict-Transport-Security"], "max-age=31536000")
        with Server() as server:
            forged = server.get("/health/live", {"X-Forwarded-Proto": "https"})
            self.assertIsNone(forged.headers["Strict-Transport-Security"])

    def test_plain_http_from_another_machine_is_refused_behind_a_proxy(self):
        address = own_address()
        if address is None or address.startswith("127."):
            self.skipTest("this machine has no address besides loopback")
        for trusted, status in (("192.0.2.200", 403), (address, 200)):
            with Server(None, *OPEN, "--set", f"server.trusted_proxies={trusted}",
                        "--set", "server.public_url=https://desk.example.org") as server:
                self.assertEqual(server.get("/health/live").status, 200, "from this machine")
                connection = http.client.HTTPConnection(address, server.port, timeout=30 * PATIENCE)
                connection.request("GET", "/health/live", headers={"X-Forwarded-For": "127.0.0.1"})
                answer = connection.getresponse()
                body = answer.read().decode()
                connection.close()
                self.assertEqual(answer.status, status, body)
                if status == 403:
                    self.assertIn('"code":"tls_required"', body)
                    self.assertIn("https://desk.example.org", body)


if __name__ == "__main__":
    unittest.main()
