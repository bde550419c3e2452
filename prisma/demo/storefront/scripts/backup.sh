#!/bin/sh
# Nightly dump of the database, kept for fourteen days.
set -eu

: "${DATABASE_URL:?}"
FOLDER="${BACKUP_DIR:-/var/backups/storefront}"
STAMP=$(date -u +%Y-%m-%d)

mkdir -p "$FOLDER"
pg_dump --format=custom --file="$FOLDER/$STAMP.dump" "$DATABASE_URL"
find "$FOLDER" -name "*.dump" -mtime +14 -delete
