package dev.lockstep.ingest.record;

import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.Token;
import org.jspecify.annotations.Nullable;

/** Fields of a record's {@code identity}: the caller's claims and authorization. */
final class IdentityFields {
  private static final int BARE_GUID_CHARS = 32;

  /** True if an identity was read from the record, even if none of its fields is known. */
  boolean touched;

  final LinkFields claims = new LinkFields();

  /**
   * Key of the record's object id claim: {@code oid}, or a URI that ends in {@code
   * /objectidentifier}. If the record has both, it is the key that comes first. A value under the
   * other key counts only if this key has none.
   */
  @Nullable Key oidKey;

  /**
   * Key of the record's tenant id claim: {@code tid}, or the URI {@code
   * http://schemas.microsoft.com/identity/claims/tenantid}. If the record has both, it is the key
   * that comes first. A value under the other key counts only if this key has none.
   */
  @Nullable Key tidKey;

  @Nullable String upn;
  @Nullable String name;

  /** True if the claims hold a scope. */
  boolean scope;

  @Nullable String action;
  @Nullable String principalId;
  @Nullable String principalType;

  @Nullable Principal principal() {
    String id = claims.oid != null ? claims.oid : guid(principalId);
    id = id != null ? id : claims.appId();
    if (id == null) {
      return null;
    }
    boolean user = isUser() && (claims.oid != null || principalId != null);
    return ActivityMapper.principal(
        Scalars.lower(id),
        upn != null ? upn : name,
        user ? PrincipalTypes.USER : PrincipalTypes.WORKLOAD);
  }

  @Nullable Token token() {
    Token token = claims.token();
    if (token != null) {
      token.setAppOnly(!isUser());
    }
    return token;
  }

  boolean isUser() {
    if (claims.idtyp != null) {
      return !claims.appOnly();
    }
    if (hasUserClaims()) {
      return true;
    }
    return principalType != null && principalType.equalsIgnoreCase("User");
  }

  /** Returns whether the claims contain a UPN or a scope. An application's token has neither. */
  boolean hasUserClaims() {
    return upn != null || scope;
  }

  /**
   * Adds the dashes to a GUID that is written without them, and returns any other text, or null,
   * unchanged. Role assignments name a principal without dashes.
   */
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
