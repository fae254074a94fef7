#!/bin/sh
set -e
ln -sf {{debInstallationPath}}/{{distributionExecutableUnix}} /usr/bin/{{distributionExecutableUnix}}
