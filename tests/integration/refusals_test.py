"""What the API refuses to those who sign in, and the cookie it gives them, held against docs/openapi.yaml."""

import unittest

from candlewick import Server
from good_requests import COOKIE, cookie_of
from promised import SET_COOKIES, Promised, tear_down
from schema import problems_of


def tearDownModule():
    tear_down()


class Refusals(Promised):
    def test_of_those_who_sign_in(self):
        person = self.town.person()
        wrong = self.server.sign_in(person.email, "not the password")
        self.check("login", wrong, 401, "invalid_credentials")
        unknown = self.server.sign_in("nobody@example.org", "not the password")
        self.check("login", unknown, 401, "invalid_credentials")
        self.assertEqual(unknown.json()["detail"], wrong.json()["detail"])
        secured, _ = self.town.secured()
        self.check("login", self.server.sign_in(secured.email, secured.password), 401, "totp_required")
        self.check("login", self.server.sign_in(secured.email, secured.password, totp="000000x"), 401, "invalid_totp")
        foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        for operation in ("setUp", "register", "login", "refresh", "resetPassword"):
            operation = self.contract.operation(operation)
            answer = self.ask(operation, body=operation.media and operation.body(), headers=foreign, anonymous=True)
            self.check(operation, answer, 403, "cross_site")

    def test_of_many_attempts_say_how_long_to_wait(self):
        email = self.town.person().email
        for _ in range(20):
            answer = self.server.sign_in(email, "not the password")
            if answer.status == 429:
                break
        self.check("login", answer, 429, "too_many_attempts")
        with Server(None, "--set", "server.auth_requests_per_second=1", "--set", "server.auth_request_burst=1") as server:
            answers = [server.sign_in(email, "x" * 600) for _ in range(20)]
            self.assertIn(429, [answer.status for answer in answers])
            for answer in answers:
                self.check("login", answer, code="bad_parameter" if answer.status == 400 else "too_many_requests")

    def test_of_links_and_registrations(self):
        register, token = self.contract.operation("register"), self.town.invitation()[1]
        body = {"email": self.town.newcomer(), "password": "password"}
        self.check(register, self.ask(register, body=body), 403, "registration_closed")
        self.check(register, self.ask(register, body={**body, "invitation": token}), 400, "weak_password", "password")
        self.check(register, self.ask(register, body={**body, "invitation": "no token"}), 401, "invalid_token")
        body.update(password="a sentence that is long", invitation=token)
        self.check(register, self.ask(register, body=body), 201)
        self.check(register, self.ask(register, body={**body, "email": self.town.newcomer()}), 410, "link_expired")
        body["invitation"] = self.town.invitation()[1]
        self.check(register, self.ask(register, body=body), 409, "email_taken", "email")
        self.check("setUp", self.server.post("/api/auth/setup", {**body, "token": token} | {"invitation": None}), 400)
        reset = self.contract.operation("resetPassword")
        self.check(reset, self.ask(reset, body={"token": token, "password": "a sentence that is long"}), 401, "wrong_token_type")

    def test_of_administrators_and_keys(self):
        admin, person = self.town.admin(), self.town.person()
        change = self.contract.operation("changeUser")
        for body in ({"role": "user"}, {"active": False}):
            self.check(change, admin.ask(change.url(id=admin.id), "PUT", body), 409, "last_administrator")
        self.check(change, person.ask(change.url(id=person.id), "PUT", {"role": "admin"}), 403, "forbidden")
        key = person.ask("/api/auth/keys", "POST", {"name": "reads", "scopes": ["read"]}).json()["key"]
        bearer = {"Authorization": f"Bearer {key}"}
        put, keys = self.contract.operation("putSettings"), self.contract.operation("listApiKeys")
        self.check(put, self.ask(put, body=put.body(), headers=bearer), 403, "insufficient_scope")
        self.check(keys, self.ask(keys, headers=bearer), 403, "session_required")
        self.check("getMe", self.server.get("/api/auth/me", bearer), 200)

    def test_of_a_session_that_has_ended(self):
        person = self.town.person()
        person.ask("/api/auth/logout", "POST")
        self.check("getMe", person.ask("/api/auth/me"), 401, "session_ended")
        disabled = self.town.person()
        self.server.get(f"/api/admin/users/{disabled.id}", method="PUT", body={"active": False})
        self.check("getMe", disabled.ask("/api/auth/me"), 401, "session_ended")
        self.check("login", self.server.sign_in(disabled.email, disabled.password), 403, "account_disabled")

    def test_before_a_path_is_looked_at_are_problems_too(self):
        long = {"X": "a" * 20_000}
        for status, answer in ((414, self.server.get("/api/" + "a" * 9_000)), (431, self.server.get("/api/auth/me", long)),
                               (413, self.server.post("/api/auth/login", b"a" * 200_000, headers={"Content-Type": "application/json"})),
                               (403, self.server.get("/api/auth/me", {"Host": "evil.example"})), (404, self.server.get("/api/nothing"))):
            with self.subTest(status):
                self.assertEqual(answer.status, status)
                self.assertEqual(problems_of(answer.json(), {"$ref": "#/components/schemas/Problem"}, self.contract.document), [])
                self.assertEqual(self.contract.faults_of_problem(answer), [])


class Cookies(Promised):
    def attributes(self, answer):
        """(value, the attributes in their own letter case) of the one cookie that is set."""
        cookies = answer.headers.get_all("Set-Cookie")
        self.assertEqual(len(cookies), 1)
        first, *attributes = cookies[0].split("; ")
        name, _, value = first.partition("=")
        self.assertEqual(name, COOKIE)
        return value, dict(attribute.partition("=")[::2] for attribute in attributes)

    def test_hold_the_refresh_token_and_no_script_or_other_host_sees_them(self):
        for name in SET_COOKIES - {"logout"}:
            with self.subTest(name):
                answer = self.good.ask(self.contract.operation(name))
                value, attributes = self.attributes(answer)
                seconds = int(attributes.pop("Max-Age"))
                self.assertEqual(attributes, {"Path": "/", "Secure": "", "HttpOnly": "", "SameSite": "Strict"})
                self.assertTrue(29 * 86_400 < seconds <= 30 * 86_400, seconds)
                self.assertNotIn(value.encode(), answer.body)

    def test_are_not_set_by_a_refusal(self):
        self.assertIsNone(self.server.sign_in("nobody@example.org", "nothing").headers["Set-Cookie"])

    def test_are_taken_back_when_they_are_good_for_nothing(self):
        gone = ("", {"Path": "/", "Max-Age": "0", "Secure": "", "HttpOnly": "", "SameSite": "Strict"})
        person = self.town.person()
        out = person.ask("/api/auth/logout", "POST")
        self.assertEqual(self.attributes(out), gone)
        again = self.server.post("/api/auth/refresh", anonymous=True, headers={"Cookie": f"{COOKIE}={person.cookie}"})
        self.check("refresh", again, 401, "session_ended")
        self.assertEqual(self.attributes(again), gone)

    def test_rotate(self):
        person = self.town.person()
        first = self.server.post("/api/auth/refresh", anonymous=True, headers={"Cookie": f"a=b; {COOKIE}={person.cookie}; c=d"})
        self.check("refresh", first, 200)
        self.assertNotEqual(cookie_of(first), person.cookie)
        twin = self.server.post("/api/auth/refresh", anonymous=True, headers={"Cookie": f"{COOKIE}={person.cookie}"})
        self.check("refresh", twin, 200)
        self.assertEqual(cookie_of(twin), cookie_of(first), "of two tabs, both get the same")


if __name__ == "__main__":
    unittest.main()
