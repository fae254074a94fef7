package dev.lockstep.detections.oracle;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Delegation;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.Token;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A distinct sign-in or call, both halves of it together, and where it came from.
 *
 * @param token the claims that were validated, or those of a sign-in
 * @param claimed claims that nobody validated
 * @param from place and network, or null without a believable address
 */
record Observation(
    Activity event, @Nullable Token token, @Nullable Token claimed, @Nullable Location from) {

  long at() {
    return event.getEventAt();
  }

  long minute() {
    return Math.floorDiv(at(), 60_000L);
  }

  int day() {
    return (int) Math.floorDiv(at(), 86_400_000L);
  }

  boolean isCall() {
    return event.getKind() == ActivityKind.API_CALL;
  }

  boolean isSuccessfulSignIn() {
    return event.getKind() == ActivityKind.SIGN_IN && event.getStatus() == 0;
  }

  /** A response code is there and is none of the refusals. */
  boolean isAcceptedCall() {
    int status = event.getStatus();
    return isCall()
        && status >= 0
        && status != 401
        && status != 403
        && status != 407
        && status != 429;
  }

  /** The refusals that tell of an attempt. */
  boolean isRefusedCall() {
    return isCall() && (event.getStatus() == 401 || event.getStatus() == 403);
  }

  boolean isInteractive() {
    return event.getCategory().equals("SignInLogs");
  }

  boolean hasTrustedDevice() {
    return event.getDevice() != null
        && (event.getDevice().getManaged() || event.getDevice().getCompliant());
  }

  boolean sharesDeviceWith(Observation other) {
    return event.getDevice() != null
        && other.event.getDevice() != null
        && event.getDevice().getId() != null
        && !event.getDevice().getId().isEmpty()
        && event.getDevice().getId().equals(other.event.getDevice().getId());
  }

  /** Whether it is a user's, and an application or an agent did it for them. */
  boolean isOnBehalf() {
    if (event.getCategory().equals("NonInteractiveUserSignInLogs")) {
      SignIn said = event.getSignIn();
      Set<String> people = Set.of("none", "notagentic");
      return said != null
          && ((said.getCredential() != null
                  && !List.of("", "none").contains(word(said.getCredential().getType())))
              || !(word(said.getAgentType()).isEmpty()
                  || people.contains(word(said.getAgentType()))));
    }
    if (!isCall() || user() == null || token == null || token.getDelegation() == null) {
      return false;
    }
    Delegation link = token.getDelegation();
    boolean proven = List.of(1, 2).contains(link.getClientAuth());
    boolean graph = event.getCategory().equals("MicrosoftGraphActivityLogs");
    return proven
        || (!graph && (link.getActorFacets().contains(11) || link.getSubjectFacets().contains(13)));
  }

  private static String word(@Nullable String text) {
    return text == null ? "" : text.trim().toLowerCase(Locale.ROOT);
  }

  /** The user who was seen, or null: a user's sign-in, or a call with a user's object id. */
  @Nullable String user() {
    if (isCall()) {
      return token == null || token.getAppOnly() ? null : token.getOid();
    }
    Principal principal = event.getPrincipal();
    return principal != null && principal.getType().equals("user") ? principal.getId() : null;
  }

  /** The workload that was seen, or null. */
  @Nullable String workload() {
    if (isCall()) {
      return token == null || !token.getAppOnly()
          ? null
          : token.getOid() != null ? token.getOid() : token.getAppId();
    }
    Principal principal = event.getPrincipal();
    return principal != null && principal.getType().equals("workload") ? principal.getId() : null;
  }

  /**
   * Who it was: a user, a workload, or else, of a call, its subscription; null if nobody is known.
   */
  @Nullable String principal() {
    String named = named();
    return named == null && isCall() && event.getApi() != null
        ? event.getApi().getSubscription()
        : named;
  }

  /** Whether there are validated claims, and they name neither a user nor a workload. */
  boolean claimsNameNobody() {
    return isCall() && token != null && named() == null;
  }

  private @Nullable String named() {
    String user = user();
    return user == null ? workload() : user;
  }

  static String dayText(int day) {
    return LocalDate.ofEpochDay(day).toString();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(Instant.ofEpochMilli(at()).atOffset(ZoneOffset.UTC).toLocalDateTime());
    text.append(' ').append(event.getCategory()).append(' ').append(event.getEventId());
    text.append(" status=").append(event.getStatus());
    if (event.getPrincipal() != null) {
      text.append(" principal=").append(event.getPrincipal().getId());
      text.append('/').append(event.getPrincipal().getType());
    }
    text.append(" address=").append(event.getAddress());
    if (event.getSocketAddress() != null || event.getForwardedFor() != null) {
      text.append(" socket=").append(event.getSocketAddress());
      text.append(" xff=").append(event.getForwardedFor());
    }
    if (event.getLinkSocketAddress() != null || event.getLinkForwardedFor() != null) {
      text.append(" linkSocket=").append(event.getLinkSocketAddress());
      text.append(" linkXff=").append(event.getLinkForwardedFor());
    }
    if (event.getTrackingReference() != null) {
      text.append(" reference=").append(event.getTrackingReference());
    }
    if (event.getGeo() != null) {
      text.append(" geo=").append(event.getGeo());
    }
    if (event.getDevice() != null) {
      text.append(" device=").append(event.getDevice());
    }
    if (event.getSingleFactor()) {
      text.append(" singleFactor");
    }
    if (event.getApi() != null) {
      text.append(" subscription=").append(event.getApi().getSubscription());
      text.append(" product=").append(event.getApi().getProduct());
    }
    if (event.getToken() != null) {
      text.append(" token=").append(event.getToken());
    }
    if (event.getSignIn() != null) {
      text.append(" signIn=").append(event.getSignIn());
    }
    return text.append(" => ").append(from).toString();
  }
}
