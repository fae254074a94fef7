package dev.lockstep.ingest.capture;

import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Where;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Batch of messages and damaged places that were read from captured files and not yet written to
 * the target.
 */
final class CaptureBatch {
  private static final int ENTRIES = 1_000;
  private static final int BYTES = 4 << 20;

  private final String source;
  private final List<SourceMessage> messages = new ArrayList<>();
  private final List<Outcome> damages = new ArrayList<>();

  /** Captured files that have messages or damaged places in this batch and are still being read. */
  private final Set<CaptureFeed> files = new LinkedHashSet<>();

  private int bytes;

  CaptureBatch(String source) {
    this.source = source;
  }

  void take(CaptureFeed file, CaptureFeed.Entry entry) {
    String path = file.file().path().path();
    SourceMessage message = entry.message();
    if (message != null) {
      messages.add(
          new SourceMessage(
              message.body(), below(path, message.where()), message.arrivalAt(), message.row()));
    } else if (entry.damage() instanceof Outcome.Rejected rejected) {
      rejected.letter().setWhere(below(path, rejected.letter().getWhere()));
      damages.add(rejected);
    }
    bytes += entry.bytes();
    files.add(file);
  }

  private Where below(String path, Where where) {
    Where own = Origin.file(path, where.getPosition(), where.getIndex());
    own.setSource(source);
    return own;
  }

  void ended(CaptureFeed file) {
    files.remove(file);
  }

  boolean isEmpty() {
    return messages.isEmpty() && damages.isEmpty();
  }

  boolean isFull() {
    return messages.size() + damages.size() >= ENTRIES || bytes >= BYTES;
  }

  List<SourceMessage> messages() {
    return messages;
  }

  List<Outcome> damages() {
    return damages;
  }

  Set<CaptureFeed> files() {
    return files;
  }

  void clear() {
    messages.clear();
    damages.clear();
    files.clear();
    bytes = 0;
  }
}
