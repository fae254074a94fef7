package dev.lockstep.ingest.record;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.Key;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Parser of a record's field {@code identity}: the caller's claims and authorization, as an object
 * or as JSON within a text. The claims lie in {@code claims}, or in a vault's records in {@code
 * claim}. A plain text is a display name, which identifies nobody.
 */
final class IdentityParser {
  private static final int LEVELS = 3;

  private final JsonWalker walker;

  IdentityParser(JsonWalker walker) {
    this.walker = walker;
  }

  void read(JsonParser json, IdentityFields f) throws IOException {
    f.touched = true;
    walker.object(json, (key, value) -> take(key, value, f, Key.IDENTITY, 0));
  }

  void readPart(Key part, JsonParser json, IdentityFields f) throws IOException {
    f.touched = true;
    f.claims.ids.keepFirst();
    walker.object(json, (key, value) -> take(key, value, f, part, 1));
  }

  void readClaim(Key claim, JsonParser json, IdentityFields f) throws IOException {
    f.touched = true;
    f.claims.ids.keepFirst();
    take(claim, json, f, Key.CLAIM, 1);
  }

  /**
   * Reads the value of a key in {@code identity} or in an object within it.
   *
   * @param within key of the object that has {@code key}; in {@code claims}, {@code scope} is a
   *     claim, but in {@code authorization} it is an Azure resource
   */
  private void take(Key key, JsonParser json, IdentityFields f, Key within, int level)
      throws IOException {
    Key meant = key == Key.OTHER ? claim(json.currentName()) : key;
    switch (meant) {
      case CLAIM, CLAIMS, CLAIM_NAMESPACE, AUTHORIZATION, EVIDENCE -> {
        if (level < LEVELS) {
          walker.object(json, (of, value) -> take(of, value, f, meant, level + 1));
        } else {
          json.skipChildren();
        }
      }
      case OBJECT_ID_CLAIM, OID -> {
        f.oidKey = f.oidKey == null ? meant : f.oidKey;
        f.claims.oid = claim(f.oidKey == meant, f.claims.oid, json, f.claims.ids);
      }
      case TENANT_ID_CLAIM, TID -> {
        f.tidKey = f.tidKey == null ? key : f.tidKey;
        f.claims.tid = claim(f.tidKey == key, f.claims.tid, json, f.claims.ids);
      }
      case UPN, UPN_CLAIM -> f.upn = Scalars.first(f.upn, json);
      case UNIQUE_NAME, NAME, NAME_CLAIM, EMAIL_CLAIM -> f.name = Scalars.first(f.name, json);
      case SCP, SCOPE_CLAIM -> f.scope |= hasContent(json);
      case SCOPE -> {
        if (within == Key.CLAIM || within == Key.CLAIMS) {
          f.scope |= hasContent(json);
        } else {
          json.skipChildren();
        }
      }
      case ACTION -> f.action = Scalars.label(f.action, json);
      case PRINCIPAL_ID -> f.principalId = Scalars.firstId(f.principalId, json);
      case PRINCIPAL_TYPE -> f.principalType = Scalars.first(f.principalType, json);
      default -> {
        if (!f.claims.take(meant, json)) {
          json.skipChildren();
        }
      }
    }
  }

  private static Key claim(String name) {
    if (endsWith(name, "/upn")) {
      return Key.UPN_CLAIM;
    } else if (endsWith(name, "/scope")) {
      return Key.SCOPE_CLAIM;
    }
    return endsWith(name, "/objectidentifier") || name.equalsIgnoreCase("objectidentifier")
        ? Key.OBJECT_ID_CLAIM
        : Key.OTHER;
  }

  private static boolean endsWith(String name, String end) {
    return name.regionMatches(true, name.length() - end.length(), end, 0, end.length());
  }

  private static boolean hasContent(JsonParser json) throws IOException {
    return json.currentToken().isStructStart()
        ? Scalars.skippedContent(json)
        : Scalars.text(json) != null;
  }

  /**
   * Returns the value of a claim that has a long and a short name, or null if no value was read
   * under either name so far. The value of the name that comes first in the record has precedence.
   * The value of the other name is read only if there is no earlier value.
   *
   * @param counts whether the name at the parser is the name that comes first in the record
   * @param earlier value that was read before under either name, or null
   */
  private static @Nullable String claim(
      boolean counts, @Nullable String earlier, JsonParser json, IdReader ids) throws IOException {
    if (!counts && earlier != null) {
      json.skipChildren();
      return earlier;
    }
    return ids.lastGuid(earlier, json);
  }
}
