package dev.lockstep.schemas;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Static methods that replace the texts of a detection that can name a person. */
@NullMarked
public final class DetectionText {
  private static final String NAME = "Name";
  private static final String SUFFIX = "UPNSuffix";

  private DetectionText() {}

  /**
   * Returns a copy of a detection with replacements for texts that can name a person. These are
   * title, description, principal, address, group, entities, evidence, gates and alerts. Ids of the
   * finding, the rule and the partner stay.
   *
   * @param replace function from a text to its replacement
   */
  public static Detection replaced(Detection detection, UnaryOperator<String> replace) {
    Detection copy = Detection.newBuilder(detection).build();
    copy.setTitle(replace.apply(copy.getTitle()));
    copy.setDescription(replace.apply(copy.getDescription()));
    copy.setPrincipal(replaced(copy.getPrincipal(), replace));
    copy.setIp(orNull(copy.getIp(), replace));
    if (copy.getGroup() != null) {
      copy.setGroup(values(copy.getGroup(), replace));
    }
    copy.setEntities(copy.getEntities().stream().map(each -> entity(each, replace)).toList());
    copy.setDefenderAlerts(
        copy.getDefenderAlerts().stream().map(each -> values(each, replace)).toList());
    for (Evidence event : copy.getEvidence()) {
      event.setSource(replace.apply(event.getSource()));
      event.setEventId(replace.apply(event.getEventId()));
      event.setHub(orNull(event.getHub(), replace));
      event.setFile(orNull(event.getFile(), replace));
      event.setIp(orNull(event.getIp(), replace));
      event.setMattered(values(event.getMattered(), replace));
      if (event.getNetwork() != null) {
        event.getNetwork().setPrefix(orNull(event.getNetwork().getPrefix(), replace));
      }
    }
    for (GateChecked gate : copy.getGates()) {
      Map<String, Object> numbers = new TreeMap<>(gate.getNumbers());
      numbers.replaceAll(
          (name, value) -> value instanceof String text ? replace.apply(text) : value);
      gate.setNumbers(numbers);
    }
    return copy;
  }

  /** Returns a copy of a principal with its id and name replaced, or null for null. */
  public static @Nullable Principal replaced(
      @Nullable Principal principal, UnaryOperator<String> replace) {
    return principal == null
        ? null
        : new Principal(
            replace.apply(principal.getId()),
            orNull(principal.getName(), replace),
            principal.getType());
  }

  private static Map<String, String> entity(
      Map<String, String> entity, UnaryOperator<String> replace) {
    Map<String, String> copy = values(entity, replace);
    String name = entity.get(NAME);
    String suffix = entity.get(SUFFIX);
    if (name != null && suffix != null) {
      // A UPN that is split in two fields is replaced as one text.
      String whole = name + "@" + suffix;
      String instead = replace.apply(whole);
      if (!instead.equals(whole)) {
        copy.put(NAME, instead);
        copy.remove(SUFFIX);
      }
    }
    return copy;
  }

  private static Map<String, String> values(
      Map<String, String> values, UnaryOperator<String> replace) {
    Map<String, String> copy = new TreeMap<>(values);
    copy.replaceAll((name, value) -> name.equals("kind") ? value : replace.apply(value));
    return copy;
  }

  private static @Nullable String orNull(@Nullable String text, UnaryOperator<String> replace) {
    return text == null ? null : replace.apply(text);
  }
}
