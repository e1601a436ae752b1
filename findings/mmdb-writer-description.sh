#!/usr/bin/env bash
# Python's mmdb_writer drops a description that is a text, unless languages are named, too: the file has an empty map
# there, although the argument has a default text. Readers that verify labels (Rust's maxminddb, Reader::verify) refuse it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder/python" \
    mmdb-writer==0.2.7 netaddr==1.3.0 maxminddb==3.2.0 2>/dev/null
PYTHONPATH="$folder/python" python3 - "$folder" <<'PYTHON'
import sys
from importlib.metadata import version
import maxminddb
from mmdb_writer import MMDBWriter
from netaddr import IPSet

print("mmdb-writer", version("mmdb-writer"))
seen = []
for settings in ({}, {"description": "countries"}, {"description": "countries", "languages": ["en"]}):
    writer = MMDBWriter(**settings)
    writer.insert_network(IPSet(["192.0.2.0/24"]), {"country_code": "FR"})
    writer.to_db_file(f"{sys.argv[1]}/x.mmdb")
    metadata = maxminddb.open_database(f"{sys.argv[1]}/x.mmdb").metadata()
    print(settings, "->", metadata.description, metadata.languages)
    seen.append(metadata.description)
assert seen == [{}, {}, {"en": "countries"}], "it behaves otherwise now"
PYTHON
