#!/usr/bin/env python3
"""Checks an evidence bundle of Dossier, unpacked: Python 3.9 or later and its standard library, nothing else.

    python3 verify.py <folder>... [--key <key of the log>] [--witness <key of a witness>]

Exit 0: everything holds. 1: something does not, and is named. 2: wrong usage.
Written apart from verify.mjs, from the specifications alone, so that a mistake in one is not a mistake in both.
"""
import argparse
import base64
import binascii
import datetime
import hashlib
import json
import pathlib
import re
import sys


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# Ed25519 (RFC 8032, 5.1.7), points as (X, Y, Z, T) of the extended homogeneous coordinates.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
NEUTRAL = (0, 1, 1, 0)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def encode(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed_by(public_key, message, signature):
    point, s = decode(public_key), int.from_bytes(signature[32:], "little")
    if point is None or len(signature) != 64 or s >= ORDER:
        return False
    challenge = hashlib.sha512(signature[:32] + public_key + message).digest()
    k = int.from_bytes(challenge, "little") % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    return encode(add(multiply(s, BASE), multiply(k, minus))) == signature[:32]


def unbase64(text):
    """Bytes, or None for anything that is not the one way to write them."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


class Key:
    """name+id+base64 (C2SP signed-note); algorithm 1 is a log's, 4 a witness's (C2SP tlog-cosignature)."""

    def __init__(self, text, algorithm):
        name, key_id, encoded = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})", text).groups()
        data = unbase64(encoded)
        if data[0] != algorithm or sha256(name.encode(), b"\n", data)[:4].hex() != key_id:
            raise ValueError("not a key")
        self.text, self.name, self.id, self.public = text, name, bytes.fromhex(key_id), data[1:]
        self.is_witness = algorithm == 4


def read_key(text, algorithm):
    try:
        return Key(text, algorithm)
    except (AttributeError, TypeError, ValueError):
        return None


def open_note(note, key):
    """The text that the key signed and, of a witness, when; None for any other note."""
    try:
        decoded = note.decode("utf-8")
    except UnicodeDecodeError:
        return None
    text, blank, tail = decoded.rpartition("\n\n")
    if not blank or not tail.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", decoded):
        return None
    text, opened = text + "\n", []
    for line in tail[:-1].split("\n"):
        match = re.fullmatch(r"\u2014 ([^\s+]+) (\S+)", line)
        data = match and unbase64(match.group(2))
        if not data or len(data) < 5:
            return None
        if match.group(1) != key.name or data[:4] != key.id:
            continue
        data, time, head = data[4:], None, ""
        if key.is_witness:
            time, data = int.from_bytes(data[:8], "big"), data[8:]
            head = f"cosignature/v1\ntime {time}\n"
        if not signed_by(key.public, (head + text).encode(), data):
            return None
        opened.append((text, time))
    return opened[0] if len(opened) == 1 else None


def open_checkpoint(note, key):
    opened = open_note(note, key)
    lines = opened[0].split("\n") if opened else []
    if len(lines) != 4 or lines[0] != key.name or not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]):
        return None
    root = unbase64(lines[2])
    return (int(lines[1]), root) if root and len(root) == 32 else None


def node(left, right):
    return sha256(b"\x01", left, right)


def split(size):
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1


# RFC 9162, 2.1.3.1 and 2.1.4.1, as the recursive definitions say it: unlike verify.mjs, from the root down.
def inclusion(index, size, leaf, hashes):
    """Every hash on the way from the leaf to the root, or None."""
    if size == 1:
        return [leaf] if not hashes and index == 0 else None
    if not hashes or not 0 <= index < size:
        return None
    middle, sibling = split(size), hashes[-1]
    if index < middle:
        way = inclusion(index, middle, leaf, hashes[:-1])
        return way and way + [node(way[-1], sibling)]
    way = inclusion(index - middle, size - middle, leaf, hashes[:-1])
    return way and way + [node(sibling, way[-1])]


def consistency(old, new, old_root, hashes, is_whole=True):
    """The root of the older tree that the hashes give, and every hash on the way to the newer one's; or None."""
    if old == new:
        if is_whole:
            return (old_root, [old_root]) if not hashes else None
        return (hashes[0], [hashes[0]]) if len(hashes) == 1 else None
    if not hashes or not 0 < old < new:
        return None
    middle, sibling = split(new), hashes[-1]
    if old <= middle:
        below = consistency(old, middle, old_root, hashes[:-1], is_whole)
        return below and (below[0], below[1] + [node(below[1][-1], sibling)])
    below = consistency(old - middle, new - middle, old_root, hashes[:-1], False)
    return below and (node(sibling, below[0]), below[1] + [node(sibling, below[1][-1])])


def read_proof(proof, head, checkpoint):
    first, blank, rest = proof.partition(b"\n\n")
    if not blank or rest != checkpoint or not (first + b"\n").startswith(head + b"\n"):
        return None
    hashes = [unbase64(line.decode("latin-1")) for line in first[len(head) + 1 :].split(b"\n")] if first != head else []
    return hashes if all(one is not None and len(one) == 32 for one in hashes) else None


def follow(find, place, way, listed, root):
    way = way or []
    for step, (one, expected) in enumerate(zip(way, listed)):
        if one.hex() != expected:
            return find(place, f"leads astray at step {step}")
    if len(way) != len(listed) or not way or way[-1] != root:
        find(place, "does not lead to the signed root")


def check(files, trusted, witnesses, find):
    """Names whatever is wrong with a bundle, given as its files by path; returns what is to be said of a good one."""

    def content(path):
        return files.get(path, b"")

    def digest(path):
        return sha256(content(path)).hex()

    key = read_key(content("log.key").decode("utf-8", "replace")[:-1], 1)
    if key is None:
        return find("log.key", "is no key")
    if trusted and trusted not in (key.text, base64.b64encode(key.public).decode()):
        find("log.key", "is not the key you trust")
    signed = open_note(content("manifest.note"), key)
    if signed is None:
        return find("manifest.note", "is not signed by the log")
    if signed[0] != f"dossier evidence bundle v1\n{digest('manifest.json')}\n":
        return find("manifest.json", "was changed")
    manifest = json.loads(content("manifest.json"))
    listed = {one["path"]: one["sha256"] for one in manifest["files"]}
    for path, expected in listed.items():
        if path not in files or digest(path) != expected:
            find(path, "is not as it was")
    for path in files.keys() - listed.keys() - {"manifest.json", "manifest.note"}:
        find(path, "does not belong here")
    note, size = content("checkpoint"), manifest["size"]
    checkpoint = open_checkpoint(note, key)
    if checkpoint is None or checkpoint[0] != size:
        return find("checkpoint", "is not signed by the log")
    for one in manifest["entries"]:
        index, path = one["index"], f"entries/{one['index']}"
        leaf = sha256(b"\x00", content(f"{path}.json"))
        entry = json.loads(content(f"{path}.json")) if leaf.hex() == one["nodes"][0] else {}
        if entry.get("id") != one["id"] or entry.get("request") != manifest["request"]:
            find(f"{path}.json", f"is not the entry {one['id']}")
        else:
            head = f"c2sp.org/tlog-proof@v1\nindex {index}".encode()
            hashes = read_proof(content(f"{path}.tlog-proof"), head, note)
            way = None if hashes is None else inclusion(index, size, leaf, hashes)
            follow(find, f"{path}.tlog-proof", way, one["nodes"], checkpoint[1])
        if one["detail"] == "enclosed" and digest(f"{path}.sealed") != entry.get("commitment"):
            find(f"{path}.sealed", "is not what was sealed")
    for one in manifest["checkpoints"]:
        path = f"checkpoints/{one['size']}"
        first = open_checkpoint(content(path), key)
        if first is None or first[0] != one["size"]:
            find(path, "is not signed by the log")
            continue
        hashes = read_proof(content(f"{path}.consistency"), f"old {first[0]}".encode(), note)
        roots = None if hashes is None else consistency(first[0], size, first[1], hashes)
        way = roots[1] if roots and roots[0] == first[1] else None
        follow(find, f"{path}.consistency", way, one["nodes"], checkpoint[1])
    for written in witnesses:
        witness = read_key(written, 4)
        notes = [note] + [content(f"checkpoints/{one['size']}") for one in reversed(manifest["checkpoints"])]
        seen = witness and next(filter(None, (open_note(one, witness) for one in notes)), None)
        if seen:
            at = datetime.datetime.fromtimestamp(seen[1], datetime.timezone.utc)
            print(f"{witness.name} saw {seen[0].splitlines()[1]}: {at.isoformat()}.")
        else:
            find("checkpoint", f"was not cosigned by the witness {written}")
    print(f"Request {manifest['request']}: {len(manifest['entries'])} entries of the {size} in the log {key.name}.")
    print("The key is the one you trust." if trusted else f"Its own key, to be compared: {key.text}")


def holds(folder, trusted, witnesses):
    findings = []

    def find(place, what):
        findings.append(f"✗ {place} {what}.")

    try:
        paths = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        check(files, trusted, witnesses, find)
    except (KeyError, OSError, TypeError, ValueError) as error:
        find(folder, f"cannot be read: {error}")
    print("\n".join(findings + ["✗ The bundle does not hold." if findings else "✓ The bundle holds."]))
    return not findings


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Checks an evidence bundle of Dossier, unpacked.")
    parser.add_argument("folder", nargs="+")
    parser.add_argument("--key", help="the log's public key, known from elsewhere")
    parser.add_argument("--witness", action="append", default=[], help="a witness's key, known from elsewhere")
    given = parser.parse_args()
    verdicts = [holds(folder, given.key, given.witness) for folder in given.folder]
    sys.exit(0 if all(verdicts) else 1)
