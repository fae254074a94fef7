package dev.lockstep.detections.state;

import dev.lockstep.detections.alert.AlertCollection;
import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.erasure.ErasedPrincipal;
import dev.lockstep.detections.storage.StateRecords;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.CollectedAlert;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Eraser of a principal from the records of state, which deletes records or facts, or puts a
 * pseudonym in place of the principal. The records of the principal, of its names, and of tokens
 * and sessions that no other principal used are deleted. At an address, the facts of the principal
 * are deleted. In other records a pseudonym replaces the principal. A rule that does not run loses
 * the facts and findings that name the principal, and keeps its lessons.
 */
public final class StateEraser {
  private static final int WALKED = 50_000;

  private final StateCodec codec;
  private final StateRecords records;

  /** State record of a rule that does not run. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Stopped(byte[] key, byte[] value) {}

  public StateEraser(StateCodec codec, StateRecords records) {
    this.codec = codec;
    this.records = records;
  }

  private SubjectState read(Subject subject) {
    SubjectState state = new SubjectState(subject, SubjectKey.of(subject));
    byte[] all = codec.stretch(subject, state.key(), SubjectState.NO_DAY, records);
    codec.open(state, SubjectState.NO_DAY, all);
    return state;
  }

  /**
   * Deletes all records of the subject {@code principal}, and returns the principal's names, such
   * as a user principal name, that the deleted facts contained. Records of other subjects stay.
   */
  public Set<String> eraseSubject(Subject principal) {
    TreeSet<String> names = new TreeSet<>();
    for (RuleState state : read(principal).rules()) {
      for (RuleDay day : state.days().values()) {
        for (KeptFact fact : day.facts()) {
          if (fact.principal() != null
              && fact.principal().getId().equals(principal.id())
              && fact.principal().getName() != null) {
            names.add(fact.principal().getName());
          }
        }
      }
    }
    delete(SubjectKey.of(principal));
    return names;
  }

  private void delete(byte[] subject) {
    List<byte[]> keys = new ArrayList<>();
    records.read(subject, StateCodec.FIRST, StateCodec.END, (key, value) -> keys.add(key.clone()));
    keys.forEach(key -> records.write(subject, key, null));
  }

  /**
   * Erases a principal in other subjects' records, and returns the ids of the findings that may
   * name the principal.
   */
  public List<String> eraseIn(ErasedPrincipal erasing) {
    Sought sought = Sought.of(erasing);
    TreeSet<String> findings = new TreeSet<>();
    List<Subject> named = new ArrayList<>();
    byte[] position = null;
    do {
      position =
          records.walk(
              position,
              WALKED,
              (subject, key, value) -> {
                if (sought.isIn(subject) || sought.isIn(key) || sought.isIn(value)) {
                  Subject one = SubjectKey.subject(subject);
                  if (named.isEmpty() || !named.get(named.size() - 1).equals(one)) {
                    named.add(one);
                  }
                }
              });
    } while (position != null);
    for (Subject subject : named) {
      findings.addAll(erase(subject, erasing, sought));
    }
    return List.copyOf(findings);
  }

  private Set<String> erase(Subject subject, ErasedPrincipal erasing, Sought sought) {
    if (subject.kind() == Subject.Kind.PRINCIPAL && erasing.isId(subject.id())) {
      return Set.of(); // its own records were deleted before; newer ones are kept
    }
    SubjectState state = read(subject);
    TreeSet<String> findings = new TreeSet<>(eraseStopped(state.key(), erasing, sought));
    boolean ownsAll = isOwned(subject, state, erasing);
    for (RuleState rule : state.rules()) {
      for (RuleDay day : rule.days().values()) {
        if (ownsAll) {
          findings.addAll(day.givenOut().keySet());
        } else {
          findings.addAll(erase(subject, state, rule, day, erasing));
        }
      }
    }
    if (ownsAll || isName(subject, erasing)) {
      delete(state.key());
      return findings;
    }
    for (RuleState rule : state.rules()) {
      rule.renameTraits(erasing::text);
    }
    SubjectAlerts alerts = state.alerts();
    if (alerts != null) {
      erase(alerts, erasing);
    }
    codec.write(state, records);
    return findings;
  }

  /**
   * Erases a principal in the records of rules that do not run. Facts in these records cannot be
   * decoded. If a record of a rule and day names the principal, all findings of this rule and day
   * may name the principal. Returns the ids of such findings.
   */
  private Set<String> eraseStopped(byte[] subject, ErasedPrincipal erasing, Sought sought) {
    List<Stopped> stopped = new ArrayList<>();
    records.read(
        subject,
        StateCodec.FIRST,
        StateCodec.END,
        (key, value) -> {
          if (codec.isOfStopped(key)) {
            stopped.add(new Stopped(key.clone(), value.clone()));
          }
        });
    TreeSet<String> findings = new TreeSet<>();
    for (Stopped one : stopped) {
      if (!sought.isIn(one.value())) {
        continue;
      }
      if (StateCodec.isOfLessons(one.key())) {
        records.write(subject, one.key(), LessonsCodec.renamed(one.value(), erasing::text));
        continue;
      }
      records.write(subject, one.key(), null);
      stopped.stream()
          .filter(other -> StateCodec.isSameDay(other.key(), one.key()))
          .forEach(other -> findings.addAll(StateCodec.findingsIn(other.key(), other.value())));
    }
    return findings;
  }

  private static boolean isOwned(Subject subject, SubjectState state, ErasedPrincipal erasing) {
    if (subject.kind() != Subject.Kind.TOKEN && subject.kind() != Subject.Kind.SESSION) {
      return false;
    }
    boolean own = false;
    for (RuleState rule : state.rules()) {
      for (RuleDay day : rule.days().values()) {
        for (KeptFact fact : day.facts()) {
          boolean names = fact.names(erasing);
          own |= names;
          if (!names && fact.principal() != null) {
            return false;
          }
        }
      }
    }
    return own;
  }

  private static boolean isName(Subject subject, ErasedPrincipal erasing) {
    return subject.kind() == Subject.Kind.GROUP && !erasing.text(subject.id()).equals(subject.id());
  }

  private static Set<String> erase(
      Subject subject, SubjectState state, RuleState rule, RuleDay day, ErasedPrincipal erasing) {
    boolean named = false;
    boolean isOfPart = false;
    for (KeptFinding finding : day.givenOut().values()) {
      isOfPart |= finding.parts().contains(erasing.principal());
    }
    for (KeptFact fact : List.copyOf(day.facts())) {
      if (!fact.names(erasing)) {
        continue;
      }
      named = true;
      drop(state, day, fact);
      // Else the finding of a resource's new principal would come again, about the pseudonym.
      boolean deleted =
          (subject.kind() == Subject.Kind.ADDRESS || isOfPart) && erasing.is(fact.principal());
      if (!deleted) {
        addRenamed(state, rule, day, fact.renamed(erasing));
      }
    }
    TreeSet<String> findings = new TreeSet<>();
    Map<String, KeptFinding> left = new TreeMap<>(day.givenOut());
    left.entrySet().removeIf(one -> one.getValue().parts().contains(erasing.principal()));
    if (left.size() < day.givenOut().size()) {
      findings.addAll(day.givenOut().keySet());
      findings.removeAll(left.keySet());
      day.replaceGivenOut(left);
      day.markChanged();
    }
    if (named) {
      findings.addAll(left.keySet());
      rule.markLessonChanged(day.day());
      day.toBeJudgedWhole(true);
    }
    return findings;
  }

  private static void drop(SubjectState state, RuleDay day, KeptFact fact) {
    byte[] key = fact.storedKey();
    if (key != null) {
      state.gone().add(key);
    }
    day.remove(fact);
  }

  /**
   * Adds a renamed fact to a day, or merges it into a fact of the day that means the same. An
   * earlier erasure of the same principal may have left that fact, under the same pseudonym.
   */
  private static void addRenamed(
      SubjectState state, RuleState rule, RuleDay day, KeptFact renamed) {
    long gapMillis = renamed.kind().gapMillis(rule.rule().settings());
    KeptFact same = renamed;
    for (KeptFact other : List.copyOf(day.facts(renamed.kind()))) {
      if (other.isSame(same, gapMillis)) {
        other.merge(same, rule.rule().settings().setCap());
        if (same != renamed) {
          drop(state, day, same);
        }
        same = other;
      }
    }
    if (same == renamed) {
      day.add(renamed);
    }
    same.markChanged();
  }

  private static void erase(SubjectAlerts alerts, ErasedPrincipal erasing) {
    for (AlertOnSubject alert : List.copyOf(alerts.alerts().values())) {
      AlertOnSubject revised = revised(alert, erasing);
      if (!revised.equals(alert)) {
        alerts.put(revised);
      }
    }
    alerts.removeNamed(erasing.principal());
    AlertCollection collection = alerts.collection();
    if (collection != null && !collection.isEmpty()) {
      AlertOnSubject revised = revised(collection.whole(), erasing);
      if (!revised.equals(collection.whole())) {
        collection.whole(revised);
        alerts.collected(Integer.MIN_VALUE);
      }
    }
  }

  private static AlertOnSubject revised(AlertOnSubject alert, ErasedPrincipal erasing) {
    Alert revised =
        erasing.revised(new CollectedAlert(alert.alert(), alert.times(), List.of())).getAlert();
    List<EventReference> records =
        alert.records().stream().map(record -> revised(record, erasing)).toList();
    return new AlertOnSubject(revised, alert.times(), records, alert.overflow());
  }

  private static EventReference revised(EventReference record, ErasedPrincipal erasing) {
    return new EventReference(
        record.category(),
        erasing.text(record.eventId()),
        record.at(),
        record.arrivalAt(),
        record.where());
  }
}
