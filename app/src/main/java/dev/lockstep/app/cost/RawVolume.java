package dev.lockstep.app.cost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counter of the records in captured files, which gives their number and billed volume by log
 * category. A record that names no category is counted under the one that its content shows, as a
 * replay does.
 */
public final class RawVolume {
  private static final int MOST_CATEGORIES = 200;
  private static final String FURTHER = "(other)";

  /** Number of rows, and their billed size in bytes. */
  public record Volume(long rows, long bytes) {
    public static final Volume NONE = new Volume(0, 0);

    public Volume plus(Volume other) {
      return new Volume(rows + other.rows, bytes + other.bytes);
    }
  }

  private final JsonFactory json = new JsonFactoryBuilder().build();
  private final BilledSize size = new BilledSize(json);
  private final Map<String, Volume> byCategory = new TreeMap<>();
  private final List<BilledSize.Billed> records = new ArrayList<>();
  private final MessageReader reader;
  private long unreadable;

  RawVolume(Limits limits) {
    this.reader = new MessageReader(limits);
  }

  /** Returns the number and the billed size of the records in captured files, by log category. */
  public static RawVolume of(List<String> paths, Limits limits, Progress progress)
      throws IOException {
    RawVolume volume = new RawVolume(limits);
    CaptureFiles files = new CaptureFiles(limits);
    progress.begin("weighing", files.totalBytes(paths));
    try {
      files.read(
          paths,
          InputStream.nullInputStream(),
          volume::add,
          damage -> volume.unreadable++,
          progress::at);
      progress.done();
    } finally {
      progress.end();
    }
    return volume;
  }

  void add(SourceMessage message) {
    records.clear();
    weigh(message);
    boolean isAnyUnnamed = records.stream().anyMatch(each -> each.category().isEmpty());
    List<String> shown = isAnyUnnamed ? categories(message) : List.of();
    for (int i = 0; i < records.size(); i++) {
      BilledSize.Billed billed = records.get(i);
      // of a damaged message, other records may be weighed than read
      boolean isUnnamed = billed.category().isEmpty() && shown.size() == records.size();
      count(isUnnamed ? shown.get(i) : billed.category(), billed.bytes());
    }
  }

  /**
   * Returns the category that ingest gives to each record of a message, or an empty text for a
   * record without a category.
   */
  private List<String> categories(SourceMessage message) {
    List<String> categories = new ArrayList<>();
    reader.read(
        message,
        outcome -> {
          String category = category(outcome);
          categories.add(category == null ? "" : category);
        });
    return categories;
  }

  private static @Nullable String category(Outcome outcome) {
    if (outcome instanceof Outcome.Mapped mapped) {
      return mapped.activity().getCategory();
    } else if (outcome instanceof Outcome.Ignored ignored) {
      return ignored.category();
    } else if (outcome instanceof Outcome.Rejected rejected) {
      return rejected.letter().getCategory();
    }
    return ((Outcome.Quarantined) outcome).letter().getCategory();
  }

  private void weigh(SourceMessage message) {
    try (JsonParser in = json.createParser(message.body())) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.START_ARRAY) {
          elements(in, true);
        } else if (token == JsonToken.START_OBJECT) {
          envelopeOrRecord(in);
        }
      }
    } catch (IOException e) {
      unreadable++; // the part before the damage is counted
    }
  }

  private void elements(JsonParser in, boolean mayBeEnvelopes) throws IOException {
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() == null) {
        return;
      }
      if (in.currentToken() != JsonToken.START_OBJECT) {
        in.skipChildren();
      } else if (mayBeEnvelopes) {
        envelopeOrRecord(in);
      } else {
        records.add(size.of(in));
      }
    }
  }

  private void envelopeOrRecord(JsonParser in) throws IOException {
    BilledSize.Billed billed = size.unlessEnvelope(in, MessageReader.LIST_NAMES);
    if (billed != null) {
      records.add(billed);
      return;
    }
    elements(in, false);
    while (in.nextToken() != JsonToken.END_OBJECT && in.currentToken() != null) {
      in.skipChildren();
    }
  }

  private void count(String named, long bytes) {
    String category = named.isEmpty() ? IngestCounts.NO_CATEGORY : named;
    if (!byCategory.containsKey(category) && byCategory.size() >= MOST_CATEGORIES) {
      category = FURTHER;
    }
    byCategory.merge(category, new Volume(1, bytes), Volume::plus);
  }

  public Map<String, Volume> byCategory() {
    return byCategory;
  }

  /** Returns the number of messages and parts of files that could not be read to their end. */
  public long unreadable() {
    return unreadable;
  }
}
