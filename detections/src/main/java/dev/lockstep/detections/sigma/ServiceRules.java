package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.FilterDocument;
import dev.lockstep.detections.sigma.document.LogSource;
import dev.lockstep.detections.sigma.field.FieldSource;
import dev.lockstep.detections.sigma.field.LogSourceScope;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.EventFields;
import dev.lockstep.detections.sigma.match.EventMatcher;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.RawField;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Compiled rules and filters of one log source, against which {@link SigmaPass} matches events. */
final class ServiceRules {
  private final LogSourceScope scope;
  private final List<SigmaRule> rules;
  private final List<FilterDocument> filters;
  private final int[][] filtersOf;
  private final EventMatcher matcher;
  private final EventMatcher filterMatcher;
  private final FieldSource[] fields;
  private final FieldSource[] filterFields;

  ServiceRules(
      LogSource source,
      List<SigmaRule> rules,
      List<List<FilterDocument>> filtersOf,
      SigmaFields table) {
    this.scope = scope(source);
    this.rules = List.copyOf(rules);
    EventMatcher.Builder builder = new EventMatcher.Builder();
    rules.forEach(rule -> builder.add(rule.document().detection()));
    this.matcher = builder.build();
    List<FilterDocument> all = new ArrayList<>();
    IdentityHashMap<FilterDocument, Integer> numberOf = new IdentityHashMap<>();
    EventMatcher.Builder filterBuilder = new EventMatcher.Builder();
    this.filtersOf = new int[rules.size()][];
    for (int rule = 0; rule < rules.size(); rule++) {
      List<FilterDocument> own = filtersOf.get(rule);
      int[] numbers = new int[own.size()];
      for (int i = 0; i < numbers.length; i++) {
        FilterDocument filter = own.get(i);
        Integer known = numberOf.get(filter);
        if (known == null) {
          known = filterBuilder.add(filter.detection());
          numberOf.put(filter, known);
          all.add(filter);
        }
        numbers[i] = known;
      }
      this.filtersOf[rule] = numbers;
    }
    this.filters = List.copyOf(all);
    this.filterMatcher = filterBuilder.build();
    this.fields = sources(matcher, source, table);
    this.filterFields = sources(filterMatcher, source, table);
  }

  private static FieldSource[] sources(EventMatcher of, LogSource logs, SigmaFields table) {
    FieldSource[] sources = new FieldSource[of.fields().size()];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = table.source(logs.service(), of.fields().get(i));
    }
    return sources;
  }

  static LogSourceScope scope(LogSource source) {
    LogSourceScope scope = LogSourceScope.of(source.product(), source.service());
    if (scope == null) {
      throw new IllegalArgumentException(
          "Lockstep reads no logs of the Sigma log source " + source);
    }
    return scope;
  }

  LogSourceScope scope() {
    return scope;
  }

  List<SigmaRule> rules() {
    return rules;
  }

  List<FilterDocument> filters() {
    return filters;
  }

  int[] filtersOf(int rule) {
    return filtersOf[rule];
  }

  EventMatcher matcher() {
    return matcher;
  }

  EventMatcher filterMatcher() {
    return filterMatcher;
  }

  EventFields fields(Event event) {
    return new Fields(fields, event);
  }

  EventFields filterFields(Event event) {
    return new Fields(filterFields, event);
  }

  /** Fields of an event, read from their sources. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Fields(FieldSource[] sources, Event event) implements EventFields {
    @Override
    public RawField field(int index) {
      FieldSource source = sources[index];
      return source.isFound() ? source.read(event) : RawField.NOT_LOOKED_FOR;
    }

    @Override
    public <T> T field(int index, RawField.Memo<T> memo) {
      FieldSource source = sources[index];
      return source.isFound() ? source.read(event, memo) : memo.of(RawField.NOT_LOOKED_FOR);
    }
  }
}
