"""The package `websockets` as the other side: `server` echoes and prints its port; `client URL` talks to an
echoing server; `flood URL` asks it to close and goes on sending as if it had not heard."""
import asyncio
import random
import sys

import websockets


async def echo(socket):
    async for message in socket:
        half = len(message) // 2
        await socket.send([message[:half], message[half:]] if len(message) > 1 else message)  # in two fragments


async def serve():
    async with websockets.serve(echo, "127.0.0.1", 0, max_size=2_000_000) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


def messages(chance):
    for size in (0, 1, 125, 126, 127, 65_535, 65_536, 999_999):
        yield "x" * size
        yield bytes(chance.randrange(256) for _ in range(min(size, 70_000)))
    yield "grüße € 🚀" * 1_000


async def talk(url):
    seed = 20_261_122
    chance = random.Random(seed)
    async with websockets.connect(url, max_size=2_000_000) as socket:
        assert not socket.protocol.extensions, "no extension is offered, so none may be agreed on"
        for message in messages(chance):
            await socket.send(message)
            assert await socket.recv() == message, f"message of {len(message)} came back changed"
            cuts = sorted(chance.randrange(len(message) + 1) for _ in range(5))
            pieces = [message[a:b] for a, b in zip([0] + cuts, cuts + [len(message)])]
            sending = asyncio.create_task(socket.send(pieces))
            pong = await socket.ping(b"between")
            await sending
            assert await socket.recv() == message, f"fragments {cuts} came back changed, seed {seed}"
            await asyncio.wait_for(pong, 5)
        await socket.close(1001, "done")
        assert socket.close_code == 1001, socket.close_code
    async with websockets.connect(url) as socket:
        await socket.send("x" * 1_000_001)
        try:
            await socket.recv()
            raise AssertionError("a message over the limit was taken")
        except websockets.ConnectionClosedError as closed:
            assert closed.rcvd.code == 1009, closed
    print("ok")


async def flood(url):
    """Never waits for an answer: it learns of the end when a send fails."""
    async with websockets.connect(url) as socket:
        await socket.send("close 1008")
        try:
            while True:
                await socket.send("x" * 100)
        except websockets.ConnectionClosed as closed:
            assert closed.rcvd is not None, f"no close frame came: {closed!r}"
            assert closed.rcvd.code == 1008, closed
    print("ok")


roles = {"server": serve, "client": talk, "flood": flood}
asyncio.run(roles[sys.argv[1]](*sys.argv[2:]))
