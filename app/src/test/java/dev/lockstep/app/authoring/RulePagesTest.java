package dev.lockstep.app.authoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.rules.SigmaDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages about rules, made of their files. */
class RulePagesTest {
  private static final String RULES =
      """
      title: Failed sign-in
      name: failed
      logsource: {product: azure, service: signinlogs}
      detection:
          selection:
              ResultType: 50126   # wrong password
              NoSuchField: x
          condition: selection
      ---
      title: Many failed sign-ins | of a user
      id: 11111111-0000-0000-0000-000000000002
      status: test
      author: A, B
      description: |
          Somebody guesses <passwords>.
          The account is known to him.
      date: 2026-01-05
      modified: 2026/02/06
      tags: [attack.credential-access, attack.t1110.001]
      correlation:
          type: event_count
          rules: [failed]
          group-by: [UserPrincipalName]
          timespan: 10m
          condition: {gte: 5}

      falsepositives:
          - An old device with a stored password.
      references: ['https://example.org/guessing', a book]
      level: high
      lockstep:
          runbook:
              - Ask the user.
              - Reset the password.
          tests:
              - name: fires at five
                records: [{a: 1}, {a: 2}]
                fires: {severity: High, count: 5, principal: ada@contoso.com}
              - {name: does not at four, records: [{a: 1}], fires: none}
      ---
      title: Known device
      logsource: {product: azure, service: signinlogs}
      filter:
          rules: [failed]
          selection: {DeviceId: d1}
          condition: selection
      """;

  @TempDir Path folder;

  @Test
  void haveFilesOfTheirOwn_alsoWhereIdsAreAlike() throws IOException {
    String rule =
        """
        title: %s
        name: %s
        logsource: {product: azure, service: signinlogs}
        detection:
            selection: {ResultType: 50126}
            condition: selection
        """;
    Path rules = Files.createDirectory(folder.resolve("rules"));
    Files.writeString(
        rules.resolve("a.yml"),
        rule.formatted("First", "first") + "---\n" + rule.formatted("Second", "b"));
    Files.writeString(rules.resolve("a-b.yml"), rule.formatted("Third", "third"));
    Files.writeString(rules.resolve("Index.yml"), rule.formatted("Fourth", "fourth"));
    RulePages pages = new RulePages(SigmaDocuments.of(List.of(rules)));
    Path out = folder.resolve("pages");

    pages.write(out);

    assertThat(pages.faults()).isEmpty();
    assertThat(Files.readString(out.resolve("index.md")))
        .contains("[a](a.md)", "[a-b](a-b.md)", "[a/b](a-b-2.md)", "[Index](Index-2.md)");
    assertThat(Files.readString(out.resolve("a-b.md"))).startsWith("# Third");
    assertThat(Files.readString(out.resolve("a-b-2.md"))).startsWith("# Second");
    assertThat(Files.readString(out.resolve("Index-2.md"))).startsWith("# Fourth");
  }

  @Test
  void nameTheFieldThatAnAliasStandsFor() throws IOException {
    Path rules = Files.createDirectory(folder.resolve("rules"));
    Files.writeString(
        rules.resolve("guessing.yml"),
        RULES.replace(
            "group-by: [UserPrincipalName]",
            "group-by: [who]\n    aliases: {who: {failed: UserId}}"));
    RulePages pages = new RulePages(SigmaDocuments.of(List.of(rules)));
    Path out = folder.resolve("pages");

    pages.write(out);

    assertThat(Files.readString(out.resolve("guessing.md")))
        .contains("| signinlogs | `UserId` | `properties.userId` |");
  }

  @Test
  void hold_whatTheFileSays() throws IOException {
    Path rules = Files.createDirectory(folder.resolve("rules"));
    Files.writeString(rules.resolve("guessing.yml"), RULES);
    RulePages pages = new RulePages(SigmaDocuments.of(List.of(rules)));
    Path out = folder.resolve("pages/below");

    pages.write(out);

    assertThat(pages.faults()).isEmpty();
    assertThat(Files.readString(out.resolve("guessing.md")))
        .isEqualTo(
            """
            # Many failed sign-ins | of a user

            | | |
            | --- | --- |
            | Rule | `guessing` |
            | Severity | High |
            | Status | test |
            | Logs | azure/signinlogs: `SignInLogs`, `NonInteractiveUserSignInLogs`, `ServicePrincipalSignInLogs`, `ManagedIdentitySignInLogs`, `MicrosoftServicePrincipalSignInLogs`, `ADFSSignInLogs` |
            | ATT&CK | CredentialAccess, [T1110.001 Password Guessing](https://attack.mitre.org/techniques/T1110/001/) |
            | Last change | 2026-02-06 |
            | Id | `11111111-0000-0000-0000-000000000002` |
            | Author | A, B |

            Somebody guesses &lt;passwords>.
            The account is known to him.

            ## When it fires

            ```yaml
            correlation:
                type: event_count
                rules: [failed]
                group-by: [UserPrincipalName]
                timespan: 10m
                condition: {gte: 5}
            ```

            Correlated: Failed sign-in (`failed`)

            ```yaml
            detection:
                selection:
                    ResultType: 50126   # wrong password
                    NoSuchField: x
                condition: selection
            ```

            Filter: Known device

            ```yaml
            filter:
                rules: [failed]
                selection: {DeviceId: d1}
                condition: selection
            ```

            ## Fields

            | logs | field | comes from |
            | --- | --- | --- |
            | signinlogs | `ResultType` | `resultType else properties.status.errorCode` |
            | signinlogs | `NoSuchField` | no source: no record of signinlogs has this field |
            | signinlogs | `UserPrincipalName` | `properties.userPrincipalName` |
            | signinlogs | `DeviceId` | no source: no record of signinlogs has this field |

            ## False positives

            - An old device with a stored password.

            ## Runbook

            1. Ask the user.
            1. Reset the password.

            ## Tests

            | test | records | must give |
            | --- | --- | --- |
            | fires at five | 2 | 1 finding, High, count 5, principal ada@contoso.com |
            | does not at four | 1 | no finding |

            ## References

            - <https://example.org/guessing>
            - a book
            """);
    assertThat(Files.readString(out.resolve("index.md")))
        .contains(
            "| [guessing](guessing.md) | Many failed sign-ins \\| of a user | High | test |"
                + " azure/signinlogs | T1110.001 | 2 |\n");
  }
}
