package dev.lockstep.sentinel.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import dev.lockstep.sentinel.delivery.FakeTime;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSenderTest {
  private final ExecutorService threads =
      Executors.newCachedThreadPool(new DaemonThreadFactory("http-sender-test"));
  private final HttpSender sender =
      new HttpSender(
          threads,
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          new FakeTime(),
          status -> status == 204 ? AnswerClass.TAKEN : AnswerClass.UNAVAILABLE);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private Answer post(String uri) throws InterruptedException {
    return sender.post(URI.create(uri), Map.of(), new byte[] {'[', ']'});
  }

  @Test
  void saysThatNoNameServerKnowsTheHost() throws InterruptedException {
    Answer answer = post("https://no-such-host.invalid/x");
    assertThat(answer.kind()).isEqualTo(AnswerClass.UNRESOLVED);
    assertThat(answer.message()).isEqualTo("no name server knows the host no-such-host.invalid");
  }

  @Test
  void saysThatWhoeverAnswersCannotProveItself(@TempDir Path folder) throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder)));
    server.start();
    try {
      Answer answer = post("https://127.0.0.1:" + server.getAddress().getPort() + "/x");
      assertThat(answer.kind()).isEqualTo(AnswerClass.UNTRUSTED);
      assertThat(answer.message()).startsWith("TLS: ").contains("certification path");
    } finally {
      server.stop(0);
    }
  }

  private static SSLContext selfSigned(Path folder) throws Exception {
    Path store = folder.resolve("self.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "self",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .start();
    keytool.getInputStream().readAllBytes();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void callsItACut_whereTheOtherSideHangsUpInTheHandshake() throws Exception {
    assertThat(kindOfAnswer("https", "")).isEqualTo(AnswerClass.CUT);
  }

  @Test
  void callsItACut_whereTheAnswerIsNoHttp() throws Exception {
    assertThat(kindOfAnswer("http", "220 mail.example ESMTP\r\n\r\n")).isEqualTo(AnswerClass.CUT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "7777777777777777777777777777", ""})
  void callsItACut_whereTheAnswersLengthIsNoNumber(String length) throws Exception {
    assertThat(kindOfAnswer("http", "HTTP/1.1 204 OK\r\nContent-Length: " + length + "\r\n\r\n"))
        .isEqualTo(AnswerClass.CUT);
  }

  /** Returns what a post is told, whose first byte a server reads and then sends a text. */
  private AnswerClass kindOfAnswer(String scheme, String text) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Future<Integer> firstByte = threads.submit(() -> answer(server, text));
      AnswerClass kind = post(scheme + "://127.0.0.1:" + server.getLocalPort() + "/x").kind();
      assertThat(firstByte.get(10, TimeUnit.SECONDS)).isNotNegative();
      return kind;
    }
  }

  private static int answer(ServerSocket server, String text) throws IOException {
    try (Socket socket = server.accept()) {
      int first = socket.getInputStream().read();
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      return first;
    }
  }
}
