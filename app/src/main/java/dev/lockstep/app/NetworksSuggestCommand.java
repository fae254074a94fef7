package dev.lockstep.app;

import dev.lockstep.enrichment.NetworkClass;
import dev.lockstep.enrichment.Place;
import dev.lockstep.ingest.CaptureFiles;
import dev.lockstep.ingest.IngestCounts;
import dev.lockstep.ingest.Limits;
import dev.lockstep.ingest.MessageReader;
import dev.lockstep.ingest.Outcome;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "suggest",
    description = {
      "Reads captured logs and suggests rows that the networks file may lack.",
      "The rows go to standard output as a networks file, their numbers to standard error. Read each"
          + " before you take it: what is corporate, backend or trusted-proxy keeps rules quiet.",
      "Exit code 3: done, but some input was rejected."
    })
final class NetworksSuggestCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--min-users",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many different users make an address worth a row (default: 10).")
  private int minUsers;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Leave out what happened earlier, such as 2026-11-16T00:00:00Z.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "Leave out what happened at that time or later.")
  private @Nullable String to;

  @Option(names = "--json", description = "Print a JSON array instead of rows and table.")
  private boolean json;

  @Mixin private CaptureInput input = new CaptureInput();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (minUsers < 2) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "could not use --min-users: %d is below 2".formatted(minUsers));
    }
    Config read = config.read();
    NetworkSurvey survey = new NetworkSurvey(Wiring.enrichment(read), minUsers);
    IngestCounts counts =
        read(
            survey,
            time("--from", from, Long.MIN_VALUE),
            time("--to", to, Long.MAX_VALUE),
            read.limits());
    List<NetworkSuggestion> rows = survey.suggestions();
    if (json) {
      System.out.println(asJson(rows));
    } else {
      System.out.print(asFile(rows));
      System.out.flush();
      table(rows, System.err);
    }
    if (survey.leftOut() > 0) {
      System.err.printf(
          Locale.ROOT,
          "Not all of it was counted: %,d times there was no room for an address or prefix, most of"
              + " a single user; read a shorter time if that matters%n",
          survey.leftOut());
    }
    if (counts.total().read() == 0) {
      System.err.println("Nothing was read: the input holds no record.");
    }
    return counts.total().rejected() > 0 ? Main.DONE_WITH_REJECTIONS : Main.DONE;
  }

  private long time(String option, @Nullable String text, long usual) {
    return text == null ? usual : TimeText.option(spec.commandLine(), option, text);
  }

  private IngestCounts read(NetworkSurvey survey, long after, long before, Limits limits) {
    IngestCounts counts = new IngestCounts();
    CaptureFiles files = new CaptureFiles(limits);
    MessageReader reader = new MessageReader(limits);
    Progress progress = input.progress();
    try {
      progress.begin("reading", files.totalBytes(input.paths()));
      files.read(
          input.paths(),
          System.in,
          message ->
              reader.read(
                  message,
                  outcome -> {
                    counts.count(outcome);
                    if (outcome instanceof Outcome.Mapped mapped
                        && mapped.activity().getEventAt() >= after
                        && mapped.activity().getEventAt() < before) {
                      survey.add(mapped.activity());
                    }
                  }),
          counts::count,
          progress::at);
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.saying(e);
    } finally {
      progress.end();
    }
    return counts;
  }

  static String asFile(List<NetworkSuggestion> rows) {
    boolean places = rows.stream().anyMatch(row -> row.place() != null);
    StringBuilder text = new StringBuilder("cidr,class");
    text.append(places ? ",country,city,latitude,longitude,accuracyKm\n" : "\n");
    for (NetworkSuggestion row : rows) {
      text.append("# ").append(TextTable.shown(row.why())).append('\n');
      text.append("# ").append(TextTable.shown(row.network())).append("; ");
      text.append(
          row.numbers().entrySet().stream()
              .map(each -> words(each.getKey()) + " " + shown(each.getValue()))
              .collect(Collectors.joining(", ")));
      text.append('\n').append(row.cidr()).append(',').append(word(row));
      Place place = row.place();
      if (place != null) {
        text.append(',').append(cell(place.country())).append(',').append(cell(place.city()));
        text.append(',').append(number(place.latitude()));
        text.append(',').append(number(place.longitude()));
        text.append(',').append(number(place.accuracyKm()));
      } else if (places) {
        text.append(",,,,,");
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String word(NetworkSuggestion row) {
    NetworkClass named = row.networkClass();
    return named == null ? "" : named.word();
  }

  /** A city comes from a record, and may hold anything. */
  private static String cell(@Nullable String text) {
    return text == null ? "" : '"' + TextTable.shown(text).replace("\"", "\"\"") + '"';
  }

  /** Returns a number with four decimals at most, some ten metres. */
  private static String number(double number) {
    return BigDecimal.valueOf(number)
        .setScale(4, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static void table(List<NetworkSuggestion> rows, PrintStream out) {
    if (rows.isEmpty()) {
      out.println("Nothing to suggest.");
      return;
    }
    TextTable table =
        new TextTable(
            "Row",
            "Class",
            "Radius",
            "Users",
            "Events",
            "Days",
            "Interactive",
            "Managed",
            "Network");
    for (NetworkSuggestion row : rows) {
      Map<String, Number> numbers = row.numbers();
      Place place = row.place();
      table.row(
          List.of(
              row.cidr(),
              word(row),
              place == null ? "-" : number(place.accuracyKm()) + " km",
              shown(numbers.get("users")),
              shown(numbers.get("events")),
              shown(numbers.get("days")),
              shown(numbers.get("interactiveShare")),
              shown(numbers.get("managedShare")),
              row.network()));
    }
    table.print(out);
  }

  /** Returns a name of JSON in words: {@code workHoursShare} is {@code work hours}. */
  private static String words(String name) {
    StringBuilder words = new StringBuilder();
    String plain = name.endsWith("Share") ? name.substring(0, name.length() - 5) : name;
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      boolean capital = c >= 'A' && c <= 'Z';
      words.append(capital ? " " + (char) (c + 'a' - 'A') : String.valueOf(c));
    }
    return words.toString();
  }

  private static String shown(@Nullable Number number) {
    if (number == null) {
      return "-";
    }
    return number instanceof Double share
        ? Census.percent(share)
        : String.format(Locale.ROOT, "%,d", number.longValue());
  }

  private static String asJson(List<NetworkSuggestion> rows) {
    return JsonText.of(
        json -> {
          json.writeStartArray();
          for (NetworkSuggestion row : rows) {
            json.writeStartObject();
            json.writeStringField("cidr", row.cidr());
            if (row.networkClass() != null) {
              json.writeStringField("class", word(row));
            }
            Place place = row.place();
            if (place != null) {
              json.writeObjectFieldStart("place");
              if (place.country() != null) {
                json.writeStringField("country", place.country());
              }
              if (place.city() != null) {
                json.writeStringField("city", place.city());
              }
              json.writeNumberField("latitude", place.latitude());
              json.writeNumberField("longitude", place.longitude());
              json.writeNumberField("accuracyKm", place.accuracyKm());
              json.writeEndObject();
            }
            json.writeStringField("why", row.why());
            json.writeStringField("network", row.network());
            for (Map.Entry<String, Number> number : row.numbers().entrySet()) {
              if (number.getValue() instanceof Double share) {
                json.writeNumberField(number.getKey(), Math.round(share * 1000) / 1000.0);
              } else {
                json.writeNumberField(number.getKey(), number.getValue().longValue());
              }
            }
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
