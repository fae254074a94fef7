package dev.lockstep.enrichment.partner;

import dev.lockstep.enrichment.address.Cidr;
import dev.lockstep.enrichment.file.FileProblem;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.file.Values;
import dev.lockstep.enrichment.file.Wording;
import dev.lockstep.enrichment.file.YamlFile;
import dev.lockstep.enrichment.network.KnownNetwork;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Parser of a partner registry, which stops at the first mistake. */
public final class PartnersFile {

  static final String KIND = "partners";

  private static final List<String> TOP = List.of("partners");
  private static final List<String> PARTNER =
      List.of(
          "id", "name", "subscriptions", "products", "apps", "cidrs", "networks", "changeWindows");
  private static final List<String> WINDOW = List.of("from", "to", "note");
  private static final String TIME_MEND =
      "write it as 2026-11-10T00:00:00Z, or 2026-11-10 for the start of that day in UTC";

  private final YamlFile yaml;
  private final Map<String, Owner> ids = new HashMap<>();

  private record Owner(String partner, long line) {}

  private PartnersFile(YamlFile yaml) {
    this.yaml = yaml;
  }

  public static Partners parse(String file, String text) throws FileProblem {
    return new PartnersFile(new YamlFile(KIND, file)).read(text);
  }

  private Partners read(String text) throws FileProblem {
    Node root = yaml.compose(TextFile.withoutMark(text));
    if (root == null) {
      throw yaml.at(1, "holds no partners", "begin it with partners: and list them below");
    }
    Map<String, Node> top = yaml.mapping(root, "the file", TOP);
    Node list = top.get("partners");
    if (list == null) {
      throw yaml.at(root, "has no key partners", "begin it with partners: and list them below");
    }
    List<Partner> partners = new ArrayList<>();
    for (Node node : yaml.sequence(list, "partners")) {
      partners.add(partner(node));
    }
    return new Partners(partners);
  }

  private Partner partner(Node node) throws FileProblem {
    Map<String, Node> keys = yaml.mapping(node, "a partner", PARTNER);
    String id = text(keys, "id");
    if (id == null) {
      throw yaml.at(node, "partner without an id", "add a line such as id: fabrikam");
    }
    claim("id", id, id, keys.getOrDefault("id", node));
    String name = text(keys, "name");
    return new Partner(
        id,
        name == null ? id : name,
        claimed(keys, "subscriptions", id),
        claimed(keys, "products", id),
        claimed(keys, "apps", id),
        cidrs(keys),
        networks(keys),
        changeWindows(keys));
  }

  private @Nullable String text(Map<String, Node> keys, String key) throws FileProblem {
    Node node = keys.get(key);
    return node == null ? null : yaml.text(node, key);
  }

  private List<Node> items(Map<String, Node> keys, String key) throws FileProblem {
    Node node = keys.get(key);
    return node == null ? List.of() : yaml.sequence(node, key);
  }

  private String item(Node node, String key) throws FileProblem {
    String text = yaml.text(node, key);
    if (text == null) {
      throw yaml.at(node, "empty entry in " + key, "remove it, or write what it should be");
    }
    return text;
  }

  private List<String> claimed(Map<String, Node> keys, String key, String partner)
      throws FileProblem {
    List<String> mine = new ArrayList<>();
    for (Node node : items(keys, key)) {
      String id = item(node, key);
      if (claim(key, id, partner, node)) {
        mine.add(id);
      }
    }
    return mine;
  }

  /**
   * Returns whether a partner newly claims an id; an id that another partner has is a mistake in
   * the file.
   */
  private boolean claim(String kind, String id, String partner, Node node) throws FileProblem {
    Owner owner =
        ids.putIfAbsent(kind + ":" + Partners.key(id), new Owner(partner, YamlFile.line(node)));
    if (owner == null) {
      return true;
    }
    if (kind.equals("id")) {
      throw yaml.at(
          node,
          "id " + Wording.quote(id) + " again, after line " + owner.line(),
          "give each partner an id of its own");
    }
    if (!owner.partner().equals(partner)) {
      throw yaml.at(
          node,
          Wording.quote(id)
              + " in "
              + kind
              + " again, after line "
              + owner.line()
              + " (partner "
              + Wording.quote(owner.partner())
              + ")",
          "leave it to one of the two partners");
    }
    return false;
  }

  private List<String> cidrs(Map<String, Node> keys) throws FileProblem {
    List<String> cidrs = new ArrayList<>();
    for (Node node : items(keys, "cidrs")) {
      String text = item(node, "cidrs");
      Cidr cidr = Cidr.parse(text);
      if (cidr.range() == null) {
        throw yaml.at(node, "bad cidr " + Wording.quote(text), cidr.fix());
      }
      cidrs.add(text);
    }
    return cidrs;
  }

  private List<KnownNetwork> networks(Map<String, Node> keys) throws FileProblem {
    List<KnownNetwork> networks = new ArrayList<>();
    for (Node node : items(keys, "networks")) {
      String text = item(node, "networks");
      KnownNetwork network = KnownNetwork.parse(text);
      if (network == null) {
        throw yaml.at(
            node,
            "bad network " + Wording.quote(text),
            "write it as AS64500/DE, or AS64500 for any country");
      }
      networks.add(network);
    }
    return networks;
  }

  private List<ChangeWindow> changeWindows(Map<String, Node> keys) throws FileProblem {
    List<ChangeWindow> windows = new ArrayList<>();
    for (Node node : items(keys, "changeWindows")) {
      Map<String, Node> window = yaml.mapping(node, "a change window", WINDOW);
      long from = time(window, "from", node);
      long to = time(window, "to", node);
      if (to <= from) {
        throw yaml.at(
            window.getOrDefault("to", node),
            "change window that ends before it begins",
            "write a time later than from; the window ends just before it");
      }
      windows.add(new ChangeWindow(from, to, text(window, "note")));
    }
    return windows;
  }

  private long time(Map<String, Node> window, String key, Node whole) throws FileProblem {
    String text = text(window, key);
    if (text == null) {
      throw yaml.at(whole, "change window without " + key, TIME_MEND);
    }
    try {
      return Values.time(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw yaml.at(window.getOrDefault(key, whole), "bad time " + Wording.quote(text), TIME_MEND);
    }
  }
}
