"""Our WebSocket, both sides of it, against the Python package `websockets`, which is installed into the build folder."""
import pathlib
import subprocess
import unittest

from peer_environment import BUILD, peer_python

HERE = pathlib.Path(__file__).resolve().parent
OURS = BUILD / "peers" / "net_peer"
PEER = HERE / "websockets_peer.py"


class WebSocketPeer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.python = peer_python()

    def start(self, *command):
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return int(process.stdout.readline())

    def test_our_server_serves_a_foreign_client(self):
        port = self.start(OURS, "serve")
        talked = subprocess.run([self.python, PEER, "client", f"ws://127.0.0.1:{port}/"], capture_output=True, text=True, timeout=120)
        self.assertEqual((talked.stdout.strip(), talked.stderr), ("ok", ""))

    def test_a_foreign_client_that_floods_sees_our_close_frame(self):
        port = self.start(OURS, "serve")
        flooded = subprocess.run([self.python, PEER, "flood", f"ws://127.0.0.1:{port}/"], capture_output=True, text=True, timeout=60)
        self.assertEqual((flooded.stdout.strip(), flooded.stderr), ("ok", ""))

    def test_our_client_talks_to_a_foreign_server(self):
        port = self.start(self.python, PEER, "server")
        talked = subprocess.run([OURS, "connect", f"ws://127.0.0.1:{port}/"], capture_output=True, text=True, timeout=120)
        self.assertEqual((talked.stdout.strip(), talked.stderr), ("16 messages came back as they were sent", ""))


if __name__ == "__main__":
    unittest.main()
