package dev.lockstep.app.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Steps that an analyst takes for a finding of a built-in rule, as the rule's page lists them. */
final class Runbook {
  private static final String HEADING = "## At 3 a.m.";

  private Runbook() {}

  static List<String> of(String rule) {
    try (InputStream page = Runbook.class.getResourceAsStream("/runbooks/" + rule + ".md")) {
      return page == null
          ? List.of()
          : steps(new String(page.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> steps(String page) {
    List<StringBuilder> steps = new ArrayList<>();
    boolean inRunbook = false;
    for (String line : page.lines().toList()) {
      if (line.startsWith("#")) {
        inRunbook = line.equals(HEADING);
      } else if (inRunbook && isStep(line)) {
        steps.add(new StringBuilder(line.substring(line.indexOf('.') + 2)));
      } else if (inRunbook && !steps.isEmpty() && !line.isBlank()) {
        steps.get(steps.size() - 1).append(' ').append(line.strip());
      }
    }
    return steps.stream().map(step -> withoutLinks(step.toString())).toList();
  }

  private static boolean isStep(String line) {
    int digits = 0;
    while (digits < line.length() && Character.isDigit(line.charAt(digits))) {
      digits++;
    }
    return digits > 0 && line.startsWith(". ", digits);
  }

  private static String withoutLinks(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int open = text.indexOf('[', at);
      int middle = open < 0 ? -1 : text.indexOf("](", open);
      int close = middle < 0 ? -1 : text.indexOf(')', middle);
      if (close < 0) {
        break;
      }
      plain.append(text, at, open).append(text, open + 1, middle);
      at = close + 1;
    }
    return plain.append(text, at, text.length()).toString();
  }
}
