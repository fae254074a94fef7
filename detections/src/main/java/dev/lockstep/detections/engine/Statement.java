package dev.lockstep.detections.engine;

import dev.lockstep.rules.FactKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Statement of a rule: a fact that one event means for a subject.
 *
 * @param rule by its place among the rules
 * @param kind of fact
 * @param values of the kind's fields in their order: {@code Boolean}, {@code Long} or {@code
 *     String}; null is unset
 * @param members of the kind's sets in their order
 * @param rank how soon it goes where too many are kept, 0 to 7; 0 goes last
 * @param placed if the event's address is a part of it
 * @param owned if the event's principal is a part of it
 */
record Statement(
    int rule,
    FactKind kind,
    @Nullable Object[] values,
    List<List<String>> members,
    int rank,
    boolean placed,
    boolean owned) {}
