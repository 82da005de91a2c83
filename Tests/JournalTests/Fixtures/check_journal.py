"""Checks a journal from docs/journal.md alone: its chain, each plan's digest, and what erasures left."""
import hashlib, json, sqlite3, sys

VALUES = ["key", "before", "after", "detail", "body"]
HEAD = ["seq", "run", "event", "at"]
PLACE = ["change", "unit", "stage", "planned", "shard", "attempt", "table_name"]
ACTOR = ["user", "uid", "host", "arn", "access_key", "claims", "tool"]
PLANNED = ["change", "unit", "stage", "table_name", "key", "before", "after"]

class Text(bytes): """A text's bytes as they stand in the file; those of a blob are plain bytes."""

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def encode(*values):
    def one(value):
        if value is None: return b"\0"
        if isinstance(value, int): return b"\1" + value.to_bytes(8, "big", signed=True)
        return (b"\2" if isinstance(value, Text) else b"\3") + len(value).to_bytes(8, "big") + value
    return b"".join(map(one, values))

def pick(row, names, kind=lambda value: value):
    return [value if value is None else kind(value) for value in (row[name] for name in names)]

def seals_of(row):
    seals, rest = [], bytes(5) if row["seals"] is None else row["seals"]
    while rest:
        size = {0: 1, 1: 17, 2: 33}[rest[0]]
        seals.append((rest[0], rest[1:size]))
        rest = rest[size:]
    return seals

def hash_of(row, before, actor, is_old):
    if is_old:  # format 1
        who = Text(b"\n".join([actor["user"], actor["host"], actor["arn"] or b"", actor["tool"]]))
        names = [name for name in PLACE if name not in ("shard", "attempt")] + VALUES
        return sha256(before, encode(*pick(row, HEAD), who, *pick(row, names)))
    digests = []
    for name, (tag, rest) in zip(VALUES, seals_of(row), strict=True):
        if tag != 2 and (tag == 0) != (row[name] is None): raise ValueError("a value without its salt")
        digests.append({0: None, 1: sha256(rest, row[name] or b""), 2: rest}[tag])
    who = sha256(encode(*pick(actor, ACTOR)))
    return sha256(before, encode(*pick(row, HEAD), who, *pick(row, PLACE), *digests))

def remains_of(row):
    if row["seals"] == b"\3":  # an event of format 1 that lost a value
        return encode(*pick(row, HEAD + ["actor"] + PLACE), *pick(row, VALUES, bytes), row["hash"])
    erased = [(at, *pick(row, [VALUES[at]], bytes)) for at, (tag, _) in enumerate(seals_of(row)) if tag == 2]
    return encode(row["seq"], *sum(erased, ())) if erased else b""

def is_sealed(sealed, rows, is_old):
    found, at = bytes(32) if is_old else b"", 0
    for row in rows if is_old else []: found = sha256(found, row)
    for block in sealed["blocks"] if not is_old else []:
        found += encode(block["changes"], sha256(*rows[at : at + block["changes"]]))
        if found[-32:].hex() != block["digest"]: return False
        at += block["changes"]
    return sealed["digest"] == "sha256:" + (found if is_old else sha256(found)).hex() and (is_old or at == len(rows))

def check(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.row_factory, database.text_factory = sqlite3.Row, Text
    actors = {row["id"]: row for row in database.execute("SELECT * FROM actors")}
    second = database.execute("SELECT min(seq) FROM events WHERE event = 'upgraded'").fetchone()[0] or 1
    first = database.execute("SELECT min(seq) FROM events").fetchone()[0] or 1
    head, seq, plans, remains, remaining = bytes(32), 0, {}, b"", None
    for archived in database.execute("SELECT detail FROM events WHERE event = 'archived' AND run = seq"):
        detail = json.loads(archived["detail"])
        if first > 1 and detail["through"] == first - 1: head, seq = bytes.fromhex(detail["head"]), first - 1
    for seq, row in enumerate(database.execute("SELECT * FROM events ORDER BY seq"), seq + 1):
        try:
            left, is_old, plan = remains_of(row), seq < second, plans.setdefault(row["run"], [])
            is_right = is_old and row["seals"] == b"\3" or row["hash"] == hash_of(row, head, actors[row["actor"]], is_old)
            if row["event"] == b"planned": plan.append(None if left else encode(*pick(row, PLANNED)))
            if row["event"] == b"sealed" and not left and None not in plan:
                is_right = is_right and is_sealed(json.loads(row["detail"]), plan, is_old)
        except (KeyError, ValueError, TypeError):
            is_right = False
        if not is_right or row["seq"] != seq: return f"bad {seq}"
        head, remains = row["hash"], remains + left
        if row["event"] == b"erased": remaining = json.loads(row["detail"])["remaining"]
    if remains and remaining != "sha256:" + sha256(remains).hex(): return "bad remains"
    return f"intact {seq} sha256:{head.hex()}"

print(check(sys.argv[1]))
