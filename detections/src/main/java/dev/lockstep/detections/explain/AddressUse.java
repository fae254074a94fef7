package dev.lockstep.detections.explain;

import dev.lockstep.schemas.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events of one principal from an address.
 *
 * @param principal null if they name none
 * @param partner whose key they carried, null for none
 * @param event {@code sign-in} or {@code call}
 * @param outcome {@code successful}, {@code failed}, {@code accepted} or {@code refused}
 * @param tokens their tokens, at most 10
 * @param moreTokens how many tokens more
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
  /** Copies. */
  public AddressUse {
    tokens = List.copyOf(tokens);
  }
}
