#!/usr/bin/env python3
"""Writes signatures.json: requests and the headers that botocore's signer (version 1.43) makes of them.

Run it only to add cases; the tests read the file and need no Python.
"""
import datetime
import json
import pathlib
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeo"
LONG_TOKEN = "FwoGZXIvYXdzE" + "Ab+/9" * 300 + "=="
TARGET = "DynamoDB_20120810."
KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
OTHER_KEYS = ("ASIAOTHEREXAMPLE000", "a/very+different/secret=with~signs and spaces é")


def date(text):
    return datetime.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)


def case(name, method="POST", path="/", query="", headers=(), body=b"", pad=0, keys=KEYS, token=None,
         region="us-east-1", service="dynamodb", at="20150830T123600Z"):
    """`pad` repeats the body's bytes up to that length, so that the file stays small."""
    whole = (body * (pad // len(body) + 1))[:pad] if pad else body
    headers = list(headers)
    host = next(value for name_, value in headers if name_.lower() == "host")
    url = f"https://{host}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, data=whole)
    for key, value in headers:
        request.headers.add_header(key, value)
    signer = botocore.auth.SigV4Auth(Credentials(*keys, token), service, region)
    with mock.patch("botocore.auth.get_current_datetime", lambda *_: date(at)):
        signer.add_auth(request)
    return {
        "name": name, "method": method, "path": path, "query": query, "headers": [list(h) for h in headers],
        "body": list(body) if len(body) < 64 and not body.isascii() else None,
        "text": body.decode() if body.isascii() else None, "pad": pad,
        "accessKeyID": keys[0], "secretAccessKey": keys[1], "token": token,
        "region": region, "service": service, "at": int(date(at).timestamp()),
        "date": request.headers["X-Amz-Date"], "authorization": request.headers["Authorization"],
    }


def dynamodb(operation, host="dynamodb.us-east-1.amazonaws.com"):
    return [("Host", host), ("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", TARGET + operation)]


def cases():
    bodies = [
        ("an empty body", b"", 0), ("an empty object", b"{}", 0), ("a key", b'{"TableName":"t","Key":{"id":{"S":"1"}}}', 0),
        ("NUL bytes", b'\x00\x01\x00\xff', 0), ("UTF-8", '{"x":{"S":"é😀ሴ"}}'.encode(), 0),
        ("10 KB", b'{"a":"0123456789"}', 10_240), ("1 MB", b'{"b":"abcdefghij"}', 1_048_576), ("64 bytes", b"a", 64),
        ("55 bytes", b"b", 55), ("a newline", b"\r\n\n", 0),
    ]
    for name, body, pad in bodies:
        for called, token in (("no token", None), ("a token", TOKEN), ("a long token", LONG_TOKEN)):
            yield case(f"{name}, {called}", headers=dynamodb("PutItem"), body=body, pad=pad, token=token)
    for region in ("eu-west-2", "ap-southeast-4", "us-gov-west-1", "cn-north-1", "local", "x" * 80):
        host = f"dynamodb.{region[:20]}.amazonaws.com"
        yield case(f"region {region}", headers=dynamodb("Scan", host), body=b"{}", region=region)
    for at in ("19700101T000000Z", "20000229T235959Z", "20240229T000000Z", "20261123T081530Z", "21000301T000001Z"):
        yield case(f"at {at}", headers=dynamodb("Query"), body=b"{}", at=at)
    yield case("other keys", headers=dynamodb("GetItem"), body=b"{}", keys=OTHER_KEYS)
    yield case("a port", headers=dynamodb("GetItem", "127.0.0.1:8000"), body=b"{}")
    form = [("Host", "sts.eu-west-2.amazonaws.com"), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
    yield case("sts", headers=form, body=b"Action=GetCallerIdentity&Version=2011-06-15", service="sts", region="eu-west-2")
    plain = [("Host", "example.amazonaws.com")]
    extra = plain + [("User-Agent", "sparta"), ("Expect", "100-continue"), ("X-Amzn-Trace-Id", "Root=1")]
    yield case("headers left out", "GET", headers=extra, service="service")
    yield case("blanks in values", "GET", headers=plain + [("A", "  a  b\t c "), ("B", '"x   y"'), ("C", "")])
    yield case("a repeated header", "GET", headers=plain + [("My", "b"), ("Zed", "1"), ("my", " a"), ("MY", "b")])
    yield case("an encoded path", "GET", "/a%20b/%E1%88%B4/c*d", headers=plain)
    yield case("dots and slashes", "GET", "/../a/./b//c/../d/", headers=plain)
    yield case("a query", "GET", "/r", "b=2&a=%2F&a=%20x&c&B=%E1%88%B4&a-b=1&a1=0", headers=plain)
    yield case("a DELETE", "DELETE", "/r/1", headers=plain)


def main():
    found = list(cases())
    path = pathlib.Path(__file__).with_name("signatures.json")
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in found)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(found)} cases")


if __name__ == "__main__":
    main()
