#!/usr/bin/env python3
"""Writes operators and the API's reply for a benchmark: generate.py FOLDER COUNT.

FOLDER/operators.jsonl holds COUNT operators as DynamoDB JSON lines, some 400 bytes each; FOLDER/api holds the reply of
/api/validator/validators with a validator for each. The same COUNT gives the same bytes.
"""
import json
import os
import sys

folder, count = sys.argv[1], int(sys.argv[2])
reply = os.path.join(folder, "api/api/validator")
os.makedirs(reply, exist_ok=True)


def address(number):
    return "0x" + format(number * 0x9E3779B97F4A7C15 % 2**160, "040x")


def compact(value):
    return json.dumps(value, separators=(",", ":"))


with open(os.path.join(folder, "operators.jsonl"), "w") as operators:
    for number in range(count):
        operators.write(compact({"Item": {
            "discordId": {"S": str(904664241544495154 + number)},
            "discordUsername": {"S": f"operator-{number}"},
            "walletAddress": {"S": address(number + 1)},
            "isApproved": {"BOOL": number % 3 != 0},
            "wasSlashed": {"BOOL": False},
            "socials": {"M": {"x": {"S": f"@operator{number}"}, "github": {"S": f"op-{number}"}}},
            "tags": {"SS": ["alpha", "beta"]},
            "createdAt": {"N": str(1700000000000 + number)},
            "updatedAt": {"N": str(1710000000000 + number)},
        }}) + "\n")

with open(os.path.join(reply, "validators"), "w") as validators:
    validators.write('{"success":true,"data":{"validators":[')
    for number in range(count):
        validators.write(("," if number else "") + compact({
            "address": address(number + 7), "operatorId": str(904664241544495154 + number),
            "lastAttestationSlot": str(48000 + number % 1000), "hasAttested24h": True}))
    validators.write("]}}")
