package dev.lockstep.detections;

import dev.lockstep.schemas.GateChecked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was checked, in the order in which a rule checks it: once one decides, none is reached. */
final class Gates {
  static final String PASSED = "passed";
  static final String QUIET = "quiet";
  static final String FIRES = "fires";
  static final String RAISED = "raised";
  static final String LOWERED = "lowered";
  static final String NOT_REACHED = "not reached";

  private final List<GateChecked> checked = new ArrayList<>();
  private boolean decided;

  /** Makes a gate from names and values by turns. */
  static GateChecked checked(String name, String verdict, Object... numbers) {
    Map<String, Object> named = new HashMap<>();
    for (int i = 0; i < numbers.length; i += 2) {
      named.put((String) numbers[i], numbers[i + 1]);
    }
    return new GateChecked(name, verdict, named);
  }

  /** Notes a gate that does not decide, if it is reached. */
  Gates passes(String name, Object... numbers) {
    checked.add(checked(name, decided ? NOT_REACHED : PASSED, numbers));
    return this;
  }

  /** Notes a gate that decides if a condition holds and no other has decided. */
  Gates decides(String name, boolean condition, String verdict, Object... numbers) {
    String found = decided ? NOT_REACHED : condition ? verdict : PASSED;
    checked.add(checked(name, found, numbers));
    decided |= condition;
    return this;
  }

  /** Notes what changes a severity. */
  Gates adjusts(String name, String verdict, Object... numbers) {
    checked.add(checked(name, verdict, numbers));
    return this;
  }

  List<GateChecked> list() {
    return checked;
  }
}
