package dev.lockstep.app.cost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.SourceMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counter of the records in captured files, which gives their number and billed volume by log
 * category.
 */
public final class RawVolume {
  private static final Set<String> ENVELOPES = Set.of("records", "value", "results");
  private static final String NO_CATEGORY = "(none)";
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
  private long unreadable;

  /** Returns the number and the billed size of the records in captured files, by log category. */
  public static RawVolume of(List<String> paths, Limits limits, Progress progress)
      throws IOException {
    RawVolume volume = new RawVolume();
    CaptureFiles files = new CaptureFiles(limits);
    progress.begin("weighing", files.totalBytes(paths));
    try {
      files.read(
          paths,
          InputStream.nullInputStream(),
          volume::add,
          damage -> volume.unreadable++,
          progress::at);
    } finally {
      progress.end();
    }
    return volume;
  }

  void add(SourceMessage message) {
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
        count(size.of(in));
      }
    }
  }

  private void envelopeOrRecord(JsonParser in) throws IOException {
    BilledSize.Billed billed = size.unlessEnvelope(in, ENVELOPES);
    if (billed != null) {
      count(billed);
      return;
    }
    elements(in, false);
    while (in.nextToken() != JsonToken.END_OBJECT && in.currentToken() != null) {
      in.skipChildren();
    }
  }

  private void count(BilledSize.Billed billed) {
    String category = billed.category().isEmpty() ? NO_CATEGORY : billed.category();
    if (!byCategory.containsKey(category) && byCategory.size() >= MOST_CATEGORIES) {
      category = FURTHER;
    }
    byCategory.merge(category, new Volume(1, billed.bytes()), Volume::plus);
  }

  public Map<String, Volume> byCategory() {
    return byCategory;
  }

  /** Returns the number of messages and parts of files that could not be read to their end. */
  public long unreadable() {
    return unreadable;
  }
}
