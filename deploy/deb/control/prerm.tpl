#!/bin/sh
set -e
rm -f /usr/bin/{{distributionExecutableUnix}}
for page in {{debInstallationPath}}/man/man1/*.1; do
  rm -f "/usr/share/man/man1/${page##*/}"
done
