"""`candlewick user` and `candlewick audit`: on a folder that nobody holds, and beside a server, where they hold at once."""

import json
import re
import sqlite3
import subprocess
import tempfile
import unittest

from candlewick import BINARY, Server, clean_environment, run
from cli_folder import Folder

PASSWORD = "a sentence of somebody"


def add(email, role="user", password=PASSWORD, **where):
    return run("user", "add", "--email", email, "--role", role, "--password", password, **where)


class Alone(Folder):
    def users(self):
        return {user["email"]: user for user in json.loads(run("user", "list", "--format", "json", data_dir=self.data).stdout)}

    def test_accounts_are_added_listed_and_changed(self):
        self.expect(add("ada@example.org", "admin", data_dir=self.data), 0, "ada@example.org is an administrator now")
        self.expect(add("bob@example.org", data_dir=self.data), 0, "bob@example.org is a user now")
        self.expect(run("user", "list", data_dir=self.data), 0, "ada@example.org  admin  active", "LAST SIGN-IN")
        self.expect(run("user", "list", "--format", "csv", data_dir=self.data), 0, "id,email,role,active,two_factor,created_at,last_login",
                    '"bob@example.org",user,true,false,')
        self.expect(run("user", "set-role", "--email", "BOB@example.org", "--role", "admin", data_dir=self.data), 0)
        self.expect(run("user", "disable", "--email", "ada@example.org", data_dir=self.data), 0, "disabled")
        users = self.users()
        self.assertEqual((users["bob@example.org"]["role"], users["ada@example.org"]["active"]), ("admin", False))
        self.expect(run("user", "enable", "--email", "ada@example.org", data_dir=self.data), 0, "enabled")
        self.assertTrue(self.users()["ada@example.org"]["active"])
        for name in ("core.db", "secret.key"):
            self.assertEqual((self.data / name).stat().st_mode & 0o777, 0o600)

    def test_what_does_not_go_is_refused_in_one_sentence(self):
        add("ada@example.org", "admin", data_dir=self.data)
        self.fails(add("Ada@Example.org", data_dir=self.data), 1, "there is an account", "Ada@Example.org")
        self.fails(add("bob@example.org", password="short", data_dir=self.data), 1, "8 characters")
        self.fails(add("bob@example.org", password="password", data_dir=self.data), 1, "most common")
        self.fails(add("no address", data_dir=self.data), 2, "no address")
        self.fails(add("bob@example.org", "adm", data_dir=self.data), 2, "user or admin", "'admin'")
        self.fails(run("user", "set-role", "--email", "bob@example.org", "--role", "user", data_dir=self.data), 1, "bob@example.org", "user list")
        for last in (("set-role", "--role", "user"), ("disable",)):
            self.fails(run("user", *last, "--email", "ada@example.org", data_dir=self.data), 1, "last")
        self.fails(run("user", "setup-link", data_dir=self.data), 1, "administrator already")
        self.assertEqual(list(self.users()), ["ada@example.org"])

    def test_a_password_may_come_by_stdin_however_slowly(self):
        for email, command in (("ada@example.org", f"printf '{PASSWORD}'"), ("bob@example.org", f"sleep 0.3; echo '{PASSWORD}'; echo more"),
                               ("eve@example.org", f"printf '{PASSWORD}\\r\\n'")):
            line = f"({command}) | {BINARY} user add --email {email} --role user --password - --data-dir {self.data}"
            self.expect(subprocess.run(["bash", "-c", line], capture_output=True, env=clean_environment(), timeout=60, check=False), 0)
        self.fails(add("dan@example.org", password="-", data_dir=self.data), 2, "stdin holds no password")
        with Server(self.data) as server:
            for email in ("ada@example.org", "bob@example.org", "eve@example.org"):
                self.assertEqual(server.sign_in(email, PASSWORD).status, 200, email)

    def test_without_a_password_a_link_chooses_one(self):
        made = run("user", "add", "--email", "ada@example.org", "--role", "admin", data_dir=self.data)
        self.expect(made, 0, "http://127.0.0.1:8080/reset#")
        self.expect(run("user", "list", data_dir=self.data), 0, "no password yet")
        self.expect(run("user", "invite", "--email", "bob@example.org", "--role", "admin",
                        "--set", "server.public_url=https://desk.example.org", data_dir=self.data), 0, "https://desk.example.org/join#")

    def test_the_audit_log_is_whole_until_somebody_changes_it(self):
        self.data.mkdir(mode=0o700)
        self.expect(run("audit", "verify", data_dir=self.data), 0, "The audit log is good: 0 entries")
        for i in range(5):
            add(f"person-{i}@example.org", data_dir=self.data)
        self.expect(run("audit", "verify", data_dir=self.data), 0, "The audit log is good: 5 entries", "hash")
        whole = (self.data / "core.db").read_bytes()
        for change in ("UPDATE audit SET target = 'somebody' WHERE sequence = 3", "DELETE FROM audit WHERE sequence = 3",
                       "UPDATE audit SET at = at + 1 WHERE sequence = 3"):
            with self.subTest(change):
                (self.data / "core.db").write_bytes(whole)
                with sqlite3.connect(self.data / "core.db") as database:
                    for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                        database.execute(f"DROP TRIGGER {name}")
                    database.execute(change)
                database.close()
                broken = run("audit", "verify", data_dir=self.data)
                self.assertEqual(broken.returncode, 1, broken.stdout)
                self.assertRegex(broken.stderr, rb"broken at entry [34]: ")

    def test_a_missing_or_foreign_key_is_said_at_the_start(self):
        add("ada@example.org", "admin", data_dir=self.data)
        key = self.data / "secret.key"
        kept = key.read_bytes()
        key.unlink()
        for command in (("user", "list"), ("serve", "--port", "0", "--market", "practice")):
            self.expect(run(*command, "--set", "log.level=error", data_dir=self.data), 1, "secret.key")
        self.assertFalse(key.exists(), "another key would not help")
        with tempfile.TemporaryDirectory() as other:
            add("bob@example.org", data_dir=other)
            key.write_bytes(open(f"{other}/secret.key", "rb").read())
        key.chmod(0o600)
        self.expect(run("user", "list", data_dir=self.data), 1, "secret.key")
        key.write_bytes(kept)
        key.chmod(0o644)
        self.expect(run("user", "list", data_dir=self.data), 1, "chmod 600")
        key.chmod(0o600)
        self.expect(run("user", "list", data_dir=self.data), 0, "ada@example.org")


class BesideAServer(unittest.TestCase):
    """What a command does is so for the server from its next request on."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def person(self, email):
        self.assertEqual(add(email, data_dir=self.server.data_dir).returncode, 0)
        token = self.server.sign_in(email, PASSWORD).json()["access_token"]
        socket = self.server.socket(token=token)
        self.addCleanup(socket.close)
        self.assertEqual(socket.receive()["type"], "welcome")
        return {"Authorization": f"Bearer {token}"}, socket

    def test_disabling_ends_requests_and_sockets(self):
        mine, socket = self.person("dan@example.org")
        self.assertEqual(self.server.get("/api/auth/me", mine).status, 200)
        self.assertEqual(self.server.command("user", "disable", "--email", "dan@example.org").returncode, 0)
        self.assertEqual(self.server.get("/api/auth/me", mine).status, 401)
        self.assertEqual(socket.receive(), {"close": 4401})
        self.server.command("user", "enable", "--email", "dan@example.org")
        self.assertEqual(self.server.get("/api/auth/me", mine).status, 401, "what ended stays ended")
        self.assertEqual(self.server.sign_in("dan@example.org", PASSWORD).status, 200)

    def test_a_demotion_holds_from_the_next_request(self):
        mine, _ = self.person("eve@example.org")
        self.assertEqual(self.server.get("/api/admin/users", mine).status, 403)
        self.server.command("user", "set-role", "--email", "eve@example.org", "--role", "admin")
        mine = {"Authorization": f"Bearer {self.server.sign_in('eve@example.org', PASSWORD).json()['access_token']}"}
        self.assertEqual(self.server.get("/api/admin/users", mine).status, 200)
        self.server.token()  # so that there is another administrator
        self.server.command("user", "set-role", "--email", "eve@example.org", "--role", "user")
        self.assertNotEqual(self.server.get("/api/admin/users", mine).status, 200)

    def test_a_new_password_ends_all_sessions(self):
        mine, socket = self.person("fay@example.org")
        reset = self.server.command("user", "reset-password", "--email", "fay@example.org", "--password", "-", stdin=b"another sentence\n")
        self.assertEqual(reset.returncode, 0, reset.stderr)
        self.assertEqual(self.server.get("/api/auth/me", mine).status, 401)
        self.assertEqual(socket.receive(), {"close": 4401})
        self.assertEqual(self.server.sign_in("fay@example.org", PASSWORD).status, 401)
        self.assertEqual(self.server.sign_in("fay@example.org", "another sentence").status, 200)

    def test_links_are_of_the_servers_own_address_and_good_once(self):
        said = self.server.command("user", "invite", "--email", "gus@example.org").stdout.decode()
        origin, token = re.search(r"(http://\S+)/join#(\S+)", said).groups()
        self.assertEqual(origin, f"http://127.0.0.1:{self.server.port}")
        body = {"email": "gus@example.org", "password": PASSWORD, "invitation": token}
        self.assertEqual(self.server.post("/api/auth/register", {**body, "email": "else@example.org"}, anonymous=True).json()["field"], "email")
        self.assertEqual(self.server.post("/api/auth/register", body, anonymous=True).status, 201)
        said = self.server.command("user", "reset-password", "--email", "gus@example.org").stdout.decode()
        body = {"token": re.search(r"/reset#(\S+)", said)[1], "password": "the newest sentence"}
        self.assertEqual([self.server.post("/api/auth/reset", body, anonymous=True).status for _ in range(2)], [204, 410])
        self.assertEqual(self.server.sign_in("gus@example.org", "the newest sentence").status, 200)

    def test_the_audit_log_can_be_checked_meanwhile_and_no_secret_is_logged(self):
        self.server.token()
        verified = self.server.command("audit", "verify")
        self.assertIn(b"The audit log is good", verified.stdout)
        log = self.server.log() + (self.server.data_dir / "log/candlewick.log").read_text()
        for secret in (PASSWORD, "another sentence", "the newest sentence", "eyJ", "cw_"):
            self.assertNotIn(secret, log)


if __name__ == "__main__":
    unittest.main()
