package dev.lockstep.app.estate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.enrichment.file.YamlText;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Proposed configuration section {@code estate}, as YAML for people and as JSON for programs. */
public final class SuggestedEstate {
  private static final int MOST_CHARS = 400;

  private final EstateProposal proposal;
  private final Map<EstateProposal.Entry, EstateTrials.TrialResult> fires;

  /**
   * Creates the output of a proposal, with the number of findings that each entry would bring. For
   * this number the capture is replayed once for each entry, with an estate of that entry alone. An
   * entry that is not tried has a reason in place of the counts.
   */
  public SuggestedEstate(EstateProposal proposal, EstateTrials trials) {
    this.proposal = proposal;
    this.fires = trials.of(proposal);
  }

  /**
   * Returns the proposal as the section {@code estate} of a configuration, in YAML with comments.
   */
  public String yaml() {
    StringBuilder text = new StringBuilder();
    comment(
        text,
        "",
        proposal.to() == 0
            ? "The capture has no event."
            : "Proposed from events of %s to %s. Read each entry before you use it."
                .formatted(
                    DisplayFormat.dateTime(proposal.from()),
                    DisplayFormat.dateTime(proposal.to())));
    text.append("estate:\n");
    for (EstateProposal.Part part : EstateProposal.Part.values()) {
      List<EstateProposal.Entry> entries = of(part);
      boolean isEmpty = entries.stream().allMatch(EstateProposal.Entry::isDoubtful);
      text.append("  ").append(part.word()).append(isEmpty ? ": []\n" : ":\n");
      entries.forEach(entry -> append(text, entry));
    }
    return text.toString();
  }

  private List<EstateProposal.Entry> of(EstateProposal.Part part) {
    return proposal.entries().stream().filter(entry -> entry.part() == part).toList();
  }

  private void append(StringBuilder text, EstateProposal.Entry entry) {
    comment(
        text,
        "    ",
        entry.numbers().entrySet().stream()
            .map(number -> words(number.getKey()) + " " + DisplayFormat.number(number.getValue()))
            .collect(Collectors.joining(", ")));
    entry.remarks().forEach(remark -> comment(text, "    ", remark));
    comment(text, "    ", fires(entry));
    String begin = entry.isDoubtful() ? "    # " : "    ";
    line(text, begin + "- name: " + YamlText.scalar(entry.name()), "");
    entry
        .single()
        .forEach(
            (key, one) ->
                line(
                    text,
                    begin
                        + (one.isDoubtful() ? "  # " : "  ")
                        + key
                        + ": "
                        + scalar(key, one.value()),
                    one.why()));
    entry.lists().forEach((key, values) -> append(text, begin + "  ", key, values));
  }

  private static void append(
      StringBuilder text, String begin, String key, List<EstateProposal.Listed> values) {
    boolean isEmpty = values.stream().allMatch(EstateProposal.Listed::isDoubtful);
    line(
        text,
        begin + key + (isEmpty ? ": []" : ":"),
        isEmpty && !values.isEmpty()
            ? "to take one of these, remove the brackets, and the # before the value:"
            : "");
    for (EstateProposal.Listed one : values) {
      line(
          text,
          begin + (one.isDoubtful() ? "  # - " : "  - ") + YamlText.scalar(one.value()),
          one.why());
    }
  }

  private static String scalar(String key, String value) {
    return isSwitch(key) ? value : YamlText.scalar(value);
  }

  private static boolean isSwitch(String key) {
    return key.equals("requireManagedDevice") || key.equals("private");
  }

  private static boolean isOn(EstateProposal.Listed one) {
    return one.value().equals("true") && !one.isDoubtful();
  }

  private static void line(StringBuilder text, String line, String comment) {
    text.append(line);
    if (!comment.isEmpty()) {
      text.append("   # ").append(TextTable.shown(comment, MOST_CHARS));
    }
    text.append('\n');
  }

  private static void comment(StringBuilder text, String begin, String line) {
    text.append(begin).append("# ").append(TextTable.shown(line, MOST_CHARS)).append('\n');
  }

  private String fires(EstateProposal.Entry entry) {
    EstateTrials.TrialResult of = fired(entry);
    if (!of.isTried()) {
      return "would fire: unknown, " + of.why();
    }
    boolean isOff =
        entry.single().entrySet().stream()
            .anyMatch(one -> isSwitch(one.getKey()) && !isOn(one.getValue()));
    String most = isOff ? " with the switch on" : "";
    return "would fire%s: %s"
        .formatted(
            most,
            of.findings().isEmpty()
                ? "nothing in this capture"
                : of.findings().entrySet().stream()
                    .map(each -> each.getKey() + " " + DisplayFormat.number(each.getValue()))
                    .collect(Collectors.joining(", ")));
  }

  private EstateTrials.TrialResult fired(EstateProposal.Entry entry) {
    EstateTrials.TrialResult of = fires.get(entry);
    if (of == null) {
      throw new IllegalStateException(
          "the replay that tried out the proposed entries of estate has no result for the entry %s; report this bug"
              .formatted(Quoted.of(entry.name())));
    }
    return of;
  }

  private static String words(String name) {
    return DisplayFormat.words(name).replace("sign ins", "sign-ins");
  }

  /**
   * Returns the proposal as one JSON object. It has the entries by part of the estate, and the
   * times of the first and last event. Without an event the times are absent.
   */
  public String json() {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          if (proposal.to() > 0) {
            json.writeStringField("from", AvroJson.instant(proposal.from()));
            json.writeStringField("to", AvroJson.instant(proposal.to()));
          }
          for (EstateProposal.Part part : EstateProposal.Part.values()) {
            JsonText.writeObjects(json, part.word(), of(part), entry -> write(json, entry));
          }
          json.writeEndObject();
        });
  }

  private void write(JsonGenerator json, EstateProposal.Entry entry) throws IOException {
    json.writeStringField("name", entry.name());
    json.writeBooleanField("commentedOut", entry.isDoubtful());
    for (Map.Entry<String, EstateProposal.Listed> one : entry.single().entrySet()) {
      if (isSwitch(one.getKey())) {
        json.writeBooleanField(one.getKey(), isOn(one.getValue()));
      } else {
        json.writeStringField(one.getKey(), one.getValue().value());
      }
    }
    for (Map.Entry<String, List<EstateProposal.Listed>> list : entry.lists().entrySet()) {
      List<String> kept = new ArrayList<>();
      List<String> doubtful = new ArrayList<>();
      list.getValue().forEach(one -> (one.isDoubtful() ? doubtful : kept).add(one.value()));
      JsonText.writeTexts(json, list.getKey(), kept);
      if (!doubtful.isEmpty()) {
        JsonText.writeTexts(json, list.getKey() + "CommentedOut", doubtful);
      }
    }
    JsonText.writeCounts(json, "seen", entry.numbers());
    JsonText.writeTexts(json, "remarks", entry.remarks());
    EstateTrials.TrialResult of = fired(entry);
    json.writeBooleanField("tried", of.isTried());
    JsonText.writeCounts(json, "wouldFire", of.findings());
  }
}
