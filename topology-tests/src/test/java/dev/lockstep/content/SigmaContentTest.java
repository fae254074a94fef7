package dev.lockstep.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.authoring.LintReport;
import dev.lockstep.app.authoring.RuleCases;
import dev.lockstep.app.authoring.RulePages;
import dev.lockstep.app.authoring.RuleTester;
import dev.lockstep.app.authoring.TestReport;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.RuleCase;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.lint.DocumentLint;
import dev.lockstep.detections.sigma.lint.LintedDocument;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Sigma rules of the project pass their tests, and each has what an analyst needs. */
final class SigmaContentTest {
  private static final Path IDS = Path.of("src/test/resources/content/ids.txt");
  private static final Path FOUND_IDS = Path.of("target/content-ids.txt");
  private static final Path PAGE = Path.of("../docs/content.md");
  private static final Path MADE_PAGE = Path.of("target/content.md");
  private static final Path PAGES = Path.of("../docs/rules/sigma");
  private static final Path MADE_PAGES = Path.of("target/content-pages");
  private static final long SEED = 17;

  /** Largest number of conditions that the index finds by a part of a value. */
  private static final int MOST_FRAGMENTS = 5;

  private final SigmaContent content = SigmaContent.read();

  @Test
  void everyTestBesideARule_passes() {
    TestReport report =
        new RuleTester(content.files(), RuleCases.of(List.of()), bundled(), SEED).run();
    assertThat(report.isGood()).as(printed(report)).isTrue();
  }

  /** Lint knows fields without a source, rules that sleep, wrong tags and missing tests. */
  @Test
  void lintHasNoWarning() {
    List<String> warnings =
        linted().stream()
            .flatMap(rule -> rule.warnings().stream())
            .map(warning -> "%s: %s; %s".formatted(warning.at(), warning.what(), warning.fix()))
            .toList();
    assertThat(new LintReport(content.files()).hasFaults()).isFalse();
    assertThat(warnings).isEmpty();
  }

  @Test
  void everyRule_firesInATest_andStaysSilentInAnother() {
    content
        .rules()
        .forEach(
            (name, rule) -> {
              assertThat(rule.header().tests()).as(name).anyMatch(each -> !fires(each).isEmpty());
              assertThat(rule.header().tests()).as(name).anyMatch(each -> fires(each).isEmpty());
            });
  }

  @Test
  void everyRule_tellsAnAnalystWhatToDo() {
    for (Map.Entry<String, SigmaDocument> rule : content.rules().entrySet()) {
      Header header = rule.getValue().header();
      assertThat(header.description()).as(rule.getKey()).hasSizeGreaterThan(60);
      assertThat(header.references())
          .as(rule.getKey())
          .isNotEmpty()
          .allMatch(each -> each.startsWith("https://learn.microsoft.com/en-us/"));
      assertThat(header.falsePositives()).as(rule.getKey()).isNotEmpty();
      assertThat(header.tags()).as(rule.getKey()).anyMatch(tag -> tag.word().startsWith("attack."));
      assertThat(header.version()).as("the date of " + rule.getKey()).isGreaterThan(20260000);
      assertThat(header.author()).as(rule.getKey()).isEqualTo("Lockstep");
      assertThat(header.runbook()).as(rule.getKey()).hasSizeGreaterThan(1);
    }
  }

  /** A changed id would give each finding another one, so that analysts get them twice. */
  @Test
  void idsAreFrozen() throws IOException {
    StringBuilder ids = new StringBuilder();
    content
        .documents()
        .forEach(
            (name, document) ->
                ids.append(document.header().id()).append(' ').append(name).append('\n'));
    Files.writeString(FOUND_IDS, ids);
    assertThat(Files.readString(IDS).lines().toList())
        .as(
            "ids of rules; a new one is added by: cp topology-tests/%s topology-tests/%s",
            FOUND_IDS, IDS)
        .containsExactlyElementsOf(ids.toString().lines().toList());
    assertThat(content.documents().values().stream().map(each -> each.header().id()))
        .doesNotHaveDuplicates()
        .allMatch(id -> id != null && id.length() == 36);
  }

  @Test
  void everyFile_liesInTheFolderOfALogSource() {
    content
        .services()
        .forEach(
            (name, services) ->
                assertThat(services)
                    .as("%s; its folder is none of its log sources", name)
                    .contains(name.substring(0, name.indexOf('/'))));
  }

  @Test
  void aLotUseWhatOnlyLockstepKnows() {
    assertThat(content.rules()).hasSizeGreaterThanOrEqualTo(25);
    assertThat(content.rules().keySet().stream().filter(content::isEnriched)).hasSizeGreaterThan(5);
    assertThat(content.rules().values().stream().filter(CorrelationDocument.class::isInstance))
        .hasSizeGreaterThan(5);
    assertThat(content.services().values().stream().flatMap(Set::stream).distinct()).hasSize(10);
  }

  /** No rule is evaluated at each event, and few are searched by a part of a value. */
  @Test
  void costHasABudget() {
    Map<String, Integer> byCost = new TreeMap<>();
    linted().stream()
        .filter(rule -> rule.document() instanceof RuleDocument)
        .forEach(rule -> byCost.merge(rule.cost(), 1, Integer::sum));
    assertThat(byCost).containsOnlyKeys("equality", "fragment");
    assertThat(byCost.get("fragment")).isLessThanOrEqualTo(MOST_FRAGMENTS);
  }

  /**
   * A rule is experimental without tests, and stable only with a replay of the benign month in
   * which what it matches by was the same.
   */
  @Test
  void statusIsTiedToEvidence() throws IOException {
    BenignMonthResults month = BenignMonthResults.read();
    content
        .rules()
        .forEach(
            (name, rule) ->
                assertThat(rule.header().status())
                    .as(name)
                    .isEqualTo(
                        rule.header().tests().isEmpty()
                            ? "experimental"
                            : month.supports(content.id(name), content.meaning(name))
                                ? "stable"
                                : "test"));
  }

  @Test
  void thePageIsMadeFromTheRules() throws IOException {
    String page = new SigmaContentPage(content, BenignMonthResults.read()).text();
    Files.writeString(MADE_PAGE, page);
    assertThat(PAGE)
        .as("made by: cp topology-tests/%s docs/content.md", MADE_PAGE)
        .hasSameTextualContentAs(MADE_PAGE);
  }

  /** {@code rules docs} makes a page a rule; {@code docs/content.md} is their index. */
  @Test
  void everyRuleHasItsPage() throws IOException {
    for (String old : Files.exists(MADE_PAGES) ? texts(MADE_PAGES).keySet() : Set.<String>of()) {
      Files.delete(MADE_PAGES.resolve(old));
    }
    new RulePages(content.files()).write(MADE_PAGES);
    Files.delete(MADE_PAGES.resolve("index.md"));
    Map<String, String> there = texts(PAGES);
    Map<String, String> made = texts(MADE_PAGES);
    Set<String> stale = new TreeSet<>(there.keySet());
    stale.addAll(made.keySet());
    stale.removeIf(name -> Objects.equals(there.get(name), made.get(name)));
    assertThat(stale)
        .as(
            "pages made by: rm -rf docs/rules/sigma; cp -r topology-tests/%s docs/rules/sigma",
            MADE_PAGES)
        .isEmpty();
  }

  private static Map<String, String> texts(Path folder) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        texts.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return texts;
  }

  private List<LintedDocument> linted() {
    return new DocumentLint(SigmaFields.bundled())
        .examine(List.copyOf(content.documents().values()));
  }

  private static List<RuleCase.Expected> fires(RuleCase test) {
    return test.expected();
  }

  private static Enrichment bundled() {
    return Enrichment.of(
        Networks.none().withBundledProviders(), Partners.none(), GeoDatabases.none());
  }

  private static String printed(TestReport report) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    report.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
