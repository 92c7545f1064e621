"""The configuration as commands see it: its layers, its mistakes, and that of a running server."""

import json
import unittest
from pathlib import Path

from candlewick import Server, run
from cli_folder import Folder


class WithSettings(Folder):
    def setUp(self):
        super().setUp()
        self.data.mkdir()

    def show(self, *arguments, **environment):
        result = run("config", "show", "--format", "json", *arguments, data_dir=self.data, environment=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        return {item["key"]: (item["value"], item["source"]) for item in json.loads(result.stdout)["settings"]}

    def write(self, text):
        path = self.data / "candlewick.toml"
        path.write_text(text)
        return path


class Configuration(WithSettings):
    def test_layers_in_rising_precedence(self):
        path = self.write("[server]\nport = 9001\nhost = \"localhost\"\n\n[log]\nlevel = \"warn\"\n")
        shown = self.show("--set", "server.port=9003", CANDLEWICK_SERVER_PORT="9002", CANDLEWICK_LOG_LEVEL="debug")
        self.assertEqual(shown["server.port"], (9003, "flag --set"))
        self.assertEqual(shown["log.level"], ("debug", "env CANDLEWICK_LOG_LEVEL"))
        self.assertEqual(shown["server.host"], ("localhost", f"{path}:3:8"))
        self.assertEqual(shown["store.keep_1m_days"], (730, "default"))

    def test_what_toml_shows_is_read_back_as_the_same(self):
        shown = run("config", "show", "--format", "toml", data_dir=self.data).stdout
        other = self.file("copy.toml", shown.decode())
        again = run("config", "show", "--format", "json", "--config", str(other), data_dir=self.data)
        values = {item["key"]: item["value"] for item in json.loads(again.stdout)["settings"]}
        self.assertEqual(values, {key: value for key, (value, _) in self.show().items()})

    def test_mistakes_name_file_line_and_the_nearest_key(self):
        for text, *words in (("[server]\n\nprot = 1\n", ":3:1:", "server.prot", "server.port"),
                             ("[servr]\nport = 1\n", ":1:2:", "servr", "server"),
                             ("[server]\nport = \"x\"\n", ":2:8:", "server.port", "whole number"),
                             ("[server]\nport = 70000\n", ":2:8:", "65535"),
                             ("[server]\nport = 2024-01-01\n", ":2:8:", "server.port", "date"),
                             ("[server]\nport = {a = 1}\n", ":2:8:", "server.port", "table"),
                             ("[server\n", ":1:8:"),
                             ("[server]\nport = 1\nport = 2\n", ":3:", "port"),
                             ("port = 1\n", ":1:1:", "'port'", "server.port", "[server]"),
                             ("[store]\nretention_1m = 1\n", ":2:1:", "store.keep_1m_days"),
                             ("[zzzz]\n", ":1:2:", "'zzzz'", "the sections are server, "),
                             ("[binance]\nrest_url = \"nonsense\"\n", ":2:12:", "binance.rest_url", "https://"),
                             ("[binance]\nws_url = \"http://x\"\n", ":2:10:", "binance.ws_url", "wss://"),
                             ("[market]\ndefault_venue = \"nowhere!\"\n", ":2:17:", "market.default_venue", "nowhere!"),
                             ("[replay]\nsymbol = \"A B\"\n", ":2:10:", "replay.symbol", "'A B'"),
                             ("server = 1\n", ":1:1:", "[server]"),
                             ("[server]\nhost = \"desk.lan\"\n", ":2:8:", "server.host", "'desk.lan'", "0.0.0.0"),
                             ("[server]\ntls_cert = \"a.pem\"\n", ":2:12:", "server.tls_cert", "server.tls_key"),
                             ("[server]\npublic_url = \"https://desk/path\"\n", ":2:14:", "server.public_url", "https://desk.example.org"),
                             ("[server]\nhosts = [\"desk\", \"desk:80\"]\n", ":2:9:", "server.hosts", "entry 2", "'desk:80'"),
                             ("[server]\ntrusted_proxies = [\"10.0.0.1/8\"]\n", ":2:19:", "server.trusted_proxies", "10.0.0.0/8"),
                             ("[server]\nallowed_origins = [\"*\"]\n", ":2:19:", "server.allowed_origins", "every page"),
                             ("[server]\nmetrics_token = \"short\"\n", ":2:17:", "server.metrics_token", "at least 16"),
                             ("[server]\nauth_request_burst = 0\n", ":2:22:", "server.auth_request_burst"),
                             ("[market]\nmode = \"practise\"\n", ":2:8:", "practice"),
                             ("[market]\nfollow = [\"BTCUSDT\", 5]\n", ":2:22:", "market.follow", "entry 2")):
            with self.subTest(text):
                path = self.write(text)
                for command in (("config", "show"), ("candles", "list"), ("serve", "--port", "0")):
                    self.fails(run(*command, data_dir=self.data), 2, str(path), *words)

    def test_secrets_in_addresses_are_never_printed(self):
        for key in ("rest_url", "ws_url"):
            for address in ("https://user:s3cret@host/", "wss://user:s3cret@host/", "https://host/?apiKey=s3cret", "wss://host/?apiKey=s3cret"):
                self.write(f'[binance]\n{key} = "{address}"\n')
                for form in ("table", "json", "toml"):
                    with self.subTest(key=key, address=address, form=form):
                        result = run("config", "show", "--format", form, data_dir=self.data)
                        self.fails(result, 2, f"binance.{key}", "********")
                        self.assertNotIn(b"s3cret", result.stdout + result.stderr)

    def test_the_token_of_the_metrics_is_never_printed(self):
        self.write('[server]\nmetrics_token = "s3cret-0123456789"\n')
        for form in ("table", "json", "toml"):
            shown = run("config", "show", "--format", form, data_dir=self.data)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertIn(b"********", shown.stdout)
            self.assertNotIn(b"s3cret", shown.stdout + shown.stderr)
        with Server(self.data) as server:
            self.assertNotIn(b"s3cret", run("config", "show", data_dir=self.data).stdout)
            self.assertNotIn("s3cret", server.log())
        for wrong in ('"s3cret"', '["s3cret-0123456789"]', '"s3cret with a blank"'):
            self.write(f"[server]\nmetrics_token = {wrong}\n")
            refused = run("config", "show", data_dir=self.data)
            self.fails(refused, 2, "server.metrics_token")
            self.assertNotIn(b"s3cret", refused.stdout + refused.stderr)

    def test_a_secret_in_a_mistyped_flag_is_not_repeated(self):
        for arguments in (["--rest-url=https://user:s3cret@host"], ["--set", "https://user:s3cret@host"]):
            result = run("config", "show", *arguments)
            self.fails(result, 2, arguments[0].partition("=")[0])
            self.assertNotIn(b"s3cret", result.stderr)

    def test_a_server_does_not_start_without_its_certificates(self):
        path = self.write('[binance]\nca_file = "/nope"\n')
        self.fails(run("serve", "--port", "0", data_dir=self.data), 2, f"{path}:2:11: binance.ca_file", "/nope")

    def test_lists_are_taken_with_commas_and_as_they_are_shown(self):
        for text in ("BTCUSDT,ETHUSDT", '["BTCUSDT","ETHUSDT"]', '["BTCUSDT", "ETHUSDT"]'):
            for arguments, environment in ((("--set", f"market.follow={text}"), {}), ((), {"CANDLEWICK_MARKET_FOLLOW": text})):
                with self.subTest(text=text, environment=environment):
                    result = run("config", "show", *arguments, data_dir=self.data, environment=environment)
                    self.expect(result, 0, '["BTCUSDT", "ETHUSDT"]')

    def test_what_cannot_be_followed_is_named_by_entry(self):
        for text, *words in (('[]', "empty"), ('["BTCUSDT", "ETH/USDT"]', "entry 2", "'ETH/USDT'"), ('["BTCUSDT", ""]', "entry 2"),
                             ('["binance:"]', "entry 1"), ('["kraken:BTCUSD"]', "entry 1", "venue"),
                             ('["BTCUSDT", "ETHUSDT", "binance:btcusdt"]', "entry 3", "entry 1"),
                             (json.dumps([f"A{i}USDT" for i in range(101)]), "at most 100")):
            with self.subTest(text):
                path = self.write(f"[market]\nfollow = {text}\n")
                for command in (("config", "show"), ("serve", "--port", "0")):
                    self.fails(run(*command, data_dir=self.data), 2, f"{path}:2:10: market.follow ", *words)
        self.write("")
        self.fails(run("config", "show", data_dir=self.data, environment={"CANDLEWICK_MARKET_FOLLOW": "BTCUSDT, X Y"}), 2,
                   "env CANDLEWICK_MARKET_FOLLOW: market.follow entry 2 ('X Y')")

    def test_a_live_market_has_no_practice_instruments(self):
        self.write("[market]\nfollow = [\"BTCUSDT\", \"practice:ETHUSDT\"]\n")
        result = run("serve", "--port", "0", "--market", "live", "--set", "log.level=error", data_dir=self.data)
        self.fails(result, 2, "market.follow", "entry 2", "practice")

    def test_an_unknown_variable_is_an_error(self):
        result = run("config", "show", environment={"CANDLEWICK_SERVER_PROT": "1"})
        self.fails(result, 2, "CANDLEWICK_SERVER_PORT")

    def test_a_config_that_was_asked_for_must_be_a_file(self):
        self.fails(run("config", "show", "--config", self.path / "none.toml"), 2, "none.toml", "--config")
        self.fails(run("config", "show", "--config", self.path), 2, str(self.path), "folder")
        self.fails(run("config", "show", "--config", self.file("big.toml", "#" * (1 << 20) + "\n")), 2, "big.toml", "1 MiB")

    def test_a_config_that_the_system_does_not_let_us_read_is_no_usage_error(self):
        # A loop of links cannot be read by anybody, root included.
        loop = self.path / "loop.toml"
        loop.symlink_to(loop)
        self.fails(run("config", "show", "--config", loop), 1, "loop.toml", "cannot be read")

    def test_the_page_of_settings_is_up_to_date(self):
        self.assertEqual(run("config", "docs").stdout.decode(), Path("docs/configuration.md").read_text())


class ConfigurationOfAServer(WithSettings):
    def both(self, *arguments, **environment):
        result = run("config", "show", *arguments, data_dir=self.data, environment=environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.decode(), result.stderr.decode()

    def test_a_running_servers_values_are_shown_and_what_a_restart_changes(self):
        path = self.write("[log]\nlevel = \"warn\"\nfiles = 3\n")
        with Server(self.data) as server:
            process = f"# of the running server (process {server.process.pid})\n"
            self.assertEqual(self.both()[1], process)
            self.write("[log]\nlevel = \"error\"\n[server]\nport = 9009\n")
            table, notes = self.both(CANDLEWICK_LOG_LEVEL="debug")
            self.assertEqual(notes, process + "# 2 marked: a restart changes them\n")
            lines = {line.split()[0]: line for line in table.splitlines()}
            self.assertRegex(lines["log.level"], f'"warn" +{path}:2:9; a restart takes "error" \\({path}:2:9\\)$')
            self.assertRegex(lines["log.files"], f" 3 +{path}:3:9; a restart takes 5 \\(default\\)$")
            self.assertRegex(lines["server.port"], " 0 +flag --port$")

            page = json.loads(self.both("--format", "json")[0])
            self.assertEqual(page["process"], server.process.pid)
            marked = {item["key"]: item["after_restart"] for item in page["settings"] if "after_restart" in item}
            self.assertEqual(marked, {"log.level": {"value": "error", "source": f"{path}:2:9"}, "log.files": {"value": 5, "source": "default"}})
            self.assertIn('level = "warn"', self.both("--format", "toml")[0])

            # Settings that are given are asked about, not the server's.
            shown, notes = self.both("--set", "log.level=info")
            self.assertIn("flag --set", shown)
            self.assertEqual(notes, "")
        # A killed server leaves its socket and its name behind.
        self.assertIn('"error"', self.both()[0])

    def test_a_restart_that_would_fail_is_told(self):
        with Server(self.data):
            path = self.write("[server]\nprot = 1\n")
            shown, notes = self.both("--format", "json")
            self.assertIn(f"# a restart would fail: {path}:2:1: 'server.prot'", notes)
            self.assertIn(f"{path}:2:1", json.loads(shown)["restart_error"])


if __name__ == "__main__":
    unittest.main()
