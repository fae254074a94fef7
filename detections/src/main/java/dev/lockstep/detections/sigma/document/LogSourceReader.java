package dev.lockstep.detections.sigma.document;

import dev.lockstep.detections.sigma.field.LogSourceScope;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reader of the log source of a Sigma rule or filter. It refuses a log source that Lockstep does
 * not read.
 */
final class LogSourceReader {
  private static final int MOST_CHARS = 128;
  private static final Map<String, List<String>> SERVICES = LogSourceScope.services();

  private LogSourceReader() {}

  static LogSource read(DocumentPart document) throws DocumentException {
    DocumentPart source =
        DocumentPart.of(
            document.needed("logsource", "add the product and service of the logs"), "logsource");
    String category = source.text("category", MOST_CHARS);
    String product = source.text("product", MOST_CHARS);
    if (product == null) {
      throw DocumentPart.refusal(
          source.at(category == null ? "product" : "category"),
          category == null
              ? "has a log source without a product"
              : "has a log source of the category %s without a product"
                  .formatted(Quoted.of(category)),
          category == null
              ? "write product azure or lockstep, and a service"
              : "write product azure or lockstep, and a service, in place of the category");
    }
    List<String> services = SERVICES.get(product.toLowerCase(Locale.ROOT));
    if (services == null) {
      String nearest = NearestNames.similarAmong(SERVICES.keySet(), product);
      throw DocumentPart.refusal(
          source.at("product"),
          "has the product %s, whose logs Lockstep does not read".formatted(Quoted.of(product)),
          "write one of "
              + String.join(" and ", SERVICES.keySet())
              + (nearest.isEmpty() ? "" : "; the nearest is " + nearest));
    }
    if (category != null) {
      throw DocumentPart.refusal(
          source.at("category"),
          "has a log source with the category %s".formatted(Quoted.of(category)),
          source.has("service")
              ? "remove the category, because the product and the service say which logs are meant"
              : "remove the category, and write one of the services: "
                  + String.join(", ", services));
    }
    String service = source.text("service", MOST_CHARS);
    if (service == null) {
      throw DocumentPart.refusal(
          source.at("service"),
          "has a log source without a service",
          "write the key service with one of " + String.join(", ", services));
    }
    if (!services.contains(service.toLowerCase(Locale.ROOT))) {
      throw HeaderReader.unknown(source.at("service"), "service of " + product, service, services);
    }
    return new LogSource(product.toLowerCase(Locale.ROOT), service.toLowerCase(Locale.ROOT));
  }
}
