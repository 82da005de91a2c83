"""Checks a journal of format 2 from docs/journal.md alone: the chain, every plan's digest, what erasures left."""
import hashlib
import json
import sqlite3
import sys


class Text(bytes):
    """Text as it stands in the file."""


def encode(*values):
    encoded = b""
    for value in values:
        if value is None:
            encoded += b"\x00"
        elif isinstance(value, int):
            encoded += b"\x01" + value.to_bytes(8, "big", signed=True)
        else:
            tag = b"\x02" if isinstance(value, Text) else b"\x03"
            encoded += tag + len(value).to_bytes(8, "big") + value
    return encoded


def sha256(data):
    return hashlib.sha256(data).digest()


def seals_of(row):
    found, rest = [], row["seals"] if row["seals"] is not None else bytes(5)
    while rest:
        size = {0: 1, 1: 17, 2: 33}[rest[0]]
        found.append((rest[0], rest[1:size]))
        rest = rest[size:]
    return found


def blob(value):
    return None if value is None else bytes(value)


VALUES = ("key", "before", "after", "detail", "body")
PLANNED = ("change", "unit", "stage", "table_name", "key", "before", "after")


def hash_of_format_1(previous, row, actor):
    lines = Text(b"\n".join((actor["user"], actor["host"], actor["arn"] or b"", actor["tool"])))
    names = ("change", "unit", "stage", "planned", "table_name") + VALUES
    head = encode(row["seq"], row["run"], row["event"], row["at"], lines)
    return sha256(previous + head + encode(*(row[name] for name in names)))


def hash_of_format_2(previous, row, actor):
    names = ("user", "uid", "host", "arn", "access_key", "claims", "tool")
    who = sha256(encode(*(actor[name] for name in names)))
    names = ("change", "unit", "stage", "planned", "shard", "attempt", "table_name")
    head = encode(row["seq"], row["run"], row["event"], row["at"], who, *(row[name] for name in names))
    values = []
    for name, (tag, rest) in zip(VALUES, seals_of(row), strict=True):
        if tag != 2 and (tag == 0) != (row[name] is None):
            raise ValueError("its seals are not those of its values")
        values.append({0: None, 1: sha256(rest + (row[name] or b"")), 2: rest}[tag])
    return sha256(previous + head + encode(*values))


def remains_of(row):
    """What an erasure left of an event; nothing for one that lost no value."""
    if row["seals"] == b"\x03":
        names = ("seq", "run", "event", "at", "actor", "change", "unit", "stage", "planned",
                 "shard", "attempt", "table_name")
        return encode(*(row[name] for name in names), *(blob(row[name]) for name in VALUES), row["hash"])
    erased = [(at, blob(row[VALUES[at]])) for at, (tag, _) in enumerate(seals_of(row)) if tag == 2]
    return encode(row["seq"]) + b"".join(encode(*pair) for pair in erased) if erased else b""


def check_plan(sealed, rows, is_first_format):
    if is_first_format:
        found = bytes(32)
        for row in rows:
            found = sha256(found + row)
        return sealed["digest"] == "sha256:" + found.hex()
    digests, at = b"", 0
    for block in sealed["blocks"]:
        found = sha256(b"".join(rows[at : at + block["changes"]]))
        at += block["changes"]
        digests += encode(block["changes"], found)
        if found.hex() != block["digest"]:
            return False
    return at == len(rows) and sealed["digest"] == "sha256:" + sha256(digests).hex()


def check(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.row_factory, database.text_factory = sqlite3.Row, Text
    actors = {row["id"]: row for row in database.execute("SELECT * FROM actors")}
    second = database.execute("SELECT min(seq) FROM events WHERE event = 'upgraded'").fetchone()[0] or 1
    head, seq, plans, remains, remaining = bytes(32), 0, {}, b"", None
    for row in database.execute("SELECT * FROM events ORDER BY seq"):
        seq += 1
        is_first_format = seq < second
        is_erased_row = is_first_format and row["seals"] == b"\x03"
        try:
            hash_of = hash_of_format_1 if is_first_format else hash_of_format_2
            if row["seq"] != seq or not is_erased_row and row["hash"] != hash_of(head, row, actors[row["actor"]]):
                return f"bad {seq}"
        except (KeyError, ValueError, TypeError):
            return f"bad {seq}"
        head = row["hash"]
        remains += remains_of(row)
        if row["event"] == b"planned":
            plans.setdefault(row["run"], []).append(encode(*(row[name] for name in PLANNED)) if not remains_of(row) else None)
        elif row["event"] == b"sealed" and not remains_of(row) and None not in plans.get(row["run"], []):
            if not check_plan(json.loads(row["detail"]), plans.get(row["run"], []), is_first_format):
                return f"bad {seq}"
        elif row["event"] == b"erased":
            remaining = json.loads(row["detail"])["remaining"]
    if remains and remaining != "sha256:" + sha256(remains).hex():
        return "bad remains"
    return f"intact {seq} sha256:{head.hex()}"


print(check(sys.argv[1]))
