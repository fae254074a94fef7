package dev.lockstep.capture.record;

import java.util.Locale;

/**
 * API gateway with the name and host that its records give.
 *
 * @param name name in Azure
 * @param host host that callers ask for
 */
public record RecordedGateway(String name, String host) {
  /** Gateway that may be called directly or through Front Door. */
  public static final RecordedGateway ORDERS =
      new RecordedGateway("northwind-apim", "api.northwindtraders.example");

  /** Gateway that may only be called through Front Door. */
  public static final RecordedGateway SHOP =
      new RecordedGateway("northwind-shop", "shop.northwindtraders.example");

  private static final String RESOURCES =
      "/SUBSCRIPTIONS/2E5B8F3A-6C1D-4E7F-8A90-B1C2D3E4F506/RESOURCEGROUPS/NORTHWIND-EDGE/PROVIDERS"
          + "/MICROSOFT.APIMANAGEMENT/SERVICE/";

  /** Returns the gateway's Azure resource id in capitals, as the log has it. */
  public String resource() {
    return RESOURCES + name.toUpperCase(Locale.ROOT);
  }
}
