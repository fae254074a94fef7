package dev.lockstep.detections.sigma.field;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/sigma-fields.md} is made from the table. */
class SigmaFieldsPageTest {
  private static final Path PAGE = Path.of("../docs/sigma-fields.md");
  private static final String WRITE = "lockstep.write";
  private static final String COMMAND =
      "mvn -q -pl detections -am test -Dtest=SigmaFieldsPageTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dlockstep.write";

  @Test
  void thePageIsMadeFromTheTable() throws IOException {
    String page = page();
    if (System.getProperty(WRITE) != null) {
      Files.writeString(PAGE, page);
    }
    Path made = Path.of("target", "sigma-fields.md");
    Files.writeString(made, page);
    assertThat(PAGE).as("written by: %s", COMMAND).hasSameTextualContentAs(made);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Fields of Sigma rules

            Names that a Sigma rule may use, by log source, and where their values come from. The page is made from
            `sigma-fields.csv` by

            ```
            %s
            ```

            - Case does not count in names and keys.
            - A path is one in the record, such as `properties.deviceDetail.trustType`. It leads through lists: any element
              may match. Beside and below a list of entries with `key` and `value`, or `displayName` and `newValue`, the name
              of an entry means its value, unless a key of that name is there.
            - `a else b` is the first that has a value other than null and an empty text; `a and b` are the values of both.
            - A path also leads into a text that is JSON. Under the name of an entry, a value such as `"\\"True\\""` is compared as
              written, and as the value `True` that the JSON in it has; under `newValue` it is compared only as written.
            - Values are as written otherwise. `strip` drops blanks around, which Entra writes in some names; `before /` is the text before
              the first slash; `0=Success;*=Failure` gives words for values.
            - `one of` lists the only values that a field has.
            - Where the values are `object`, a name goes on below it: `DeviceDetail.trustType`.
            - `properties.` and any path is looked for in the record, listed here or not. Any other name that is not listed
              has no source: the rule loads, and sleeps if it cannot match without the field.
            - `activity:` is a field of the [activity](fields.md). `lockstep.` is what enrichment says of the event.
            - Keywords search every value of the record, up to 16 KB.
            - Columns of exported tables are found under the names of records.
            """
                .formatted(COMMAND));
    section(page, "Every log source", "*", List.of());
    LogSourceScope.services()
        .forEach(
            (product, services) ->
                services.forEach(
                    service ->
                        section(
                            page,
                            "Product `%s`, service `%s`".formatted(product, service),
                            service,
                            requireNonNull(LogSourceScope.of(product, service)).categories())));
    return page.toString();
  }

  private static void section(
      StringBuilder page, String title, String service, List<String> categories) {
    page.append("\n## ").append(title).append("\n\n");
    if (!categories.isEmpty()) {
      page.append("Records of ")
          .append(
              categories.stream().map(each -> "`" + each + "`").collect(Collectors.joining(", ")))
          .append(
              service.equals("pim")
                  ? ", of these the ones whose service is `PIM` or `azurerbac`.\n\n"
                  : ".\n\n");
    }
    page.append("| name | source | values | known from |\n| --- | --- | --- | --- |\n");
    Map<String, String> rows = new LinkedHashMap<>();
    for (SigmaFields.Row row : SigmaFields.bundled().rows()) {
      if (row.service().equals(service)) {
        rows.put(
            row.name(),
            "| `%s` | %s | %s | %s |\n"
                .formatted(
                    row.name(),
                    row.source().equals("-") ? "none" : "`" + row.source() + "`",
                    row.values().isEmpty() || row.isObject()
                        ? row.values()
                        : "`" + row.values() + "`",
                    row.known()));
      }
    }
    rows.values().forEach(page::append);
  }
}
