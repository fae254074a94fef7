package dev.lockstep.detections.sigma.lint;

import dev.lockstep.detections.sigma.AttackTags;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.RuleCase;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.schemas.text.Quoted;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Lint of the keys that all Sigma documents have, such as title, id, tags and tests. */
final class HeaderLint {
  /** Sentences that {@code rules new} writes into a file for the author of the rule to replace. */
  private static final Set<String> TEMPLATE_TEXTS =
      Set.of(
          "Tell in a sentence what happened, and why it matters.",
          "Name the legitimate work that looks like this attack.");

  private final Map<String, SourceLine> titles = new HashMap<>();

  /**
   * Warns of probable mistakes in a header.
   *
   * @param hasId if the document should have an id
   */
  void examine(Header header, boolean hasId, List<Warning> warnings) {
    title(header, warnings);
    if (hasId) {
      id(header, warnings);
    }
    attack(header, warnings);
    templateTexts(header, warnings);
    slips(header, warnings);
  }

  private void title(Header header, List<Warning> warnings) {
    SourceLine other =
        titles.putIfAbsent(header.title().strip().toLowerCase(Locale.ROOT), header.at());
    if (other != null) {
      Warning.add(
          warnings,
          header.at(),
          Warning.Kind.DUPLICATE_TITLE,
          "has the same title as the document at %s".formatted(Quoted.of(other)),
          "give each document a different title");
    }
  }

  private static void id(Header header, List<Warning> warnings) {
    String id = header.id();
    if (id == null) {
      Warning.add(
          warnings,
          header.at(),
          Warning.Kind.NO_ID,
          "has no id, so that the ids of findings change when the title changes",
          "add an id, a random UUID");
    } else if (!isUuid(id)) {
      Warning.add(
          warnings,
          header.at(),
          Warning.Kind.BAD_ID,
          "has the id %s, which is not a UUID, so that other tools for Sigma refuse the document"
              .formatted(Quoted.of(id)),
          "write a random UUID; the findings then have other ids");
    }
  }

  private static boolean isUuid(String id) {
    try {
      return UUID.fromString(id).toString().equalsIgnoreCase(id);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void attack(Header header, List<Warning> warnings) {
    for (Header.Tag tag : header.tags()) {
      if (AttackTags.isUnknown(tag.word())) {
        String nearest = AttackTags.nearestTo(tag.word());
        Warning.add(
            warnings,
            tag.at(),
            Warning.Kind.ATTACK,
            "has the tag %s, which ATT&CK does not have".formatted(Quoted.of(tag.word())),
            "write a technique such as attack.t1078.004, or a tactic"
                + (nearest.isEmpty() ? "" : "; the nearest is " + nearest));
      } else if (AttackTags.isUnknownTechnique(tag.word())) {
        Warning.add(
            warnings,
            tag.at(),
            Warning.Kind.ATTACK,
            "has the tag %s, a technique that ATT&CK does not have"
                .formatted(Quoted.of(tag.word())),
            "write the id of a technique listed at attack.mitre.org, such as attack.t1078.004");
      }
    }
  }

  private static void templateTexts(Header header, List<Warning> warnings) {
    if (TEMPLATE_TEXTS.contains(header.description().strip())) {
      Warning.add(
          warnings,
          header.at(),
          Warning.Kind.TEMPLATE_TEXT,
          "still has the description of the template, and each finding repeats this description",
          "describe what happened, and why it matters, as the value of the key \"description\"");
    }
    if (header.falsePositives().stream().anyMatch(text -> TEMPLATE_TEXTS.contains(text.strip()))) {
      Warning.add(
          warnings,
          header.at(),
          Warning.Kind.TEMPLATE_TEXT,
          "has the false positive of the template",
          "write below the key \"falsepositives\" which legitimate work looks like this attack, or"
              + " remove the entry");
    }
  }

  private static void slips(Header header, List<Warning> warnings) {
    for (Header.Slip slip : header.slips()) {
      Warning.add(
          warnings,
          slip.at(),
          Warning.Kind.MISSPELT_KEY,
          "has the key %s, which is not read".formatted(Quoted.of(slip.word())),
          "write %s, if that is meant".formatted(slip.meant()));
    }
    for (Header.BadDate date : header.badDates()) {
      boolean isDate = !date.meant().isEmpty();
      Warning.add(
          warnings,
          date.at(),
          Warning.Kind.BAD_DATE,
          "has the %s %s, which is %s"
              .formatted(
                  date.key(),
                  Quoted.of(date.word()),
                  isDate ? "written with slashes" : "not a date"),
          isDate
              ? "write %s, as rules lint --fix does".formatted(date.meant())
              : "write the date as YEAR-MONTH-DAY, such as 2026-11-28");
    }
  }

  /**
   * Warns if a document lacks a test in which the rule fires, or a test in which it must not fire.
   */
  static void tests(Header header, List<Warning> warnings) {
    if (header.regressionTests() != null) {
      return;
    }
    List<RuleCase> tests = header.tests();
    boolean hasPositive = tests.stream().anyMatch(test -> !test.expected().isEmpty());
    boolean hasNegative = tests.stream().anyMatch(test -> test.expected().isEmpty());
    if (!hasPositive || !hasNegative) {
      Warning.add(
          warnings,
          header.at(),
          Warning.Kind.NO_TESTS,
          hasPositive
              ? "has no test in which the rule must not fire"
              : hasNegative ? "has no test in which the rule fires" : "has no tests",
          "add a test to the list \"tests\" in the section \"lockstep\", as docs/sigma.md shows");
    }
  }
}
