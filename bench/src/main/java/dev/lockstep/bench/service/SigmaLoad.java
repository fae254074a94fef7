package dev.lockstep.bench.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Generator of Sigma rules and correlations for a load test. Each rule compares one to three fields
 * of one log source with words and numbers that hardly ever occur in the load. Correlations count
 * refused calls and sign-ins of a principal.
 */
final class SigmaLoad {
  private static final long SEED = 7;
  private static final List<String> SERVICES =
      List.of(
          "signinlogs",
          "signinlogs",
          "signinlogs",
          "signinlogs",
          "signinlogs",
          "gatewaylogs",
          "gatewaylogs",
          "gatewaylogs",
          "auditlogs",
          "activitylogs");
  private static final Map<String, List<String>> FIELDS =
      Map.of(
          "signinlogs",
          List.of(
              "properties.appDisplayName",
              "properties.clientAppUsed",
              "properties.userAgent",
              "ResultType",
              "properties.conditionalAccessStatus",
              "properties.riskLevelDuringSignIn",
              "properties.deviceDetail.operatingSystem",
              "properties.location.countryOrRegion",
              "properties.resourceDisplayName",
              "properties.authenticationRequirement",
              "properties.userPrincipalName",
              "properties.deviceDetail.trustType",
              "properties.authenticationProtocol"),
          "gatewaylogs",
          List.of(
              "properties.method",
              "properties.url",
              "properties.apiId",
              "properties.operationId",
              "properties.responseCode",
              "properties.backendId",
              "properties.userAgent",
              "callerIpAddress"),
          "auditlogs",
          List.of(
              "properties.activityDisplayName",
              "properties.category",
              "properties.result",
              "properties.loggedByService",
              "properties.targetResources.displayName",
              "operationName"),
          "activitylogs",
          List.of("operationName", "resultType", "level", "callerIpAddress", "resourceId"));
  private static final String[] WORDS = {
    "curl",
    "python",
    "admin",
    "legacy",
    "export",
    "vault",
    "windows",
    "none",
    "failure",
    "delete",
    "root",
    "token",
    "high",
    "unknown",
    "powershell",
    "okhttp",
    "axios",
    "imap",
    "other clients"
  };
  private static final String[] MODIFIERS = {
    "", "", "", "|contains", "|contains", "|startswith", "|endswith", "|re"
  };

  private SigmaLoad() {}

  /** Writes rules and correlations into a folder, one file for each. */
  static void write(Path folder, int rules, int correlations) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(SEED);
    for (int i = 0; i < rules; i++) {
      Files.writeString(folder.resolve("rule-%04d.yml".formatted(i)), rule(random, i));
    }
    for (int i = 0; i < correlations; i++) {
      Files.writeString(
          folder.resolve("correlation-%02d.yml".formatted(i)), correlation(random, i));
    }
  }

  private static String head(Random random, String title) {
    return "title: %s%nid: %s%nstatus: test%nlevel: low%n"
        .formatted(title, new UUID(random.nextLong(), random.nextLong()));
  }

  private static String source(String service) {
    return "logsource:%n  product: %s%n  service: %s%n"
        .formatted(service.equals("gatewaylogs") ? "lockstep" : "azure", service);
  }

  private static String rule(Random random, int number) {
    String service = SERVICES.get(random.nextInt(SERVICES.size()));
    List<String> fields = new ArrayList<>(FIELDS.getOrDefault(service, List.of()));
    Collections.shuffle(fields, random);
    StringBuilder text =
        new StringBuilder(head(random, "Rule " + number))
            .append(source(service))
            .append("detection:\n  selection:\n");
    for (String field : fields.subList(0, 1 + random.nextInt(3))) {
      String modifier = MODIFIERS[random.nextInt(MODIFIERS.length)];
      text.append("    %s%s:%n".formatted(field, modifier));
      for (int left = 1 + random.nextInt(4); left > 0; left--) {
        String word = WORDS[random.nextInt(WORDS.length)];
        String value =
            modifier.equals("|re")
                ? word + "[0-9]{2,4}" + WORDS[random.nextInt(WORDS.length)]
                : word + random.nextInt(1_000);
        text.append("      - '%s'%n".formatted(value));
      }
    }
    return text.append("  condition: selection\n").toString();
  }

  private static String correlation(Random random, int number) {
    boolean ofCalls = number % 2 == 0;
    String name = "refused-" + number;
    String base =
        head(random, "Refused " + number)
            + "name: %s%n".formatted(name)
            + source(ofCalls ? "gatewaylogs" : "signinlogs")
            + "detection:\n  selection:\n"
            + (ofCalls
                ? "    properties.responseCode: [401, 403, 429]\n"
                : "    properties.conditionalAccessStatus: failure\n")
            + "  condition: selection\n---\n";
    boolean counts = number % 3 != 0;
    return base
        + head(random, "Many refused " + number)
        + "correlation:%n  type: %s%n".formatted(counts ? "event_count" : "value_count")
        + "  rules: [%s]%n  group-by: [lockstep.principal.id]%n".formatted(name)
        + "  timespan: %dm%n  condition:%n    gte: %d%n".formatted(5 + number, 10 + number)
        + (counts ? "" : "    field: callerIpAddress\n");
  }
}
