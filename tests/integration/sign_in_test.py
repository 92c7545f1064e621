"""Ways in: passwords, second factors, links; how guessing is slowed down; and what ends by itself."""

import json
import os
import re
import tempfile
import time
import unittest
from pathlib import Path

import accounts
from accounts import (NO_LIMITS, PASSWORD, PROXIED, SECRETS, Person, Server, add_user, ask, code, command, core, link_token,
                      person, totp)
from candlewick import run

NEW = "another quiet harbour 88"


class SignIn(unittest.TestCase):
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

    def from_address(self, number):
        return (("X-Forwarded-For", f"198.51.100.{number}"),)

    def test_two_factor_with_codes_and_recovery_codes(self):
        ada = self.newcomer()
        codes = ada.turn_on_two_factor()
        self.assertEqual((len(codes), len(set(codes))), (10, 10))
        self.assertEqual(code(ada.try_sign_in()), "totp_required")
        self.assertEqual(code(ada.try_sign_in("wrong password 1", totp(ada.seed, 1))), "invalid_credentials")
        self.assertEqual(code(ada.try_sign_in(totp="000000" if totp(ada.seed) != "000000" else "111111")), "invalid_totp")
        fresh = totp(ada.seed, 1)
        self.assertEqual(ada.try_sign_in(totp=fresh).status, 200)
        self.assertEqual(code(ada.try_sign_in(totp=fresh)), "invalid_totp", "a code counts once")
        self.assertEqual(ada.try_sign_in(totp=codes[0]).status, 200)
        self.assertEqual(code(ada.try_sign_in(totp=codes[0])), "invalid_totp", "and so does a recovery code")
        self.assertEqual(ada.try_sign_in(totp=codes[1].upper().replace("-", " ")).status, 200, "however it is typed")
        renewed = ada.ask("POST", "/api/auth/totp/recovery-codes", {"password": PASSWORD}).json()["recovery_codes"]
        SECRETS.add(*renewed)
        self.assertEqual(code(ada.try_sign_in(totp=codes[2])), "invalid_totp")
        answer = ada.ask("POST", "/api/auth/totp/disable", {"password": PASSWORD, "totp": renewed[0]})
        self.assertEqual(answer.status, 204, answer.body)
        ada.sign_in()

    def test_a_reset_keeps_two_factor(self):
        ada = self.newcomer()
        ada.turn_on_two_factor()
        made = self.admin.ask("POST", f"/api/admin/users/{ada.user['id']}/reset").json()
        answer = ask(self.server, "POST", "/api/auth/reset", body={"token": link_token(made["link"], "reset"), "password": NEW})
        self.assertEqual(answer.status, 204)
        ada.password = NEW
        self.assertEqual(code(ada.try_sign_in()), "totp_required")
        self.assertEqual(ada.try_sign_in(totp=totp(ada.seed, 1)).status, 200)

    def test_what_a_thief_of_a_session_would_want_asks_for_the_password(self):
        ada = self.newcomer()
        codes = ada.turn_on_two_factor()
        for path, more in (("/api/auth/totp/recovery-codes", {}), ("/api/auth/totp/disable", {"totp": codes[0]})):
            answer = ada.ask("POST", path, {"password": "wrong password 1", **more})
            self.assertEqual((answer.status, code(answer)), (401, "invalid_credentials"), path)
        answer = ada.ask("POST", "/api/auth/totp/disable", {"password": PASSWORD, "totp": "aaaa-bbbb-cccc-dddd-eeee-ffff"})
        self.assertEqual(code(answer), "invalid_totp")
        for body in ({"current_password": "wrong password 1", "new_password": NEW}, {"new_password": NEW}):
            self.assertNotEqual(ada.ask("POST", "/api/auth/password", body).status, 200)
        other = self.newcomer()
        answer = other.ask("POST", "/api/auth/totp", {"password": "wrong password 1"})
        self.assertEqual((answer.status, code(answer)), (401, "invalid_credentials"))
        self.assertEqual(ada.try_sign_in(totp=codes[0]).status, 200, "none of that has used it up")

    def test_an_account_without_its_app_is_let_in_by_who_runs_the_machine(self):
        ada = self.newcomer()
        ada.turn_on_two_factor()
        printed = command(self.server, "user", "reset-password", "--email", ada.email, "--two-factor")
        answer = ask(self.server, "POST", "/api/auth/reset", body={"token": link_token(printed, "reset"), "password": NEW})
        self.assertEqual(answer.status, 204)
        ada.password = NEW
        ada.sign_in()

    def test_guessing_is_slowed_down_and_the_right_user_still_gets_in(self):
        ada = self.newcomer()  # signed in from 127.0.0.1
        attacker = self.from_address(66)
        told = [code(ada.try_sign_in("wrong password 1", headers=attacker)) for _ in range(5)]
        self.assertEqual(told, ["invalid_credentials"] * 5, "the first five are free, and so is typing wrongly")
        self.is_made_to_wait(ada, attacker)
        answer = ada.try_sign_in(headers=attacker)
        self.assertEqual((answer.status, code(answer)), (429, "too_many_attempts"), "even with the right password")
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        self.assertEqual(code(ada.try_sign_in(headers=self.from_address(67))), "too_many_attempts", "from anywhere unknown")
        self.assertEqual(ada.try_sign_in().status, 200, "but not from where the account is signed in")
        nobody, elsewhere = Person(self.server, "nobody@example.org"), self.from_address(68)
        self.is_made_to_wait(nobody, elsewhere)  # unknown accounts are the same
        self.server.wait_for("the end of the wait by itself, however often one asks",
                             lambda: code(nobody.try_sign_in(headers=elsewhere)) == "invalid_credentials")

    def is_made_to_wait(self, who, headers):
        """Fails until the wait is long enough for what is looked at next, on a slow machine too."""
        def waits():
            answer = who.try_sign_in("wrong password 1", headers=headers)
            return answer.status == 429 and int(answer.headers["Retry-After"]) >= 4
        self.server.wait_for("a wait of 4 s", waits)

    def test_one_address_that_guesses_many_accounts_is_slowed_down(self):
        told = []
        while "too_many_attempts" not in told and len(told) < 16:  # the waits grow, so that one of them is met
            told.append(code(Person(self.server, f"guess{len(told)}@example.org").try_sign_in(headers=self.from_address(99))))
        self.assertIn("too_many_attempts", told)
        self.assertEqual(told[:10], ["invalid_credentials"] * 10)

    def test_unknown_and_wrong_are_told_in_the_same_words(self):
        ada = self.newcomer()
        told = []
        for who, password in ((ada.email, "wrong password 1"), ("never@example.org", PASSWORD), ("no address at all", PASSWORD)):
            answer = Person(self.server, who, password).try_sign_in(headers=self.from_address(120))
            problem = {name: value for name, value in answer.json().items() if name != "request_id"}
            told.append((answer.status, problem, answer.headers["WWW-Authenticate"]))
        self.assertEqual(told[0], told[1])
        self.assertEqual(told[0], told[2])

    def test_registration_is_closed_and_an_invitation_opens_it_once(self):
        body = {"email": "new@example.org", "password": NEW}
        answer = ask(self.server, "POST", "/api/auth/register", body=body)
        self.assertEqual((answer.status, code(answer)), (403, "registration_closed"))
        made = self.admin.ask("POST", "/api/admin/invitations", {"email": "new@example.org", "role": "user"}).json()
        token = link_token(made["link"], "join")
        answer = ask(self.server, "POST", "/api/auth/register", body={**body, "email": "eve@example.org", "invitation": token})
        self.assertEqual((answer.status, answer.json()["field"]), (400, "email"), "it is for one address")
        newcomer = Person(self.server, "new@example.org", NEW)
        answer = newcomer.take(ask(self.server, "POST", "/api/auth/register", body={**body, "invitation": token}))
        self.assertEqual((answer.status, newcomer.user["role"]), (201, "user"))
        answer = ask(self.server, "POST", "/api/auth/register", body={"email": "second@example.org", "password": NEW, "invitation": token})
        self.assertEqual((answer.status, code(answer)), (410, "link_expired"))
        made = self.admin.ask("POST", "/api/admin/invitations", {}).json()
        self.assertEqual(self.admin.ask("DELETE", f"/api/admin/invitations/{made['id']}").status, 204)
        answer = ask(self.server, "POST", "/api/auth/register", body={
            "email": "third@example.org", "password": NEW, "invitation": link_token(made["link"], "join")})
        self.assertEqual((answer.status, code(answer)), (410, "link_expired"), "revoked")
        printed = command(self.server, "user", "invite", "--role", "admin")
        answer = ask(self.server, "POST", "/api/auth/register", body={
            "email": "boss@example.org", "password": NEW, "invitation": link_token(printed, "join")})
        self.assertEqual(answer.json()["user"]["role"], "admin")
        command(self.server, "user", "set-role", "--email", "boss@example.org", "--role", "user")

    def test_weak_passwords_are_refused_wherever_one_is_chosen(self):
        ada = self.newcomer()
        for weak in ("short12", "password", "Password1", "12345678", "qwertyuiop", "x" * 129):
            answer = ada.ask("POST", "/api/auth/password", {"current_password": PASSWORD, "new_password": weak})
            self.assertEqual((answer.status, code(answer)), (400, "weak_password"), weak)
            made = self.admin.ask("POST", f"/api/admin/users/{ada.user['id']}/reset").json()
            answer = ask(self.server, "POST", "/api/auth/reset", body={"token": link_token(made["link"], "reset"), "password": weak})
            self.assertEqual((answer.status, code(answer)), (400, "weak_password"), weak)
            result = run("user", "add", "--email", "weak@example.org", "--role", "user", "--password", weak, data_dir=self.server.data_dir)
            self.assertEqual(result.returncode, 1, weak)
            self.assertNotIn(weak.encode(), result.stderr.replace(b"the password is", b""))

    def test_an_administrator_cannot_choose_anothers_password(self):
        ada = self.newcomer()
        answer = self.admin.ask("PUT", f"/api/admin/users/{ada.user['id']}", {"password": NEW})
        self.assertEqual((answer.status, code(answer)), (400, "bad_parameter"))


class FirstStart(unittest.TestCase):
    def start(self, folder):
        """A server, and what it has printed to the end of its first lines."""
        server = Server(folder, *NO_LIMITS)
        printed = b""
        while b"#eyJ" not in printed or not printed.endswith(b"\n"):
            printed += os.read(server.process.stdout.fileno(), 4096)
        return server, printed.decode()

    def test_the_link_makes_the_first_administrator_and_no_second(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            server, printed = self.start(folder)
            with server:
                self.assertIn("30 minutes", printed)
                token = link_token(printed, "setup")
                self.assertEqual(code(ask(server, "GET", "/api/auth/me")), "unauthorized")
                body = {"token": token, "email": "ada@example.org", "password": "password"}
                self.assertEqual(code(ask(server, "POST", "/api/auth/setup", body=body)), "weak_password", "not spent by that")
                ada = Person(server, "ada@example.org")
                answer = ada.take(ask(server, "POST", "/api/auth/setup", body={**body, "password": PASSWORD}))
                self.assertEqual((answer.status, ada.user["role"]), (201, "admin"))
                self.assertEqual(ada.get("/api/admin/users").json()["total"], 1)
                self.assertEqual(ada.refresh().status, 200)
                answer = ask(server, "POST", "/api/auth/setup", body={**body, "email": "eve@example.org", "password": PASSWORD})
                self.assertEqual((answer.status, code(answer)), (410, "link_expired"))
                result = run("user", "setup-link", data_dir=folder)
                self.assertEqual(result.returncode, 1)
                self.assertIn(b"there is an administrator already", result.stderr)
                self.assertEqual(server.stop(), 0)

    def test_a_new_link_ends_the_old_and_an_administrator_ends_both(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            server, printed = self.start(folder)
            with server:
                first, second = link_token(printed, "setup"), link_token(command(server, "user", "setup-link"), "setup")
                body = {"email": "eve@example.org", "password": PASSWORD}
                self.assertEqual(code(ask(server, "POST", "/api/auth/setup", body={**body, "token": first})), "link_expired")
                add_user(server, "ada@example.org", "admin")
                answer = ask(server, "POST", "/api/auth/setup", body={**body, "token": second})
                self.assertEqual((answer.status, code(answer)), (410, "link_expired"))

    def test_there_is_no_account_that_nobody_made(self):
        with Server(None, *NO_LIMITS) as server:
            self.assertEqual(json.loads(command(server, "user", "list", "--format", "json")), [])
            for name, password in (("admin", "admin"), ("admin@localhost", "admin"), ("root", "root"), ("admin@example.org", "password")):
                answer = ask(server, "POST", "/api/auth/login", body={"email": name, "password": password})
                self.assertEqual(code(answer), "invalid_credentials")


class Time(unittest.TestCase):
    def test_sessions_keys_and_links_end_by_themselves(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            with Server(folder, *NO_LIMITS) as server:
                idle, old, good = person(server, "ada@example.org", "admin"), Person(server, "ada@example.org").sign_in(), \
                    Person(server, "ada@example.org").sign_in()
                ids = [one.session() for one in (idle, old)]
                key_id, key = good.key("read")
                link = good.ask("POST", "/api/admin/invitations", {}).json()
                self.assertEqual(server.stop(), 0)
            now = int(1000 * time.time())
            database = core(Path(folder))
            database.execute("UPDATE sessions SET expires_at = ? WHERE id = ?", (now - 1, ids[0]))
            database.execute("UPDATE sessions SET created_at = ? WHERE id = ?", (now - 180 * 86_400_000 + 60_000, ids[1]))
            database.execute("UPDATE api_keys SET expires_at = ? WHERE id = ?", (now - 1, key_id))
            database.execute("UPDATE links SET expires_at = ? WHERE id = ?", (now - 1, link["id"]))
            database.commit()
            database.close()
            with Server(folder, *NO_LIMITS) as server:
                for one in (idle, old, good):
                    one.server = server
                self.assertEqual(code(idle.refresh()), "session_ended", "not used for 30 days")
                self.assertEqual(code(idle.get("/api/auth/me")), "session_ended")
                answer = old.refresh()  # its last minute of 180 days
                self.assertEqual(answer.status, 200)
                self.assertLessEqual(int(re.search(r"Max-Age=(\d+)", answer.headers["Set-Cookie"])[1]), 60)
                answer = good.refresh()
                self.assertGreater(int(re.search(r"Max-Age=(\d+)", answer.headers["Set-Cookie"])[1]), 29 * 86_400)
                self.assertEqual(ask(server, "GET", "/api/auth/me", token=key).status, 401)
                answer = ask(server, "POST", "/api/auth/register", body={
                    "email": "late@example.org", "password": NEW, "invitation": link_token(link["link"], "join")})
                self.assertEqual((answer.status, code(answer)), (410, "link_expired"))


class WhatWasAnswered(accounts.WhatWasAnswered):
    pass


if __name__ == "__main__":
    unittest.main()
