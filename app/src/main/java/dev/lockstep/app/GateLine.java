package dev.lockstep.app;

import dev.lockstep.schemas.GateChecked;

/** One gate as a line: its verdict where the eye runs down, its name, its numbers in words. */
final class GateLine {
  private GateLine() {}

  static void print(Lines lines, int indent, GateChecked gate, String words) {
    String verdict =
        switch (gate.getVerdict()) {
          case "quiet" -> "QUIET";
          case "fires" -> "FIRES";
          case "not reached" -> "-";
          default -> gate.getVerdict();
        };
    lines.labelled(
        indent,
        verdict + " ".repeat(Math.max(1, 8 - verdict.length())) + gate.getGate(),
        26,
        gate.getVerdict().equals("not reached") ? "not reached" : words);
  }
}
