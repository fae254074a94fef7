package dev.lockstep.app.suggest;

import java.util.ArrayList;
import java.util.List;

/**
 * Suggested row for the networks file, with its effect on findings and the reasons against its use.
 *
 * @param effect effect of the row without the other rows
 * @param alerted addresses in the row that Defender alerts of severity Medium or higher name
 * @param reasons reasons why the row is commented out; empty if it is not
 */
public record JudgedRow(
    NetworkSuggestion row, RowEffect effect, List<String> alerted, List<String> reasons) {

  public boolean isCommentedOut() {
    return !reasons.isEmpty();
  }

  JudgedRow because(String reason) {
    List<String> all = new ArrayList<>(reasons);
    all.add(reason);
    return new JudgedRow(row, effect, alerted, List.copyOf(all));
  }
}
