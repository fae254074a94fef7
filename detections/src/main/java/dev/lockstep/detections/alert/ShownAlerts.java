package dev.lockstep.detections.alert;

import dev.lockstep.schemas.Alert;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Converter of Defender's alerts into the list of alerts that a detection shows. */
public final class ShownAlerts {
  private static final int MOST = 20;

  private ShownAlerts() {}

  /**
   * Returns a map for each of the first 20 alerts, with the alert's id, title, severity, link and
   * product. A detection lists its alerts in this form. A value that the alert does not have is
   * absent.
   */
  public static List<Map<String, String>> of(List<Alert> alerts) {
    return alerts.stream().limit(MOST).map(ShownAlerts::shown).toList();
  }

  private static Map<String, String> shown(Alert alert) {
    TreeMap<String, String> shown = new TreeMap<>();
    shown.put("id", alert.getId());
    put(shown, "title", alert.getTitle());
    put(shown, "severity", alert.getSeverity() == null ? null : alert.getSeverity().name());
    put(shown, "link", alert.getLink());
    put(shown, "product", alert.getProduct());
    return shown;
  }

  private static void put(Map<String, String> shown, String key, @Nullable String value) {
    if (value != null) {
      shown.put(key, value);
    }
  }
}
