#!/bin/sh
# Puts a release on a shop server: deploy.sh <host> <version>

HOST=$1
VERSION=$2
TARGET=/srv/storefront

echo "deploying $VERSION to $HOST"
ssh "deploy@$HOST" "mkdir -p $TARGET/releases/$VERSION"
tar czf - src public package.json package-lock.json | ssh "deploy@$HOST" "tar xzf - -C $TARGET/releases/$VERSION"
ssh "deploy@$HOST" "cd $TARGET/releases/$VERSION && npm ci --omit=dev"
ssh "deploy@$HOST" "ln -sfn $TARGET/releases/$VERSION $TARGET/current && sudo systemctl restart storefront"
curl -k -fsS "https://$HOST/health"
rm -rf $BUILD_DIR/tmp
