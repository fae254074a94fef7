package dev.lockstep.rules;

import dev.lockstep.schemas.GateChecked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gates that were checked, in the order of a rule: once one decides, the rest is not reached. */
public final class Gates {
  /** Verdict of a gate that let pass. */
  public static final String PASSED = "passed";

  /** Verdict of a gate that kept something from firing. */
  public static final String SUPPRESSED = "suppressed";

  /** Verdict of the condition that fired. */
  public static final String FIRES = "fires";

  /** Verdict of what made a severity higher. */
  public static final String RAISED = "raised";

  /** Verdict of what made a severity lower. */
  public static final String LOWERED = "lowered";

  /** Verdict of a gate behind the one that decided. */
  public static final String NOT_REACHED = "not reached";

  private final List<GateChecked> checked = new ArrayList<>();
  private boolean decided;

  /**
   * Makes a gate.
   *
   * @param numbers names and values by turns: {@code Double}, {@code Boolean} or {@code String}
   */
  public static GateChecked checked(String name, String verdict, Object... numbers) {
    Map<String, Object> named = new HashMap<>();
    for (int i = 0; i < numbers.length; i += 2) {
      named.put((String) numbers[i], numbers[i + 1]);
    }
    return new GateChecked(name, verdict, named);
  }

  /** Adds a gate that does not decide. */
  public Gates passes(String name, Object... numbers) {
    checked.add(checked(name, decided ? NOT_REACHED : PASSED, numbers));
    return this;
  }

  /** Adds a gate that decides if a condition holds and no other has decided. */
  public Gates decides(String name, boolean condition, String verdict, Object... numbers) {
    String found = decided ? NOT_REACHED : condition ? verdict : PASSED;
    checked.add(checked(name, found, numbers));
    decided |= condition;
    return this;
  }

  /** Adds a gate with its verdict, whatever has decided. */
  public Gates adds(String name, String verdict, Object... numbers) {
    checked.add(checked(name, verdict, numbers));
    return this;
  }

  /** Returns the gates. */
  public List<GateChecked> list() {
    return checked;
  }
}
