package dev.lockstep.ingest.source;

import dev.lockstep.ingest.outcome.Fault;
import dev.lockstep.ingest.text.Causes;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why a source or its target cannot be used, by what that is about: the log has it when it begins,
 * and when all of it is over. Safe for use by several threads.
 */
public final class Troubles {
  /** What is about the source as a whole. */
  public static final String WHOLE = "";

  private static final Logger LOG = LoggerFactory.getLogger(Troubles.class);

  private final String source;
  private final Map<String, String> open = new TreeMap<>();

  /** Creates the troubles of the source of that name: none. */
  public Troubles(String source) {
    this.source = source;
  }

  /** Notes a trouble. */
  public void note(String about, String what, Throwable why) {
    if (isNews(about, what)) {
      LOG.warn("{}: {} ({}); trying on", source, what, Causes.of(why));
    }
  }

  /** Notes a failure that nobody foresaw: the source tries on, for it must not end in silence. */
  public void noteFault(RuntimeException fault) {
    String what = String.valueOf(new Fault(fault).getMessage());
    if (isNews(WHOLE, what)) {
      LOG.error("{}: {}; trying on", source, what, fault);
    }
  }

  private boolean isNews(String about, String what) {
    synchronized (open) {
      return !what.equals(open.put(about, what));
    }
  }

  /** Notes that one is over; returns whether it was the last. */
  public boolean settle(String about) {
    boolean last;
    synchronized (open) {
      last = open.remove(about) != null && open.isEmpty();
    }
    if (last) {
      LOG.info("{}: reads and writes again", source);
    }
    return last;
  }

  /** Drops one that is another's to have by now: nobody here learns when it is over. */
  public void forget(String about) {
    synchronized (open) {
      open.remove(about);
    }
  }

  /** Returns one that is not over, that about the source first, or an empty text. */
  public String first() {
    synchronized (open) {
      return open.isEmpty() ? "" : open.values().iterator().next();
    }
  }
}
