"""Holds what the server says over the WebSocket against docs/asyncapi.yaml, as the server itself serves it."""

import unittest

from candlewick import Server
from schema import problems_of

SYMBOL = {"symbol": "BTCUSDT", "timeframe": "1m"}


class Talk:
    """A connection that keeps whatever comes, and holds it against its schema."""

    def __init__(self, test, socket):
        self.test, self.socket, self.seen = test, socket, []

    def hear(self):
        message = self.socket.receive()
        self.test.assertNotIn("close", message, "the connection was ended")
        self.test.valid(message)
        self.seen.append(message)
        return message

    def hear_until(self, condition):
        while not condition(message := self.hear()):
            pass
        return message

    def ask(self, message, good=True):
        """`good`: what is sent is as the contract says, too."""
        if good:
            self.test.valid(message)
        self.socket.send(message)
        return self.hear_until(lambda answer: answer.get("id") == message.get("id") and answer["type"] != "data")


class SocketContract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(None, "--speed", "60", "--set", "market.follow=BTCUSDT,ETHUSDT")
        cls.contract = cls.server.get("/api/asyncapi.json").json()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def faults(self, message):
        kinds = self.contract["components"]["messages"]
        if message.get("type") not in kinds:
            return [f"there is no message {message.get('type')}"]
        return problems_of(message, kinds[message["type"]]["payload"], self.contract)

    def valid(self, message):
        self.assertEqual(self.faults(message), [], message)

    def talk(self, **how):
        socket = self.server.socket(**how)
        self.addCleanup(socket.close)
        self.assertEqual(socket.status, 101)
        return Talk(self, socket)

    def test_every_example_is_valid(self):
        for name, message in self.contract["components"]["messages"].items():
            for example in message["examples"]:
                self.assertEqual(example["payload"]["type"], name)
                self.valid(example["payload"])

    def test_an_expression_s_values_come_live_and_are_those_of_history(self):
        talk = self.talk()
        params = {"symbol": "BTCUSDT", "timeframe": "1m", "expr": "ta.ema(close, 5)"}
        opened = talk.ask({"type": "subscribe", "id": 1, "channel": "market_data", "params": params})
        self.assertEqual((opened["type"], opened["snapshot"]["expr"]), ("subscribed", "ta.ema(close, 5)"))
        seen, equal = set(), 0

        def is_historys(data):
            query = f"timeframe=1m&expr=ta.ema(close,5)&from={data['time']}&to={data['time'] + 60_000}"
            answer = self.server.get(f"/api/market/eval/BTCUSDT?{query}").json()
            return answer["times"] == [data["time"]] and [plot["values"][0] for plot in answer["plots"]] == data["values"]

        # While older history comes in, the first bar of the series moves, and for some seconds the two begin at different ones.
        for _ in range(2_000):
            data = talk.hear_until(lambda message: message["type"] == "data" and message["key"] == opened["key"])["data"]
            seen.add(data["provisional"])
            equal += not data["provisional"] and is_historys(data)
            if equal >= 3 and seen == {True, False}:
                return
        self.fail(f"{equal} of the closed bars had the values of history; kinds seen: {seen}")

    def test_an_expression_that_does_not_compile_is_refused_with_its_place(self):
        talk = self.talk()
        params = {"symbol": "BTCUSDT", "timeframe": "1m", "expr": "ta.emaa(close, 5)"}
        refused = talk.ask({"type": "subscribe", "id": 1, "channel": "market_data", "params": params})
        self.assertEqual((refused["type"], refused["code"], refused["field"]), ("error", "bad_expression", "expr"))
        self.assertIn("1:1", refused["message"])
        self.assertIn("ta.ema", refused["suggestions"])

    def test_every_kind_of_message_of_a_session(self):
        talk = self.talk(anonymous=True)
        self.assertEqual(talk.hear()["type"], "auth_required")
        talk.socket.send({"type": "auth", "token": self.server.token()})
        self.assertEqual(talk.hear()["type"], "welcome")
        self.assertEqual(talk.ask({"type": "auth", "id": 7, "token": self.server.token()})["type"], "authenticated")
        keys = {}
        for number, (channel, params) in enumerate((("market_data", SYMBOL), ("tickers", {"symbols": ["BTCUSDT", "ETHUSDT"]}),
                                                    ("feed_status", {}), ("tickers", {}))):
            answer = talk.ask({"type": "subscribe", "id": number, "channel": channel, "params": params})
            self.assertEqual((answer["type"], answer["channel"]), ("subscribed", channel))
            keys[channel] = answer["key"]
        # At 60 times the speed a bar closes each second, and the history of the first start changes the feed's state.
        for kind in ("forming", "closed"):
            talk.hear_until(lambda message: message["type"] == "data" and message["data"].get("kind") == kind)
        for channel in keys:
            if not any(message["type"] == "data" and message["channel"] == channel for message in talk.seen):
                talk.hear_until(lambda message: message["type"] == "data" and message["channel"] == channel)
        self.assertEqual(talk.ask({"type": "ping", "id": 30})["type"], "pong")
        self.assertEqual(talk.ask({"type": "unsubscribe", "id": 31, "key": keys["tickers"]})["type"], "unsubscribed")
        self.assertEqual(talk.ask({"type": "subscribe", "id": 32, "channel": "nothing"}, good=False)["code"], "unknown_channel")
        self.assertEqual({message["type"] for message in talk.seen},
                         {"auth_required", "welcome", "authenticated", "subscribed", "data", "pong", "unsubscribed", "error"})

    def test_refusals(self):
        codes = set(self.server.get("/api/openapi.json").json()["x-problem-codes"])
        codes |= {"bad_message", "unknown_type", "unknown_channel", "unknown_key", "too_many_subscriptions"}
        talk = self.talk()
        talk.hear()
        for message, code in (({"type": "subscribe", "id": 1, "channel": "market_data", "params": {**SYMBOL, "symbol": "NOPE"}}, "unknown_symbol"),
                              ({"type": "subscribe", "id": 2, "channel": "market_data", "params": {**SYMBOL, "timeframe": "2m"}}, "unknown_timeframe"),
                              ({"type": "subscribe", "id": 3, "channel": "market_data", "params": {**SYMBOL, "x": 1}}, "bad_parameter"),
                              ({"type": "subscribe", "id": 4}, "bad_message"), ({"type": "nonsense", "id": 5}, "unknown_type"),
                              ({"type": "unsubscribe", "id": 6, "key": "x"}, "unknown_key"),
                              ({"type": "auth", "id": 7, "token": "nonsense"}, "invalid_token"), ({"type": "auth", "id": 8}, "bad_message"),
                              ({"id": 9}, "bad_message"), ({"type": "ping", "id": -1}, "bad_message")):
            with self.subTest(message):
                talk.socket.send(message)
                answer = talk.hear_until(lambda answer: answer["type"] == "error")
                self.assertEqual(answer["code"], code)
                self.assertIn(answer["code"], codes)

    def test_a_ticket_of_a_browser_is_good_once(self):
        ticket = self.server.post("/api/ws/ticket").json()["ticket"]
        protocols = ("candlewick.v1", f"ticket.{ticket}")
        talk = self.talk(anonymous=True, protocols=protocols)
        self.assertEqual(talk.socket.fields["sec-websocket-protocol"], "candlewick.v1")
        self.assertEqual(talk.hear()["type"], "welcome")
        self.assertEqual(self.server.socket(anonymous=True, protocols=protocols).status, 401)

    def test_a_connection_ends_with_what_it_was_opened_with(self):
        self.server.command("user", "add", "--email", "bob@example.org", "--role", "user", "--password", "-", stdin=b"the sentence of bob")
        token = self.server.sign_in("bob@example.org", "the sentence of bob").json()["access_token"]
        talk = self.talk(token=token)
        self.assertEqual(talk.hear()["type"], "welcome")
        self.server.post("/api/auth/logout", headers={"Authorization": f"Bearer {token}"})
        self.assertEqual(talk.socket.receive(), {"close": 4401})
        stranger = self.server.socket(anonymous=True)
        self.valid(stranger.receive())
        stranger.send({"type": "auth", "token": token})
        refusal = stranger.receive()
        self.valid(refusal)
        self.assertEqual((refusal["code"], stranger.receive()), ("session_ended", {"close": 4401}))

    def test_the_checker_itself_finds_what_is_wrong(self):
        talk = self.talk()
        welcome = talk.hear()
        for change in ({"protocol": 2}, {"limits": {}}, {"expires_at": "soon"}, {"type": "hello"}):
            self.assertNotEqual(self.faults({**welcome, **change}), [], change)


if __name__ == "__main__":
    unittest.main()
