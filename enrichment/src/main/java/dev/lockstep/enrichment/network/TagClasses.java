package dev.lockstep.enrichment.network;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Table of network classes by the name of an Azure service tag. The ranges of the tag get the
 * class. A name matches the tag of that name and each tag that continues the name after a dot, so
 * {@code AzureCloud} matches {@code AzureCloud.westeurope}. The longest matching name decides. Case
 * does not matter. Immutable.
 */
public final class TagClasses {

  /**
   * Default network classes of Azure service tags, by the name of the tag. Ranges of cloud machines
   * have the class hosting, whatever the service is called, because anyone may rent such machines.
   * Only services that call on behalf of a user and run no code of strangers are backends.
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
   * Network class that a name, such as {@code AzureCloud}, gives to the service tag of that name.
   * Tags that continue the name after a dot, such as {@code AzureCloud.westeurope}, have the class
   * too.
   *
   * @param name name as written
   * @param networkClass class; null leaves the matching tags out
   * @param chosen whether the operator chose the class; otherwise it is the default
   */
  record Entry(String name, @Nullable NetworkClass networkClass, boolean chosen) {}

  private TagClasses(Map<String, Entry> entries, List<String> only) {
    this.entries = entries;
    this.only = List.copyOf(only);
  }

  /**
   * Returns the default network classes of service tags. Front Door's ranges are trusted proxies,
   * some services that call on behalf of users are backends, and the ranges of {@code AzureCloud}
   * are hosting.
   */
  public static TagClasses usual() {
    Map<String, Entry> entries = new HashMap<>();
    USUAL.forEach(
        (name, networkClass) -> entries.put(folded(name), new Entry(name, networkClass, false)));
    return new TagClasses(entries, List.of());
  }

  /**
   * Returns a copy with another class for the service tag of this name. Tags that continue the name
   * after a dot, as {@code AzureCloud.westeurope} continues {@code AzureCloud}, get the class too.
   * A null class leaves these tags out. A longer name that has a class decides for its own tags.
   */
  public TagClasses with(String name, @Nullable NetworkClass networkClass) {
    Map<String, Entry> more = new HashMap<>(entries);
    more.put(folded(name), new Entry(name, networkClass, true));
    return new TagClasses(more, only);
  }

  /**
   * Returns a copy limited to the service tags of these names. Tags that continue one of the names
   * after a dot are included. If the list is empty, the copy has no limit.
   */
  public TagClasses only(List<String> names) {
    return new TagClasses(entries, names);
  }

  List<String> chosen() {
    Map<String, String> names = new TreeMap<>();
    entries.values().stream()
        .filter(Entry::chosen)
        .forEach(entry -> names.put(folded(entry.name()), entry.name()));
    only.forEach(name -> names.put(folded(name), name));
    return List.copyOf(names.values());
  }

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

  /**
   * Returns whether a service tag has a given name, or continues that name after a dot. For
   * example, {@code Storage.WestEurope} continues {@code Storage}. Case does not matter.
   */
  static boolean means(String name, String tag) {
    return tag.regionMatches(true, 0, name, 0, name.length())
        && (tag.length() == name.length() || tag.charAt(name.length()) == '.');
  }

  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
