package dev.lockstep.app.page;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.explain.StateJson;
import dev.lockstep.app.report.HtmlText;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.lookup.StateSearch;
import dev.lockstep.detections.lookup.SubjectRecords;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.topology.TopologyLayout;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.ingest.text.TokenIds;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the state of all instances, to answer questions about a subject or a finding. Each
 * answer is a JSON object. One question is answered at a time.
 *
 * <p>A consumer in no group reads the changelogs of the stores, which every instance writes with
 * each commit. A known id needs one partition, and a name needs all. The rules of this instance
 * judge the records that are read, and nothing is changed.
 */
public final class StateLookUp {
  static final Duration MOST = Duration.ofSeconds(60);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(300);
  private static final long REPORT_NANOS = Duration.ofMillis(400).toNanos();
  private static final int MOST_EXPLAINED = 3;

  private final TopologyLayout layout;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Supplier<RuleSet> rules;
  private final Enrichment enrichment;
  private final Duration most;
  private final Semaphore one = new Semaphore(1);

  /** Receiver of the progress of a look-up. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Receives a sentence about how far the look-up has come.
     *
     * @throws IOException if nobody waits for the answer any more
     */
    void report(String sentence) throws IOException;
  }

  /** Failure to answer a question, with the reason as a sentence for people. */
  private static final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1;

    UnansweredException(String why) {
      super(why);
    }
  }

  /**
   * Answer to a question about the state: the explained subjects with the days to show. Further
   * subjects that were found for the question are only named.
   *
   * @param judged explained subjects, each with its records
   * @param only condition that a day has to meet to be shown
   * @param others further subjects that were found for the question, not explained
   * @param hasMore whether even more subjects were found
   */
  private record Answer(
      List<JudgedSubject> judged,
      Predicate<JudgedDay> only,
      List<Subject> others,
      boolean hasMore) {}

  /**
   * Creates a reader of the state that all instances keep in a Kafka cluster.
   *
   * @param rules supplier of the rules in force
   */
  public StateLookUp(Config.Kafka kafka, Supplier<RuleSet> rules, Enrichment enrichment) {
    this(
        new TopologyLayout(kafka.topicPrefix(), kafka.partitions()),
        () -> consumer(kafka),
        rules,
        enrichment,
        MOST);
  }

  StateLookUp(
      TopologyLayout layout,
      Supplier<Consumer<byte[], byte[]>> consumers,
      Supplier<RuleSet> rules,
      Enrichment enrichment,
      Duration most) {
    this.layout = layout;
    this.consumers = consumers;
    this.rules = rules;
    this.enrichment = enrichment;
    this.most = most;
  }

  private static Consumer<byte[], byte[]> consumer(Config.Kafka kafka) {
    Map<String, Object> settings = kafka.readerSettings();
    settings.put("max.poll.records", 5_000);
    settings.put("fetch.max.bytes", 8 << 20);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Returns the answer to a question about a subject or a finding, as a JSON object. If there is no
   * answer, the field {@code problem} of the object says why.
   *
   * @param finding finding that the question is about, or null
   * @throws IOException if nobody waits for the answer any more
   */
  String answer(StateQuestion question, @Nullable Detection finding, Progress progress)
      throws IOException {
    if (!one.tryAcquire()) {
      return problem("Another look-up is running; ask again when it is done.");
    }
    try {
      Consumer<byte[], byte[]> consumer = consumers.get();
      try {
        Run run = new Run(consumer, progress);
        Answer answer =
            question.isFinding() ? run.finding(question.text(), finding) : run.subject(question);
        return json(answer, run);
      } finally {
        consumer.close(CloseOptions.timeout(Duration.ZERO)); // a silent cluster delays no answer
      }
    } catch (UnansweredException e) {
      return problem(e.getMessage());
    } catch (KafkaException | IllegalStateException e) {
      return problem("The state cannot be read: " + Failures.message(e) + ".");
    } finally {
      one.release();
    }
  }

  private static String problem(@Nullable String why) {
    return JsonText.object(
        HtmlText::shown, json -> json.writeStringField("problem", String.valueOf(why)));
  }

  private String json(Answer answer, Run run) {
    return JsonText.object(
        HtmlText::shown,
        json -> {
          json.writeNumberField("records", run.records);
          json.writeNumberField("millis", (System.nanoTime() - run.startNanos) / 1_000_000);
          json.writeArrayFieldStart("subjects");
          for (JudgedSubject judged : answer.judged()) {
            StateJson.write(json, judged, name(judged), answer.only());
          }
          json.writeEndArray();
          JsonText.writeObjects(
              json,
              "others",
              answer.others(),
              other -> {
                json.writeStringField("kind", other.kind().name().toLowerCase(Locale.ROOT));
                json.writeStringField("id", other.id());
              });
          json.writeBooleanField("hasMore", answer.hasMore());
        });
  }

  private @Nullable String name(JudgedSubject judged) {
    if (judged.subject().kind() == Subject.Kind.PARTNER) {
      Partner partner = enrichment.partners().byId(judged.subject().id());
      return partner == null ? null : partner.name();
    }
    for (JudgedDay day : judged.days()) {
      for (Fact fact : day.facts()) {
        Principal principal = fact.principal();
        if (principal != null
            && principal.getName() != null
            && principal.getId().equals(judged.subject().id())) {
          return principal.getName();
        }
      }
    }
    return null;
  }

  /** Look-up of the answer to one question in the changelogs of Kafka Streams. */
  private final class Run {
    private final Consumer<byte[], byte[]> consumer;
    private final Progress progress;
    private final RuleSet now = rules.get();
    private final long startNanos = System.nanoTime();
    private long reportedNanos = startNanos - REPORT_NANOS;
    private long records;

    Run(Consumer<byte[], byte[]> consumer, Progress progress) {
      this.consumer = consumer;
      this.progress = progress;
    }

    Answer finding(String id, @Nullable Detection finding) throws IOException, UnansweredException {
      if (finding == null) {
        throw new UnansweredException("No finding with this id is on the page.");
      }
      Predicate<JudgedDay> isIts = day -> day.hasFinding(id::equals);
      for (JudgedSubject judged : judged(candidates(finding))) {
        if (judged.days().stream().anyMatch(isIts)) {
          return new Answer(List.of(judged), isIts, List.of(), false);
        }
      }
      StateSearch search = new StateSearch(id);
      read(all(), search::take);
      for (JudgedSubject judged : judged(search.holding())) {
        if (judged.days().stream().anyMatch(isIts)) {
          return new Answer(List.of(judged), isIts, List.of(), false);
        }
      }
      throw new UnansweredException(
          "The state no longer has the facts of this finding; %s with captured logs still explains it."
              .formatted(ShellCommand.call("explain")));
    }

    private List<Subject> candidates(Detection finding) {
      Set<Subject> named = new LinkedHashSet<>();
      now.rules().stream()
          .filter(rule -> rule.info().id().equals(finding.getRule()))
          .flatMap(rule -> rule.info().subjects().stream())
          .forEach(
              kind -> {
                String id =
                    switch (kind) {
                      case PRINCIPAL ->
                          finding.getPrincipal() == null ? null : finding.getPrincipal().getId();
                      case PARTNER ->
                          finding.getPartner() == null ? null : finding.getPartner().getId();
                      case ADDRESS -> finding.getIp();
                      default -> null;
                    };
                if (id != null) {
                  named.add(new Subject(kind, id));
                }
              });
      return List.copyOf(named);
    }

    Answer subject(StateQuestion question) throws IOException, UnansweredException {
      Subject.Kind kind = question.kind();
      String text = kind == null ? question.text() : idInState(kind, question.text());
      if (kind != null) {
        List<JudgedSubject> judged = judged(List.of(new Subject(kind, text)));
        if (!judged.isEmpty()) {
          return new Answer(judged, day -> true, List.of(), false);
        }
      }
      StateSearch search = new StateSearch(text);
      read(all(), search::take);
      List<Subject> named = of(kind, search.named());
      List<Subject> holding = of(kind, search.holding());
      List<Subject> chosen = named;
      if (chosen.isEmpty()) { // then the text is a name, of principals before others
        chosen = of(Subject.Kind.PRINCIPAL, holding);
        chosen = chosen.isEmpty() ? holding : chosen;
      }
      List<JudgedSubject> judged = judgedFirst(chosen);
      if (judged.isEmpty() && kind == Subject.Kind.PRINCIPAL) {
        judged = judgedFirst(principals(text, judgedFirst(search.holding())));
      }
      if (judged.isEmpty()) {
        throw new UnansweredException(
            "The state has nothing about %s%s: no event named it, no rule keeps facts of it, or its facts are too old and were evicted."
                .formatted(
                    kind == null ? "" : kind.name().toLowerCase(Locale.ROOT) + " ",
                    Quoted.of(question.text())));
      }
      List<JudgedSubject> explained = judged.subList(0, Math.min(MOST_EXPLAINED, judged.size()));
      List<Subject> others = new ArrayList<>();
      Stream.concat(named.stream(), holding.stream())
          .filter(each -> each.kind() != Subject.Kind.PLACE) // which nobody asks for by a name
          .filter(each -> explained.stream().noneMatch(one -> one.subject().equals(each)))
          .forEach(others::add);
      return new Answer(explained, day -> true, others, search.hasLeftOut());
    }

    private List<JudgedSubject> judgedFirst(List<Subject> subjects)
        throws IOException, UnansweredException {
      return judged(subjects.subList(0, Math.min(5 * MOST_EXPLAINED, subjects.size())));
    }

    private static List<Subject> principals(String name, List<JudgedSubject> holding) {
      return holding.stream()
          .flatMap(each -> each.days().stream())
          .flatMap(day -> day.facts().stream())
          // a principal's own facts may lack its name
          .map(Fact::principal)
          .filter(principal -> principal != null && name.equalsIgnoreCase(principal.getName()))
          .map(principal -> new Subject(Subject.Kind.PRINCIPAL, principal.getId()))
          .distinct()
          .toList();
    }

    private List<Subject> of(Subject.@Nullable Kind kind, List<Subject> subjects) {
      return kind == null
          ? subjects
          : subjects.stream().filter(subject -> subject.kind() == kind).toList();
    }

    private String idInState(Subject.Kind kind, String text) throws UnansweredException {
      switch (kind) {
        case ADDRESS -> {
          Address address = Address.parse(text);
          if (address == null) {
            throw new UnansweredException(
                Quoted.of(text)
                    + " is not an address; write an address like 203.0.113.7 or 2001:db8::7.");
          }
          return address.text();
        }
        case TOKEN -> {
          return TokenIds.normalised(text);
        }
        case PARTNER -> {
          return enrichment.partners().all().stream()
              .filter(
                  each -> each.id().equalsIgnoreCase(text) || each.name().equalsIgnoreCase(text))
              .map(Partner::id)
              .findFirst()
              .orElse(text);
        }
        default -> {
          return text;
        }
      }
    }

    private List<JudgedSubject> judged(Collection<Subject> subjects)
        throws IOException, UnansweredException {
      Map<TopicPartition, List<Subject>> places = new LinkedHashMap<>();
      for (Subject subject : subjects) {
        places.computeIfAbsent(place(subject), none -> new ArrayList<>()).add(subject);
      }
      Map<Subject, JudgedSubject> judged = new LinkedHashMap<>();
      for (Map.Entry<TopicPartition, List<Subject>> place : places.entrySet()) {
        SubjectRecords kept = new SubjectRecords(place.getValue());
        read(List.of(place.getKey()), kept::take);
        for (Subject subject : place.getValue()) {
          if (kept.has(subject)) {
            judged.put(subject, kept.judged(subject, now, enrichment, System.currentTimeMillis()));
          }
        }
      }
      return subjects.stream().filter(judged::containsKey).map(judged::get).toList();
    }

    private TopicPartition place(Subject subject) {
      return new TopicPartition(
          subject.kind() == Subject.Kind.PRINCIPAL
              ? layout.principalsChangelog()
              : layout.subjectsChangelog(),
          layout.partitionOf(subject));
    }

    private List<TopicPartition> all() {
      List<TopicPartition> all = new ArrayList<>();
      for (String topic : List.of(layout.principalsChangelog(), layout.subjectsChangelog())) {
        for (int partition = 0; partition < layout.partitions(); partition++) {
          all.add(new TopicPartition(topic, partition));
        }
      }
      return all;
    }

    private void read(List<TopicPartition> partitions, BiConsumer<byte[], byte @Nullable []> each)
        throws IOException, UnansweredException {
      for (String topic : partitions.stream().map(TopicPartition::topic).distinct().toList()) {
        if (consumer.partitionsFor(topic, TIMEOUT).size() != layout.partitions()) {
          throw new UnansweredException(
              "There is no topic %s with %s: no instance with the role detect has run yet, or one ran with another value of kafka.partitions. Start such an instance with this configuration, or set kafka.partitions back to its former value."
                  .formatted(topic, DisplayFormat.count(layout.partitions(), "partition")));
        }
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, TIMEOUT);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
      long whole = left(begins, ends);
      long left = whole;
      while (left > 0) {
        report(whole, left, partitions.size());
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          records++;
          if (record.key() != null) {
            each.accept(record.key(), record.value());
          }
        }
        Map<TopicPartition, Long> at = new HashMap<>();
        partitions.forEach(partition -> at.put(partition, consumer.position(partition, TIMEOUT)));
        left = left(at, ends);
      }
    }

    private static long left(Map<TopicPartition, Long> at, Map<TopicPartition, Long> ends) {
      long left = 0;
      for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
        left += Math.max(0, end.getValue() - at.getOrDefault(end.getKey(), 0L));
      }
      return left;
    }

    private void report(long whole, long left, int partitions)
        throws IOException, UnansweredException {
      long nanos = System.nanoTime();
      int percent = (int) (100 * (whole - left) / whole);
      if (nanos - startNanos > most.toNanos()) {
        throw new UnansweredException(
            "The look-up ended after %d s with %d %% of the state read, so it has no answer. Give a kind and an id; then the look-up reads only one partition."
                .formatted(most.toSeconds(), percent));
      }
      if (nanos - reportedNanos >= REPORT_NANOS) {
        reportedNanos = nanos;
        progress.report(
            "Reading the state of all instances: %d %% of %s."
                .formatted(
                    percent, partitions == 1 ? "one partition" : partitions + " partitions"));
      }
    }
  }
}
