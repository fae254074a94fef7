package dev.lockstep.enrichment.partner;

import dev.lockstep.enrichment.file.FileAndFolder;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.FileWarning;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.file.YamlText;
import dev.lockstep.enrichment.network.NamedNetwork;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Registry of partners, which finds a call's partner by subscription, product or application. Ids
 * are compared without regard to case and surrounding space. Immutable.
 */
public final class Partners {

  private static final Partners NONE = new Partners(List.of(), List.of());

  private final List<Partner> all;
  private final Map<String, Partner> byId = new HashMap<>();
  private final Map<String, Partner> bySubscription;
  private final Map<String, Partner> byProduct;
  private final Map<String, Partner> byApp;
  private final List<FileWarning> warnings;

  Partners(List<Partner> all, List<FileWarning> warnings) {
    this.all = List.copyOf(all);
    this.warnings = List.copyOf(warnings);
    for (Partner partner : all) {
      byId.put(key(partner.id()), partner);
    }
    this.bySubscription = index(all, Partner::subscriptions);
    this.byProduct = index(all, Partner::products);
    this.byApp = index(all, Partner::apps);
  }

  private static Map<String, Partner> index(
      List<Partner> partners, Function<Partner, List<String>> ids) {
    Map<String, Partner> index = new HashMap<>();
    for (Partner partner : partners) {
      for (String id : ids.apply(partner)) {
        index.put(key(id), partner);
      }
    }
    return index;
  }

  public static String key(String id) {
    return id.strip().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the partner registry from a file and the folder beside it, or from a folder alone. The
   * folder beside {@code partners.yaml} is {@code partners.d}. If only one of file and folder
   * exists, it is read alone. Of a folder, the YAML files are read. All files are in UTF-8.
   *
   * @param configured folder, or file that is read together with the folder beside it
   * @throws FileProblemException if a file cannot be read, a line is wrong, or two files define one
   *     partner
   */
  public static Partners read(Path configured) throws FileProblemException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Path file : FileAndFolder.of(configured).files(PartnersFile.KIND)) {
      texts.put(file.toString(), TextFile.read(PartnersFile.KIND, file));
    }
    return PartnersFile.parse(texts);
  }

  /**
   * Returns the text of an additional registry file that adds one network to a partner. A range is
   * added to the declared ranges, any other network to the known networks.
   */
  public static String addition(String partnerId, NamedNetwork network, String note) {
    return """
    additions:
      - partner: %s
        %s: [%s]
        note: %s
    """
        .formatted(
            YamlText.scalar(partnerId),
            network.isRange() ? "cidrs" : "networks",
            YamlText.scalar(network.toString()),
            YamlText.scalar(note));
  }

  /** Returns a registry of partners. No two partners may share an id; this is not checked. */
  public static Partners of(List<Partner> all) {
    return all.isEmpty() ? NONE : new Partners(all, List.of());
  }

  /** Returns a registry without partners. */
  public static Partners none() {
    return NONE;
  }

  /** Returns a warning about each application id in the registry's files that is no GUID. */
  public List<FileWarning> warnings() {
    return warnings;
  }

  /** Returns whether no registry is configured. */
  public boolean isNone() {
    return this == NONE;
  }

  /**
   * Returns the partner that made a call, or null if no partner matches. The subscription decides,
   * else the product, else the application.
   */
  public @Nullable Partner of(
      @Nullable String subscription, @Nullable String product, @Nullable String app) {
    Partner partner = find(bySubscription, subscription);
    if (partner == null) {
      partner = find(byProduct, product);
    }
    return partner != null ? partner : find(byApp, app);
  }

  /** Returns the partner with the given id, or null if there is none. */
  public @Nullable Partner byId(String id) {
    return find(byId, id);
  }

  private static @Nullable Partner find(Map<String, Partner> index, @Nullable String id) {
    return id == null || index.isEmpty() ? null : index.get(key(id));
  }

  /** Returns all partners in the order of the registry's files. */
  public Collection<Partner> all() {
    return all;
  }
}
