package dev.lockstep.detections.explain;

import dev.lockstep.schemas.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Line of an explanation that sums up similar events of one principal from an address. The events
 * agree in partner, kind and outcome.
 *
 * @param principal principal, or null if the events name none
 * @param partner partner whose key the events carried, or null
 * @param event kind of the events in words, as in {@link UnusedEvents}
 * @param outcome outcome in words, as in {@link UnusedEvents}
 * @param tokens token ids of the events, at most 10
 * @param moreTokens number of further token ids
 */
public record AddressUse(
    @Nullable Principal principal,
    @Nullable String partner,
    String event,
    String outcome,
    long events,
    long firstAt,
    long lastAt,
    List<String> tokens,
    int moreTokens) {
  public AddressUse {
    tokens = List.copyOf(tokens);
  }
}
