"""A small WebSocket client (RFC 6455): text frames, close and ping; enough to hold the server against its contract."""

import base64
import json
import os
import socket
import struct


class WebSocket:
    """`token` goes into Authorization, as programs send it; `protocols` are the sub-protocols that a browser offers. Where the
    upgrade is refused, `status` says so, and there is nothing to receive."""

    def __init__(self, port, origin=None, host=None, timeout=30, tls=None, token=None, protocols=()):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        if tls:
            self.socket = tls.wrap_socket(self.socket)
        fields = [f"Host: {host or f'127.0.0.1:{port}'}", "Upgrade: websocket", "Connection: Upgrade",
                  f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13"]
        if origin:
            fields.append(f"Origin: {origin}")
        if token:
            fields.append(f"Authorization: Bearer {token}")
        if protocols:
            fields.append(f"Sec-WebSocket-Protocol: {', '.join(protocols)}")
        self.socket.sendall(("GET /api/ws HTTP/1.1\r\n" + "\r\n".join(fields) + "\r\n\r\n").encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                raise EOFError
            head += byte
        self.status = int(head.split()[1])
        self.fields = {name.strip().lower(): value.strip() for name, _, value in
                       (line.partition(":") for line in head.decode().split("\r\n")[1:] if line)}

    def _read(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def frame(self):
        """The next (opcode, payload)."""
        first, second = self._read(2)
        size = second & 127
        if size == 126:
            size = struct.unpack(">H", self._read(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._read(8))[0]
        return first & 15, self._read(size)

    def send_frame(self, opcode, payload):
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", size)
        self.socket.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))

    def send(self, message):
        self.send_frame(1, json.dumps(message).encode() if not isinstance(message, bytes) else message)

    def receive(self):
        """The next text message; pings are answered, a close gives {"close": code}."""
        while True:
            opcode, payload = self.frame()
            if opcode == 1:
                return json.loads(payload)
            if opcode == 9:
                self.send_frame(10, payload)
            if opcode == 8:
                return {"close": struct.unpack(">H", payload[:2])[0] if payload else 1005}

    def ask(self, message):
        """Sends a request and gives the answer with its id; data in between is passed over."""
        self.send(message)
        while True:
            answer = self.receive()
            if answer.get("id") == message.get("id") or "close" in answer:
                return answer

    def close(self):
        self.socket.close()
