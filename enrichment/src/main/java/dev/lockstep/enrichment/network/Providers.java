package dev.lockstep.enrichment.network;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.lockstep.enrichment.file.ValueParsers;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Bundled list of large cloud, hosting, VPN and satellite providers, by autonomous system. */
final class Providers {

  private static final String LIST = "provider-networks.csv";
  private static final Providers NONE = new Providers(Map.of());

  private final Map<Long, NetworkRow> systems;

  private Providers(Map<Long, NetworkRow> systems) {
    this.systems = Map.copyOf(systems);
  }

  static Providers none() {
    return NONE;
  }

  static Providers bundled() {
    return Bundled.LIST;
  }

  @Nullable NetworkRow of(@Nullable Long asn) {
    return asn == null ? null : systems.get(asn);
  }

  Map<Long, NetworkRow> all() {
    return systems;
  }

  /** Holder of the bundled list, which loads it on first use. */
  private static final class Bundled {
    static final Providers LIST = read();
  }

  private static Providers read() {
    Map<Long, NetworkRow> systems = new HashMap<>();
    try (InputStream list =
            Objects.requireNonNull(Providers.class.getResourceAsStream(LIST), LIST);
        Reader text = new InputStreamReader(list, StandardCharsets.UTF_8);
        CsvReader<CsvRecord> rows =
            CsvReader.builder().commentStrategy(CommentStrategy.SKIP).ofCsvRecord(text)) {
      boolean header = true;
      for (CsvRecord row : rows) {
        if (!header && systems.put(asn(row), row(row)) != null) {
          throw new IllegalStateException(LIST + " names " + row.getField(0) + " twice");
        }
        header = false;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Providers(systems);
  }

  private static Long asn(CsvRecord row) {
    return Objects.requireNonNull(ValueParsers.asn(row.getField(0)), row.getField(0));
  }

  private static NetworkRow row(CsvRecord row) {
    NetworkClass networkClass = NetworkClass.ofWord(row.getField(1));
    return new NetworkRow(
        Objects.requireNonNull(networkClass, row.getField(1)),
        null,
        null,
        null,
        null,
        null,
        null,
        row.getField(2));
  }
}
