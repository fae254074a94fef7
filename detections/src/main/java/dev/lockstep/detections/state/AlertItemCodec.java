package dev.lockstep.detections.state;

import dev.lockstep.detections.alert.AlertCollection;
import dev.lockstep.detections.alert.SubjectAlerts;
import dev.lockstep.detections.encoding.AlertCodec;
import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.encoding.StateDictionary;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.rules.AlertOnSubject;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Codec of the state records of the alerts on a subject. */
final class AlertItemCodec {
  private static final long DAY_MILLIS = 86_400_000L;
  private static final SubjectAlerts.ItemKind[] ITEMS = SubjectAlerts.ItemKind.values();

  private final @Nullable StateDictionary dictionary;

  // An alert is written for many subjects, one after the other.
  private @Nullable AlertOnSubject written;
  private byte[] writtenBytes = {};

  AlertItemCodec(@Nullable StateDictionary dictionary) {
    this.dictionary = dictionary;
  }

  /** Writes the part of an item's key that follows the day and the number of alerts. */
  static ByteSink writeKey(ByteSink sink, SubjectAlerts.AlertItem item) {
    return sink.put(Arrays.asList(ITEMS).indexOf(item.kind())).text(item.id());
  }

  /**
   * Returns the value of the state record for an item of a subject's alerts, or null if the item
   * was removed.
   */
  byte @Nullable [] bytes(ByteSink sink, SubjectAlerts alerts, SubjectAlerts.AlertItem item) {
    sink.clear();
    switch (item.kind()) {
      case ALERT -> {
        AlertOnSubject alert = alerts.alerts().get(item.id());
        if (alert == null || SubjectAlerts.dayOf(alert) != item.day()) {
          return null;
        }
        if (alert != written) {
          AlertCodec.writeWithoutId(sink, alert);
          writtenBytes = sink.bytes();
          written = alert;
        }
        return writtenBytes;
      }
      case MENTION -> {
        Message.Mentioned mention = alerts.mentions().get(item.id());
        if (mention == null || SubjectAlerts.dayOf(mention) != item.day()) {
          return null;
        }
        sink.signed(mention.startAt()).signed(mention.endAt()).text(mention.networkClass());
      }
      case NAMED -> {
        long[] span = alerts.named().get(new SubjectAlerts.NamedOn(item.day(), item.id()));
        if (span == null) {
          return null;
        }
        sink.signed(span[0] - item.day() * DAY_MILLIS).signed(span[1] - span[0]);
      }
      case COLLECTION -> {
        AlertCollection collection = alerts.collection();
        if (collection == null
            || collection.isEmpty()
            || SubjectAlerts.dayOf(collection.whole()) != item.day()) {
          return null;
        }
        sink.signed(collection.arrivalAt());
        sink.put(collection.isPending() ? 1 : 0);
        sink.put(collection.isJudged() ? 1 : 0);
        sink.put(collection.isGiven() ? 1 : 0);
        AlertCodec.write(sink, collection.whole());
      }
      case FULL -> {
        if (!alerts.hasMoreThanKept(item.day())) {
          return null;
        }
        sink.put(1);
      }
    }
    return sink.bytes();
  }

  void read(SubjectState subject, int day, ByteSource key, byte[] value) {
    SubjectAlerts alerts = subject.alertsOrNew();
    SubjectAlerts.ItemKind kind = ITEMS[key.get()];
    String id = key.text();
    ByteSource from = new ByteSource(value, dictionary);
    switch (kind) {
      case ALERT -> {
        if (id != null) {
          alerts.alerts().put(id, AlertCodec.read(from, id));
        }
      }
      case MENTION -> {
        if (id != null) {
          alerts
              .mentions()
              .put(
                  id,
                  new Message.Mentioned(
                      subject.subject(), id, from.signed(), from.signed(), from.someText()));
        }
      }
      case NAMED -> {
        if (id != null) {
          long first = day * DAY_MILLIS + from.signed();
          alerts
              .named()
              .put(new SubjectAlerts.NamedOn(day, id), new long[] {first, first + from.signed()});
        }
      }
      case COLLECTION -> {
        long arrivalAt = from.signed();
        boolean pending = from.get() == 1;
        boolean judged = from.get() == 1;
        boolean given = from.get() == 1;
        alerts.collection(
            new AlertCollection(AlertCodec.read(from), arrivalAt, pending, judged, given));
      }
      case FULL -> alerts.full(day);
    }
  }

  /**
   * Returns the arrival time from which a stored item may be due for judgement, or null if the item
   * does not wait.
   */
  static @Nullable Long waitsFor(int kind, byte[] value, AlertSettings alerts) {
    if (ITEMS[kind] != SubjectAlerts.ItemKind.COLLECTION) {
      return null;
    }
    ByteSource from = new ByteSource(value);
    long arrivalAt = from.signed();
    return from.get() == 1 ? arrivalAt + alerts.settleMinutes() * 60_000L : null;
  }
}
