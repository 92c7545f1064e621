"""A client that nobody of ours wrote, the `websockets` package, against the practice exchange over real sockets."""

import json
import ssl
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from peer_environment import BUILD, use_packages

HOST = BUILD / "peers" / "practice_host"


class Exchange:
    def __init__(self, speed, *tls):
        self.process = subprocess.Popen([HOST, str(speed), *map(str, tls)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the exchange did not stop within 15 s") from None
        finally:
            self.process.stdout.close()
        assert self.process.returncode == 0, f"it ended with {self.process.returncode}"

    def get(self, target):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{target}", timeout=10) as answer:
            return json.load(answer), answer.headers


def candle(fields):
    return [float(field) for field in fields]


class AForeignClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not HOST.exists():
            raise unittest.SkipTest(f"{HOST} is not built")
        use_packages()
        global connect
        from websockets.sync.client import connect

    def test_hears_trades_that_fold_to_the_klines_it_then_asks_for(self):
        with Exchange(60) as exchange:
            url = f"ws://127.0.0.1:{exchange.port}/stream?streams=btcusdt@trade/btcusdt@kline_1m"
            folded, closed = {}, {}
            with connect(url) as socket:
                while len(closed) < 4:
                    message = json.loads(socket.recv(timeout=10))
                    data = message["data"]
                    if data["e"] == "trade":
                        price, minute = float(data["p"]), data["T"] // 60000 * 60000
                        bar = folded.setdefault(minute, [price, price, price, price, 0.0])
                        bar[1], bar[2], bar[3] = max(bar[1], price), min(bar[2], price), price
                        bar[4] += float(data["q"])
                    elif data["k"]["x"]:
                        k = data["k"]
                        closed[k["t"]] = candle((k["o"], k["h"], k["l"], k["c"], k["v"]))
            first, *others = sorted(closed)  # the first was under way when we came
            rows, headers = exchange.get(f"/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime={first}&limit=4")
            self.assertEqual({row[0]: candle(row[1:6]) for row in rows}, closed)
            for minute in others:
                self.assertEqual(folded[minute], closed[minute])
            self.assertEqual(headers["X-MBX-USED-WEIGHT-1M"], "2")

    def test_subscribes_and_is_told_what_it_may_not(self):
        with Exchange(1) as exchange, connect(f"ws://127.0.0.1:{exchange.port}/ws") as socket:
            socket.send(json.dumps({"method": "SUBSCRIBE", "params": ["ethusdt@bookTicker"], "id": 1}))
            self.assertEqual(json.loads(socket.recv(timeout=10)), {"result": None, "id": 1})
            quote = json.loads(socket.recv(timeout=20))
            self.assertLess(float(quote["b"]), float(quote["a"]))
            socket.send("what?")
            while True:
                answer = json.loads(socket.recv(timeout=10))
                if "error" in answer:
                    break
            self.assertEqual(answer["error"]["code"], 3)
            with self.assertRaises(urllib.error.HTTPError) as refused:
                exchange.get("/api/v3/klines?symbol=NOPE&interval=1m")
            self.assertEqual(refused.exception.code, 400)
            self.assertEqual(json.load(refused.exception)["code"], -1121)
            refused.exception.close()

    def test_has_a_past_of_two_years(self):
        with Exchange(1) as exchange:
            days, _ = exchange.get("/api/v3/klines?symbol=TRXUSDT&interval=1d&limit=1000")
            self.assertGreaterEqual(len(days), 730)
            self.assertTrue(all(later[0] - earlier[0] == 86400000 for earlier, later in zip(days, days[1:])))

    def test_speaks_tls_when_given_a_certificate(self):
        with tempfile.TemporaryDirectory() as folder:
            key, certificate = Path(folder) / "key.pem", Path(folder) / "certificate.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
                            "-out", certificate], check=True, capture_output=True)
            trust = ssl.create_default_context(cafile=certificate)
            with Exchange(1, certificate, key) as exchange:
                with connect(f"wss://localhost:{exchange.port}/ws/btcusdt@trade", ssl=trust) as socket:
                    self.assertEqual(json.loads(socket.recv(timeout=20))["s"], "BTCUSDT")
                with self.assertRaises(ssl.SSLError):
                    connect(f"wss://localhost:{exchange.port}/ws", ssl=ssl.create_default_context())

    def test_is_told_before_the_exchange_goes(self):
        with Exchange(1) as exchange, connect(f"ws://127.0.0.1:{exchange.port}/ws") as socket:
            request = urllib.request.Request(f"http://127.0.0.1:{exchange.port}/practice/misbehave", data=b"none")
            with urllib.request.urlopen(request, timeout=10) as answer:
                self.assertEqual(json.load(answer)["misbehave"], "none")
            exchange.process.stdin.close()
            self.assertEqual(json.loads(socket.recv(timeout=10))["e"], "serverShutdown")


if __name__ == "__main__":
    unittest.main()
