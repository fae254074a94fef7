package dev.lockstep.detections.sigma.document;

import dev.lockstep.detections.sigma.match.DetectionSection;
import dev.lockstep.detections.sigma.match.Placeholders;
import java.util.List;
import java.util.Set;

/** Reader of a Sigma filter, which is a document with the section {@code filter}. */
final class FilterReader {
  private FilterReader() {}

  static FilterDocument read(
      DocumentPart document, Header header, YamlValue section, Placeholders placeholders)
      throws DocumentException {
    if (document.has("detection")) {
      throw DocumentPart.refusal(
          document.at("detection"),
          "has both filter and detection",
          "move the rule to a separate document, after a line of three dashes");
    }
    LogSource source = LogSourceReader.read(document);
    DocumentPart filter = DocumentPart.of(section, "the section filter");
    YamlValue rules =
        filter.needed("rules", "list the id or name of each rule, or write \"rules: any\"");
    boolean isAny =
        rules instanceof YamlValue.Scalar scalar && scalar.text().equalsIgnoreCase("any");
    List<Reference> references = isAny ? List.of() : CorrelationReader.references(filter);
    SelectionsReader selections = new SelectionsReader(placeholders);
    DetectionSection detection = selections.read(filter, Set.of("rules"));
    return new FilterDocument(header, source, isAny, references, detection, selections.lines());
  }
}
