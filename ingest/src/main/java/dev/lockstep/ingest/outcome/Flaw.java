package dev.lockstep.ingest.outcome;

import java.util.Set;
import java.util.TreeSet;

/** Flaw of a record that is read all the same, such as a duplicate key. Flaws are counted. */
public enum Flaw {
  /**
   * JSON key for an id or an address that occurs twice in a record. The id is that of a principal,
   * token or event. The key has a value each time, and the last value counts.
   */
  DUPLICATE_KEY("duplicate-key", 1),

  /** Id that is not a GUID, although Entra writes a GUID there. */
  NOT_A_GUID("not-a-guid", 2),

  /** Field {@code deviceDetail} that is not an object. */
  BAD_DEVICE_DETAIL("bad-device-detail", 1 << 2),

  /**
   * Field {@code appliedConditionalAccessPolicies} that is neither an object nor a list. Items of a
   * list that are not objects are skipped without a flaw.
   */
  BAD_POLICIES("bad-policies", 1 << 3),

  /**
   * Sign-in whose {@code tokenProtectionStatusDetails} is not an object, or whose session status is
   * an object or a list.
   */
  BAD_SESSION_STATUS("bad-session-status", 1 << 4),

  /** Sign-in whose {@code agent} is not an object, or whose agent type is an object or a list. */
  BAD_AGENT("bad-agent", 1 << 5),

  /** Field of a workload's credential that is an object or a list. */
  BAD_CREDENTIAL("bad-credential", 1 << 6),

  /**
   * Call whose {@code lastError} has an unexpected JSON type. It is neither an object nor a list,
   * or has an object or a list as its source or reason.
   */
  BAD_LAST_ERROR("bad-last-error", 1 << 7),

  /**
   * Claim about an application that acts for a principal, with a value that cannot be read. The
   * claim is, for example, {@code azpacr}. Its value has to be a whole number, or a list or text
   * with whole numbers. {@code clientAuthMethod} of a call of Microsoft Graph counts as such a
   * claim.
   */
  BAD_DELEGATION("bad-delegation", 1 << 8),

  /** Start or end of a PIM role activation with a value that cannot be read as a time. */
  BAD_ACTIVATION_TIME("bad-activation-time", 1 << 9),

  /** PIM role activation that ends before it starts. */
  CONTRADICTING_TIMES("contradicting-times", 1 << 10),

  /** Change with more targets than are kept. */
  TOO_MANY_TARGETS("too-many-targets", 1 << 11),

  /**
   * Object or list in place of an address, or of the id of a principal, token or event. The value
   * counts as absent. A value of {@code initiatedBy} that is no object has this flaw too.
   */
  BAD_ID("bad-id", 1 << 12),

  /** Sign-in whose {@code location} or {@code geoCoordinates} is not an object. */
  BAD_LOCATION("bad-location", 1 << 13),

  /** Sign-in whose {@code status} is not an object. */
  BAD_STATUS("bad-status", 1 << 14),

  /** Field {@code properties} that is neither an object nor a text. */
  BAD_PROPERTIES("bad-properties", 1 << 15),

  /**
   * Call whose {@code traceRecords} cannot be read. They are no list of objects, or have a trace of
   * the source {@code lockstep} that holds no identity link.
   */
  BAD_TRACE("bad-trace", 1 << 16);

  final String word;
  public final int bit;

  Flaw(String word, int bit) {
    this.word = word;
    this.bit = bit;
  }

  /** Returns the names of the flaws whose bits are set in a number. */
  public static Set<String> words(int bits) {
    if (bits == 0) {
      return Set.of();
    }
    Set<String> words = new TreeSet<>();
    for (Flaw flaw : values()) {
      if ((bits & flaw.bit) != 0) {
        words.add(flaw.word);
      }
    }
    return words;
  }
}
