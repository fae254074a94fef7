package dev.lockstep.detections.message;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Record of the latest call of a rule by one thread, and of whether the rule has returned. Another
 * thread may look at it from time to time, to find a rule that never returns. A call costs a few
 * writes to memory, and reads no clock.
 */
public final class OngoingCall {
  /**
   * Receiver of the objects in which threads record their calls of rules. By these objects the
   * receiver can look for rules that do not return.
   */
  public interface Receiver {
    /**
     * Receives the object in which one thread records its calls of rules. By default it is ignored.
     */
    default void calls(OngoingCall call) {}
  }

  /** Number of the latest call, which is odd until the rule returns. */
  private final AtomicLong number = new AtomicLong();

  private String rule = "";
  private String what = "";
  private Object of = "";
  private @Nullable Thread thread;
  private long seen;
  private int looks;

  /**
   * Records that this thread calls a rule.
   *
   * @param what what the rule is asked for, such as {@code judge}
   * @param of category of the event, or kind of the subject, that the rule is given
   */
  public void begins(String rule, String what, Object of) {
    this.rule = rule;
    this.what = what;
    this.of = of;
    thread = Thread.currentThread();
    number.setRelease((number.getPlain() + 1) | 1);
  }

  /** Records that the rule returned. */
  public void ends() {
    number.setRelease((number.getPlain() + 1) & ~1);
  }

  /**
   * Checks whether a rule is being called, and returns how many earlier checks found the same call.
   * The result is -1 if no rule is being called. Only one thread may check.
   */
  public int look() {
    long now = number.getAcquire();
    if (now % 2 == 0) {
      seen = now;
      return -1;
    }
    looks = now == seen ? looks + 1 : 0;
    seen = now;
    return looks;
  }

  /** Returns the id of the rule of the latest call. */
  public String rule() {
    return rule;
  }

  /**
   * Returns in words what the latest call asks of its rule, and where its thread is in the code.
   * The place is the innermost one in a class of a jar with rules, if there is one. It then has the
   * name of the jar.
   */
  public String place() {
    String asked = of.equals("") ? what : what + " (" + of + ")";
    Thread calling = thread;
    StackTraceElement[] places =
        calling == null ? new StackTraceElement[0] : calling.getStackTrace();
    for (StackTraceElement place : places) {
      String loader = place.getClassLoaderName();
      if (loader != null && !loader.equals("app") && !loader.equals("platform")) {
        return asked + ", now at " + place;
      }
    }
    return places.length == 0 ? asked : asked + ", now at " + places[0];
  }
}
