#!/usr/bin/env bash
# RFC 9864 (October 2025) names the algorithm of an Ed25519 signature in a JWS "Ed25519" and deprecates "EdDSA". One and the
# same signature under both names: who signs with the name that the standard prefers is not read by PyJWT and authlib,
# although they verify Ed25519; joserfc refuses both until they are named; jwcrypto and jose (npm) take both.
# What helps: write "EdDSA", read both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target python pyjwt==2.15.1 authlib==1.9.10 joserfc==1.8.0 \
    jwcrypto==1.6.1 cryptography==50.0.2 2>/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts jose@6.2.18 >/dev/null 2>&1
cat >sign.py <<'PYTHON'
import base64, json
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

key = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
public = key.public_key()


def base64url(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def token(name):
    signed = base64url(json.dumps({"alg": name}).encode()) + b"." + base64url(b'{"a":1}')
    return (signed + b"." + base64url(key.sign(signed))).decode()


raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(raw).decode()}
PYTHON
cat >read.py <<'PYTHON'
import warnings
from importlib.metadata import version
from sign import jwk, public, token

warnings.simplefilter("ignore")
import jwt
from authlib.jose import JsonWebKey, JsonWebSignature
from joserfc import jws as joserfc_jws
from joserfc.jwk import OKPKey
from jwcrypto import jwk as jwcrypto_jwk, jws as jwcrypto_jws

BOTH = ["EdDSA", "Ed25519"]


def with_jwcrypto(text):
    read = jwcrypto_jws.JWS()
    read.deserialize(text)
    read.verify(jwcrypto_jwk.JWK(**jwk))


readers = {
    "PyJWT": lambda text: jwt.decode(text, public, algorithms=BOTH),
    "authlib": lambda text: JsonWebSignature().deserialize_compact(text, JsonWebKey.import_key(jwk)),
    "joserfc": lambda text: joserfc_jws.deserialize_compact(text, OKPKey.import_key(jwk)),
    "joserfc, both named": lambda text: joserfc_jws.deserialize_compact(text, OKPKey.import_key(jwk), algorithms=BOTH),
    "jwcrypto": with_jwcrypto,
}
for library, read in readers.items():
    taken = []
    for name in BOTH:
        try:
            read(token(name))
            taken.append(name)
        except Exception:
            pass
    print(f"{library} {version(library.split(',')[0])} takes:", " ".join(taken) or "neither")
PYTHON
python3 -c 'import sys; sys.path.insert(0, "python"); from sign import *; import json; print(json.dumps([jwk, token("EdDSA"), token("Ed25519")]))' >tokens.json
cat >read.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import { compactVerify, importJWK } from "jose";
const [jwk, ...tokens] = JSON.parse(readFileSync("tokens.json"));
const taken = [];
for (const [place, name] of ["EdDSA", "Ed25519"].entries()) {
    try {
        await compactVerify(tokens[place], await importJWK(jwk, name));
        taken.push(name);
    } catch {}
}
console.log("jose takes:", taken.join(" ") || "neither");
JAVASCRIPT
seen=$(PYTHONPATH=python python3 -W ignore read.py && node read.mjs)
echo "$seen"
expected='PyJWT 2.15.1 takes: EdDSA
authlib 1.9.10 takes: EdDSA
joserfc 1.8.0 takes: neither
joserfc, both named 1.8.0 takes: EdDSA Ed25519
jwcrypto 1.6.1 takes: EdDSA Ed25519
jose takes: EdDSA Ed25519'
[[ $seen == "$expected" ]] || { echo "they behave otherwise now"; exit 1; }
