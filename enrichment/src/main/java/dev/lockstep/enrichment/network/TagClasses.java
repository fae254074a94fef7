package dev.lockstep.enrichment.network;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which class the ranges of an Azure service tag get. A name means its tag and those below it, as
 * {@code AzureCloud} means {@code AzureCloud.westeurope}; the longest name that means a tag
 * decides. Capitals do not matter. Immutable.
 */
public final class TagClasses {

  /**
   * What comes from a cloud's machines is hosting: anyone may rent them, whatever the service is
   * called. Backend are only services that call for a user and that do not run what strangers
   * wrote.
   */
  private static final Map<String, NetworkClass> USUAL =
      Map.of(
          "AzureFrontDoor.Backend", NetworkClass.TRUSTED_PROXY,
          "AzureActiveDirectory", NetworkClass.BACKEND,
          "M365ManagementActivityApi", NetworkClass.BACKEND,
          "MicrosoftCloudAppSecurity", NetworkClass.BACKEND,
          "PowerBI", NetworkClass.BACKEND,
          "AzureCloud", NetworkClass.HOSTING);

  private final Map<String, Entry> entries;
  private final List<String> only;

  /**
   * What a name means.
   *
   * @param name as it was written
   * @param networkClass null leaves its tags out
   * @param chosen whether the operator said so
   */
  record Entry(String name, @Nullable NetworkClass networkClass, boolean chosen) {}

  private TagClasses(Map<String, Entry> entries, List<String> only) {
    this.entries = entries;
    this.only = List.copyOf(only);
  }

  /** Returns the usual classes: Front Door, some services that call for users, and the cloud. */
  public static TagClasses usual() {
    Map<String, Entry> entries = new HashMap<>();
    USUAL.forEach(
        (name, networkClass) -> entries.put(folded(name), new Entry(name, networkClass, false)));
    return new TagClasses(entries, List.of());
  }

  /** Returns these with another class for a name; null leaves its tags out. */
  public TagClasses with(String name, @Nullable NetworkClass networkClass) {
    Map<String, Entry> more = new HashMap<>(entries);
    more.put(folded(name), new Entry(name, networkClass, true));
    return new TagClasses(more, only);
  }

  /** Returns these for the tags that some names mean, all others left out. */
  public TagClasses only(List<String> names) {
    return new TagClasses(entries, names);
  }

  /** Returns the names that were chosen by the operator, each once, sorted. */
  List<String> chosen() {
    Map<String, String> names = new TreeMap<>();
    entries.values().stream()
        .filter(Entry::chosen)
        .forEach(entry -> names.put(folded(entry.name()), entry.name()));
    only.forEach(name -> names.put(folded(name), name));
    return List.copyOf(names.values());
  }

  /** Returns what a tag gets, or null if it is left out. */
  @Nullable Entry of(String tag) {
    if (!only.isEmpty() && only.stream().noneMatch(name -> means(name, tag))) {
      return null;
    }
    String name = folded(tag);
    while (true) {
      Entry entry = entries.get(name);
      if (entry != null) {
        return entry.networkClass() == null ? null : entry;
      }
      int dot = name.lastIndexOf('.');
      if (dot < 0) {
        return null;
      }
      name = name.substring(0, dot);
    }
  }

  /** Returns whether a name means a tag. */
  static boolean means(String name, String tag) {
    return tag.regionMatches(true, 0, name, 0, name.length())
        && (tag.length() == name.length() || tag.charAt(name.length()) == '.');
  }

  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
