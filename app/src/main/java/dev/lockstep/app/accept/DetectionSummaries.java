package dev.lockstep.app.accept;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.detection.IdForm;
import dev.lockstep.app.kafka.DetectionTopicReader;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Summaries of the last revisions of detections by id, for the commands {@code accept} and {@code
 * rules tune}. They are read from a file or from the topic of detections. Erased detections, whose
 * last record is a tombstone, are left out.
 *
 * @param from name of the file or topic that was read, for messages
 * @param isFile whether {@code from} is a file that the operator named
 */
public record DetectionSummaries(String from, boolean isFile, Map<String, DetectionSummary> byId) {
  /**
   * Reads a file of detections. The highest revision of a detection counts.
   *
   * @param firesByPairs predicate that is true for the id of a rule whose findings each need at
   *     least two events
   * @throws OperatorException if the file cannot be read, or one of its lines is no detection
   */
  public static DetectionSummaries ofFile(String file, Predicate<String> firesByPairs) {
    Map<String, DetectionSummary> byId = new LinkedHashMap<>();
    new DetectionFile(file)
        .forEachLine(
            (line, number) -> {
              DetectionSummary detection = DetectionSummary.parse(line, firesByPairs);
              if (detection == null) {
                throw new IOException("the line is not a complete detection");
              }
              byId.merge(
                  detection.id(),
                  detection,
                  (known, other) -> other.revision() >= known.revision() ? other : known);
            });
    return new DetectionSummaries(file, true, byId);
  }

  /**
   * Returns the summaries of detections by id; if several detections have the same id, only the
   * last one in the collection counts. Detections that are not complete are left out.
   *
   * @param firesByPairs predicate that is true for the id of a rule whose findings each need at
   *     least two events
   */
  public static DetectionSummaries of(
      String from, Collection<Detection> detections, Predicate<String> firesByPairs) {
    Map<String, DetectionSummary> byId = new LinkedHashMap<>();
    for (Detection detection : detections) {
      DetectionSummary summary = DetectionSummary.parse(AvroJson.of(detection), firesByPairs);
      if (summary != null) {
        byId.put(summary.id(), summary);
      }
    }
    return new DetectionSummaries(from, false, byId);
  }

  /**
   * Reads the topic of detections from its beginning to its present end.
   *
   * @param firesByPairs predicate that is true for the id of a rule whose findings each need at
   *     least two events
   * @throws OperatorException if the cluster or the topic cannot be read
   */
  public static DetectionSummaries ofTopic(Config.Kafka kafka, Predicate<String> firesByPairs) {
    Map<String, DetectionSummary> byId = new LinkedHashMap<>();
    SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
    try (DetectionTopicReader topic =
        new DetectionTopicReader(kafka, "name a file that replay wrote with --detections")) {
      topic.readToEnd(record -> add(record, codec, byId, firesByPairs));
      return new DetectionSummaries("topic " + topic.name(), false, byId);
    }
  }

  static void add(
      ConsumerRecord<byte[], byte[]> record,
      SingleObject<Detection> codec,
      Map<String, DetectionSummary> byId,
      Predicate<String> firesByPairs) {
    if (record.value() == null) {
      if (record.key() != null) {
        byId.remove(new String(record.key(), StandardCharsets.UTF_8));
      }
      return;
    }
    DetectionSummary detection;
    try {
      detection = DetectionSummary.parse(AvroJson.of(codec.decode(record.value())), firesByPairs);
    } catch (
        RuntimeException e) { // another program's bytes, which the forwarder makes dead letters
      return;
    }
    if (detection != null) {
      byId.put(detection.id(), detection);
    }
  }

  /**
   * Returns the detection with an id, or the only one whose id begins with the given text of at
   * least {@value IdForm#SHORTEST_PREFIX} characters.
   *
   * @throws OperatorException if there is no such detection, or more than one id begins so
   */
  public DetectionSummary find(String id) {
    DetectionSummary exact = byId.get(id);
    if (exact != null) {
      return exact;
    }
    List<DetectionSummary> matches =
        byId.values().stream()
            .filter(one -> id.length() >= IdForm.SHORTEST_PREFIX && one.id().startsWith(id))
            .toList();
    if (matches.size() == 1) {
      return matches.get(0);
    }
    List<DetectionSummary> members = inIncident(id);
    if (!members.isEmpty()) {
      throw new OperatorException(
          "could not accept the detection: %s is the id of an incident in %s, not of a detection; the incident has the detections %s; give the ids of those that you expected"
              .formatted(
                  Quoted.of(id),
                  from,
                  DisplayFormat.some(members.stream().map(DetectionSummary::id).toList())));
    }
    String show = "the output of replay, the report and Sentinel's DetectionId show";
    throw new OperatorException(
        matches.isEmpty()
            ? "could not accept the detection: no detection in %s has the id %s (number of detections: %,d); check the id, which %s%s"
                .formatted(
                    from,
                    Quoted.of(id),
                    all().size(),
                    show,
                    isFile
                        ? ", or give the file that has the detection as option --detections"
                        : "; for a detection of another run, give the file of that run as option"
                            + " --detections")
            : "could not accept the detection: %d of the %,d detections in %s have an id that begins with %s; give the whole id, which %s"
                .formatted(matches.size(), byId.size(), from, Quoted.of(id), show));
  }

  /**
   * Returns the detections of the incident whose correlation id is the given text, or is the only
   * id that begins with this text. Short text and detections that are withdrawn are treated as in
   * {@link #find} and {@link #all}. Without such an incident the result is empty.
   */
  public List<DetectionSummary> inIncident(String id) {
    List<DetectionSummary> members =
        all().stream()
            .filter(
                one -> {
                  String incident = one.incident();
                  return incident != null
                      && (incident.equals(id)
                          || (id.length() >= IdForm.SHORTEST_PREFIX && incident.startsWith(id)));
                })
            .toList();
    return members.stream().map(DetectionSummary::incident).distinct().count() == 1
        ? members
        : List.of();
  }

  public Collection<DetectionSummary> all() {
    return byId.values().stream().filter(detection -> !detection.isWithdrawn()).toList();
  }
}
