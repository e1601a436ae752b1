#!/usr/bin/env bash
# R 4.2.2: a time that is read and written with its milliseconds is another time. R keeps a time as a floating number of
# seconds, and format(…, "%OS3") cuts what it shows instead of rounding it: 11.971 becomes 11.970. What helps: keep such
# columns as text, or add half a millisecond before writing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
if ! command -v Rscript > /dev/null; then
    apt-get install --quiet --yes --no-install-recommends r-base-core > apt.log
fi
Rscript --version
Rscript - <<'R'
written <- sprintf("2018-03-28 13:11:11.%03dZ", 0:999)
time <- as.POSIXct(written, format = "%Y-%m-%d %H:%M:%OSZ", tz = "UTC")
again <- format(time, "%Y-%m-%d %H:%M:%OS3Z")
rounded <- format(time + 0.0005, "%Y-%m-%d %H:%M:%OS3Z")
cat(sum(again != written), "of 1000 milliseconds are others; the first:", written[again != written][1], "becomes", again[again != written][1], "\n")
stopifnot(sum(again != written) > 0, all(rounded == written))
R
