package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.sentinel.delivery.Forwarder;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import dev.lockstep.sentinel.delivery.ForwarderState;
import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Row;
import dev.lockstep.sentinel.sink.Sink;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SinkPipelineTest {
  private static final class Broken implements Sink {
    @Override
    public String place() {
      throw new StackOverflowError("no place");
    }

    @Override
    public Limits limits() {
      return new Limits(1_000, 10);
    }

    @Override
    public Duration timeout() {
      return Duration.ofSeconds(1);
    }

    @Override
    public Answer send(List<Row> rows, Instant sentAt) {
      throw new AssertionError("nothing is there to send");
    }

    @Override
    public String fix(AnswerClass kind) {
      return "";
    }

    @Override
    public void close() {}
  }

  @Test
  void saysWhatToFix_whereAClientRefusesAProperty() {
    for (Map<String, String> refused :
        List.of(
            Map.of("LOCKSTEP_KAFKA_PROPERTIES_COMPRESSION_TYPE", "gzipp"),
            Map.of("LOCKSTEP_KAFKA_PROPERTIES_LINGER_MS", "15000"))) {
      SinkPipeline pipeline =
          new SinkPipeline(ForwarderConfig.of("soar"), new Broken(), new ForwarderCounts());
      Config.Kafka kafka = Config.read(null, refused).kafka();
      assertThatThrownBy(() -> pipeline.open(kafka, "i", InstantSource.system(), new Random(1)))
          .isInstanceOf(OperatorException.class)
          .hasMessageStartingWith("could not create a Kafka client: ConfigException ")
          .hasMessageEndingWith("; fix kafka.properties");
    }
  }

  @Test
  void hasFailed_whereItsForwarderEndedByAFault_andNotBeforeItBegan() {
    ForwarderConfig config = ForwarderConfig.of("soar");
    SinkPipeline pipeline = new SinkPipeline(config, new Broken(), new ForwarderCounts());
    assertThat(pipeline.hasFailed()).isFalse();
    assertThat(pipeline.counts().status().state()).isEqualTo(ForwarderState.STARTING);
    assertThat(pipeline.notReady()).isEqualTo("forward: soar STARTING");
    Forwarder forwarder =
        Forwarder.open(
            config,
            pipeline.sink(),
            Map.of("bootstrap.servers", "127.0.0.1:1"),
            pipeline.counts(),
            InstantSource.system(),
            new Random(1));
    assertThatThrownBy(forwarder::run).isInstanceOf(StackOverflowError.class);
    assertThat(pipeline.hasFailed()).isTrue();
    assertThat(pipeline.counts().status().state()).isEqualTo(ForwarderState.STOPPED);
    assertThat(pipeline.notReady()).contains("soar", "no place", "report this bug");
  }
}
