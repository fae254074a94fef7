package dev.lockstep.detections.encoding;

import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.EventReference;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Codec of alerts in state records and in messages to subjects. The event id of a record of the
 * alert is not written if it equals the alert's id.
 */
public final class AlertCodec {
  private static final Severity[] SEVERITIES = Severity.values();
  private static final int OWN = 1;
  private static final int OVERFLOW = 2;

  private AlertCodec() {}

  public static void write(ByteSink to, AlertOnSubject on) {
    to.text(on.alert().getId());
    writeWithoutId(to, on);
  }

  /**
   * Writes an alert without its id, which is kept elsewhere, such as in the key of the alert's
   * record.
   */
  public static void writeWithoutId(ByteSink to, AlertOnSubject on) {
    Alert alert = on.alert();
    to.text(alert.getTitle());
    to.put(
        alert.getSeverity() == null
            ? 0
            : Arrays.asList(SEVERITIES).indexOf(alert.getSeverity()) + 1);
    to.word(alert.getProduct())
        .text(alert.getLink())
        .put((alert.getOwn() ? OWN : 0) | (on.overflow() ? OVERFLOW : 0));
    to.texts(alert.getAccounts());
    to.texts(alert.getNames());
    to.texts(alert.getAddresses());
    to.unsigned(on.times().size());
    on.times().forEach(to::signed);
    to.unsigned(on.records().size());
    on.records().forEach(record -> PartsCodec.write(to, record, 0, alert.getId()));
  }

  public static AlertOnSubject read(ByteSource from) {
    return read(from, from.someText());
  }

  /** Reads an alert that was written without its id. */
  public static AlertOnSubject read(ByteSource from, String id) {
    Alert alert = new Alert();
    alert.setId(id);
    alert.setTitle(from.text());
    int severity = from.get();
    alert.setSeverity(severity == 0 ? null : SEVERITIES[severity - 1]);
    alert.setProduct(from.word());
    alert.setLink(from.text());
    int flags = from.get();
    alert.setOwn((flags & OWN) != 0);
    alert.setAccounts(from.texts());
    alert.setNames(from.texts());
    alert.setAddresses(from.texts());
    int times = from.count();
    List<Long> all = new ArrayList<>(times);
    for (int i = 0; i < times; i++) {
      all.add(from.signed());
    }
    int records = from.count();
    List<EventReference> references = new ArrayList<>(records);
    for (int i = 0; i < records; i++) {
      references.add(PartsCodec.reference(from, 0, id));
    }
    return new AlertOnSubject(alert, all, references, (flags & OVERFLOW) != 0);
  }
}
