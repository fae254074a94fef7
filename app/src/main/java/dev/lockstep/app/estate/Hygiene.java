package dev.lockstep.app.estate;

import dev.lockstep.app.report.ReportSection;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.schemas.text.AvroJson;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Weak settings that captured logs show, such as old keys and unused standing roles, and the checks
 * that were skipped.
 *
 * @param items weak settings in the order of check, subject and detail
 * @param skipped reasons why checks were skipped, by check
 * @param from time of the first event in milliseconds since 1970; 0 if there was none
 * @param to time of the last event
 * @param leftOut number of events that were left out because memory is limited
 */
public record Hygiene(
    List<Item> items, Map<Check, String> skipped, long from, long to, long leftOut) {
  public Hygiene {
    items = List.copyOf(items);
    skipped = Map.copyOf(skipped);
  }

  /** Check for one kind of weak setting, such as old keys. */
  public enum Check {
    OLD_KEY("old-key", "add a new key, move the workload to it, and remove the old one"),
    SECRET("secret", "use a managed identity or a federated credential, else a certificate"),
    UNSEEN_PARTNER_RANGE(
        "unseen-partner-range", "ask the partner, and remove the range from the partners file"),
    NO_IDENTITY_LINK(
        "no-identity-link",
        "put the policy of deploy/apim on every API, and log traces at 100 % sampling"),
    NO_POLICY(
        "no-policy", "make a conditional access policy apply to the application and these users"),
    PAST_FRONT_DOOR(
        "past-front-door",
        "make the gateway accept only calls from its own Front Door: restrict addresses and"
            + " the header X-Azure-FDID"),
    UNUSED_STANDING_ROLE(
        "unused-standing-role",
        "make the role eligible in PIM, and remove the user from the key \"standing\" of the"
            + " estate");

    private final String word;
    private final String fix;

    Check(String word, String fix) {
      this.word = word;
      this.fix = fix;
    }

    public String word() {
      return word;
    }

    public String fix() {
      return fix;
    }
  }

  /**
   * Weak setting that a check found, such as an old key of a workload.
   *
   * @param subject id of the workload, partner or user, or name of the gateway or application
   * @param detail second part of the subject, such as a key's id; empty if there is none
   * @param found sentence for people
   * @param numbers counts by name, and times in milliseconds since 1970 by names that end in {@code
   *     At}
   */
  public record Item(
      Check check, String subject, String detail, String found, Map<String, Long> numbers) {
    /**
     * Returns the numbers of a weak setting by name. The arguments are names and numbers in turn.
     */
    static Map<String, Long> counts(Object... pairs) {
      Map<String, Long> numbers = new TreeMap<>();
      for (int i = 0; i < pairs.length; i += 2) {
        numbers.put((String) pairs[i], ((Number) pairs[i + 1]).longValue());
      }
      return numbers;
    }
  }

  /**
   * Prints a row for each weak setting, and the fix for each check that found weak settings. Then
   * come the checks that were skipped, and the number of events that were left out. All is fitted
   * to the width of the terminal, if any, to which the stream goes.
   */
  public void print(PrintStream out) {
    print(out, Terminal.behind(out));
  }

  void print(PrintStream out, Terminal terminal) {
    WrappedText lines =
        new WrappedText(out, terminal.width() == 0 ? Integer.MAX_VALUE : terminal.width());
    if (items.isEmpty()) {
      lines.text(0, "No weak setting was found.");
    } else {
      TextTable table = new TextTable(headings().toArray(String[]::new)).movable("Found");
      rows().forEach(table::row);
      table.print(out, terminal);
      lines.blank();
      for (Check check : Check.values()) {
        if (items.stream().anyMatch(item -> item.check() == check)) {
          lines.text(0, check.word() + ": " + check.fix() + ".");
        }
      }
    }
    for (Check check : Check.values()) {
      String why = skipped.get(check);
      if (why != null) {
        lines.text(0, "Not checked: " + check.word() + ", because " + why + ".");
      }
    }
    if (leftOut > 0) {
      lines.text(0, left());
    }
  }

  private List<String> headings() {
    return hasDetails()
        ? List.of("Check", "Subject", "Detail", "Found")
        : List.of("Check", "Subject", "Found");
  }

  private List<List<String>> rows() {
    boolean hasDetails = hasDetails();
    return items.stream()
        .map(
            item ->
                hasDetails
                    ? List.of(item.check().word(), item.subject(), item.detail(), item.found())
                    : List.of(item.check().word(), item.subject(), item.found()))
        .toList();
  }

  private boolean hasDetails() {
    return items.stream().anyMatch(item -> !item.detail().isEmpty());
  }

  private String left() {
    return DisplayFormat.count(leftOut, "event")
        + (leftOut == 1 ? " was" : " were")
        + " left out of these checks, because memory for them is limited; read a shorter period"
        + " with --from and --to.";
  }

  public ReportSection section() {
    String found =
        items.isEmpty() ? "No weak setting was found. " : "Weak settings that are no alerts. ";
    String checked =
        Stream.of(Check.values())
            .filter(skipped::containsKey)
            .map(
                check -> "Not checked: %s, because %s.".formatted(check.word(), skipped.get(check)))
            .collect(Collectors.joining(" "));
    return new ReportSection(
        "hygiene",
        "Hygiene",
        headings(),
        rows(),
        found + checked + (leftOut > 0 ? " " + left() : ""));
  }

  public String json() {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          if (to > 0) {
            json.writeStringField("from", AvroJson.instant(from));
            json.writeStringField("to", AvroJson.instant(to));
          }
          json.writeObjectFieldStart("byCheck");
          for (Map.Entry<Check, Long> check : byCheck().entrySet()) {
            json.writeNumberField(check.getKey().word(), check.getValue());
          }
          json.writeEndObject();
          JsonText.writeObjects(
              json,
              "items",
              items,
              item -> {
                json.writeStringField("check", item.check().word());
                json.writeStringField("subject", item.subject());
                json.writeStringField("detail", item.detail());
                json.writeStringField("found", item.found());
                json.writeStringField("fix", item.check().fix());
                for (Map.Entry<String, Long> number : item.numbers().entrySet()) {
                  if (number.getKey().endsWith("At")) {
                    json.writeStringField(number.getKey(), AvroJson.instant(number.getValue()));
                  } else {
                    json.writeNumberField(number.getKey(), number.getValue());
                  }
                }
              });
          json.writeObjectFieldStart("notChecked");
          for (Check check : Check.values()) {
            String why = skipped.get(check);
            if (why != null) {
              json.writeStringField(check.word(), why);
            }
          }
          json.writeEndObject();
          json.writeNumberField("leftOut", leftOut);
          json.writeEndObject();
        });
  }

  private Map<Check, Long> byCheck() {
    return items.stream()
        .collect(Collectors.groupingBy(Item::check, TreeMap::new, Collectors.counting()));
  }
}
