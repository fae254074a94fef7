package dev.lockstep.app.page;

import dev.lockstep.app.report.ReportPage;
import dev.lockstep.app.report.ReportSection;
import java.io.IOException;
import java.util.List;

/**
 * Content of the page of a running service, as it is now: findings, rules, problems, tables about
 * the service, and answers about state. Any thread may call it.
 */
public interface PageContent {
  /** Returns a number that grows with each change of the findings. */
  long changes();

  /**
   * Returns the reasons why the service does not do its whole work or, if there are none, its
   * warnings.
   */
  List<String> problems();

  /** Returns the tables about the service, such as its health and its sources. */
  List<ReportSection> sections();

  /**
   * Returns the latest findings, the rules and the tables of {@link #sections}, from which the page
   * is written.
   */
  ReportPage page();

  /**
   * Returns the answer, as a JSON object, to a question about a subject or a finding, from the
   * state of all instances.
   *
   * @throws IOException if nobody waits for the answer any more
   */
  String look(StateQuestion question, StateLookUp.Progress progress) throws IOException;
}
