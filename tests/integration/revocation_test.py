"""Every way to take access back, each held at the very next request and at the open sockets, which close within a second."""

import unittest

import accounts
from accounts import NO_LIMITS, PASSWORD, PROXIED, SECRETS, Person, Server, Socket, ask, code, command, link_token, person
from candlewick import PATIENCE, run

NEW = "another quiet harbour 88"
WITHIN_SECONDS = 1.0  # what is promised
CLOSINGS = []


def tearDownModule():
    if CLOSINGS:
        print(f"{len(CLOSINGS)} sockets closed, the slowest {1000 * max(CLOSINGS):.1f} ms after the answer")


class Accounts(unittest.TestCase):
    """A server with an administrator."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(None, *NO_LIMITS, *PROXIED)
        cls.addClassCleanup(cls.server.__exit__)
        cls.admin = person(cls.server, "admin@example.org", "admin")
        cls.count = 0

    def newcomer(self, role="user"):
        """An account of its own, signed in."""
        type(self).count += 1
        return person(self.server, f"person{self.count}@example.org", role)

    def again(self, who):
        """The same account, signed in on another device."""
        return Person(self.server, who.email, who.password).sign_in()

    def socket(self, token):
        opened = Socket(self.server, token=token)
        self.addCleanup(opened.close)
        self.assertEqual(opened.receive()["type"], "welcome")
        return opened

    def holds(self, revoke, ended, kept, wanted="session_ended", refreshes=()):
        """After `revoke()` each of `ended` (a token) is refused at the next request and its socket closed with 4401, while
        those of `kept` go on."""
        for token in (*ended, *kept):
            self.assertEqual(ask(self.server, "GET", "/api/auth/me", token=token).status, 200)
        dying, living = [self.socket(token) for token in ended], [self.socket(token) for token in kept]
        answer = revoke()
        if answer is not None:
            self.assertIn(answer.status, (200, 204), answer.body)
        for opened in dying:
            closed, seconds = opened.seconds_to_close()
            self.assertEqual(closed, 4401)
            CLOSINGS.append(seconds)
            self.assertLess(seconds, WITHIN_SECONDS * PATIENCE)
        for token in ended:
            answer = ask(self.server, "GET", "/api/auth/me", token=token)
            self.assertEqual((answer.status, code(answer)), (401, wanted))
            self.assertEqual(Socket(self.server, token=token).code, wanted)
        for token in kept:
            self.assertEqual(ask(self.server, "GET", "/api/auth/me", token=token).status, 200)
        for opened in living:
            self.assertTrue(opened.is_open(), "others go on")
        for cookie in refreshes:
            self.assertEqual(code(ask(self.server, "POST", "/api/auth/refresh", cookie=cookie)), "session_ended")


class Revocation(Accounts):
    def test_signing_out(self):
        ada = self.newcomer()
        other = self.again(ada)
        ticket = ada.ticket()
        self.holds(lambda: ada.ask("POST", "/api/auth/logout"), [ada.access], [other.access, self.admin.access],
                   refreshes=[ada.cookie])
        self.assertEqual(Socket(self.server, ticket=ticket).code, "session_ended", "nor does a ticket outlive it")

    def test_ending_one_session_from_another(self):
        ada = self.newcomer()
        other = self.again(ada)
        self.holds(lambda: other.ask("DELETE", f"/api/auth/sessions/{ada.session()}"), [ada.access], [other.access],
                   refreshes=[ada.cookie])

    def test_ending_all_other_sessions(self):
        ada = self.newcomer()
        others = [self.again(ada) for _ in range(3)]
        self.holds(lambda: ada.ask("DELETE", "/api/auth/sessions"), [other.access for other in others],
                   [ada.access, self.admin.access], refreshes=[other.cookie for other in others])
        self.assertEqual(len(ada.get("/api/auth/sessions").json()["items"]), 1)

    def test_an_administrator_ends_all_sessions_of_an_account(self):
        ada = self.newcomer()
        key = ada.key("read")[1]
        self.holds(lambda: self.admin.ask("DELETE", f"/api/admin/users/{ada.user['id']}/sessions"), [ada.access],
                   [key, self.admin.access], refreshes=[ada.cookie])

    def test_disabling_by_the_api(self):
        ada = self.newcomer()
        key = ada.key("read", "write")[1]
        self.holds(lambda: self.admin.ask("PUT", f"/api/admin/users/{ada.user['id']}", {"active": False}), [ada.access, key],
                   [self.admin.access], refreshes=[ada.cookie])
        answer = ada.try_sign_in()
        self.assertEqual((answer.status, code(answer)), (403, "account_disabled"))
        self.assertEqual(code(ada.try_sign_in("wrong password 1")), "invalid_credentials", "only who has the password learns it")
        self.assertEqual(self.admin.ask("PUT", f"/api/admin/users/{ada.user['id']}", {"active": True}).status, 200)
        self.assertEqual(code(ask(self.server, "GET", "/api/auth/me", token=ada.access)), "session_ended", "it stays ended")
        self.assertEqual(ask(self.server, "GET", "/api/auth/me", token=key).status, 200, "a key is not a session")
        ada.sign_in()

    def test_disabling_by_the_command_line(self):
        ada = self.newcomer()
        key = ada.key("read")[1]
        self.holds(lambda: command(self.server, "user", "disable", "--email", ada.email) and None, [ada.access, key],
                   [self.admin.access], refreshes=[ada.cookie])
        command(self.server, "user", "enable", "--email", ada.email)
        ada.sign_in()

    def test_a_demotion(self):
        ada = self.newcomer("admin")
        key = ada.key("read", "admin")[1]
        opened, by_key = self.socket(ada.access), self.socket(key)
        self.assertEqual(ada.get("/api/admin/users").status, 200)
        answer = self.admin.ask("PUT", f"/api/admin/users/{ada.user['id']}", {"role": "user"})
        self.assertEqual(answer.status, 200)
        for token in (ada.access, key):
            answer = ask(self.server, "GET", "/api/admin/users", token=token)
            self.assertEqual((answer.status, code(answer)), (403, "forbidden"))
            self.assertEqual(ask(self.server, "GET", "/api/auth/me", token=token).status, 200, "still a user")
        for dying in (opened, by_key):
            closed, seconds = dying.seconds_to_close()
            CLOSINGS.append(seconds)
            self.assertEqual(closed, 4401)
            self.assertLess(seconds, WITHIN_SECONDS * PATIENCE)

    def test_a_changed_password_ends_tokens_and_if_asked_sessions(self):
        ada = self.newcomer()
        other = self.again(ada)
        old = ada.access
        self.holds(lambda: ada.take(ada.ask("POST", "/api/auth/password", {"current_password": PASSWORD, "new_password": NEW})),
                   [old, other.access], [self.admin.access])
        SECRETS.add(NEW)
        self.assertEqual(ada.get("/api/auth/me").status, 200, "the answer's token is good")
        self.assertEqual(other.refresh().status, 200, "the other device may refresh")
        ada.password = NEW
        self.holds(lambda: ada.take(ada.ask("POST", "/api/auth/password", {
            "current_password": NEW, "new_password": PASSWORD, "end_other_sessions": True})), [ada.access, other.access],
            [self.admin.access], refreshes=[other.cookie])
        self.assertEqual(ada.get("/api/auth/me").status, 200)
        self.assertEqual(code(ada.try_sign_in(NEW)), "invalid_credentials", "the old one is none any more")

    def test_a_reset_ends_everything(self):
        ada = self.newcomer()
        made = self.admin.ask("POST", f"/api/admin/users/{ada.user['id']}/reset").json()
        token = link_token(made["link"], "reset")
        self.holds(lambda: ask(self.server, "POST", "/api/auth/reset", body={"token": token, "password": NEW}), [ada.access],
                   [self.admin.access], refreshes=[ada.cookie])
        answer = ask(self.server, "POST", "/api/auth/reset", body={"token": token, "password": PASSWORD})
        self.assertEqual((answer.status, code(answer)), (410, "link_expired"), "good once")
        self.assertEqual(code(ada.try_sign_in()), "invalid_credentials")
        ada.password = NEW
        ada.sign_in()
        self.holds(lambda: command(self.server, "user", "reset-password", "--email", ada.email, "--password", "-",
                                   stdin=PASSWORD.encode()) and None, [ada.access], [self.admin.access], refreshes=[ada.cookie])

    def test_a_revoked_key(self):
        ada = self.newcomer()
        key_id, key = ada.key("read")
        other = ada.key("read")[1]
        self.holds(lambda: ada.ask("DELETE", f"/api/auth/keys/{key_id}"), [key], [other, ada.access], wanted="invalid_token")
        self.assertEqual(ada.ask("DELETE", f"/api/auth/keys/{key_id}").status, 404)

    def test_a_ticket_opens_one_socket(self):
        ada = self.newcomer()
        ticket = ada.ticket()
        opened = Socket(self.server, ticket=ticket, origin=f"http://127.0.0.1:{self.server.port}")
        self.assertEqual(opened.receive()["type"], "welcome")
        self.assertIn("sec-websocket-protocol: candlewick.v1\r\n", opened.head.lower())
        self.assertNotIn(ticket, opened.head)
        self.assertEqual(Socket(self.server, ticket=ticket).code, "invalid_token", "spent")
        self.assertEqual(ada.ask("POST", "/api/auth/logout").status, 204)
        self.assertEqual(opened.seconds_to_close()[0], 4401, "what a ticket has opened ends with its session")
        opened.close()

    def test_the_last_administrator_stays(self):
        for change in ({"role": "user"}, {"active": False}):
            answer = self.admin.ask("PUT", f"/api/admin/users/{self.admin.user['id']}", change)
            if answer.status == 200:  # another test has made a second one for a while
                self.fail("the last administrator was taken away")
            self.assertEqual((answer.status, code(answer)), (409, "last_administrator"))
        result = run("user", "set-role", "--email", self.admin.email, "--role", "user", data_dir=self.server.data_dir)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"last active administrator", result.stderr)


class WhatWasAnswered(accounts.WhatWasAnswered):
    pass


if __name__ == "__main__":
    unittest.main()
