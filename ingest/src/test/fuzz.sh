#!/bin/sh
# Runs so many inputs in all through the fuzz targets, one target after another; docs/fuzzing.md says what must be there.
set -eu
all=${1:?how many inputs in all}
root=$(cd "$(dirname "$0")/../../.." && pwd)
work=$root/ingest/target/fuzz
classes=$root/ingest/target/test-classes:$root/ingest/target/classes:$root/schemas/target/classes
classpath=$classes:$(cat "$root/ingest/target/classpath")
mkdir -p "$work"
java -cp "$classpath" dev.lockstep.ingest.message.Fuzz "$work"
targets="MESSAGE RECORD FILE LINES GZIP AVRO"
each=$(( (all + 5) / 6 ))
done=0
for target in $targets; do
  java -Xmx1g -cp "$root/ingest/target/jazzer/*:$classpath" com.code_intelligence.jazzer.Jazzer \
    --cp="$classpath" --target_class=dev.lockstep.ingest.message.Fuzz --target_args="$target" \
    --instrumentation_includes='dev.lockstep.**:com.fasterxml.jackson.core.**' \
    --reproducer_path="$work" -artifact_prefix="$work/" -max_len=4096 -runs="$each" -print_final_stats=1 \
    "$work/$target" 2>"$work/$target.log" || { tail -40 "$work/$target.log"; exit 1; }
  ran=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$target.log")
  echo "$target: $ran"
  done=$(( done + ran ))
done
echo "all: $done"
