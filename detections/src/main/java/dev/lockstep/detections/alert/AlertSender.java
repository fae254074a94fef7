package dev.lockstep.detections.alert;

import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Alert;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Sender of a Defender alert to the alert's subjects: each address, account and user name in the
 * alert.
 */
final class AlertSender {
  private final Output output;

  AlertSender(Output output) {
    this.output = output;
  }

  private static Set<Subject> subjectsOf(Alert alert) {
    Set<Subject> subjects = new LinkedHashSet<>();
    for (String address : alert.getAddresses()) {
      subjects.add(new Subject(Subject.Kind.ADDRESS, address));
    }
    for (String account : alert.getAccounts()) {
      subjects.add(new Subject(Subject.Kind.PRINCIPAL, account));
    }
    for (String name : alert.getNames()) {
      subjects.add(AlertMessages.nameSubject(name));
    }
    return subjects;
  }

  /**
   * Sends an alert to each of its subjects.
   *
   * @param isCounted whether the alert counts for rules and findings; otherwise the subjects drop
   *     it
   */
  void send(AlertOnSubject whole, boolean isCounted) {
    // The addresses would take too much room in the state of each subject.
    AlertOnSubject on = withoutAddresses(whole);
    for (Subject subject : subjectsOf(whole.alert())) {
      output.message(new Message.Alerted(subject, on, isCounted));
    }
  }

  /**
   * Retracts an alert from each subject that is in the alert's earlier form but not in the alert's
   * new form. The new form leaves subjects out if the alert names more than are kept.
   */
  void withdraw(AlertOnSubject before, AlertOnSubject now) {
    if (before.alert().equals(now.alert())) {
      return;
    }
    Set<Subject> dropped = subjectsOf(before.alert());
    dropped.removeAll(subjectsOf(now.alert()));
    AlertOnSubject on = withoutAddresses(before);
    dropped.forEach(subject -> output.message(new Message.Alerted(subject, on, false)));
  }

  private static AlertOnSubject withoutAddresses(AlertOnSubject whole) {
    return new AlertOnSubject(
        Alert.newBuilder(whole.alert()).setAddresses(List.of()).build(),
        whole.times(),
        whole.records(),
        whole.overflow());
  }
}
