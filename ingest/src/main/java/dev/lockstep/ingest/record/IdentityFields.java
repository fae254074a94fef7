package dev.lockstep.ingest.record;

import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Token;
import org.jspecify.annotations.Nullable;

/** What the envelope's identity says of who did it: the claims, and by which role. */
final class IdentityFields {
  private static final int BARE_GUID_CHARS = 32;

  /** Whether anything was read at all. */
  boolean touched;

  final LinkFields claims = new LinkFields();

  /** The names under which the claims of who it is, and of which tenant, came first. */
  @Nullable Key oidKey;

  @Nullable Key tidKey;
  @Nullable String upn;
  @Nullable String name;
  @Nullable String scope;
  @Nullable String action;
  @Nullable String principalId;
  @Nullable String principalType;

  void clear() {
    touched = false;
    claims.clear();
    oidKey = null;
    tidKey = null;
    upn = null;
    name = null;
    scope = null;
    action = null;
    principalId = null;
    principalType = null;
  }

  /** Returns who it was, or null if nobody is named. */
  @Nullable Principal principal() {
    String id = claims.oid != null ? claims.oid : guid(principalId);
    id = id != null ? id : claims.appId();
    if (id == null) {
      return null;
    }
    boolean user = isUser() && (claims.oid != null || principalId != null);
    return ActivityMapper.principal(
        Scalars.lower(id), upn != null ? upn : name, user ? "user" : "workload");
  }

  /** Returns the token of the claims, or null if there are none. */
  @Nullable Token token() {
    Token token = claims.token();
    if (token != null) {
      token.setAppOnly(!isUser());
    }
    return token;
  }

  /** A user's token has a name or a scope; an application's has neither. */
  boolean isUser() {
    if (claims.idtyp != null) {
      return !claims.appOnly();
    }
    if (upn != null || scope != null) {
      return true;
    }
    return principalType != null && principalType.equalsIgnoreCase("User");
  }

  /** Role assignments name a principal without the dashes of its id. */
  private static @Nullable String guid(@Nullable String text) {
    if (text == null || text.length() != BARE_GUID_CHARS || text.indexOf('-') >= 0) {
      return text;
    }
    return text.substring(0, 8)
        + '-'
        + text.substring(8, 12)
        + '-'
        + text.substring(12, 16)
        + '-'
        + text.substring(16, 20)
        + '-'
        + text.substring(20);
  }
}
