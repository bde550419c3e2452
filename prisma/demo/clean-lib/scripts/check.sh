#!/bin/sh
# What the release needs to pass.
set -eu

cd "$(dirname "$0")/.."
node --test "tests/*.test.js"
for file in src/*.js; do
  node --check "$file"
done
echo "ready to release"
