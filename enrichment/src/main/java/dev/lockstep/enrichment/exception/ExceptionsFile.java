package dev.lockstep.enrichment.exception;

import dev.lockstep.enrichment.address.Cidr;
import dev.lockstep.enrichment.file.FilePlace;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.enrichment.file.TextFile;
import dev.lockstep.enrichment.file.ValueParsers;
import dev.lockstep.enrichment.file.Wording;
import dev.lockstep.enrichment.file.YamlFile;
import dev.lockstep.enrichment.network.NamedNetwork;
import dev.lockstep.enrichment.partner.Partners;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Parser of one file of exceptions among several, which stops at the first mistake. */
final class ExceptionsFile {

  static final String KIND = "exceptions";

  private static final List<String> TOP = List.of("exceptions");
  private static final List<String> EXCEPTION =
      List.of("id", "rule", "principal", "partner", "network", "reason", "owner", "expires");
  private static final String EXPIRES_FIX =
      "write when the exception ends, such as expires: 2026-12-31 (at the start of that day in"
          + " UTC) or expires: 2026-12-31T12:00:00Z";

  private final String file;
  private final YamlFile yaml;
  private final Context context;

  /**
   * Rules and partners that exceptions may name, and the file and line of each exception that was
   * read so far.
   *
   * @param rules ids of the rules that an exception may name
   * @param partners registry of the partners that an exception may name
   * @param ids place of each id
   * @param subjects place of the entry about each combination of rule, principal, partner and
   *     network
   */
  private record Context(
      Collection<String> rules,
      Partners partners,
      Map<String, FilePlace> ids,
      Map<String, FilePlace> subjects) {}

  private ExceptionsFile(String file, Context context) {
    this.file = file;
    this.yaml = new YamlFile(KIND, file);
    this.context = context;
  }

  static Exceptions parse(
      Map<String, String> textsByFile, Collection<String> rules, Partners partners)
      throws FileProblemException {
    Context context = new Context(rules, partners, new HashMap<>(), new HashMap<>());
    List<ExceptionEntry> entries = new ArrayList<>();
    Map<String, String> fileById = new HashMap<>();
    for (Map.Entry<String, String> text : textsByFile.entrySet()) {
      for (ExceptionEntry entry :
          new ExceptionsFile(text.getKey(), context).read(text.getValue())) {
        entries.add(entry);
        fileById.put(entry.id(), text.getKey());
      }
    }
    return Exceptions.of(entries, fileById);
  }

  private List<ExceptionEntry> read(String text) throws FileProblemException {
    Node root = yaml.compose(TextFile.withoutMark(text));
    if (root == null) {
      return List.of();
    }
    Map<String, Node> top = yaml.mapping(root, "the file", TOP);
    Node list = top.get("exceptions");
    if (list == null) {
      throw yaml.at(
          root,
          "has no key \"exceptions\"",
          "begin the file with the line \"exceptions:\", and list the exceptions below");
    }
    List<ExceptionEntry> entries = new ArrayList<>();
    for (Node node : yaml.sequence(list, "exceptions")) {
      entries.add(entry(node));
    }
    return entries;
  }

  private ExceptionEntry entry(Node node) throws FileProblemException {
    Map<String, Node> keys = yaml.mapping(node, "an exception", EXCEPTION);
    String rule = rule(keys, node);
    String principal = yaml.text(keys, "principal");
    String partner = partner(keys);
    NamedNetwork network = network(keys);
    if (principal == null && partner == null && network == null) {
      throw yaml.at(
          node,
          "exception for all findings of " + rule,
          "name a principal, partner or network; to switch a rule off, set"
              + " enabled: false for it in lockstep.yaml");
    }
    String reason = required(keys, "reason", node, "write why these findings are expected");
    String owner =
        required(keys, "owner", node, "write the person or team that answers for the exception");
    long expiresAt = expires(keys, node);
    String subject = ExceptionEntry.subject(rule, principal, partner, network);
    FilePlace before = context.subjects().putIfAbsent(subject, place(node));
    if (before != null) {
      throw yaml.at(
          node,
          "exception for the same findings as the exception in " + before.seenFrom(file),
          "keep only the exception with the right expiry");
    }
    String id = id(keys, node, ExceptionEntry.derivedId(rule, principal, partner, network));
    return new ExceptionEntry(id, rule, principal, partner, network, reason, owner, expiresAt);
  }

  private String rule(Map<String, Node> keys, Node whole) throws FileProblemException {
    String rule = required(keys, "rule", whole, "name one of " + known());
    if (!context.rules().contains(rule)) {
      String nearest = NearestNames.similarAmong(new TreeSet<>(context.rules()), rule);
      throw yaml.at(
          keys.getOrDefault("rule", whole),
          "unknown rule " + Wording.quote(rule),
          (nearest.isEmpty() ? "" : "the nearest known one is " + nearest + "; ")
              + "the rules are "
              + known());
    }
    return rule;
  }

  private String known() {
    return String.join(", ", new TreeSet<>(context.rules()));
  }

  private @Nullable String partner(Map<String, Node> keys) throws FileProblemException {
    String id = yaml.text(keys, "partner");
    Node node = keys.get("partner");
    if (id == null || node == null || context.partners().byId(id) != null) {
      return id;
    }
    List<String> ids = new ArrayList<>();
    context.partners().all().forEach(partner -> ids.add(partner.id()));
    String nearest = NearestNames.similarAmong(ids, id);
    throw yaml.at(
        node,
        "unknown partner " + Wording.quote(id),
        ids.isEmpty()
            ? "add a partners file with this partner to lockstep.yaml, such as \"partners:"
                + " partners.yaml\""
            : "write the id of a partner in the registry"
                + (nearest.isEmpty()
                    ? ""
                    : ", such as the nearest one, " + Wording.quote(nearest)));
  }

  private @Nullable NamedNetwork network(Map<String, Node> keys) throws FileProblemException {
    String text = yaml.text(keys, "network");
    Node node = keys.get("network");
    if (text == null || node == null) {
      return null;
    }
    NamedNetwork network = NamedNetwork.parse(text);
    if (network == null) {
      boolean system = ValueParsers.startsWithAs(text);
      String fix = system ? "write it as AS64500 or AS64500/DE" : Cidr.parse(text).fix();
      throw yaml.at(node, "bad network " + Wording.quote(text), fix);
    }
    return network;
  }

  private long expires(Map<String, Node> keys, Node whole) throws FileProblemException {
    String text = yaml.text(keys, "expires");
    if (text == null) {
      throw yaml.at(
          whole, "exception without expires", "every exception needs an end: " + EXPIRES_FIX);
    }
    try {
      return ValueParsers.time(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw yaml.at(
          keys.getOrDefault("expires", whole), "bad time " + Wording.quote(text), EXPIRES_FIX);
    }
  }

  private String id(Map<String, Node> keys, Node whole, String derived)
      throws FileProblemException {
    String written = yaml.text(keys, "id");
    String id = written == null ? derived : written;
    Node node = keys.getOrDefault("id", whole);
    if (!ExceptionEntry.isWord(id)) {
      throw yaml.at(
          node,
          "bad id " + Wording.quote(id),
          "write a word of at most 64 letters, digits, dashes, dots and underscores, or leave out"
              + " the id");
    }
    FilePlace before = context.ids().putIfAbsent(id, place(node));
    if (before != null) {
      throw yaml.at(
          node,
          "id " + Wording.quote(id) + " is used twice, first in " + before.seenFrom(file),
          "give each exception an id of its own");
    }
    return id;
  }

  private FilePlace place(Node node) {
    return new FilePlace(file, YamlFile.line(node));
  }

  private String required(Map<String, Node> keys, String key, Node whole, String fix)
      throws FileProblemException {
    String text = yaml.text(keys, key);
    if (text == null) {
      throw yaml.at(whole, "exception without " + key, fix);
    }
    return text;
  }
}
