"""Writes every email in lower case; a user without one is left, with a note."""
import json
import sys

for line in sys.stdin:
    message = json.loads(line)
    if message["type"] != "item":
        continue
    answer, item = {"id": message["id"]}, message["item"]
    email = item.get("email", {}).get("S", "")
    if "@" not in email:
        answer["notes"] = [{"code": "noEmail", "message": "it has no email that can be read"}]
    elif email != email.lower():
        answer["after"] = item | {"email": {"S": email.lower()}}
    print(json.dumps(answer), flush=True)
