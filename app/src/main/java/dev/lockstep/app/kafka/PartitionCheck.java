package dev.lockstep.app.kafka;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Check of the number of partitions of Lockstep's topics, including the internal topics of Kafka
 * Streams. Activities, detections and the topics of Kafka Streams need the same number, because
 * state is partitioned like them. The topic of positions has one partition. Dead letters and
 * quarantine may have any number.
 *
 * @param wanted {@code kafka.partitions}
 */
record PartitionCheck(Topics topics, int wanted) {
  /**
   * Wrong number of partitions of existing topics, with the exception that refuses these topics.
   *
   * @param topic one of the topics with the problem
   */
  record Problem(String topic, OperatorException exception) {}

  /**
   * Returns the first problem with the numbers of partitions of the existing topics, or null if
   * Lockstep can use these topics.
   *
   * @param found number of partitions of the existing topics, by name
   */
  @Nullable Problem problem(Map<String, Integer> found) {
    Integer ofPositions = found.get(topics.names().positions());
    if (ofPositions != null && ofPositions != 1) {
      return new Problem(
          topics.names().positions(),
          unusable(
              "%s has %d partitions and not 1"
                  .formatted(quoted(topics.names().positions()), ofPositions),
              "choose another kafka.topicPrefix"));
    }
    Map<String, Integer> alike = new TreeMap<>();
    found.forEach(
        (name, partitions) -> {
          if (isInLayout(name)) {
            alike.put(name, partitions);
          }
        });
    Set<Integer> numbers = Set.copyOf(alike.values());
    if (numbers.isEmpty() || numbers.equals(Set.of(wanted))) {
      return null;
    }
    String first =
        alike.containsKey(topics.names().activity())
            ? topics.names().activity()
            : alike.keySet().iterator().next();
    return new Problem(first, numbers.size() == 1 ? allOtherwise(alike, first) : apart(alike));
  }

  private boolean isInLayout(String name) {
    return name.equals(topics.names().activity())
        || name.equals(topics.names().detections())
        || topics.isInternal(name);
  }

  private OperatorException allOtherwise(Map<String, Integer> alike, String first) {
    int partitions = Objects.requireNonNull(alike.get(first));
    return unusable(
        "%s has %s and not %d".formatted(quoted(first), number(partitions), wanted),
        "set kafka.partitions to %d, or choose another kafka.topicPrefix".formatted(partitions));
  }

  private OperatorException apart(Map<String, Integer> alike) {
    Map<Integer, Long> internal =
        alike.entrySet().stream()
            .filter(each -> topics.isInternal(each.getKey()))
            .collect(
                Collectors.groupingBy(Map.Entry::getValue, TreeMap::new, Collectors.counting()));
    StringBuilder what = new StringBuilder();
    alike.forEach(
        (name, partitions) -> {
          if (!topics.isInternal(name)) {
            what.append(what.isEmpty() ? "" : ", ")
                .append(quoted(name))
                .append(" has ")
                .append(number(partitions));
          }
        });
    internal.forEach(
        (partitions, number) ->
            what.append(what.isEmpty() ? "" : ", ")
                .append(
                    "%s %s %s %d"
                        .formatted(
                            DisplayFormat.count(number, "topic"),
                            quoted(pattern()),
                            number == 1 ? "has" : "have",
                            partitions)));
    return unusable(
        what + "; all these topics need the same number of partitions, and Kafka cannot remove any",
        "set another kafka.topicPrefix, and Lockstep builds its topics and state again from the"
            + " sources (see \"Rebuild\" in docs/operations.md)");
  }

  private static String number(int partitions) {
    return DisplayFormat.count(partitions, "partition");
  }

  private String pattern() {
    return topics.prefix() + "detect-*";
  }

  private static String quoted(String name) {
    return Quoted.of(name);
  }

  private static OperatorException unusable(String what, String fix) {
    return new OperatorException("could not use the existing topics: " + what + "; " + fix);
  }
}
