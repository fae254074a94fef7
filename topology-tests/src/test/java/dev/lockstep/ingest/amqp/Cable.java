package dev.lockstep.ingest.amqp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** What lies between two sides of a connection, and can be cut or hold back bytes. */
final class Cable implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final int port;
  private final AtomicBoolean held = new AtomicBoolean();

  Cable(int port) throws IOException {
    this.port = port;
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Returns how many connections are up. */
  int up() {
    return sockets.size() / 2;
  }

  /** Keeps back all bytes while connections stay up and new ones are taken, or lets them go on. */
  void hold(boolean holds) {
    synchronized (held) {
      held.set(holds);
      held.notifyAll();
    }
  }

  private void awaitRelease() throws IOException {
    synchronized (held) {
      while (held.get()) {
        try {
          held.wait();
        } catch (InterruptedException e) {
          throw new InterruptedIOException("interrupted while bytes are held");
        }
      }
    }
  }

  /** Resets every connection that is up; new ones are taken. */
  int cut() throws IOException {
    int cut = 0;
    for (Socket socket : List.copyOf(sockets)) {
      try {
        socket.setSoLinger(true, 0);
        cut++;
      } catch (SocketException e) {
        // has gone by itself
      }
      socket.close();
    }
    return cut;
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "cable");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listener.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(near);
        sockets.add(far);
        start(() -> pass(near, far));
        start(() -> pass(far, near));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void pass(Socket from, Socket to) {
    try (from;
        to) {
      byte[] bytes = new byte[1 << 14];
      for (int read = from.getInputStream().read(bytes);
          read >= 0;
          read = from.getInputStream().read(bytes)) {
        awaitRelease();
        to.getOutputStream().write(bytes, 0, read);
      }
    } catch (IOException e) {
      // either side has gone
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  @Override
  public void close() throws IOException {
    hold(false);
    listener.close();
    cut();
  }
}
