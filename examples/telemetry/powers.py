#!/usr/bin/env python3
"""Prints the mean power of every slot that runs publish on a NATS server (docs/telemetry.md), by Python's own library alone.

    python3 powers.py HOST[:PORT] [MESSAGES]

ends after so many messages of powers, if their number is given. Users, passwords and TLS are left to nats-py.
"""
import json
import socket
import struct
import sys


def messages(host, port, subject):
    """Subjects and payloads as they come: the client protocol of NATS is lines of text, and bytes of a length that was told."""
    stream = socket.create_connection((host, port)).makefile("rwb")
    stream.readline()  # INFO
    stream.write(b'CONNECT {"verbose":false}\r\nSUB %s 1\r\n' % subject.encode())
    stream.flush()
    for line in stream:
        word, *rest = line.split()
        if word == b"PING":
            stream.write(b"PONG\r\n")
            stream.flush()
        elif word == b"MSG":
            payload = stream.read(int(rest[-1]))
            stream.readline()
            yield rest[0].decode(), payload
        elif word == b"-ERR":
            sys.exit(line.decode().strip())


def powers(payload):
    """Sequence, powers lost so far, and for each slot: number, UE, noise floor, time of the UE in s, powers."""
    magic, version, head, slots, subcarriers, record, names_bytes, sequence, lost = struct.unpack_from("<4sHHIIIIQQ", payload)
    if magic != b"BLPW" or version != 1:
        sys.exit("another version of beamloop")
    end = head + slots * record
    names = json.loads(payload[end : end + names_bytes])
    rows = []
    for at in range(head, end, record):
        slot, name, noise_floor, time_s = struct.unpack_from("<IIdd", payload, at)
        rows.append((slot, names[name], noise_floor, time_s, struct.unpack_from(f"<{subcarriers}f", payload, at + 24)))
    return sequence, lost, rows


def main():
    host, _, port = sys.argv[1].partition(":")
    most = int(sys.argv[2]) if len(sys.argv) > 2 else None
    for count, (subject, payload) in enumerate(messages(host, int(port or 4222), "beamloop.v1.*.*.powers"), 1):
        _, lost, rows = powers(payload)
        for slot, ue, _, _, values in rows:
            print(subject.split(".")[3], slot, ue, sum(values) / len(values), flush=True)
        if lost:
            print(f"{lost} powers were lost before", file=sys.stderr)
        if count == most:
            return


main()
