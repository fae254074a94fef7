package dev.lockstep.rules.attack;

import dev.lockstep.enrichment.file.NearestNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Static table of the ids and some names of the techniques of MITRE ATT&amp;CK. The ids are those
 * of version 18.1. Names are given for the techniques that rules about Azure logs use, and some of
 * the names are of version 19.
 *
 * <p>ATT&amp;CK gives each new technique the number after the last one, never a number in between.
 * So an id that is missing between those of version 18.1 does not exist, and a number beyond the
 * last one may be of a later version.
 */
public final class AttackTechniques {
  private static final int MOST_LATER_TECHNIQUES = 100;
  private static final int MOST_LATER_PARTS = 20;
  private static final int TECHNIQUE_END = 5;
  private static final int PART_END = 9;

  private static final Map<String, String> NAMES = names();
  private static final NavigableSet<String> IDS = ids();

  private AttackTechniques() {}

  private static Map<String, String> names() {
    Map<String, String> names = new HashMap<>();
    for (String line : lines("attack-techniques.csv").stream().skip(1).toList()) {
      int comma = line.indexOf(',');
      names.put(line.substring(0, comma), line.substring(comma + 1));
    }
    return names;
  }

  private static NavigableSet<String> ids() {
    TreeSet<String> ids = new TreeSet<>();
    lines("attack-ids.txt").stream().filter(line -> !line.startsWith("#")).forEach(ids::add);
    return ids;
  }

  private static List<String> lines(String resource) {
    try (InputStream in = AttackTechniques.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "the file " + resource + " is missing from Lockstep's own jar; install Lockstep again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("could not read " + resource + "; install Lockstep again", e);
    }
  }

  /** Returns the name of a technique, or an empty text if the table has no name for it. */
  public static String nameOf(String technique) {
    return NAMES.getOrDefault(technique, "");
  }

  /** Returns whether a text has the form of a technique's id, such as T1078 or T1078.004. */
  public static boolean isTechnique(String text) {
    int length = text.length();
    if ((length != TECHNIQUE_END && length != PART_END) || text.charAt(0) != 'T') {
      return false;
    }
    for (int i = 1; i < length; i++) {
      char c = text.charAt(i);
      if (i == TECHNIQUE_END ? c != '.' : c < '0' || c > '9') {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the technique's id that is spelled most like a text, or an empty text if none is
   * similar.
   */
  public static String nearestTo(String text) {
    return NearestNames.similarAmong(IDS, text);
  }

  /**
   * Returns whether a technique such as T1078.004 exists, or may exist in a later version of
   * ATT&amp;CK.
   *
   * @param technique text for which {@link #isTechnique} is true
   */
  public static boolean mayExist(String technique) {
    if (IDS.contains(technique) || NAMES.containsKey(technique)) {
      return true;
    }
    if (technique.length() == TECHNIQUE_END) { // ICS has numbers of its own, below T1000
      return isLater(technique, technique.substring(0, 2), 1, MOST_LATER_TECHNIQUES);
    }
    String parent = technique.substring(0, TECHNIQUE_END);
    return mayExist(parent) && isLater(technique, parent, TECHNIQUE_END + 1, MOST_LATER_PARTS);
  }

  /**
   * Returns whether an ATT&amp;CK id continues its series: its number exceeds the largest known one
   * by at most {@code most}. A series has the ids that begin with {@code series}. The largest known
   * number is that of version 18.1, or 0 if version 18.1 has none of the series.
   *
   * @param series beginning of the ids that are numbered together, such as T1 or T1078
   * @param from index of the number in the id
   */
  private static boolean isLater(String id, String series, int from, int most) {
    String next = IDS.higher(id);
    if (next != null && next.startsWith(series)) {
      return false;
    }
    String last = IDS.lower(id);
    int known =
        last != null && last.startsWith(series) && last.length() > from ? number(last, from) : 0;
    int later = number(id, from) - known;
    return later > 0 && later <= most;
  }

  private static int number(String id, int from) {
    return Integer.parseInt(id.substring(from, from == 1 ? TECHNIQUE_END : id.length()));
  }
}
