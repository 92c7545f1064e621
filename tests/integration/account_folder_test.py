"""Accounts in the data folder: the commands with and without a server, the audit log, and that no secret lies about."""

import base64
import json
import re
import sqlite3
import stat
import tempfile
import time
import unittest
from pathlib import Path

import accounts
from accounts import NO_LIMITS, PASSWORD, SECRETS, Person, Server, add_user, code, command, core, link_token, person
from candlewick import run
from cli_folder import rows

NEW = "another quiet harbour 88"


class Commands(unittest.TestCase):
    """The same commands beside a server and without one."""

    def check(self, folder, server):
        prefix = "beside" if server else "alone"
        email = f"{prefix}@example.org"
        printed = command(folder, "user", "add", "--email", email, "--role", "user")
        self.assertIn("is a user now", printed)
        reset = link_token(printed, "reset")
        self.assertIn(email, command(folder, "user", "list"))
        self.assertIn("no password yet", command(folder, "user", "list"))
        listed = [one for one in json.loads(command(folder, "user", "list", "--format", "json")) if one["email"] == email]
        self.assertEqual([(one["role"], one["active"]) for one in listed], [("user", True)])
        self.assertIn(email, command(folder, "user", "list", "--format", "csv"))
        self.assertIn("has the role admin now", command(folder, "user", "set-role", "--email", email, "--role", "admin"))
        self.assertIn("has the role user now", command(folder, "user", "set-role", "--email", email.upper(), "--role", "user"))
        self.assertIn("disabled now", command(folder, "user", "disable", "--email", email))
        self.assertIn("enabled now", command(folder, "user", "enable", "--email", email))
        self.assertIn("/join#", command(folder, "user", "invite", "--email", f"guest-{email}", "--role", "user"))
        self.assertIn("/reset#", command(folder, "user", "reset-password", "--email", email))
        self.assertIn("has a new password", command(folder, "user", "reset-password", "--email", email, f"--password={NEW}"))
        self.assertIn("has a new password", command(folder, "user", "reset-password", "--email", email, "--password=-", stdin=PASSWORD.encode()))
        for arguments, words in ((("add", "--email", email, "--role", "user"), b"there is an account"),
                                 (("disable", "--email", "nobody@example.org"), b"there is no account"),
                                 (("set-role", "--email", "nobody@example.org", "--role", "admin"), b"there is no account")):
            result = run("user", *arguments, data_dir=folder)
            self.assertEqual(result.returncode, 1, arguments)
            self.assertIn(words, result.stderr)
            self.assertTrue(result.stderr.startswith(b"candlewick: "), result.stderr)
        for arguments, words in ((("set-role", "--email", email, "--role", "root"), b"--role takes user or admin"),
                                 (("add", "--email", "no address", "--role", "user"), b"address"),
                                 (("add", "--email", "x@example.org", "--role", "user", "--password", "-"), b"stdin holds no password")):
            result = run("user", *arguments, data_dir=folder)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(words, result.stderr)
        candles = Path(folder) / f"{prefix}.csv"
        candles.write_text(rows(30))
        command(folder, "import", candles, "--symbol", f"{prefix}:AAA-USDT", "--timeframe", "1m")
        self.assertEqual(len(command(folder, "candles", f"{prefix}:AAA-USDT", "--timeframe", "5m", "--format", "csv").splitlines()), 7)
        self.assertIn("The audit log is good", command(folder, "audit", "verify"))
        return reset

    def test_alone_beside_and_alone_again(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            self.assertIn("/setup#", command(folder, "user", "setup-link"))
            add_user(folder, "admin@example.org", "admin")
            self.check(folder, None)
            with Server(folder, *NO_LIMITS) as server:
                alone = Person(server, "alone@example.org").sign_in()
                self.check(folder, server)
                Person(server, "beside@example.org").sign_in()
                self.assertEqual(code(alone.get("/api/admin/users")), "forbidden")
                symbols = alone.get("/api/market/symbols").json()["symbols"]
                self.assertIn("alone", {one["venue"] for one in symbols})
                self.assertEqual(server.stop(), 0)
            self.assertIn("beside@example.org", command(folder, "user", "list"))
            self.assertIn("The audit log is good", command(folder, "audit", "verify"))


class Audit(unittest.TestCase):
    def test_it_tells_every_step_and_an_edit_of_it_is_found(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            with Server(folder, *NO_LIMITS) as server:
                admin = person(server, "admin@example.org", "admin")
                bob = person(server, "bob@example.org")
                bob.ask("PUT", "/api/me/settings", {"theme": "dark"})
                bob.ask("PUT", "/api/me/watchlist", {"symbols": ["BTCUSDT"]})
                key_id, _ = bob.key("read", name="grafana")
                bob.ask("DELETE", f"/api/auth/keys/{key_id}")
                bob.turn_on_two_factor()
                bob.get("/api/admin/users")
                Person(server, "bob@example.org", "wrong password 1").try_sign_in()
                admin.ask("PUT", f"/api/admin/users/{bob.user['id']}", {"role": "admin"})
                admin.ask("PUT", f"/api/admin/users/{bob.user['id']}", {"role": "user"})
                admin.ask("POST", "/api/admin/invitations", {"email": "new@example.org"})
                admin.ask("POST", f"/api/admin/users/{bob.user['id']}/reset")
                admin.ask("PUT", f"/api/admin/users/{bob.user['id']}", {"active": False})
                bob.get("/api/auth/me")
                admin.ask("POST", "/api/auth/logout")
                admin.sign_in()
                entries = admin.get("/api/admin/audit?limit=500").json()["items"][::-1]
                told = [(one["action"], one["outcome"], one["actor_email"] or one["actor"]) for one in entries]
                for step in (("user.created", "done", "cli"), ("sign_in", "done", "bob@example.org"),
                             ("settings.changed", "done", "bob@example.org"), ("watchlist.changed", "done", "bob@example.org"),
                             ("key.created", "done", "bob@example.org"), ("key.revoked", "done", "bob@example.org"),
                             ("two_factor.begun", "done", "bob@example.org"), ("two_factor.on", "done", "bob@example.org"),
                             ("access", "forbidden", "bob@example.org"), ("sign_in", "invalid_credentials", "stranger"),
                             ("user.role", "done", "admin@example.org"), ("invitation.made", "done", "admin@example.org"),
                             ("link.reset", "done", "admin@example.org"), ("user.disabled", "done", "admin@example.org"),
                             ("access", "session_ended", "stranger"), ("sign_out", "done", "admin@example.org")):
                    self.assertIn(step, told)
                role = next(one for one in entries if one["action"] == "user.role")
                self.assertEqual((role["before"], role["after"], role["address"]), ({"role": "user"}, {"role": "admin"}, "127.0.0.1"))
                self.assertRegex(role["request_id"], r"^[0-9a-f]{16}$")
                self.assertEqual([one["sequence"] for one in entries], list(range(1, len(entries) + 1)))
                self.assertIn(f"{len(entries)} entries", command(server, "audit", "verify"))
                # Page by page it is the same.
                paged, after = [], ""
                while True:
                    page = admin.get(f"/api/admin/audit?limit=7{after}").json()
                    paged += page["items"]
                    if page["next"] is None:
                        break
                    after = f"&after={page['next']}"
                self.assertEqual(paged[::-1], entries)
                self.assertEqual(server.stop(), 0)
            self.assertIn("The audit log is good", command(folder, "audit", "verify"))
            self.tampering_is_found(Path(folder))

    def tampering_is_found(self, folder):
        good = (folder / "core.db").read_bytes()
        triggers = "DROP TRIGGER audit_in_order; DROP TRIGGER audit_stays_as_it_is; DROP TRIGGER audit_keeps_all;"
        for what, sql, entry, words in (
                ("an outcome", "UPDATE audit SET outcome = 'forbidden' WHERE sequence = 5", 5, b"was changed"),
                ("an actor", "UPDATE audit SET actor = 'cli' WHERE sequence = 9", 9, b"was changed"),
                ("a time", "UPDATE audit SET at = at + 1 WHERE sequence = 3", 3, b"was changed"),
                ("the first", "UPDATE audit SET address = '192.0.2.1' WHERE sequence = 1", 1, b"was changed"),
                ("a removed one", "DELETE FROM audit WHERE sequence = 6", 6, b"entry 6 is missing"),
                ("one that moved up", "DELETE FROM audit WHERE sequence = 6; UPDATE audit SET sequence = sequence - 1 WHERE sequence = 7", 6,
                 b"does not follow"),
                ("one that was added", "INSERT INTO audit SELECT max(sequence) + 1, at, actor, action, target, before_json, after_json, outcome, "
                 "address, request_id, hash, zeroblob(32) FROM audit", None, b"was changed")):
            with self.subTest(what):
                with self.assertRaises(sqlite3.IntegrityError):
                    database = core(folder)
                    try:
                        database.executescript(sql if "INSERT" not in sql else "DELETE FROM audit")
                    finally:
                        database.close()
                (folder / "core.db").write_bytes(good)
                database = core(folder)
                database.executescript(triggers + sql)
                entry = entry or database.execute("SELECT max(sequence) FROM audit").fetchone()[0]
                database.close()
                result = run("audit", "verify", data_dir=folder)
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertIn(f"the audit log is broken at entry {entry}: ".encode(), result.stderr)
                self.assertIn(words, result.stderr)
                self.restore(folder, good)

    def restore(self, folder, good):
        for name in ("core.db-wal", "core.db-shm"):
            (folder / name).unlink(missing_ok=True)
        (folder / "core.db").write_bytes(good)


class AtRest(unittest.TestCase):
    def test_nothing_in_the_folder_the_log_or_an_error_holds_a_secret(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            with Server(folder, *NO_LIMITS) as server:
                ada = person(server, "ada@example.org", "admin")
                ada.key("read", "write", "admin")
                codes = ada.turn_on_two_factor()
                ada.try_sign_in(totp=codes[0])
                ada.try_sign_in("wrong but secret password")
                SECRETS.add("wrong but secret password")
                Person(server, "my secret typed as a name", "x").try_sign_in()
                SECRETS.add("my secret typed as a name")
                ada.ticket()
                self.assertEqual(ada.refresh().status, 200)
                made = ada.ask("POST", "/api/admin/invitations", {}).json()
                link_token(made["link"], "join")
                audit = ada.get("/api/admin/audit?limit=500").body
                me = ada.get("/api/auth/me").body + ada.get("/api/admin/users").body + ada.get("/api/auth/keys").body + ada.get("/api/auth/sessions").body
                self.assertEqual(server.stop(), 0)
                printed = server.process.stdout.read()
                log = server.log()
            master = (Path(folder) / "secret.key").read_text().strip()
            SECRETS.add(master)
            self.assertEqual(stat.S_IMODE((Path(folder) / "secret.key").stat().st_mode), 0o600)
            self.assertEqual(stat.S_IMODE((Path(folder) / "core.db").stat().st_mode) & 0o077, 0)
            setup = set(re.findall(rb"/setup#(\S+)", printed))
            for secret in setup:
                printed = printed.replace(secret, b"")
            self.assertEqual(SECRETS.found_in(printed), [])
            self.assertEqual(SECRETS.found_in(log), [])
            self.assertEqual(SECRETS.found_in(audit), [])
            self.assertEqual(SECRETS.found_in(me), [])
            self.assertNotIn("argon2", me.decode() + log)
            self.assertGreater(len(SECRETS.known), 15)
            for path in Path(folder).rglob("*"):
                if path.is_file() and path.name not in ("secret.key",) and "candles" not in path.parts and "journal" not in path.parts:
                    self.assertEqual(SECRETS.found_in(path.read_bytes()), [], path)
            raw_seed = base64.b32decode(ada.seed + "=" * (-len(ada.seed) % 8))
            for name in ("core.db", "core.db-wal"):
                if (Path(folder) / name).exists():
                    self.assertNotIn(raw_seed, (Path(folder) / name).read_bytes())
                    self.assertNotIn(bytes.fromhex(master), (Path(folder) / name).read_bytes())

    def test_a_missing_a_wrong_and_an_open_key_are_told_at_the_start(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            add_user(folder, "ada@example.org", "admin")
            file = Path(folder) / "secret.key"
            good = file.read_text()
            for name, change, words in (("missing", file.unlink, "is missing"),
                                        ("another's", lambda: file.write_text("0" * 63 + "1\n"), "is not the one"),
                                        ("no key", lambda: file.write_text("hello\n"), "holds no key"),
                                        ("open", lambda: file.chmod(0o644), "chmod 600")):
                for command_line in (("serve", "--port", "0", "--market", "practice"), ("user", "list")):
                    with self.subTest(f"{name}: {command_line[0]}"):
                        file.unlink(missing_ok=True)
                        file.write_text(good)
                        file.chmod(0o600)
                        change()
                        result = run(*command_line, data_dir=folder)
                        self.assertEqual(result.returncode, 1, result.stderr)
                        told = re.findall(r"^candlewick: .*$", result.stderr.decode(), re.M)
                        self.assertEqual(len(told), 1, result.stderr)
                        self.assertIn(words, told[0])
                        self.assertIn("secret.key", told[0])
                        self.assertNotIn(b"0" * 63 + b"1", result.stderr)
                        if name == "missing":
                            self.assertFalse(file.exists(), "no new one is made beside what the old one sealed")
            file.write_text(good)
            file.chmod(0o600)
            self.assertIn("ada@example.org", command(folder, "user", "list"))

    def test_ten_thousand_accounts_are_listed_at_once(self):
        with tempfile.TemporaryDirectory(prefix="cw-") as folder:
            add_user(folder, "ada@example.org", "admin")
            database = core(Path(folder))
            names = [row[1] for row in database.execute("PRAGMA table_info(users)")]
            real = dict(zip(names, database.execute("SELECT * FROM users").fetchone()))
            copies = [{**real, "id": f"u_copy{i}", "email": f"user{i:05}@example.org", "role": "user"} for i in range(9_999)]
            database.executemany(f"INSERT INTO users VALUES ({','.join('?' * len(names))})", [[one[name] for name in names] for one in copies])
            database.commit()
            database.close()
            with Server(folder, *NO_LIMITS) as server:
                ada = Person(server, "ada@example.org").sign_in()
                times = []
                for _ in range(5):
                    began = time.monotonic()
                    answer = ada.get("/api/admin/users?limit=10000")
                    times.append(1000 * (time.monotonic() - began))
                page = answer.json()
                self.assertEqual((page["total"], page["next"], len(page["items"])), (10_000, None, 10_000))
                self.assertEqual([one["email"] for one in page["items"]], sorted(["ada@example.org", *(one["email"] for one in copies)]))
                self.assertEqual(len({one["id"] for one in page["items"]}), 10_000)
                print(f"10,000 accounts listed in {min(times):.0f} ms (best of 5; {len(answer.body):,} bytes)")
                found, after = [], ""
                while after is not None:
                    page = ada.get(f"/api/admin/users?limit=3000{after}").json()
                    found += [one["email"] for one in page["items"]]
                    after = page["next"] and f"&after={page['next']}"
                self.assertEqual(len(set(found)), 10_000)
                found = ada.get("/api/admin/users?search=USER0999&limit=10").json()
                self.assertEqual(found["total"], 9)


class WhatWasAnswered(accounts.WhatWasAnswered):
    pass


if __name__ == "__main__":
    unittest.main()
