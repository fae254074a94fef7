package dev.lockstep.capture.month;

import dev.lockstep.capture.record.Dice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Addresses that a device uses in the course of a day, in order of time. */
final class Whereabouts {
  /** Time during which a device uses one address. */
  record Span(Instant from, Instant to, Net net, String address) {
    boolean holds(Instant at) {
      return !at.isBefore(from) && at.isBefore(to);
    }

    Instant moment(Dice dice) {
      int seconds = (int) Math.max(1, Duration.between(from, to).toSeconds());
      return dice.withTicks(from.plusSeconds(dice.below(seconds)));
    }
  }

  final List<Span> spans = new ArrayList<>();

  void add(Instant from, Instant to, Net net, String address) {
    if (from.isBefore(to)) {
      spans.add(new Span(from, to, net, address));
    }
  }

  @Nullable Span at(Instant at) {
    for (Span span : spans) {
      if (span.holds(at)) {
        return span;
      }
    }
    return null;
  }
}
