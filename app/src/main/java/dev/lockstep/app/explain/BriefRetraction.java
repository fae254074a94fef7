package dev.lockstep.app.explain;

/** Short form of the description of a retracted finding, for lists of findings. */
public final class BriefRetraction {
  private static final String HELD_BACK = "Held back by exception ";
  private static final String UNTIL = ", until ";
  private static final String REASON = ": ";
  private static final String FORMER = " It said: ";

  private BriefRetraction() {}

  /**
   * Returns whether the description of a retracted finding says that an exception holds it back.
   */
  public static boolean isHeldBack(String description) {
    return description.startsWith(HELD_BACK);
  }

  /**
   * Returns the description of a retracted finding, cut off before it repeats what the finding said
   * earlier. If an exception holds the finding back, the exception's reason is cut off too. Any
   * other description is returned unchanged.
   */
  public static String of(String description) {
    if (isHeldBack(description)) {
      int until = description.indexOf(UNTIL);
      int reason = until < 0 ? -1 : description.indexOf(REASON, until);
      if (reason >= 0) {
        return description.substring(0, reason);
      }
    }
    int former = description.indexOf(FORMER);
    return former < 0 ? description : description.substring(0, former);
  }
}
