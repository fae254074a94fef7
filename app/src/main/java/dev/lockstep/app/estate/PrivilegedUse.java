package dev.lockstep.app.estate;

import dev.lockstep.enrichment.estate.PrivilegedOperations;
import dev.lockstep.rules.PimActivation;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.text.ComparableText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Collection of the privileged operations of users in a capture, and of the activations of roles.
 *
 * <p>Up to {@value #MOST} operations and as many activations are kept; further ones are counted as
 * left out.
 */
final class PrivilegedUse {
  private static final int MOST = 200_000;

  /**
   * Privileged operation that a user carried out.
   *
   * @param user object id, in lower case
   * @param label name of the user for people
   */
  record Operation(String user, String label, String name, long at) {}

  private final Predicate<String> isPrivileged;
  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, List<PimActivation>> activations = new HashMap<>();
  private int activationsKept;
  private long leftOut;

  PrivilegedUse(Predicate<String> isPrivileged) {
    this.isPrivileged = isPrivileged;
  }

  List<Operation> operations() {
    return operations;
  }

  long leftOut() {
    return leftOut;
  }

  void add(Activity activity) {
    PimActivation activation = PimActivation.of(activity);
    if (activation != null) {
      activation(activation);
    } else if (PimActivation.isUsersOperation(activity)) {
      operation(activity);
    }
  }

  private void operation(Activity activity) {
    Principal user = activity.getPrincipal();
    String name = activity.getOperation();
    if (user == null || !PrincipalTypes.isUser(user) || name == null || !isPrivileged.test(name)) {
      return;
    }
    if (operations.size() >= MOST) {
      leftOut++;
      return;
    }
    String label = user.getName() == null ? user.getId() : user.getName();
    operations.add(
        new Operation(ComparableText.of(user.getId()), label, name.strip(), activity.getEventAt()));
  }

  private void activation(PimActivation activation) {
    for (String user : activation.users()) {
      if (activationsKept >= MOST) {
        leftOut++;
        return;
      }
      activationsKept++;
      activations.computeIfAbsent(user, none -> new ArrayList<>()).add(activation);
    }
  }

  boolean isActive(Operation operation, PrivilegedOperations entry) {
    for (PimActivation activation : activations.getOrDefault(operation.user(), List.of())) {
      if (activation.covers(operation.at()) && PimActivation.isOf(entry, activation.roles())) {
        return true;
      }
    }
    return false;
  }
}
