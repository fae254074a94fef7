package dev.lockstep.ingest.cluster;

import dev.lockstep.schemas.process.Causes;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import org.jspecify.annotations.Nullable;

/**
 * Explanation that a TLS handshake failed because the broker's certificate has expired or is not
 * valid yet.
 */
public final class OutdatedCertificate {
  private OutdatedCertificate() {}

  /**
   * Returns a message that a broker's certificate has expired or is not valid yet, with the fix, or
   * null for any other failure.
   */
  public static @Nullable String of(Throwable failure) {
    Throwable outdated =
        Causes.first(
            failure,
            cause ->
                cause instanceof CertificateExpiredException
                    || cause instanceof CertificateNotYetValidException);
    return outdated == null
        ? null
        : "the certificate of the broker is not valid today (%s); renew it at the broker, and check the clock of this machine"
            .formatted(outdated.getMessage());
  }
}
