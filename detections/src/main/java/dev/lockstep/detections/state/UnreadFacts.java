package dev.lockstep.detections.state;

import dev.lockstep.detections.rule.ActiveRule;
import java.util.ArrayList;
import java.util.List;

/** Records of a rule's facts on a day that are not decoded yet, in the order of their keys. */
final class UnreadFacts {
  private static final int UNIT_BYTES = 200;

  private final StateCodec codec;
  private final ActiveRule rule;
  private final int day;
  private final List<byte[]> keys = new ArrayList<>(2);
  private final List<byte[]> values = new ArrayList<>(2);
  private int bytes;

  UnreadFacts(StateCodec codec, ActiveRule rule, int day) {
    this.codec = codec;
    this.rule = rule;
    this.day = day;
  }

  void add(byte[] key, byte[] value) {
    keys.add(key);
    values.add(value);
    bytes += value.length;
  }

  /** Returns the estimated memory in units of 200 bytes. */
  int weight() {
    return keys.size() + bytes / UNIT_BYTES;
  }

  /** Decodes all records into the facts of their day. */
  void readInto(List<KeptFact> facts) {
    for (int i = 0; i < keys.size(); i++) {
      facts.add(codec.readFact(rule, day, keys.get(i), values.get(i)));
    }
  }
}
