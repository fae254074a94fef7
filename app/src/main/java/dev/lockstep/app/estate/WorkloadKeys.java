package dev.lockstep.app.estate;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SignIn;
import dev.lockstep.schemas.text.ComparableText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collection of the keys and secrets with which the workloads of a capture signed in. */
final class WorkloadKeys {
  static final String MANAGED_IDENTITIES = "ManagedIdentitySignInLogs";

  private final Duration rotation;
  private final Map<String, Workload> workloads = new TreeMap<>();
  private int workloadsAndKeys;
  private long workloadSignIns;
  private long leftOut;

  private static final class Workload {
    private String name = "";
    private final Map<String, Used> keys = new TreeMap<>();
    private final Used secret = new Used();
  }

  private static final class Used {
    private long times;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    void at(long time) {
      times++;
      first = Math.min(first, time);
      last = Math.max(last, time);
    }
  }

  /**
   * Creates an empty collection.
   *
   * @param rotation age at which a key should be replaced
   */
  WorkloadKeys(Duration rotation) {
    this.rotation = rotation;
  }

  long leftOut() {
    return leftOut;
  }

  /** Adds a successful sign-in of a workload. */
  void add(Activity signIn) {
    Principal principal = signIn.getPrincipal();
    SignIn details = signIn.getSignIn();
    Credential credential = details == null ? null : details.getCredential();
    workloadSignIns++;
    if (principal == null || credential == null) {
      return;
    }
    String keyId = ComparableText.of(credential.getKeyId());
    boolean isSecret = isSecret(signIn, credential);
    if (keyId.isEmpty() && !isSecret) {
      return;
    }
    Workload workload = workloads.get(principal.getId());
    boolean isNew = workload == null || (!keyId.isEmpty() && !workload.keys.containsKey(keyId));
    if (isNew && workloadsAndKeys++ >= HygieneSurvey.MOST) {
      leftOut++;
      return;
    }
    if (workload == null) {
      workload = new Workload();
      workloads.put(principal.getId(), workload);
    }
    String name = principal.getName();
    if (name != null && name.compareTo(workload.name) > 0) {
      workload.name = name;
    }
    if (!keyId.isEmpty()) {
      workload.keys.computeIfAbsent(keyId, none -> new Used()).at(signIn.getEventAt());
    }
    if (isSecret) {
      workload.secret.at(signIn.getEventAt());
    }
  }

  private static boolean isSecret(Activity signIn, Credential credential) {
    return ComparableText.of(credential.getType()).equals("clientsecret")
        && !signIn.getCategory().equals(MANAGED_IDENTITIES)
        && ComparableText.of(credential.getFederatedId()).isEmpty()
        && ComparableText.of(credential.getThumbprint()).isEmpty();
  }

  /** Adds old keys, and workloads that signed in with a secret, to the list of weak settings. */
  void find(List<Hygiene.Item> items) {
    workloads.forEach((id, workload) -> keys(id, workload, items));
    workloads.forEach((id, workload) -> secrets(id, workload, items));
  }

  private void keys(String id, Workload workload, List<Hygiene.Item> items) {
    workload.keys.forEach(
        (key, used) -> {
          long age = used.last - used.first;
          if (age > rotation.toMillis()) {
            items.add(
                new Hygiene.Item(
                    Hygiene.Check.OLD_KEY,
                    id,
                    key,
                    "%s signed in with this key over %s, from %s to %s"
                        .formatted(
                            label(workload, id),
                            DisplayFormat.count(Duration.ofMillis(age).toDays(), "day"),
                            DisplayFormat.dateTime(used.first),
                            DisplayFormat.dateTime(used.last)),
                    Hygiene.Item.counts(
                        "signIns", used.times,
                        "firstAt", used.first,
                        "lastAt", used.last,
                        "days", Duration.ofMillis(age).toDays())));
          }
        });
  }

  private static void secrets(String id, Workload workload, List<Hygiene.Item> items) {
    Used used = workload.secret;
    if (used.times > 0) {
      items.add(
          new Hygiene.Item(
              Hygiene.Check.SECRET,
              id,
              "",
              "%s signed in with a secret in %s, last at %s"
                  .formatted(
                      label(workload, id),
                      DisplayFormat.count(used.times, "sign-in"),
                      DisplayFormat.dateTime(used.last)),
              Hygiene.Item.counts(
                  "signIns", used.times, "firstAt", used.first, "lastAt", used.last)));
    }
  }

  private static String label(Workload workload, String id) {
    return workload.name.isEmpty() ? id : workload.name;
  }

  /** Adds each check of keys or secrets that has to be skipped, with the reason to skip it. */
  void skip(Map<Hygiene.Check, String> why, long first, long last) {
    if (workloadSignIns == 0) {
      why.put(Hygiene.Check.OLD_KEY, "the capture has no sign-in of a workload");
      why.put(Hygiene.Check.SECRET, "the capture has no sign-in of a workload");
    } else if (last - first <= rotation.toMillis()) {
      why.put(
          Hygiene.Check.OLD_KEY,
          "the capture is not longer than %s"
              .formatted(DisplayFormat.count(rotation.toDays(), "day")));
    }
  }
}
