package dev.lockstep.detections.sigma;

import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.rules.attack.AttackTechniques;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Holder of the MITRE ATT&amp;CK tactics and techniques in the tags of one Sigma document. Tactics
 * are spelled as in Sentinel. Static methods check a single tag, for lint.
 *
 * <p>Tactics of versions 18 and 19 are known by name and by id. Words may be joined by dashes or
 * underscores.
 */
public final class AttackTags {
  private static final String NAMESPACE = "attack.";
  private static final Map<String, String> TACTICS = known();

  private final Set<String> tactics = new LinkedHashSet<>();
  private final Set<String> techniques = new LinkedHashSet<>();

  private AttackTags() {}

  private static Map<String, String> known() {
    Map<String, String> tactics = new LinkedHashMap<>();
    String[][] all = {
      {"reconnaissance", "ta0043", "Reconnaissance"},
      {"resource-development", "ta0042", "ResourceDevelopment"},
      {"initial-access", "ta0001", "InitialAccess"},
      {"execution", "ta0002", "Execution"},
      {"persistence", "ta0003", "Persistence"},
      {"privilege-escalation", "ta0004", "PrivilegeEscalation"},
      {"defense-evasion", "ta0005", "DefenseEvasion"},
      {"stealth", "ta0005", "DefenseEvasion"},
      {"defense-impairment", "ta0112", "DefenseEvasion"},
      {"credential-access", "ta0006", "CredentialAccess"},
      {"discovery", "ta0007", "Discovery"},
      {"lateral-movement", "ta0008", "LateralMovement"},
      {"collection", "ta0009", "Collection"},
      {"command-and-control", "ta0011", "CommandAndControl"},
      {"exfiltration", "ta0010", "Exfiltration"},
      {"impact", "ta0040", "Impact"},
    };
    for (String[] one : all) {
      tactics.put(one[0], one[2]);
      tactics.put(one[1], one[2]);
    }
    return tactics;
  }

  /** Returns the ATT&amp;CK tactics and techniques in the tags of a Sigma document. */
  public static AttackTags of(Header header) {
    AttackTags attack = new AttackTags();
    for (Header.Tag tag : header.tags()) {
      String word = tag.word().toLowerCase(Locale.ROOT).replace('_', '-');
      if (word.startsWith(NAMESPACE)) {
        attack.add(word.substring(NAMESPACE.length()));
      }
    }
    return attack;
  }

  private void add(String word) {
    String tactic = TACTICS.get(word);
    if (tactic != null) {
      tactics.add(tactic);
    } else if (isTechnique(word)) {
      techniques.add(word.toUpperCase(Locale.ROOT));
    }
  }

  /** Returns whether a lower-case word has the form of a technique's id, for example t1078.004. */
  static boolean isTechnique(String word) {
    return word.startsWith("t") && AttackTechniques.isTechnique(word.toUpperCase(Locale.ROOT));
  }

  /**
   * Returns whether a tag of MITRE ATT&amp;CK is unknown. It is unknown if it names no known
   * tactic, and does not have the form of the id of a technique or of another object. The result is
   * false for a tag of another namespace.
   */
  public static boolean isUnknown(String tag) {
    String word = tag.toLowerCase(Locale.ROOT).replace('_', '-');
    if (!word.startsWith(NAMESPACE)) {
      return false;
    }
    String name = word.substring(NAMESPACE.length());
    return !TACTICS.containsKey(name) && !isTechnique(name) && !isOtherObject(name);
  }

  /**
   * Returns the tag of a tactic that is most like an unknown ATT&amp;CK tag. The unknown tag is
   * compared with the names and ids of tactics. The result is an empty text if none is like it.
   */
  public static String nearestTo(String tag) {
    String name = tag.toLowerCase(Locale.ROOT).replace('_', '-').substring(NAMESPACE.length());
    String nearest = NearestNames.similarAmong(TACTICS.keySet(), name);
    return nearest.isEmpty() ? "" : NAMESPACE + nearest;
  }

  /**
   * Returns whether a tag names a technique that ATT&amp;CK does not have. A number that a later
   * version may give is accepted.
   */
  public static boolean isUnknownTechnique(String tag) {
    String word = tag.toLowerCase(Locale.ROOT);
    if (!word.startsWith(NAMESPACE)) {
      return false;
    }
    String id = word.substring(NAMESPACE.length());
    return isTechnique(id) && !AttackTechniques.mayExist(id.toUpperCase(Locale.ROOT));
  }

  /**
   * Returns whether a lower-case word has the form of the id of a group, software, data source,
   * mitigation, asset or campaign of ATT&amp;CK.
   */
  private static boolean isOtherObject(String word) {
    int letters = word.startsWith("ds") ? 2 : 1;
    return word.length() == letters + 4
        && (letters == 2 || "gsmac".indexOf(word.charAt(0)) >= 0)
        && word.chars().skip(letters).allMatch(c -> c >= '0' && c <= '9');
  }

  /** Returns the tactics, each once. */
  public List<String> tactics() {
    return new ArrayList<>(tactics);
  }

  /** Returns the ids of techniques, each once. */
  public List<String> techniques() {
    return new ArrayList<>(techniques);
  }
}
