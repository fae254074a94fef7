package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/** Codec of the value of the state record of a rule's lessons about a subject. */
public final class LessonsCodec {
  private LessonsCodec() {}

  /**
   * Returns the lessons of a rule as bytes, or no bytes if there is nothing to store. A dictionary
   * of all lessons comes first, then the lessons by day, then the days whose lessons have to be
   * computed again.
   */
  static byte[] bytes(ByteSink sink, RuleState state) {
    if (state.lessons().isEmpty() && state.unlearned().isEmpty()) {
      return new byte[0];
    }
    write(sink.clear(), state.lessons());
    sink.unsigned(state.unlearned().size());
    state.unlearned().forEach(day -> sink.unsigned(day));
    return sink.bytes();
  }

  /** Returns how many bytes the lessons of all days of a rule take in their state record. */
  public static int length(NavigableMap<Integer, Map<String, Integer>> lessons) {
    ByteSink bytes = new ByteSink();
    write(bytes, lessons);
    return bytes.length();
  }

  private static void write(ByteSink to, NavigableMap<Integer, Map<String, Integer>> lessons) {
    Map<String, Integer> dictionary = new LinkedHashMap<>();
    lessons
        .values()
        .forEach(
            traits ->
                traits.keySet().stream()
                    .sorted()
                    .forEach(trait -> dictionary.putIfAbsent(trait, dictionary.size())));
    to.texts(dictionary.keySet());
    to.unsigned(lessons.size());
    int before = 0;
    for (Map.Entry<Integer, Map<String, Integer>> day : lessons.entrySet()) {
      to.unsigned(day.getKey() - (long) before);
      before = day.getKey();
      to.unsigned(day.getValue().size());
      new TreeMap<>(day.getValue())
          .forEach(
              (trait, amount) -> {
                Integer place = dictionary.get(trait);
                to.unsigned(place == null ? 0 : place).unsigned(amount);
              });
    }
  }

  static void read(RuleState state, byte[] value) {
    read(value, state::taught, state::addUnlearned);
    state.written(value);
  }

  /** Passes to a reader each day that has lessons, or whose lessons have to be computed. */
  static void eachDay(byte[] lessons, IntConsumer reader) {
    read(lessons, (day, traits) -> reader.accept(day), reader);
  }

  private static void read(
      byte[] value, BiConsumer<Integer, Map<String, Integer>> taught, IntConsumer unlearned) {
    ByteSource from = new ByteSource(value);
    List<String> dictionary = from.texts();
    int days = from.count();
    int day = 0;
    for (int i = 0; i < days; i++) {
      day += (int) from.unsigned();
      int count = from.count();
      Map<String, Integer> traits = new HashMap<>(2 * count);
      for (int j = 0; j < count; j++) {
        String trait = dictionary.get((int) from.unsigned());
        traits.merge(trait, (int) from.unsigned(), Math::max); // two may have been renamed to one
      }
      taught.accept(day, traits);
    }
    for (int left = from.count(); left > 0; left--) {
      unlearned.accept((int) from.unsigned());
    }
  }

  /**
   * Returns the value of a record of lessons after a function has replaced the texts of the
   * lessons. The rule need not run here.
   */
  static byte[] renamed(byte[] lessons, UnaryOperator<String> renaming) {
    ByteSource from = new ByteSource(lessons);
    List<String> renamed = from.texts().stream().map(renaming).toList();
    return new ByteSink().texts(renamed).raw(from.remaining()).bytes();
  }
}
