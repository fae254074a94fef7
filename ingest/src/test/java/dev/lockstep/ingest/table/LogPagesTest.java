package dev.lockstep.ingest.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.category.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages that list logs have every category and every table that is read. */
final class LogPagesTest {
  private static String page(String name) throws IOException {
    return Files.readString(Path.of("..", "docs", name));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LINK")
  void aCategory_isAmongTheDiagnosticSettings_orTheFieldsOfOtherLogs(Category category)
      throws IOException {
    String named = "`" + category.spelling + "`";
    assertThat(page("connect-azure.md").contains(named) || page("fields.md").contains(named))
        .as(
            "docs/connect-azure.md has a row of diagnostic settings for %s; if no rule here needs"
                + " the log, docs/fields.md names it",
            named)
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aTable_isAmongTheExports(Table table) throws IOException {
    assertThat(page("exports.md").contains("`" + table.spelling + "`"))
        .as("docs/exports.md lists the table `%s`", table.spelling)
        .isTrue();
  }
}
