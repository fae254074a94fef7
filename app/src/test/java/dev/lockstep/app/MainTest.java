package dev.lockstep.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

class MainTest {
  private static final CommandLine ALL = Main.commandLine();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine command = ALL.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

  @Test
  void printsVersionAndHelp() {
    assertThat(command.execute("--version")).isEqualTo(ExitCode.DONE);
    assertThat(command.execute("--help")).isEqualTo(ExitCode.DONE);
    assertThat(command.execute("broker", "--help")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).contains("lockstep (unpackaged)", "broker", "--port=N");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void namesAllLogs_inTheFirstSentenceOfHelp() {
    assertThat(command.getCommandSpec().usageMessage().description()[0])
        .contains("Entra", "API Management", "Front Door", "Key Vault", "Defender");
  }

  @Test
  void summarisesEachCommandInAWholeSentence() {
    command
        .getSubcommands()
        .forEach(
            (name, one) ->
                assertThat(one.getCommandSpec().usageMessage().description()[0])
                    .as(name)
                    .endsWith("."));
  }

  @Test
  void cutsNoWordOfAnOption_whateverTheWidth() {
    for (int width : List.of(80, 97, 120)) {
      CommandLine all = Main.commandLine();
      all.setUsageHelpWidth(width);
      cutsNoWord(all);
    }
  }

  private static void cutsNoWord(CommandLine command) {
    Set<String> shown = new HashSet<>(List.of(command.getUsageMessage().strip().split("\\s+")));
    for (CommandLine.Model.ArgSpec each : command.getCommandSpec().args()) {
      for (String line : each.hidden() ? new String[0] : each.description()) {
        assertThat(shown)
            .as("%s", command.getCommandSpec().qualifiedName())
            .contains(line.split("\\s+"));
      }
    }
    command.getSubcommands().values().forEach(MainTest::cutsNoWord);
  }

  @Test
  void readsOnlyTheCommandThatIsNamed_butAllForThoseAboutAll() {
    for (String name : Commands.NAMES) {
      assertThat(new CommandLine(Commands.named(name)).getCommandName()).isEqualTo(name);
    }
    assertThat(command.getSubcommands().keySet()).containsExactlyElementsOf(Commands.NAMES);
    assertThat(Commands.neededBy("rules", "list")).containsExactly("rules");
    assertThat(Commands.neededBy("version")).containsExactly("version");
    for (String about : new String[] {"help", "completion", "man", "--help", "-V", "dance"}) {
      assertThat(Commands.neededBy(about, "rules")).isEqualTo(Commands.NAMES);
    }
    assertThat(Commands.neededBy()).isEqualTo(Commands.NAMES);
  }

  @Test
  void refusesWrongUsage_withCode2() {
    assertThat(command.execute("dance")).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(command.execute()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(command.execute("broker", "--port", "x")).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(command.execute("play", "--bootstrap", "here", "--topic", "x", "pom.xml"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString())
        .contains(
            "could not use --bootstrap: \"here\" is not a host and a port; give HOST:PORT, with a"
                + " port from 1 to 65535, and commas between several servers");
    assertThat(err.toString())
        .startsWith(
            "could not run the command: lockstep has no command \"dance\"; choose one of those"
                + " below")
        .contains("Usage: lockstep");
    err.getBuffer().setLength(0);
    assertThat(command.execute("nosuch")).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString())
        .as("the commands, and none that only looks like the word")
        .contains("choose one of those below", "Usage: lockstep")
        .doesNotContain("Did you mean");
  }

  @Test
  void namesTheCommandThatAMistypedOneMeans_andNoMore() {
    String[][] mistyped = {
      {"dmeo", "lockstep has no command \"dmeo\"; did you mean demo?"},
      {"replya x.jsonl --json", "lockstep has no command \"replya\"; did you mean replay?"},
      {"lint my-rules", "lockstep has no command \"lint\"; did you mean rules lint?"},
      {"rules lst", "lockstep rules has no command \"lst\"; did you mean rules list?"},
      {"list", "has no command \"list\"; did you mean dead-letters list or rules list?"},
    };
    for (String[] each : mistyped) {
      err.getBuffer().setLength(0);
      assertThat(command.execute(each[0].split(" "))).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(err.toString().lines()).singleElement().asString().endsWith(each[1]);
    }
    err.getBuffer().setLength(0);
    assertThat(command.execute("replay", "--jsn", "x")).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains("Unknown option: '--jsn'", "--json");
  }

  @Test
  void namesTheCommandsOfAGroup_whereNoneIsGiven() {
    String[][] missing = {
      {
        "dead-letters",
        "a command has to follow \"lockstep dead-letters\"; choose list, show or retry"
      },
      {"estate", "a command has to follow \"lockstep estate\"; choose suggest"},
      {
        "dead-letters --reason=bad-time",
        "a command is missing between \"lockstep dead-letters\" and the option \"--reason\"; choose"
            + " list, show or retry"
      },
      {
        "dead-letters --config lockstep.yaml list",
        "a command is missing between \"lockstep dead-letters\" and the option \"--config\"; choose"
            + " list, show or retry"
      },
      {
        "--config lockstep.yaml",
        "a command is missing between \"lockstep\" and the option \"--config\"; choose one of"
      },
      {"dead-letters --nosuch", "Unknown option: '--nosuch'"},
      {"dead-letters --help=foo", "Invalid value for option '--help': 'foo' is not a boolean"},
    };
    for (String[] each : missing) {
      err.getBuffer().setLength(0);
      assertThat(command.execute(each[0].split(" "))).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(err.toString().lines().findFirst().orElse("")).contains(each[1]);
      assertThat(err.toString()).contains("Usage: lockstep");
    }
  }

  @Test
  void showsAfterAMistakeHowTheCommandIsWritten_andNoMore() {
    assertThat(command.execute("replay", "--fail-on", "Hgh", "x")).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString())
        .startsWith("Invalid value for option '--fail-on': expected one of [Informational, Low,")
        .contains("Usage: lockstep replay [-hV]", "PATH...")
        .endsWith("lockstep replay --help shows all options." + System.lineSeparator())
        .doesNotContain("Sends captured logs");
    assertThat(command.execute("rules")).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).as("what may follow").contains("Lists the rules");
  }

  @Test
  void saysInOneLineWhatToMend_withCode1(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("other"), "");
    assertThat(command.execute("broker", "--data", folder.toString())).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .startsWith("could not start the local broker: folder ")
        .endsWith("name an empty folder" + System.lineSeparator());
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void saysWhatIsNoNumber() {
    String[][] wrong = {
      {"hygiene", "--rotation", "abc", "is not a whole number of at most 9,223,372,036,854,"},
      {"hygiene", "--rotation", "99999999999", "99999999999 is out of range; give 1 to 3650 days"},
      {"play", "--partitions", "99999999999", "is not a whole number of at most 2,147,483,647; "},
      {"play", "--partitions", "0", "could not use --partitions: 0 is less than 1;"},
      {
        "play", "--speed", "-1", "could not use --speed: -1.0 is not a finite number of at least 0;"
      },
      {"cost", "--price-per-gb", "abc", "\"abc\" is not a number; write one such as 4.3"},
      {
        "detections",
        "--limit",
        "1,000",
        "is not a whole number of at most 2,147,483,647; write it in digits, without"
      },
      {"run", "--page", "x", "\"x\" is not a whole number of at most 2,147,483,647;"},
      {
        "run",
        "--page",
        "99999",
        "could not use --page: 99999 is out of range; give a port from 1 to"
      },
      {"rules", "test", "--seed", "abc", "is not a whole number of at most 9,223,372,036,854,"},
    };
    for (String[] each : wrong) {
      List<String> words = new ArrayList<>(List.of(each).subList(0, each.length - 1));
      if (each[0].equals("play")) {
        words.addAll(List.of("--bootstrap", "localhost:1", "--topic", "t"));
      }
      if (!each[0].equals("run")) {
        words.add("path");
      }
      err.getBuffer().setLength(0);
      assertThat(command.execute(words.toArray(String[]::new)))
          .as("%s", words)
          .isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(err.toString().lines().findFirst().orElse("")).contains(each[each.length - 1]);
    }
  }

  @Test
  void saysInASentenceWhichArgumentIsMissing_orTooMany() {
    String[][] wrong = {
      {"replay", "could not run the command: lockstep replay needs PATH; give it"},
      {
        "replay --jsn",
        "could not run the command: lockstep replay has no option \"--jsn\"; write --json in its"
            + " place, and give PATH"
      },
      {
        "rules new --xyz",
        "could not run the command: lockstep rules new has no option \"--xyz\"; leave it out, and"
            + " give NAME"
      },
      {"accept", "could not run the command: lockstep accept needs DETECTION-ID; give it"},
      {
        "play x",
        "could not run the command: lockstep play needs --bootstrap HOST:PORT and --topic NAME;"
            + " give them"
      },
      {
        "explain x",
        "could not run the command: lockstep explain needs one of --principal ID, --partner ID,"
            + " --token UTI, --ip ADDRESS, --detection ID, --incident ID, --session SID,"
            + " --vault NAME or --app ID; give one"
      },
      {
        "explain --token a --ip b x",
        "could not run the command: lockstep explain does not take --token=UTI, --ip=ADDRESS"
            + " together; give only one of them"
      },
      {
        "positions list",
        "could not run the command: lockstep positions takes no argument \"list\"; leave it out"
      },
      {"replay x --output", "could not use --output: it has no value; give FILE"},
    };
    for (String[] each : wrong) {
      err.getBuffer().setLength(0);
      assertThat(command.execute(each[0].split(" "))).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(err.toString().lines().findFirst().orElse("")).isEqualTo(each[1]);
    }
  }

  @Test
  void saysOnceWhatIsNoRoleAndNoOutcome() {
    String[][] wrong = {
      {"run", "--role", "nope", "\"nope\" is not a role; give ingest, detect, forward"},
      {"records", "--only", "nope", "\"nope\" is not an outcome; give activity, ignored, rejected"},
    };
    for (String[] each : wrong) {
      err.getBuffer().setLength(0);
      assertThat(command.execute(each[0], each[1], each[2])).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(err.toString())
          .startsWith("Invalid value for option '%s' (".formatted(each[1]))
          .contains("): " + each[3])
          .doesNotContain("could not use");
    }
  }

  @Test
  void refusesAFileInPlaceOfAFolder_andAPortThatIsNone(@TempDir Path folder) throws Exception {
    String file = Files.writeString(folder.resolve("a.txt"), "").toString();
    String rule =
        Files.writeString(
                folder.resolve("a.yml"),
                """
                title: A role was assigned by hand
                logsource: {product: azure, service: auditlogs}
                detection: {s: {OperationName: Add member to role}, condition: s}
                """)
            .toString();
    assertThat(command.execute("rules", "docs", rule, "--output", file)).isEqualTo(ExitCode.FAILED);
    assertThat(command.execute("demo", "--output", file)).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString().lines())
        .containsExactly(
            "could not write the pages: \"%s\" is a file; name a folder".formatted(file),
            "could not write to \"%s\": it is a file; name a folder".formatted(file));
    Path foreign = Files.createDirectories(folder.resolve("foreign").resolve("capture"));
    Path mine = Files.writeString(foreign.resolve("partners.yaml"), "partners: []\n");
    assertThat(command.execute("demo", "--output", foreign.getParent().toString()))
        .isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains(
            "could not write to \"%s\": the demo would overwrite capture/partners.yaml there"
                .formatted(foreign.getParent()));
    assertThat(mine).hasContent("partners: []\n");
    Path data = folder.resolve("broker");
    assertThat(command.execute("broker", "--data", data.toString(), "--port", "99999"))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString())
        .contains(
            "could not use --port: 99999 is out of range; give a port from 1 to 65535, or 0 for a free one");
    assertThat(data).doesNotExist();
  }

  @Test
  void admitsAFaultOfItsOwn_withCode1() {
    command.addSubcommand(new Faulty()).setErr(new PrintWriter(err));
    assertThat(command.execute("faulty")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("could not continue: IllegalStateException \"boom\\u001b\", which is a bug");
  }

  @Test
  void saysInOneLine_thatTheHeapIsFull_orTheStack() {
    command.addSubcommand(new Exhausted()).setErr(new PrintWriter(err));
    assertThat(Main.run(command, "exhausted", "heap")).isEqualTo(ExitCode.FAILED);
    assertThat(Main.run(command, "exhausted", "stack")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString().lines())
        .hasSize(2)
        .anySatisfy(line -> assertThat(line).contains("the heap is full; raise it"))
        .anySatisfy(line -> assertThat(line).contains("StackOverflowError"));
  }

  @Test
  void namesTheFileThatCannotBeUsed_andCallsThatNoFaultOfItsOwn() {
    command.addSubcommand(new Fileless()).setErr(new PrintWriter(err));
    assertThat(command.execute("fileless")).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("could not use the file \"/no/such\" (NoSuchFileException); check");
  }

  @Test
  void failsWhereItsOutputIsLost(@TempDir Path folder) throws Exception {
    Path faulty = Files.writeString(folder.resolve("faulty.yml"), "title: x\n");
    String[][] commands = {
      {"rules", "list"}, {"--help"}, {"version"}, {"rules", "lint", faulty.toString()}
    };
    PrintStream before = System.out;
    for (String[] words : commands) {
      err.getBuffer().setLength(0);
      System.setOut(new PrintStream(new Full(), false, UTF_8));
      int code;
      try {
        code = Main.run(command.setOut(new PrintWriter(System.out)), words);
      } finally {
        System.setOut(before);
      }
      assertThat(code).as("%s", (Object) words).isEqualTo(ExitCode.FAILED);
      assertThat(err.toString().lines())
          .as("%s", (Object) words)
          .singleElement()
          .asString()
          .contains("standard output: it is closed or its disk is full; free disk space");
    }
  }

  @Command(name = "faulty")
  private static final class Faulty implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new IllegalStateException("boom\u001b");
    }
  }

  @Command(name = "fileless")
  private static final class Fileless implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
      throw new NoSuchFileException("/no/such");
    }
  }

  @Command(name = "exhausted")
  private static final class Exhausted implements Callable<Integer> {
    @Parameters private String what = "";

    @Override
    public Integer call() {
      throw what.equals("heap") ? new OutOfMemoryError("heap") : new StackOverflowError();
    }
  }

  /** A disk without room. */
  private static final class Full extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      throw new IOException("no space left on device");
    }
  }
}
