package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Cases of {@code workload-credential-drift} for the demo: workloads whose credential or network
 * changed, and their near misses.
 */
final class WorkloadCases extends SceneCases {
  private static final int SET_CAP = 256;
  private static final Site CLOUD = Site.blank("198.19.104.");
  private static final Site HOSTING = Site.blank(TokenCases.HOSTING);
  private static final Site VPN = Site.blank(TokenCases.VPN);

  private Account workload;

  WorkloadCases(Scene scene) {
    super(scene, scene.denseSlots());
    this.workload = scene.cast().workload("Northwind nobody");
  }

  void play() {
    weaker();
    keys();
    networks();
    gates();
    nearMisses();
  }

  private String key() {
    return scene.dice().guid().toString();
  }

  private static UnaryOperator<SignIn> secret(String key) {
    return signIn -> signIn.with("clientSecret").key(key);
  }

  private static UnaryOperator<SignIn> certificate(String key) {
    return signIn ->
        signIn
            .with("clientAssertion")
            .key(key)
            .thumbprint("8F3A" + key.replace("-", "").toUpperCase(Locale.ROOT));
  }

  private static SignIn federated(SignIn signIn) {
    return signIn.with("federatedIdentityCredential").federated("github-northwind-orders");
  }

  private void learns(String name, int days, UnaryOperator<SignIn> credential) {
    workload = scene.cast().workload(name);
    for (int day = 0; day < days; day++) {
      signs(CLOUD, CaptureDays.at(2 * day, "04:20:00"), credential);
    }
  }

  private void signs(Site site, Instant at, UnaryOperator<SignIn> credential) {
    scene.add(credential.apply(SignIn.of(workload, site, 30, at).once()));
  }

  private void today(Site site, int day, UnaryOperator<SignIn> credential) {
    signs(site, slot(day), credential);
  }

  private void fires(String name, String reason, String severity, int count, int day) {
    scene.fires(name, Expectations.WORKLOAD, reason, severity, count, day, Subject.of(workload));
  }

  private void nearMiss(String name, @Nullable String gate, String why) {
    scene.expect().nearMiss(name, Expectations.WORKLOAD, gate, Subject.of(workload), why);
  }

  private void weaker() {
    learns("Northwind invoices", 7, certificate(key()));
    Instant start = slot(24);
    String secret = key();
    signs(CLOUD, start, secret(secret));
    signs(CLOUD, start.plus(Duration.ofSeconds(80)), secret(secret));
    fires("secret-after-a-certificate", "weaker", "High", 2, 24);

    learns("Northwind pipeline", 7, WorkloadCases::federated);
    today(CLOUD, 25, certificate(key()));
    fires("certificate-after-a-federation", "weaker", "High", 1, 25);

    workload = scene.cast().workload("Northwind function");
    for (int day = 0; day < 7; day++) {
      scene.add(SignIn.managed(workload, CaptureDays.at(2 * day, "04:25:00")).once());
    }
    today(CLOUD, 24, secret(key()));
    fires("secret-of-a-managed-identity", "weaker", "High", 1, 24);
  }

  private void keys() {
    String key = key();
    learns("Northwind newsletter", 7, secret(key));
    today(CLOUD, 25, secret(key()));
    today(CLOUD, 25, secret(key));
    fires("another-secret", "new-key", "Medium", 1, 25);

    learns("Northwind archive", 7, certificate(key()));
    today(CLOUD, 24, certificate(key()));
    fires("another-certificate", "new-key", "Medium", 1, 24);
  }

  private void networks() {
    String key = key();
    learns("Northwind prices", 7, secret(key));
    today(HOSTING, 25, secret(key));
    fires("secret-in-a-data-centre", "new-network", "Medium", 1, 25);

    key = key();
    learns("Northwind stock", 7, secret(key));
    today(VPN, 24, secret(key));
    fires("secret-behind-a-vpn", "new-network", "Medium", 1, 24);
  }

  private void gates() {
    learns("Northwind samples", 6, certificate(key()));
    today(CLOUD, 25, secret(key()));
    nearMiss("six-days-are-too-few", "learning", "Seven distinct days are needed.");

    learns("Northwind mailer", 7, signIn -> signIn.with("clientSecret"));
    today(CLOUD, 24, secret(key()));
    nearMiss("no-key-was-learned", "learning", "No key was seen before, so none is known as new.");

    String key = key();
    learns("Northwind tests", 7, secret(key));
    for (int number = 0; number < SET_CAP; number++) {
      signs(CLOUD, CaptureDays.at(9, "05:00:00").plusSeconds(20L * number), secret(key()));
    }
    signs(CLOUD, CaptureDays.at(9, "04:00:00"), secret(key));
    today(CLOUD, 25, secret(key()));
    nearMiss("more-keys-a-day-than-are-kept", "overflow", "One day's lesson holds more than 256.");
  }

  private void nearMisses() {
    String key = key();
    learns("Northwind labels", 7, secret(key));
    today(CLOUD, 24, secret(key.toUpperCase(Locale.ROOT)));
    nearMiss("the-key-it-always-used", null, "The same key in capitals.");

    learns("Northwind returns", 7, secret(key()));
    today(CLOUD, 25, WorkloadCases::federated);
    nearMiss("federation-after-a-secret", null, "A stronger kind, and it has no key.");

    key = key();
    UUID failed = scene.recording().token();
    String other = key();
    learns("Northwind claims", 7, secret(key));
    today(HOSTING, 24, signIn -> secret(other).apply(signIn).minting(failed).failed(7000215));
    nearMiss("a-key-that-was-refused", null, "The sign-in failed.");

    key = key();
    learns("Northwind shipping", 7, secret(key));
    today(Site.blank(Site.PHONE.prefix()), 25, secret(key));
    nearMiss("secret-on-a-mobile-line", null, "Only hosting and VPN count.");
  }
}
