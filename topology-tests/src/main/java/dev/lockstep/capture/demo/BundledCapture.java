package dev.lockstep.capture.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Capture that {@code lockstep demo} plays: 26 days of a small company and five partners, with the
 * expected findings.
 */
public final class BundledCapture {
  /** Seed of the capture in the repository. */
  public static final long SEED = 20261120;

  private BundledCapture() {}

  /**
   * Writes the files of the capture into the folder that the argument names. Creates the folder if
   * it is missing.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      throw new IllegalArgumentException(
          "could not write the capture: one argument is needed; give the folder to write to");
    }
    write(Path.of(arguments[0]), SEED);
  }

  /**
   * Writes the files of the capture that a seed generates into a folder. The same seed gives the
   * same records.
   */
  public static void write(Path folder, long seed) throws IOException {
    Scene scene = Scene.of(seed);
    new OrdinaryLife(scene).play();
    PartnerTraffic traffic = new PartnerTraffic(scene);
    traffic.play();
    new TravelCases(scene).play();
    new TravelNearMisses(scene).play();
    new TokenCases(scene).play();
    new TokenNearMisses(scene).play();
    new PartnerCases(scene, traffic).play();
    new DefenderEscalations(scene).play();
    new FlaggedAddresses(scene).play();
    new DefenderNearMisses(scene).play();
    new FrontDoorAndGraphCases(scene).play();
    new DelegatedCases(scene).play();
    new SessionCases(scene).play();
    new BypassCases(scene).play();
    new FirewallCases(scene).play();
    new AccessCases(scene).play();
    new RiskCases(scene).play();
    PrivilegedCases privileged = new PrivilegedCases(scene);
    privileged.play();
    new WorkloadCases(scene).play();
    new VaultCases(scene).play();
    new ProbingCases(scene).play();
    new SprayCases(scene).play();
    new TheftStory(scene).play();
    scene.expect().atLeast("any", "repeated", scene.recording().copies());

    Files.createDirectories(folder);
    scene.recording().write(folder);
    text(folder, "lockstep.yaml", NetworkFiles.config(privileged.standing()));
    text(folder, "networks.csv", NetworkFiles.NETWORKS);
    text(folder, "partners.yaml", NetworkFiles.PARTNERS);
    text(folder, "expected.json", scene.expect().json(scene.recording()));
  }

  private static void text(Path folder, String name, String text) throws IOException {
    Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }
}
