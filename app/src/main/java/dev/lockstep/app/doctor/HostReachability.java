package dev.lockstep.app.doctor;

import dev.lockstep.app.terminal.Failures;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Result of an attempt to connect to a host and port: name look-up, connection, TLS.
 *
 * @param reached whether all steps succeeded
 * @param what result in words
 * @param fix action of the operator; empty if all steps succeeded
 */
record HostReachability(boolean reached, String what, String fix) {
  private static final int CONNECT_MILLIS = 3_000;
  private static final int HANDSHAKE_MILLIS = 4_000;

  /** Tries to connect to the host of a URI, at its port or at the usual port of its scheme. */
  static HostReachability of(URI uri) {
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort();
    return of(uri.getHost(), port, tls);
  }

  /**
   * Tries to connect to a host and port, with TLS if {@code tls} is true, and returns the result.
   * The look-up of the name has no time limit.
   */
  static HostReachability of(String host, int port, boolean tls) {
    String place = host + ":" + port;
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      return new HostReachability(
          false,
          "the name " + Quoted.of(host) + " does not resolve",
          "check the spelling, the name server and, for a private endpoint, the DNS zone");
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
      if (tls && !shakesHands(socket, host, port)) {
        return new HostReachability(
            false,
            "%s accepts the connection, but does not answer by TLS within %d s"
                .formatted(place, HANDSHAKE_MILLIS / 1_000),
            "check the port, and that no proxy or firewall keeps the connection open");
      }
      return new HostReachability(true, place + (tls ? " answers by TLS" : " answers"), "");
    } catch (SocketTimeoutException e) {
      return new HostReachability(
          false,
          place + " does not answer within " + CONNECT_MILLIS / 1_000 + " s",
          "allow connections from this machine to that host: a firewall drops the packets");
    } catch (SSLException e) {
      return untrusted(place, e);
    } catch (IOException e) {
      return new HostReachability(
          false,
          "could not connect to " + place + " (" + Failures.message(e) + ")",
          "check the host and the port, that the service runs, and that no firewall refuses the"
              + " connection");
    }
  }

  static HostReachability untrusted(String place, Throwable failure) {
    boolean isOutdated =
        Causes.find(failure, CertificateExpiredException.class) != null
            || Causes.find(failure, CertificateNotYetValidException.class) != null;
    if (isOutdated) {
      return new HostReachability(
          false,
          "%s has a certificate that is not valid today (%s)"
              .formatted(place, Failures.message(failure)),
          "renew the certificate of that host, and check the clock of this machine");
    }
    if (isOfAnotherHost(failure)) {
      return new HostReachability(
          false,
          "%s has a certificate for another host (%s)".formatted(place, Failures.message(failure)),
          "connect by a host name that the certificate contains, or have a certificate issued for"
              + " this name");
    }
    boolean certificate = Causes.find(failure, CertificateException.class) != null;
    return new HostReachability(
        false,
        place
            + (certificate
                ? " has a certificate that this machine does not trust ("
                : " does not speak a TLS version that this machine understands (")
            + Failures.message(failure)
            + ")",
        certificate
            ? "trust the issuer of the certificate"
                + " (LOCKSTEP_JAVA_OPTS=-Djavax.net.ssl.trustStore=…; for Kafka"
                + " ssl.truststore.location), or ask who intercepts TLS here"
            : "check the port, and that no proxy answers for the host");
  }

  /**
   * Returns whether Java refused a server's certificate because the certificate does not name the
   * host. Only the message of the exception tells this reason.
   */
  private static boolean isOfAnotherHost(Throwable failure) {
    CertificateException refused = Causes.find(failure, CertificateException.class);
    String text = refused == null ? "" : String.valueOf(refused.getMessage());
    return text.startsWith("No subject alternative") || text.startsWith("No name matching");
  }

  /**
   * Performs the TLS handshake on a connected socket, and returns false if the host sends nothing
   * for {@value #HANDSHAKE_MILLIS} ms. Any other failure is thrown.
   */
  private static boolean shakesHands(Socket socket, String host, int port) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    try (SSLSocket secure = (SSLSocket) factory.createSocket(socket, host, port, false)) {
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.setSoTimeout(HANDSHAKE_MILLIS);
      secure.startHandshake();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
