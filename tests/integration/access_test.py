"""The authorisation matrix: every operation of the served contract, and every channel, asked by everybody there is.

What must come follows from `x-access` alone; whoever adds a route without it, or forgets to guard one, fails here.
"""

import json
import re
import time
import unittest
from collections import Counter
from pathlib import Path

import accounts
from accounts import HEADER, NO_LIMITS, PROXIED, Forger, Person, Server, Socket, ask, code, command, link_token, person

METRICS_TOKEN = "a-long-metrics-token-of-the-test"
FROM_OUTSIDE = (("X-Forwarded-For", "198.51.100.7"),)
SCOPES = {"read", "write", "admin"}


class Who:
    """Somebody who asks. `why`: the (status, code) with which every guarded path must refuse what they show, whatever it
    guards; none where they are known, with these scopes, as a person or not, as an administrator or not."""

    def __init__(self, name, token=None, headers=(), why=None, scopes=(), is_person=False, is_admin=False, account=None):
        self.name, self._token, self.headers, self.why = name, token, tuple(headers), why
        self.scopes, self.is_person, self.is_admin, self.account = set(scopes), is_person, is_admin, account

    def token(self):
        return self.account.access if self.account else self._token

    def renew(self):
        """A person whose session an operation has ended signs in again."""
        if self.account and self.account.get("/api/auth/me").status == 401:
            self.account.sign_in()


def refusal(access, who):
    """The (status, code) that follows, or none where they must be let in."""
    if access == "public":
        return None
    if access == "operator" and who.name == "holder of the metrics token":
        return None
    if who.why:
        return who.why
    if access == "operator":
        return 403, "forbidden"
    if access == "session":
        return None if who.is_person else (403, "session_required")
    if access == "admin" and not who.is_admin:
        return 403, "forbidden"
    return None if access in who.scopes else (403, "insufficient_scope")


class World(unittest.TestCase):
    """A server with everybody in it: an administrator, users, keys, links, and a forger of tokens."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(None, *NO_LIMITS, *PROXIED, "--set", f"server.metrics_token={METRICS_TOKEN}")
        cls.addClassCleanup(cls.server.__exit__)
        setup = command(cls.server, "user", "setup-link")
        cls.links = {"set-up": link_token(setup, "setup")}
        cls.admin = person(cls.server, "admin@example.org", "admin", FROM_OUTSIDE)
        cls.user = person(cls.server, "user@example.org", headers=FROM_OUTSIDE)
        cls.other = person(cls.server, "other@example.org", headers=FROM_OUTSIDE)
        cls.victim = person(cls.server, "victim@example.org", headers=FROM_OUTSIDE)
        cls.gone = person(cls.server, "gone@example.org", headers=FROM_OUTSIDE)
        cls.demoted = person(cls.server, "demoted@example.org", "admin", FROM_OUTSIDE)
        cls.gone_key = cls.gone.key("read", "write")[1]
        cls.demoted_key = cls.demoted.key("admin")[1]
        cls.demoted_keys = cls.demoted.key("read", "write", "admin")[1]
        cls.victim_key_id, cls.victim_key = cls.victim.key("read")
        cls.victim_session = cls.victim.session()
        revoked_id, cls.revoked_key = cls.user.key("read", "write")
        assert cls.user.ask("DELETE", f"/api/auth/keys/{revoked_id}").status == 204
        cls.signed_out = Person(cls.server, "user@example.org").sign_in()
        assert cls.signed_out.ask("POST", "/api/auth/logout").status == 204
        made = cls.admin.ask("POST", "/api/admin/invitations", {"email": "new@example.org"})
        cls.invitation_id = made.json()["id"]
        cls.links["invitation"] = link_token(made.json()["link"], "join")
        made = cls.admin.ask("POST", f"/api/admin/users/{cls.victim.user['id']}/reset")
        cls.links["reset"] = link_token(made.json()["link"], "reset")
        command(cls.server, "user", "disable", "--email", "gone@example.org")
        command(cls.server, "user", "set-role", "--email", "demoted@example.org", "--role", "user")
        cls.forger = Forger(cls.server.data_dir, cls.admin.access)
        cls.contract = ask(cls.server, "GET", "/api/openapi.json").json()

    @classmethod
    def everybody(cls):
        """A list of Who, made anew: times in tokens count from now."""
        now, forge = int(time.time()), cls.forger.token
        admins = cls.admin
        wrong_type, invalid = (401, "wrong_token_type"), (401, "invalid_token")
        nothing, over = (401, "unauthorized"), (401, "session_ended")
        people = [
            Who("user", account=cls.user, scopes=("read", "write"), is_person=True),
            Who("other user", account=cls.other, scopes=("read", "write"), is_person=True),
            Who("admin", account=cls.admin, scopes=SCOPES, is_person=True, is_admin=True),
            Who("demoted admin", account=cls.demoted, scopes=("read", "write"), is_person=True),
        ]
        keys = [Who(f"user's key {' '.join(scopes)}", cls.user.key(*scopes)[1], scopes=scopes)
                for scopes in (("read",), ("write",), ("read", "write"))]
        keys += [Who(f"admin's key {' '.join(scopes)}", admins.key(*scopes)[1], scopes=scopes, is_admin=True)
                 for scopes in (("read",), ("write",), ("admin",), ("read", "write", "admin"))]
        keys += [
            Who("demoted admin's key admin", cls.demoted_key, scopes=("admin",)),
            Who("demoted admin's key read write admin", cls.demoted_keys, scopes=SCOPES),
            Who("disabled user's key", cls.gone_key, why=over),
            Who("revoked key", cls.revoked_key, why=invalid),
            Who("key with another secret", admins.key("read", "write", "admin")[1][:-43] + "A" * 43, why=invalid),
            Who("half a key", "cw_abc", why=invalid),
        ]
        tokens = [
            Who("disabled user", cls.gone.access, why=over),
            Who("signed-out user", cls.signed_out.access, why=over),
            Who("expired token", forge(nbf=now - 1000, exp=now - 1), why=(401, "token_expired")),
            Who("token of tomorrow", forge(nbf=now + 86400, exp=now + 90000), why=(401, "token_not_yet_valid")),
            Who("token of another installation", forge(aud="i_another"), why=invalid),
            Who("token of nobody", forge(sub="u_nobody"), why=over),
            Who("token of another's session", forge(sub=cls.user.user["id"]), why=over),
            Who("token of an old password", forge(num=cls.forger.claims["num"] - 1), why=over),
            Who("token of a foreign key", cls.forger.sign(cls.forger.payload(), HEADER, b"k" * 32), why=invalid),
            Who("refresh token", cls.admin.cookie, why=wrong_type),
            Who("ticket", cls.admin.ticket(), why=wrong_type),
            *(Who(f"{kind} token of a link", token, why=wrong_type) for kind, token in cls.links.items()),
            *(Who(f"forged {kind} token", forge(kind), why=wrong_type)
              for kind in ("refresh", "ws-ticket", "set-up", "invitation", "reset")),
        ]
        malformed = [Who(f"Authorization {value!r}", headers=(("Authorization", value),), why=why) for value, why in (
            ("Bearer", nothing), ("Bearer ", nothing), (cls.admin.access, nothing), (f"Token {cls.admin.access}", nothing),
            ("Basic YWRtaW5AZXhhbXBsZS5vcmc6cXVpZXQ=", nothing), (f'Bearer "{cls.admin.access}"', invalid),
            (f"Bearer {cls.admin.access},", invalid), (f"Bearer {cls.admin.access} x", invalid), ("Bearer null", invalid),
            (f"Bearer Bearer {cls.admin.access}", invalid), ("Bearer \xe4\xf6\xfc", invalid), ("Bearer a.b.c", invalid))]
        return [Who("stranger", why=nothing), *people, *keys, *tokens, *malformed,
                Who("holder of the metrics token", METRICS_TOKEN, why=invalid)]


class Matrix(World):
    def operations(self):
        for path, item in self.contract["paths"].items():
            for method, operation in item.items():
                if method in ("get", "post", "put", "delete", "patch"):
                    yield method.upper(), path, operation

    def filled(self, path):
        """The path with what is another's in it: a symbol, else an id that belongs to the victim."""
        ids = {"/api/auth/sessions/{id}": self.victim_session, "/api/auth/keys/{id}": self.victim_key_id,
               "/api/admin/invitations/{id}": self.invitation_id}
        fitting = ids.get(path, self.victim.user["id"])
        return path.replace("{symbol}", "BTCUSDT").replace("{id}", fitting).replace("{name}", "swing").replace("{strategy}", "ema-cross")

    def codes_of(self, operation, status):
        """The codes that the contract lists for a status of an operation."""
        response = operation["responses"].get(str(status))
        if response is None:
            return set()
        if "$ref" in response:
            response = self.contract["components"]["responses"][response["$ref"].split("/")[-1]]
        return set(re.findall(r"`(\w+)`", response["description"])) & set(self.contract["x-problem-codes"])

    def ask_as(self, who, method, path, operation):
        body = {} if "requestBody" in operation else None
        query = "?timeframe=1h" if path.startswith("/api/market/candles/") else ""
        cookie = self.renewing.cookie if operation["operationId"] == "refresh" else None
        answer = ask(self.server, method, self.filled(path) + query, token=who.token(), body=body, cookie=cookie,
                     headers=(*FROM_OUTSIDE, *who.headers))
        if cookie and answer.status == 200:
            self.renewing.take(answer)
        return answer

    def test_everybody_gets_what_x_access_says_at_every_operation(self):
        known = {"public", "read", "write", "admin", "session", "socket", "operator"}
        self.renewing = Person(self.server, "other@example.org", headers=FROM_OUTSIDE).sign_in()
        everybody, tally = self.everybody(), Counter()
        for method, path, operation in self.operations():
            access = operation.get("x-access")
            with self.subTest(f"{method} {path} says who may"):
                self.assertIn(access, known)
            if access not in known or access == "socket":
                continue  # the socket has a matrix of its own below
            for who in everybody:
                with self.subTest(f"{method} {path} ({access}) by {who.name}"):
                    who.renew()
                    wanted = refusal(access, who)
                    answer = self.ask_as(who, method, path, operation)
                    tally["let in" if wanted is None else "refused"] += 1
                    if wanted is None:
                        self.assertNotIn(answer.status, (401, 403, 405, 500, 501), answer.body)
                    else:
                        self.assertEqual((answer.status, code(answer)), wanted, answer.body)
                        self.assertIn(wanted[1], self.codes_of(operation, answer.status), "the contract lists it")
                    self.assertIn(str(answer.status), operation["responses"], answer.body)
                    if answer.status == 401:
                        self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer "), answer.headers)
                    if path.startswith("/api/") and access != "public":
                        self.assertIn(answer.headers["Cache-Control"], ("no-store", "no-cache"), "kept by nobody between")
        print(f"the matrix: {tally['let in']} let in, {tally['refused']} refused")
        self.assertGreater(tally["let in"], 200)
        self.assertGreater(tally["refused"], 800)

    def test_head_is_guarded_like_get(self):
        for method, path, operation in self.operations():
            if method != "GET" or operation["x-access"] == "socket":
                continue
            for who in (Who("stranger", why=(401, "unauthorized")), Who("user's key", self.victim_key, scopes=("read",))):
                with self.subTest(f"HEAD {path} by {who.name}"):
                    wanted = refusal(operation["x-access"], who)
                    query = "?timeframe=1h" if path.startswith("/api/market/candles/") else ""
                    answer = ask(self.server, "HEAD", self.filled(path) + query, token=who.token(), headers=FROM_OUTSIDE)
                    self.assertEqual(answer.body, b"")
                    if wanted:
                        self.assertEqual(answer.status, wanted[0])
                    else:
                        self.assertNotIn(answer.status, (401, 403))

    def test_a_refused_call_changes_nothing(self):
        def done():
            return [entry for entry in self.admin.get("/api/admin/audit?limit=500").json()["items"] if entry["outcome"] == "done"]

        everybody = [who for who in self.everybody() if who.name != "holder of the metrics token"]
        before = done()
        for method, path, operation in self.operations():
            if method == "GET" or operation["x-access"] in ("public", "socket", "operator"):
                continue
            for who in everybody:
                wanted = refusal(operation["x-access"], who)
                if wanted:
                    body = self.sound_body(operation)
                    answer = ask(self.server, method, self.filled(path), token=who.token(), body=body,
                                 headers=(*FROM_OUTSIDE, *who.headers))
                    self.assertEqual((answer.status, code(answer)), wanted, f"{method} {path} by {who.name}")
        self.assertEqual([entry for entry in done() if entry not in before], [])
        self.assertEqual(self.victim.get("/api/auth/me").json()["role"], "user")

    def sound_body(self, operation):
        """The contract's own example, which would do what it says."""
        if "requestBody" not in operation:
            return None
        return operation["requestBody"]["content"]["application/json"]["example"]

    def test_loopback_and_the_holder_of_the_token_see_the_metrics(self):
        self.assertEqual(ask(self.server, "GET", "/metrics").status, 200)
        self.assertEqual(ask(self.server, "GET", "/metrics", token=METRICS_TOKEN, headers=FROM_OUTSIDE).status, 200)
        for token in (METRICS_TOKEN[:-1], METRICS_TOKEN + "x", METRICS_TOKEN.upper()):
            self.assertEqual(ask(self.server, "GET", "/metrics", token=token, headers=FROM_OUTSIDE).status, 401, token)

    def test_readiness_tells_its_checks_to_loopback_and_administrators_alone(self):
        self.assertIn("checks", ask(self.server, "GET", "/health/ready").json())
        for who in self.everybody():
            with self.subTest(who.name):
                who.renew()
                answer = ask(self.server, "GET", "/health/ready", token=who.token(), headers=(*FROM_OUTSIDE, *who.headers))
                may_know = who.why is None and who.is_admin and "admin" in who.scopes
                self.assertEqual("checks" in answer.json(), may_know)
                if not may_know:
                    self.assertIn(answer.json(), ({"status": "pass"}, {"status": "fail"}))

    def test_the_program_has_no_route_that_the_contract_does_not_know(self):
        sources = [path.read_text() for path in Path("src/api").glob("*.cpp") if not path.stem.endswith("_test")]
        written = {path for source in sources for path in re.findall(r'"(/(?:api|health|metrics)[^"# ]*)"', source)}
        self.assertGreater(len(written), 30)
        self.assertEqual(written - set(self.contract["paths"]) - {"/api", "/health"}, set())
        for path, item in self.contract["paths"].items():
            allowed = ask(self.server, "PATCH", self.filled(path)).headers["Allow"].split(", ")
            self.assertEqual({method for method in allowed if method != "HEAD"}, {key.upper() for key in item if key != "parameters"}, path)

    def test_unknown_paths_and_methods_say_the_same_to_everybody(self):
        for path in ("/api/admin/nothing", "/api/auth/users", "/api/admin/users/u_x/y/z", "/api//admin/users", "/api/admin/users/"):
            for token in (None, self.admin.access):
                self.assertEqual(ask(self.server, "GET", path, token=token).status, 404, path)
        for variant in ("/API/admin/users", "/api/Admin/users", "/api/%61dmin/users", "/api/./admin/users", "/api/x/../admin/users"):
            answer = ask(self.server, "GET", variant)
            self.assertNotIn(b"@example.org", answer.body, variant)


class Others(World):
    """What is somebody's is nobody else's: by its id there is no such thing."""

    def test_sessions_and_keys_of_others_do_not_exist(self):
        for stranger in (self.user, self.other, self.admin, self.demoted):
            for method, path in (("GET", f"/api/auth/sessions/{self.victim_session}"),
                                 ("DELETE", f"/api/auth/sessions/{self.victim_session}"),
                                 ("DELETE", f"/api/auth/keys/{self.victim_key_id}")):
                answer = stranger.ask(method, path)
                self.assertEqual((answer.status, code(answer)), (404, "not_found"), f"{method} {path} by {stranger.email}")
                same = stranger.ask(method, re.sub(r"_.*", "_nothing0", path))
                told, other = answer.json(), same.json()
                for member in ("instance", "request_id", "detail"):
                    told.pop(member), other.pop(member)
                self.assertEqual(told, other, "whether it exists elsewhere is not told")
            lists = stranger.get("/api/auth/sessions").body + stranger.get("/api/auth/keys").body
            self.assertNotIn(self.victim_session.encode(), lists)
            self.assertNotIn(self.victim_key_id.encode(), lists)
        self.assertEqual(self.victim.get("/api/auth/me").status, 200)
        self.assertEqual(ask(self.server, "GET", "/api/auth/me", token=self.victim_key).json()["email"], "victim@example.org")

    def test_settings_and_watch_lists_are_ones_own(self):
        self.assertEqual(self.victim.ask("PUT", "/api/me/watchlist", {"symbols": ["BTCUSDT"]}).status, 200)
        self.assertEqual(self.victim.ask("PUT", "/api/me/settings", {"theme": "dark"}).status, 200)
        self.assertEqual(self.other.ask("PUT", "/api/me/watchlist", {"symbols": ["ETHUSDT"]}).status, 200)
        self.assertEqual(self.other.ask("PUT", "/api/me/settings", {"theme": "light"}).status, 200)
        self.assertEqual(self.victim.get("/api/me/watchlist").json(), {"symbols": ["practice:BTCUSDT"]})
        self.assertEqual(self.victim.get("/api/me/settings").json()["theme"], "dark")

    def test_no_user_gives_a_key_more_than_he_has(self):
        for body in ({"name": "x", "scopes": ["admin"]}, {"name": "x", "scopes": ["read", "admin"]}):
            answer = self.user.ask("POST", "/api/auth/keys", body)
            self.assertEqual((answer.status, code(answer)), (403, "forbidden"))
        self.assertEqual(self.user.ask("POST", "/api/auth/keys", {"name": "x", "scopes": ["root"]}).status, 400)
        self.assertEqual(self.user.ask("PUT", "/api/me/settings", {"role": "admin"}).status, 400)


class SocketMatrix(World):
    """Ways in × who, channels × who."""

    def test_every_way_in_takes_what_is_good_for_it_and_nothing_else(self):
        for who in self.everybody():
            with self.subTest(f"header: {who.name}"):
                who.renew()
                opened = Socket(self.server, token=who.token(), headers=(*FROM_OUTSIDE, *who.headers))
                if who.why is None:
                    self.assertEqual((opened.status, opened.receive()["type"]), (101, "welcome"))
                elif who.why[1] == "unauthorized":  # nothing was shown: the first message has to
                    self.assertEqual((opened.status, opened.receive()["type"]), (101, "auth_required"))
                else:
                    self.assertEqual((opened.status, opened.code), who.why)
                opened.close()
            token = who.token()
            if token is None or "Authorization" in who.name:
                continue
            with self.subTest(f"first message: {who.name}"):
                opened = Socket(self.server, headers=FROM_OUTSIDE)
                said = opened.authenticate(token)
                if who.why is None:
                    self.assertEqual(said[-1]["type"], "welcome")
                else:
                    self.assertEqual([message.get("code") for message in said[:-1]], [who.why[1]])
                    self.assertEqual(said[-1], {"close": 4401})
                opened.close()
            with self.subTest(f"in a ticket's place: {who.name}"):
                opened = Socket(self.server, ticket=token, headers=FROM_OUTSIDE)
                if who.name == "ticket":
                    self.assertEqual(opened.status, 101)
                elif "forged ws-ticket" in who.name:  # signed well, but never given out
                    self.assertEqual((opened.status, opened.code), (401, "invalid_token"))
                else:
                    self.assertEqual(opened.status, 401)
                    is_ours = who.account or "token of a link" in who.name or who.name == "refresh token"
                    self.assertEqual(opened.code, "wrong_token_type" if is_ours else opened.code)
                opened.close()

    def test_every_channel_says_who_may_and_everybody_gets_that(self):
        contract = self.admin.get("/api/asyncapi.json").json()
        channel = contract["components"]["schemas"]["Channel"]
        self.assertEqual(set(channel["enum"]), set(channel["x-access"]), "each channel, and only those, says who may")
        examples = {example["payload"]["channel"]: example["payload"] for example in
                    contract["components"]["messages"]["subscribe"]["examples"]}
        self.assertEqual(set(examples), set(channel["enum"]))
        for who in self.everybody():
            if who.why:
                continue
            who.renew()
            opened = Socket(self.server, token=who.token())
            self.assertEqual(opened.receive()["type"], "welcome")
            for number, (name, access) in enumerate(channel["x-access"].items()):
                with self.subTest(f"{name} ({access}) by {who.name}"):
                    self.assertIn(access, ("read", "write", "admin", "session"))
                    answer = opened.ask({**examples[name], "id": number})
                    wanted = refusal(access, who)
                    self.assertEqual((answer["type"], answer.get("code")),
                                     ("error", wanted[1]) if wanted else ("subscribed", None))
            opened.close()

    def test_before_who_asks_is_known_nothing_is_answered(self):
        for message in ({"type": "subscribe", "id": 1, "channel": "feed_status"}, {"type": "ping", "id": 1},
                        {"type": "unsubscribe", "id": 1, "key": "x"}, b"no json", {"type": "auth"}):
            with self.subTest(str(message)):
                opened = Socket(self.server)
                self.assertEqual(opened.receive()["type"], "auth_required")
                opened.send(message)
                self.assertEqual(opened.receive(), {"close": 4401})
                opened.close()

    def test_a_socket_cannot_be_handed_to_another_account(self):
        opened = Socket(self.server, token=self.user.access)
        opened.receive()
        for token, wanted in ((self.other.access, "forbidden"), (self.admin.access, "forbidden"),
                              (self.user.cookie, "wrong_token_type"), ("eyJ", "invalid_token")):
            answer = opened.ask({"type": "auth", "id": 5, "token": token})
            self.assertEqual((answer["type"], answer["code"]), ("error", wanted))
            self.assertNotIn(token, json.dumps(answer))
        answer = opened.ask({"type": "auth", "id": 6, "token": self.user.refresh().json()["access_token"]})
        self.assertEqual(answer["type"], "authenticated")
        self.assertTrue(opened.is_open())
        opened.close()

    def test_foreign_pages_cannot_open_it_with_anything(self):
        for shown in ({"token": self.admin.access}, {"ticket": self.admin.ticket()}, {}):
            opened = Socket(self.server, origin="https://evil.example", **shown)
            self.assertEqual((opened.status, opened.code), (403, "forbidden_origin"))


class WhatWasAnswered(accounts.WhatWasAnswered):
    pass


if __name__ == "__main__":
    unittest.main()
