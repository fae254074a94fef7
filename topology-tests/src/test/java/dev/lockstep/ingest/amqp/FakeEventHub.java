package dev.lockstep.ingest.amqp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.BaseHandler;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.message.Message;
import org.apache.qpid.proton.reactor.Acceptor;
import org.apache.qpid.proton.reactor.Reactor;
import org.apache.qpid.proton.reactor.impl.AcceptorImpl;

/**
 * An AMQP 1.0 peer that holds one event hub, on loopback: as much of Event Hubs as its own client
 * asks for. Tokens at {@code $cbs}, properties at {@code $management}, and for each partition links
 * with credit, a beginning by filter, and epochs that take a partition away from an older reader
 * and keep readers without epoch out.
 */
@SuppressWarnings("JavaUtilDate") // AMQP's client library takes nothing else for a timestamp
public final class FakeEventHub implements AutoCloseable {
  private static final int LOOK_MILLIS = 10;
  private static final String FILTER = "apache.org:selector-filter:string";
  private static final String EPOCH = "com.microsoft:epoch";

  private final String hub;
  private final List<KeptEvents> logs = new ArrayList<>();
  private final List<Reader> readers = new ArrayList<>();
  private final List<Sender> answers = new ArrayList<>();
  private final Thread thread;
  private final Acceptor acceptor;
  private final int port;
  private final AtomicInteger stolen = new AtomicInteger();
  private final AtomicInteger tokens = new AtomicInteger();
  private volatile Instant createdAt = Instant.EPOCH;
  private final AtomicInteger lost = new AtomicInteger();
  private volatile boolean refusing;
  private volatile boolean closed;

  private static final class Reader {
    private final Sender link;
    private final String group;
    private final int partition;
    private final boolean hasEpoch;
    private long next;

    Reader(Sender link, String group, int partition, boolean hasEpoch, long next) {
      this.link = link;
      this.group = group;
      this.partition = partition;
      this.hasEpoch = hasEpoch;
      this.next = next;
    }
  }

  private FakeEventHub(String hub, int partitions) throws IOException {
    this.hub = hub;
    for (int i = 0; i < partitions; i++) {
      logs.add(new KeptEvents());
    }
    Reactor reactor = Proton.reactor();
    acceptor = reactor.acceptor("127.0.0.1", 0, new Peer());
    port = ((AcceptorImpl) acceptor).getPortNumber();
    reactor.setTimeout(LOOK_MILLIS);
    thread = new Thread(() -> serve(reactor), "fake-event-hub");
    thread.setDaemon(true);
    thread.start();
  }

  public static FakeEventHub start(String hub, int partitions) throws IOException {
    return new FakeEventHub(hub, partitions);
  }

  public int port() {
    return port;
  }

  /** Returns what opens this hub without TLS, at another port if something stands between. */
  public static String connectionString(int port) {
    return "Endpoint=sb://127.0.0.1:"
        + port
        + ";SharedAccessKeyName=listen;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true;";
  }

  public void add(int partition, byte[] body, long enqueuedAt) {
    logs.get(partition).add(body, enqueuedAt);
  }

  /** Lets events go, as retention does, up to a number. */
  public void expire(int partition, long number) {
    logs.get(partition).expire(number);
  }

  /** Takes events and lets them go, with all before them, before anybody can read them. */
  public void addAndExpire(int partition, int count, long enqueuedAt) {
    logs.get(partition).addAndExpire(count, enqueuedAt);
  }

  /** Makes the hub anew: it is empty, and its numbers begin at 0. Links outlive that here. */
  public void makeAnew() {
    createdAt = createdAt.plusSeconds(1);
    logs.forEach(KeptEvents::clear);
  }

  /** From now on every token is refused, or none. */
  public void refuse(boolean all) {
    refusing = all;
  }

  /** Loses the answers to as many of the next queries for a partition. */
  public void loseAnswers(int count) {
    lost.set(count);
  }

  /** Returns how many answers are still to be lost. */
  public int answersToLose() {
    return Math.max(0, lost.get());
  }

  /** Returns how often a partition was taken away from a reader. */
  public int stolen() {
    return stolen.get();
  }

  /** Returns how many tokens were shown. */
  public int tokens() {
    return tokens.get();
  }

  /** Returns the end of every partition. */
  public Map<Integer, Long> ends() {
    Map<Integer, Long> ends = new HashMap<>();
    for (int i = 0; i < logs.size(); i++) {
      ends.put(i, logs.get(i).end());
    }
    return ends;
  }

  /** Returns what it keeps, as records of a topic of the same name. */
  public List<ConsumerRecord<byte[], byte[]>> records() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < logs.size(); i++) {
      records.addAll(logs.get(i).records(hub, i));
    }
    return records;
  }

  private void serve(Reactor reactor) {
    reactor.start();
    while (!closed && reactor.process()) {
      for (Reader reader : List.copyOf(readers)) {
        send(reader);
      }
    }
    reactor.stop();
    reactor.free();
  }

  private void send(Reader reader) {
    KeptEvents log = logs.get(reader.partition);
    while (reader.link.getCredit() > 0) {
      KeptEvents.Kept event = log.get(Math.max(reader.next, log.first()));
      if (event == null) {
        return;
      }
      Map<Symbol, Object> annotations = new HashMap<>();
      annotations.put(Symbol.valueOf("x-opt-sequence-number"), event.number());
      annotations.put(Symbol.valueOf("x-opt-offset"), Long.toString(event.number() * 100));
      annotations.put(Symbol.valueOf("x-opt-enqueued-time"), new Date(event.enqueuedAt()));
      Message message = Proton.message();
      message.setMessageAnnotations(new MessageAnnotations(annotations));
      message.setBody(new Data(new Binary(event.body())));
      send(reader.link, message, event.body().length);
      reader.next = event.number() + 1;
    }
  }

  private static void send(Sender link, Message message, int bodyBytes) {
    byte[] bytes = new byte[bodyBytes + 2048];
    int length = message.encode(bytes, 0, bytes.length);
    link.delivery(Long.toString(System.nanoTime()).getBytes(StandardCharsets.US_ASCII));
    link.send(bytes, 0, length);
    link.advance();
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join(5_000);
  }

  /** Answers what a client asks; runs on the reactor's thread. */
  private final class Peer extends BaseHandler {
    @Override
    public void onConnectionRemoteOpen(Event event) {
      event.getConnection().setContainer("fake-event-hub");
      event.getConnection().open();
    }

    @Override
    public void onSessionRemoteOpen(Event event) {
      event.getSession().open();
    }

    @Override
    public void onLinkRemoteOpen(Event event) {
      Link link = event.getLink();
      link.setSource(link.getRemoteSource());
      link.setTarget(link.getRemoteTarget());
      if (link instanceof Receiver requests) {
        requests.open();
        requests.flow(100);
        return;
      }
      Sender sender = (Sender) link;
      String address = ((Source) link.getRemoteSource()).getAddress();
      if (address.startsWith("$")) {
        answers.add(sender);
        sender.open();
      } else {
        begin(sender, address);
      }
    }

    private void begin(Sender link, String address) {
      int groupAt = address.indexOf("/ConsumerGroups/");
      int partitionAt = address.indexOf("/Partitions/");
      String group = groupAt < 0 ? "" : address.substring(groupAt + 16, partitionAt);
      if (groupAt < 0
          || !address.substring(0, groupAt).equalsIgnoreCase(hub)
          || !group.equalsIgnoreCase("$Default")) {
        link.open();
        refuse(
            link, "amqp:not-found", "The messaging entity '" + address + "' could not be found.");
        return;
      }
      int partition = Integer.parseInt(address.substring(partitionAt + 12));
      Map<Symbol, Object> asked = link.getRemoteProperties();
      boolean hasEpoch = asked != null && asked.containsKey(Symbol.valueOf(EPOCH));
      if (!hasEpoch
          && readers.stream()
              .anyMatch(
                  older ->
                      older.hasEpoch
                          && older.partition == partition
                          && older.group.equalsIgnoreCase(group))) {
        link.open();
        refuse(link, "amqp:link:stolen", "A receiver without epoch is not allowed beside another.");
        return;
      }
      if (hasEpoch) {
        for (Reader older : List.copyOf(readers)) {
          if (older.partition == partition && older.group.equalsIgnoreCase(group)) {
            stolen.incrementAndGet();
            readers.remove(older);
            refuse(older.link, "amqp:link:stolen", "New receiver with higher epoch is created.");
          }
        }
      }
      readers.add(new Reader(link, group, partition, hasEpoch, start(link, logs.get(partition))));
      link.open();
    }

    private void refuse(Link link, String condition, String why) {
      link.setCondition(new ErrorCondition(Symbol.valueOf(condition), why));
      link.close();
    }

    /** Reads such as {@code amqp.annotation.x-opt-sequence-number > '41'}. */
    private long start(Sender link, KeptEvents log) {
      Object filter = ((Source) link.getRemoteSource()).getFilter().get(Symbol.valueOf(FILTER));
      String text =
          filter instanceof DescribedType described
              ? String.valueOf(described.getDescribed())
              : "the whole > '-1'";
      long value = Long.parseLong(text.substring(text.indexOf('\'') + 1, text.lastIndexOf('\'')));
      boolean inclusive = text.contains(">=");
      if (text.contains("x-opt-sequence-number")) {
        return inclusive ? value : value + 1;
      }
      if (text.contains("x-opt-enqueued-time")) {
        return log.all().stream()
            .filter(each -> inclusive ? each.enqueuedAt() >= value : each.enqueuedAt() > value)
            .mapToLong(KeptEvents.Kept::number)
            .findFirst()
            .orElse(log.end());
      }
      return value < 0 ? log.first() : value / 100 + (inclusive ? 0 : 1);
    }

    @Override
    public void onDelivery(Event event) {
      Delivery delivery = event.getDelivery();
      if (event.getLink() instanceof Receiver requests) {
        if (delivery.isReadable() && !delivery.isPartial()) {
          byte[] bytes = new byte[delivery.pending()];
          int length = requests.recv(bytes, 0, bytes.length);
          requests.advance();
          Message request = Proton.message();
          request.decode(bytes, 0, length);
          delivery.disposition(Accepted.getInstance());
          delivery.settle();
          requests.flow(1);
          answer(requests, request);
        }
      } else if (delivery.getRemoteState() != null || delivery.remotelySettled()) {
        delivery.settle();
      }
    }

    private void answer(Receiver requests, Message request) {
      String address = ((Target) requests.getRemoteTarget()).getAddress();
      if (asksForPartition(request) && lost.getAndDecrement() > 0) {
        return;
      }
      Connection connection = requests.getSession().getConnection();
      for (Sender link : answers) {
        if (link.getSession().getConnection() == connection
            && address.equals(((Source) link.getRemoteSource()).getAddress())) {
          Message answer = address.equals("$cbs") ? token() : properties(request);
          answer.setCorrelationId(request.getMessageId());
          send(link, answer, 0);
        }
      }
    }

    private boolean asksForPartition(Message request) {
      return request.getApplicationProperties() != null
          && request.getApplicationProperties().getValue().get("partition") != null;
    }

    private Message token() {
      tokens.incrementAndGet();
      return refusing
          ? status(401, "Unauthorized access. 'Listen' claim(s) are required.")
          : status(202, "Accepted");
    }

    private Message status(int code, String description) {
      Map<String, Object> properties = new HashMap<>();
      properties.put("statusCode", code);
      properties.put("statusDescription", description);
      properties.put("status-code", code);
      properties.put("status-description", description);
      Message message = Proton.message();
      message.setApplicationProperties(new ApplicationProperties(properties));
      message.setBody(new AmqpValue(new HashMap<>()));
      return message;
    }

    private Message properties(Message request) {
      Map<String, Object> asked = request.getApplicationProperties().getValue();
      Map<String, Object> said = new HashMap<>();
      said.put("name", hub);
      said.put("type", asked.get("type"));
      if (String.valueOf(asked.get("type")).endsWith("eventhub")) {
        String[] ids = new String[logs.size()];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = Integer.toString(i);
        }
        said.put("created_at", Date.from(createdAt));
        said.put("partition_count", ids.length);
        said.put("partition_ids", ids);
      } else {
        String id = String.valueOf(asked.get("partition"));
        KeptEvents log = logs.get(Integer.parseInt(id));
        said.put("partition", id);
        said.put("begin_sequence_number", log.first());
        said.put("last_enqueued_sequence_number", log.end() - 1);
        said.put("last_enqueued_offset", Long.toString((log.end() - 1) * 100));
        said.put("last_enqueued_time_utc", new Date(log.lastAt()));
        said.put("is_partition_empty", log.first() == log.end());
      }
      Message message = status(200, "OK");
      message.setBody(new AmqpValue(said));
      return message;
    }

    @Override
    public void onLinkRemoteClose(Event event) {
      forget(event.getLink());
    }

    @Override
    public void onLinkRemoteDetach(Event event) {
      forget(event.getLink());
    }

    private void forget(Link link) {
      readers.removeIf(reader -> reader.link == link);
      answers.removeIf(each -> each == link);
      link.close();
    }

    @Override
    public void onSessionRemoteClose(Event event) {
      event.getSession().close();
    }

    @Override
    public void onConnectionRemoteClose(Event event) {
      forget(event.getConnection());
      event.getConnection().close();
    }

    @Override
    public void onTransportClosed(Event event) {
      forget(event.getConnection());
    }

    private void forget(Connection connection) {
      readers.removeIf(reader -> reader.link.getSession().getConnection() == connection);
      answers.removeIf(each -> each.getSession().getConnection() == connection);
    }
  }
}
