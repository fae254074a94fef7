package dev.lockstep.app.page;

import dev.lockstep.app.report.ReportPage;
import java.util.List;

/** Content of the page of a running service, as it is now; called by any thread. */
public interface PageContent {
  /** Returns the number of changes of findings so far. */
  long changes();

  /** Returns the reasons why the service does not do its whole work, or its warnings. */
  List<String> problems();

  /** Returns findings, rules and tables of state. */
  ReportPage page();
}
