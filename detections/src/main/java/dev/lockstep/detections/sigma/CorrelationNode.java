package dev.lockstep.detections.sigma;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.detections.sigma.correlation.GroupDay;
import dev.lockstep.detections.sigma.correlation.WindowCondition;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.Reference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Correlation in a rule's tree of correlations: the root, or one that another correlation of the
 * tree refers to.
 */
final class CorrelationNode {
  private final CorrelationDocument document;
  private final WindowCondition condition;
  private final @Nullable CorrelationNode parent;
  private final int placeInParent;
  private final boolean isOfPrincipal;
  private final List<Field> groupFields = new ArrayList<>();
  private final Field principals = Field.set("principals");
  private final Field names = Field.names("names");
  private final Field types = Field.set("types");
  private final Field members = Field.set("members");
  private final FactKind kind;

  /**
   * Creates a node for a correlation.
   *
   * @param parent correlation that refers to this one, or null
   * @param placeInParent index of the reference
   * @param isOfPrincipal if the principal alone makes the group
   */
  CorrelationNode(
      CorrelationDocument document,
      @Nullable CorrelationNode parent,
      int placeInParent,
      int number,
      boolean isOfPrincipal) {
    this.document = document;
    this.parent = parent;
    this.placeInParent = placeInParent;
    this.isOfPrincipal = isOfPrincipal;
    this.condition =
        new WindowCondition(
            document.type(),
            document.rules().stream().map(Reference::word).toList(),
            document.timespan().toMillis(),
            document.thresholds(),
            document.expression(),
            document.percentile());
    for (String name : document.groupBy()) {
      groupFields.add(Field.text(name));
    }
    List<Field> fields = new ArrayList<>(groupFields);
    fields.addAll(List.of(principals, names, types, members));
    boolean relays = parent != null;
    this.kind =
        FactKind.named(
                relays ? "group of " + title(document) + " " + number : "group",
                fields.toArray(Field[]::new))
            .addresses()
            .aggregates(members, () -> new GroupDay(condition, relays))
            .declare();
  }

  private static String title(CorrelationDocument document) {
    String name = document.header().name();
    return name == null ? document.header().title() : name;
  }

  String title() {
    return title(document);
  }

  CorrelationDocument document() {
    return document;
  }

  WindowCondition condition() {
    return condition;
  }

  @Nullable CorrelationNode parent() {
    return parent;
  }

  int placeInParent() {
    return placeInParent;
  }

  FactKind kind() {
    return kind;
  }

  Field groupField(int index) {
    return groupFields.get(index);
  }

  Field principals() {
    return principals;
  }

  Field names() {
    return names;
  }

  Field types() {
    return types;
  }

  Field members() {
    return members;
  }

  boolean hasValues() {
    return document.type().hasField();
  }

  /**
   * Returns the subject for a group: the user or workload if the correlation groups by principal
   * alone, otherwise the group itself. An API Management subscription does not stand for its group,
   * because several ids of subscriptions may be one value of the group.
   */
  Subject subject(List<String> group, @Nullable Principal principal) {
    return isOfPrincipal && principal != null && !PrincipalTypes.isSubscription(principal)
        ? new Subject(Subject.Kind.PRINCIPAL, principal.getId())
        : new Subject(Subject.Kind.GROUP, Hashes.id(group));
  }

  Map<String, String> group(Fact fact) {
    Map<String, String> group = new LinkedHashMap<>();
    for (Field field : groupFields) {
      String value = fact.text(field);
      if (value != null) {
        group.put(field.name(), value);
      }
    }
    return group;
  }

  static GroupDay day(Fact fact) {
    return (GroupDay) fact.aggregate();
  }
}
