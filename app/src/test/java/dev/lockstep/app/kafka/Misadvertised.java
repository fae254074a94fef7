package dev.lockstep.app.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A bootstrap server in front of a broker on 127.0.0.1: it passes everything on, and shows clients
 * a port of the broker at which nobody listens.
 */
public final class Misadvertised implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName(HOST));
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final int brokerPort;
  private final int deadPort;

  public Misadvertised(String broker) throws IOException {
    brokerPort = Integer.parseInt(broker.substring(broker.lastIndexOf(':') + 1));
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      deadPort = free.getLocalPort();
    }
    start(this::accept);
  }

  public String bootstrapServers() {
    return HOST + ":" + listener.getLocalPort();
  }

  /** Returns the address that it shows for the broker. */
  public String advertised() {
    return HOST + ":" + deadPort;
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "misadvertised");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listener.accept();
        Socket far = new Socket(HOST, brokerPort);
        sockets.addAll(List.of(near, far));
        start(() -> pass(near, far, false));
        start(() -> pass(far, near, true));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void pass(Socket from, Socket to, boolean answers) {
    try (from;
        to) {
      byte[] bytes = new byte[1 << 20];
      for (int length = from.getInputStream().read(bytes);
          length >= 0;
          length = from.getInputStream().read(bytes)) {
        to.getOutputStream().write(answers ? shown(bytes, length) : bytes, 0, length);
      }
    } catch (IOException e) {
      // either side has gone
    }
  }

  /** Replaces the port behind each name of the host. */
  private byte[] shown(byte[] bytes, int length) {
    String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    byte[] changed = text.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer ports = ByteBuffer.wrap(changed);
    for (int at = text.indexOf(HOST); at >= 0; at = text.indexOf(HOST, at + 1)) {
      int port = at + HOST.length();
      if (port + Integer.BYTES <= length && ports.getInt(port) == brokerPort) {
        ports.putInt(port, deadPort);
      }
    }
    return changed;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
