"""Holds the real routes and answers against docs/openapi.yaml, as the server itself serves it."""

import http.client
import re
import unittest
from pathlib import Path

from candlewick import Answer
from contract import METHODS
from good_requests import COOKIE
from promised import SET_COOKIES, Promised, each_operation, has_body, tear_down
from schema import problems_of

ROOT = Path(__file__).parents[2]
ACCESS = {"public", "read", "write", "session", "admin", "socket", "operator"}


def tearDownModule():
    tear_down()


class Documents(Promised):
    def test_the_served_contract_is_openapi(self):
        self.assertEqual(self.contract.document["openapi"], "3.1.0")
        self.assertGreaterEqual(len(self.contract.operations), 40)
        self.assertEqual(len({operation.id for operation in self.contract.operations}), len(self.contract.operations))
        self.assertLessEqual({operation.access for operation in self.contract.operations}, ACCESS)

    @each_operation()
    def test_every_example_is_valid(self, operation):
        def contents(operation):
            if operation.media:
                yield "body", operation.media
            for status, response in operation.node["responses"].items():
                for kind, media in self.contract.resolve(response).get("content", {}).items():
                    yield f"{status} {kind}", media
        for where, media in contents(operation):
            for example in [media.get("example"), *(one["value"] for one in media.get("examples", {}).values())]:
                if example is not None:
                    self.assertEqual(problems_of(example, media["schema"], self.contract.document), [], where)

    def test_the_problem_codes_are_those_of_the_server(self):
        source = (ROOT / "src/api/problem.cpp").read_text()
        kinds = {code: {"status": int(status), "title": title}
                 for code, status, title in re.findall(r'^\s*\{"(\w+)", (\d{3}), "([^"]+)"\},$', source, re.MULTILINE)}
        promised = {code: {"status": kind["status"], "title": kind["title"]} for code, kind in self.contract.codes.items()}
        self.assertEqual(promised, kinds)
        self.assertTrue(all(kind["meaning"] for kind in self.contract.codes.values()))

    def test_the_checker_itself_finds_what_is_wrong(self):
        document = self.contract.document
        schema = {"$ref": "#/components/schemas/Instrument"}
        good = self.server.get("/api/market/symbols").json()["symbols"][0]
        self.assertEqual(problems_of(good, schema, document), [])
        for change in ({"practice": "yes"}, {"tick_size": "1e-8"}, {"timeframes": ["2m"]}, {"symbol": None}):
            self.assertNotEqual(problems_of({**good, **change}, schema, document), [], change)
        self.assertNotEqual(problems_of({name: value for name, value in good.items() if name != "base"}, schema, document), [])
        self.assertNotEqual(problems_of([1, 2, 3], {"$ref": "#/components/schemas/Candle"}, document), [])
        key = {"id": "k_1", "name": "a", "scopes": ["read"], "created_at": 1, "expires_at": None, "last_used_at": None}
        self.assertNotEqual(problems_of(key, {"$ref": "#/components/schemas/CreatedApiKey"}, document), [], "allOf")
        self.assertNotEqual(problems_of(["read", "read"], {"uniqueItems": True}, document), [])

    def test_the_checker_finds_answers_that_are_not_as_promised(self):
        operation = self.contract.operation("getMe")
        good, refused = self.server.get("/api/auth/me"), self.server.get("/api/auth/me", anonymous=True)
        self.assertEqual(self.contract.faults(operation, good) + self.contract.faults(operation, refused), [])

        def changed(answer, status=None, headers=None, body=None):
            fields = http.client.HTTPMessage()
            for name, value in {**dict(answer.headers.items()), **(headers or {})}.items():
                if value is not None:
                    fields[name] = value
            return Answer(status or answer.status, fields, answer.body if body is None else body)

        for wrong in (changed(good, status=201), changed(good, headers={"Cache-Control": "private"}), changed(good, body=b"{}"),
                      changed(good, headers={"Content-Type": "text/html"}), changed(good, body=b""),
                      changed(good, headers={"X-Request-Id": None}), changed(refused, headers={"WWW-Authenticate": None}),
                      changed(refused, headers={"WWW-Authenticate": 'Bearer realm="candlewick", error="x"'}),
                      changed(refused, status=403), changed(refused, headers={"X-Request-Id": "other"}),
                      changed(refused, body=refused.body.replace(b"Sign-in needed", b"Sign in"))):
            with self.subTest(status=wrong.status, headers=wrong.headers.items(), body=wrong.body):
                self.assertNotEqual(self.contract.faults(operation, wrong), [])


class EveryOperation(Promised):
    @each_operation()
    def test_grants_a_good_request_as_the_contract_says(self, operation):
        answer = self.good.ask(operation)
        self.check(operation, answer)
        if operation.access == "socket":
            self.assertEqual(answer.status, 426, "without an upgrade")
        else:
            self.assertLess(answer.status, 300, answer.body)
            self.assertEqual(answer.headers["Set-Cookie"] is not None, operation.id in SET_COOKIES)

    @each_operation(lambda one: one.method == "GET" and "{" not in one.path and one.access != "socket")
    def test_answers_head_wherever_it_answers_get(self, operation):
        got, head = (self.server.get(operation.path, method=method) for method in ("GET", "HEAD"))
        self.assertEqual((head.status, head.body), (got.status, b""))
        self.assertEqual(head.headers["Content-Type"], got.headers["Content-Type"])

    @each_operation(lambda one: one.access != "socket")
    def test_refuses_a_parameter_that_it_does_not_know(self, operation):
        answer = self.ask(operation, query="?x=1", body=operation.media and operation.media["example"])
        self.check(operation, answer, 400, "bad_parameter", "x")

    @each_operation()
    def test_refuses_a_parameter_given_twice_or_out_of_its_range(self, operation):
        for parameter in map(self.contract.resolve, operation.node.get("parameters", [])):
            if parameter["in"] != "query":
                continue
            name, schema = parameter["name"], self.contract.resolve(parameter["schema"])
            needed = operation.needed(but=name)
            if schema["type"] == "array":  # a list: given again for each
                continue
            self.check(operation, self.ask(operation, query=f"?{name}=1&{name}=1"), 400, "bad_parameter", name)
            for bad in self.outside(schema):
                code = "unknown_timeframe" if name == "timeframe" else "bad_parameter"
                self.check(operation, self.ask(operation, query=f"?{needed}{name}={bad}"), 400, code, name)

    @staticmethod
    def outside(schema):
        if "enum" in schema:
            return ["nonsense"]
        if schema["type"] == "boolean":
            return ["1"]
        if schema["type"] == "integer":
            bounds = [schema[name] + step for name, step in (("minimum", -1), ("maximum", 1)) if name in schema]
            return ["x", "1.5", *bounds]
        return []

    @each_operation()
    def test_refuses_other_methods_and_names_those_it_has(self, operation):
        allowed = self.contract.methods(operation.path)
        for method in {method.upper() for method in METHODS} | {"HEAD"}:
            if method in allowed:
                continue
            answer = self.server.get(operation.url(), method=method)
            self.assertEqual(answer.status, 405, method)
            self.assertEqual(set(answer.headers["Allow"].split(", ")), allowed, method)
            if method != "HEAD":
                self.check(operation, answer, 405, "method_not_allowed")

    @each_operation(lambda one: one.access not in ("public", "socket", "operator"))
    def test_asks_strangers_to_sign_in_unless_it_is_public(self, operation):
        self.check(operation, self.ask(operation, anonymous=True), 401, "unauthorized")
        forged = {"Authorization": "Bearer " + self.server.token()[:-4] + "AAAA"}
        self.check(operation, self.ask(operation, headers=forged), 401, "invalid_token")

    def test_a_token_that_is_no_good_opens_no_socket(self):
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Authorization": "Bearer nonsense"}
        self.check("openSocket", self.server.get("/api/ws", upgrade), 401, "invalid_token")

    @each_operation(lambda one: "{id}" in one.path)
    def test_refuses_an_id_that_nothing_has(self, operation):
        self.check(operation, self.ask(operation, body=operation.media and operation.media["example"]), 404, "not_found")

    @each_operation(lambda one: "{symbol}" in one.path)
    def test_refuses_symbols_that_nobody_has(self, operation):
        needed = operation.needed()
        answer = self.server.get(operation.url(symbol="NOPE") + (f"?{needed}" if needed else ""))
        self.check(operation, answer, 404, "unknown_symbol", "symbol")


class EveryBody(Promised):
    """What a person sends: each operation refuses what is not as its schema says, and names the member."""

    @each_operation(has_body)
    def test_is_json(self, operation):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json-seq", None):
            body = b'{"email":"a@b"}'
            answer = self.ask(operation, body=body, headers={"Content-Type": kind} if kind else {})
            self.check(operation, answer, 415, "unsupported_media_type")
        for kind in ("application/json; charset=utf-8", "Application/JSON"):
            answer = self.ask(operation, body=b"[]", headers={"Content-Type": kind})
            self.check(operation, answer, 400, "bad_request")

    @each_operation(has_body)
    def test_is_one_object_with_each_member_once(self, operation):
        name = next(iter(self.contract.resolve(operation.media["schema"])["properties"]))
        for body in (b"", b"[]", b"null", b"{", b'{"a":1}x', b'"text"', b'{"%s":1,"%s":1}' % ((name.encode(),) * 2),
                     b"[" * 10_000, b'{"a":' * 10_000, b'{"\xff":1}'):
            self.check(operation, self.ask(operation, body=body, headers={"Content-Type": "application/json"}), 400)

    @each_operation(has_body)
    def test_has_no_member_that_is_not_known(self, operation):
        self.assertIs(operation.body_schema["additionalProperties"], False)
        self.check(operation, self.ask(operation, body=operation.body(surplus=1)), 400, "bad_parameter", "surplus")

    @each_operation(has_body)
    def test_has_the_members_it_needs(self, operation):
        for name in operation.body_schema.get("required", []):
            body = operation.body()
            del body[name]
            self.check(operation, self.ask(operation, body=body), 400, "bad_parameter", name)

    @each_operation(has_body)
    def test_has_members_of_the_right_kind_and_size(self, operation):
        for name, schema in operation.body_schema["properties"].items():
            for wrong in self.wrong(self.contract.resolve(schema)):
                with self.subTest(name=name, wrong=repr(wrong)[:40]):
                    body = operation.body(**{name: wrong})
                    self.assertNotEqual(problems_of(body, operation.body_schema, self.contract.document), [])
                    self.check(operation, self.ask(operation, body=body), 400, field=name)

    def wrong(self, schema):
        schema = self.contract.resolve(schema.get("oneOf", schema.get("allOf", [schema]))[0])
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if "object" in kinds:
            yield ["x"]
        else:
            yield {"a": 1}
        for kind, value in (("string", "x" * 3), ("integer", 7), ("boolean", True)):
            if kind not in kinds and not (kind == "integer" and "number" in kinds):
                yield value
        if "maxLength" in schema:
            yield "x" * min(4 * schema["maxLength"] + 1, 100_000)  # over it, yet no body that is too large
        if "enum" in schema:
            yield "nonsense"
        if "maximum" in schema:
            yield from (schema["minimum"] - 1, schema["maximum"] + 1, 1.5, 10 ** 30)
        if "maxItems" in schema:
            yield from (["x"] * (schema["maxItems"] + 1), [1], [[]])

    @each_operation(lambda one: one.media is None and one.method not in ("GET", "HEAD"))
    def test_is_none_where_none_is_taken(self, operation):
        headers = {"Cookie": f"{COOKIE}=x"} if operation.id == "refresh" else None
        self.check(operation, self.ask(operation, body={"a": 1}, headers=headers), 400, "bad_request")


class Market(Promised):
    def test_every_timeframe_answers(self):
        for timeframe in self.contract.document["components"]["schemas"]["Timeframe"]["enum"]:
            with self.subTest(timeframe):
                self.check("getCandles", self.server.get(f"/api/market/candles/ETHUSDT?timeframe={timeframe}"), 200)

    @each_operation(lambda one: "304" in one.node["responses"] and "{" not in one.path)
    def test_what_has_not_changed_is_304(self, operation):
        etag = self.server.get(operation.path).headers["ETag"]
        self.check(operation, self.server.get(operation.path, {"If-None-Match": etag}), 304)

    def test_candles_say_what_is_missing(self):
        self.check("getCandles", self.server.get("/api/market/candles/BTCUSDT"), 400, "bad_parameter", "timeframe")
        self.check("getCandles", self.server.get("/api/market/candles/BTCUSDT?timeframe=2m"), 400, "unknown_timeframe", "timeframe")


if __name__ == "__main__":
    unittest.main()
