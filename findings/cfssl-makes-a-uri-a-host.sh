#!/usr/bin/env bash
# cfssl 1.2.0 (Debian 12, golang-cfssl): a URI among the alternative names of a request is dropped without a word, and a URI
# that is given by hand (-hostname) comes out as a DNS name, which no name of the DNS can be. Both certificates are issued.
# What helps: another program, or a newer cfssl.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download --quiet golang-cfssl=1.2.0+git20160825.89.7fb22c8-3.1+b11 >/dev/null 2>&1
dpkg-deb --extract golang-cfssl_*.deb package
cfssl=$folder/package/usr/bin/cfssl
"$cfssl" version | sed -n 's/^Version: */cfssl /p'
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout ca.key -out ca.pem -subj "/CN=Example root" 2>/dev/null
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out node.csr -subj "/CN=node" \
    -addext "subjectAltName=URI:hxp://fr-example" 2>/dev/null
names() {
    "$cfssl" sign -ca ca.pem -ca-key ca.key "$@" node.csr 2>/dev/null |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["cert"])' |
        openssl x509 -noout -ext subjectAltName 2>/dev/null | sed -n 's/^ *\([A-Z]*:.*\)/\1/p'
}
asked=$(names) given=$(names -hostname=hxp://fr-example)
echo "as the request asks: '$asked'; with -hostname=hxp://fr-example: '$given'"
[[ -z $asked ]] || { echo "the name of the request is kept now"; exit 1; }
[[ $given == DNS:hxp://fr-example ]] || { echo "a URI that is given comes out otherwise now"; exit 1; }
