#!/bin/sh
# Writes what each image holds of npm packages as CycloneDX, one file a workspace, for the notes of a release:
#   ./deploy/sbom.sh DIR
# It is read from node_modules and the lock file; packages of the base images are in those images' own lists.
set -eu
out=${1:?give a folder to write to}
mkdir -p "$out"
cd "$(dirname "$0")/.."
for workspace in services/* packages/playground; do
  file=$out/surepost-$(basename "$workspace").cdx.json
  npm sbom --sbom-format cyclonedx --sbom-type application --omit dev -w "$workspace" >"$file"
  echo "$file: $(grep -c '"bom-ref"' "$file") packages"
done
