package dev.lockstep.detections.local;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.RecordGeo;
import dev.lockstep.schemas.Where;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Interner of texts that repeat between activities, to save memory. For one thread. */
final class TextInterner {
  private static final int MOST = 50_000;

  private final Map<String, String> texts = new HashMap<>();

  Activity intern(Activity activity) {
    activity.setCategory(one(activity.getCategory()));
    Where where = activity.getWhere();
    where.setSource(one(where.getSource()));
    where.setHub(oneOrNull(where.getHub()));
    where.setFile(oneOrNull(where.getFile()));
    Principal principal = activity.getPrincipal();
    if (principal != null) {
      principal.setId(one(principal.getId()));
      principal.setName(oneOrNull(principal.getName()));
      principal.setType(one(principal.getType()));
    }
    RecordGeo geo = activity.getGeo();
    if (geo != null) {
      geo.setCountry(oneOrNull(geo.getCountry()));
      geo.setCity(oneOrNull(geo.getCity()));
    }
    return activity;
  }

  private @Nullable String oneOrNull(@Nullable String text) {
    return text == null ? null : one(text);
  }

  private String one(String text) {
    String known = texts.get(text);
    if (known != null) {
      return known;
    }
    if (texts.size() >= MOST) {
      texts.clear();
    }
    texts.put(text, text);
    return text;
  }
}
