#!/usr/bin/env bash
# pandas 3.1.1: reading and writing a table takes Namibia (NA) out of a column of countries, without a word.
# read_csv takes "NA" for a missing value, also where it stands in quotes; to_csv writes missing values as nothing.
# What helps: read_csv(…, keep_default_na=False).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1
cd "$folder"
printf 'reference,country\na,"NA"\nb,NL\nc,\n' > table.csv
venv/bin/python - <<'PYTHON'
import pandas

print("pandas", pandas.__version__)
seen = pandas.read_csv("table.csv").to_csv(index=False)
kept = pandas.read_csv("table.csv", keep_default_na=False).to_csv(index=False)
print(f"read and written: {seen!r}; with keep_default_na=False: {kept!r}")
assert seen == "reference,country\na,\nb,NL\nc,\n", "Namibia is kept now"
assert kept == "reference,country\na,NA\nb,NL\nc,\n"
PYTHON
