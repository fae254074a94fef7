package dev.lockstep.app.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.rules.RuleCatalogue;
import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.Environment;
import dev.lockstep.ingest.message.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages that name keys of the configuration have those that there are. */
class ConfigurationPageTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Path PAGE = DOCS.resolve("configuration.md");
  private static final Path WRITTEN = Path.of("target", "configuration.md");
  private static final String MARK =
      "<!-- From here on the page is made from the declarations. -->\n";
  private static final ConfigKeys KEYS = ConfigReader.keys(RuleCatalogue.builtIn());

  @TempDir Path folder;

  @Test
  void thePageHasEveryKey_withItsDefaultBoundsAndVariable() throws IOException {
    String page = Files.readString(PAGE, UTF_8);
    String made = page.substring(0, page.indexOf(MARK)) + MARK + tables();
    Files.writeString(WRITTEN, made, UTF_8);
    assertThat(PAGE)
        .as("made from the declarations of keys: cp app/target/configuration.md docs")
        .hasSameTextualContentAs(WRITTEN);
  }

  @Test
  void whoReadsIt_isACommand() {
    Set<String> commands = Main.commandLine().getSubcommands().keySet();
    for (ConfigKey<?> key : KEYS.keys()) {
      assertThat(key.readers()).as(key.name()).isNotEmpty().isSubsetOf(commands);
    }
    for (ConfigKeys group : KEYS.nested()) {
      assertThat(group.readers()).as(group.name()).isNotEmpty().isSubsetOf(commands);
    }
  }

  @Test
  void sweepReadsWhatReplayReads_butForTheKeyOfPseudonyms() {
    for (ConfigKey<?> key : KEYS.keys()) {
      assertThat(key.readers().contains("sweep"))
          .as(key.name())
          .isEqualTo(key.readers().contains("replay"));
    }
    for (ConfigKeys group : KEYS.nested()) {
      assertThat(group.readers().contains("sweep"))
          .as(group.name())
          .isEqualTo(group.readers().contains("replay") && !group.name().equals("redact"));
    }
  }

  @Test
  void thePagesOnSourcesAndSinksNameTheirKeys() throws IOException {
    assertThat(named("sources.md")).isNotEmpty().isSubsetOf(names("sources"));
    assertThat(named("sinks.md")).isNotEmpty().isSubsetOf(names("sinks"));
  }

  @Test
  void thePageOnOperationsHasTheDefaultsOfLimitsAndHeartbeat() throws IOException {
    assertThat(read("limits:\n").limits()).isEqualTo(Limits.defaults());
    Config.Heartbeat usual = Config.read(null, Map.of("HOSTNAME", "lockstep-0")).heartbeat();
    assertThat(read("heartbeat:").heartbeat()).isEqualTo(usual);
  }

  private Config read(String beginning) throws IOException {
    String page = Files.readString(DOCS.resolve("operations.md"), UTF_8);
    int start = page.indexOf("```yaml\n" + beginning) + "```yaml\n".length();
    String yaml = page.substring(start, page.indexOf("```", start));
    return Config.read(Files.writeString(folder.resolve("lockstep.yaml"), yaml, UTF_8), Map.of());
  }

  /** Returns the words of the first column of tables with keys. */
  private static Set<String> named(String page) throws IOException {
    Set<String> named = new HashSet<>();
    boolean inKeys = false;
    for (String line : Files.readAllLines(DOCS.resolve(page), UTF_8)) {
      inKeys = line.startsWith("| key |") || (inKeys && line.startsWith("|"));
      if (inKeys && line.startsWith("| `")) {
        Matcher words = Pattern.compile("`([^`]+)`").matcher(line.split("\\|", -1)[1]);
        while (words.find()) {
          named.add(words.group(1));
        }
      }
    }
    return named;
  }

  private static Set<String> names(String group) {
    ConfigKeys found =
        KEYS.nested().stream().filter(one -> one.name().equals(group)).findFirst().orElseThrow();
    Set<String> names = new HashSet<>();
    found.keys().forEach(key -> names.add(key.name()));
    found.nested().forEach(nested -> names.add(nested.name()));
    return names;
  }

  private static String tables() {
    StringBuilder page = new StringBuilder();
    page.append("\n## Files\n\n| key | value | default | meaning | read by | variable |\n");
    page.append("| --- | --- | --- | --- | --- | --- |\n");
    for (ConfigKey<?> key : KEYS.keys()) {
      List<String> cells = cells(key, "");
      cells.add("`" + String.join("`, `", key.readers()) + "`");
      cells.add(variable("", key));
      row(page, cells);
    }
    for (ConfigKeys group : KEYS.nested()) {
      section(page, group, group.name(), 2);
    }
    return page.toString();
  }

  private static void section(StringBuilder page, ConfigKeys group, String path, int level) {
    page.append("\n").append("#".repeat(level)).append(" ").append(path).append("\n\n");
    page.append(group.sentence());
    if (group.isSwitchable()) {
      page.append(" `false` does without.");
    }
    if (!group.readers().isEmpty()) {
      page.append(" Read by `").append(String.join("`, `", group.readers())).append("`.");
    }
    page.append(owners(group.owners())).append("\n");
    String inside = group.form() == ConfigKeys.Form.LIST ? path + ".NAME" : path;
    if (!group.keys().isEmpty()) {
      page.append("\n| key | value | default | meaning | variable |\n");
      page.append("| --- | --- | --- | --- | --- |\n");
    }
    for (ConfigKey<?> key : group.keys()) {
      List<String> cells = cells(key, owners(key.entryTypes()));
      cells.add(variable(inside, key));
      row(page, cells);
    }
    for (ConfigKeys nested : group.nested()) {
      section(page, nested, inside + "." + nested.name(), level + 1);
    }
  }

  private static List<String> cells(ConfigKey<?> key, String more) {
    String byDefault = key.byDefault() == null ? "" : "`" + key.byDefault() + "`";
    String form = key.form() + (key.isList() ? ", or a list of them" : "");
    return new ArrayList<>(List.of("`" + key.name() + "`", form, byDefault, key.sentence() + more));
  }

  private static String owners(List<String> owners) {
    return owners.isEmpty() ? "" : " For `" + String.join("`, `", owners) + "` only.";
  }

  private static String variable(String path, ConfigKey<?> key) {
    StringBuilder prefix = new StringBuilder(Environment.PREFIX);
    for (String part : path.split("\\.", -1)) {
      prefix.append(part.isEmpty() ? "" : "_" + Environment.word(part));
    }
    return "`" + Environment.spellings(prefix.toString(), key.name()).get(0) + "`";
  }

  private static void row(StringBuilder page, List<String> cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
