"""A server whose operations are held against docs/openapi.yaml, one for all cases of a file: what each changes is its own."""

import functools
import unittest

from candlewick import Server
from contract import Contract
from good_requests import GoodRequests, Town

PLENTY = [flag for kind in ("", "write_", "auth_") for flag in
          ("--set", f"server.{kind}requests_per_second=1000", "--set", f"server.{kind}request_burst=5000")]
SET_COOKIES = {"setUp", "register", "login", "refresh", "logout"}


def each_operation(condition=lambda operation: True):
    """Makes a test of one operation a test of each."""
    def decorate(test):
        @functools.wraps(test)
        def run(self):
            operations = list(filter(condition, self.contract.operations))
            self.assertNotEqual(operations, [])
            for operation in operations:
                with self.subTest(str(operation)):
                    test(self, operation)
        return run
    return decorate


def has_body(operation):
    return operation.media is not None


class Promised(unittest.TestCase):
    server = None

    @classmethod
    def setUpClass(cls):
        if Promised.server is None:
            Promised.begin()

    @classmethod
    def begin(cls):
        cls.server = Server(None, *PLENTY, "--set", "lab.idle=false")
        cls.contract = Contract(cls.server.get("/api/openapi.json").json())
        cls.town = Town(cls.contract, cls.server)
        cls.good = GoodRequests(cls.town)
        cls.server.wait_for("bars", lambda: cls.server.get("/api/market/candles/BTCUSDT?timeframe=1h").json()["candles"])

    def check(self, operation, answer, status=None, code=None, field=None):
        """The answer is as the contract says, and the one that was expected."""
        if isinstance(operation, str):
            operation = self.contract.operation(operation)
        self.assertEqual(self.contract.faults(operation, answer), [])
        if status is not None:
            self.assertEqual(answer.status, status, answer.body)
        if code is not None:
            self.assertEqual(answer.json()["code"], code, answer.body)
        if field is not None:
            self.assertEqual(answer.json().get("field"), field, answer.body)

    def ask(self, operation, body=None, query="", headers=None, anonymous=False):
        """The operation as its examples have it: to be refused, or for what is there anyhow."""
        return self.server.get(operation.url() + query, headers, operation.method, anonymous=anonymous, body=body)


def tear_down():
    """A file of cases calls it when all are through."""
    if Promised.server:
        Promised.server.__exit__()
