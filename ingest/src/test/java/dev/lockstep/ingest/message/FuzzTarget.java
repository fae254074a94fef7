package dev.lockstep.ingest.message;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import dev.lockstep.ingest.category.Category;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.file.GzipMembers;
import dev.lockstep.ingest.file.Packed;
import dev.lockstep.ingest.json.JsonScan;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * What is fuzzed, and what must hold for any bytes: no exception, every record accounted for, the
 * same outcome each time, little memory.
 */
enum FuzzTarget {
  /** A message of a hub. */
  MESSAGE {
    @Override
    void run(byte[] data) {
      read(data);
    }

    @Override
    List<byte[]> seeds() {
      return utf8(
          "{\"records\":[" + CALL + "," + SIGN_IN + "]}",
          "[" + CALL + "," + Records.LINK + ",1,{}]",
          CALL + "\n" + Records.ALERT + "\n" + Records.ALERT_INFO,
          "{\"records\":[" + CALL + ",{\"a\":oops}," + CALL + "],\"n\":1}]}");
    }
  },

  /** A byte that picks the category, then the members of a record for its mapper. */
  RECORD {
    @Override
    void run(byte[] data) {
      if (data.length == 0) {
        return;
      }
      Category[] categories = Category.values();
      int picked = (data[0] & 0xff) % (categories.length + 1);
      String category =
          picked == 0 ? "" : "\"category\":\"" + categories[picked - 1].spelling + "\",";
      byte[] members = Arrays.copyOfRange(data, 1, data.length);
      read(Packed.join(("{" + category).getBytes(UTF_8), members, new byte[] {'}'}));
    }

    @Override
    List<byte[]> seeds() {
      List<byte[]> seeds = new ArrayList<>();
      for (String record :
          List.of(
              CALL,
              SIGN_IN,
              Records.LINK,
              Records.ALERT,
              Records.ALERT_INFO,
              Records.evidence("'EntityType':'Ip','RemoteIP':'81.2.69.142'"),
              CALL.replace(
                  "\"method\"",
                  "\"traceRecords\":[{\"source\":\"lockstep\",\"message\":\"{\\\"uti\\\":\\\"u\\\"}\"}],\"method\""),
              SIGN_IN.replace("\"properties\":{", "\"properties\":\"{\\\"id\\\":1}\",\"p\":{"))) {
        byte[] members = record.substring(1, record.length() - 1).getBytes(UTF_8);
        for (int picked = 0; picked <= Category.values().length; picked++) {
          seeds.add(Packed.join(new byte[] {(byte) picked}, members));
        }
      }
      return seeds;
    }
  },

  /** A file of any kind. */
  FILE {
    @Override
    void run(byte[] data) {
      file(data);
    }

    @Override
    List<byte[]> seeds() {
      List<byte[]> seeds =
          utf8(
              CALL + "\r\n" + CALL + "\n",
              "\ufeff[\n" + CALL + ",\n" + SIGN_IN + "\n]\n",
              "{\"records\":[" + (CALL + ",").repeat(12) + CALL + "]}\n" + CALL);
      seeds.add(Packed.gzip(CALL.getBytes(UTF_8)));
      seeds.add(Zstd.compress(CALL.getBytes(UTF_8)));
      return seeds;
    }
  },

  /** Lines that are whole messages, against the same lines as one message. */
  LINES {
    @Override
    void run(byte[] data) {
      if (data.length > LIMITS.messageBytes()) {
        return; // too large together, and not apart
      }
      List<String> apart = new ArrayList<>();
      int from = 0;
      for (int i = 0; i <= data.length; i++) {
        if (i == data.length || data[i] == '\n') {
          List<Outcome> outcomes = read(Arrays.copyOfRange(data, from, i));
          if (outcomes.stream().anyMatch(FuzzTarget::isBroken)) {
            return;
          }
          outcomes.forEach(outcome -> apart.add(word(outcome)));
          from = i + 1;
        }
      }
      List<String> together = read(data).stream().map(FuzzTarget::word).toList();
      check(together.equals(apart), "split at its line ends it gives " + apart);
    }

    @Override
    List<byte[]> seeds() {
      return utf8(
          CALL + "\n" + SIGN_IN + "\n[" + CALL + "]",
          "{\"records\":[" + CALL + "]}\n{\"category\":\"X\"}\r\n" + Records.LINK);
    }
  },

  /** Gzip, against what the JDK makes of it. */
  GZIP {
    @Override
    void run(byte[] data) {
      byte[] file = Packed.join(new byte[] {0x1f, (byte) 0x8b}, data);
      file(file);
      byte[] expected;
      try (GZIPInputStream jdk = new GZIPInputStream(new ByteArrayInputStream(file))) {
        expected = jdk.readNBytes(100_000);
      } catch (IOException e) {
        return;
      }
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      String damage = "";
      try (GzipMembers ours = new GzipMembers(new ByteArrayInputStream(file))) {
        byte[] some = new byte[1_000];
        int count = 0;
        while (read.size() < expected.length && count >= 0) {
          count = ours.read(some, 0, Math.min(some.length, expected.length - read.size()));
          read.write(some, 0, Math.max(count, 0));
        }
      } catch (IOException e) {
        damage = String.valueOf(e.getMessage());
      }
      boolean isRefused = REFUSED_HEADERS.stream().anyMatch(damage::contains);
      int least = isRefused ? read.size() : expected.length;
      check(
          Arrays.equals(Arrays.copyOf(expected, least), read.toByteArray()),
          "other bytes than the JDK's, with the damage: " + damage);
    }

    @Override
    List<byte[]> seeds() {
      byte[] gzip = Packed.gzip((CALL + "\n").getBytes(UTF_8));
      byte[] two = Packed.join(gzip, gzip);
      return List.of(
          Arrays.copyOfRange(gzip, 2, gzip.length),
          Arrays.copyOfRange(two, 2, two.length),
          new byte[] {8, 8, 0, 0, 0, 0, 0, 0, 'n', 0});
    }
  },

  /** The blocks of an Avro container, plain and deflated, and a container from its header on. */
  AVRO {
    @Override
    void run(byte[] data) {
      file(Packed.container(Packed.EVENT_DATA, "null", data));
      file(Packed.container(Packed.EVENT_DATA, "null", Packed.block(2, data)));
      file(Packed.container(Packed.EVENT_DATA, "deflate", Packed.block(2, data)));
      file(Packed.container(new String(data, UTF_8), "null", Packed.block(1, data)));
      file(Packed.join(new byte[] {'O', 'b', 'j', 1}, data));
    }

    @Override
    List<byte[]> seeds() {
      byte[] events = Packed.join(Packed.event(CALL), Packed.event("{}"));
      byte[] container = Packed.container(Packed.EVENT_DATA, "null", Packed.block(2, events));
      return List.of(
          events,
          Packed.block(2, events),
          Packed.deflated(events),
          Packed.EVENT_DATA.getBytes(UTF_8),
          "\"no such {type\":[{\"name\"x\"}]}".getBytes(UTF_8),
          "{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"Body\",\"type\":{\"type\":\"map\",\"values\":{\"type\":\"array\",\"items\":\"null\"}}}]}"
              .getBytes(UTF_8),
          Arrays.copyOfRange(container, 4, container.length));
    }
  };

  /** Parts of messages about headers of gzip members, which the JDK does not look at closely. */
  private static final List<String> REFUSED_HEADERS = List.of("Reserved flags", "xtra subfield");

  /** Small, so that what is large is met soon. */
  static final Limits LIMITS = new Limits(16, 40, 400, 64, 2000, 300, 100, 1_000_000);

  private static final long MOST_BYTES = 8_000_000;

  /** What a damaged record more may allocate: its letter, and the parser's exceptions. */
  private static final long MOST_BYTES_A_RECORD = 16_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final MessageReader READER = new MessageReader(LIMITS);

  static {
    // What is loaded at first use is not counted.
    Records.read(READER, ("[" + CALL + "," + SIGN_IN + ",oops]").getBytes(UTF_8), null);
  }

  abstract void run(byte[] data);

  /** Returns inputs to begin with. */
  abstract List<byte[]> seeds();

  private static List<Outcome> read(byte[] body) {
    List<Outcome> outcomes = new ArrayList<>();
    List<Slice> slices = new ArrayList<>();
    MessageReader reader =
        new MessageReader(
            LIMITS,
            (slice, outcome, sink) -> {
              slices.add(slice);
              sink.accept(outcome);
            });
    int begun = reader.read(body, Origin.file("f", 1, 0), null, outcomes::add);
    check(begun == outcomes.size(), "%d records began, %d ended".formatted(begun, outcomes.size()));
    check(outcomes.stream().noneMatch(FuzzTarget::isOurFault), "it is our fault: " + outcomes);
    int last = 0;
    for (Slice slice : slices) {
      check(slice.start() >= last && slice.end() <= body.length, "a byte belongs to two records");
      last = slice.end();
    }
    check(!outcomes.isEmpty() || !isBlank(body) || body.length == 0, "nothing became of it");
    List<Outcome> again = new ArrayList<>();
    check(leastAllocated(() -> readAgain(body, again)) < MOST_BYTES, "it took too much memory");
    check(again.equals(outcomes), "it gives another outcome the second time");
    return outcomes;
  }

  private static void readAgain(byte[] body, List<Outcome> again) {
    again.clear();
    READER.read(body, Origin.file("f", 1, 0), null, again::add);
  }

  /** Returns what the work allocates: once more where it may be the loading of classes. */
  private static long leastAllocated(Runnable work) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3 && least >= MOST_BYTES; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      work.run();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  private static void file(byte[] file) {
    long most = MOST_BYTES + MOST_BYTES_A_RECORD * readFile(file);
    check(leastAllocated(() -> readFile(file)) < most, "it took too much memory");
  }

  /** Returns how many records the file has. */
  private static int readFile(byte[] file) {
    List<Outcome> outcomes = new ArrayList<>();
    IngestCounts counts = new IngestCounts();
    AccountedReader reader = new AccountedReader(new MessageReader(LIMITS), counts);
    List<Outcome> damage = new ArrayList<>();
    try {
      new CaptureFiles(LIMITS)
          .read(
              List.of("-"),
              new ByteArrayInputStream(file),
              message -> outcomes.addAll(reader.read(message)),
              damage::add,
              bytes -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    outcomes.forEach(counts::count);
    check(counts.missing() == null, "not conserved: " + counts.missing());
    check(outcomes.stream().noneMatch(FuzzTarget::isOurFault), "it is our fault: " + outcomes);
    return outcomes.size();
  }

  private static boolean isBlank(byte[] body) {
    return JsonScan.skipBlanks(body, 0, body.length) == body.length;
  }

  private static boolean isBroken(Outcome outcome) {
    return outcome instanceof Outcome.Rejected rejected
        && (rejected.letter().getReason().equals(Reason.NOT_JSON.word)
            || rejected.letter().getReason().startsWith("too-")
            || rejected.letter().getReason().endsWith("-too-long"));
  }

  private static boolean isOurFault(Outcome outcome) {
    return outcome instanceof Outcome.Rejected rejected
        && rejected.letter().getReason().equals(Reason.UNREADABLE.word);
  }

  private static String word(Outcome outcome) {
    if (outcome instanceof Outcome.Mapped mapped) {
      return mapped.activity().getCategory() + " " + mapped.activity().getEventId();
    } else if (outcome instanceof Outcome.Ignored ignored) {
      return "ignored " + ignored.category();
    } else if (outcome instanceof Outcome.Rejected rejected) {
      return rejected.letter().getReason();
    }
    return "quarantined";
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static List<byte[]> utf8(String... texts) {
    List<byte[]> seeds = new ArrayList<>();
    for (String text : texts) {
      seeds.add(text.getBytes(UTF_8));
    }
    return seeds;
  }
}
