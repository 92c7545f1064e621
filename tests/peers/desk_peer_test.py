"""A WebSocket client that nobody of ours wrote, the `websockets` package, signs in at the real server in each of the three ways."""

import json
import sys
import unittest
from pathlib import Path

from peer_environment import use_packages

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration"))
from candlewick import Server  # noqa: E402


class Desk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        use_packages()
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def connect(self, **how):
        from websockets.sync.client import connect
        return connect(f"ws://127.0.0.1:{self.server.port}/api/ws", **how)

    def listens(self, socket):
        """It is greeted, subscribes and hears."""
        def receive():
            return json.loads(socket.recv(timeout=30))
        welcome = receive()
        self.assertEqual((welcome["type"], welcome["market"]), ("welcome", "practice"))
        socket.send(json.dumps({"type": "subscribe", "id": 1, "channel": "market_data", "params": {"symbol": "BTCUSDT", "timeframe": "1m"}}))
        subscribed = receive()
        self.assertEqual((subscribed["type"], subscribed["id"]), ("subscribed", 1))
        for offset in (1, 2):
            data = receive()
            self.assertEqual((data["key"], data["offset"]), (subscribed["key"], subscribed["offset"] + offset))

    def refused(self, status, **how):
        from websockets.exceptions import InvalidStatus
        with self.assertRaises(InvalidStatus) as refused:
            self.connect(**how)
        self.assertEqual(refused.exception.response.status_code, status)

    def test_a_program_by_a_token_or_a_key_in_its_upgrade(self):
        key = self.server.post("/api/auth/keys", {"name": "a bot", "scopes": ["read"]}).json()["key"]
        for bearer in (self.server.token(), key):
            with self.connect(additional_headers={"Authorization": f"Bearer {bearer}"}) as socket:
                self.listens(socket)
        self.refused(401, additional_headers={"Authorization": "Bearer nonsense"})

    def test_a_browser_by_a_ticket_among_its_sub_protocols(self):
        ticket = self.server.post("/api/ws/ticket").json()["ticket"]
        offered = ["candlewick.v1", f"ticket.{ticket}"]
        with self.connect(subprotocols=offered, origin=f"http://127.0.0.1:{self.server.port}") as socket:
            self.assertEqual(socket.subprotocol, "candlewick.v1")
            self.listens(socket)
        self.refused(401, subprotocols=offered)
        ticket = self.server.post("/api/ws/ticket").json()["ticket"]
        self.refused(403, subprotocols=["candlewick.v1", f"ticket.{ticket}"], origin="https://evil.example")

    def test_anybody_by_the_first_message(self):
        with self.connect() as socket:
            self.assertEqual(json.loads(socket.recv(timeout=30))["type"], "auth_required")
            socket.send(json.dumps({"type": "auth", "token": self.server.token()}))
            self.listens(socket)

    def test_who_says_something_else_first_is_closed(self):
        from websockets.exceptions import ConnectionClosed
        with self.connect() as socket:
            self.assertEqual(json.loads(socket.recv(timeout=30))["type"], "auth_required")
            socket.send(json.dumps({"type": "ping", "id": 1}))
            with self.assertRaises(ConnectionClosed) as closed:
                socket.recv(timeout=30)
            self.assertEqual(closed.exception.rcvd.code, 4401)


if __name__ == "__main__":
    unittest.main()
