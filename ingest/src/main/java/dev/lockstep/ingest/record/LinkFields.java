package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.ingest.text.TokenIds;
import dev.lockstep.schemas.Token;
import dev.lockstep.schemas.text.Timestamps;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Fields of an identity link: the claims of a call's token, and the addresses that the gateway saw.
 * A separate message and a trace in the record have the same keys. {@link CallMapper} maps them.
 */
final class LinkFields {
  /** True if {@link #take} got any known key, even a key that identity links do not have. */
  boolean touched;

  final IdReader ids = new IdReader();
  boolean versioned;
  @Nullable String uti;
  @Nullable String sid;
  @Nullable String oid;
  @Nullable String tid;
  @Nullable String appId;
  @Nullable String azp;
  @Nullable String idtyp;
  @Nullable String issued;
  @Nullable String expires;
  @Nullable String socketIp;
  @Nullable String xff;
  @Nullable String userAgent;
  boolean refused;
  private final DelegationFields delegation = new DelegationFields();

  boolean take(Key key, JsonParser json) throws IOException {
    touched |= key != Key.OTHER;
    switch (key) {
      case V -> versioned |= Scalars.text(json) != null;
      case UTI -> uti = ids.last(uti, json);
      case SID -> sid = ids.last(sid, json);
      case OID -> oid = ids.lastGuid(oid, json);
      case TID -> tid = ids.lastGuid(tid, json);
      case APP_ID -> appId = ids.lastGuid(appId, json);
      case AZP -> azp = ids.lastGuid(azp, json);
      case IDTYP -> idtyp = Scalars.first(idtyp, json);
      case IAT -> issued = Scalars.first(issued, json);
      case EXP -> expires = Scalars.first(expires, json);
      case SOCKET_IP -> socketIp = ids.last(socketIp, json);
      case USER_AGENT -> userAgent = Scalars.label(userAgent, json);
      case XFF -> {
        String text = RequestHeaders.value(json);
        xff = xff == null && text != null ? RequestHeaders.nearest(text) : xff;
      }
      case VALIDATED -> takeValidated(json);
      default -> {
        return delegation.take(key, json, ids);
      }
    }
    return true;
  }

  private void takeValidated(JsonParser json) throws IOException {
    // A value that is present and not true counts as false, so that unchecked claims do not pass.
    if (json.currentToken().isStructStart()) {
      refused |= Scalars.skippedContent(json);
    } else {
      String text = Scalars.text(json);
      refused |= text != null && !Scalars.isTrue(text);
    }
  }

  boolean isPresent() {
    return versioned || hasContent();
  }

  boolean hasContent() {
    return hasClaims() || socketIp != null || xff != null;
  }

  boolean hasClaims() {
    return uti != null || sid != null || oid != null || tid != null || appId() != null;
  }

  /**
   * Returns the id of the application that the token was issued to. It is the claim {@code appid}
   * or, without that claim, the claim {@code azp}. Entra's v1.0 tokens have {@code appid} and its
   * v2.0 tokens {@code azp}. The result is null if the link has neither.
   */
  @Nullable String appId() {
    return appId != null ? appId : azp;
  }

  boolean appOnly() {
    return idtyp != null && idtyp.equalsIgnoreCase("app");
  }

  /**
   * Returns the time at which the token was issued, in milliseconds since 1970, or 0 if it is
   * unknown.
   */
  long issuedAt() {
    return millis(issued);
  }

  /**
   * Returns a time in milliseconds since 1970. The text has it in seconds since 1970 or, from some
   * gateways, in milliseconds. A fraction of a second counts, to the millisecond. The result is 0
   * for a text that is neither.
   */
  private static long millis(@Nullable String text) {
    long number = Scalars.digits(text, Timestamps.LAST_SECOND * 1000);
    if (number >= 0) {
      return number <= Timestamps.LAST_SECOND ? number * 1000 : number;
    }
    double decimal = Scalars.decimal(text);
    if (!(decimal >= 0 && decimal <= Timestamps.LAST_SECOND * 1000.0)) {
      return 0;
    }
    return Math.round(decimal <= Timestamps.LAST_SECOND ? decimal * 1000 : decimal);
  }

  @Nullable Token token() {
    if (!hasClaims()) {
      return null;
    }
    Token token = new Token();
    token.setUti(TokenIds.known(uti));
    token.setSid(sid);
    token.setOid(oid);
    token.setTid(tid);
    token.setAppId(appId());
    token.setAppOnly(appOnly());
    long issuedAt = issuedAt();
    if (issuedAt > 0) {
      token.setIssuedAt(issuedAt);
    }
    long expiresAt = millis(expires);
    if (expiresAt > 0) {
      token.setExpiresAt(expiresAt);
    }
    token.setValidated(!refused);
    token.setDelegation(delegation.delegation(azp, appId));
    return token;
  }
}
