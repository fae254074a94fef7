package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.PartnerName;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.PrincipalTypes;
import dev.lockstep.schemas.text.Quoted;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Principal, partner or address that a detection names.
 *
 * @param kind {@code user}, {@code workload}, {@code subscription}, {@code partner} or {@code ip}
 * @param id id; a long one is cut to about {@link #MOST_CHARACTERS} characters and marked
 */
record DetectionSubject(String kind, String id) implements Comparable<DetectionSubject> {
  private static final int MOST_CHARACTERS = 80;
  private static final String PARTNER = "partner";
  private static final String IP = "ip";

  static List<DetectionSubject> of(Detection detection) {
    List<DetectionSubject> subjects = new ArrayList<>(3);
    Principal principal = detection.getPrincipal();
    if (principal != null) {
      subjects.add(new DetectionSubject(bounded(principal.getType()), bounded(principal.getId())));
    }
    PartnerName partner = detection.getPartner();
    if (partner != null) {
      subjects.add(new DetectionSubject(PARTNER, bounded(partner.getId())));
    }
    String address = detection.getIp();
    if (address != null) {
      subjects.add(new DetectionSubject(IP, bounded(address)));
    }
    return subjects;
  }

  private static String bounded(String text) {
    return Quoted.excerpt(text, MOST_CHARACTERS);
  }

  @Nullable Map<String, String> entity(int findings) {
    Map<String, String> entity = new TreeMap<>();
    switch (kind) {
      case IP -> {
        entity.put("kind", "IP");
        entity.put("Address", id);
      }
      case PrincipalTypes.USER -> {
        entity.put("kind", "Account");
        entity.put("AadUserId", id);
      }
      case PrincipalTypes.WORKLOAD -> {
        entity.put("kind", "Account");
        entity.put("ObjectGuid", id);
      }
      default -> {
        return null;
      }
    }
    entity.put("Findings", Integer.toString(findings));
    return entity;
  }

  /**
   * Returns this subject as a text that {@link #parse} reads. It has no spaces, commas or equals
   * signs.
   */
  String word() {
    return encoded(kind) + ":" + encoded(id);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  static DetectionSubject parse(String word) {
    int colon = word.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "could not read a subject in the metadata of a committed offset: it has no colon, so it is"
              + " damaged or of another version");
    }
    return new DetectionSubject(
        URLDecoder.decode(word.substring(0, colon), StandardCharsets.UTF_8),
        URLDecoder.decode(word.substring(colon + 1), StandardCharsets.UTF_8));
  }

  @Override
  public int compareTo(DetectionSubject other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : id.compareTo(other.id);
  }
}
