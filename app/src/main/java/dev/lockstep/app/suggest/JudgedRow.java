package dev.lockstep.app.suggest;

import java.util.ArrayList;
import java.util.List;

/**
 * A suggested row, and why it should not be taken unseen.
 *
 * @param effect its own, without the other rows
 * @param alerted addresses in it that alerts of Microsoft Defender of Medium or higher name
 * @param reasons why it is commented out; empty if it is not
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
