#!/usr/bin/env bash
# easy-rsa 3.1.0 (Debian 12): `sign-req server` and `sign-req serverClient` take the alternative names of a request over
# without being told; `sign-req client` drops them without a word. One and the same request, so one would expect all or none.
# What helps: `easyrsa --copy-ext sign-req client NAME`, or the type serverClient.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download --quiet easy-rsa=3.1.0-1 >/dev/null 2>&1
dpkg-deb --extract easy-rsa_*.deb package
tool=$folder/package/usr/share/easy-rsa
export EASYRSA=$tool EASYRSA_PKI=$folder/pki EASYRSA_BATCH=1 EASYRSA_ALGO=ec EASYRSA_CURVE=secp384r1
"$tool/easyrsa" --version 2>&1 | sed -n 's/^Version: */easy-rsa /p'
"$tool/easyrsa" init-pki >/dev/null 2>&1
"$tool/easyrsa" --req-cn="Example root" build-ca nopass >/dev/null 2>&1
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out node.csr -subj "/CN=node" \
    -addext "subjectAltName=URI:hxp://fr-example" 2>/dev/null
names() {
    openssl x509 -in "pki/issued/$1.crt" -noout -ext subjectAltName 2>/dev/null | sed -n 's/^ *\(URI:.*\)/\1/p'
}
for kind in client server serverClient; do
    "$tool/easyrsa" import-req node.csr "$kind" >/dev/null 2>&1
    "$tool/easyrsa" sign-req "$kind" "$kind" >/dev/null 2>&1
    echo "$kind: '$(names "$kind")'"
done
[[ -z $(names client) ]] || { echo "client takes the names over now"; exit 1; }
for kind in server serverClient; do
    [[ $(names "$kind") == URI:hxp://fr-example ]] || { echo "$kind drops the names now"; exit 1; }
done
