package dev.lockstep.app.shell;

import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.process.ProductVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Manual page of one command in roff, generated from its declared options and their help.
 *
 * <p>Pages have no date, so the pages of a version always have the same bytes.
 */
final class ManualPage {
  /**
   * Width of the help in columns, which is so large that each synopsis is one line. When a person
   * reads the page, {@code man} breaks the line at the width of the screen.
   */
  private static final int ONE_LINE = 10_000;

  private static final Map<Integer, String> EXIT_CODES =
      new TreeMap<>(
          Map.of(
              ExitCode.DONE,
              "Done, also when there are detections.",
              ExitCode.FAILED,
              "A failure; one line on standard error says what failed and how to fix it.",
              ExitCode.WRONG_USAGE,
              "Wrong usage.",
              ExitCode.DONE_WITH_REJECTIONS,
              "Done, but some input was rejected. Only for lockstep run, code 3 means out of memory.",
              ExitCode.DIFFERS,
              "With --exit-code: the findings differ.",
              ExitCode.FOUND,
              "With --fail-on: a finding has the given severity or a higher one."));

  private static final List<List<String>> ENVIRONMENT =
      List.of(
          List.of("JAVA_HOME", "The JDK or JRE to use, 17 or newer; by default java of the PATH."),
          List.of(
              "LOCKSTEP_JAVA_OPTS",
              "Further options for Java, such as -Xmx2g; if an option comes twice, the last counts."),
          List.of(
              "LOCKSTEP_*",
              "Each other variable of this form sets a key of the configuration:"
                  + " LOCKSTEP_METRICS_PORT, for example, sets the key metrics.port. The command"
                  + " \"lockstep config show\" prints the origin of each value."),
          List.of("NO_COLOR", "If set, output has no colours."));

  private final CommandSpec spec;
  private final Help help;
  private final StringBuilder text = new StringBuilder(4_096);

  private ManualPage(CommandLine command) {
    spec = command.getCommandSpec();
    help = command.getHelp();
  }

  static Map<String, String> of(CommandLine command) {
    command.setUsageHelpWidth(ONE_LINE);
    Map<String, String> pages = new TreeMap<>();
    add(command, pages);
    return pages;
  }

  private static void add(CommandLine command, Map<String, String> pages) {
    pages.put(name(command.getCommandSpec()) + ".1", new ManualPage(command).page());
    command.getSubcommands().values().forEach(each -> add(each, pages));
  }

  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  private String page() {
    String name = name(spec);
    macro("TH", name.toUpperCase(Locale.ROOT), "1", "", "lockstep " + ProductVersion.number());
    text.append(".nh\n.ad l\n"); // an option is not hyphenated, and no gaps are stretched
    section("NAME");
    line(name + " - " + summary(spec));
    section("SYNOPSIS");
    synopsis();
    section("DESCRIPTION");
    line(joined(spec.usageMessage().description()));
    arguments();
    commands();
    if (spec.parent() == null) {
      section("EXIT STATUS");
      EXIT_CODES.forEach((code, meaning) -> item(String.valueOf(code), meaning));
      section("ENVIRONMENT");
      ENVIRONMENT.forEach(each -> item(each.get(0), each.get(1)));
      section("FILES");
      item(
          "lockstep.yaml",
          "The configuration file that commands read unless --config names another file.");
    }
    seeAlso();
    return text.toString();
  }

  private void synopsis() {
    String command = spec.qualifiedName();
    String all = help.synopsis(0).strip();
    text.append("\\fB").append(escaped(command)).append("\\fR");
    text.append(escaped(all.substring(command.length()))).append('\n');
  }

  private void arguments() {
    List<PositionalParamSpec> parameters =
        spec.positionalParameters().stream().filter(each -> !each.hidden()).toList();
    if (!parameters.isEmpty()) {
      section("ARGUMENTS");
      parameters.forEach(each -> item(label(each), joined(each.description())));
    }
    section("OPTIONS");
    spec.options().stream()
        .filter(each -> !each.hidden())
        .sorted(Comparator.comparing(ManualPage::sortName, String.CASE_INSENSITIVE_ORDER))
        .forEach(each -> item(names(each) + label(each), joined(each.description())));
  }

  private void commands() {
    if (spec.subcommands().isEmpty()) {
      return;
    }
    section("COMMANDS");
    spec.subcommands()
        .values()
        .forEach(
            each -> {
              CommandSpec command = each.getCommandSpec();
              item(command.name(), summary(command) + ". " + name(command) + "(1)");
            });
  }

  private void seeAlso() {
    List<String> others = new ArrayList<>();
    if (spec.parent() == null) {
      spec.subcommands().values().forEach(each -> others.add(name(each.getCommandSpec())));
    } else {
      others.add(name(spec.root()));
      for (CommandLine each : spec.parent().subcommands().values()) {
        if (spec.parent() != spec.root() && each.getCommandSpec() != spec) {
          others.add(name(each.getCommandSpec()));
        }
      }
    }
    section("SEE ALSO");
    for (int i = 0; i < others.size(); i++) {
      macro("BR", others.get(i), i < others.size() - 1 ? "(1)," : "(1)");
    }
  }

  private String label(ArgSpec argument) {
    return help.parameterLabelRenderer()
        .renderParameterLabel(argument, Help.Ansi.OFF, List.of())
        .toString();
  }

  private static String names(OptionSpec option) {
    return String.join(", ", option.names());
  }

  private static String sortName(OptionSpec option) {
    String shortest = option.shortestName();
    return shortest.substring(shortest.startsWith("--") ? 2 : 1);
  }

  static String summary(CommandSpec command) {
    return firstSentence(command.usageMessage().description());
  }

  static String firstSentence(String[] description) {
    String text = joined(description);
    int end = text.indexOf(". ");
    String sentence = end < 0 ? text : text.substring(0, end);
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }

  private static String joined(String[] lines) {
    return String.join(" ", lines);
  }

  private void section(String title) {
    macro("SH", title);
  }

  private void item(String term, String meaning) {
    text.append(".TP\n\\fB").append(escaped(term)).append("\\fR\n");
    line(meaning);
  }

  private void line(String sentence) {
    text.append(escaped(sentence)).append('\n');
  }

  private void macro(String macro, String... arguments) {
    text.append('.').append(macro);
    for (String each : arguments) {
      text.append(" \"").append(escaped(each)).append('"');
    }
    text.append('\n');
  }

  private static String escaped(String plain) {
    StringBuilder roff = new StringBuilder(plain.length() + 16);
    // else roff takes the line for a request
    if (plain.startsWith(".") || plain.startsWith("'")) {
      roff.append("\\&");
    }
    plain
        .codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '\\' -> roff.append("\\e");
                case '-' -> roff.append("\\-");
                case '\'' -> roff.append("\\(aq");
                case '"' -> roff.append("\\(dq");
                case '`' -> roff.append("\\(ga");
                case '^' -> roff.append("\\(ha");
                case '~' -> roff.append("\\(ti");
                default -> {
                  if (point < ' ') {
                    roff.append(' ');
                  } else if (point <= '~') {
                    roff.append((char) point);
                  } else {
                    roff.append("\\[u%04X]".formatted(point));
                  }
                }
              }
            });
    return roff.toString();
  }
}
