package dev.lockstep.app.page;

import dev.lockstep.app.report.ReportPage;
import dev.lockstep.app.report.ReportSection;
import java.io.IOException;
import java.util.List;

/** Content of the page of a running service, as it is now; called by any thread. */
public interface PageContent {
  /** Returns the number of changes of findings so far. */
  long changes();

  /**
   * Returns the reasons why the service does not do its whole work; if there are none, its
   * warnings.
   */
  List<String> problems();

  /** Returns the tables of health, sources and forwarders. */
  List<ReportSection> sections();

  /**
   * Returns the content of the page: the latest findings, the rules and the tables of {@link
   * #sections}.
   */
  ReportPage page();

  /**
   * Returns the answer to a question about the state as a JSON object.
   *
   * @throws IOException if nobody waits for the answer any more
   */
  String look(StateQuestion question, StateLookUp.Progress progress) throws IOException;
}
