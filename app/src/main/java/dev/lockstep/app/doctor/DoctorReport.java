package dev.lockstep.app.doctor;

import dev.lockstep.app.terminal.JsonText;
import java.util.List;

/**
 * Results of {@code lockstep doctor} for one configuration.
 *
 * @param lines in the order of the checks
 */
public record DoctorReport(List<CheckReport.Line> lines) {
  public DoctorReport {
    lines = List.copyOf(lines);
  }

  public long count(CheckReport.Verdict verdict) {
    return lines.stream().filter(line -> line.verdict() == verdict).count();
  }

  /**
   * Returns this report as one JSON object. It has the number of lines with each verdict, and each
   * line with its verdict, check, result and fix.
   */
  public String json() {
    return JsonText.of(
        out -> {
          out.writeStartObject();
          for (CheckReport.Verdict verdict : CheckReport.Verdict.values()) {
            out.writeNumberField(verdict.word(), count(verdict));
          }
          JsonText.writeObjects(
              out,
              "checks",
              lines,
              line -> {
                out.writeStringField("verdict", line.verdict().word());
                out.writeStringField("check", line.check());
                out.writeStringField("what", line.what());
                if (!line.fix().isEmpty()) {
                  out.writeStringField("fix", line.fix());
                }
              });
          out.writeEndObject();
        });
  }
}
