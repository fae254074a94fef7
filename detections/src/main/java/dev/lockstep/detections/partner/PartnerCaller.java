package dev.lockstep.detections.partner;

import dev.lockstep.rules.Seen;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Caller with a partner's key: its principal, or null if only its address is known. A fact keeps a
 * caller as one text of the set {@code callers}.
 *
 * @param minute minute of the day of its first call
 */
record PartnerCaller(@Nullable Principal principal, int minute) {
  /**
   * Order of callers. The first caller gives the finding its principal. Callers with a known
   * principal go before others, then earlier minutes before later ones. Within one minute a caller
   * with claims goes before one with only a key, and then the smaller id goes first.
   */
  static final Comparator<PartnerCaller> BY_TIME =
      Comparator.comparing((PartnerCaller partnerCaller) -> partnerCaller.principal == null)
          .thenComparingInt(PartnerCaller::minute)
          .thenComparing(PartnerCaller::isSubscription)
          .thenComparing(
              partnerCaller ->
                  partnerCaller.principal == null ? "" : partnerCaller.principal.getId());

  private static final char END = '\n';

  static String member(String address, @Nullable Principal principal) {
    if (principal == null) {
      return address + END;
    }
    String id = principal.getId();
    String name = principal.getName();
    return address
        + END
        + principal.getType()
        + END
        + id.length()
        + END
        + id
        + (name == null ? "" : END + name);
  }

  static PartnerCaller of(Seen member) {
    String text = member.text();
    int type = text.indexOf(END) + 1;
    int length = text.indexOf(END, type) + 1;
    if (length == 0) {
      return new PartnerCaller(null, member.firstMinute());
    }
    int id = text.indexOf(END, length) + 1;
    int name = Math.min(text.length(), id + Integer.parseInt(text, length, id - 1, 10));
    return new PartnerCaller(
        new Principal(
            text.substring(id, name),
            name < text.length() ? text.substring(name + 1) : null,
            text.substring(type, length - 1)),
        member.firstMinute());
  }

  static boolean isMember(String text) {
    return text.indexOf(END) >= 0;
  }

  static String shown(String member) {
    String address = member.substring(0, member.indexOf(END));
    Principal principal = of(new Seen(member, 0, 0)).principal();
    return principal == null
        ? address
        : address
            + " ("
            + principal.getType()
            + " "
            + (principal.getName() == null ? principal.getId() : principal.getName())
            + ")";
  }

  private boolean isSubscription() {
    return principal != null && PrincipalTypes.isSubscription(principal);
  }
}
