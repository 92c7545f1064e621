"""The server end to end on the practice market: HTTP, WebSocket, limits, commands beside it, stop and crash."""

import gzip
import http.server
import json
import os
import socket
import tempfile
import threading
import time
import unittest
from pathlib import Path

from candlewick import PATIENCE, Exchange, Server, run
from cli_test import rows

MINUTE = 60_000


def raw(port, text, timeout=30):
    """Sends bytes as they are and gives all that comes back until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.sendall(text)
        received = b""
        while True:
            try:
                more = connection.recv(65536)
            except ConnectionResetError:
                return received
            if not more:
                return received
            received += more


class Serving(unittest.TestCase):
    """One server for all cases: each leaves it as it was."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="cw-")
        cls.server = Server(cls.folder.name, "--set", "server.request_timeout_ms=1000", "--set", "server.requests_per_second=1000",
                            "--set", "server.request_burst=5000", "--set", "store.keep_1m_days=0")
        cls.server.wait_for("live feed", lambda: cls.server.get("/api/market/status").json()["feed"]["state"] == "live")
        cls.server.wait_for("history", lambda: len(cls.candles("BTCUSDT", "1h")["candles"]) > 100)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    @classmethod
    def candles(cls, symbol, timeframe, query=""):
        return cls.server.get(f"/api/market/candles/{symbol}?timeframe={timeframe}{query}").json()

    def problem(self, answer, status, code, field=None):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        body = answer.json()
        self.assertEqual((body["code"], body["status"]), (code, status))
        self.assertEqual(body["type"], f"/api/docs#code-{code}")
        self.assertEqual(body["request_id"], answer.headers["X-Request-Id"])
        if field:
            self.assertEqual(body["field"], field)
        return body

    def test_health_says_what_works(self):
        self.assertEqual(self.server.get("/health/live").json(), {"status": "pass"})
        ready = self.server.get("/health/ready")
        self.assertEqual(ready.status, 200)
        checks = {check["name"]: check["status"] for check in ready.json()["checks"]}
        self.assertEqual(set(checks), {"server", "candle_store", "disk", "journal", "feed"})
        self.assertEqual(checks["server"], "pass")
        self.assertEqual(checks["feed"], "pass")

    def test_metrics_are_prometheus_text(self):
        text = self.server.get("/metrics").body.decode()
        self.assertIn("# TYPE candlewick_http_requests_total counter", text)
        self.assertIn("process_resident_memory_bytes ", text)

    def test_symbols_are_the_followed_ones(self):
        symbols = self.server.get("/api/market/symbols").json()["symbols"]
        followed = [item for item in symbols if item["followed"]]
        self.assertEqual(len(followed), 12)
        self.assertTrue(all(item["practice"] and item["venue"] == "practice" for item in followed))
        self.assertEqual(followed[0]["symbol"], "BTCUSDT")

    def test_candles_are_sound_and_in_order(self):
        page = self.candles("BTCUSDT", "1h", "&limit=100")
        times = [bar[0] for bar in page["candles"]]
        self.assertEqual(len(times), 100)
        self.assertEqual(times, list(range(times[0], times[0] + 100 * 3_600_000, 3_600_000)))
        self.assertTrue(all(low <= min(o, c) and max(o, c) <= high for _, o, high, low, c, _ in page["candles"]))

    def test_a_range_is_half_open(self):
        newest = self.candles("BTCUSDT", "1h", "&limit=10")["candles"]
        page = self.candles("BTCUSDT", "1h", f"&from={newest[2][0]}&to={newest[5][0]}")
        self.assertEqual(page["candles"], newest[2:5])

    def test_etag_answers_304_until_it_changes(self):
        newest = self.candles("ETHUSDT", "1d", "&limit=5")["candles"]
        path = f"/api/market/candles/ETHUSDT?timeframe=1d&from={newest[0][0]}&to={newest[3][0]}"
        self.server.wait_for("all of the daily history",
                             lambda: self.server.get(path).json()["backfill"]["state"] == "done")
        first = self.server.get(path)
        again = self.server.get(path, {"If-None-Match": first.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertTrue(first.headers["ETag"].startswith('W/"'))

    def test_long_json_is_gzipped_on_request(self):
        path = "/api/market/candles/BTCUSDT?timeframe=1h&limit=100&to=1790000000000"
        self.server.wait_for("a hundred hours", lambda: len(self.server.get(path).json()["candles"]) == 100)
        plain = self.server.get(path)
        packed = self.server.get(path, {"Accept-Encoding": "gzip"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertEqual(json.loads(gzip.decompress(packed.body))["candles"], plain.json()["candles"])
        self.assertIsNone(self.server.get("/health/live", {"Accept-Encoding": "gzip"}).headers["Content-Encoding"])

    def test_bad_requests_name_the_parameter(self):
        base = "/api/market/candles/BTCUSDT"
        for query, code, field in (("", "bad_parameter", "timeframe"), ("?timeframe=90m", "unknown_timeframe", "timeframe"),
                                   ("?timeframe=1m&limit=0", "bad_parameter", "limit"), ("?timeframe=1m&limit=5001", "bad_parameter", "limit"),
                                   ("?timeframe=1m&limit=x", "bad_parameter", "limit"), ("?timeframe=1m&from=-1", "bad_parameter", "from"),
                                   ("?timeframe=1m&from=5&to=5", "bad_parameter", "from"), ("?timeframe=1m&form=5", "bad_parameter", "form"),
                                   ("?timeframe=1m&timeframe=1m", "bad_parameter", "timeframe")):
            with self.subTest(query):
                self.problem(self.server.get(base + query), 400, code, field)
        self.problem(self.server.get(base + "?timeframe=%zz"), 400, "bad_request")
        self.assertIn("BTCUSDT", self.problem(self.server.get("/api/market/ticker/BTCUSD"), 404, "unknown_symbol", "symbol")["suggestions"])
        self.problem(self.server.get("/api/market/symbols?x=1"), 400, "bad_parameter", "x")

    def test_unknown_paths_and_methods(self):
        body = self.problem(self.server.get("/api/market/symbol"), 404, "not_found")
        self.assertIn("/api/market/symbols", body["suggestions"])
        answer = self.server.get("/api/market/symbols", method="DELETE")
        self.problem(answer, 405, "method_not_allowed")
        self.assertEqual(answer.headers["Allow"], "GET, HEAD")
        self.assertEqual(self.server.get("/api/market/symbols", method="HEAD").body, b"")

    def test_limits_have_their_answers(self):
        port = self.server.port
        host = f"Host: 127.0.0.1:{port}\r\n".encode()
        self.assertIn(b" 413 ", raw(port, b"POST /api/market/symbols HTTP/1.1\r\n" + host + b"Content-Length: 99999999\r\n\r\n").split(b"\r\n")[0])
        self.assertIn(b" 431 ", raw(port, b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 20_000 + b"\r\n\r\n").split(b"\r\n")[0])
        self.assertIn(b" 414 ", raw(port, b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + host + b"\r\n").split(b"\r\n")[0])
        self.assertIn(b" 408 ", raw(port, b"GET / HTTP/1.1\r\nHost:").split(b"\r\n")[0])
        self.assertIn(b" 400 ", raw(port, b"nonsense\r\n\r\n").split(b"\r\n")[0])

    def test_foreign_names_and_pages_are_refused(self):
        self.problem(self.server.get("/api/market/symbols", {"Host": "evil.example"}), 403, "forbidden_host")
        self.assertEqual(self.server.socket(origin="https://evil.example").status, 403)
        self.assertEqual(self.server.socket(origin=f"http://127.0.0.1:{self.server.port}").status, 101)
        self.problem(self.server.get("/api/ws"), 426, "upgrade_required")

    def test_the_host_of_a_whole_address_counts(self):
        def status(target):
            return raw(self.server.port, f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())[9:12]
        self.assertEqual(status("http://evil.com/health/live"), b"403")
        self.assertEqual(status("http://localhost/health/live"), b"200")

    def test_the_socket_takes_no_parameters(self):
        upgrade = ("GET /api/ws?x=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        answer = raw(self.server.port, upgrade.encode())
        self.assertEqual(answer[9:12], b"400")
        self.assertIn(b"bad_parameter", answer)

    def test_too_many_connections_get_an_answer_with_an_id(self):
        with Server(None, "--set", "server.max_connections=1") as server:
            with socket.create_connection(("127.0.0.1", server.port), timeout=30):
                answer = server.get("/health/live")
                self.assertEqual((answer.status, answer.json()["code"]), (503, "overloaded"))
                self.assertEqual(answer.headers["X-Request-Id"], answer.json()["request_id"])

    def test_security_fields_are_on_every_answer(self):
        for path in ("/health/live", "/api/nothing", "/api/docs"):
            headers = self.server.get(path).headers
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        policy = self.server.get("/api/docs").headers["Content-Security-Policy"]
        self.assertIn("script-src 'self'", policy)
        self.assertNotIn("unsafe-inline", policy)

    def test_the_docs_page_has_no_foreign_host_and_no_inline_script(self):
        page = self.server.get("/api/docs").body.decode()
        self.assertNotIn("//", page.replace("<!doctype html>", ""))
        self.assertNotRegex(page, r"<script(?![^>]*\bsrc=)")
        self.assertEqual(self.server.get("/api/docs/docs.js").status, 200)
        self.assertEqual(self.server.get("/api/docs/docs.css").status, 200)

    def test_the_socket_sends_what_was_subscribed(self):
        client = self.server.socket()
        self.addCleanup(client.close)
        welcome = client.receive()
        self.assertEqual((welcome["type"], welcome["market"], welcome["protocol"]), ("welcome", "practice", 1))
        answer = client.ask({"type": "subscribe", "id": 1, "channel": "market_data", "params": {"symbol": "BTCUSDT", "timeframe": "1m"}})
        self.assertEqual(answer["type"], "subscribed")
        offset = answer["offset"]
        for _ in range(3):
            message = client.receive()
            self.assertEqual((message["type"], message["key"], message["offset"]), ("data", answer["key"], offset + 1))
            offset += 1
        self.assertEqual(client.ask({"type": "ping", "id": 7})["type"], "pong")
        self.assertEqual(client.ask({"type": "unsubscribe", "id": 8, "key": answer["key"]})["type"], "unsubscribed")

    def test_the_socket_refuses_by_name_and_stays_open(self):
        client = self.server.socket()
        self.addCleanup(client.close)
        client.receive()
        for message, code in (({"type": "subscribe", "id": 1, "channel": "market_data", "params": {"symbol": "BTCUSD", "timeframe": "1m"}}, "unknown_symbol"),
                              ({"type": "subscribe", "id": 2, "channel": "market_data", "params": {"symbol": "BTCUSDT", "timeframe": "90m"}}, "unknown_timeframe"),
                              ({"type": "subscribe", "id": 3, "channel": "nothing"}, "unknown_channel"),
                              ({"type": "unsubscribe", "id": 4, "key": "x"}, "unknown_key"), ({"type": "subscrib", "id": 5}, "unknown_type")):
            self.assertEqual(client.ask(message)["code"], code)
        client.send(b"not json")
        self.assertEqual(client.receive()["code"], "bad_message")
        self.assertEqual(client.ask({"type": "ping", "id": 9})["type"], "pong")

    def test_the_socket_closes_on_what_breaks_its_rules(self):
        client = self.server.socket()
        client.receive()
        client.send_frame(2, b"binary")
        self.assertEqual(client.receive(), {"close": 1003})
        client = self.server.socket()
        client.receive()
        client.send_frame(1, b"x" * 50_000)
        self.assertEqual(client.receive(), {"close": 1009})

    def test_a_second_server_names_the_first_ones_process(self):
        second = run("serve", "--port", "0", data_dir=self.folder.name)
        self.assertEqual(second.returncode, 1)
        self.assertIn(str(self.server.process.pid).encode(), second.stderr)

    def test_commands_work_beside_the_server(self):
        self.assertEqual(os.stat(Path(self.folder.name) / "control.sock").st_mode & 0o777, 0o600)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "kraken-ABC-USD-1m.csv"
            path.write_text(rows(100))
            done = run("import", path, data_dir=self.folder.name)
            self.assertEqual(done.returncode, 0, done.stderr)
        listed = run("candles", "list", "--format", "csv", data_dir=self.folder.name).stdout.decode()
        self.assertIn("kraken,", listed)
        self.assertIn("practice,BTCUSDT,1m,", listed)
        page = self.server.wait_for("the imported symbol", lambda: self.candles("kraken:ABC-USD", "5m").get("candles"))
        self.assertEqual(len(page), 20)
        failed = run("candles", "NOPE", data_dir=self.folder.name)
        self.assertEqual(failed.returncode, 1)
        self.assertIn(b"NOPE", failed.stderr)

    def test_bars_by_command_are_those_of_the_api(self):
        bars = self.candles("BTCUSDT", "15m", "&limit=50")["candles"]
        text = run("candles", "practice:BTCUSDT", "--timeframe", "15m", "--from", bars[0][0], "--to", bars[-1][0] + 1, "--format", "json",
                   data_dir=self.folder.name)
        self.assertEqual(json.loads(text.stdout)["candles"], bars)


class StopAndCrash(unittest.TestCase):
    def fast(self, folder):
        return Server(folder, "--speed", "60", "--set", "market.follow=BTCUSDT,ETHUSDT")

    def minutes(self, server, symbol="BTCUSDT"):
        return server.get(f"/api/market/candles/{symbol}?timeframe=1m&limit=200").json()["candles"]

    def test_sigterm_ends_with_zero_and_closes_the_socket_in_good_order(self):
        with Server() as server:
            client = server.socket()
            client.receive()
            server.process.terminate()
            self.assertEqual(client.receive(), {"close": 1001})
            self.assertEqual(server.process.wait(timeout=30), 0)
            self.assertFalse((server.data_dir / "control.sock").exists())

    def test_after_a_kill_the_series_goes_on_without_a_hole(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            with self.fast(folder) as server:
                first = server.wait_for("bars", lambda: (bars := self.minutes(server)) and bars)
                server.wait_for("three live bars", lambda: self.minutes(server)[-1][0] >= first[-1][0] + 3 * MINUTE)
                before = self.minutes(server)
                server.kill()
            with self.fast(folder) as server:
                server.wait_for("newer bars", lambda: (bars := self.minutes(server)) and bars[-1][0] >= before[-1][0] + 3 * MINUTE)
                after = self.minutes(server)
                self.assertEqual(server.stop(), 0)
            times = [bar[0] for bar in after]
            self.assertEqual(times, list(range(times[0], times[-1] + 1, MINUTE)))
            kept = {bar[0]: bar for bar in after}
            for bar in before:
                if bar[0] in kept:
                    self.assertEqual(kept[bar[0]], bar)

    def test_after_a_restart_a_snapshot_shows_the_newest_stored_bar(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            with Server(folder) as server:
                server.wait_for("hours", lambda: server.get("/api/market/candles/ETHUSDT?timeframe=4h&limit=1").json()["candles"])
                server.stop()
            with Server(folder) as server:
                newest = server.get("/api/market/candles/ETHUSDT?timeframe=4h&limit=1").json()["candles"][-1]
                socket = server.socket()
                self.assertEqual(socket.receive()["type"], "welcome")
                socket.send({"type": "subscribe", "id": 1, "channel": "market_data",
                             "params": {"symbol": "ETHUSDT", "timeframe": "4h"}})
                self.assertEqual(socket.receive()["snapshot"]["closed"], newest)
                socket.close()

    def test_a_start_that_failed_has_not_chosen_the_market(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder, Server() as other:
            failed = run("serve", "--market", "practice", "--port", other.port, data_dir=folder)
            self.assertEqual(failed.returncode, 1)
            with Server(folder, "--set", "binance.rest_url=http://127.0.0.1:9", "--set", "binance.ws_url=ws://127.0.0.1:9",
                        market="live") as server:
                self.assertEqual(server.get("/api/market/status").json()["market"], "live")

    def test_a_feed_that_stays_down_after_a_restart_says_when_it_was_heard_last(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder, Exchange() as exchange:
            with Server(folder, *exchange.flags(), market="live") as server:
                server.wait_for("a price", lambda: server.get("/api/market/status").json()["feed"]["last_message"])
                server.stop()
                self.assertNotIn("history_fetch_failed", server.log(), "a stop of ours is no failure")
            stopped = time.time() * 1000
            exchange.stop()
            for end in ("kill", "stop"):
                with Server(folder, *exchange.flags()[:-2], "--set", "binance.ws_url=ws://127.0.0.1:9", market="live") as server:
                    status = server.wait_for("a feed that is down", lambda: (s := server.get("/api/market/status").json())["feed"]["state"] == "down" and s)
                    heard = status["feed"]["last_message"]
                    self.assertLessEqual(heard, stopped)
                    self.assertGreater(heard, stopped - 10_000 * PATIENCE)
                    self.assertEqual(status["feed"]["since"], heard)
                    feed = next(check for check in server.get("/health/ready").json()["checks"] if check["name"] == "feed")
                    self.assertEqual((feed["status"], feed["since"]), ("warn", heard))
                    self.assertNotRegex(feed["detail"], r"127\.0\.0\.1:9.*127\.0\.0\.1:9")
                    getattr(server, end)()

    def test_a_first_start_asks_for_all_its_time(self):
        answers = []

        class Busy(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answers.append(self.path)
                good = len(answers) > 2
                self.send_response(200 if good else 429)
                body = b'{"serverTime":%d}' % int(time.time() * 1000) if good else b"{}"
                self.send_header("Retry-After", "1")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Venue(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # a server that was killed does not read its answer

        venue = Venue(("127.0.0.1", 0), Busy)
        threading.Thread(target=venue.serve_forever, daemon=True).start()
        address = f"binance.rest_url=http://127.0.0.1:{venue.server_port}"
        nowhere = ("--set", "binance.ws_url=ws://127.0.0.1:9")
        with Server(None, "--set", address, *nowhere, "--set", "market.decide_ms=20000", market="auto") as server:
            self.assertEqual(server.get("/api/market/status").json()["market"], "live")
        answers[:] = []
        with Server(None, "--set", address, *nowhere, "--set", "market.decide_ms=500", market="auto") as server:
            self.assertEqual(server.get("/api/market/status").json()["market"], "practice")
            self.assertRegex(server.log(), "exchange gave no answer.*answered 429")
        venue.shutdown()
        venue.server_close()
        began = time.monotonic()
        with Server(None, "--set", "binance.rest_url=http://127.0.0.1:9", "--set", "market.decide_ms=1500", market="auto") as server:
            self.assertGreater(time.monotonic() - began, 1.4)
            self.assertRegex(server.log(), "exchange gave no answer.*nobody listens")

    def test_a_practice_folder_keeps_its_seed(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            with Server(folder, "--seed", "7") as server:
                server.stop()
            refused = run("serve", "--market", "practice", "--port", "0", "--seed", "2", data_dir=folder)
            self.assertEqual(refused.returncode, 2)
            self.assertRegex(refused.stderr.decode(), "seed 7.*seed 2")
            for flags in ((), ("--seed", "7")):
                with Server(folder, *flags) as server:
                    self.assertEqual(server.stop(), 0)

    def test_a_name_that_the_exchange_does_not_list_is_left_out_and_said(self):
        with Server(None, "--set", "market.follow=BTCUSDT,ETHUSD,NOSUCHPAIR") as server:
            status = server.wait_for("live feed", lambda: (s := server.get("/api/market/status").json())["feed"]["state"] == "live" and s)
            detail = status["feed"]["detail"]
            self.assertIn("The feed follows 1 instrument ", detail)
            self.assertIn("'ETHUSD' is not listed at practice and not followed (did you mean 'ETHUSDT'", detail)
            self.assertIn("'NOSUCHPAIR' is not listed at practice", detail)
            server.wait_for("a price", lambda: server.get("/api/market/ticker/BTCUSDT").json()["price"])
            self.assertEqual({item["symbol"] for item in server.get("/api/market/status").json()["history"]}, {"BTCUSDT"})
            followed = {one["symbol"]: one["followed"] for one in server.get("/api/market/symbols").json()["symbols"]}
            self.assertEqual(followed, {"BTCUSDT": True, "ETHUSD": False, "NOSUCHPAIR": False})
            ready = server.get("/health/ready")
            self.assertEqual(ready.status, 200)
            feed = next(check for check in ready.json()["checks"] if check["name"] == "feed")
            self.assertEqual((feed["status"], feed["detail"]), ("warn", detail))
            self.assertIn('"event":"name unknown"', server.log().replace('": ', '":'))
            none = server.get("/api/market/candles/ETHUSD?timeframe=1h").json()
            self.assertEqual((none["candles"], none["backfill"]["state"]), ([], "none"))

    def test_a_replay_serves_the_stored_series_beside_it(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            with Server(folder) as server:
                # Fifteen hours of minutes, of which more than ten whole hours can be made.
                server.wait_for("history", lambda: all(
                    len(server.get(f"/api/market/candles/{symbol}?timeframe=1m&limit=900").json()["candles"]) == 900
                    for symbol in ("BTCUSDT", "ETHUSDT")))
                server.stop()
            with Server(folder, "--replay", "BTCUSDT", market="replay") as server:
                symbols = server.get("/api/market/symbols").json()["symbols"]
                self.assertEqual([(one["venue"], one["symbol"]) for one in symbols if one["followed"]], [("replay", "BTCUSDT")])
                self.assertIn(("practice", "ETHUSDT"), [(one["venue"], one["symbol"]) for one in symbols])
                self.assertTrue(all(one["practice"] for one in symbols), "what was invented stays invented when it is replayed")
                stored = server.get("/api/market/candles/practice:ETHUSDT?timeframe=1h").json()
                self.assertGreater(len(stored["candles"]), 10)
                self.assertEqual(stored["backfill"]["state"], "none")
                self.assertEqual(server.get("/api/market/candles/ETHUSDT?timeframe=1h").json()["venue"], "practice")
                self.assertEqual(server.get("/api/market/candles/BTCUSDT?timeframe=1m").json()["venue"], "replay")
                self.assertGreater(server.get("/api/market/ticker/practice:ETHUSDT").json()["price"], 0)

    def test_a_replay_of_real_prices_is_not_called_practice(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            path = Path(folder) / "binance-BTC-USDT-1m.csv"
            path.write_text(rows(9 * 24 * 60))
            data = Path(folder) / "data"
            self.assertEqual(run("import", path, data_dir=data).returncode, 0)
            with Server(data, "--replay", "BTCUSDT", market="replay") as server:
                self.assertEqual(server.get("/api/market/status").json()["market"], "replay")
                symbols = server.get("/api/market/symbols").json()["symbols"]
                self.assertIn("replay", [one["venue"] for one in symbols])
                self.assertFalse(any(one["practice"] for one in symbols))

    def test_the_browsers_icon_is_there(self):
        public = Path(__file__).parents[2] / "web" / "public"
        with Server(None, "--set", f"server.web_dir={public}") as server:
            answer = server.get("/favicon.ico")
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "image/x-icon"))

    def test_a_practice_folder_refuses_the_live_market(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            with Server(folder) as server:
                self.assertEqual(server.stop(), 0)
            refused = run("serve", "--market", "live", "--port", "0", data_dir=folder)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(b"practice", refused.stderr)


if __name__ == "__main__":
    unittest.main()
