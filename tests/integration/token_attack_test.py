"""The classic attacks on signed tokens and on the session's cookie, over HTTP and WebSocket: each is refused with its code.

The forger here holds the installation's own key, so that what is refused is refused for the reason under test alone.
"""

import hashlib
import hmac
import json
import random
import re
import threading
import time
import unittest

import accounts
from accounts import (COOKIE, HEADER, KINDS, NO_LIMITS, PROXIED, SECRETS, Forger, Person, Server, Socket, ask, base64url,
                      code, person, unbase64url)

SEED = random.randrange(2**32)


class Attacks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(None, *NO_LIMITS, *PROXIED)
        cls.addClassCleanup(cls.server.__exit__)
        cls.ada = person(cls.server, "ada@example.org", "admin")
        cls.forger = Forger(cls.server.data_dir, cls.ada.access)
        print(f"seed {SEED}")

    def tearDown(self):
        self.assertEqual(self.ada.get("/api/auth/me").status, 200, "the server is up and the good token is good")

    def refused(self, token, wanted, reason, ways=("header", "message", "ticket")):
        """401 with this code, and the reason in WWW-Authenticate; the socket says the same in each of its ways."""
        answer = ask(self.server, "GET", "/api/auth/me", token=token)
        self.assertEqual((answer.status, code(answer)), (401, wanted), token[:80])
        told = re.fullmatch(r'Bearer realm="candlewick", error="(\w+)", error_description="(\w+)"',
                            answer.headers["WWW-Authenticate"])
        self.assertEqual(told.groups(), (wanted, reason), token[:80])
        if "header" in ways:
            opened = Socket(self.server, token=token)
            self.assertEqual((opened.status, opened.code), (401, wanted))
        if "message" in ways:
            opened = Socket(self.server)
            self.assertEqual([said.get("code", said.get("close")) for said in opened.authenticate(token)], [wanted, 4401])
            opened.close()
        if "ticket" in ways:
            self.assertEqual(Socket(self.server, ticket=token).status, 401)

    def told(self, header):
        """`header.payload` of a good access token under another header, and its MAC with the access key."""
        return self.forger.sign(self.forger.payload(), header)

    def test_the_forger_can_make_good_tokens(self):
        self.assertEqual(ask(self.server, "GET", "/api/auth/me", token=self.forger.token()).status, 200)
        opened = Socket(self.server, token=self.forger.token())
        self.assertEqual(opened.receive()["type"], "welcome")
        opened.close()

    def test_no_signature_is_no_token(self):
        payload = base64url(self.forger.payload())
        for algorithm in ("none", "None", "NONE", "nOnE", "", None):
            for members in ({"alg": algorithm, "typ": "JWT"}, {"typ": "JWT", "alg": algorithm}, {"alg": algorithm}):
                header = json.dumps(members, separators=(",", ":"))
                for signature in ("", self.told(header).split(".")[2], "A", "AAAA"):
                    self.refused(f"{base64url(header)}.{payload}.{signature}", "invalid_token", "token_wrong_header", ways=("header",))
        for token, reason in ((f"{base64url(HEADER)}.{payload}.", "token_malformed"), (f"{base64url(HEADER)}.{payload}", "token_malformed"),
                              (f"{base64url(HEADER)}..", "token_malformed"), ("..", "token_wrong_header")):
            self.refused(token, "invalid_token", reason)

    def test_no_other_algorithm_is_taken_whatever_signed_it(self):
        for algorithm in ("HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "hs256", "HS256 ", "HS2560"):
            self.refused(self.told(f'{{"alg":"{algorithm}","typ":"JWT"}}'), "invalid_token", "token_wrong_header")
        told = f"{base64url(HEADER)}.{base64url(self.forger.payload())}"
        for digest in (hashlib.sha1, hashlib.sha384, hashlib.sha512):
            mac = hmac.new(self.forger.key("access"), told.encode(), digest).digest()
            self.refused(f"{told}.{base64url(mac)}", "invalid_token", "token_malformed")
            if len(mac) > 32:
                self.refused(f"{told}.{base64url(mac[:32])}", "invalid_token", "token_bad_signature")
        # Public bytes as the key: what confuses a verifier of signatures that also takes MACs.
        for key in (b"", b"\0" * 32, self.forger.claims["aud"].encode(), b"-----BEGIN PUBLIC KEY-----\n"):
            token = f"{told}.{base64url(hmac.new(key, told.encode(), hashlib.sha256).digest())}"
            self.refused(token, "invalid_token", "token_bad_signature")

    def test_the_header_is_one_byte_string_and_names_no_key(self):
        for header in ('{"typ":"JWT","alg":"HS256"}', '{"alg":"HS256"}', '{"alg": "HS256", "typ": "JWT"}', '{"alg":"HS256","typ":"jwt"}',
                       '{"alg":"HS256","typ":"at+jwt"}', '{"alg":"HS256","typ":"JWT","alg":"none"}', '{"alg":"HS256","typ":"JWT"}\n',
                       '{"alg":"HS256","typ":"JWT","kid":"../../../../dev/null"}', '{"alg":"HS256","typ":"JWT","kid":"\' OR 1=1--"}',
                       '{"alg":"HS256","typ":"JWT","jku":"http://127.0.0.1:1/keys"}', '{"alg":"HS256","typ":"JWT","crit":["exp"]}',
                       '{"alg":"HS256","typ":"JWT","x5u":"http://127.0.0.1:1/c.pem"}', '{"alg":"HS256","typ":"JWT","x5c":["MIIB"]}',
                       '{"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":"AAAA"}}', '{"alg":"HS256","typ":"JWT","zip":"DEF"}',
                       '{"alg":"HS256","typ":"JWT","b64":false}', "{}", "", "null", "[]"):
            with self.subTest(header):
                self.refused(self.told(header), "invalid_token", "token_wrong_header")
        good = self.forger.token().split(".")
        # The same bytes written otherwise: with padding, with other last bits, with the other alphabet.
        for header in (good[0] + "=", good[0] + "==", good[0][:-1] + chr(ord(good[0][-1]) + 1)):
            told = f"{header}.{good[1]}"
            mac = base64url(hmac.new(self.forger.key("access"), told.encode(), hashlib.sha256).digest())
            self.refused(f"{told}.{mac}", "invalid_token", "token_wrong_header", ways=("header",))

    def test_claims_are_taken_only_as_they_are_written_here(self):
        good = self.forger.payload()
        claims = json.loads(good)
        bad = [json.dumps(claims), good[:-1] + ',"admin":true}', good[:-1] + ',"exp":4000000000}', good.replace('"num":', '"num":0'),
               good.replace('"typ":"access"', '"typ":"Access"'), "{}", "", good + " ", " " + good, good.replace('"sub":', '"Sub":'),
               json.dumps(dict(reversed(claims.items())), separators=(",", ":")), json.dumps({**claims, "exp": str(claims["exp"])}, separators=(",", ":")),
               json.dumps({**claims, "exp": claims["exp"] + 0.5}, separators=(",", ":")), json.dumps({**claims, "exp": 10**20}, separators=(",", ":")),
               json.dumps({**claims, "nbf": -1}, separators=(",", ":")), json.dumps({**claims, "sub": "u_\u00e9"}, separators=(",", ":")),
               json.dumps({name: value for name, value in claims.items() if name != "exp"}, separators=(",", ":"))]
        for payload in bad:
            with self.subTest(payload[:60]):
                self.refused(self.forger.sign(payload, key=self.forger.key("access")), "invalid_token", "token_malformed")
        # Said to be of another kind under the access key, and the other way round.
        for kind in KINDS[1:]:
            token = self.forger.sign(self.forger.payload(kind), key=self.forger.key("access"))
            self.refused(token, "wrong_token_type", "token_wrong_kind")
            token = self.forger.sign(self.forger.payload("access"), key=self.forger.key(kind))
            self.refused(token, "wrong_token_type", "token_wrong_kind")

    def test_a_type_is_never_another(self):
        for kind in KINDS[1:]:
            self.refused(self.forger.token(kind), "wrong_token_type", "token_wrong_kind", ways=("header", "message"))
        self.refused(self.ada.cookie, "wrong_token_type", "token_wrong_kind")
        self.refused(self.ada.ticket(), "wrong_token_type", "token_wrong_kind", ways=("header", "message"))
        # In the cookie, and where links are used.
        for kind in set(KINDS) - {"refresh"}:
            answer = self.ada.refresh(cookie=self.forger.token(kind))
            self.assertEqual((answer.status, code(answer)), (401, "wrong_token_type"), kind)
        good = "long enough and nowhere common"
        for path, own, body in (("setup", "set-up", {"email": "eve@example.org", "password": good}), ("reset", "reset", {"password": good}),
                                ("register", "invitation", {"email": "eve@example.org", "password": good})):
            for kind in set(KINDS) - {own}:
                member = "invitation" if path == "register" else "token"
                answer = ask(self.server, "POST", f"/api/auth/{path}", body={**body, member: self.forger.token(kind)})
                self.assertEqual((answer.status, code(answer)), (401, "wrong_token_type"), f"{kind} at {path}")
            # Signed well, but no such link was ever made.
            answer = ask(self.server, "POST", f"/api/auth/{path}", body={**body, member: self.forger.token(own, jti="l_never")})
            self.assertEqual((answer.status, code(answer)), (410, "link_expired"), path)

    def test_times_are_looked_at(self):
        now = int(time.time())
        for changes, wanted in (({"exp": now}, "token_expired"), ({"exp": now - 1}, "token_expired"), ({"exp": 0, "nbf": 0}, "token_expired"),
                                ({"nbf": now + 60}, "token_not_yet_valid"), ({"nbf": now + 3600, "exp": now + 7200}, "token_not_yet_valid")):
            self.refused(self.forger.token(**changes), wanted, wanted)
        # A clock that was set back by a few seconds is no reason to throw everybody out.
        self.assertEqual(ask(self.server, "GET", "/api/auth/me", token=self.forger.token(nbf=int(time.time()) + 3)).status, 200)
        self.assertEqual(ask(self.server, "GET", "/api/auth/me", token=self.forger.token(iat=now + 10**6)).status, 200)

    def test_of_another_installation_or_key_it_is_no_token(self):
        with Server(None, *NO_LIMITS) as elsewhere:
            there = person(elsewhere, "ada@example.org", "admin")
            self.refused(there.access, "invalid_token", "token_bad_signature")
            answer = self.ada.refresh(cookie=there.cookie)
            self.assertEqual((answer.status, code(answer)), (401, "invalid_token"))
            key = there.key("read", "write", "admin")[1]
            answer = ask(self.server, "GET", "/api/auth/me", token=key)
            self.assertEqual((answer.status, code(answer)), (401, "invalid_token"))
        self.refused(self.forger.token(aud="i_another"), "invalid_token", "token_wrong_audience")
        self.refused(self.forger.token(aud=""), "invalid_token", "token_wrong_audience")
        self.refused(self.forger.sign(self.forger.payload(), key=b"\x01" * 32), "invalid_token", "token_bad_signature")

    def test_changed_anywhere_or_cut_anywhere_it_is_no_token(self):
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        dice, good = random.Random(SEED), self.forger.token()
        places = sorted(dice.sample(range(len(good)), 60)) + [len(good) - 1]
        for at in places:
            other = dice.choice([letter for letter in letters if letter != good[at]])
            changed = good[:at] + other + good[at + 1:]
            answer = ask(self.server, "GET", "/api/auth/me", token=changed)
            self.assertEqual((answer.status, code(answer)), (401, "invalid_token"), f"seed {SEED}, changed at {at}")
            cut = good[:at]
            answer = ask(self.server, "GET", "/api/auth/me", token=cut)
            wanted = "invalid_token" if cut else "unauthorized"
            self.assertEqual((answer.status, code(answer)), (401, wanted), f"seed {SEED}, cut at {at}")
        for token in (good + ".", good + ".x", "." + good, good + "A", good + "=", good.replace(".", ".."), good + "\t x"):
            answer = ask(self.server, "GET", "/api/auth/me", token=token)
            self.assertEqual((answer.status, code(answer)), (401, "invalid_token"), token[-6:])

    def test_giant_tokens_are_refused_unread(self):
        good = self.forger.token()
        for token in ("A" * 1025, "A" * 2048, good + "A" * 2048, "." * 4096, f"{good.split('.')[0]}.{'A' * 4000}.{'A' * 43}"):
            self.refused(token, "invalid_token", "token_too_long", ways=("header",))
        answer = ask(self.server, "GET", "/api/auth/me", token="A" * 1_000_000)
        self.assertEqual((answer.status, code(answer)), (431, "headers_too_large"))
        opened = Socket(self.server)
        opened.receive()
        opened.send({"type": "auth", "token": "A" * 2048})
        self.assertEqual(opened.receive(), {"close": 4401})
        opened.close()
        answer = self.ada.refresh(cookie="A" * 4096)
        self.assertEqual((answer.status, code(answer)), (401, "invalid_token"))
        answer = ask(self.server, "GET", "/api/auth/me", token="cw_" + "A" * 4096)
        self.assertEqual((answer.status, code(answer)), (401, "invalid_token"))

    def test_two_authorizations_are_not_one(self):
        fields = [("Authorization", f"Bearer {self.ada.access}"), ("Authorization", "Bearer other")]
        for headers in (fields, fields[::-1]):
            answer = ask(self.server, "GET", "/api/auth/me", headers=headers)
            self.assertEqual((answer.status, code(answer)), (400, "bad_request"), "which of the two counts is anybody's guess")
            self.assertEqual(Socket(self.server, headers=headers).code, "bad_request")

    def test_nothing_of_a_refused_token_is_logged(self):
        marks = [f"secretmark{i}" for i in range(4)]
        ask(self.server, "GET", "/api/auth/me", token=marks[0])
        Socket(self.server, token=marks[1])
        Socket(self.server, ticket=marks[2])
        opened = Socket(self.server)
        opened.authenticate(marks[3])
        opened.close()
        answer = self.ada.get("/api/admin/audit?limit=500")
        for mark in marks:
            self.assertNotIn(mark, self.server.log())
            self.assertNotIn(mark.encode(), answer.body)
        self.assertEqual(SECRETS.found_in(self.server.log()), [])
        self.assertIn("token_malformed", json.dumps([entry["outcome"] for entry in answer.json()["items"]]))


    def test_a_refusal_is_listed_once_by_whatever_way_it_came(self):
        for knock in (lambda: ask(self.server, "GET", "/api/auth/me", token="x"), lambda: Socket(self.server, token="x"),
                      lambda: Socket(self.server, ticket="x")):
            before = self.refusals()
            knock()
            self.assertEqual(self.refusals()[len(before):], [("stranger", "token_malformed")])

    def refusals(self):
        """Oldest first. Refusals are not waited for; a change comes after all that stood in line before it."""
        self.assertEqual(self.ada.ask("PUT", "/api/me/settings", {"theme": "dark"}).status, 200)
        entries = self.ada.get("/api/admin/audit?action=access&limit=500").json()["items"]
        return [(entry["actor"], entry["outcome"]) for entry in entries[::-1]]


class Refreshing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(None, *NO_LIMITS, *PROXIED)
        cls.addClassCleanup(cls.server.__exit__)
        cls.admin = person(cls.server, "admin@example.org", "admin")
        person(cls.server, "ada@example.org")

    def setUp(self):
        self.ada = Person(self.server, "ada@example.org").sign_in()

    def generation(self, cookie):
        return json.loads(unbase64url(cookie.split(".")[1]))["num"]

    def test_each_use_gives_the_next_and_the_last_one_still_gets_it(self):
        first = self.ada.cookie
        self.assertEqual(self.ada.refresh().status, 200)
        second = self.ada.cookie
        self.assertNotEqual(first, second)
        self.assertEqual(self.generation(second), self.generation(first) + 1)
        again = self.ada.refresh(cookie=first)  # a lost answer, or another tab
        self.assertEqual((again.status, self.ada.cookie), (200, second), "the same successor")
        self.assertEqual(self.ada.get("/api/auth/me").status, 200)

    def test_an_older_one_is_a_thiefs_and_ends_the_session(self):
        bob = Person(self.server, "ada@example.org").sign_in()  # the same account elsewhere
        opened, other = Socket(self.server, token=self.ada.access), Socket(self.server, token=bob.access)
        opened.receive(), other.receive()
        first, access = self.ada.cookie, self.ada.access
        self.ada.refresh(), self.ada.refresh()
        newest = self.ada.cookie
        answer = self.ada.refresh(cookie=first)
        self.assertEqual((answer.status, code(answer)), (401, "refresh_reused"))
        self.assertIn("Max-Age=0", answer.headers["Set-Cookie"], "the cookie is taken back")
        for cookie in (newest, first):
            answer = self.ada.refresh(cookie=cookie)
            self.assertEqual((answer.status, code(answer)), (401, "session_ended"), "the whole family is over")
        for token in (access, self.ada.access):
            self.assertEqual(code(ask(self.server, "GET", "/api/auth/me", token=token)), "session_ended")
        self.assertEqual(opened.seconds_to_close()[0], 4401)
        opened.close()
        self.assertEqual(bob.get("/api/auth/me").status, 200, "another session of the account goes on")
        self.assertTrue(other.is_open())
        other.close()
        entries = self.admin.get("/api/admin/audit?action=session.reused").json()["items"]
        self.assertEqual(entries[0]["outcome"], "refresh_reused")

    def test_tabs_that_refresh_at_once_get_the_same(self):
        for _ in range(5):
            cookie, answers = self.ada.cookie, []
            ready = threading.Barrier(8)

            def tab():
                ready.wait()
                answers.append(ask(self.server, "POST", "/api/auth/refresh", cookie=cookie))

            tabs = [threading.Thread(target=tab) for _ in range(8)]
            for thread in tabs:
                thread.start()
            for thread in tabs:
                thread.join()
            self.assertEqual([answer.status for answer in answers], [200] * 8)
            cookies = {re.match(rf"{COOKIE}=([^;]+)", answer.headers["Set-Cookie"])[1] for answer in answers}
            self.assertEqual(len(cookies), 1, "one successor for all")
            self.ada.cookie = cookies.pop()
            for answer in answers:
                self.assertEqual(ask(self.server, "GET", "/api/auth/me", token=answer.json()["access_token"]).status, 200)

    def test_the_cookie_is_for_this_site_and_no_script(self):
        answer = self.ada.refresh()
        parts = answer.headers["Set-Cookie"].split("; ")
        self.assertTrue(parts[0].startswith(f"{COOKIE}=eyJ"))
        self.assertEqual(set(parts[2:]) | {"Path=/"}, {"Path=/", "Secure", "HttpOnly", "SameSite=Strict", *(p for p in parts if "Max-Age" in p)})
        self.assertNotIn(b"refresh", answer.body)
        self.assertNotIn(self.ada.cookie.encode(), answer.body)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_pages_of_other_sites_cannot_use_it(self):
        own = f"http://127.0.0.1:{self.server.port}"
        cookie = self.ada.cookie
        for fields in ([("Origin", "https://evil.example")], [("Origin", "null")], [("Origin", own + ".evil.example")],
                       [("Origin", own.replace("http", "https"))], [("Origin", own), ("Origin", "https://evil.example")],
                       [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")], [("sec-fetch-site", "Cross-Site")],
                       [("Origin", own), ("Sec-Fetch-Site", "cross-site")], [("Origin", f"http://127.0.0.1:{self.server.port + 1}")]):
            with self.subTest(str(fields)):
                answer = ask(self.server, "POST", "/api/auth/refresh", cookie=cookie, headers=fields)
                self.assertEqual((answer.status, code(answer)), (403, "cross_site"))
                self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])
                answer = ask(self.server, "POST", "/api/auth/login", headers=fields,
                             body={"email": self.ada.email, "password": self.ada.password})
                self.assertEqual((answer.status, code(answer)), (403, "cross_site"), "nor sign anybody in")
        with Server(None, "--set", "server.allowed_origins=https://tools.example.net") as listing:
            eve = person(listing, "eve@example.org")
            self.assertEqual(code(eve.refresh(headers=[("Origin", "https://tools.example.net")])), "cross_site", "listed or not")
        self.assertEqual(self.ada.refresh(headers=[("Origin", own), ("Sec-Fetch-Site", "same-origin")]).status, 200)
        self.assertEqual(self.generation(self.ada.cookie), self.generation(cookie) + 1, "none of them has rotated it")

    def test_it_counts_only_as_a_cookie_and_only_once(self):
        good = self.ada.cookie
        cases = {
            "no cookie": ([], "unauthorized"),
            "an empty one": ([("Cookie", f"{COOKIE}=")], "invalid_token"),
            "an access token in it": ([("Cookie", f"{COOKIE}={self.ada.access}")], "wrong_token_type"),
            "another name": ([("Cookie", f"candlewick_refresh={good}")], "unauthorized"),
            "other letters": ([("Cookie", f"{COOKIE.lower()}={good}")], "unauthorized"),
            "as a bearer token": ([("Authorization", f"Bearer {good}")], "unauthorized"),
            "in quotation marks": ([("Cookie", f'{COOKIE}="{good}"')], "invalid_token"),
            "two, the bad one first": ([("Cookie", f"{COOKIE}=bad; {COOKIE}={good}")], "bad_request"),
            "two, the good one first": ([("Cookie", f"{COOKIE}={good}; {COOKIE}=bad")], "bad_request"),
            "two in two fields": ([("Cookie", f"{COOKIE}={good}"), ("Cookie", f"{COOKIE}=bad")], "bad_request"),
        }
        for name, (fields, wanted) in cases.items():
            with self.subTest(name):
                answer = ask(self.server, "POST", "/api/auth/refresh", headers=fields)
                self.assertEqual((answer.status, code(answer)), (400 if wanted == "bad_request" else 401, wanted))
        answer = ask(self.server, "POST", "/api/auth/refresh", body={"refresh_token": good})
        self.assertEqual(answer.status, 400)
        # Among others it is found.
        answer = ask(self.server, "POST", "/api/auth/refresh", headers=[("Cookie", f"a=b; {COOKIE}={good}; c=d")])
        self.assertEqual(answer.status, 200)

    def test_a_cookie_opens_nothing_else(self):
        for path in ("/api/auth/me", "/api/admin/users", "/api/auth/sessions"):
            answer = ask(self.server, "GET", path, cookie=self.admin.cookie)
            self.assertEqual((answer.status, code(answer)), (401, "unauthorized"), path)
        opened = Socket(self.server, headers=[("Cookie", f"{COOKIE}={self.admin.cookie}")])
        self.assertEqual(opened.receive()["type"], "auth_required")
        opened.close()


class WhatWasAnswered(accounts.WhatWasAnswered):
    pass


if __name__ == "__main__":
    unittest.main()
