package dev.lockstep.app.cli;

import dev.lockstep.app.broker.BrokerLibraries;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.setting.Port;
import dev.lockstep.app.terminal.StandardOutput;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command {@code broker}, which runs a local Kafka broker in the foreground. */
@Command(
    name = "broker",
    description =
        "Runs a local Kafka broker in the foreground and prints its address on standard output.")
public final class BrokerCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder for the data of the broker (default: ${DEFAULT-VALUE}).",
      defaultValue = "state/broker")
  private Path data = Path.of("state", "broker");

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port on loopback; 0 takes a free port (default: ${DEFAULT-VALUE}).",
      defaultValue = "9092")
  private int port;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    String wrong = Port.problem("--port", port);
    if (wrong != null) {
      throw new ParameterException(spec.commandLine(), wrong);
    }
    BrokerLibraries.require();
    StandardOutput.outliveReader();
    LocalBroker.hushClients();
    LocalBroker.whenKafkaGivesUp(() -> Runtime.getRuntime().halt(ExitCode.FAILED));
    LocalBroker broker = LocalBroker.start(data, port, LocalBroker.Options.DEFAULT);
    Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "local-broker-stop"));
    out.println(broker.bootstrapServers());
    out.flush();
    err.println("the local broker runs with its data in " + data + "; press Ctrl-C to stop it");
    err.flush();
    new CountDownLatch(1).await();
    return ExitCode.DONE;
  }
}
