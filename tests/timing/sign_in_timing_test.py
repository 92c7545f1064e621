"""Whether how long a refused sign-in takes tells if there is such an account: 200 tries each, in random order.

Wrong passwords of real accounts against addresses that nobody has. It fails only where a Mann-Whitney U test says that the two
differ (p < 0.001) and the medians differ by more than 2 %: less could not be seen through a network with so few tries.
"""

import http.client
import json
import math
import os
import random
import statistics
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration"))
from accounts import NO_LIMITS, PROXIED, Server, add_user  # noqa: E402
from candlewick import PATIENCE  # noqa: E402

TRIES = 200
ACCOUNTS = 60  # so that no account sees so many failures that it has to wait
SEED = int(os.environ.get("CW_SEED", random.randrange(2**32)))


def mann_whitney(a, b):
    """The two-sided p of Mann and Whitney's U, by its normal approximation with the correction for ties."""
    both = sorted((value, which) for which, values in enumerate((a, b)) for value in values)
    ranks, ties, i = [0.0, 0.0], 0.0, 0
    while i < len(both):
        end = i
        while end < len(both) and both[end][0] == both[i][0]:
            end += 1
        for _, which in both[i:end]:
            ranks[which] += (i + end + 1) / 2  # the mean of the ranks i + 1 … end
        ties += (end - i) ** 3 - (end - i)
        i = end
    n, m = len(a), len(b)
    u = ranks[0] - n * (n + 1) / 2
    spread = math.sqrt(n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1))))
    if spread == 0:
        return 1.0
    return math.erfc(max(0.0, abs(u - n * m / 2) - 0.5) / spread / math.sqrt(2))


def told(name, values):
    quarters = statistics.quantiles(values, n=4)
    bars = " ".join(f"{sorted(values)[int(share * (len(values) - 1))]:.2f}" for share in (0, .05, .1, .25, .5, .75, .9, .95, 1))
    return f"{name:>15}: median {quarters[1]:.3f} ms, quartiles {quarters[0]:.3f} … {quarters[2]:.3f}; 0 5 10 25 50 75 90 95 100 %: {bars}"


class Timing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(None, *NO_LIMITS, *PROXIED)
        cls.addClassCleanup(cls.server.__exit__)
        for i in range(ACCOUNTS):
            add_user(cls.server, f"real{i:03}@example.org")
        cls.connection = http.client.HTTPConnection("127.0.0.1", cls.server.port, timeout=60 * PATIENCE)
        cls.addClassCleanup(cls.connection.close)
        cls.tried = 0

    def milliseconds(self, email, wanted=401):
        """Of one refused sign-in, from an address of its own, over a connection that is open already."""
        type(self).tried += 1
        body = json.dumps({"email": email, "password": "a wrong password 1"})
        fields = {"Content-Type": "application/json", "X-Forwarded-For": f"10.{self.tried >> 16 & 255}.{self.tried >> 8 & 255}.{self.tried & 255}"}
        began = time.perf_counter_ns()
        self.connection.request("POST", "/api/auth/login", body, fields)
        answer = self.connection.getresponse()
        text = answer.read()
        taken = (time.perf_counter_ns() - began) / 1e6
        self.assertEqual(answer.status, wanted, text)
        return taken

    def compare(self, first, second):
        """Two kinds of address, each a function of the try's number."""
        dice = random.Random(SEED)
        for i in range(10):
            self.milliseconds(f"warm{i}@example.org")
        order = [0, 1] * TRIES
        dice.shuffle(order)
        taken, count = ([], []), [0, 0]
        for which in order:
            taken[which].append(self.milliseconds((first, second)[which](count[which])))
            count[which] += 1
        p = mann_whitney(*taken)
        medians = [statistics.median(values) for values in taken]
        apart = abs(medians[0] - medians[1]) / min(medians)
        print(f"seed {SEED}, {TRIES} tries each\n{told('wrong password', taken[0])}\n{told('unknown address', taken[1])}\n"
              f"p = {p:.4f}, medians {100 * apart:.2f} % apart")
        return p, apart

    def test_an_unknown_address_takes_as_long_as_a_wrong_password(self):
        p, apart = self.compare(lambda i: f"real{i % ACCOUNTS:03}@example.org", lambda i: f"none{i:03}@example.org")
        self.assertFalse(p < 0.001 and apart > 0.02, f"seed {SEED}: the two can be told apart")

    def test_the_test_would_notice(self):
        """Numbers whose answer is known: equal ones, and those that are 3 % apart."""
        self.assertAlmostEqual(mann_whitney([1, 2, 3, 4], [1, 2, 3, 4]), 1.0)
        # Worked by hand: U = 0 of n = m = 5 gives |0 - 12.5| - 0.5 = 12 over sqrt(25 * 11 / 12) = 4.787, z = 2.507.
        self.assertAlmostEqual(mann_whitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), 0.0122, places=4)
        dice = random.Random(SEED)
        near = [dice.gauss(60, 1) for _ in range(TRIES)]
        far = [dice.gauss(61.8, 1) for _ in range(TRIES)]
        self.assertLess(mann_whitney(near, far), 0.001)


if __name__ == "__main__":
    unittest.main()
