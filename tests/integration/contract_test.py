"""Holds the real routes and answers against docs/openapi.yaml, as the server itself serves it."""

import re
import unittest

from candlewick import Server
from schema import problems_of


class Contract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(None, "--set", "server.request_burst=5000")
        cls.contract = cls.server.get("/api/openapi.json").json()
        cls.server.wait_for("bars", lambda: cls.server.get("/api/market/candles/BTCUSDT?timeframe=1h").json()["candles"])

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def resolve(self, node):
        while "$ref" in node:
            target = self.contract
            for part in node["$ref"][2:].split("/"):
                target = target[part]
            node = target
        return node

    def check(self, path, answer):
        """The answer's status, fields and body are what the contract says for this path."""
        responses = self.contract["paths"][path]["get"]["responses"]
        self.assertIn(str(answer.status), responses, f"{path} answered {answer.status}")
        response = self.resolve(responses[str(answer.status)])
        kind = answer.headers["Content-Type"].split(";")[0] if answer.body else None
        if kind is None:
            self.assertNotIn("content", response)
            return
        self.assertIn(kind, response.get("content", {}), path)
        schema = response["content"][kind].get("schema", {})
        if kind.endswith("json"):
            self.assertEqual(problems_of(answer.json(), schema, self.contract), [], path)
        for name, header in response.get("headers", {}).items():
            value = answer.headers[name]
            self.assertIsNotNone(value, f"{path}: no {name}")
            const = self.resolve(header).get("schema", {}).get("const")
            if const is not None:
                self.assertEqual(value, const)

    def test_the_served_contract_is_openapi(self):
        self.assertEqual(self.contract["openapi"], "3.1.0")
        self.assertGreaterEqual(len(self.contract["paths"]), 10)

    def test_every_path_answers_as_the_contract_says(self):
        filled = {"symbol": "BTCUSDT"}
        query = {"/api/market/candles/{symbol}": "?timeframe=1h&limit=50"}
        for path in self.contract["paths"]:
            with self.subTest(path):
                url = re.sub(r"\{(\w+)\}", lambda match: filled[match[1]], path) + query.get(path, "")
                answer = self.server.get(url)
                self.assertEqual(answer.status, 426 if path == "/api/ws" else 200)
                self.check(path, answer)

    def test_an_unknown_parameter_is_a_refusal_that_the_contract_lists(self):
        for path in self.contract["paths"]:
            with self.subTest(path):
                answer = self.server.get(path.replace("{symbol}", "BTCUSDT") + "?x=1")
                self.assertEqual(answer.status, 426 if path == "/api/ws" else 400)
                self.check(path, answer)

    def test_every_timeframe_answers(self):
        for timeframe in self.contract["components"]["schemas"]["Timeframe"]["enum"]:
            with self.subTest(timeframe):
                self.check("/api/market/candles/{symbol}", self.server.get(f"/api/market/candles/ETHUSDT?timeframe={timeframe}"))

    def test_refusals_are_in_the_contract(self):
        for path, url in (("/api/market/candles/{symbol}", "/api/market/candles/NOPE?timeframe=1m"),
                          ("/api/market/candles/{symbol}", "/api/market/candles/BTCUSDT"),
                          ("/api/market/candles/{symbol}", "/api/market/candles/BTCUSDT?timeframe=2m"),
                          ("/api/market/ticker/{symbol}", "/api/market/ticker/NOPE"), ("/api/market/symbols", "/api/market/symbols?a=b")):
            with self.subTest(url):
                answer = self.server.get(url)
                self.assertGreaterEqual(answer.status, 400)
                self.check(path, answer)
                self.assertIn(answer.json()["code"], self.contract["x-problem-codes"])

    def test_other_methods_are_405_everywhere(self):
        for path in self.contract["paths"]:
            with self.subTest(path):
                answer = self.server.get(path.replace("{symbol}", "BTCUSDT"), method="POST")
                self.assertEqual(answer.status, 405)
                self.check(path, answer)

    def test_the_checker_itself_finds_what_is_wrong(self):
        schema = {"$ref": "#/components/schemas/Instrument"}
        good = self.server.get("/api/market/symbols").json()["symbols"][0]
        self.assertEqual(problems_of(good, schema, self.contract), [])
        for change in ({"practice": "yes"}, {"tick_size": "1e-8"}, {"timeframes": ["2m"]}, {"symbol": None}):
            self.assertNotEqual(problems_of({**good, **change}, schema, self.contract), [], change)
        self.assertNotEqual(problems_of({name: value for name, value in good.items() if name != "base"}, schema, self.contract), [])
        self.assertNotEqual(problems_of([1, 2, 3], {"$ref": "#/components/schemas/Candle"}, self.contract), [])


if __name__ == "__main__":
    unittest.main()
