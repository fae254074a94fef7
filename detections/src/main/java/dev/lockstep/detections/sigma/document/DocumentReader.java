package dev.lockstep.detections.sigma.document;

import dev.lockstep.detections.sigma.match.DetectionSection;
import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.schemas.Sha256;
import dev.lockstep.schemas.text.Quoted;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Reader of the Sigma documents of a file. */
public final class DocumentReader {
  /** Largest size of a file that is read, in bytes. */
  public static final int MOST_BYTES = 4_000_000;

  private static final Set<String> TESTS_OF_JAVA_RULES = Set.copyOf(CasesReader.KEYS);

  private final Placeholders placeholders;

  /** Creates a reader that replaces placeholders in documents by their values. */
  public DocumentReader(Placeholders placeholders) {
    this.placeholders = placeholders;
  }

  /**
   * Documents of a file that have no fault, and the faults of the file and of its refused
   * documents.
   *
   * @param documents documents without a fault, in the order of the file
   * @param refused ids and names of the refused documents
   */
  public record Reading(
      List<SigmaDocument> documents, List<DocumentFault> faults, Set<String> refused) {
    public Reading {
      documents = List.copyOf(documents);
      faults = List.copyOf(faults);
      refused = Set.copyOf(refused);
    }
  }

  /** YAML document of a file, with the line at which it begins. */
  private record Found(YamlValue value, long line) {}

  /**
   * Reads the Sigma documents of a file, with the faults of refused documents.
   *
   * @param file name of the file for messages
   * @param bytes content
   */
  public Reading read(String file, byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      return refused(
          file,
          1,
          "has %d bytes, and at most %d are read".formatted(bytes.length, MOST_BYTES),
          "split the file");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return read(file, text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      return refused(file, lineOfBadByte(bytes), "is not UTF-8", "save the file as UTF-8");
    }
  }

  private static Reading refused(String file, long line, String what, String fix) {
    return new Reading(
        List.of(), List.of(new DocumentFault(new SourceLine(file, line), what, fix)), Set.of());
  }

  private static long lineOfBadByte(byte[] bytes) {
    String replaced = new String(bytes, StandardCharsets.UTF_8);
    int bad = replaced.indexOf('\uFFFD');
    return 1 + replaced.substring(0, Math.max(0, bad)).chars().filter(c -> c == '\n').count();
  }

  private Reading read(String file, String text) {
    List<Found> found = new ArrayList<>();
    List<SigmaDocument> documents = new ArrayList<>();
    List<DocumentFault> faults = new ArrayList<>();
    Set<String> refused = new HashSet<>();
    try {
      YamlStream stream = new YamlStream(file, text);
      for (YamlValue value = stream.next(); value != null; value = stream.next()) {
        found.add(new Found(value, stream.documentLine()));
      }
    } catch (DocumentException e) {
      faults.add(e.fault());
    }
    if (found.isEmpty() && faults.isEmpty()) {
      return refused(file, 1, "has no YAML document", "write a rule, or remove the file");
    }
    List<String> hashes = hashes(text, found);
    for (int i = 0; i < found.size(); i++) {
      try {
        refuseTestsOfJavaRule(file, found.get(i).value());
        documents.add(document(found.get(i).value(), i + 1, hashes.get(i)));
      } catch (DocumentException e) {
        faults.add(e.fault());
        addWords(found.get(i).value(), refused);
      }
    }
    return new Reading(documents, faults, refused);
  }

  private static void addWords(YamlValue document, Set<String> words) {
    if (document instanceof YamlValue.Mapping mapping) {
      for (String key : List.of("id", "name")) {
        YamlValue.Entry entry = mapping.entries().get(key);
        if (entry != null && entry.value() instanceof YamlValue.Scalar scalar) {
          words.add(scalar.text().strip());
        }
      }
    }
  }

  private static void refuseTestsOfJavaRule(String file, YamlValue value) throws DocumentException {
    if (value instanceof YamlValue.Mapping mapping
        && TESTS_OF_JAVA_RULES.containsAll(mapping.entries().keySet())
        && mapping.entries().containsKey("rule")) {
      throw DocumentPart.refusal(
          DocumentPart.of(value, "a document").at("rule"),
          "has tests for a Java rule, but is read as a Sigma rule because its name ends in .yml",
          "rename the file to " + Quoted.of(CasesReader.fileName(file)));
    }
  }

  private SigmaDocument document(YamlValue value, int number, String sha256)
      throws DocumentException {
    DocumentPart document = DocumentPart.of(value, "a document");
    if (document.has("action")) {
      throw DocumentPart.refusal(
          document.at("action"),
          "has the key \"action\" of Sigma's old rule collections, which Lockstep does not support",
          "write each rule as a complete document, after a line of three dashes");
    }
    Header header = HeaderReader.read(document, number, sha256);
    YamlValue correlation = document.value("correlation");
    YamlValue filter = document.value("filter");
    if (correlation != null) {
      return CorrelationReader.read(document, header, correlation);
    }
    if (filter != null) {
      return FilterReader.read(document, header, filter, placeholders);
    }
    LogSource source = LogSourceReader.read(document);
    DocumentPart detection =
        DocumentPart.of(
            document.needed(
                "detection", "add selections and a condition below detection, or a correlation"),
            "detection");
    SelectionsReader selections = new SelectionsReader(placeholders);
    DetectionSection section = selections.read(detection, Set.of());
    return new RuleDocument(header, source, section, selections.lines());
  }

  /** Returns the SHA-256 of each document's text. The text ends where the next document begins. */
  private static List<String> hashes(String text, List<Found> found) {
    List<String> hashes = new ArrayList<>();
    int from = 0;
    long line = 1;
    for (int i = 0; i < found.size(); i++) {
      long end = i + 1 < found.size() ? found.get(i + 1).line() : Long.MAX_VALUE;
      int to = from;
      while (line < end && to < text.length()) {
        int feed = text.indexOf('\n', to);
        to = feed < 0 ? text.length() : feed + 1;
        line++;
      }
      hashes.add(sha256(text.substring(from, to)));
      from = to;
    }
    return hashes;
  }

  private static String sha256(String text) {
    return HexFormat.of().formatHex(Sha256.of(text));
  }
}
