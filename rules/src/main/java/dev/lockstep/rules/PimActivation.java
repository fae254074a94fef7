package dev.lockstep.rules;

import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Change;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Target;
import dev.lockstep.schemas.text.ComparableText;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Activation of a role in Privileged Identity Management: its users, its role and its time, as a
 * record describes them. The record has the category {@code AuditLogs} or {@code Administrative}.
 *
 * @param users object ids of those for whom the role is active, in lower case
 * @param roles names and ids of the role, in lower case
 * @param begin later of the record's time and the start that the record names, in milliseconds
 *     since 1970
 * @param end end that the record names, else 8 h after the record's time; at most 24 h after the
 *     begin
 * @param isTooFarAhead whether the activation begins more than 24 h after its record, and so covers
 *     nothing
 */
public record PimActivation(
    Set<String> users, Set<String> roles, long begin, long end, boolean isTooFarAhead) {
  private static final String DIRECTORY = "AuditLogs";
  private static final String AZURE = "Administrative";
  private static final long MINUTE_MILLIS = 60_000L;
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;

  /** Tolerance before the begin and after the end of an activation, because clocks differ. */
  private static final long SKEW_MILLIS = 5 * MINUTE_MILLIS;

  private static final long USUAL_MILLIS = 8 * HOUR_MILLIS;
  private static final long MOST_MILLIS = 24 * HOUR_MILLIS;

  /**
   * Returns the successful activation of a role that a record describes, or null if it describes
   * none.
   */
  public static @Nullable PimActivation of(Activity activity) {
    Change change = succeeded(activity);
    if (change == null || !isOfPim(activity, change)) {
      return null;
    }
    if (activity.getCategory().equals(DIRECTORY)) {
      String operation = ComparableText.of(activity.getOperation());
      return operation.contains("completed (pim activation)")
          ? of(activity, change, usersInDirectory(activity, change), rolesInDirectory(change))
          : null;
    }
    return ComparableText.of(change.getCategory()).equals("activaterole")
        ? of(activity, change, targets(change, null), rolesInAzure(change))
        : null;
  }

  /**
   * Returns whether a record reports a user's successful change outside Privileged Identity
   * Management. It is a change of the directory or of an Azure resource. In the directory an
   * unnamed initiator counts as a user.
   */
  public static boolean isUsersOperation(Activity activity) {
    Change change = succeeded(activity);
    if (change == null || isOfPim(activity, change)) {
      return false;
    }
    Principal actor = activity.getPrincipal();
    return activity.getCategory().equals(DIRECTORY)
        ? actor == null || PrincipalTypes.isUser(actor)
        : change.getByUser();
  }

  private static @Nullable Change succeeded(Activity activity) {
    Change change = activity.getChange();
    if (activity.getKind() != ActivityKind.AUDIT || change == null) {
      return null;
    }
    String result = ComparableText.of(change.getResult());
    boolean isInDirectory = activity.getCategory().equals(DIRECTORY);
    boolean isSuccess = result.equals("success") || (!isInDirectory && result.equals("succeeded"));
    return isSuccess && (isInDirectory || activity.getCategory().equals(AZURE)) ? change : null;
  }

  private static boolean isOfPim(Activity activity, Change change) {
    return ComparableText.of(change.getService())
        .equals(activity.getCategory().equals(DIRECTORY) ? "pim" : "azurerbac");
  }

  private static PimActivation of(
      Activity activity, Change change, Set<String> users, Set<String> roles) {
    long recordedAt = activity.getEventAt();
    Long startsAt = change.getStartsAt();
    Long endsAt = change.getEndsAt();
    long begin = startsAt == null ? recordedAt : Math.max(recordedAt, startsAt);
    long end = endsAt == null ? recordedAt + USUAL_MILLIS : endsAt;
    return new PimActivation(
        users, roles, begin, Math.min(end, begin + MOST_MILLIS), begin - recordedAt > MOST_MILLIS);
  }

  private static Set<String> usersInDirectory(Activity activity, Change change) {
    Set<String> users = targets(change, "user");
    Principal initiator = activity.getPrincipal();
    if (users.isEmpty() && initiator != null && PrincipalTypes.isUser(initiator)) {
      users.add(initiator.getId());
    }
    return users;
  }

  private static Set<String> rolesInDirectory(Change change) {
    Set<String> roles = targets(change, "role");
    for (Target target : change.getTargets()) {
      if (ComparableText.of(target.getType()).equals("role")) {
        add(roles, target.getName());
      }
    }
    return roles;
  }

  private static Set<String> rolesInAzure(Change change) {
    Set<String> roles = new TreeSet<>();
    add(roles, change.getRole());
    String id = change.getRoleId();
    add(roles, id == null ? null : id.substring(id.lastIndexOf('/') + 1));
    return roles;
  }

  private static Set<String> targets(Change change, @Nullable String type) {
    Set<String> ids = new TreeSet<>();
    for (Target target : change.getTargets()) {
      if (type == null || ComparableText.of(target.getType()).equals(type)) {
        add(ids, target.getId());
      }
    }
    return ids;
  }

  private static void add(Set<String> to, @Nullable String text) {
    String compared = ComparableText.orNull(text);
    if (compared != null) {
      to.add(compared);
    }
  }

  /**
   * Returns whether this activation, extended by 5 minutes at both ends, covers an operation at a
   * time in milliseconds since 1970.
   */
  public boolean covers(long at) {
    return !isTooFarAhead && covers(begin, end, at);
  }

  /**
   * Returns whether an activation with this begin and end, extended by 5 minutes at both ends,
   * covers an operation at a time. All times are in milliseconds since 1970. The extension is there
   * because clocks differ.
   */
  public static boolean covers(long begin, long end, long at) {
    return at >= begin - SKEW_MILLIS && at <= end + SKEW_MILLIS;
  }

  /**
   * Returns whether an activation of the given role permits the operations of an entry in the
   * configuration's {@code estate.privileged}. The role is given by its names and ids. Every
   * activation permits the operations of an entry that names no role.
   */
  public static boolean isOf(PrivilegedOperations entry, Collection<String> roles) {
    return entry.isCoveredByAnyRole() || roles.stream().anyMatch(entry::isCoveredBy);
  }
}
