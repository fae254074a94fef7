package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class HostReachabilityTest {
  @Test
  void anOutdatedCertificate_isToBeRenewed_notTrusted() {
    for (CertificateException outdated :
        List.of(
            new CertificateExpiredException("NotAfter: yesterday"),
            new CertificateNotYetValidException("NotBefore: tomorrow"))) {
      HostReachability found = untrusted(outdated);
      assertThat(found.what()).contains("not valid today").contains(outdated.getMessage());
      assertThat(found.fix()).startsWith("renew the certificate").doesNotContain("trust");
    }
  }

  @Test
  void aCertificateOfAnotherHost_isNotToBeTrusted() {
    for (String text :
        List.of(
            "No subject alternative names matching IP address 127.0.0.1 found",
            "No subject alternative DNS name matching kafka.contoso.example found.",
            "No name matching kafka.contoso.example found")) {
      HostReachability found = untrusted(new CertificateException(text));
      assertThat(found.what()).contains("a certificate for another host").contains(text);
      assertThat(found.fix()).startsWith("connect by a host name").doesNotContain("trust");
    }
  }

  @Test
  void anotherCertificate_isToBeTrusted() {
    assertThat(untrusted(new CertificateException("unknown")).fix())
        .startsWith("trust the issuer of the certificate");
  }

  private static HostReachability untrusted(CertificateException cause) {
    SSLHandshakeException failure = new SSLHandshakeException("handshake");
    failure.initCause(cause);
    return HostReachability.untrusted("kafka.contoso.example:9093", failure);
  }
}
