package dev.lockstep.enrichment.partner;

import dev.lockstep.enrichment.file.FileProblem;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.network.NamedNetwork;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Partner registry, in which ids are compared without regard to case. Immutable. */
public final class Partners {

  private static final Partners NONE = new Partners(List.of());

  private final List<Partner> all;
  private final Map<String, Partner> byId = new HashMap<>();
  private final Map<String, Partner> bySubscription;
  private final Map<String, Partner> byProduct;
  private final Map<String, Partner> byApp;

  Partners(List<Partner> all) {
    this.all = List.copyOf(all);
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
   * Reads a partner registry, which is YAML in UTF-8.
   *
   * @throws FileProblem if the file cannot be read or one of its lines is wrong
   */
  public static Partners read(Path file) throws FileProblem {
    return PartnersFile.parse(file.toString(), TextFile.read(PartnersFile.KIND, file));
  }

  /**
   * Returns the text of a registry with a network added to a partner. A range is added to the
   * declared ranges, any other network to the known ones. The rest of the text stays; the whole
   * text stays if the partner has the network.
   *
   * @param fileName name for messages
   * @throws FileProblem if the text is wrong, has no such partner, or has a layout in which nothing
   *     can be added safely
   */
  public static String add(String fileName, String text, String partnerId, NamedNetwork network)
      throws FileProblem {
    return PartnersEdit.add(fileName, text, partnerId, network);
  }

  /** Returns a registry without partners. */
  public static Partners none() {
    return NONE;
  }

  /** Returns whether no registry is configured. */
  public boolean isNone() {
    return this == NONE;
  }

  /**
   * Returns the partner of a call by its subscription, else its product, else its application; null
   * if none matches.
   */
  public @Nullable Partner of(
      @Nullable String subscription, @Nullable String product, @Nullable String app) {
    Partner partner = find(bySubscription, subscription);
    if (partner == null) {
      partner = find(byProduct, product);
    }
    return partner != null ? partner : find(byApp, app);
  }

  /** Returns the partner with an id, or null. */
  public @Nullable Partner byId(String id) {
    return find(byId, id);
  }

  private static @Nullable Partner find(Map<String, Partner> index, @Nullable String id) {
    return id == null || index.isEmpty() ? null : index.get(key(id));
  }

  /** Returns all partners in the order of the file. */
  public Collection<Partner> all() {
    return all;
  }
}
