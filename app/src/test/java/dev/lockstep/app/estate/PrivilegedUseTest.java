package dev.lockstep.app.estate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Change;
import dev.lockstep.schemas.Principal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Privileged operations of a capture are those of users whose object id is known. */
final class PrivilegedUseTest {
  private static Activity write(String id, String type) {
    Activity activity = new Activity();
    activity.setKind(ActivityKind.AUDIT);
    activity.setCategory("Administrative");
    activity.setEventAt(1_795_000_000_000L);
    activity.setOperation("Microsoft.Authorization/roleAssignments/write");
    activity.setPrincipal(new Principal(id, "ana@contoso.com", type));
    Change change = new Change();
    change.setTargets(List.of());
    change.setModified(List.of());
    change.setResult("Success");
    change.setByUser(true);
    activity.setChange(change);
    return activity;
  }

  @Test
  void leavesOutWhatAUserDid_ifOnlyTheApplicationIsKnown() {
    PrivilegedUse use = new PrivilegedUse(operation -> true);
    use.add(write("app", "workload"));
    use.add(write("ana", "user"));
    assertThat(use.operations()).extracting(PrivilegedUse.Operation::user).containsExactly("ana");
  }
}
