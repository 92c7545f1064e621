"""People of a test's server, and for each operation of the contract a request that it must grant."""

import base64
import hashlib
import hmac
import itertools
import re
import struct
import time

from candlewick import EMAIL, PASSWORD, Server

COOKIE = "__Host-candlewick_refresh"


def totp(secret, at=None):
    """RFC 6238 with SHA-1, 30 s and six digits."""
    counter = int((time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7fffffff) % 1_000_000:06}"


def cookie_of(answer):
    """The refresh token that an answer sets."""
    return re.search(rf"{COOKIE}=([^;]*)", answer.headers["Set-Cookie"])[1]


class Person:
    """Somebody who has signed in, by the answer that said so."""

    def __init__(self, server, answer, password):
        self.server, self.password = server, password
        body = answer.json()
        self.token, self.id, self.email = body["access_token"], body["user"]["id"], body["user"]["email"]
        self.cookie = cookie_of(answer)

    def ask(self, path, method="GET", body=None):
        return self.server.get(path, {"Authorization": f"Bearer {self.token}"}, method, body=body)


class Town:
    """A server whose people come by invitation, each as new as a test needs it."""

    def __init__(self, contract, server):
        self.contract, self.server = contract, server
        self._numbers = itertools.count(1)

    def admin(self):
        return Person(self.server, self.server.sign_in(EMAIL, PASSWORD), PASSWORD)

    def newcomer(self):
        return f"person-{next(self._numbers)}@example.org"

    def invitation(self):
        made = self.server.post("/api/admin/invitations", {"role": "user"}).json()
        return made["id"], made["link"].partition("#")[2]

    def person(self):
        body = {"email": self.newcomer(), "password": "the own sentence of somebody", "invitation": self.invitation()[1]}
        answer = self.server.post("/api/auth/register", body, anonymous=True)
        assert answer.status == 201, answer.body
        return Person(self.server, answer, body["password"])

    def secured(self):
        """A person with two-factor on, and the recovery codes."""
        person = self.person()
        secret = person.ask("/api/auth/totp", "POST", {"password": person.password}).json()["secret"]
        codes = person.ask("/api/auth/totp/confirm", "POST", {"totp": totp(secret)}).json()["recovery_codes"]
        return person, codes


class GoodRequests:
    """One method an operation, named by its id: asks so that the answer must be good. What is not here is a plain GET."""

    def __init__(self, town):
        self.town = town

    def ask(self, operation):
        special = getattr(self, operation.id, None)
        if special:
            return special(operation)
        assert operation.method == "GET", f"there is no good request for {operation}"
        return self.town.server.get(operation.url())

    def _mine(self, operation, person, body=None, **filled):
        return person.ask(operation.url(**filled), operation.method, body)

    def _stranger(self, operation, body=None, headers=None):
        return self.town.server.get(operation.url(), headers, operation.method, anonymous=True, body=body)

    def getCandles(self, operation):
        return self.town.server.get(operation.url() + "?timeframe=1h&limit=50")

    def evaluate(self, operation):
        return self.town.server.get(f"{operation.url()}?{operation.needed()}limit=50")

    def evaluateLong(self, operation):
        return self._mine(operation, self.town.person(), operation.body())

    def screen(self, operation):
        return self.town.server.get(f"{operation.url()}?{operation.needed()}")

    def _once_ready(self, operation):
        """The signals of a symbol come once its history was run."""
        for _ in range(200):
            answer = self.town.server.get(operation.url())
            if answer.status != 503:
                return answer
            time.sleep(0.1)
        return answer

    getSignals = getSignalSummary = _once_ready

    def checkText(self, operation):
        return self._mine(operation, self.town.person(), operation.body())

    def putLayout(self, operation):
        return self._mine(operation, self.town.person(), operation.body())

    def getLayout(self, operation):
        person = self.town.person()
        self.putLayout_of(person)
        return self._mine(operation, person)

    def deleteLayout(self, operation):
        person = self.town.person()
        self.putLayout_of(person)
        return self._mine(operation, person)

    def putLayout_of(self, person):
        operation = self.town.contract.operation("putLayout")
        assert person.ask(operation.url(), "PUT", operation.body()).status == 200

    def createStrategy(self, operation):
        return self._mine(operation, self.town.person(), operation.body())

    def _own_strategy(self):
        person, operation = self.town.person(), self.town.contract.operation("createStrategy")
        assert person.ask(operation.url(), "POST", operation.body()).status == 201
        return person

    def putStrategy(self, operation):
        return self._mine(operation, self._own_strategy(), operation.body(), strategy="my-cross")

    def deleteStrategy(self, operation):
        return self._mine(operation, self._own_strategy(), strategy="my-cross")

    def checkStrategy(self, operation):
        return self._mine(operation, self.town.person(), operation.body())

    def backtest(self, operation):
        """A run once there is history to run over."""
        person = self.town.person()
        for _ in range(200):
            answer = self._mine(operation, person, operation.body())
            if answer.status != 422:
                return answer
            time.sleep(0.1)
        return answer

    def _run_of(self, person, operation_id="backtest", **changes):
        operation = self.town.contract.operation(operation_id)
        answer = person.ask(operation.url(), "POST", operation.body(**changes))
        assert answer.status in (200, 202), answer.body
        number = answer.json()["id"]
        for _ in range(200):
            if operation_id != "backtest" or person.ask(f"/api/backtests/{number}").json()["status"] == "done":
                break
            time.sleep(0.1)
        return number

    def _with_run(self, operation, body=None):
        self.backtest(self.town.contract.operation("backtest"))  # waits for history
        person = self.town.person()
        return self._mine(operation, person, body, id=self._run_of(person))

    getBacktest = getBacktestTrades = getBacktestEquity = getBacktestReport = deleteBacktest = _with_run

    def putBacktest(self, operation):
        return self._with_run(operation, operation.body())

    def compareBacktests(self, operation):
        person = self.town.person()
        return person.ask(f"{operation.url()}?id={self._run_of(person)}&id={self._run_of(person)}")

    def sweep(self, operation):
        return self._mine(operation, self.town.person(), operation.body())

    def _with_sweep(self, operation, body=None):
        person = self.town.person()
        # Long enough to be under way still.
        number = self._run_of(person, "sweep", axes={"fast": "2:120:1", "slow": "121:400:1"})
        answer = self._mine(operation, person, body, id=number)
        person.ask(f"/api/backtests/sweeps/{number}", "DELETE")
        return answer

    getSweep = deleteSweep = _with_sweep

    def putSweep(self, operation):
        return self._with_sweep(operation, operation.body())

    def setUp(self, operation):
        with Server() as server:  # that has no administrator yet
            link = server.command("user", "setup-link").stdout.decode()
            return server.post(operation.url(), operation.body(token=re.search(r"#(\S+)", link)[1]), anonymous=True)

    def register(self, operation):
        return self._stranger(operation, operation.body(email=self.town.newcomer(), invitation=self.town.invitation()[1]))

    def login(self, operation):
        person = self.town.person()
        return self._stranger(operation, operation.body(email=person.email, password=person.password))

    def refresh(self, operation):
        return self._stranger(operation, headers={"Cookie": f"{COOKIE}={self.town.person().cookie}"})

    def resetPassword(self, operation):
        made = self.town.server.post(f"/api/admin/users/{self.town.person().id}/reset").json()
        return self._stranger(operation, operation.body(token=made["link"].partition("#")[2]))

    def logout(self, operation):
        return self._mine(operation, self.town.person())

    def endOtherSessions(self, operation):
        return self._mine(operation, self.town.person())

    def getSession(self, operation):
        person = self.town.person()
        return self._mine(operation, person, id=person.ask("/api/auth/sessions").json()["items"][0]["id"])

    endSession = getSession

    def changePassword(self, operation):
        person = self.town.person()
        return self._mine(operation, person, operation.body(current_password=person.password))

    def beginTotp(self, operation):
        person = self.town.person()
        return self._mine(operation, person, operation.body(password=person.password))

    def confirmTotp(self, operation):
        person = self.town.person()
        secret = person.ask("/api/auth/totp", "POST", {"password": person.password}).json()["secret"]
        return self._mine(operation, person, operation.body(totp=totp(secret)))

    def renewRecoveryCodes(self, operation):
        person, _ = self.town.secured()
        return self._mine(operation, person, operation.body(password=person.password))

    def disableTotp(self, operation):
        person, codes = self.town.secured()
        return self._mine(operation, person, operation.body(password=person.password, totp=codes[0]))

    def createApiKey(self, operation):
        return self._mine(operation, self.town.person(), operation.body())

    def revokeApiKey(self, operation):
        person = self.town.person()
        made = person.ask("/api/auth/keys", "POST", {"name": "a program", "scopes": ["read"]}).json()
        return self._mine(operation, person, id=made["id"])

    def putSettings(self, operation):
        return self._mine(operation, self.town.person(), operation.body())

    def putWatchlist(self, operation):
        return self._mine(operation, self.town.person(), operation.body(symbols=["BTCUSDT", "practice:ETHUSDT"]))

    def getUser(self, operation):
        return self._mine(operation, self.town.admin(), id=self.town.person().id)

    endSessionsOfUser = getUser
    makeResetLink = getUser

    def changeUser(self, operation):
        return self._mine(operation, self.town.admin(), operation.body(), id=self.town.person().id)

    def invite(self, operation):
        return self._mine(operation, self.town.admin(), operation.body())

    def revokeInvitation(self, operation):
        return self._mine(operation, self.town.admin(), id=self.town.invitation()[0])

    def makeSocketTicket(self, operation):
        return self._mine(operation, self.town.person())
