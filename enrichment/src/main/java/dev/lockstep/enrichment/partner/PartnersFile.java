package dev.lockstep.enrichment.partner;

import dev.lockstep.enrichment.address.Cidr;
import dev.lockstep.enrichment.file.FilePlace;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.FileWarning;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.file.ValueParsers;
import dev.lockstep.enrichment.file.Wording;
import dev.lockstep.enrichment.file.YamlFile;
import dev.lockstep.enrichment.network.NamedSystem;
import dev.lockstep.schemas.text.ComparableText;
import dev.lockstep.schemas.text.Guid;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Parser of one file of a partner registry. It stops at the first mistake. */
public final class PartnersFile {

  static final String KIND = "partners";

  private static final List<String> TOP = List.of("partners", "additions");
  private static final List<String> ADDITION = List.of("partner", "cidrs", "networks", "note");
  private static final List<String> PARTNER =
      List.of(
          "id", "name", "subscriptions", "products", "apps", "cidrs", "networks", "changeWindows");
  private static final List<String> WINDOW = List.of("from", "to", "note");
  private static final String TIME_FIX =
      "write the time as 2026-11-10T00:00:00Z, or as 2026-11-10 for the start of that day in UTC";

  private final String file;
  private final YamlFile yaml;
  private final Context context;

  /** Partner that lists an id, with the file and line of this id. */
  private record Owner(String partner, FilePlace place) {}

  /**
   * Partners of the registry files read so far, and the owners of their ids. An id is, for example,
   * that of a partner or of an application.
   *
   * @param ids owner of each id; the key is {@code id} or the name of a list, such as {@code apps},
   *     then a colon and the id in lower case
   * @param partners partners by their ids in lower case
   * @param warnings warnings about lines of the files
   */
  private record Context(
      Map<String, Owner> ids, Map<String, Partner> partners, List<FileWarning> warnings) {}

  private PartnersFile(String file, Context context) {
    this.file = file;
    this.yaml = new YamlFile(KIND, file);
    this.context = context;
  }

  /**
   * Parses the files of a registry. A file may add ranges or networks to a partner that a later
   * file defines.
   */
  public static Partners parse(Map<String, String> textsByFile) throws FileProblemException {
    Context context = new Context(new HashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
    Map<PartnersFile, Node> additions = new LinkedHashMap<>();
    for (Map.Entry<String, String> text : textsByFile.entrySet()) {
      PartnersFile one = new PartnersFile(text.getKey(), context);
      Node added = one.read(text.getValue());
      if (added != null) {
        additions.put(one, added);
      }
    }
    for (Map.Entry<PartnersFile, Node> added : additions.entrySet()) {
      added.getKey().add(added.getValue());
    }
    return new Partners(List.copyOf(context.partners().values()), context.warnings());
  }

  private @Nullable Node read(String text) throws FileProblemException {
    Node root = yaml.compose(TextFile.withoutMark(text));
    if (root == null) {
      throw yaml.at(
          1,
          "contains no partners",
          "begin the file with the line \"partners:\", and list the partners below");
    }
    Map<String, Node> top = yaml.mapping(root, "the file", TOP);
    Node list = top.get("partners");
    Node additions = top.get("additions");
    if (list == null && additions == null) {
      throw yaml.at(
          root,
          "has no key \"partners\"",
          "begin the file with the line \"partners:\", and list the partners below");
    }
    if (list != null) {
      for (Node node : yaml.sequence(list, "partners")) {
        Partner partner = partner(node);
        context.partners().put(Partners.key(partner.id()), partner);
      }
    }
    return additions;
  }

  private void add(Node additions) throws FileProblemException {
    for (Node node : yaml.sequence(additions, "additions")) {
      Map<String, Node> keys = yaml.mapping(node, "an entry of \"additions\"", ADDITION);
      String id = yaml.text(keys, "partner");
      if (id == null) {
        throw yaml.at(
            node,
            "an entry of \"additions\" names no partner",
            "add a line such as partner: fabrikam");
      }
      Partner partner = context.partners().get(Partners.key(id));
      if (partner == null) {
        String nearest =
            NearestNames.similarAmong(
                context.partners().values().stream().map(Partner::id).toList(), id);
        throw yaml.at(
            keys.getOrDefault("partner", node),
            "an entry of \"additions\" names the unknown partner " + Wording.quote(id),
            context.partners().isEmpty()
                ? "define the partner below partners: in a file of the registry"
                : "write the id of a partner in the registry"
                    + (nearest.isEmpty()
                        ? ""
                        : ", such as the nearest one, " + Wording.quote(nearest)));
      }
      context.partners().put(Partners.key(id), partner.with(cidrs(keys), networks(keys)));
    }
  }

  private Partner partner(Node node) throws FileProblemException {
    Map<String, Node> keys = yaml.mapping(node, "a partner", PARTNER);
    String id = yaml.text(keys, "id");
    if (id == null) {
      throw yaml.at(node, "a partner has no id", "add a line such as id: fabrikam");
    }
    claim("id", id, id, keys.getOrDefault("id", node));
    String name = yaml.text(keys, "name");
    return new Partner(
        id,
        name == null ? id : name,
        claimed(keys, "subscriptions", id),
        claimed(keys, "products", id),
        apps(keys, id),
        cidrs(keys),
        networks(keys),
        changeWindows(keys));
  }

  private List<Node> items(Map<String, Node> keys, String key) throws FileProblemException {
    Node node = keys.get(key);
    return node == null ? List.of() : yaml.sequence(node, key);
  }

  private String item(Node node, String key) throws FileProblemException {
    String text = yaml.text(node, key);
    if (text == null) {
      throw yaml.at(node, "empty entry in " + key, "remove the entry, or write a value");
    }
    return text;
  }

  private List<String> claimed(Map<String, Node> keys, String key, String partner)
      throws FileProblemException {
    List<String> mine = new ArrayList<>();
    for (Node node : items(keys, key)) {
      String id = item(node, key);
      if (claim(key, id, partner, node)) {
        mine.add(id);
      }
    }
    return mine;
  }

  private List<String> apps(Map<String, Node> keys, String partner) throws FileProblemException {
    List<String> apps = claimed(keys, "apps", partner);
    for (Node node : items(keys, "apps")) {
      String id = item(node, "apps");
      // Not certainly a mistake: a token of another issuer than Entra may have such an id.
      if (!Guid.isGuid(ComparableText.of(id))) {
        context
            .warnings()
            .add(
                FileWarning.at(
                    file,
                    YamlFile.line(node),
                    "has the app "
                        + Wording.quote(id)
                        + ", which is no GUID, so no token of Entra has this application id",
                    "write the application (client) id, such as"
                        + " 11111111-2222-3333-4444-555555555555, not the name or the object id"));
      }
    }
    return apps;
  }

  private boolean claim(String kind, String id, String partner, Node node)
      throws FileProblemException {
    Owner mine = new Owner(partner, new FilePlace(file, YamlFile.line(node)));
    Owner owner = context.ids().putIfAbsent(kind + ":" + Partners.key(id), mine);
    if (owner == null) {
      return true;
    }
    if (kind.equals("id")) {
      throw yaml.at(
          node,
          "id " + Wording.quote(id) + " is used twice, first in " + owner.place().seenFrom(file),
          "give each partner an id of its own");
    }
    if (!owner.partner().equals(partner)) {
      throw yaml.at(
          node,
          Wording.quote(id)
              + " in "
              + kind
              + " is listed twice, first in "
              + owner.place().seenFrom(file)
              + " (partner "
              + Wording.quote(owner.partner())
              + ")",
          "remove it from one of the two partners");
    }
    return false;
  }

  private List<String> cidrs(Map<String, Node> keys) throws FileProblemException {
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

  private List<NamedSystem> networks(Map<String, Node> keys) throws FileProblemException {
    List<NamedSystem> networks = new ArrayList<>();
    for (Node node : items(keys, "networks")) {
      String text = item(node, "networks");
      NamedSystem network = NamedSystem.parse(text);
      if (network == null) {
        throw yaml.at(
            node,
            "bad network " + Wording.quote(text),
            "write the network as AS64500/DE, or as AS64500 for any country");
      }
      networks.add(network);
    }
    return networks;
  }

  private List<ChangeWindow> changeWindows(Map<String, Node> keys) throws FileProblemException {
    List<ChangeWindow> windows = new ArrayList<>();
    for (Node node : items(keys, "changeWindows")) {
      Map<String, Node> window = yaml.mapping(node, "a change window", WINDOW);
      long from = time(window, "from", node);
      long to = time(window, "to", node);
      if (to <= from) {
        throw yaml.at(
            window.getOrDefault("to", node),
            "the end of a change window is not later than its start",
            "write a later time after \"to:\", or an earlier time after \"from:\"");
      }
      windows.add(new ChangeWindow(from, to, yaml.text(window, "note")));
    }
    return windows;
  }

  private long time(Map<String, Node> window, String key, Node whole) throws FileProblemException {
    String text = yaml.text(window, key);
    if (text == null) {
      throw yaml.at(whole, "change window without " + key, TIME_FIX);
    }
    try {
      return ValueParsers.time(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw yaml.at(window.getOrDefault(key, whole), "bad time " + Wording.quote(text), TIME_FIX);
    }
  }
}
