package dev.lockstep.app.metrics;

import dev.lockstep.sentinel.delivery.ForwarderCounts;
import dev.lockstep.sentinel.delivery.ForwarderState;
import dev.lockstep.sentinel.sink.AnswerClass;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Meters of the forwarder of one sink: its counters, its state and its daily budget. */
final class ForwarderMeters {
  private final MeterRegistry registry;
  private final ForwarderCounts counts;
  private final Tags tags;
  private final Set<String> rules = new HashSet<>();

  ForwarderMeters(MeterRegistry registry, String sink, ForwarderCounts counts) {
    this.registry = registry;
    this.counts = counts;
    this.tags = Tags.of("sink", sink);
    rows("taken", ForwarderCounts::rowsTaken);
    rows("superseded", ForwarderCounts::rowsSuperseded);
    rows("dead-letter", ForwarderCounts::deadLetters);
    rows("shadowed", ForwarderCounts::rowsShadowed);
    rows("held-back", ForwarderCounts::rowsHeldBack);
    rows("held-back-high", ForwarderCounts::highRowsHeldBack);
    rows("over-budget", ForwarderCounts::rowsOverBudget);
    rows("archived", ForwarderCounts::rowsArchived);
    counter("lockstep.forwarder.bytes", tags, ForwarderCounts::bytesSent);
    counter("lockstep.forwarder.retries", tags, ForwarderCounts::retries);
    for (AnswerClass answer : AnswerClass.values()) {
      counter(
          "lockstep.forwarder.requests",
          tags.and("answer", word(answer.name())),
          c -> c.requests(answer));
    }
    for (ForwarderState state : ForwarderState.values()) {
      gauge(
          "lockstep.forwarder.state",
          tags.and("state", word(state.name())),
          c -> c.status().state() == state ? 1 : 0);
    }
  }

  void refresh() {
    counts.takenByRule().keySet().forEach(this::showRule);
    if (counts.budget() != null && rules.add("")) {
      budget("lockstep.forwarder.budget.rows", "", b -> b.rows());
      budget("lockstep.forwarder.budget.bytes", "", b -> b.bytes());
      budget("lockstep.forwarder.budget.used", "", b -> b.used());
      budget("lockstep.forwarder.budget.alarm", "near", b -> b.isNear() ? 1 : 0);
      budget("lockstep.forwarder.budget.alarm", "reached", b -> b.isReached() ? 1 : 0);
    }
  }

  void showRule(String rule) {
    if (rules.add(rule)) {
      Tags of = tags.and("rule", rule);
      counter("lockstep.forwarder.rule.rows", of, c -> c.taken(rule).rows());
      counter("lockstep.forwarder.rule.bytes", of, c -> c.taken(rule).bytes());
    }
  }

  private void budget(String name, String level, ToDoubleFunction<ForwarderCounts.Budget> of) {
    gauge(
        name,
        level.isEmpty() ? tags : tags.and("level", level),
        c -> {
          ForwarderCounts.Budget budget = c.budget();
          return budget == null ? Double.NaN : of.applyAsDouble(budget);
        });
  }

  private void rows(String outcome, ToDoubleFunction<ForwarderCounts> count) {
    counter("lockstep.forwarder.rows", tags.and("outcome", outcome), count);
  }

  private void counter(String name, Tags of, ToDoubleFunction<ForwarderCounts> count) {
    FunctionCounter.builder(name, counts, count).tags(of).register(registry);
  }

  private void gauge(String name, Tags of, ToDoubleFunction<ForwarderCounts> value) {
    Gauge.builder(name, counts, value).tags(of).register(registry);
  }

  private static String word(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
