#!/bin/sh
set -e
ln -sf {{debInstallationPath}}/{{distributionExecutableUnix}} /usr/bin/{{distributionExecutableUnix}}
if [ -d /usr/share/man/man1 ]; then # small systems have no manual pages
  for page in {{debInstallationPath}}/man/man1/*.1; do
    [ ! -e "$page" ] || ln -sf "$page" /usr/share/man/man1/
  done
fi
