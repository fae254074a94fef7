package dev.lockstep.detections.sigma.document;

/**
 * Log source of a rule or filter: product and service. {@link LogSourceReader} refuses a category.
 *
 * @param product product in lower case
 * @param service service of the product in lower case
 */
public record LogSource(String product, String service) {
  @Override
  public String toString() {
    return product + "/" + service;
  }
}
