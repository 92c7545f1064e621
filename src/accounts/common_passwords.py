#!/usr/bin/env python3
"""Build tool: common_passwords.py LIST.txt.gz OUT.cpp writes the common passwords that check_new_password() refuses.

LIST holds one a line, as Debian's package python3-django brings it. Kept are those that are long enough to be chosen,
in lower case and sorted by their bytes, so that the program finds one by halving.
"""

import gzip
import sys
from pathlib import Path

LENGTH_LEAST = 8
ENTRIES_LEAST = 3_000  # what OWASP ASVS 5.0 asks for (6.2.4)


def lower(password):
    """As the program does it: ASCII letters only."""
    return bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in password)


def read_passwords(path):
    try:
        lines = gzip.decompress(Path(path).read_bytes()).splitlines()
    except OSError as error:
        sys.exit(f"common_passwords.py: cannot read {path}: {error.strerror or error}; it comes with Debian's package "
                 "python3-django")
    kept = {lower(line) for line in lines if len(line.decode(errors="replace")) >= LENGTH_LEAST}
    if len(kept) < ENTRIES_LEAST:
        sys.exit(f"common_passwords.py: {path} has only {len(kept)} passwords of {LENGTH_LEAST} characters or more, and "
                 f"{ENTRIES_LEAST} are asked for; is it the list of Debian's package python3-django?")
    return sorted(kept)


def literal(password):
    letters = "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\?' else f"\\{byte:03o}" for byte in password)
    return f'    "{letters}"sv,\n'


def main(source, target):
    Path(target).write_text("".join([
        '#include "accounts/common_passwords.h"\n\nnamespace cw::accounts {\nnamespace {\n\n'
        "using namespace std::string_view_literals;\n\nconstexpr std::string_view kPasswords[] = {\n",
        *map(literal, read_passwords(source)),
        "};\n\n}  // namespace\n\nstd::span<const std::string_view> common_passwords() { return kPasswords; }\n\n"
        "}  // namespace cw::accounts\n"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
