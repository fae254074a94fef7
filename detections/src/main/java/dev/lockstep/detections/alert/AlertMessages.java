package dev.lockstep.detections.alert;

import dev.lockstep.detections.message.Message;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Factory of internal messages that unite the records of a Defender alert, and that add the
 * principal of a user name in the alert. The latter say which principal signed in under that user
 * name. The messages are sent for an event in addition to the facts that rules state. Rules do not
 * read these messages. The class also names the subjects that stand for an alert and for a user
 * name.
 */
public final class AlertMessages {
  private static final String ALERT = "alert\n";
  private static final String NAME = "name\n";

  private AlertMessages() {}

  /**
   * Returns an internal message with one record of a Defender alert, or null for any other
   * activity. The message goes to the subject at which the records of the alert are united.
   */
  public static @Nullable Message record(Activity activity) {
    return activity.getKind() == ActivityKind.ALERT && activity.getAlert() != null
        ? new Message.AlertRecord(alertSubject(activity.getAlert().getId()), activity)
        : null;
  }

  /**
   * Returns the subject whose state collects all records of one Defender alert.
   *
   * @param alert id of the alert
   */
  public static Subject alertSubject(String alert) {
    return new Subject(Subject.Kind.GROUP, ALERT + alert);
  }

  static Subject nameSubject(String name) {
    return new Subject(Subject.Kind.GROUP, NAME + name);
  }

  static boolean isName(Subject subject) {
    return subject.kind() == Subject.Kind.GROUP && subject.id().startsWith(NAME);
  }

  /**
   * Returns an internal message about a user's successful sign-in under a UPN, or null for any
   * other event.
   */
  public static @Nullable Message named(Event event) {
    Principal principal = event.principal();
    if (!event.isSuccessfulSignIn()
        || principal == null
        || !PrincipalTypes.isUser(principal)
        || principal.getName() == null
        || principal.getName().indexOf('@') <= 0) {
      return null;
    }
    return new Message.Named(
        nameSubject(principal.getName().toLowerCase(Locale.ROOT)), principal.getId(), event.at());
  }

  /** Converts a Defender alert to the form in which findings keep the alert. */
  public static CollectedAlert collected(AlertOnSubject alert) {
    List<Cited> records = new ArrayList<>();
    for (EventReference one : alert.records()) {
      records.add(new Cited(one.category(), one.eventId(), one.at(), one.arrivalAt(), one.where()));
    }
    return new CollectedAlert(alert.alert(), alert.times(), records);
  }
}
