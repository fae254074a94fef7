package dev.lockstep.app.explain;

import dev.lockstep.schemas.GateChecked;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reason why a run does not have a finding: what became of the events that the finding cites.
 *
 * @param outcome word for programs: {@code suppressed}, {@code passed}, {@code fires}, {@code
 *     withdrawn}, {@code left-out}, {@code not-compared}, {@code not-kept}, {@code off}, {@code
 *     unseen}, {@code failed} or {@code not-examined}
 * @param by gates that suppressed, for {@code suppressed} and {@code left-out}; condition that
 *     decided, for {@code passed}; reason of the finding, for {@code fires} and {@code withdrawn};
 *     otherwise empty
 * @param text sentence for people
 * @param finding id of another finding that has the events, or null
 * @param gates checked gates with their numbers, in order
 */
public record GoneReason(
    String outcome,
    List<String> by,
    String text,
    @Nullable String finding,
    List<GateChecked> gates) {
  /**
   * Reason for a finding that was not examined because too many findings of the earlier run are
   * gone.
   */
  public static final GoneReason NOT_EXAMINED =
      of("not-examined", "this finding was not examined, because too many findings are gone");

  public GoneReason {
    by = List.copyOf(by);
    gates = List.copyOf(gates);
  }

  static GoneReason of(String outcome, String text) {
    return new GoneReason(outcome, List.of(), text, null, List.of());
  }

  /**
   * Returns a copy of this reason with its sentence and the gates' texts replaced, for example by
   * pseudonyms.
   */
  GoneReason shown(UnaryOperator<String> replace) {
    List<GateChecked> replaced = new ArrayList<>();
    for (GateChecked gate : gates) {
      Map<String, Object> numbers = new TreeMap<>();
      gate.getNumbers()
          .forEach(
              (name, value) ->
                  numbers.put(name, value instanceof String word ? replace.apply(word) : value));
      replaced.add(new GateChecked(gate.getGate(), gate.getVerdict(), numbers));
    }
    return new GoneReason(outcome, by, replace.apply(text), finding, replaced);
  }
}
