package dev.lockstep.enrichment.partner;

import dev.lockstep.enrichment.file.FileProblem;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.file.Wording;
import dev.lockstep.enrichment.file.YamlFile;
import dev.lockstep.enrichment.file.YamlText;
import dev.lockstep.enrichment.network.KnownNetwork;
import dev.lockstep.enrichment.network.NamedNetwork;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Editor that adds a network or declared range to a partner in the text of the registry. */
final class PartnersEdit {

  private PartnersEdit() {}

  static String add(String file, String text, String id, NamedNetwork network) throws FileProblem {
    boolean marked = !TextFile.withoutMark(text).equals(text);
    String bare = TextFile.withoutMark(text);
    Partners before = PartnersFile.parse(file, bare);
    Partner partner = before.byId(id);
    if (partner == null) {
      throw FileProblem.of(
          PartnersFile.KIND,
          file,
          "has no partner " + Wording.quote(id),
          "take the registry that the detection was made with");
    }
    KnownNetwork system = KnownNetwork.parse(network.toString());
    boolean has =
        system != null
            ? partner.networks().contains(system)
            : partner.cidrs().stream().anyMatch(cidr -> network.equals(NamedNetwork.parse(cidr)));
    if (has) {
      return text;
    }
    String edited = edited(file, bare, id, network);
    try {
      if (!addsOnly(before, PartnersFile.parse(file, edited), id, network)) {
        throw byHand(file, id, network);
      }
    } catch (FileProblem e) {
      throw byHand(file, id, network);
    }
    return (marked ? "\uFEFF" : "") + edited;
  }

  private static String key(NamedNetwork network) {
    return network.isRange() ? "cidrs" : "networks";
  }

  private static String edited(String file, String text, String id, NamedNetwork network)
      throws FileProblem {
    MappingNode partner = partner(new YamlFile(PartnersFile.KIND, file).compose(text), id);
    NodeTuple named = partner == null ? null : tuple(partner, "id");
    if (partner == null || named == null) {
      throw byHand(file, id, network);
    }
    YamlText yaml = new YamlText(text);
    String item = YamlText.scalar(network.toString());
    String key = key(network);
    NodeTuple list = tuple(partner, key);
    try {
      if (list == null) {
        return yaml.addKey(
            partner, named.getKeyNode(), named.getValueNode(), key + ": [" + item + "]");
      }
      if (list.getValueNode() instanceof SequenceNode sequence) {
        return yaml.append(sequence, item, List.of(item));
      }
      return YamlText.isNothing(list.getValueNode())
          ? yaml.behind(list.getKeyNode(), "[" + item + "]")
          : text;
    } catch (IndexOutOfBoundsException e) { // marks that do not fit the text
      throw byHand(file, id, network);
    }
  }

  private static @Nullable MappingNode partner(@Nullable Node root, String id) {
    NodeTuple list = root instanceof MappingNode top ? tuple(top, "partners") : null;
    if (list != null && list.getValueNode() instanceof SequenceNode partners) {
      for (Node node : partners.getValue()) {
        NodeTuple named = node instanceof MappingNode partner ? tuple(partner, "id") : null;
        if (node instanceof MappingNode partner
            && named != null
            && named.getValueNode() instanceof ScalarNode value
            && Partners.key(value.getValue()).equals(Partners.key(id))) {
          return partner;
        }
      }
    }
    return null;
  }

  private static @Nullable NodeTuple tuple(MappingNode mapping, String key) {
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key)) {
        return tuple;
      }
    }
    return null;
  }

  private static boolean addsOnly(
      Partners before, Partners after, String id, NamedNetwork network) {
    if (before.all().size() != after.all().size()) {
      return false;
    }
    Iterator<Partner> now = after.all().iterator();
    for (Partner partner : before.all()) {
      boolean changed = Partners.key(partner.id()).equals(Partners.key(id));
      List<Object> expected = said(partner, changed ? network : null);
      if (!said(now.next(), null).equals(expected)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns all values that the registry has for a partner, with another network if one is given.
   */
  private static List<Object> said(Partner partner, @Nullable NamedNetwork more) {
    List<String> cidrs = new ArrayList<>(partner.cidrs());
    List<KnownNetwork> networks = new ArrayList<>(partner.networks());
    KnownNetwork system = more == null ? null : KnownNetwork.parse(more.toString());
    if (system != null) {
      networks.add(system);
    } else if (more != null) {
      cidrs.add(more.toString());
    }
    return List.of(
        partner.id(),
        partner.name(),
        partner.subscriptions(),
        partner.products(),
        partner.apps(),
        cidrs,
        networks,
        partner.changeWindows());
  }

  private static FileProblem byHand(String file, String id, NamedNetwork network) {
    return FileProblem.of(
        PartnersFile.KIND,
        file,
        "is laid out in a way that this program does not add to",
        "add to " + key(network) + " of partner " + Wording.quote(id) + ": " + network);
  }
}
