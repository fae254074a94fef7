package dev.lockstep.detections.encoding;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Device;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.Request;
import dev.lockstep.schemas.Token;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Static method that cuts texts of an activity that are too long for state, findings and internal
 * topics. Ingest lets most texts of a record have up to 1,024 UTF-16 units.
 *
 * <p>A text for people is cut off. A text that distinguishes things is cut off too, and then ends
 * in the hash of the whole text. Lengths are in UTF-16 units.
 */
public final class TextLimits {
  /** Largest length of a text for people, such as the name of a place or principal. */
  static final int TEXT = 128;

  /** Largest length of an identifying text, such as an address or the id of an event. */
  static final int ID = 128;

  /** Largest length of the path of a request; ingest already cuts paths to this length. */
  static final int PATH = 256;

  private static final int FORWARDED = 2048;
  private static final String CUT = "…";
  private static final int HASH = 32;

  private boolean hasCut;

  private TextLimits() {}

  /**
   * Cuts texts of an activity that are too long, in the activity itself, and returns whether it cut
   * any. Texts that only some logs have, such as the title of an alert, stay.
   */
  public static boolean cut(Activity activity) {
    TextLimits limits = new TextLimits();
    limits.cutTexts(activity);
    return limits.hasCut;
  }

  private void cutTexts(Activity activity) {
    activity.setCategory(Objects.requireNonNull(id(activity.getCategory())));
    activity.setEventId(Objects.requireNonNull(id(activity.getEventId())));
    activity.setAddress(id(activity.getAddress()));
    activity.setSocketAddress(id(activity.getSocketAddress()));
    activity.setForwardedFor(nearest(activity.getForwardedFor()));
    activity.setLinkSocketAddress(id(activity.getLinkSocketAddress()));
    activity.setLinkForwardedFor(nearest(activity.getLinkForwardedFor()));
    activity.setTrackingReference(id(activity.getTrackingReference()));
    activity.setApp(text(activity.getApp()));
    Principal principal = activity.getPrincipal();
    if (principal != null) {
      principal.setId(Objects.requireNonNull(id(principal.getId())));
      principal.setName(text(principal.getName()));
    }
    RecordGeo geo = activity.getGeo();
    if (geo != null) {
      geo.setCountry(text(geo.getCountry()));
      geo.setCity(text(geo.getCity()));
    }
    Device device = activity.getDevice();
    if (device != null) {
      device.setId(id(device.getId()));
    }
    Token token = activity.getToken();
    if (token != null) {
      token.setUti(id(token.getUti()));
      token.setSid(id(token.getSid()));
      token.setOid(id(token.getOid()));
      token.setTid(id(token.getTid()));
      token.setAppId(id(token.getAppId()));
    }
    Api api = activity.getApi();
    if (api != null) {
      api.setSubscription(id(api.getSubscription()));
      api.setProduct(id(api.getProduct()));
      api.setApi(text(api.getApi()));
      api.setOperation(text(api.getOperation()));
    }
    Request request = activity.getRequest();
    if (request != null) {
      request.setMethod(text(request.getMethod()));
      request.setHost(text(request.getHost()));
      request.setPath(text(request.getPath(), PATH));
    }
    activity.setUserAgent(text(activity.getUserAgent()));
  }

  private @Nullable String text(@Nullable String text) {
    return text(text, TEXT);
  }

  private @Nullable String text(@Nullable String text, int most) {
    if (text == null || text.length() <= most) {
      return text;
    }
    hasCut = true;
    return head(text, most - CUT.length()) + CUT;
  }

  private @Nullable String id(@Nullable String id) {
    if (id == null || id.length() <= ID) {
      return id;
    }
    hasCut = true;
    return head(id, ID - CUT.length() - HASH) + CUT + Hashes.id(List.of(id));
  }

  private static String head(String text, int length) {
    return text.substring(
        0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
  }

  /**
   * Returns an {@code X-Forwarded-For} header, cut at its start if it is too long. More than 2,048
   * UTF-16 units are too long. Only whole addresses at its end remain, which the proxies nearest to
   * the gateway wrote.
   */
  private @Nullable String nearest(@Nullable String header) {
    if (header == null || header.length() <= FORWARDED) {
      return header;
    }
    hasCut = true;
    String last = header.substring(header.length() - FORWARDED);
    return last.substring(last.indexOf(',') + 1);
  }
}
