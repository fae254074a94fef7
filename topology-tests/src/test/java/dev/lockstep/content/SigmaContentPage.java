package dev.lockstep.content;

import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Page {@code docs/content.md} about the Sigma rules of the project. */
final class SigmaContentPage {
  private final SigmaContent content;
  private final BenignMonthResults month;

  SigmaContentPage(SigmaContent content, BenignMonthResults month) {
    this.content = content;
    this.month = month;
  }

  String text() {
    StringBuilder page = new StringBuilder();
    long correlations =
        content.rules().values().stream().filter(CorrelationDocument.class::isInstance).count();
    long enriched = content.rules().keySet().stream().filter(content::isEnriched).count();
    page.append(
        """
        # Sigma rules that come with Lockstep

        `deploy/sigma` has %d Sigma rules for those who expose APIs on Azure: sign-ins, changes of the directory and of resources,
        gateways, Front Door, key vaults and alerts. They are beside the [built-in rules](rules), which they do not repeat. %d use what
        only Lockstep knows of an event: the class or country of a network, the partner, the type of the principal. %d are
        correlations.

        A test makes this page from the files, and a page about each rule in `docs/rules/sigma`: what it compares, false positives, runbook,
        references and tests.

        ## Use them

        The container image has them in `/opt/lockstep/sigma`, and the deb in `/opt/lockstep/deploy/sigma`. Name the folder, or a copy of it, in
        `lockstep.yaml`:

        ```yaml
        rules:
          directories: [/opt/lockstep/sigma]
          many_users_deleted: {enabled: false}   # a rule that you do not want
        ```

        | to | do |
        | --- | --- |
        | see what they find in your logs | `./lockstep replay CAPTURE` |
        | watch one without an alert | `rules.NAME.shadow: true` in `lockstep.yaml` |
        | name your emergency accounts | copy the folder, and edit `placeholders.yaml` in the copy |
        | leave something out | a Sigma filter in a folder of your own, or [exceptions](exceptions.md) |
        | change a rule | copy it, give it an `id` of its own, and run `./lockstep rules test` |

        Some of them need your networks and partners: give your own networks the class `corporate`, your servers `backend`
        ([networks](networks.md)).

        ## Status and false alarms

        The status says what stands behind a rule. `test` has tests that pass, one in which it fires and one in which it does not.
        `stable` had no finding in the [benign month](benign-month.md), which had at least 1,000 records of its logs. A rule whose
        condition was changed since is `test` again.

        *False alarms* are the rule's findings in that month: %s. A dash means that the month has no records of these logs. The month
        has only some operations of people at work; it says more about sign-ins, gateways and vaults than about changes.
        """
            .formatted(content.rules().size(), enriched, correlations, month.measured()));
    byService().forEach((service, names) -> section(page, service, names));
    return page.toString();
  }

  private Map<String, List<String>> byService() {
    return content.rules().keySet().stream()
        .collect(
            Collectors.groupingBy(
                name -> name.substring(0, name.indexOf('/')), TreeMap::new, Collectors.toList()));
  }

  private void section(StringBuilder page, String service, List<String> names) {
    page.append("\n## ")
        .append(service)
        .append(
            "\n\n| rule | finds | severity | status | false alarms |\n| --- | --- | --- | --- | --- |\n");
    for (String name : names) {
      SigmaDocument rule = content.rule(name);
      Header header = rule.header();
      page.append("| [`%s`](rules/sigma/%s.md) | ".formatted(content.id(name), content.id(name)))
          .append(header.title())
          .append(rule instanceof CorrelationDocument of ? " (`" + of.type().word() + "`)" : "")
          .append(" | ")
          .append(header.level().severity())
          .append(" | ")
          .append(header.status())
          .append(" | ")
          .append(alarms(name))
          .append(" |\n");
    }
  }

  private String alarms(String name) {
    BenignMonthResults.Row row = month.of(content.id(name));
    return row == null || row.records() == 0
        ? "–"
        : String.format(Locale.ROOT, "%,d in %,d records", row.findings(), row.records());
  }
}
